"""CPU time of a frame of the labelling screen with 200 tracks and 8 cameras, in Chromium.

What the page's thread computes in a frame: updating, projecting and painting, the calls into WebGL
and canvas included. It is the thread's own CPU time, as Chromium's tracing tells it, so that neither
the software rasteriser (another process; on a GPU elsewhere) nor a busy machine counts. The bound is
16 ms. The page is drawn at a quarter of its pixels, so that the rasteriser keeps up with it.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.table import Line, SkippedError, benchmark

TRACKS = 200
BOUND_MS = 16.0
FLAGS = [
    "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist", "--disable-background-networking", "--no-first-run",
]  # fmt: skip
#: Frames in which nothing changed, and those of the library, take less.
IDLE_MS = 0.3
SCALE = 0.25
FRAME = "FireAnimationFrame"


def add_tracks(folder: Path, count: int) -> None:
    """Put moving boxes around the ego's way into a simulated clip, as people's labels."""
    times = np.loadtxt(folder / "trajectory.csv", delimiter=",", skiprows=1, dtype=str)
    first, last = int(times[0, 0]), int(times[-1, 0])
    x_m, y_m = float(times[0, 1]), float(times[0, 2])
    random = np.random.default_rng(0)
    labels = []
    for number in range(count):
        start = np.array([x_m, y_m]) + random.uniform(-45, 45, 2)
        keyframes = [
            {
                "time_ns": str(first + (last - first) * step // 5),
                "position_m": [float(start[0] + 1.5 * step), float(start[1]), 0.8],
                "quat_xyzw": [0.0, 0.0, 0.0, 1.0],
            }
            for step in range(6)
        ]
        labels.append(
            {"id": f"track-{number}", "class": "car", "geometry": "cuboid", "attributes": {}}
            | {"static": False, "size_m": [4.4, 1.9, 1.6], "interpolation": "linear"}
            | {"keyframes": keyframes}
        )
    document = {"format": "labelapp-labels/1", "layer": "objects", "source": "human"}
    (folder / "labels" / "objects-human.json").write_text(json.dumps(document | {"labels": labels}))


@benchmark("frontend.frame_time")
def frame_time() -> Iterator[Line]:
    """Scrub, step, play, turn the view, and drag a box; the median and the 95th percentile."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        msg = "playwright is not installed"
        raise SkippedError(msg) from error
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "e2e"))
    from labeller import Labeller
    from product import Product, free_port

    from simulation import make_clip

    if not Path("/usr/bin/chromium").exists():
        msg = "there is no Chromium"
        raise SkippedError(msg)
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        clip = Path(made) / "crowd"
        make_clip(clip, seed=4, ticks=24, width=240)
        add_tracks(clip, TRACKS)
        product = Product(Path(made) / "data", free_port(), ("--without-clip",))
        product.start()
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        try:
            found = product.manage("import_clip", str(clip), "--project", "demo", "--name", "crowd")
            if found.returncode:
                raise SkippedError(found.stderr)
            page = browser.new_context(
                viewport={"width": 1920, "height": 1080}, device_scale_factor=SCALE
            ).new_page()
            labeller = Labeller(page, product)
            labeller.log_in("labeller")
            labeller.open_clip("crowd")
            yield from _all(browser, page)
        finally:
            browser.close()
            product.stop()


def _all(browser: Any, page: Any) -> Iterator[Line]:
    # Code is compiled when it is warm: a labeller has been at it for hours.
    for key in ("ArrowRight", "ArrowLeft") * 30:
        page.keyboard.press(key)
        page.wait_for_timeout(40)
    page.keyboard.press("Home")
    page.wait_for_timeout(2000)
    yield _measured(browser, page, "a step in time", lambda: page.keyboard.press("ArrowRight"), 20)
    page.keyboard.press("Home")
    timeline = page.get_by_test_id("timeline").bounding_box()
    y = timeline["y"] + 12
    places = iter(np.linspace(timeline["x"] + 250, timeline["x"] + timeline["width"] - 40, 60))
    page.mouse.move(timeline["x"] + 250, y)
    page.mouse.down()
    yield _measured(browser, page, "scrubbing", lambda: page.mouse.move(next(places), y))
    page.mouse.up()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    yield _measured(browser, page, "playing", lambda: None)
    page.keyboard.press("Space")
    page.keyboard.press("Home")
    page.wait_for_timeout(500)
    page.mouse.move(700, 400)
    page.mouse.down(button="middle")
    columns = iter(range(400, 1200, 9))
    yield _measured(browser, page, "the view turns", lambda: page.mouse.move(next(columns), 400))
    page.mouse.up(button="middle")
    page.get_by_test_id("label-row").nth(5).click()
    page.keyboard.press("f")
    page.wait_for_timeout(1000)
    top = page.get_by_test_id("view-top").bounding_box()
    x, y = top["x"] + top["width"] / 2, top["y"] + top["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    steps = iter(range(5, 100))
    yield _measured(browser, page, "a box is dragged", lambda: page.mouse.move(x + next(steps), y))
    page.mouse.up()


def _measured(
    browser: Any, page: Any, what: str, act: Callable[[], object], times: int = 50
) -> Line:
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    for _ in range(times):
        act()
        page.wait_for_timeout(60)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    frames = [event.get("tdur", 0) / 1e3 for event in events if event.get("name") == FRAME]
    worked = np.array([taken for taken in frames if taken > IDLE_MS])
    if not len(worked):
        msg = f"{what}: no frame was drawn"
        raise SkippedError(msg)
    median, late = float(np.median(worked)), float(np.percentile(worked, 95))
    return Line(
        f"frame, {TRACKS} tracks, 8 cameras: {what}",
        f"{median:.1f} ms",
        f"{BOUND_MS:.0f} ms",
        ratio=median / BOUND_MS,
        bar=1.0,
        at_least=False,
        note=f"95th percentile {late:.1f} ms of {len(worked)} frames; CPU of the page's thread",
    )
