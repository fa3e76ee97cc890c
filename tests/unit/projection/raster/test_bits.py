"""Pictures of one bit a pixel, turned and taken apart into runs."""

import numpy as np
import pytest

from projection.raster.bits import coverage, forget, take_runs, touch, turn, untouched
from projection.raster.memory import Workspace


def packed(picture):
    """(lines, words) of a picture (lines, length) of booleans."""
    lines, length = picture.shape
    padded = np.zeros((-(-lines // 16) * 16, -(-length // 16) * 16), dtype=bool)
    padded[:lines, :length] = picture
    weights = 1 << np.arange(16)
    return (padded.reshape(len(padded), -1, 16) * weights).sum(axis=2).astype(np.uint16)


def runs_of(bits, height):
    """(r, 2) of all columns."""
    room = bits.size * 16 + 1
    starts, ends, slots = (np.zeros(room, dtype=np.int32) for _ in range(3))
    touched = np.tile([0, bits.shape[1]], (len(bits) // 16, 1))
    count = take_runs(bits, touched, height, 7, (starts, ends, slots), 0)
    assert (slots[:count] == 7).all()
    return np.stack([starts[:count], ends[:count]], axis=1)


def expected(columns):
    """(r, 2) runs of a picture of columns, counted down the columns."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], columns.ravel().astype(int), [0]])))
    return edges.reshape(-1, 2)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.97, 1.0])
@pytest.mark.parametrize("size", [(1, 16), (16, 48), (37, 41), (50, 33)])
def test_runs_are_those_of_the_picture_counted_down_its_columns(size, share):
    columns = np.random.default_rng(3).uniform(size=size) < share
    bits = packed(columns)
    np.testing.assert_array_equal(runs_of(bits, size[1]), expected(columns))
    assert not bits.any()


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 1.0])
@pytest.mark.parametrize("size", [(16, 16), (35, 70), (64, 17)])
def test_rows_are_turned_to_columns_and_cleared(size, share):
    nowhere = untouched(1)[0].tolist()
    rows = np.random.default_rng(5).uniform(size=size) < share
    rows[16:32, :16] = True
    bits = packed(rows)
    turned = np.zeros((bits.shape[1] * 16, bits.shape[0] // 16), dtype=np.uint16)
    touched = untouched(bits.shape[1])
    turn(bits, np.tile([0, bits.shape[1]], (len(bits) // 16, 1)), turned, touched)
    for word, columns in enumerate(turned.reshape(-1, 16, turned.shape[1])):
        found = np.flatnonzero(columns.any(axis=0)).tolist()
        assert touched[word].tolist() == ([found[0], found[-1] + 1] if found else nowhere)
    np.testing.assert_array_equal(turned[: size[1]], packed(rows.T)[: size[1]])
    assert not bits.any()


def test_what_was_touched_only_grows():
    made = coverage((20, 32), Workspace(), by_rows=True)
    assert made.whole.shape == (32, 2)
    touch(made.touched, 1, 1, 2)
    assert made.touched.tolist() == [untouched(1)[0].tolist(), [1, 2]]
    touch(made.touched, 1, 0, 1)
    assert made.touched[1].tolist() == [0, 2]
    forget(made.touched)
    assert made.touched.tolist() == untouched(2).tolist()
