"""Common volume of two boxes, however they are turned: exact up to rounding."""

from typing import Any, cast

import numpy as np
from numba import njit

from projection.arrays import Float64Array

#: Faces closer than this share of the boxes' size count as lying on each other.
_SAME = 1e-12
#: A quadrilateral cut by six planes has at most ten corners.
_ROOM = 12


def _compiled(function: Any) -> Any:
    return njit(cache=True, nogil=True, error_model="numpy")(function)


@_compiled
def _matrix(quat: Float64Array, out: Float64Array) -> None:
    x, y, z, w = quat[0], quat[1], quat[2], quat[3]
    out[0, 0] = 1.0 - 2.0 * (y * y + z * z)
    out[0, 1] = 2.0 * (x * y - z * w)
    out[0, 2] = 2.0 * (x * z + y * w)
    out[1, 0] = 2.0 * (x * y + z * w)
    out[1, 1] = 1.0 - 2.0 * (x * x + z * z)
    out[1, 2] = 2.0 * (y * z - x * w)
    out[2, 0] = 2.0 * (x * z - y * w)
    out[2, 1] = 2.0 * (y * z + x * w)
    out[2, 2] = 1.0 - 2.0 * (x * x + y * y)


@_compiled
def _cut_side(
    ring: Float64Array, count: int, axis: int, side: float, half_m: float, other: Float64Array
) -> int:
    """Cut a ring (n, 3) to side * p[axis] <= half_m, in place; returns how many corners are left.

    Sutherland and Hodgman, Reentrant polygon clipping, 1974, for one plane.
    """
    kept = 0
    for i in range(count):
        j = i + 1 if i + 1 < count else 0
        start = half_m - side * ring[i, axis]
        end = half_m - side * ring[j, axis]
        if start >= 0.0:
            for k in range(3):
                other[kept, k] = ring[i, k]
            kept += 1
        if (start >= 0.0) != (end >= 0.0):
            share = start / (start - end)
            for k in range(3):
                other[kept, k] = ring[i, k] + share * (ring[j, k] - ring[i, k])
            kept += 1
    for i in range(kept):
        for k in range(3):
            ring[i, k] = other[i, k]
    return kept


@_compiled
def _cut(ring: Float64Array, count: int, half: Float64Array, other: Float64Array) -> int:
    """Cut a ring (n, 3) to the box |p| <= half, in place; returns how many corners are left."""
    for axis in range(3):
        for side in (-1.0, 1.0):
            count = _cut_side(ring, count, axis, side, half[axis], other)
            if count < 3:
                return 0
    return count


@_compiled
def _area(ring: Float64Array, count: int) -> float:
    x, y, z = 0.0, 0.0, 0.0
    for i in range(1, count - 1):
        ax, ay, az = (
            ring[i, 0] - ring[0, 0],
            ring[i, 1] - ring[0, 1],
            ring[i, 2] - ring[0, 2],
        )
        bx, by, bz = (
            ring[i + 1, 0] - ring[0, 0],
            ring[i + 1, 1] - ring[0, 1],
            ring[i + 1, 2] - ring[0, 2],
        )
        x += ay * bz - az * by
        y += az * bx - ax * bz
        z += ax * by - ay * bx
    return float(0.5 * np.sqrt(x * x + y * y + z * z))


@_compiled
def _face_areas(  # noqa: PLR0913, PLR0917  buffers of the caller
    half: Float64Array,
    turn: Float64Array,
    shift: Float64Array,
    other_half: Float64Array,
    grown: Float64Array,
    ring: Float64Array,
    scratch: Float64Array,
    areas: Float64Array,
) -> None:
    """Area of what of each face of one box lies in the other: (3 axes, 2 sides), written.

    ``turn`` and ``shift`` take points of the first box's frame into the other's; for each face
    (3 axes, 2 sides) the other box is ``grown`` by so many metres.
    """
    for axis in range(3):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        for side in range(2):
            for corner in range(4):
                a = half[first] if corner in (1, 2) else -half[first]
                b = half[second] if corner > 1 else -half[second]
                c = half[axis] if side == 1 else -half[axis]
                for k in range(3):
                    ring[corner, k] = (
                        turn[k, first] * a + turn[k, second] * b + turn[k, axis] * c + shift[k]
                    )
            count = _cut(ring, 4, other_half + grown[axis, side], scratch)
            areas[axis, side] = _area(ring, count)


@_compiled
def _apart(
    half_a: Float64Array,
    half_b: Float64Array,
    a_from_b: Float64Array,
    b_in_a: Float64Array,
    a_in_b: Float64Array,
) -> bool:
    """Whether a plane along one of the six faces' directions lies between the boxes."""
    for i in range(3):
        reach_a, reach_b = half_a[i], half_b[i]
        for j in range(3):
            reach_a += abs(a_from_b[i, j]) * half_b[j]
            reach_b += abs(a_from_b[j, i]) * half_a[j]
        if abs(b_in_a[i]) >= reach_a or abs(a_in_b[i]) >= reach_b:
            return True
    return False


