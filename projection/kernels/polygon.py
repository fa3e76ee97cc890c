"""Closed loops of pixels against the picture's rectangle: clipping, area, extent."""

import math

import numpy as np

from projection.arrays import Float64Array
from projection.kernels.compiled import compiled


@compiled
def _half(loop: Float64Array, axis: int, bound: float, sign: float) -> Float64Array:
    """The part of a loop (n, 2) where ``sign * (coordinate - bound) <= 0``: Sutherland-Hodgman."""
    size = loop.shape[0]
    kept = np.empty((2 * size + 2, 2))
    count = 0
    for row in range(size):
        before = row - 1 if row else size - 1
        here = sign * (loop[row, axis] - bound)
        there = sign * (loop[before, axis] - bound)
        if (here <= 0.0) != (there <= 0.0):
            share = there / (there - here)
            other = 1 - axis
            kept[count, axis] = bound
            kept[count, other] = loop[before, other] + share * (
                loop[row, other] - loop[before, other]
            )
            count += 1
        if here <= 0.0:
            kept[count, 0], kept[count, 1] = loop[row, 0], loop[row, 1]
            count += 1
    return kept[:count]


@compiled
def clip_to_rectangle(
    loop: Float64Array, left: float, top: float, right: float, bottom: float
) -> Float64Array:
    """The part of a closed loop (n, 2) inside a rectangle, (m, 2), maybe empty.

    Parts that lie apart stay joined along the rectangle's sides, with no area between.
    """
    loop = _half(loop, 0, left, -1.0)
    if loop.shape[0]:
        loop = _half(loop, 0, right, 1.0)
    if loop.shape[0]:
        loop = _half(loop, 1, top, -1.0)
    if loop.shape[0]:
        loop = _half(loop, 1, bottom, 1.0)
    return loop


@compiled
def signed_area(loop: Float64Array) -> float:
    """Area of a closed loop (n, 2), px^2; positive if visually anticlockwise (v points down)."""
    total = 0.0
    if loop.shape[0] < 3:
        return 0.0
    u0, v0 = loop[0, 0], loop[0, 1]
    for row in range(1, loop.shape[0] - 1):
        # Relative to the first vertex, so that far-off pixels don't eat the digits.
        a, b = loop[row, 0] - u0, loop[row, 1] - v0
        c, d = loop[row + 1, 0] - u0, loop[row + 1, 1] - v0
        total += b * c - a * d
    return 0.5 * total


@compiled
def extent(loops: Float64Array) -> tuple[float, float, float, float]:
    """Least and greatest u and v of pixels (n, 2): u0, v0, u1, v1; NaN for none."""
    if loops.shape[0] == 0:
        return math.nan, math.nan, math.nan, math.nan
    u0 = u1 = loops[0, 0]
    v0 = v1 = loops[0, 1]
    for row in range(1, loops.shape[0]):
        u0, u1 = min(u0, loops[row, 0]), max(u1, loops[row, 0])
        v0, v1 = min(v0, loops[row, 1]), max(v1, loops[row, 1])
    return u0, v0, u1, v1
