"""One box for one click."""

import math

import numpy as np
import pytest

from autolabel import (
    BoxFit,
    Ground,
    HeadingHint,
    Refusal,
    RoughBox,
    SweepPoints,
    fit_box,
    fit_click,
    local_ground,
)
from autolabel.overlap import axis_error, overlaps
from tests.unit.autolabel.scenes import CAR_M, Body, ground_z, point_of, sweep_of

PRIOR_M = np.array([4.6, 1.9, 1.6])


def fitted(sweep: SweepPoints, click: np.ndarray, prior: np.ndarray = PRIOR_M, **more) -> BoxFit:
    ground = local_ground(sweep.points_m, click)
    assert ground is not None
    found = fit_box(sweep.points_m, ground, click, prior, sweep.sensor_position_m, **more)
    assert isinstance(found, BoxFit), found
    return found


def iou(found: BoxFit, body: Body, base_m: float = 0.0) -> float:
    half = body.heading_rad / 2
    truth = (
        np.array([*body.xy_m, base_m + body.size_m[2] / 2]),
        np.array([0.0, 0.0, math.sin(half), math.cos(half)]),
        body.size_m,
    )
    return overlaps((found.position_m, found.quat_xyzw, found.size_m), truth)[1]


@pytest.mark.parametrize("heading", np.radians([0.0, 55.0, 75.0, 90.0, 140.0]).tolist())
def test_a_car_seen_on_two_sides_is_fitted_at_any_heading(heading: float) -> None:
    body = Body((11.0, 6.0), heading, CAR_M)
    sweep = sweep_of([body])
    found = fitted(sweep, point_of(sweep, body))
    assert iou(found, body) > 0.75
    assert axis_error(found.heading_rad, heading) < math.radians(3.0)
    assert found.confidence > 0.5


def test_a_car_seen_only_from_behind_grows_away_from_the_sensor() -> None:
    body = Body((15.0, 0.0), 0.0, PRIOR_M)
    sweep = sweep_of([body])
    found = fitted(sweep, point_of(sweep, body))
    assert found.position_m[:2] == pytest.approx(body.xy_m, abs=0.25)
    assert found.size_m[0] == pytest.approx(PRIOR_M[0], abs=0.3)


def test_a_box_stands_on_a_sloped_ground() -> None:
    slope = (0.06, -0.04)
    body = Body((12.0, 5.0), 0.7, CAR_M)
    sweep = sweep_of([body], slope=slope)
    found = fitted(sweep, point_of(sweep, body, slope))
    base = float(ground_z(np.array(body.xy_m), slope))
    assert found.position_m[2] - found.size_m[2] / 2 == pytest.approx(base, abs=0.06)
    assert iou(found, body, base) > 0.7


def test_two_cars_parked_bumper_to_bumper_stay_two() -> None:
    first, second = Body((9.0, 4.0), 0.0, CAR_M), Body((9.0 + 4.4 + 0.7, 4.0), 0.0, CAR_M)
    sweep = sweep_of([first, second])
    for body in (first, second):
        assert iou(fitted(sweep, point_of(sweep, body)), body) > 0.6


@pytest.mark.parametrize(
    ("prior", "size"),
    [
        ((0.4, 0.4, 0.75), (0.4, 0.4, 0.7)),
        ((12.0, 2.6, 3.2), (11.0, 2.55, 3.1)),
    ],
    ids=["cone", "bus"],
)
def test_each_kind_of_body_is_fitted(prior: tuple[float, ...], size: tuple[float, ...]) -> None:
    body = Body((9.0, 5.0), 0.5, np.array(size))
    sweep = sweep_of([body])
    found = fitted(sweep, point_of(sweep, body), np.array(prior))
    assert iou(found, body) > 0.5
    assert np.hypot(*(found.position_m[:2] - body.xy_m)) < 0.25 + 0.1 * size[0]


def test_a_hint_says_which_end_is_the_front() -> None:
    body = Body((11.0, 6.0), 0.3, CAR_M)
    sweep = sweep_of([body])
    click = point_of(sweep, body)
    for hint in (0.35, 0.35 + math.pi):
        found = fitted(sweep, click, hint=HeadingHint(hint))
        assert math.cos(found.heading_rad - hint) > math.cos(math.radians(6.0))


def test_the_same_click_gives_the_same_box() -> None:
    body = Body((11.0, 6.0), 0.3, CAR_M)
    sweep = sweep_of([body])
    first, second = (fitted(sweep, point_of(sweep, body)) for _ in range(2))
    assert first.heading_rad == second.heading_rad
    assert np.array_equal(first.position_m, second.position_m)
    assert np.array_equal(first.size_m, second.size_m)


def test_a_click_on_the_road_is_refused_with_the_reason() -> None:
    sweep = sweep_of([Body((11.0, 6.0), 0.3, CAR_M)])
    found = fit_box(
        sweep.points_m,
        Ground.level(0.0),
        np.array([11.0, -6.0, 0.0]),
        PRIOR_M,
        sweep.sensor_position_m,
    )
    assert isinstance(found, Refusal)
    assert "above the ground" in found.reason


def test_a_click_into_nothing_is_refused() -> None:
    empty = np.zeros((0, 3), dtype=np.float32)
    found = fit_box(empty, Ground.level(0.0), np.zeros(3), PRIOR_M, np.array([0.0, 0.0, 2.0]))
    assert isinstance(found, Refusal)


