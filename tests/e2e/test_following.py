"""A moving car and a parked one, labelled through the whole clip by a few clicks and keys."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from api_client import ApiClient
from labeller import Labeller
from playwright.sync_api import Page, expect
from product import Product

from projection import Track

CLIP = "demo_street"


@dataclass
class World:
    """The simulated clip as the server has it, and its truth."""

    clip_id: str
    ticks_ns: list[int]
    image_times_ns: list[int]
    truth: list[dict[str, Any]]


@pytest.fixture(scope="module")
def world(product: Product) -> World:
    """The demo clip with the labels that the simulator knows."""
    api = ApiClient(product.url).log_in("admin", product.password("admin"))
    clips = api.get("/api/projects/demo/clips")
    clip_id = next(clip["id"] for clip in clips["results"] if clip["name"] == CLIP)
    clip = api.get(f"/api/clips/{clip_id}")
    truth_id = next(
        one["id"]
        for one in clip["label_sets"]
        if (one["source"], one["layer"]) == ("simulation", "objects")
    )
    labels = api.get(f"/api/label-sets/{truth_id}/labels")["labels"]
    ticks = [int(time) for time in clip["ticks_ns"]]
    times = sorted(int(time) for camera in clip["cameras"] for time in camera["times_ns"])
    return World(
        clip_id,
        ticks,
        [time for time in times if ticks[0] <= time <= ticks[-1]],
        [entry["label"] for entry in labels if entry["label"]["geometry"] == "cuboid"],
    )


def saved_labels(product: Product, world: World) -> list[dict[str, Any]]:
    api = ApiClient(product.url).log_in("labeller", product.password("labeller"))
    sets = api.get(f"/api/clips/{world.clip_id}/label-sets")
    own = next(one["id"] for one in sets if (one["source"], one["layer"]) == ("human", "objects"))
    labels = api.get(f"/api/label-sets/{own}/labels")["labels"]
    return [entry["label"] for entry in labels]


def actions(page: Page) -> int:
    text = page.get_by_test_id("effort").get_attribute("data-actions")
    assert text is not None
    return int(text)


def worst_errors(found: Track, truth: Track, times_ns: list[int]) -> tuple[float, float]:
    """Metres over the ground and degrees of heading, at the times at which the truth is there."""
    metres = degrees = 0.0
    for time_ns in times_ns:
        reference, state = truth.at(time_ns), found.at(time_ns)
        if reference is None:
            continue
        assert state is not None, f"the label is not there at {time_ns}"
        off = state.position_m - reference.position_m
        metres = max(metres, float(np.hypot(off[0], off[1])))
        turn = yaw_of(state) - yaw_of(reference)
        degrees = max(degrees, abs(math.degrees(math.remainder(turn, 2 * math.pi))))
    return metres, degrees


def yaw_of(state: Any) -> float:
    ahead = state.world_from_box.apply(np.array([[1.0, 0.0, 0.0]]))[0] - state.position_m
    return math.atan2(ahead[1], ahead[0])


def nearest(world: World, *, is_static: bool, travelled_m: float = 0.0) -> Track:
    """The nearest car ahead of where the clip begins."""
    found = []
    for label in world.truth:
        track = Track.from_dict(label)
        first, last = track.at(world.ticks_ns[0]), track.at(world.ticks_ns[-1])
        if label["class"] != "car" or label["static"] is not is_static or None in (first, last):
            continue
        assert first is not None
        assert last is not None
        if np.linalg.norm(last.position_m - first.position_m) < travelled_m:
            continue
        if first.position_m[0] < 3:
            continue  # behind the recording car, or beside it
        found.append((float(np.linalg.norm(first.position_m)), track))
    return min(found, key=lambda one: one[0])[1]


def click_on(labeller: Labeller, world: World, track: Track) -> None:
    """One click with the box tool on the side of an object that the sensor sees."""
    page = labeller.page
    state = track.at(world.ticks_ns[0])
    assert state is not None
    page.keyboard.press("Home")
    labeller.look_down_at(state.position_m, times=4)
    towards = -state.position_m[:2] / np.linalg.norm(state.position_m[:2])
    seen = [*(state.position_m[:2] + 0.8 * towards), state.position_m[2]]
    before = actions(page)
    page.keyboard.press("b")
    page.mouse.click(*labeller.screen("world", seen))
    expect(page.get_by_test_id("prompt")).to_contain_text("proposed")
    assert actions(page) - before == 2


def start(page: Page, product: Product) -> Labeller:
    labeller = Labeller(page, product)
    labeller.log_in("labeller")
    labeller.open_clip(CLIP)
    labeller.delete_all()
    return labeller


def test_a_driving_car_is_followed_through_the_clip_by_three_actions(
    page: Page, product: Product, world: World
) -> None:
    labeller = start(page, product)
    truth = nearest(world, is_static=False, travelled_m=15)
    click_on(labeller, world, truth)
    before = actions(page)
    labeller.wait_until_saved()
    (label,) = saved_labels(product, world)
    assert len(label["keyframes"]) == 1, "nothing is accepted before the labeller says so"

    page.keyboard.press("Enter")
    labeller.wait_until_saved()
    assert actions(page) - before == 1
    (label,) = saved_labels(product, world)
    metres, degrees = worst_errors(Track.from_dict(label), truth, world.image_times_ns)
    assert metres < 0.2
    assert degrees < 3

    # Taken back, it is proposed again, and nothing of it is left in the label.
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("prompt")).to_contain_text("proposed")
    labeller.wait_until_saved()
    assert len(saved_labels(product, world)[0]["keyframes"]) == 1


def test_a_parked_car_takes_three_actions(page: Page, product: Product, world: World) -> None:
    labeller = start(page, product)
    truth = nearest(world, is_static=True)
    click_on(labeller, world, truth)
    page.keyboard.press("Enter")
    labeller.wait_until_saved()
    (label,) = saved_labels(product, world)
    metres, degrees = worst_errors(Track.from_dict(label), truth, world.image_times_ns)
    assert metres < 0.2
    assert degrees < 3


def test_a_pulled_proposal_is_the_labellers_there_and_the_rest_is_followed_through_it(
    page: Page, product: Product, world: World, screenshot_folder: Any
) -> None:
    labeller = start(page, product)
    truth = nearest(world, is_static=False, travelled_m=15)
    click_on(labeller, world, truth)
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(800)
    page.screenshot(path=screenshot_folder / "proposal.png")
    box = labeller.box()
    moved = np.add(box.position_m, (0.0, 0.3, 0.0))
    labeller.drag("top", box.position_m, moved)
    expect(page.get_by_test_id("prompt")).to_contain_text("proposed")
    labeller.wait_until_saved()
    (label,) = saved_labels(product, world)
    times = [int(keyframe["time_ns"]) for keyframe in label["keyframes"]]
    assert times == [world.ticks_ns[0], world.ticks_ns[4]], "the rest is proposed, not accepted"
    pulled = label["keyframes"][-1]["position_m"]
    assert pulled[1] == pytest.approx(moved[1], abs=0.08)

    page.keyboard.press("Enter")
    labeller.wait_until_saved()
    (label,) = saved_labels(product, world)
    assert int(label["keyframes"][-1]["time_ns"]) > world.ticks_ns[4]
    here = Track.from_dict(label).at(world.ticks_ns[4])
    assert here is not None
    assert here.position_m == pytest.approx(pulled, abs=1e-3), "it goes through what was pulled"


def test_a_warning_leads_to_the_box_and_a_key_puts_it_right(
    page: Page, product: Product, world: World
) -> None:
    labeller = start(page, product)
    click_on(labeller, world, nearest(world, is_static=True))
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("PageUp")
    row = page.locator("[data-testid=lint-row][data-rule=off_ground]")
    expect(row).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("F8")
    page.keyboard.press("Control+.")
    expect(row).to_have_count(0)
