"""Triangles in a pinhole's picture: straight edges, so one span of pixels in every column.

# HOT: bench/projection/raster_view.py
"""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from projection.arrays import (
    BoolArray,
    Float32Array,
    Float64Array,
    Int32Array,
    UInt8Array,
)
from projection.cameras.pinhole import Pinhole
from projection.raster.layers import Layers, Names, name_run
from projection.raster.planes import (
    edge_planes,
    edges_forward,
    faces_seen,
    owns_its_edge,
    to_camera,
)
from projection.raster.tessellate import Triangles
from projection.view import View

#: Bounds of a column's span. An edge either begins or ends spans; the last bit says which of the
#: two rules for a pixel exactly on the edge is meant: its own one, or the next.
_BEGINS_ON, _BEGINS_AFTER, _ENDS_BEFORE, _ENDS_ON, _NO_BOUND = 0, 1, 2, 3, 4
#: Nearer to the camera's plane than this a triangle is seen in all columns.
_NEAREST_M = 1e-9


@dataclass(frozen=True, slots=True)
class Spans:
    """Triangles made ready for a picture with straight edges.

    Attributes:
        bounds: (n, 3, 2) row = slope * column + start of each edge.
        kinds: (n, 3) what each edge bounds.
        inverse: (n, 3) 1/depth = a column + b row + c.
        columns: (n, 2) first column and the one after the last; equal where nothing is seen.
        nearer: (n,) factor on 1/depth when it is compared.
    """

    bounds: Float64Array
    kinds: UInt8Array
    inverse: Float64Array
    columns: Int32Array
    nearer: Float64Array


class PinholePainter:
    """Draws into a pinhole's picture with a global shutter; lines are columns."""

    def __init__(self, view: View, lens: Pinhole) -> None:
        self.size = self.shape = view.camera.width, view.camera.height
        self.by_rows = False
        self._rotation = np.ascontiguousarray(view.world_from_camera.matrix.T)
        self._origin = view.origin_m
        self._intrinsics = np.array([lens.fx, lens.fy, lens.cx, lens.cy])
        self._ramp = np.arange(self.shape[1], dtype=np.float32)

    def prepare(self, triangles: Triangles) -> Spans:
        """Everything that doesn't depend on the pixel."""
        shift = triangles.origin_m - self._origin
        corners = np.ascontiguousarray(triangles.vertices_m)
        made = _prepare(
            corners,
            edges_forward(corners),
            triangles.solids,
            self._rotation,
            shift,
            self._intrinsics,
            self.shape[0],
        )
        return Spans(*made, 1.0 + triangles.nearer.astype(np.float64))

    def draw(
        self, spans: Spans, part: tuple[int, int], near: Float32Array, index: Int32Array
    ) -> tuple[int, int, int, int]:
        """Draw triangles ``part``; the region touched: lines from, to, pixels from, to."""
        return _draw(
            part,
            spans.bounds,
            spans.kinds,
            spans.inverse,
            spans.columns,
            spans.nearer,
            self._ramp,
            near,
            index,
        )

    def resolve(self, spans: Spans, names: Names, index: Int32Array, layers: Layers) -> None:
        """Owner, triangle, depth and range of every pixel, by its ray and triangle's plane."""
        _resolve(spans.inverse, self._intrinsics, names, index, layers)


@njit(cache=True, error_model="numpy")
def _prepare(
    corners: Float64Array,
    forward: BoolArray,
    solids: Int32Array,
    rotation: Float64Array,
    shift: Float64Array,
    intrinsics: Float64Array,
    width: int,
) -> tuple[Float64Array, UInt8Array, Float64Array, Int32Array]:
    count = len(corners)
    volumes = np.zeros(count)
    bounds = np.zeros((count, 3, 2))
    kinds = np.full((count, 3), _NO_BOUND, dtype=np.uint8)
    inverse = np.zeros((count, 3))
    columns = np.zeros((count, 2), dtype=np.int32)
    moved, normals = np.empty((3, 3)), np.empty((3, 3))
    fx, fy, cx, cy = intrinsics
    for row in range(count):
        to_camera(corners[row], rotation, shift, moved)
        volumes[row] = edge_planes(moved, forward[row], normals, inverse[row])
        if volumes[row] == 0.0:
            continue
        inverse[row, 0] /= fx
        inverse[row, 1] /= fy
        inverse[row, 2] -= inverse[row, 0] * cx + inverse[row, 1] * cy
        first, last = _columns(moved, fx, cx, width)
        for edge in range(3):
            a, b = normals[edge, 0] / fx, normals[edge, 1] / fy
            c = normals[edge, 2] - a * cx - b * cy
            slope, start = -a / b, -c / b
            if math.isfinite(slope) and math.isfinite(start):
                bounds[row, edge, 0], bounds[row, edge, 1] = slope, start
                kinds[row, edge] = _kind(normals[edge])
            elif a != 0.0:
                crossing = min(max(-c / a, -1.0), width + 1.0)
                if a > 0.0:
                    first = max(first, math.ceil(crossing))
                else:
                    last = min(last, math.ceil(crossing))
            elif c < 0.0:
                last = first
        columns[row, 0], columns[row, 1] = first, max(first, last)
    seen = faces_seen(volumes, solids)
    for row in range(count):
        if not seen[row]:
            columns[row, 1] = columns[row, 0]
    return bounds, kinds, inverse, columns


