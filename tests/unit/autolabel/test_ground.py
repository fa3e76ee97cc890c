"""The ground around a place."""

import numpy as np
import pytest

from autolabel import local_ground
from tests.unit.autolabel.scenes import CAR_M, Body, ground_z, sweep_of


@pytest.mark.parametrize("slope", [(0.0, 0.0), (0.08, 0.0), (-0.05, 0.1)])
def test_the_ground_below_a_car_is_found_on_a_slope(slope: tuple[float, float]) -> None:
    sweep = sweep_of([Body((12.0, 3.0), 0.4, CAR_M)], slope=slope)
    ground = local_ground(sweep.points_m, np.array([12.0, 3.0]))
    assert ground is not None
    places = np.array([[12.0, 3.0], [10.0, 2.0], [14.0, 5.0]])
    assert ground.at(places) == pytest.approx(ground_z(places, slope), abs=0.05)
    assert ground.slope == pytest.approx(slope, abs=0.02)


def test_a_wall_of_vehicles_is_not_taken_for_the_ground() -> None:
    bus = np.array([12.0, 2.6, 3.2])
    sweep = sweep_of([Body((15.0, 4.0), 0.0, bus), Body((15.0, -4.0), 0.0, bus)])
    ground = local_ground(sweep.points_m, np.array([15.0, 0.0]))
    assert ground is not None
    assert float(ground.at(np.array([15.0, 0.0]))) == pytest.approx(0.0, abs=0.06)


def test_reflections_below_the_road_do_not_pull_the_ground_down() -> None:
    sweep = sweep_of([])
    below = sweep.points_m[::40] - np.array([0.0, 0.0, 1.5], dtype=np.float32)
    ground = local_ground(np.r_[sweep.points_m, below], np.array([10.0, 0.0]))
    assert ground is not None
    assert float(ground.at(np.array([10.0, 0.0]))) == pytest.approx(0.0, abs=0.06)


def test_where_no_ground_is_seen_there_is_none_but_the_given_one() -> None:
    nothing = np.zeros((0, 3), dtype=np.float32)
    assert local_ground(nothing, np.zeros(2)) is None
    given = local_ground(nothing, np.zeros(2), fallback_z_m=-1.5)
    assert given is not None
    assert float(given.at(np.array([7.0, 8.0]))) == -1.5