def test_a_size_that_is_none_is_an_error() -> None:
    sweep = sweep_of([])
    with pytest.raises(ValueError, match="prior_size_m: expected three numbers above 0"):
        fit_box(
            sweep.points_m,
            Ground.level(0.0),
            np.zeros(3),
            np.array([4.0, 0.0, 1.5]),
            sweep.sensor_position_m,
        )


def sweeps_of(body_at, times_s: list[float], ego_mps: float = 10.0) -> list[SweepPoints]:
    return [
        sweep_of(
            [body_at(t)],
            sensor=(ego_mps * t, 0.0, 1.8),
            time_ns=round(t * 1e9),
        )
        for t in times_s
    ]


TIMES_S = [1.0, 1.2, 0.8, 1.6, 0.4, 2.0, 0.0]


def test_a_parked_car_is_known_to_stand_and_seen_better_from_many_places() -> None:
    body = Body((22.0, 5.0), 0.05, CAR_M)
    sweeps = sweeps_of(lambda _t: body, TIMES_S)
    found = fit_click(sweeps, point_of(sweeps[0], body), PRIOR_M)
    assert isinstance(found, BoxFit)
    assert found.is_static is True
    assert iou(found, body) > 0.8


@pytest.mark.parametrize("speed_mps", [-12.0, -5.0, 3.0, 8.0])
def test_a_car_that_drives_heads_where_it_goes(speed_mps: float) -> None:
    def at(t: float) -> Body:
        return Body((25.0 + speed_mps * (t - 1.0), 4.0), 0.0, CAR_M)

    sweeps = sweeps_of(at, TIMES_S)
    found = fit_click(sweeps, point_of(sweeps[0], at(1.0)), PRIOR_M)
    assert isinstance(found, BoxFit)
    assert found.is_static is False
    assert math.cos(found.heading_rad) * speed_mps > 0.95 * abs(speed_mps)
    assert iou(found, at(1.0)) > 0.7


def test_one_sweep_alone_cannot_tell_whether_it_moves() -> None:
    body = Body((11.0, 6.0), 0.3, CAR_M)
    sweep = sweep_of([body])
    found = fit_click([sweep], point_of(sweep, body), PRIOR_M)
    assert isinstance(found, BoxFit)
    assert found.is_static is None


def test_without_sweeps_the_click_is_refused() -> None:
    assert isinstance(fit_click([], np.zeros(3), PRIOR_M), Refusal)


def test_a_drag_holds_the_heading_as_firmly_as_it_is_meant() -> None:
    body = Body((11.0, 6.0), 0.3, CAR_M)
    sweep = sweep_of([body])
    click = point_of(sweep, body)
    said = 0.3 + math.radians(20.0)
    firm = fitted(sweep, click, hint=HeadingHint(said, math.radians(1.0)))
    loose = fitted(sweep, click, hint=HeadingHint(said, math.radians(30.0)))
    assert axis_error(firm.heading_rad, said) < math.radians(6.0)
    assert axis_error(loose.heading_rad, 0.3) < math.radians(3.0)


def test_a_rough_rectangle_says_what_belongs_together() -> None:
    # Two halves of a thing that one click would take for two, and a wall right behind it.
    front, back = (
        Body((10.0, 5.0), 0.0, np.array([1.2, 1.8, 1.5])),
        Body((13.2, 5.0), 0.0, np.array([1.2, 1.8, 1.5])),
    )
    wall = Body((11.0, 7.0), 0.0, np.array([14.0, 0.4, 3.0]))
    sweep = sweep_of([front, back, wall])
    rough = RoughBox(np.array([11.7, 5.1, 0.75]), 0.08, np.array([4.6, 2.0, 1.5]))
    found = fit_click([sweep], point_of(sweep, front), PRIOR_M, rough=rough)
    assert isinstance(found, BoxFit)
    whole = Body((11.6, 5.0), 0.0, np.array([4.4, 1.8, 1.5]))
    assert iou(found, whole) > 0.75


def test_a_thing_unlike_its_class_is_as_large_as_it_looks() -> None:
    body = Body((9.0, 5.0), 0.4, np.array([1.4, 1.2, 1.0]))
    sweep = sweep_of([body])
    found = fitted(sweep, point_of(sweep, body), np.array([6.1, 2.4, 2.6]))
    assert iou(found, body) > 0.5


def test_somebody_at_a_wall_is_not_part_of_it() -> None:
    person = Body((9.0, 4.0), 0.0, np.array([0.5, 0.5, 1.75]))
    wall = Body((9.0, 4.5), 0.0, np.array([12.0, 0.3, 3.0]))
    sweep = sweep_of([person, wall])
    found = fitted(sweep, point_of(sweep, person), np.array([0.7, 0.7, 1.75]))
    assert np.hypot(*(found.position_m[:2] - person.xy_m)) < 0.25


def test_a_lane_turns_only_what_the_points_leave_open() -> None:
    body = Body((11.0, 6.0), 0.6, CAR_M)
    sweep = sweep_of([body])
    found = fit_click([sweep], point_of(sweep, body), PRIOR_M, lane_heading=0.0)
    assert isinstance(found, BoxFit)
    assert axis_error(found.heading_rad, 0.6) < math.radians(4.0)
