"""Triangles in any lens's picture: each pixel's own ray against the planes of the edges.

Nothing is projected, so nothing is approximated or lost: the lens only says which ray a pixel has.
Tiles of pixels, as cones of rays, tell early what a triangle can't touch.

# HOT: bench/projection/raster_view.py
"""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from projection.arrays import BoolArray, Float32Array, Float64Array, Int32Array, Int64Array
from projection.raster.layers import Layers, Names, name_run
from projection.raster.planes import (
    edge_planes,
    edges_forward,
    faces_seen,
    owns_its_edge,
    to_camera,
)
from projection.raster.rays import TILES, RayTable, ray_table
from projection.raster.tessellate import Triangles
from projection.view import View

_COARSE, _MIDDLE, _FINE = TILES
#: Pixels drawn at once.
RUN = _FINE[1]
#: The least a float32 can be above zero: what a pixel must reach that isn't on its own edge.
ABOVE_ZERO = float(np.finfo(np.float32).tiny)
#: A chord just below that of a right angle; and more than rounding takes.
_CONVEX, _CAP_SLACK = 1.41, 1e-6


@dataclass(frozen=True, slots=True)
class Cones:
    """Triangles made ready for any picture.

    Attributes:
        normals: (n, 3, 3) inner unit normals of the planes through camera and edge, camera frame.
        inverse: (n, 3) 1/range of a unit ray d is d . inverse.
        floors: (n, 3) the least d . normal with which a pixel is inside.
        seen: (n,) whether it can be seen at all.
        caps: (n, 4) see ``cap_of``.
        nearer: (n,) factor on 1/range when it is compared.
    """

    normals: Float64Array
    inverse: Float64Array
    floors: Float32Array
    seen: BoolArray
    caps: Float64Array
    nearer: Float64Array


class LensPainter:
    """Draws into the picture of any lens with a global shutter; lines are columns."""

    def __init__(self, view: View) -> None:
        self.size = view.camera.width, view.camera.height
        self.by_rows = False
        self._table: RayTable = ray_table(view.camera, by_rows=False)
        self.shape = self.size[0], self._table.rays.shape[2]
        self._root = cone_around(self._table.tiles[0].reshape(1, -1, 4))[0]
        self._rotation = np.ascontiguousarray(view.world_from_camera.matrix.T)
        self._origin = view.origin_m

    def prepare(self, triangles: Triangles) -> Cones:
        """Everything that doesn't depend on the pixel."""
        shift = triangles.origin_m - self._origin
        corners = np.ascontiguousarray(triangles.vertices_m)
        made = _prepare(corners, edges_forward(corners), triangles.solids, self._rotation, shift)
        return Cones(*made, 1.0 + triangles.nearer.astype(np.float64))

    def draw(
        self, cones: Cones, part: tuple[int, int], near: Float32Array, index: Int32Array
    ) -> tuple[int, int, int, int]:
        """Draw triangles ``part``; the region touched: lines from, to, pixels from, to."""
        return _draw(
            part,
            cones.normals,
            cones.inverse,
            cones.floors,
            cones.seen,
            cones.caps,
            cones.nearer,
            self._table.rays,
            (self._root, *self._table.tiles),
            near,
            index,
        )

    def resolve(self, cones: Cones, names: Names, index: Int32Array, layers: Layers) -> None:
        """Owner, triangle, depth and range of every pixel, by its ray and triangle's plane."""
        _resolve(cones.inverse, self._table.rays, names, index, layers)


@njit(cache=True, error_model="numpy")
def unit_planes(normals: Float64Array, floors: Float32Array) -> None:
    """Scale normals (3, 3) to length one, and write the floors (3,) of their edges."""
    for edge in range(3):
        x, y, z = normals[edge]
        length = math.sqrt(x * x + y * y + z * z)
        if length > 0.0:
            normals[edge, 0], normals[edge, 1], normals[edge, 2] = (
                x / length,
                y / length,
                z / length,
            )
        floors[edge] = 0.0 if owns_its_edge(normals[edge]) else ABOVE_ZERO


