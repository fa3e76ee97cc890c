"""Lanes do what the plain loop does, each number rounded like any other."""

import numpy as np

from projection.kernels.compiled import compiled
from projection.kernels.lanes import (
    all8,
    all16,
    all16_i32,
    bits_of,
    choose,
    largest,
    least,
    load8,
    load16,
    magnitude,
    narrow,
    numbers_of,
    square_root,
    store,
)


@compiled
def arithmetic(a, b, out, short):
    x, y = load8(a, 1), load8(b, 3)
    store(out, 0, x + y)
    store(out, 8, x - y)
    store(out, 16, x * y)
    store(out, 24, x / y)
    store(out, 32, square_root(magnitude(x)))
    store(out, 40, choose((x > y) & ~(y <= all8(0.0)), x, y))
    store(short, 0, narrow(x / y))
    return largest(x), least(x)


@compiled
def masks(values, numbers, out):
    x, n = load16(values, 0), load16(numbers, 0)
    low, high = x < all16(-0.25), x >= all16(0.5)
    odd = (n & all16_i32(np.int32(1))) == all16_i32(np.int32(1))
    store(out, 0, numbers_of(low | high) & n)
    return bits_of(low), bits_of(high), bits_of(odd), bits_of(x == x)  # noqa: PLR0124  not so of NaN


def test_arithmetic_of_lanes_is_that_of_numpy_to_the_last_bit():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=12), rng.normal(size=12)
    b[5] = 0.0
    out, short = np.zeros(48), np.zeros(8, dtype=np.float32)
    most, fewest = arithmetic(a, b, out, short)
    x, y = a[1:9], b[3:11]
    with np.errstate(divide="ignore"):
        quotient = x / y
        expected = [
            x + y,
            x - y,
            x * y,
            quotient,
            np.sqrt(np.abs(x)),
            np.where((x > y) & ~(y <= 0), x, y),
        ]
    np.testing.assert_array_equal(out, np.concatenate(expected))
    np.testing.assert_array_equal(short, quotient.astype(np.float32))
    assert (most, fewest) == (x.max(), x.min())


def test_masks_of_lanes_are_bits_with_the_first_lane_lowest_and_nan_is_nothing():
    values = np.linspace(-1.0, 1.0, 16).astype(np.float32)
    values[3] = np.nan
    numbers = np.arange(16, dtype=np.int32) * 7
    out = np.zeros(16, dtype=np.int32)
    found = masks(values, numbers, out)
    places = 1 << np.arange(16)
    low, high = values < -0.25, values >= 0.5
    expected = [low, high, numbers % 2 == 1, ~np.isnan(values)]
    assert list(found) == [int(places[mask].sum()) for mask in expected]
    np.testing.assert_array_equal(out, np.where(low | high, numbers, 0))
