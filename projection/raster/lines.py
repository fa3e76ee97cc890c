"""Triangles in a rolling shutter's picture: every line has its own pose and its own time.

A pixel belongs to a line, and the line to a time: so the picture needs no search for the line that
sees a point. Triangles are put where they are at each line's time, and met by that line's rays.

# HOT: bench/projection/raster_view.py
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from projection.arrays import (
    Float32Array,
    Float64Array,
    Int32Array,
    Int64Array,
)
from projection.raster.blocks import (
    BACK,
    TILE_RUNS,
    Int8Array,
    Lines,
    Moving,
    Scratch,
    at_line,
    cap_in_all,
    choose_fine,
    choose_middle,
    line_poses,
    reaches,
    scratch,
    sides,
)
from projection.raster.cones import (
    ABOVE_ZERO,
    RUN,
    draw_run,
    resolve_run,
)
from projection.raster.layers import Layers, Names
from projection.raster.planes import edge_planes, edges_forward, owns_its_edge
from projection.raster.rays import TILES, RayTable, ray_table
from projection.raster.tessellate import Triangles
from projection.view import View

_MIDDLE, _FINE = TILES[1], TILES[2]
_BY_COLUMNS = ("left_to_right", "right_to_left")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Triangles made ready for a picture taken line by line.

    Attributes:
        moving: Where they are, how they move, and which way their edges run.
        nearer: (n,) factor on 1/range when it is compared.
        sides: (n, blocks) which side each shows in a block of lines; far sides of bodies that
            are seen from outside are marked as not to be drawn.
    """

    moving: Moving
    nearer: Float64Array
    sides: Int8Array


class RollingPainter:
    """Draws into the picture of any lens with a rolling shutter; lines are the shutter's."""

    def __init__(self, view: View) -> None:
        camera = view.camera
        self.by_rows = view.shutter.direction not in _BY_COLUMNS
        picture = camera.width, camera.height
        self.size = (picture[1], picture[0]) if self.by_rows else picture
        self._table: RayTable = ray_table(camera, by_rows=self.by_rows)
        self.shape = self.size[0], self._table.rays.shape[2]
        self._origin = view.origin_m
        self._lines = line_poses(view, self.size[0], by_rows=self.by_rows)

    def prepare(self, triangles: Triangles) -> Prepared:
        """Everything that doesn't depend on the line."""
        corners = triangles.vertices_m + (triangles.origin_m - self._origin)
        speeds = triangles.velocities_mps
        moving = (
            corners,
            np.zeros_like(corners) if speeds is None else np.ascontiguousarray(speeds),
            edges_forward(corners),
        )
        nearer = 1.0 + triangles.nearer.astype(np.float64)
        return Prepared(moving, nearer, sides(moving, triangles.solids, self._lines))

    def draw(
        self, prepared: Prepared, part: tuple[int, int], near: Float32Array, index: Int32Array
    ) -> tuple[int, int, int, int]:
        """Draw triangles ``part``; the region touched: lines from, to, pixels from, to."""
        return _draw(
            part,
            (prepared.moving, prepared.nearer, prepared.sides),
            self._lines,
            self._table.tiles,
            (self._table.rays, near, index),
        )

    def resolve(self, prepared: Prepared, names: Names, index: Int32Array, layers: Layers) -> None:
        """Owner, triangle, depth and range of every pixel."""
        _resolve(prepared.moving, self._lines, names, index, (self._table.rays, layers))


#: Triangles; factors on 1/range; what to draw in which block.
_Drawn = tuple[Moving, Float64Array, Int8Array]
#: Rays, and the two buffers that are written.
_Buffers = tuple[Float32Array, Float32Array, Int32Array]


@njit(cache=True, error_model="numpy")
def _draw(
    part: tuple[int, int],
    drawn: _Drawn,
    lines: Lines,
    tiles: tuple[Float64Array, Float64Array, Float64Array],
    buffers: _Buffers,
) -> tuple[int, int, int, int]:
    _, middle, fine = tiles
    moving, nearer, shown = drawn
    count, length = buffers[1].shape
    touched = np.array([count, 0, length, 0])
    memory = scratch()
    wide = np.empty(middle.shape[1], dtype=np.int32)
    narrow = np.empty(fine.shape[1], dtype=np.int32)
    cap, block_cap = np.empty(4), np.empty(4)
    everywhere = np.arange(-(-middle.shape[1] // TILE_RUNS)).astype(np.int32)
    for row in range(part[0], part[1]):
        cap_in_all(moving, row, lines, cap)
        for block in range(middle.shape[0]):
            if shown[row, block] == BACK or not reaches(middle, block, cap, everywhere):
                continue
            some = choose_middle(block, row, moving, lines, middle, wide, memory)
            if some == 0:
                continue
            strips = _MIDDLE[0] // _FINE[0]
            block_cap[:] = memory[6]
            for strip in range(block * strips, min((block + 1) * strips, fine.shape[0])):
                if not reaches(fine, strip, block_cap, wide[:some]):
                    continue
                runs = choose_fine(strip, row, moving, lines, fine, wide[:some], narrow, memory)
                if runs == 0:
                    continue
                first, last = strip * _FINE[0], min((strip + 1) * _FINE[0], count)
                for line in range(first, last):
                    _draw_line(
                        line, row, moving, nearer[row], lines, narrow[:runs], buffers, memory
                    )
                _touch(touched, first, last, narrow[:runs])
    return touched[0], touched[1], touched[2], touched[3]


@njit(cache=True)
def _touch(touched: Int64Array, first: int, last: int, runs: Int32Array) -> None:
    touched[0], touched[1] = min(touched[0], first), max(touched[1], last)
    touched[2] = min(touched[2], runs[0] * RUN)
    touched[3] = max(touched[3], (runs[-1] + 1) * RUN)


@njit(cache=True, error_model="numpy")
def _draw_line(  # noqa: PLR0913, PLR0917  a triangle, a line, and what is written
    line: int,
    row: int,
    moving: Moving,
    nearer: float,
    lines: Lines,
    runs: Int32Array,
    buffers: _Buffers,
    memory: Scratch,
) -> None:
    """Draw one triangle into some runs of pixels of one line."""
    rays, near, index = buffers
    moved, normals, inverse, _, planes, floors, _ = memory
    at_line(moving, row, lines, line, moved)
    if edge_planes(moved, moving[2][row], normals, inverse) == 0.0:
        return
    for edge in range(3):
        floors[edge] = 0.0 if owns_its_edge(normals[edge]) else ABOVE_ZERO
    for axis in range(3):
        for edge in range(3):
            planes[edge, axis] = normals[edge, axis]
        planes[3, axis] = inverse[axis] * nearer
    for run in runs:
        draw_run(line, run * RUN, planes, floors, np.int32(row), rays, near, index)


@njit(cache=True, error_model="numpy")
def _resolve(
    moving: Moving,
    lines: Lines,
    names: Names,
    index: Int32Array,
    pixels: tuple[Float32Array, Layers],
) -> None:
    count, length = pixels[1][0].shape
    moved, normals, inverse = np.empty((3, 3)), np.empty((3, 3)), np.empty(3)
    for line in range(count):
        begin = 0
        while begin < length:
            number = index[line, begin]
            end = begin + 1
            while end < length and index[line, end] == number:
                end += 1
            if number >= 0:
                at_line(moving, number, lines, line, moved)
                edge_planes(moved, moving[2][number], normals, inverse)
            resolve_run((line, begin, end), inverse, number, names, pixels)
            begin = end
