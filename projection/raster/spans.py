"""Bodies in a pinhole's picture: straight edges, so one span of pixels in every column.

# HOT: bench/projection/raster_view.py
"""

import math
from typing import NamedTuple

import numpy as np

from projection.arrays import Float32Array, Float64Array, Int32Array, UInt8Array
from projection.cameras.pinhole import Pinhole
from projection.raster.bare import bare_compiled, bare_inlined
from projection.raster.bits import ALL_BITS, WORD, Coverage
from projection.raster.bodies import MOST_EDGES, MOST_FACES, Bodies, bodies_of
from projection.raster.layers import PixelScale
from projection.raster.poses import Lines, line_poses
from projection.raster.rays import RUN, STRIP, tile_counts
from projection.raster.strips import AXIS, VECTOR, Scratch, move, outline_planes, scratch
from projection.raster.tessellate import Triangles
from projection.view import View

#: Bounds of a column's span. An edge either begins or ends spans; the last bit says which of the
#: two rules for a pixel exactly on the edge is meant: its own one, or the next.
_BEGINS_ON, _BEGINS_AFTER, _ENDS_BEFORE, _ENDS_ON, _NO_BOUND = 0, 1, 2, 3, 4
#: Nearer to the camera's plane than this a body is looked for in all columns.
_NEAREST_M = 1e-9
_CONE_SLACK = 1e-6


class Spans(NamedTuple):
    """Bodies made ready for a picture with straight edges.

    Attributes:
        bounds: (m, 6, 2) row = slope * column + start of each edge.
        kinds: (m, 6) what each edge bounds.
        inverse: (m, 3, 3) of each face 1/depth = a column + b row + c, times how much nearer it
            counts; faces that there aren't repeat the first.
        columns: (m, 2) first column and the one after the last; equal where nothing is seen.
    """

    bounds: Float64Array
    kinds: UInt8Array
    inverse: Float64Array
    columns: Int32Array


class PinholePainter:
    """Draws into a pinhole's picture with a global shutter; lines are columns."""

    def __init__(self, view: View, lens: Pinhole) -> None:
        camera = view.camera
        self.size = camera.width, camera.height
        self.shape = self.size[0], tile_counts(self.size)[1] * RUN
        self.by_rows = False
        self._origin = view.origin_m
        self._lines: Lines = line_poses(view, self.size[0], by_rows=False)
        self._intrinsics = np.array([lens.fx, lens.fy, lens.cx, lens.cy])
        self._memory = scratch(1)

    def _root(self) -> Float64Array:
        """(4,) a cone that holds all rays: that of the corners' does, below a right angle."""
        fx, fy, cx, cy = self._intrinsics
        width, height = self.size
        corners = np.array(
            [[(u - cx) / fx, (v - cy) / fy, 1.0] for u in (0, width - 1) for v in (0, height - 1)]
        )
        corners /= np.linalg.norm(corners, axis=1, keepdims=True)
        axis = corners.mean(axis=0)
        axis /= np.linalg.norm(axis)
        reach = np.linalg.norm(corners - axis, axis=1).max() + _CONE_SLACK
        return np.array([*axis, reach if reach < math.sqrt(2.0) - 1e-3 else 2.0])

    def prepare(self, triangles: Triangles) -> Bodies:
        """Bodies that may be in the picture; the triangles are in the order of their owners."""
        return bodies_of(triangles, self._origin, self._lines, self._root())

    def draw(self, bodies: Bodies, near: Float32Array, index: Int32Array) -> None:
        """Draw all bodies into buffers of tiles where they are nearer."""
        _draw(bodies, self._spans(bodies, (0, len(bodies.owners))), self.size[1], near, index)

    def stamp(
        self,
        bodies: Bodies,
        part: tuple[int, int],
        scene: tuple[Float32Array, Int32Array, tuple[int, int, bool]],
        coverage: Coverage,
    ) -> None:
        """Mark which pixels bodies ``part`` of one owner cover."""
        _stamp(bodies, self._spans(bodies, part), part, self.size[1], scene, coverage)

    def _spans(self, bodies: Bodies, part: tuple[int, int]) -> Spans:
        count = part[1] - part[0]
        spans = Spans(
            np.zeros((count, MOST_EDGES, 2)),
            np.full((count, MOST_EDGES), _NO_BOUND, dtype=np.uint8),
            np.zeros((count, MOST_FACES, 3)),
            np.zeros((count, 2), dtype=np.int32),
        )
        _prepare(bodies, part[0], self._lines, self._intrinsics, self.size[0], self._memory, spans)
        return spans

    @property
    def scale(self) -> PixelScale:
        """Distances are depths."""
        fx, fy, cx, cy = self._intrinsics
        x = (np.arange(self.size[0]) - cx) / fx
        y = (np.arange(self.size[1]) - cy) / fy
        nothing = np.empty((0, 0, 0), dtype=np.float32)
        return PixelScale(nothing, (x * x).astype(np.float32), (y * y + 1.0).astype(np.float32))


