"""The batch view: one object at several times side by side, worked in with mouse and keys."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from labeller import Box, Labeller
from playwright.sync_api import Page, expect
from product import Product

from projection import Track
from projection.io import read_clip_folder
from simulation import make_clip


@pytest.fixture(scope="module")
def moving_car(tmp_path_factory: pytest.TempPathFactory) -> tuple[Track, list[int]]:
    """A car of the simulated clip that drives near the ego all along, and the clip's ticks."""
    folder = tmp_path_factory.mktemp("reference") / "clip"
    make_clip(folder, pictures=False, sweeps=False)
    clip = read_clip_folder(folder)
    ticks = clip.ticks_ns().tolist()
    tracks = [
        Track.from_dict(label)
        for path in sorted((folder / "labels").glob("*.json"))
        for label in json.loads(path.read_text())["labels"]
        if label["class"] == "car" and not label["static"]
    ]
    whole = [one for one in tracks if one.at(ticks[0]) and one.at(ticks[-1])]

    def farthest(track: Track) -> float:
        ends = (ticks[0], ticks[-1])
        return max(
            float(np.linalg.norm(position_at(track, time) - clip.trajectory.at(time).position_m))
            for time in ends
        )

    return min(whole, key=farthest), ticks


def position_at(track: Track, time_ns: int) -> np.ndarray:
    state = track.at(time_ns)
    assert state is not None
    return np.asarray(state.position_m)


@pytest.fixture
def labeller(
    page: Page, product: Product, moving_car: tuple[Track, list[int]]
) -> Iterator[Labeller]:
    """In the batch view of a box that was drawn about a moving car at the first tick."""
    track, ticks = moving_car
    labeller = Labeller(page, product)
    labeller.log_in("labeller")
    labeller.open_clip("demo_street")
    labeller.delete_all()
    page.keyboard.press("Home")
    wanted = box_of(track, ticks[0])
    labeller.look_down_at(wanted.position_m, times=0)
    page.mouse.dblclick(*labeller.screen("world", wanted.position_m))
    page.wait_for_timeout(400)
    for _ in range(3):
        page.mouse.move(*labeller.screen("world", wanted.position_m))
        page.mouse.wheel(0, -240)
        page.wait_for_timeout(80)
    page.keyboard.press("b")
    labeller.drag("world", wanted.point(-1, 0, -1), wanted.point(1, 0, -1))
    expect(page.get_by_test_id("label-row")).to_have_count(1)
    page.keyboard.press("Shift+B")
    # Kept per person from the last time.
    page.get_by_test_id("batch-step").get_by_text("whole life").click()
    page.get_by_test_id("batch-cells").get_by_text("8", exact=True).click()
    expect(page.get_by_test_id("batch-cell-7")).to_be_visible()
    page.wait_for_timeout(1000)
    yield labeller
    labeller.wait_until_saved()


def box_of(track: Track, time_ns: int) -> Box:
    state = track.at(time_ns)
    assert state is not None
    forward = state.world_from_box.apply(np.array([[1.0, 0.0, 0.0]]))[0] - state.position_m
    return Box(list(state.position_m), list(state.size_m), math.atan2(forward[1], forward[0]))


def go_to(labeller: Labeller, cell: int) -> Box:
    """Click a cell's head: the time cursor goes there. Returns the box as it is then."""
    labeller.page.locator(f"[data-testid=batch-cell-{cell}] .batch-head").click()
    labeller.page.wait_for_timeout(400)
    return labeller.box()


def states(page: Page) -> list[str]:
    cells = page.locator("[data-testid^=batch-cell-]")
    return [cells.nth(index).get_attribute("data-state") or "" for index in range(cells.count())]


