"""A cloud of 50 million points: imported in bounded memory, and flown through in Chromium.

``BIG_CLOUD_POINTS`` in the environment chooses another number of points.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.frontend.frame_time import FLAGS
from bench.frontend.street_cloud import write_street_clip
from bench.table import Line, SkippedError, benchmark

POINTS = int(os.environ.get("BIG_CLOUD_POINTS", "50000000"))
MIB = 1024 * 1024
#: What the import may take, whatever the cloud's size.
IMPORT_MIB = 1500
#: The budget ``small`` of the views, see ``frontend/src/render/memoryBudget.ts``: the hardest to keep.
TILES_MIB = 96
TILE_POINTS = 1_000_000
HEAP_MIB = 250
#: The library fetches 25 files at a time; one that has ended is heard of a little later.
REQUESTS = 32
MEMORY = "document.querySelector('[data-testid=view-world]').memory()"
STOPS = 8


@benchmark("frontend.big_cloud", only_named=True)
def big_cloud() -> Iterator[Line]:
    """Import a street of so many points, open it, and go along it; what that takes at most."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        msg = "playwright is not installed"
        raise SkippedError(msg) from error
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "e2e"))
    from labeller import Labeller
    from product import Product, free_port

    if not Path("/usr/bin/chromium").exists():
        msg = "there is no Chromium"
        raise SkippedError(msg)
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        clip = write_street_clip(Path(made) / "street", POINTS)
        product = Product(Path(made) / "data", free_port(), ("--without-clip",))
        product.start()
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        try:
            began = time.perf_counter()
            found = product.manage(
                *("import_clip", str(clip), "--project", "demo", "--name", "street"),
                timeout_s=3600,
            )
            if found.returncode:
                raise SkippedError(found.stderr)
            taken_s = time.perf_counter() - began
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            yield _bounded(
                f"{POINTS / 1e6:.0f} million points: import, peak",
                peak,
                IMPORT_MIB,
                f"{taken_s:.0f} s, {POINTS / taken_s / 1e6:.2f} million points a second",
            )
            page = browser.new_context(
                viewport={"width": 1920, "height": 1080}, device_scale_factor=0.25
            ).new_page()
            labeller = Labeller(page, product)
            labeller.log_in("labeller", preferences={"cloud": {"memory": "small"}})
            labeller.open_clip("street")
            yield from _flight(page)
        finally:
            browser.close()
            product.stop()


def _bounded(name: str, value: float, bound: float, note: str = "", unit: str = "MiB") -> Line:
    return Line(
        name,
        f"{value:,.0f} {unit}".strip(),
        f"{bound:,.0f} {unit}".strip(),
        ratio=value / bound,
        bar=1.0,
        at_least=False,
        note=note,
    )


def _flight(page: Any) -> Iterator[Line]:
    """Go along the street by dragging and zooming, and look at what is in memory all the time."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    running: set[Any] = set()
    most_running = fetched = 0

    def started(request: Any) -> None:
        nonlocal most_running
        if request.url.endswith(".glb"):
            running.add(request)
            most_running = max(most_running, len(running))

    def ended(request: Any) -> None:
        nonlocal fetched
        fetched += request in running
        running.discard(request)

    page.on("request", started)
    page.on("requestfinished", ended)
    page.on("requestfailed", ended)
    seen: list[dict[str, float]] = []
    heaps: list[float] = []
    box = page.get_by_test_id("view-world").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for stop in range(STOPS):
        page.mouse.move(x, y)
        page.mouse.wheel(0, -400 if stop % 4 < 2 else 400)
        page.mouse.down(button="right")
        page.mouse.move(x, y + 300, steps=3)
        page.mouse.up(button="right")
        for _ in range(4):
            page.wait_for_timeout(500)
            seen.append(page.evaluate(MEMORY))
        session.send("HeapProfiler.collectGarbage")
        usage = session.send("Runtime.getHeapUsage")
        heaps.append((usage["usedSize"] + usage.get("backingStorageSize", 0)) / MIB)
    points = max(found["tilePoints"] for found in seen)
    yield _bounded("points drawn at once", points, TILE_POINTS, unit="")
    yield _bounded(
        "tiles in memory", max(found["tileBytes"] for found in seen) / MIB, TILES_MIB
    )
    yield _bounded(
        "JavaScript heap with buffers",
        max(heaps),
        HEAP_MIB,
        f"{heaps[0]:.0f} MiB at the first stop, {heaps[-1]:.0f} at the last of {STOPS}",
    )
    yield _bounded(
        "requests at once", most_running, REQUESTS, f"{fetched} tiles fetched in all", unit=""
    )