@njit(cache=True)
def _kind(normal: Float64Array) -> int:
    if normal[1] > 0.0:
        return _BEGINS_ON if owns_its_edge(normal) else _BEGINS_AFTER
    return _ENDS_ON if owns_its_edge(normal) else _ENDS_BEFORE


@njit(cache=True, error_model="numpy")
def _columns(moved: Float64Array, fx: float, cx: float, width: int) -> tuple[int, int]:
    """Columns that a triangle in the camera frame can touch: first, and the one after the last."""
    low, high = math.inf, -math.inf
    for corner in range(3):
        x, z = moved[corner, 0], moved[corner, 2]
        if z >= _NEAREST_M:
            low, high = min(low, x / z), max(high, x / z)
        nx, nz = moved[(corner + 1) % 3, 0], moved[(corner + 1) % 3, 2]
        if (z >= _NEAREST_M) != (nz >= _NEAREST_M):
            crossing = (x + (nx - x) * ((_NEAREST_M - z) / (nz - z))) / _NEAREST_M
            low, high = min(low, crossing), max(high, crossing)
    if not low <= high:
        return 0, 0
    # Clamped as floats: a number beyond all integers must not be converted.
    first = min(max(math.floor(fx * low + cx) - 1.0, 0.0), float(width))
    last = min(max(math.floor(fx * high + cx) + 2.0, 0.0), float(width))
    return int(first), int(last)


@njit(cache=True, error_model="numpy")
def _draw(  # noqa: PLR0913, PLR0917  one array for each thing the inner loop reads
    part: tuple[int, int],
    bounds: Float64Array,
    kinds: UInt8Array,
    inverse: Float64Array,
    columns: Int32Array,
    nearer: Float64Array,
    ramp: Float32Array,
    near: Float32Array,
    index: Int32Array,
) -> tuple[int, int, int, int]:
    length = near.shape[1]
    left, right, top, bottom = near.shape[0], 0, length, 0
    for row in range(part[0], part[1]):
        number = np.int32(row)
        slope = np.float32(inverse[row, 1] * nearer[row])
        for column in range(columns[row, 0], columns[row, 1]):
            begin, end = 0.0, float(length)
            for edge in range(3):
                kind = kinds[row, edge]
                crossing = bounds[row, edge, 0] * column + bounds[row, edge, 1]
                if kind == _BEGINS_ON:
                    begin = max(begin, math.ceil(min(crossing, length)))
                elif kind == _BEGINS_AFTER:
                    begin = max(begin, math.floor(min(crossing, length)) + 1.0)
                elif kind == _ENDS_BEFORE:
                    end = min(end, math.ceil(max(crossing, -1.0)))
                elif kind == _ENDS_ON:
                    end = min(end, math.floor(max(crossing, -1.0)) + 1.0)
            if begin >= end:
                continue
            begins, ends = int(begin), int(end)
            at_start = inverse[row, 0] * column + inverse[row, 1] * begins + inverse[row, 2]
            base = np.float32(at_start * nearer[row])
            near_here = near[column, begins:ends]
            index_here = index[column, begins:ends]
            for step in range(ends - begins):
                new = base + slope * ramp[step]
                old = near_here[step]
                closer = new > old
                near_here[step] = new if closer else old
                index_here[step] = number if closer else index_here[step]
            left, right = min(left, column), max(right, column + 1)
            top, bottom = min(top, begins), max(bottom, ends)
    return left, right, top, bottom


@njit(cache=True, error_model="numpy")
def _resolve(
    inverse: Float64Array,
    intrinsics: Float64Array,
    names: Names,
    index: Int32Array,
    layers: Layers,
) -> None:
    columns, length = index.shape
    fx, fy, cx, cy = intrinsics
    stretch = np.empty(length)
    for row in range(length):
        y = (row - cy) / fy
        stretch[row] = y * y + 1.0
    for column in range(columns):
        x = (column - cx) / fx
        begin = 0
        while begin < length:
            number = index[column, begin]
            end = begin + 1
            while end < length and index[column, end] == number:
                end += 1
            depth_here, range_here = name_run((column, begin, end), number, names, layers)
            if number >= 0:
                a, slope, c = inverse[number]
                base = a * column + slope * begin + c
                for step in range(end - begin):
                    depth = 1.0 / (base + slope * step)
                    depth_here[step] = np.float32(depth)
                    range_here[step] = np.float32(depth * math.sqrt(x * x + stretch[begin + step]))
            begin = end
