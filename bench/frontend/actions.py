"""What labelling costs in actions, in Chromium: counted by the product, beside what peers take.

A scripted labeller works by mouse and keys alone. Clicks, drags and key presses that do something
count, also those that go to another time; turning and zooming a view does not. The peers' counts
are from their manuals (steps of their tables of keys), for a car through 40 frames.
"""

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.table import Line, SkippedError, benchmark

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data" / "clips" / "ddad_scene_02"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
#: Objects that so many points of some sweep show are labelled.
SEEN_POINTS = 40
#: Looked at from so many times, one after the other.
PLACES = 3


def scripted_labeller() -> Any:
    """Import the scripted labeller, which lives with the tests of the browser."""
    if not CHROMIUM.exists():
        raise SkippedError(f"no Chromium at {CHROMIUM}")
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        raise SkippedError("the frontend is not built: `cd frontend && npm run build`")
    folder = str(ROOT / "tests" / "e2e")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        import journey  # noqa: PLC0415
    except ImportError as error:
        raise SkippedError(f"playwright is not installed: {error}") from error
    return journey


@contextlib.contextmanager
def running_product() -> Iterator[Any]:
    """A product of its own, or the running one that LABELAPP_E2E_RUNNING names."""
    from product import Product, free_port  # noqa: PLC0415

    running = os.environ.get("LABELAPP_E2E_RUNNING")
    if running:
        data_dir, port = running.rsplit(":", 1)
        yield Product(Path(data_dir), int(port))
        return
    with tempfile.TemporaryDirectory(prefix="labelapp-bench-") as folder:
        product = Product(Path(folder), free_port())
        product.start()
        try:
            yield product
        finally:
            product.stop()


@contextlib.contextmanager
def _page() -> Iterator[Any]:
    from conftest import CHROMIUM_FLAGS  # noqa: PLC0415
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        context = browser.new_context(viewport={"width": 1920, "height": 1080})
        context.set_default_timeout(30_000)
        yield context.new_page()
        browser.close()


@benchmark("frontend.actions")
def frontend_actions() -> Iterator[Line]:
    """One box, one driving car, one parked car, and a whole clip."""
    journey = scripted_labeller()
    with running_product() as product:
        with _page() as page:
            yield from _single(journey, journey.Journey(page, product, "demo_street"))
        with _page() as page:
            yield from _hard(journey, journey.Journey(page, product, "demo_street"))
        with _page() as page:
            yield from _whole(journey, journey.Journey(page, product, "demo_street"))
        if REAL.is_dir():
            if REAL.name not in journey.World.names(product):
                product.manage("import_clip", str(REAL), "--project", "demo")
            with _page() as page:
                yield from _whole(journey, journey.Journey(page, product, REAL.name))
        else:
            yield Line("actions, real clip", "skipped", note="../shared/data/clips is not here")


def _single(journey: Any, at: Any) -> Iterator[Line]:
    """Label one driving and one parked car, and say what each cost."""
    for static, name, peer, bar in (
        (False, "driving car, 20 ticks", "20-35 SUSTechPOINTS", 12),
        (True, "parked car", "~5 Segments.ai", 3),
    ):
        truth = journey.best_seen(at.world, static=static, travelled_m=0.0 if static else 15.0)
        at.labeller.delete_all()
        tick = 0 if static else at.best_tick(truth)[0]
        at.go_to(tick)
        before = journey.actions(at.page)
        made = at.click_box(truth, tick)
        if static:
            yield _line("actions: box created and fitted", made, "2-6 SUSTechPOINTS", 2)
        at.accept()
        cost = journey.actions(at.page) - before
        errors = journey.errors_of(at.saved_label(), truth, at.world)
        note = (
            f"within 0.2 m and 3 degrees at {errors.right} of {errors.count} image times, worst"
            f" {errors.metres.max():.2f} m, {errors.degrees.max():.1f} degrees"
        )
        yield _line(f"actions: {name}", cost, peer, bar, note)
    before = journey.actions(at.page)
    targets = journey.export_targets(at.world)
    more = journey.actions(at.page) - before
    yield _line("actions: 2D boxes, masks", more, "~2 a view and keyframe", 0, f"{targets} made")


def _hard(journey: Any, at: Any) -> Iterator[Line]:
    """Label what is hard to follow, each corrected where it is off until it is right everywhere."""
    bar = 12
    for class_name in ("cyclist", "pedestrian", "van", "car"):
        truth = journey.hardest_seen(at.world, class_name)
        if truth is None:
            continue
        at.labeller.delete_all()
        cost = journey.correct_until_right(at, truth, most=bar)
        errors = journey.errors_of(at.saved_label(), truth, at.world)
        note = (
            f"within 0.2 m and 3 degrees at {errors.right} of {errors.count} image times, its"
            " class and getting to other times included"
        )
        yield _line(
            f"actions: worst seen moving {class_name}, corrected", cost, "", bar, note
        )


def _whole(journey: Any, at: Any) -> Iterator[Line]:
    """Label all objects that are well seen, accept all, export, and count."""
    name = at.world.clip["name"]
    began, before = time.monotonic(), journey.actions(at.page)
    matched = journey.label_all(at, min_points=SEEN_POINTS, places=PLACES)
    cost = journey.actions(at.page) - before
    seconds = time.monotonic() - began
    labels = {label["id"]: label for label in at.world.saved(at.product)}
    found = [
        journey.errors_of(labels[label_id], truth, at.world)
        for label_id, truth in matched
        if label_id in labels
    ]
    right = sum(errors.right for errors in found)
    seen = sum(errors.count for errors in found)
    median = np.median(np.concatenate([errors.metres for errors in found]))
    targets = journey.export_targets(at.world)
    yield Line(
        f"actions: {name}, {len(labels)} objects",
        f"{cost} ({cost / max(len(labels), 1):.1f} each)",
        note=f"none corrected by hand: median {median:.2f} m off, {right / max(seen, 1):.0%} of "
        f"{seen} (object, image time) within 0.2 m and 3 degrees; {seconds:.0f} s here",
    )
    yield Line(
        f"image targets per action: {name}",
        f"{targets / max(cost, 1):.1f}",
        "<= 1 by hand in 2D",
        ratio=targets / max(cost, 1),
        bar=1.0,
        note=f"{targets} targets by {cost} actions",
    )


def _line(name: str, cost: int, peer: str, bar: int, note: str = "") -> Line:
    return Line(name, str(cost), peer, float(cost), float(bar), at_least=False, note=note)