@_compiled
def _share_faces(
    half_a: Float64Array,
    half_b: Float64Array,
    a_from_b: Float64Array,
    b_in_a: Float64Array,
    near: float,
    grown: Float64Array,
    shared: Float64Array,
) -> None:
    """Find faces of b that lie on a's with all of their corners, looking the same way.

    Written for each face of a (3 axes, 2 sides): how much b is grown for it to keep it; for each of
    b's: whether it is one of these, 1 or 0. Faces that cross, however flatly, are no such faces.
    """
    grown[:] = 0.0
    shared[:] = 0.0
    for axis in range(3):
        for side in range(2):
            sign = 1.0 if side == 1 else -1.0
            for k in range(3):
                along = sign * a_from_b[k, axis]
                own = 1 if along > 0.0 else 0
                middle = (1.0 if own == 1 else -1.0) * (b_in_a[k] + along * half_b[axis])
                spread = 0.0
                for j in range(3):
                    if j != axis:
                        spread += abs(a_from_b[k, j]) * half_b[j]
                if abs(along) > 0.5 and abs(middle - half_a[k]) + spread <= near:
                    grown[k, own] = near
                    shared[axis, side] = 1.0


@_compiled
def _common_volumes(
    centres_a: Float64Array,
    quats_a: Float64Array,
    sizes_a: Float64Array,
    centres_b: Float64Array,
    quats_b: Float64Array,
    sizes_b: Float64Array,
    out: Float64Array,
) -> None:
    ring, scratch = np.empty((_ROOM, 3)), np.empty((_ROOM, 3))
    world_from_a, world_from_b = np.empty((3, 3)), np.empty((3, 3))
    areas_a, areas_b = np.empty((3, 2)), np.empty((3, 2))
    grown, shared, exactly = np.empty((3, 2)), np.empty((3, 2)), np.zeros((3, 2))
    half_a, half_b = np.empty(3), np.empty(3)
    for row in range(out.shape[0]):
        _matrix(quats_a[row], world_from_a)
        _matrix(quats_b[row], world_from_b)
        a_from_b = world_from_a.T @ world_from_b
        to_b = centres_b[row] - centres_a[row]
        b_in_a = world_from_a.T @ to_b
        a_in_b = -(world_from_b.T @ to_b)
        size = 0.0
        for k in range(3):
            half_a[k] = 0.5 * sizes_a[row, k]
            half_b[k] = 0.5 * sizes_b[row, k]
            size = max(size, half_a[k], half_b[k])
        if _apart(half_a, half_b, a_from_b, b_in_a, a_in_b):
            out[row] = 0.0
            continue
        near = _SAME * size
        # Faces of a are kept where they lie on b's within rounding; b's that lie so are left out.
        _share_faces(half_a, half_b, a_from_b, b_in_a, near, grown, shared)
        turn = a_from_b.T.copy()
        _face_areas(half_a, turn, a_in_b, half_b, grown, ring, scratch, areas_a)
        _face_areas(half_b, a_from_b, b_in_a, half_a, exactly, ring, scratch, areas_b)
        # The divergence theorem: a third of the sum of area times distance of the face's plane
        # from any one point, here the centre of a.
        volume = 0.0
        for axis in range(3):
            for side in range(2):
                sign = 1.0 if side == 1 else -1.0
                volume += areas_a[axis, side] * half_a[axis]
                offset = half_b[axis]
                for k in range(3):
                    offset += sign * a_from_b[k, axis] * b_in_a[k]
                if shared[axis, side] == 0.0:
                    volume += areas_b[axis, side] * offset
        out[row] = max(volume / 3.0, 0.0)


def common_volumes(
    centres_a: Float64Array,
    quats_a: Float64Array,
    sizes_a: Float64Array,
    centres_b: Float64Array,
    quats_b: Float64Array,
    sizes_b: Float64Array,
) -> Float64Array:
    """Common volume of n pairs of boxes, m^3.

    The common part is a convex body; its faces are the parts of either box's faces that lie in the
    other box, its volume follows from their areas by the divergence theorem.

    Args:
        centres_a: (n, 3) metres, any one frame. Differences are taken first: large coordinates
            cost nothing but their own rounding.
        quats_a: (n, 4) unit, xyzw.
        sizes_a: (n, 3) length, width, height, metres.
        centres_b: (n, 3).
        quats_b: (n, 4).
        sizes_b: (n, 3).

    Returns:
        (n,)
    """
    arrays = [
        np.ascontiguousarray(values, dtype=np.float64)
        for values in (centres_a, quats_a, sizes_a, centres_b, quats_b, sizes_b)
    ]
    out = np.empty(arrays[0].shape[0])
    _common_volumes(*arrays, out)
    return out


def box_ious(
    centres_a: Float64Array,
    quats_a: Float64Array,
    sizes_a: Float64Array,
    centres_b: Float64Array,
    quats_b: Float64Array,
    sizes_b: Float64Array,
) -> Float64Array:
    """(n,) intersection over union of n pairs of boxes; see ``common_volumes``."""
    common = common_volumes(centres_a, quats_a, sizes_a, centres_b, quats_b, sizes_b)
    union = np.prod(sizes_a, axis=1) + np.prod(sizes_b, axis=1) - common
    ious = np.divide(common, union, out=np.zeros_like(common), where=union > 0.0)
    return cast("Float64Array", np.minimum(ious, 1.0))
