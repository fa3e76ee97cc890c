"""How long a click waits for its box: over HTTP, as the browser asks."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from bench.frontend.actions import REAL, SEEN_POINTS, running_product, scripted_labeller
from bench.table import Line, benchmark

#: A person takes an answer within so long for immediate.
BOUND_S = 0.150
MOST_CLICKS = 60


@benchmark("frontend.fit_latency")
def frontend_fit_latency() -> Iterator[Line]:
    """Clicks on all objects that are well seen, one after the other, of the demo and a real clip."""
    journey = scripted_labeller()
    with running_product() as product:
        names = ["demo_street"]
        if REAL.is_dir():
            if REAL.name not in journey.World.names(product):
                product.manage("import_clip", str(REAL), "--project", "demo")
            names.append(REAL.name)
        for name in names:
            yield _line(name, _waits_s(journey, journey.World.of(product, name)))
        if not REAL.is_dir():
            yield Line("fit-box, real clip", "skipped", note="../shared/data/clips is not here")


def _waits_s(journey: Any, world: Any) -> np.ndarray:
    """Seconds (n,) from question to answer, the compiled code and the sweeps being there."""
    layers = world.clip["ontology"]["layers"]
    objects = next(layer for layer in layers if layer["name"] == "objects")
    known = {one["name"] for one in objects["classes"]}
    clicks = []
    for tick in range(0, len(world.ticks_ns), max(1, len(world.ticks_ns) // 4)):
        for label in world.truth:
            track = journey.Track.from_dict(label)
            if label["class"] in known and len(world.seen(track, tick)) >= SEEN_POINTS:
                clicks.append((label["class"], tick, world.click_point(track, tick)))
    clicks = [clicks[k] for k in np.linspace(0, len(clicks) - 1, MOST_CLICKS).astype(int)]
    for _ in range(2):  # the sweeps are read once in each of the server's processes
        for click in clicks:
            _ask(world, *click)
    return np.array([_ask(world, *click) for click in clicks])


def _ask(world: Any, class_name: str, tick: int, point_m: np.ndarray) -> float:
    began = time.perf_counter()
    world.api.post(
        f"/api/clips/{world.clip['id']}/fit-box",
        {
            "layer": "objects",
            "class": class_name,
            "time_ns": str(world.ticks_ns[tick]),
            "point_m": point_m.tolist(),
        },
    )
    return time.perf_counter() - began


def _line(name: str, waits_s: np.ndarray) -> Line:
    median, late = np.quantile(waits_s, [0.5, 0.95])
    return Line(
        f"fit-box over HTTP: {name}",
        f"{1000 * median:.0f} ms",
        f"{1000 * BOUND_S:.0f} ms",
        ratio=float(median) / BOUND_S,
        bar=1.0,
        at_least=False,
        note=f"median of {len(waits_s)} clicks; 95 % within {1000 * late:.0f} ms",
    )
