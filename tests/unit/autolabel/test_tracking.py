"""Following a box through sweeps."""

import math

import numpy as np
import pytest

from autolabel import Anchor, Box, SweepPoints, track_box, track_steps
from autolabel.cloud import at_sweep_time
from autolabel.keyframes import needed
from autolabel.smoothing import smoothed
from projection.tracks import Track
from tests.unit.autolabel.scenes import CAR_M, Body, sweep_of

STEP_S = 0.2
COUNT = 15
TIMES_NS = np.array([round(k * STEP_S * 1e9) for k in range(COUNT)], dtype=np.int64)


def box_of(body: Body) -> Box:
    half = body.heading_rad / 2
    return Box(
        np.array([*body.xy_m, body.size_m[2] / 2]),
        np.array([0.0, 0.0, math.sin(half), math.cos(half)]),
        body.size_m,
    )


def turning(t: float) -> Body:
    """A car at 8 m/s on a circle of 30 m radius, ahead of the ego, from 12 m on."""
    angle = 8.0 * t / 30.0
    return Body((12.0 + 30.0 * math.sin(angle), 33.0 - 30.0 * math.cos(angle)), angle, CAR_M)


def load_of(body_at, count: int = COUNT):
    def load(index: int) -> SweepPoints:
        t = index * STEP_S
        bodies = [body_at(t)] if body_at(t) is not None else []
        return sweep_of(bodies, sensor=(5.0 * t, 0.0, 1.8), time_ns=int(TIMES_NS[index]))

    return load


def test_a_turning_car_is_followed_forward_and_back() -> None:
    middle = 7
    found = track_box(
        box_of(turning(middle * STEP_S)), int(TIMES_NS[middle]), TIMES_NS, load_of(turning)
    )
    assert not found.is_static
    assert found.seen == COUNT
    track = Track.from_dict(found.label("one", "car"))
    for k in range(COUNT):
        truth, state = turning(k * STEP_S), track.at(int(TIMES_NS[k]))
        assert state is not None
        assert np.hypot(*(state.position_m[:2] - truth.xy_m)) < 0.25
        heading = 2.0 * math.atan2(state.quat_xyzw[2], state.quat_xyzw[3])
        assert abs(math.remainder(heading - truth.heading_rad, 2 * math.pi)) < math.radians(5.0)
        assert state.position_m[2] == pytest.approx(CAR_M[2] / 2, abs=0.08)
    assert len(found.times_ns) < COUNT
    assert ((found.confidences > 0.3) & (found.confidences <= 1.0)).all()


def test_the_box_that_was_given_stays_as_it_was() -> None:
    given = box_of(turning(7 * STEP_S))
    found = track_box(given, int(TIMES_NS[7]), TIMES_NS, load_of(turning))
    (row,) = np.flatnonzero(found.times_ns == TIMES_NS[7])
    assert found.positions_m[row] == pytest.approx(given.position_m, abs=1e-9)
    assert found.quats_xyzw[row] == pytest.approx(given.quat_xyzw, abs=1e-9)
    assert np.array_equal(found.size_m, given.size_m)


def test_a_parked_car_stands_with_one_keyframe() -> None:
    body = Body((14.0, 5.0), 0.1, CAR_M)
    found = track_box(box_of(body), int(TIMES_NS[3]), TIMES_NS, load_of(lambda _t: body))
    assert found.is_static
    assert found.times_ns.tolist() == [int(TIMES_NS[3])]
    assert found.seen == COUNT


def test_a_parked_car_whose_box_was_a_guess_is_as_all_sides_show_it() -> None:
    body = Body((9.0, 4.0), 0.1, CAR_M)
    too_long = Body((9.4, 4.0), 0.12, np.array([5.1, 1.9, 1.5]))
    found = track_box(
        box_of(too_long), int(TIMES_NS[1]), TIMES_NS, load_of(lambda _t: body), is_sure=False
    )
    assert found.is_static
    assert np.hypot(*(found.positions_m[0, :2] - body.xy_m)) < 0.16
    assert found.size_m[:2] == pytest.approx(CAR_M[:2], abs=0.25)
    (heading,) = 2.0 * np.arctan2(found.quats_xyzw[:, 2], found.quats_xyzw[:, 3])
    assert heading == pytest.approx(0.1, abs=math.radians(1.0))


