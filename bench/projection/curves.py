"""Lines and surfaces of a street in one picture of every lens, beside looking at dense samples."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from bench.projection.raster_scene import LENSES, MOUNT, ORIGIN, SIZE
from bench.table import Line, benchmark, best_s
from projection.arrays import Float64Array
from projection.camera import Camera
from projection.polygons import project_polygons
from projection.polylines import Lines, project_polylines
from projection.rigid import RigidTransform
from projection.trajectory import Trajectory
from projection.view import View

_CENTRE = {"cx": 641.0, "cy": 477.0}
#: Every model; the last three see further than to their sides.
CAMERAS: dict[str, dict[str, Any]] = {
    **LENSES,
    "mei": {
        "model": "mei",
        "params": {
            "fx": 700.0, "fy": 700.0, **_CENTRE, "xi": 1.1,
            "distortion": [-0.1, 0.02, 0.0005, -0.0004],
        },
    },
    "cylindrical": {"model": "cylindrical", "params": {"fx": 400.0, "fy": 400.0, **_CENTRE}},
    "double_sphere": {
        "model": "double_sphere",
        "params": {"fx": 330.0, "fy": 330.0, **_CENTRE, "xi": -0.2, "alpha": 0.6},
    },
    "woodscape": {
        "model": "woodscape",
        "params": {"k": [339.7, -31.99, 48.28, -7.2], **_CENTRE, "aspect_ratio": 1.0},
    },
    "ftheta": {
        "model": "ftheta",
        "params": {
            **_CENTRE, "reference": "backward",
            "pixeldist_to_angle": [0.0, 0.0027, 1e-8, -2e-12, 1e-16],
        },
    },
}  # fmt: skip
ROLLING = {"type": "rolling", "direction": "top_to_bottom", "line_delay_ns": 31_250.0}


def street() -> tuple[list[tuple[Float64Array, bool]], list[list[Float64Array]]]:
    """40 lines of 120 m with a vertex every 2 m, and five surfaces (one with holes), in a bend."""
    along = np.linspace(-60.0, 60.0, 61)
    rng = np.random.default_rng(3)
    lines = []
    for row in range(40):
        shift = rng.uniform(-14.0, 14.0)
        lines.append((_bent(along + rng.uniform(-5.0, 5.0), shift), row % 10 == 9))
    surfaces = [[_band(along, left, left + 4.0)] for left in (-14.0, -6.0, 10.0)]
    holes = [_band(np.array([x, x + 3.0]), 2.0, 3.0) for x in (-20.0, 6.0, 30.0)]
    surfaces += [[_band(along, -2.0, 6.0), *holes], [_band(np.array([8.0, 12.0]), 0.0, 3.0)]]
    return lines, surfaces


def _bent(x: Float64Array, shift: float) -> Float64Array:
    y = shift + 0.002 * x * x
    return np.stack([x, y, 0.05 * np.sin(x / 9.0)], axis=1) + ORIGIN


def _band(along: Float64Array, right: float, left: float) -> Float64Array:
    return np.concatenate([_bent(along, right), _bent(along[::-1], left)])


def view_of(spec: dict[str, Any], shutter: dict[str, Any] | None) -> View:
    """From a vehicle that drives at 14 m/s and turns."""
    camera = Camera.from_dict({"name": "bench", **SIZE, **spec})
    times = np.arange(-2, 9) * 10_000_000 + 100_000_000
    ahead = np.arange(-2, 9) * 0.14
    half = np.arange(-2, 9) * 0.001
    positions = ORIGIN + np.stack([ahead, 0.01 * ahead, 0.0 * ahead], axis=1)
    quats = np.stack([0 * half, 0 * half, np.sin(half), np.cos(half)], axis=1)
    mount = RigidTransform.from_dict(MOUNT, "mount")
    return View(camera, mount, Trajectory(times, positions, quats), 100_000_000, shutter)


def _dense(lines: Sequence[tuple[Float64Array, bool]]) -> Float64Array:
    """Points every 5 cm: what a loop over samples looks at."""
    parts = []
    for vertices, _ in lines:
        at = np.linspace(0.0, len(vertices) - 1.0, 2400)
        row = np.minimum(at.astype(np.int64), len(vertices) - 2)
        share = (at - row)[:, None]
        parts.append(vertices[row] * (1.0 - share) + vertices[row + 1] * share)
    return np.concatenate(parts)


@benchmark("curves")
def curves() -> Iterator[Line]:
    """A whole street in one picture, exact to a twentieth of a pixel."""
    lines, surfaces = street()
    table, samples = Lines.of(lines), _dense(lines)
    for shutter in (None, ROLLING):
        for name, spec in CAMERAS.items():

            def ours(spec: dict[str, Any] = spec, shutter: Any = shutter) -> None:
                view = view_of(spec, shutter)
                project_polylines(view, table)
                project_polygons(view, surfaces)

            def peer(spec: dict[str, Any] = spec, shutter: Any = shutter) -> None:
                view_of(spec, shutter).project_world(samples)

            def nothing(spec: dict[str, Any] = spec, shutter: Any = shutter) -> None:
                view_of(spec, shutter)

            ours()
            views_s = best_s(nothing)
            ours_s, peer_s = best_s(ours) - views_s, best_s(peer) - views_s
            kind = "rolling" if shutter else "global"
            yield Line(
                f"a street's lines and surfaces, {name}, {kind}",
                f"{ours_s * 1e3:.2f} ms",
                f"{peer_s * 1e3:.2f} ms",
                ours_s / 1.5e-3,
                1.0,
                at_least=False,
                note="40 lines, 5 surfaces; bar: 1.5 ms. Beside it: lines as points every 5 cm",
            )
