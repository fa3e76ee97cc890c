"""Keyframes only where they are needed: between them a box goes straight and turns evenly."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from projection.arrays import Float64Array


def needed(
    seconds: Float64Array,
    positions_m: Float64Array,
    headings_rad: Float64Array,
    *,
    keep: Sequence[int],
    tolerance_m: float,
    tolerance_rad: float,
) -> list[int]:
    """Return which of many poses must be keyframes so that the others lie between them.

    Args:
        seconds: (n,) rising.
        positions_m: (n, 3) metres.
        headings_rad: (n,) without jumps of whole turns.
        keep: Those that must be among them, rising.
        tolerance_m: How far the path between keyframes may be from the poses.
        tolerance_rad: And how much its heading may differ.
    """
    fixed = sorted({0, len(seconds) - 1, *keep})
    chosen = set(fixed)
    for first, last in pairwise(fixed):
        at = first
        while at < last:
            at = _farthest(seconds, positions_m, headings_rad, at, last, tolerance_m, tolerance_rad)
            chosen.add(at)
    return sorted(chosen)


def _farthest(
    seconds: Float64Array,
    positions_m: Float64Array,
    headings_rad: Float64Array,
    at: int,
    last: int,
    tolerance_m: float,
    tolerance_rad: float,
) -> int:
    """Return the farthest pose to which all between lie on the straight way."""
    best = at + 1
    for end in range(at + 2, last + 1):
        rows = slice(at + 1, end)
        share = (seconds[rows] - seconds[at]) / (seconds[end] - seconds[at])
        straight = positions_m[at] + share[:, None] * (positions_m[end] - positions_m[at])
        turned = headings_rad[at] + share * (headings_rad[end] - headings_rad[at])
        off = np.linalg.norm(positions_m[rows] - straight, axis=1).max()
        if off <= tolerance_m and np.abs(headings_rad[rows] - turned).max() <= tolerance_rad:
            best = end
        elif off > 4.0 * tolerance_m + 0.5:
            break
    return best


def unwrapped(headings_rad: Float64Array) -> Float64Array:
    """Return headings (n,) without jumps of whole turns."""
    return np.asarray(np.unwrap(headings_rad, period=2.0 * math.pi))