@bare_compiled
def _prepare(  # noqa: PLR0912  an edge may begin spans, end them, or bound columns
    bodies: Bodies,
    first_body: int,
    lines: Lines,
    intrinsics: Float64Array,
    width: int,
    memory: Scratch,
    spans: Spans,
) -> None:
    fx, fy, cx, cy = intrinsics[0], intrinsics[1], intrinsics[2], intrinsics[3]
    for row in range(len(spans.columns)):
        body = first_body + row
        move(bodies, body, lines.strips[0], memory)
        outline_planes(bodies, body, memory)
        if memory.side[0] == 0.0:
            continue
        for face in range(MOST_FACES):
            given = face if face < bodies.counts[body, 2] else 0
            a = memory.inverse[given * VECTOR] / fx
            b = memory.inverse[given * VECTOR + AXIS] / fy
            c = memory.inverse[given * VECTOR + 2 * AXIS] - (a * cx + b * cy)
            nearer = bodies.nearer[body]
            spans.inverse[row, face, 0] = a * nearer
            spans.inverse[row, face, 1] = b * nearer
            spans.inverse[row, face, 2] = c * nearer
        first, last = _columns(bodies, body, memory, fx, cx, width)
        for edge in range(bodies.counts[body, 1]):
            x = memory.normals[edge * VECTOR]
            y = memory.normals[edge * VECTOR + AXIS]
            z = memory.normals[edge * VECTOR + 2 * AXIS]
            a, b = x / fx, y / fy
            c = z - a * cx - b * cy
            slope, start = -a / b, -c / b
            if math.isfinite(slope) and math.isfinite(start):
                spans.bounds[row, edge, 0], spans.bounds[row, edge, 1] = slope, start
                # Pixels exactly on an edge belong to the side of this normal: top and left.
                owns = x > 0.0 or (x == 0.0 and y > 0.0)
                if y > 0.0:
                    spans.kinds[row, edge] = _BEGINS_ON if owns else _BEGINS_AFTER
                else:
                    spans.kinds[row, edge] = _ENDS_ON if owns else _ENDS_BEFORE
            elif a != 0.0:
                crossing = min(max(-c / a, -1.0), width + 1.0)
                if a > 0.0:
                    first = max(first, math.ceil(crossing))
                else:
                    last = min(last, math.ceil(crossing))
            elif c < 0.0:
                last = first
        spans.columns[row, 0], spans.columns[row, 1] = first, max(first, last)


@bare_compiled
def _columns(
    bodies: Bodies, body: int, memory: Scratch, fx: float, cx: float, width: int
) -> tuple[int, int]:
    """Columns that a body can touch: first, and the one after the last."""
    low, high = math.inf, -math.inf
    front, behind = 0, 0
    for corner in range(bodies.counts[body, 0]):
        x, z = memory.moved[corner * VECTOR], memory.moved[corner * VECTOR + 2 * AXIS]
        if z >= _NEAREST_M:
            low, high = min(low, x / z), max(high, x / z)
            front += 1
        else:
            behind += 1
    if front == 0:
        return 0, 0
    if behind > 0:
        # The corners of what is flat go round it; of other bodies nothing is known that quickly.
        count = bodies.counts[body, 0]
        if count != bodies.counts[body, 1]:
            return 0, width
        for corner in range(count):
            after = (corner + 1) % count
            x, z = memory.moved[corner * VECTOR], memory.moved[corner * VECTOR + 2 * AXIS]
            nx, nz = memory.moved[after * VECTOR], memory.moved[after * VECTOR + 2 * AXIS]
            if (z >= _NEAREST_M) != (nz >= _NEAREST_M):
                crossing = (x + (nx - x) * ((_NEAREST_M - z) / (nz - z))) / _NEAREST_M
                low, high = min(low, crossing), max(high, crossing)
    # Clamped as floats: a number beyond all integers must not be converted.
    first = min(max(math.floor(fx * low + cx) - 1.0, 0.0), float(width))
    last = min(max(math.floor(fx * high + cx) + 2.0, 0.0), float(width))
    return int(first), int(last)


