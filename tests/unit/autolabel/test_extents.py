"""What all sweeps together say of a box's size and place, and which end is its front."""

import math

import numpy as np
import pytest
from scenes import Body, sweep_of

from autolabel import Box, track_box
from autolabel.extent import is_plausible
from autolabel.front import SURE_ODDS, front_odds

TRUE_M = np.array([3.8, 1.8, 1.5])
TICK_NS = 100_000_000
#: Heights of a car in thirds of a metre from the tail on.
OUTLINE_M = (1.1, 1.25, 1.4, 1.45, 1.5, 1.5, 1.45, 1.3, 1.05, 0.9, 0.85, 0.75)


def upright(x: float, y: float, heading: float, size: np.ndarray) -> Box:
    quat = np.array([0.0, 0.0, math.sin(heading / 2), math.cos(heading / 2)])
    return Box(np.array([x, y, size[2] / 2]), quat, size)


@pytest.mark.slow
@pytest.mark.parametrize("speed", [0.0, -4.0])
def test_a_guess_that_is_too_long_gets_the_length_that_all_sweeps_show(speed: float) -> None:
    """Only its front and one side are seen; where that side ends, rays that pass it show."""
    count = 12
    times = np.arange(count, dtype=np.int64) * TICK_NS
    places = 16.0 + speed * times * 1e-9
    sweeps = [
        sweep_of(
            [Body((float(x), 6.0), 0.0 if speed == 0.0 else math.pi, TRUE_M)],
            sensor=(0.4 * k, 0.0, 1.8),
            time_ns=int(times[k]),
        )
        for k, x in enumerate(places)
    ]
    own, too_long = 6, TRUE_M + np.array([0.8, 0.0, 0.0])
    heading = 0.0 if speed == 0.0 else math.pi
    # Its near end is right, as it is where a size is guessed: the middle lies too far back.
    guess = upright(float(places[own]) + 0.4, 6.0, heading, too_long)
    found = track_box(
        guess,
        int(times[own]),
        times,
        lambda k: sweeps[k],
        is_sure=False,
        usual_size_m=np.array([4.6, 1.9, 1.6]),
    )
    assert found.size_m[0] == pytest.approx(TRUE_M[0], abs=0.5)
    nearest = int(np.argmin(np.abs(found.times_ns - times[own])))
    x = 16.0 + speed * float(found.times_ns[nearest]) * 1e-9
    assert abs(found.positions_m[nearest, 0] - x) < 0.25


def test_a_box_that_wanders_off_is_of_something_else() -> None:
    size = np.array([4.5, 1.9, 1.5])
    assert is_plausible(np.array([1.0, 0.4]), size)
    assert not is_plausible(np.array([0.0, 0.9]), size)
    assert not is_plausible(np.array([-1.8, 0.0]), size)


def outline(*, turned: bool) -> np.ndarray:
    """The points of a car seen from all sides, along, across, above the ground."""
    rng = np.random.default_rng(3)
    along = np.repeat((np.arange(12) + 0.5) / 12 * 4.5 - 2.25, 20)
    heights = np.repeat(OUTLINE_M, 20) * rng.uniform(0.3, 1.0, 240)
    heights[::20] = OUTLINE_M
    heights[1::20] = OUTLINE_M
    across = rng.choice([-0.9, 0.9], 240)
    return np.stack([-along if turned else along, across, heights], axis=1)


def test_the_low_end_of_a_car_is_its_front() -> None:
    size = np.array([4.5, 1.9, 1.5])
    assert front_odds(outline(turned=False), size) > SURE_ODDS
    assert front_odds(outline(turned=True), size) < -SURE_ODDS


def test_what_is_no_car_has_no_bonnet() -> None:
    points = outline(turned=False)
    assert front_odds(points, np.array([9.0, 2.5, 3.4])) == 0.0
    assert front_odds(points, np.array([2.0, 0.8, 1.5])) == 0.0


def test_without_points_nothing_says_which_end_is_the_front() -> None:
    assert front_odds(np.zeros((0, 3)), np.array([4.5, 1.9, 1.5])) == 0.0