def cone_around(cones: Float64Array) -> Float64Array:
    """Cones (n, 4) that hold the cones (n, m, 4) of tiles; a reach of -1 where no tile has rays."""
    there = cones[..., 3] >= 0.0
    count = np.maximum(there.sum(axis=1), 1)
    around = np.empty((len(cones), 4))
    around[:, :3] = np.where(there[..., None], cones[..., :3], 0.0).sum(axis=1) / count[:, None]
    away = cones[..., :3] - around[:, None, :3]
    reach = np.sqrt((away * away).sum(axis=2)) + cones[..., 3] + _CAP_SLACK
    around[:, 3] = np.where(there, reach, -1.0).max(axis=1)
    return around


@njit(cache=True, error_model="numpy")
def cap_of(corners: Float64Array, room_m: float, turn_rad: float, cap: Float64Array) -> None:
    """Write a cone that holds a triangle: its axis, and how far, as a chord, the others are off.

    The planes of a sliver's edges alone leave in everything along its line.

    Args:
        corners: (3, 3) camera frame.
        room_m: How far the corners may be from there.
        turn_rad: How far the camera may have turned.
        cap: (4,) written; a reach of 2, all directions, where no cone of less than half a turn is.
    """
    cap[0], cap[1], cap[2], cap[3] = 0.0, 0.0, 0.0, 2.0
    directions = np.empty((3, 3))
    off = 0.0
    for corner in range(3):
        x, y, z = corners[corner]
        length = math.sqrt(x * x + y * y + z * z)
        if not length > 2.0 * room_m:
            return
        off = max(off, 2.0 * room_m / length)
        directions[corner] = x / length, y / length, z / length
    x = directions[0, 0] + directions[1, 0] + directions[2, 0]
    y = directions[0, 1] + directions[1, 1] + directions[2, 1]
    z = directions[0, 2] + directions[1, 2] + directions[2, 2]
    length = math.sqrt(x * x + y * y + z * z)
    if not length > 1e-3:
        return
    x, y, z = x / length, y / length, z / length
    reach = 0.0
    for corner in range(3):
        a, b, c = directions[corner]
        reach = max(reach, math.sqrt((a - x) ** 2 + (b - y) ** 2 + (c - z) ** 2))
    reach += off + turn_rad + _CAP_SLACK
    # Cones below a right angle are convex: what holds the corners holds the triangle.
    if reach < _CONVEX:
        cap[0], cap[1], cap[2], cap[3] = x, y, z, reach


@njit(cache=True, error_model="numpy")
def _prepare(
    corners: Float64Array,
    forward: BoolArray,
    solids: Int32Array,
    rotation: Float64Array,
    shift: Float64Array,
) -> tuple[Float64Array, Float64Array, Float32Array, BoolArray, Float64Array]:
    count = len(corners)
    volumes = np.zeros(count)
    normals = np.zeros((count, 3, 3))
    inverse = np.zeros((count, 3))
    floors = np.zeros((count, 3), dtype=np.float32)
    caps = np.empty((count, 4))
    moved = np.empty((3, 3))
    for row in range(count):
        to_camera(corners[row], rotation, shift, moved)
        cap_of(moved, 0.0, 0.0, caps[row])
        volumes[row] = edge_planes(moved, forward[row], normals[row], inverse[row])
        unit_planes(normals[row], floors[row])
    return normals, inverse, floors, faces_seen(volumes, solids), caps


@njit(cache=True, inline="always")
def beyond(cone: Float64Array, cap: Float64Array) -> bool:
    """Whether a tile's cone has no ray in common with a triangle's, or none at all."""
    if cone[3] < 0.0:
        return True
    x, y, z, reach = cone[0] - cap[0], cone[1] - cap[1], cone[2] - cap[2], cone[3] + cap[3]
    return bool(cap[3] < 2.0 and x * x + y * y + z * z > reach * reach)


