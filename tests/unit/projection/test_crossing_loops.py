"""Loops that cross, taken apart where they do, against Shapely's overlays."""

import numpy as np
import pytest
import shapely

from projection.kernels.crossings import MOST_CROSSINGS, UNCLEAR, uncross
from projection.kernels.fills import NEEDS_OVERLAY, fill, orient

SIZE = 100.0, 80.0


def taken_apart(loops):
    """The loops after ``uncross``; None where it isn't clear."""
    vertices, ends = np.concatenate(loops), np.cumsum([len(loop) for loop in loops])
    room = len(vertices) + 2 * MOST_CROSSINGS
    out, bounds = np.empty((room, 2)), np.empty(room, dtype=np.int64)
    found = uncross(vertices, ends, out, bounds)
    if found == UNCLEAR:
        return None
    return np.split(out[: bounds[found - 1]], bounds[: found - 1])


def even_odd(loops):
    region = shapely.Polygon()
    for loop in loops:
        region = shapely.symmetric_difference(region, shapely.make_valid(shapely.Polygon(loop)))
    return region


@pytest.mark.parametrize("seed", range(40))
def test_loops_taken_apart_fill_the_same_and_do_not_cross(seed):
    rng = np.random.default_rng(seed)
    loops = [rng.uniform(-20, 120, (int(rng.integers(4, 9)), 2)) for _ in range(seed % 3 + 1)]
    apart = taken_apart(loops)
    if apart is None:
        # A loop would pass a crossing twice: it is left to whoever can do more.
        return
    expected = even_odd(loops)
    assert all(shapely.Polygon(loop).is_valid for loop in apart)
    assert shapely.symmetric_difference(even_odd(apart), expected).area < 1e-9
    vertices, ends = np.concatenate(apart), np.cumsum([len(loop) for loop in apart])
    out, rings = np.empty((400, 2)), np.empty(400, dtype=np.int64)
    found = fill(vertices, ends, *SIZE, out, rings, True)
    assert found >= 0
    areas = np.empty(found)
    orient(out, rings[:found], areas)
    picture = shapely.box(-0.5, -0.5, SIZE[0] - 0.5, SIZE[1] - 0.5)
    assert areas.sum() == pytest.approx(shapely.intersection(expected, picture).area, abs=1e-8)


def test_most_loops_are_clear():
    rng = np.random.default_rng(7)
    found = [taken_apart([rng.uniform(0, 100, (6, 2))]) is not None for _ in range(100)]
    assert np.mean(found) > 0.7


def test_loops_that_only_touch_or_lie_on_each_other_are_not_clear():
    square = np.array([[10.0, 10.0], [30.0, 10.0], [30.0, 30.0], [10.0, 30.0]])
    assert taken_apart([square, square + np.array([20.0, 5.0])]) is None
    assert taken_apart([square, square]) is None
    assert taken_apart([square, square + np.array([40.0, 0.0])]) is not None


def test_vertices_that_repeat_change_nothing():
    bow = np.array([[10.0, 10.0], [30.0, 30.0], [30.0, 10.0], [10.0, 30.0]])
    (one, other), twice = taken_apart([bow]), taken_apart([np.repeat(bow, 2, axis=0)])
    assert len(twice) == 2
    assert shapely.Polygon(one).area == shapely.Polygon(other).area == 100.0
    np.testing.assert_array_equal(np.concatenate(twice), np.concatenate([one, other]))


def test_a_fill_of_loops_that_touch_needs_to_be_told_so():
    one = np.array([[10.0, 10.0], [20.0, 20.0], [10.0, 30.0]])
    other = np.array([[20.0, 20.0], [30.0, 10.0], [30.0, 30.0]])
    vertices, ends = np.concatenate([one, other]), np.array([3, 6])
    out, rings = np.empty((60, 2)), np.empty(60, dtype=np.int64)
    assert fill(vertices, ends, *SIZE, out, rings, False) == NEEDS_OVERLAY
    assert fill(vertices, ends, *SIZE, out, rings, True) == 2
