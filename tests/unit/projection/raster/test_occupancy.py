import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from projection.occupancy import (
    FREE,
    OCCUPIED,
    UNKNOWN,
    Beams,
    OccupiedBoxes,
    SpaceGrid,
    occupancy,
)
from projection.rigid import RigidTransform

LEVEL = RigidTransform.identity()


def grid(size=(10, 8, 6), frame=LEVEL) -> SpaceGrid:
    return SpaceGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), size, frame)


def test_a_beam_clears_its_way_and_ends_in_an_occupied_cell():
    found = occupancy(grid(), [Beams([0.5, 2.5, 1.5], [[6.5, 2.5, 1.5]])])
    assert found.state[:6, 2, 1].tolist() == [FREE] * 6
    assert found.state[6, 2, 1] == OCCUPIED
    assert found.state[7, 2, 1] == UNKNOWN
    assert (found.state != UNKNOWN).sum() == 7


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 100_000))
def test_the_cells_passed_are_those_that_the_beam_goes_through(seed):
    rng = np.random.default_rng(seed)
    start, end = rng.uniform(-6.0, 14.0, (2, 3))
    found = occupancy(grid(), [Beams(start, [end])])
    size = np.array([10, 8, 6])
    # By slabs: a cell is passed if the beam spends some way in it.
    corner = np.stack(np.meshgrid(*[np.arange(n) for n in size], indexing="ij"), axis=-1)
    one, two = (corner - start) / (end - start), (corner + 1 - start) / (end - start)
    enter = np.maximum(np.minimum(one, two).max(axis=-1), 0.0)
    leave = np.minimum(np.maximum(one, two).min(axis=-1), 1.0)
    inside = leave - enter > 1e-9
    goal = np.floor(end).astype(int)
    if (goal >= 0).all() and (goal < size).all():
        assert found.hits[tuple(goal)] == 1
        inside[tuple(goal)] = False
    else:
        assert found.hits.sum() == 0
    np.testing.assert_array_equal(found.passes > 0, inside)
    assert found.passes.max(initial=0) <= 1


def test_a_hit_wins_over_beams_that_pass():
    beams = Beams([0.5, 0.5, 0.5], [[4.5, 0.5, 0.5], [8.5, 0.5, 0.5]])
    found = occupancy(grid(), [beams])
    assert found.state[4, 0, 0] == OCCUPIED
    assert found.hits[4, 0, 0] == found.passes[4, 0, 0] == 1
    assert occupancy(grid(), [beams], least_hits=2).state[4, 0, 0] == FREE


def test_points_of_moving_things_clear_but_do_not_occupy():
    beams = Beams([0.5, 0.5, 0.5], [[4.5, 0.5, 0.5]], solid=np.array([False]))
    found = occupancy(grid(), [beams])
    assert found.state[:6, 0, 0].tolist() == [FREE] * 4 + [UNKNOWN] * 2


def test_each_point_may_have_its_own_origin():
    beams = Beams([[0.5, 0.5, 0.5], [0.5, 3.5, 0.5]], [[2.5, 0.5, 0.5], [2.5, 3.5, 0.5]])
    state = occupancy(grid(), [beams]).state
    assert state[:3, 0, 0].tolist() == state[:3, 3, 0].tolist() == [FREE, FREE, OCCUPIED]
    assert (state != UNKNOWN).sum() == 6


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000))
def test_boxes_fill_the_cells_whose_centres_they_hold(seed):
    rng = np.random.default_rng(seed)
    frame = RigidTransform(rng.normal(size=3) * 1e6, Rotation.random(rng=rng).as_quat())
    quats = Rotation.random(3, rng=rng)
    local = rng.uniform(-1.0, 9.0, (3, 3))
    sizes = rng.uniform(0.2, 6.0, (3, 3))
    boxes = OccupiedBoxes(
        frame.apply(local),
        (Rotation.from_quat(frame.quat_xyzw) * quats).as_quat(),
        sizes,
        [4, 5, 6],
    )
    found = occupancy(grid(frame=frame), [], boxes)
    corner = np.stack(np.meshgrid(*[np.arange(n) for n in (10, 8, 6)], indexing="ij"), axis=-1)
    expected = np.full((10, 8, 6), -1)
    for k in range(3):
        own = quats[k].inv().apply((corner + 0.5 - local[k]).reshape(-1, 3))
        inside = (np.abs(own) <= sizes[k] / 2).all(axis=1)
        expected[inside.reshape(expected.shape)] = 4 + k
    np.testing.assert_array_equal(found.box_class, expected)
    np.testing.assert_array_equal(found.state == OCCUPIED, expected >= 0)


def test_a_box_in_free_space_is_occupied():
    beams = Beams([0.5, 0.5, 0.5], [[8.5, 0.5, 0.5]])
    boxes = OccupiedBoxes([[4.0, 0.5, 0.5]], [[0, 0, 0, 1]], [[2.0, 1.0, 1.0]], [3])
    found = occupancy(grid(), [beams], boxes)
    assert found.state[:9, 0, 0].tolist() == [FREE] * 3 + [OCCUPIED] * 2 + [FREE] * 3 + [OCCUPIED]
    assert found.box_class[3:5, 0, 0].tolist() == [3, 3]


def test_no_sweeps_nothing_finite_and_nothing_near_leave_all_unknown():
    nan, inf = np.nan, np.inf
    beams = [
        Beams([0.0, 0, 0], np.zeros((0, 3))),
        Beams([0.0, 0, 0], [[nan, 1, 1], [inf, 1, 1]]),
        Beams([nan, 0, 0], [[1.0, 1, 1]]),
        Beams([1e12, 0, 0], [[1e12, 1, 1]]),
        Beams([-5.0, -5, -5], [[-1.0, -1, -1]]),
    ]
    boxes = OccupiedBoxes([[nan, 0, 0]], [[0, 0, 0, 1]], [[1.0, 1, 1]], [1])
    found = occupancy(grid(), beams, boxes)
    assert (found.state == UNKNOWN).all()
    assert (occupancy(grid(), []).state == UNKNOWN).all()


def test_arrays_that_do_not_fit_get_a_sentence():
    with pytest.raises(ValueError, match="origins_m: expected 1 or 3 rows, found 2"):
        occupancy(grid(), [Beams(np.zeros((2, 3)), np.ones((3, 3)))])
    with pytest.raises(ValueError, match="solid: expected 3 values, found 1"):
        occupancy(grid(), [Beams(np.zeros(3), np.ones((3, 3)), np.array([True]))])
    with pytest.raises(ValueError, match="size: expected"):
        grid(size=(0, 1, 1))
