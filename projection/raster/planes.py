"""The planes through the camera and a triangle's edges: what a ray must be on the inner side of."""

import math

import numpy as np
from numba import njit

from projection.arrays import BoolArray, Float64Array, Int32Array


@njit(cache=True)
def edges_forward(corners: Float64Array) -> BoolArray:
    """(n, 3) whether each edge's start comes before its end, by x, then y, then z.

    Neighbours run along their common edge in opposite directions. Both compute its plane in the
    same direction, so that they get the same numbers and part the pixels between them exactly.
    """
    forward = np.empty((len(corners), 3), dtype=np.bool_)
    for row in range(len(corners)):
        for edge in range(3):
            start, end = corners[row, edge], corners[row, (edge + 1) % 3]
            forward[row, edge] = (
                start[0] < end[0]
                or (start[0] == end[0] and start[1] < end[1])
                or (start[0] == end[0] and start[1] == end[1] and start[2] < end[2])
            )
    return forward


@njit(cache=True)
def edge_planes(
    corners: Float64Array, forward: BoolArray, normals: Float64Array, inverse: Float64Array
) -> float:
    """Planes of a triangle (3, 3) in the camera frame, written to ``normals`` and ``inverse``.

    A ray d from the camera meets the triangle, in front of the camera, exactly where d . normal of
    all three is zero or more, wherever the triangle lies; it meets it at distance
    1/(d . inverse) lengths of d.

    Args:
        corners: (3, 3) metres, camera frame.
        forward: (3,) row of ``edges_forward``.
        normals: (3, 3) written: inner normals of the planes through the camera and each edge.
        inverse: (3,) written: the triangle's normal over its distance.

    Returns:
        Six times the signed volume of triangle and camera; negative where its front, seen
        anticlockwise, faces the camera; 0.0 for one seen edge on, of which nothing is written.
    """
    ax, ay, az = corners[0]
    bx, by, bz = corners[1, 0] - ax, corners[1, 1] - ay, corners[1, 2] - az
    cx, cy, cz = corners[2, 0] - ax, corners[2, 1] - ay, corners[2, 2] - az
    nx, ny, nz = by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx
    volume = nx * ax + ny * ay + nz * az
    if not (volume != 0.0 and math.isfinite(volume) and math.isfinite(1.0 / volume)):
        return 0.0
    inverse[0], inverse[1], inverse[2] = nx / volume, ny / volume, nz / volume
    for edge in range(3):
        start, end = edge, (edge + 1) % 3
        sign = 1.0 if volume > 0.0 else -1.0
        if not forward[edge]:
            start, end = end, start
            sign = -sign
        px, py, pz = corners[start]
        qx, qy, qz = corners[end]
        normals[edge, 0] = sign * (py * qz - pz * qy)
        normals[edge, 1] = sign * (pz * qx - px * qz)
        normals[edge, 2] = sign * (px * qy - py * qx)
    return float(volume)


@njit(cache=True)
def owns_its_edge(normal: Float64Array) -> bool:
    """Whether pixels exactly on an edge belong to the side of this inner normal: top and left."""
    if normal[0] != 0.0:
        return bool(normal[0] > 0.0)
    if normal[1] != 0.0:
        return bool(normal[1] > 0.0)
    return bool(normal[2] > 0.0)


@njit(cache=True)
def to_camera(
    corners: Float64Array, rotation: Float64Array, shift: Float64Array, moved: Float64Array
) -> None:
    """Write ``rotation @ (corner + shift)`` of corners (3, 3) to ``moved``.

    Term by term and without a matrix library: the same corner of two triangles must come out the
    same to the last bit.
    """
    for corner in range(3):
        x = corners[corner, 0] + shift[0]
        y = corners[corner, 1] + shift[1]
        z = corners[corner, 2] + shift[2]
        for row in range(3):
            moved[corner, row] = rotation[row, 0] * x + rotation[row, 1] * y + rotation[row, 2] * z


@njit(cache=True)
def faces_seen(volumes: Float64Array, solids: Int32Array) -> BoolArray:
    """(n,) which triangles can be seen: not the far faces of a body that the camera is outside."""
    bodies = 0
    for solid in solids:
        bodies = max(bodies, int(solid) + 1)
    outside = np.zeros(bodies, dtype=np.bool_)
    for row in range(len(solids)):
        if solids[row] >= 0 and volumes[row] < 0.0:
            outside[solids[row]] = True
    seen = np.empty(len(solids), dtype=np.bool_)
    for row in range(len(solids)):
        hidden = solids[row] >= 0 and outside[solids[row]] and volumes[row] > 0.0
        seen[row] = volumes[row] != 0.0 and not hidden
    return seen