@njit(cache=True, inline="always")
def misses(cone: Float64Array, normals: Float64Array, cap: Float64Array) -> bool:
    """Whether a tile's cone is beyond a triangle's, or wholly beyond one of its planes (3, 3)."""
    if beyond(cone, cap):
        return True
    x, y, z, reach = cone[0], cone[1], cone[2], cone[3]
    for edge in range(3):
        if x * normals[edge, 0] + y * normals[edge, 1] + z * normals[edge, 2] < -reach:
            return True
    return False


@njit(cache=True)
def _children(tile: int, parent: int, child: int, count: int) -> tuple[int, int]:
    """The tiles of side ``child`` inside a tile of side ``parent``: first, and after the last."""
    ratio = parent // child
    return tile * ratio, min((tile + 1) * ratio, count)


@njit(cache=True, error_model="numpy")
def _draw(  # noqa: PLR0913, PLR0917  one array for each thing the inner loop reads
    part: tuple[int, int],
    normals: Float64Array,
    inverse: Float64Array,
    floors: Float32Array,
    seen: BoolArray,
    caps: Float64Array,
    nearer: Float64Array,
    rays: Float32Array,
    tiles: tuple[Float64Array, Float64Array, Float64Array, Float64Array],
    near: Float32Array,
    index: Int32Array,
) -> tuple[int, int, int, int]:
    root, coarse, middle, fine = tiles
    touched = np.array([near.shape[0], 0, near.shape[1], 0])
    planes = np.empty((4, 3), dtype=np.float32)
    for row in range(part[0], part[1]):
        if not seen[row] or misses(root, normals[row], caps[row]):
            continue
        for axis in range(3):
            for edge in range(3):
                planes[edge, axis] = normals[row, edge, axis]
            planes[3, axis] = inverse[row, axis] * nearer[row]
        for i in range(coarse.shape[0]):
            for j in range(coarse.shape[1]):
                if misses(coarse[i, j], normals[row], caps[row]):
                    continue
                _draw_coarse(
                    (i, j),
                    (middle, fine),
                    (normals[row], caps[row]),
                    (planes, floors[row], np.int32(row)),
                    (rays, near, index),
                    touched,
                )
    return touched[0], touched[1], touched[2], touched[3]


#: A triangle's inner normals and its cone.
_Bounds = tuple[Float64Array, Float64Array]
#: The four planes, the floors and the number of a triangle.
_Drawn = tuple[Float32Array, Float32Array, np.int32]
#: Rays, and the two buffers that are written.
_Buffers = tuple[Float32Array, Float32Array, Int32Array]


@njit(cache=True, error_model="numpy")
def _draw_coarse(
    tile: tuple[int, int],
    tiles: tuple[Float64Array, Float64Array],
    bounds: _Bounds,
    drawn: _Drawn,
    buffers: _Buffers,
    touched: Int64Array,
) -> None:
    middle, fine = tiles
    i_from, i_to = _children(tile[0], _COARSE[0], _MIDDLE[0], middle.shape[0])
    j_from, j_to = _children(tile[1], _COARSE[1], _MIDDLE[1], middle.shape[1])
    for i in range(i_from, i_to):
        for j in range(j_from, j_to):
            if not misses(middle[i, j], bounds[0], bounds[1]):
                _draw_middle((i, j), fine, bounds, drawn, buffers, touched)