def test_what_stands_is_where_somebody_set_it_and_not_where_it_was_guessed() -> None:
    body = Body((9.0, 4.0), 0.1, CAR_M)
    wanted = box_of(body)
    found = track_box(
        shifted(wanted, (0.1, 0.0, 0.0), CAR_M),
        int(TIMES_NS[1]),
        TIMES_NS,
        load_of(lambda _t: body),
        is_sure=False,
        others=[Anchor(int(TIMES_NS[6]), wanted)],
    )
    assert found.is_static
    assert found.positions_m[0] == pytest.approx(wanted.position_m)


def test_a_car_that_vanishes_is_followed_no_farther() -> None:
    def at(t: float) -> Body | None:
        return turning(t) if t < 1.7 else None

    found = track_box(box_of(turning(0.8)), int(TIMES_NS[4]), TIMES_NS, load_of(at))
    last_seen = 8
    assert found.times_ns[0] == TIMES_NS[0]
    assert TIMES_NS[last_seen - 1] <= found.times_ns[-1] <= TIMES_NS[last_seen]
    assert found.ends[0] == "The clip ends there."
    assert found.ends[1] == "Its place was seen empty."


def test_a_box_around_nothing_is_not_found_anywhere() -> None:
    empty = Body((14.0, -8.0), 0.0, CAR_M)
    found = track_box(box_of(empty), 0, TIMES_NS, load_of(turning))
    assert found.seen == 0
    assert found.confidences.tolist() == [0.0]


def test_without_sweeps_there_is_nothing_to_follow_in() -> None:
    with pytest.raises(ValueError, match="expected at least one sweep"):
        track_box(box_of(turning(0.0)), 0, TIMES_NS[:0], load_of(turning))


def test_keyframes_are_only_where_the_way_bends() -> None:
    seconds = np.arange(21) * 0.1
    x = np.minimum(seconds, 1.0)
    positions = np.stack([x, np.maximum(seconds - 1.0, 0.0), 0.0 * x], axis=1)
    kept = needed(
        seconds,
        positions,
        np.zeros(21),
        keep=[4],
        tolerance_m=0.01,
        tolerance_rad=0.01,
    )
    assert kept == [0, 4, 10, 20]


def test_smoothing_takes_most_of_the_noise_and_keeps_the_way() -> None:
    seconds = np.arange(50) * 0.1
    way = 8.0 * seconds + 0.3 * seconds**2
    noisy = way + np.random.default_rng(3).normal(0.0, 0.1, 50)
    found = smoothed(seconds, noisy, np.full(50, 0.1), 1.0)
    assert np.std(found - way) < 0.5 * np.std(noisy - way)
    assert abs(np.mean(found - way)) < 0.05


def shifted(box: Box, by_m: tuple[float, float, float], size_m: np.ndarray) -> Box:
    return Box(box.position_m + np.array(by_m), box.quat_xyzw, size_m)


def passing(t: float) -> Body:
    """A car that comes towards the ego and passes it: both of its ends are seen."""
    return Body((22.0 - 6.0 * t, 4.5), math.pi, CAR_M)


def test_a_box_that_was_a_guess_gets_its_size_and_place_from_all_sweeps() -> None:
    exact = box_of(passing(7 * STEP_S))
    guessed = shifted(exact, (0.4, 0.1, 0.0), np.array([5.0, 1.9, 1.5]))
    found = track_box(guessed, int(TIMES_NS[7]), TIMES_NS, load_of(passing), is_sure=False)
    assert found.size_m[0] == pytest.approx(CAR_M[0], abs=0.25)
    track = Track.from_dict(found.label("one", "car"))
    for k in range(COUNT):
        state = track.at(int(TIMES_NS[k]))
        assert state is not None
        assert np.hypot(*(state.position_m[:2] - passing(k * STEP_S).xy_m)) < 0.2


