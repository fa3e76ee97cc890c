"""What labelling costs: whole journeys by mouse and keys, counted by the product itself."""

import json
from pathlib import Path

import numpy as np
import pytest
from journey import (
    Errors,
    Journey,
    World,
    actions,
    best_seen,
    errors_of,
    export_targets,
)
from labeller import Labeller
from playwright.sync_api import Page, expect
from product import ROOT, Product

from projection import Track

DEMO = "demo_street"
REAL = ROOT.parent / "shared" / "data" / "clips" / "ddad_scene_02"


@pytest.fixture(scope="module")
def long_clip(product: Product, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A simulated street of 40 ticks."""
    from simulation import make_clip

    folder = tmp_path_factory.mktemp("long") / "clip"
    make_clip(folder, ticks=40, pictures=False)
    return imported(product, folder)


@pytest.fixture(scope="module")
def real_clip(product: Product) -> str:
    if not REAL.is_dir():
        pytest.skip("the real recordings are not here (../shared/data/clips)")
    return imported(product, REAL)


def imported(product: Product, folder: Path) -> str:
    """Import a clip unless it is there, and return its name."""
    name: str = json.loads((folder / "clip.json").read_text())["name"]
    if name not in World.names(product):
        done = product.manage("import_clip", str(folder), "--project", "demo")
        assert done.returncode == 0, done.stderr
    return name


def saved_errors(journey: Journey, truth: Track) -> Errors:
    return errors_of(journey.saved_label(), truth, journey.world)


def follow(journey: Journey, truth: Track) -> tuple[int, Errors]:
    """Label one object; where it is off, correct it there; what it cost, and how good it is."""
    before = actions(journey.page)
    tick, _ = journey.best_tick(truth)
    journey.click_box(truth, tick)
    journey.accept()
    return actions(journey.page) - before, saved_errors(journey, truth)


def test_a_box_is_made_and_fitted_by_two_actions(page: Page, product: Product) -> None:
    journey = Journey(page, product, DEMO)
    truth = best_seen(journey.world, static=True)
    tick, _ = journey.best_tick(truth)
    assert journey.click_box(truth, tick) <= 2
    box, state = journey.labeller.box(), truth.at(journey.world.ticks_ns[tick])
    assert state is not None
    assert np.hypot(*(box.position_m - state.position_m)[:2]) < 0.2


def test_a_parked_car_takes_at_most_three_actions_and_the_way_to_its_time(
    page: Page, product: Product
) -> None:
    journey = Journey(page, product, DEMO)
    truth = best_seen(journey.world, static=True)
    before = actions(page)
    journey.click_box(truth, 0)
    journey.accept()
    assert actions(page) - before <= 3
    errors = saved_errors(journey, truth)
    assert errors.right == errors.count == len(journey.world.image_times_ns)


def test_a_driving_car_takes_at_most_twelve_actions(page: Page, product: Product) -> None:
    journey = Journey(page, product, DEMO)
    cost, errors = follow(journey, best_seen(journey.world, static=False, travelled_m=15.0))
    assert cost <= 12
    assert errors.right == errors.count == len(journey.world.image_times_ns)


def test_a_driving_car_through_40_ticks_takes_at_most_twelve_actions(
    page: Page, product: Product, long_clip: str
) -> None:
    journey = Journey(page, product, long_clip)
    cost, errors = follow(journey, best_seen(journey.world, static=False, travelled_m=15.0))
    assert cost <= 12
    assert errors.right == errors.count
    assert errors.count > 200


def test_boxes_in_pictures_cost_nothing_more(page: Page, product: Product) -> None:
    journey = Journey(page, product, DEMO)
    follow(journey, best_seen(journey.world, static=False, travelled_m=15.0))
    before = actions(page)
    counted = page.get_by_test_id("effort")
    expect(counted).not_to_contain_text("+")
    shown = int(counted.get_attribute("data-images") or 0)
    targets = export_targets(journey.world)
    assert actions(page) == before
    assert targets >= 20
    assert shown >= targets, "what is hidden behind others is counted by the export alone"


def test_a_parked_car_of_a_real_recording_takes_at_most_three_actions(
    page: Page, product: Product, real_clip: str
) -> None:
    journey = Journey(page, product, real_clip)
    truth = best_seen(journey.world, static=False)
    cost, errors = follow(journey, truth)
    assert cost <= 3 + 2, "two keys at most go to the tick that shows it best"
    # Its labels were drawn by people, around what cameras saw as well.
    assert errors.metres.max() < 0.6
    assert np.median(errors.degrees) < 6.0


def test_the_counted_actions_are_kept_by_the_server_as_sums(page: Page, product: Product) -> None:
    journey = Journey(page, product, DEMO)
    journey.click_box(best_seen(journey.world, static=True), 0)
    journey.accept()
    cost = actions(page)
    Labeller(page, product).log_out()
    sets = journey.world.api.get(f"/api/clips/{journey.world.clip['id']}/label-sets")
    own = next(one for one in sets if (one["source"], one["layer"]) == ("human", "objects"))
    kept = journey.world.api.get(f"/api/label-sets/{own['id']}/effort")
    assert kept["all"]["actions"] >= cost