def test_what_is_pulled_in_a_cell_is_pulled_at_its_time(
    labeller: Labeller, screenshot_folder: Path
) -> None:
    page = labeller.page
    first, last = go_to(labeller, 0), go_to(labeller, 7)
    assert first.position_m == last.position_m, "one keyframe: it stands"

    # Moved in the last cell from another one: a keyframe there, the first stays.
    go_to(labeller, 2)
    start, end = last.point(0, 0, 0), last.point(0.5, 0.2, 0)
    labeller.drag("cell-7-top", start, end)
    assert states(page)[0] == "keyframe"
    assert states(page)[7] == "keyframe"
    assert set(states(page)[1:7]) == {"interpolated"}
    np.testing.assert_allclose(labeller.box().position_m[:2], end[:2], atol=0.06)
    assert go_to(labeller, 0).position_m == first.position_m
    between = go_to(labeller, 4).position_m
    assert first.position_m[0] != pytest.approx(between[0]) != last.position_m[0]

    # A side pulled in one cell is the size of the thing at all times.
    box = go_to(labeller, 3)
    labeller.drag("cell-3-side", box.point(0, 0, 1), box.point(0, 0, 1.4))
    taller = labeller.box().size_m[2]
    assert taller == pytest.approx(1.2 * box.size_m[2], abs=0.05)
    assert go_to(labeller, 6).size_m[2] == taller
    assert set(states(page)[1:7]) == {"interpolated"}, "a size makes no keyframe"

    # The knob at the front turns it.
    box = go_to(labeller, 5)
    front = labeller.screen("cell-5-top", box.point(1, 0, 0))
    page.mouse.move(front[0] + 30, front[1])
    page.wait_for_timeout(100)
    page.mouse.down()
    page.mouse.move(front[0] + 30, front[1] - 20, steps=5)
    page.mouse.up()
    page.wait_for_timeout(400)
    assert labeller.box().yaw_rad - box.yaw_rad > math.radians(3)
    assert states(page)[5] == "keyframe"

    # In the picture of a cell the box moves as well.
    box = go_to(labeller, 0)
    page.screenshot(path=screenshot_folder / "batch.png")
    before = labeller.pixels("camera-cell-0")
    page.keyboard.press("w")
    page.wait_for_timeout(500)
    assert labeller.pixels("camera-cell-0") != before
    assert page.locator("canvas.stage-canvas").count() == 1, "all cells share one canvas"


def test_chosen_cells_are_fixed_freed_and_undone_together(labeller: Labeller) -> None:
    page = labeller.page
    go_to(labeller, 1)
    page.locator("[data-testid=batch-cell-4] .batch-head").click(modifiers=["Shift"])
    page.locator("[data-testid=batch-cell-6] .batch-head").click(modifiers=["Control"])
    page.keyboard.press("k")
    page.wait_for_timeout(300)
    fixed = [0, 1, 2, 3, 4, 6]
    assert [i for i, state in enumerate(states(page)) if state == "keyframe"] == fixed
    page.keyboard.press("Alt+i")
    page.wait_for_timeout(300)
    assert [i for i, state in enumerate(states(page)) if state == "keyframe"] == [0, 1, 6]
    page.keyboard.press("Control+z")
    page.wait_for_timeout(300)
    assert [i for i, state in enumerate(states(page)) if state == "keyframe"] == fixed
    page.keyboard.press("Shift+K")
    page.wait_for_timeout(300)
    assert [i for i, state in enumerate(states(page)) if state == "keyframe"] == [0]

    # Arrows go from cell to cell; with Ctrl+Shift they move the box in the view under the pointer.
    page.keyboard.press("Escape")
    before = go_to(labeller, 2)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("batch-cell-3")).to_have_attribute("data-active", "true")
    page.get_by_test_id("view-cell-3-side").hover()
    page.keyboard.press("Control+Shift+ArrowUp")
    page.wait_for_timeout(300)
    assert labeller.box().position_m[2] == pytest.approx(before.position_m[2] + 0.05, abs=0.006)
    assert states(page)[3] == "keyframe"
    page.keyboard.press("Alt+h")
    page.wait_for_timeout(300)
    turned = labeller.box().yaw_rad - before.yaw_rad
    assert math.cos(turned) == pytest.approx(-1, abs=1e-4)

    # Every tick, page by page.
    page.get_by_test_id("batch-step").get_by_text("each tick").click()
    expect(page.get_by_test_id("batch-page")).to_have_text("2 / 3")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_test_id("batch-page")).to_have_text("3 / 3")
    page.get_by_test_id("batch-step").get_by_text("whole life").click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("view-world")).to_be_visible()


def test_a_cell_is_fitted_to_its_points(
    labeller: Labeller, moving_car: tuple[Track, list[int]]
) -> None:
    page = labeller.page
    track, ticks = moving_car
    wanted = box_of(track, ticks[0])
    box = go_to(labeller, 0)
    # Somewhat off, as a labeller leaves it.
    labeller.drag("cell-0-top", box.point(0, 0, 0), box.point(0.15, 0.3, 0))
    off = np.linalg.norm(np.subtract(labeller.box().position_m, wanted.position_m)[:2])
    page.keyboard.press("Alt+f")
    page.wait_for_timeout(300)
    for _ in range(100):
        fitted = np.linalg.norm(np.subtract(labeller.box().position_m, wanted.position_m)[:2])
        if fitted != off:
            break
        page.wait_for_timeout(200)
    assert fitted < min(off, 0.5), f"{off:.2f} m off before, {fitted:.2f} m after"
