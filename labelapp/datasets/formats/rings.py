"""Loops whose even-odd fill is a mask, as polygons that a union can be made of."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Float64Array = npt.NDArray[np.float64]


def without_holes(loops: Sequence[Float64Array]) -> list[Float64Array]:
    """Return polygons (n, 2) without holes: COCO fills every polygon and joins them.

    A loop inside another is a hole: it becomes part of the outer one by a cut of no width.

    Args:
        loops: closed loops (n, 2) that don't cross each other.
    """
    if len(loops) < 2:
        return list(loops)
    by_size = sorted(loops, key=lambda loop: -abs(signed_area(loop)))
    outer: list[Float64Array] = []
    for loop in by_size:
        around = next((i for i, other in enumerate(outer) if _contains(other, loop)), None)
        if around is None:
            outer.append(loop)
        else:
            outer[around] = _cut_open(outer[around], loop)
    return outer


def signed_area(loop: Float64Array) -> float:
    """Return the area that a loop (n, 2) goes round, with the sign of its winding."""
    u, v = loop[:, 0] - loop[0, 0], loop[:, 1] - loop[0, 1]
    return float(0.5 * np.sum(u * np.roll(v, -1) - np.roll(u, -1) * v))


def _contains(loop: Float64Array, inner: Float64Array) -> bool:
    """Return whether most of another loop's vertices lie inside (they may touch)."""
    u, v = inner[:, 0][:, None], inner[:, 1][:, None]
    u0, v0 = loop.T
    u1, v1 = np.roll(loop, -1, axis=0).T
    crosses = (v0 > v) != (v1 > v)
    with np.errstate(divide="ignore", invalid="ignore"):
        at_u = u0 + (v - v0) * (u1 - u0) / (v1 - v0)
    inside = np.sum(crosses & (u < at_u), axis=1) % 2 == 1
    return bool(inside.mean() > 0.5)


def _cut_open(outer: Float64Array, hole: Float64Array) -> Float64Array:
    """Return one loop: round the outer one, in to the hole, backwards round it, and out again."""
    if signed_area(outer) * signed_area(hole) > 0:
        hole = hole[::-1]
    distances = np.linalg.norm(outer[:, None] - hole[None], axis=2)
    at, start = np.unravel_index(int(np.argmin(distances)), distances.shape)
    inner = np.roll(hole, -int(start), axis=0)
    return np.concatenate([outer[: at + 1], inner, inner[:1], outer[at:]])