@bare_compiled
def _span(spans: Spans, row: int, edges: int, column: int, height: int) -> tuple[int, int]:
    """The pixels of a column that a body covers: first, and after the last."""
    begin, end = 0.0, float(height)
    for edge in range(edges):
        kind = spans.kinds[row, edge]
        crossing = spans.bounds[row, edge, 0] * column + spans.bounds[row, edge, 1]
        if kind == _BEGINS_ON:
            begin = max(begin, math.ceil(min(crossing, float(height))))
        elif kind == _BEGINS_AFTER:
            begin = max(begin, math.floor(min(crossing, float(height))) + 1.0)
        elif kind == _ENDS_BEFORE:
            end = min(end, math.ceil(max(crossing, -1.0)))
        elif kind == _ENDS_ON:
            end = min(end, math.floor(max(crossing, -1.0)) + 1.0)
    return int(begin), int(end)


@bare_compiled
def _face(
    spans: Spans, row: int, face: int, column: int, begin: int
) -> tuple[np.float32, np.float32]:
    """1/depth of a face at the first pixel of a run, and how it grows from pixel to pixel."""
    a, b, c = spans.inverse[row, face, 0], spans.inverse[row, face, 1], spans.inverse[row, face, 2]
    return np.float32(a * column + b * begin + c), np.float32(b)


@bare_inlined
def _run_of(
    near: Float32Array, index: Int32Array, column: int, run: int
) -> tuple[Float32Array, Int32Array]:
    """A run's part of both buffers of tiles."""
    strip, begin = column // STRIP, column % STRIP * RUN
    return near[strip, run, begin : begin + RUN], index[strip, run, begin : begin + RUN]


@bare_compiled
def _draw(bodies: Bodies, spans: Spans, height: int, near: Float32Array, index: Int32Array) -> None:
    for row in range(len(spans.columns)):
        number = np.int32(row)
        edges = bodies.counts[row, 1]
        for column in range(spans.columns[row, 0], spans.columns[row, 1]):
            begin, end = _span(spans, row, edges, column, height)
            if begin >= end:
                continue
            for run in range(begin // RUN, (end - 1) // RUN + 1):
                at = run * RUN
                low, high = begin - at, end - at
                near_here, index_here = _run_of(near, index, column, run)
                p, p_step = _face(spans, row, 0, column, at)
                q, q_step = _face(spans, row, 1, column, at)
                r, r_step = _face(spans, row, 2, column, at)
                # A length that the compiler knows: one wide vector, no loop for what is left over.
                for step in range(RUN):
                    one = p + p_step * np.float32(step)
                    two = q + q_step * np.float32(step)
                    three = r + r_step * np.float32(step)
                    new = one if one < two else two
                    new = new if new < three else three
                    closer = (step >= low) & (step < high) & (new > near_here[step])
                    near_here[step] = new if closer else near_here[step]
                    index_here[step] = number if closer else index_here[step]


@bare_compiled
def _stamp(
    bodies: Bodies,
    spans: Spans,
    part: tuple[int, int],
    height: int,
    scene: tuple[Float32Array, Int32Array, tuple[int, int, bool]],
    coverage: Coverage,
) -> None:
    near, index, own = scene
    touched = coverage.touched
    for row in range(len(spans.columns)):
        edges = bodies.counts[part[0] + row, 1]
        for column in range(spans.columns[row, 0], spans.columns[row, 1]):
            begin, end = _span(spans, row, edges, column, height)
            if begin >= end:
                continue
            first, last = begin // WORD, (end - 1) // WORD + 1
            touched[0], touched[1] = min(touched[0], column), max(touched[1], column + 1)
            touched[2], touched[3] = min(touched[2], first), max(touched[3], last)
            for run in range(first, last):
                at = run * RUN
                if coverage.whole[column, run] & coverage.seen[column, run] == ALL_BITS:
                    continue
                low, high = max(begin - at, 0), min(end - at, RUN)
                near_here, index_here = _run_of(near, index, column, run)
                p, p_step = _face(spans, row, 0, column, at)
                q, q_step = _face(spans, row, 1, column, at)
                r, r_step = _face(spans, row, 2, column, at)
                seen = 0
                for step in range(RUN):
                    one = p + p_step * np.float32(step)
                    two = q + q_step * np.float32(step)
                    three = r + r_step * np.float32(step)
                    new = one if one < two else two
                    new = new if new < three else three
                    mine = (index_here[step] >= own[0]) & (index_here[step] < own[1])
                    shown = (new > near_here[step]) | mine
                    seen |= (1 << step) if shown else 0
                whole = (1 << high) - (1 << low)
                coverage.whole[column, run] |= np.uint16(whole)
                coverage.seen[column, run] |= np.uint16(whole & seen)