def test_the_track_goes_through_all_boxes_that_were_set() -> None:
    middle, late = box_of(turning(7 * STEP_S)), box_of(turning(12 * STEP_S))
    # Somebody wants it a little farther left there.
    wanted = shifted(late, (0.0, 0.2, 0.0), late.size_m)
    found = track_box(
        middle,
        int(TIMES_NS[7]),
        TIMES_NS,
        load_of(turning),
        others=[Anchor(int(TIMES_NS[12]), wanted)],
    )
    track = Track.from_dict(found.label("one", "car"))
    for k, box in ((7, middle), (12, wanted)):
        state = track.at(int(TIMES_NS[k]))
        assert state is not None
        assert state.position_m == pytest.approx(box.position_m, abs=1e-4)
    assert found.seen == COUNT


def test_boxes_that_were_set_bridge_sweeps_that_show_nothing() -> None:
    def at(t: float) -> Body | None:
        return None if 0.9 < t < 2.3 else turning(t)

    last = COUNT - 1
    found = track_box(
        box_of(turning(0.0)),
        0,
        TIMES_NS,
        load_of(at),
        others=[Anchor(int(TIMES_NS[last]), box_of(turning(last * STEP_S)))],
    )
    track = Track.from_dict(found.label("one", "car"))
    state = track.at(int(TIMES_NS[8]))
    assert state is not None
    assert np.hypot(*(state.position_m[:2] - turning(8 * STEP_S).xy_m)) < 0.6
    assert found.times_ns[-1] == TIMES_NS[last]


def test_a_box_set_where_nothing_is_seen_of_it_is_reached_by_the_motion_of_a_car() -> None:
    def at(t: float) -> Body | None:
        return turning(t) if t < 0.9 else None

    last = COUNT - 1
    found = track_box(
        box_of(turning(0.0)),
        0,
        TIMES_NS,
        load_of(at),
        others=[Anchor(int(TIMES_NS[last]), box_of(turning(last * STEP_S)))],
    )
    assert not found.is_static
    track = Track.from_dict(found.label("one", "car"))
    for k in range(COUNT):
        truth, state = turning(k * STEP_S), track.at(int(TIMES_NS[k]))
        assert state is not None
        assert np.hypot(*(state.position_m[:2] - truth.xy_m)) < 0.35
    assert found.ends[1] == "It is not seen where it was set."


def test_boxes_that_were_set_at_several_times_say_the_size_of_a_guess() -> None:
    wrong = np.array([4.4, 2.1, 1.5])
    first, last = (shifted(box_of(turning(k * STEP_S)), (0.0, 0.0, 0.0), wrong) for k in (2, 12))
    guessed = shifted(first, (0.1, 0.1, 0.0), wrong)
    others = [Anchor(int(TIMES_NS[12]), last)]
    found = track_box(
        guessed, int(TIMES_NS[2]), TIMES_NS, load_of(turning), is_sure=False, others=others
    )
    assert found.size_m == pytest.approx(wrong)
    state = Track.from_dict(found.label("one", "car")).at(int(TIMES_NS[12]))
    assert state is not None
    assert state.position_m == pytest.approx(last.position_m, abs=1e-4)


def test_sightings_come_one_by_one_and_need_not_be_waited_for() -> None:
    loaded: list[int] = []

    def load(index: int) -> SweepPoints:
        loaded.append(index)
        return load_of(turning)(index)

    steps = track_steps(box_of(turning(0.0)), 0, TIMES_NS, load)
    first = next(steps)
    assert first.index == 1
    before = len(loaded)
    steps.close()
    assert len(loaded) == before


def test_points_are_taken_back_to_the_time_of_their_sweep() -> None:
    points = np.array([[10.0, 1.0, 0.5], [20.0, 2.0, 0.5]], dtype=np.float32)
    offsets = np.array([0.05, -0.02], dtype=np.float32)
    sweep = SweepPoints(0, points, np.zeros(3), offsets)
    moved = at_sweep_time(sweep, np.array([0, 1]), np.array([10.0, -5.0, 0.0]))
    assert moved == pytest.approx(np.array([[9.5, 1.25, 0.5], [20.2, 1.9, 0.5]]), abs=1e-6)