@njit(cache=True, error_model="numpy")
def _draw_middle(
    tile: tuple[int, int],
    fine: Float64Array,
    bounds: _Bounds,
    drawn: _Drawn,
    buffers: _Buffers,
    touched: Int64Array,
) -> None:
    planes, floors, number = drawn
    rays, near, index = buffers
    i_from, i_to = _children(tile[0], _MIDDLE[0], _FINE[0], fine.shape[0])
    j_from, j_to = _children(tile[1], _MIDDLE[1], _FINE[1], fine.shape[1])
    for i in range(i_from, i_to):
        first, last = i * _FINE[0], min((i + 1) * _FINE[0], near.shape[0])
        for j in range(j_from, j_to):
            if misses(fine[i, j], bounds[0], bounds[1]):
                continue
            begin = j * RUN
            for line in range(first, last):
                draw_run(line, begin, planes, floors, number, rays, near, index)
            touched[0], touched[1] = min(touched[0], first), max(touched[1], last)
            touched[2], touched[3] = min(touched[2], begin), max(touched[3], begin + RUN)


@njit(cache=True, error_model="numpy", inline="always")
def draw_run(  # noqa: PLR0913, PLR0917  inlined: every value is its own register
    line: int,
    begin: int,
    planes: Float32Array,
    floors: Float32Array,
    number: np.int32,
    rays: Float32Array,
    near: Float32Array,
    index: Int32Array,
) -> None:
    """Draw a triangle into a run of pixels of a line, where it covers them and is nearer.

    Args:
        line: The line.
        begin: The run's first pixel.
        planes: (4, 3) the three inner normals, and what gives 1/range.
        floors: (3,) least product with each normal.
        number: The triangle.
        rays: (3, lines, length).
        near: (lines, length) written.
        index: (lines, length) written.
    """
    end = begin + RUN
    xs, ys, zs = rays[0, line, begin:end], rays[1, line, begin:end], rays[2, line, begin:end]
    near_here, index_here = near[line, begin:end], index[line, begin:end]
    ax, ay, az = planes[0, 0], planes[0, 1], planes[0, 2]
    bx, by, bz = planes[1, 0], planes[1, 1], planes[1, 2]
    cx, cy, cz = planes[2, 0], planes[2, 1], planes[2, 2]
    nx, ny, nz = planes[3, 0], planes[3, 1], planes[3, 2]
    floor_a, floor_b, floor_c = floors[0], floors[1], floors[2]
    # A length that the compiler knows: one wide vector, without a loop for what is left over.
    for step in range(RUN):
        x, y, z = xs[step], ys[step], zs[step]
        new = x * nx + y * ny + z * nz
        closer = (
            (x * ax + y * ay + z * az >= floor_a)
            & (x * bx + y * by + z * bz >= floor_b)
            & (x * cx + y * cy + z * cz >= floor_c)
            & (new > near_here[step])
        )
        near_here[step] = new if closer else near_here[step]
        index_here[step] = number if closer else index_here[step]


@njit(cache=True, error_model="numpy")
def _resolve(
    inverse: Float64Array,
    rays: Float32Array,
    names: Names,
    index: Int32Array,
    layers: Layers,
) -> None:
    lines, length = layers[0].shape
    for line in range(lines):
        begin = 0
        while begin < length:
            number = index[line, begin]
            end = begin + 1
            while end < length and index[line, end] == number:
                end += 1
            resolve_run((line, begin, end), inverse[max(number, 0)], number, names, (rays, layers))
            begin = end


@njit(cache=True, error_model="numpy", inline="always")
def resolve_run(
    place: tuple[int, int, int],
    inverse: Float64Array,
    number: int,
    names: Names,
    pixels: tuple[Float32Array, Layers],
) -> None:
    """Everything about a run of pixels of one triangle (-1: of none)."""
    line, begin, end = place
    rays, layers = pixels
    depth_here, range_here = name_run(place, number, names, layers)
    if number >= 0:
        xs, ys, zs = rays[0, line, begin:end], rays[1, line, begin:end], rays[2, line, begin:end]
        nx, ny, nz = inverse[0], inverse[1], inverse[2]
        for step in range(end - begin):
            reach = 1.0 / (xs[step] * nx + ys[step] * ny + zs[step] * nz)
            range_here[step] = np.float32(reach)
            depth_here[step] = np.float32(reach * zs[step])
