"""Bodies in a pinhole's picture: straight edges, so one span of pixels in every column.

# HOT: bench/projection/raster_view.py
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from projection.arrays import Float32Array, Float64Array, Int32Array, Int64Array, UInt8Array
from projection.cameras.pinhole import Pinhole
from projection.kernels.compiled import compiled
from projection.kernels.lanes import (
    EIGHT,
    Lanes,
    all8,
    all16,
    all16_i32,
    bits_of,
    choose,
    load16,
    mask16,
    round_down,
    round_up,
    steps8,
    steps16,
    store,
    whole_of,
)
from projection.raster.bare import bare_compiled, bare_inlined
from projection.raster.bits import WORD, Coverage, touch
from projection.raster.bodies import Bodies, bodies_of
from projection.raster.layers import PixelScale
from projection.raster.poses import Lines, line_poses
from projection.raster.rays import RUN, STRIP, tile_counts
from projection.raster.shapes import MOST_EDGES, MOST_FACES
from projection.raster.stock import Stock, has_room, take_stock
from projection.raster.strips import ALL_EDGES, AXIS, VECTOR, Scratch, move, outline_planes, scratch
from projection.raster.tessellate import Triangles
from projection.raster.visits import Known, Visits
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
        found: (16,) see ``_spans_of``.
    """

    bounds: Float64Array
    kinds: UInt8Array
    inverse: Float64Array
    columns: Int32Array
    found: Int32Array


@lru_cache(maxsize=256)
def picture_cone(
    fx: float, fy: float, cx: float, cy: float, width: int, height: int
) -> Float64Array:
    """(4,) a cone that holds all rays: that of the corners' does, below a right angle."""
    corners = np.array(
        [[(u - cx) / fx, (v - cy) / fy, 1.0] for u in (0, width - 1) for v in (0, height - 1)]
    )
    corners /= np.linalg.norm(corners, axis=1, keepdims=True)
    axis = corners.mean(axis=0)
    axis /= np.linalg.norm(axis)
    reach = np.linalg.norm(corners - axis, axis=1).max() + _CONE_SLACK
    return np.array([*axis, reach if reach < math.sqrt(2.0) - 1e-3 else 2.0])


@compiled
def empty_spans(count: int) -> Spans:
    """Room for the spans of so many bodies, none of which is seen yet."""
    return Spans(
        np.zeros((count, MOST_EDGES, 2)),
        np.full((count, MOST_EDGES), np.uint8(_NO_BOUND), dtype=np.uint8),
        np.zeros((count, MOST_FACES, 3)),
        np.zeros((count, 2), dtype=np.int32),
        np.empty(2 * EIGHT, dtype=np.int32),
    )


class PinholePainter:
    """Draws into a pinhole's picture with a global shutter; lines are columns."""

    def __init__(self, view: View, lens: Pinhole) -> None:
        camera = view.camera
        self.size = camera.width, camera.height
        self.shape = self.size[0], tile_counts(self.size)[1] * RUN
        self.by_rows = False
        self._origin = view.origin_m
        self._lines: Lines = line_poses(view, self.size[0], by_rows=False)
        self.intrinsics = np.array([lens.fx, lens.fy, lens.cx, lens.cy])
        self.root = picture_cone(*self.intrinsics.tolist(), *self.size)
        self.scratch = scratch(1)

    def prepare(self, triangles: Triangles) -> Bodies:
        """Bodies that may be in the picture; the triangles are in the order of their owners."""
        return bodies_of(triangles, self._origin, self._lines, self.root)

    def draw(
        self,
        bodies: Bodies,
        near: Float32Array,
        index: Int32Array,
        drawn: Int64Array,
        _visits: Visits | None = None,
    ) -> None:
        """Draw all bodies into buffers of tiles where they are nearer."""
        draw_spans(bodies, self._spans(bodies), self.size[1], near, index, drawn)

    def stamp(
        self,
        bodies: Bodies,
        labels: Int32Array,
        scene: tuple[Float32Array, Int32Array],
        coverage: Coverage,
        stock: Stock,
        first: int,
        _known: Known | None = None,
    ) -> int:
        """Find which pixels labels cover, and which of these nothing hides, one after the other."""
        spans = self._spans(bodies)
        done: int = stamp_spans(bodies, labels, spans, self.size[1], scene, coverage, stock, first)
        return done

    def _spans(self, bodies: Bodies) -> Spans:
        count = len(bodies.owners)
        spans = empty_spans(count)
        write_spans(bodies, self._lines, self.intrinsics, self.size[0], self.scratch, spans)
        return spans

    @property
    def scale(self) -> PixelScale:
        """Distances are depths."""
        fx, fy, cx, cy = self.intrinsics
        x = (np.arange(self.size[0]) - cx) / fx
        y = (np.arange(self.size[1]) - cy) / fy
        nothing = np.empty((0, 0, 0), dtype=np.float32)
        return PixelScale(nothing, (x * x).astype(np.float32), (y * y + 1.0).astype(np.float32))


@bare_compiled
def write_spans(  # noqa: PLR0912  an edge may begin spans, end them, or bound columns
    bodies: Bodies,
    lines: Lines,
    intrinsics: Float64Array,
    width: int,
    memory: Scratch,
    spans: Spans,
) -> None:
    """Make bodies ready for a picture ``width`` columns wide."""
    fx, fy, cx, cy = intrinsics[0], intrinsics[1], intrinsics[2], intrinsics[3]
    for body in range(len(spans.columns)):
        move(bodies, body, lines.strips[0], memory)
        outline_planes(bodies, body, ALL_EDGES, memory)
        if memory.side[0] == 0.0:
            continue
        for face in range(bodies.counts[body, 2]):
            a = memory.inverse[face * VECTOR] / fx
            b = memory.inverse[face * VECTOR + AXIS] / fy
            c = memory.inverse[face * VECTOR + 2 * AXIS] - (a * cx + b * cy)
            nearer = bodies.nearer[body]
            spans.inverse[body, face, 0] = a * nearer
            spans.inverse[body, face, 1] = b * nearer
            spans.inverse[body, face, 2] = c * nearer
        first, last = _columns(bodies, body, memory, fx, cx, width)
        for edge in range(bodies.counts[body, 1]):
            x = memory.normals[edge * VECTOR]
            y = memory.normals[edge * VECTOR + AXIS]
            z = memory.normals[edge * VECTOR + 2 * AXIS]
            a, b = x / fx, y / fy
            c = z - a * cx - b * cy
            slope, start = -a / b, -c / b
            if math.isfinite(slope) and math.isfinite(start):
                spans.bounds[body, edge, 0], spans.bounds[body, edge, 1] = slope, start
                # Pixels exactly on an edge belong to the side of this normal: top and left.
                owns = x > 0.0 or (x == 0.0 and y > 0.0)
                if y > 0.0:
                    spans.kinds[body, edge] = _BEGINS_ON if owns else _BEGINS_AFTER
                else:
                    spans.kinds[body, edge] = _ENDS_ON if owns else _ENDS_BEFORE
            elif a != 0.0:
                crossing = min(max(-c / a, -1.0), width + 1.0)
                if a > 0.0:
                    first = max(first, math.ceil(crossing))
                else:
                    last = min(last, math.ceil(crossing))
            elif c < 0.0:
                last = first
        spans.columns[body, 0], spans.columns[body, 1] = first, max(first, last)


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


@bare_inlined
def _spans_of(spans: Spans, row: int, edges: int, column: int, height: int) -> None:
    """Write the pixels of eight columns that a body covers to ``spans.found``.

    Columns are counted from ``column``. The first eight numbers are the first pixels, the others
    those after the last; where there is none, the first aren't less.
    """
    columns = all8(np.float64(column)) + steps8()
    zero, low, high = all8(0.0), all8(-1.0), all8(np.float64(height))
    begin, end = zero, high
    for edge in range(edges):
        kind = spans.kinds[row, edge]
        slope, start = all8(spans.bounds[row, edge, 0]), all8(spans.bounds[row, edge, 1])
        crossing = slope * columns + start
        crossing = choose(crossing < low, low, choose(crossing < high, crossing, high))
        if kind == _BEGINS_ON:
            begin = _more(begin, round_up(crossing))
        elif kind == _BEGINS_AFTER:
            begin = _more(begin, round_down(crossing) + all8(1.0))
        elif kind == _ENDS_BEFORE:
            end = _less(end, round_up(crossing))
        elif kind == _ENDS_ON:
            end = _less(end, round_down(crossing) + all8(1.0))
    store(spans.found, 0, whole_of(begin))
    store(spans.found, EIGHT, whole_of(end))


@bare_inlined
def _more(a: Lanes, b: Lanes) -> Lanes:
    return choose(a > b, a, b)


@bare_inlined
def _less(a: Lanes, b: Lanes) -> Lanes:
    return choose(a < b, a, b)


@bare_inlined
def _faces(spans: Spans, row: int, faces: tuple[int, bool], column: int, begin: int) -> Lanes:
    """1/depth of a body at the pixels of a run, if it covers them.

    Args:
        spans: Of all bodies.
        row: The body.
        faces: How many it has, and whether it is a valley.
        column: The run's.
        begin: Its first pixel.
    """
    new = _face(spans, row, 0, column, begin)
    for face in range(1, faces[0]):
        other = _face(spans, row, face, column, begin)
        new = _more(new, other) if faces[1] else _less(new, other)
    return new


@bare_inlined
def _face(spans: Spans, row: int, face: int, column: int, begin: int) -> Lanes:
    a, b, c = spans.inverse[row, face, 0], spans.inverse[row, face, 1], spans.inverse[row, face, 2]
    return all16(np.float32(a * column + b * begin + c)) + all16(np.float32(b)) * steps16()


@bare_inlined
def _bits_between(begin: int, end: int, at: int) -> int:
    """One bit for each pixel of a run, from ``at`` on, that is one of ``begin`` to ``end``."""
    low, high = max(begin - at, 0), min(end - at, RUN)
    return (1 << high) - (1 << low)


@bare_compiled
def draw_spans(
    bodies: Bodies,
    spans: Spans,
    height: int,
    near: Float32Array,
    index: Int32Array,
    drawn: Int64Array,
) -> None:
    """Draw bodies where they are nearer, see ``Painter.draw``."""
    for row in range(len(spans.columns)):
        numbers = all16_i32(np.int32(row))
        edges = bodies.counts[row, 1]
        faces = bodies.counts[row, 2], bodies.hollow[row] != 0
        first, last = spans.columns[row, 0], spans.columns[row, 1]
        for group in range(first, last, EIGHT):
            _spans_of(spans, row, edges, group, height)
            for column in range(group, min(group + EIGHT, last)):
                begin = spans.found[column - group]
                end = spans.found[EIGHT + column - group]
                if begin >= end:
                    continue
                strip, line = column // STRIP, column % STRIP * RUN
                runs = begin // RUN, (end - 1) // RUN + 1
                touch(drawn, column // WORD, runs[0], runs[1])
                for run in range(runs[0], runs[1]):
                    at = run * RUN
                    near_here, index_here = near[strip, run], index[strip, run]
                    new, old = _faces(spans, row, faces, column, at), load16(near_here, line)
                    closer = (new > old) & mask16(_bits_between(begin, end, at))
                    if bits_of(closer) != 0:
                        store(near_here, line, choose(closer, new, old))
                        store(index_here, line, choose(closer, numbers, load16(index_here, line)))


@bare_compiled
def stamp_spans(  # noqa: PLR0913, PLR0917  what is stamped, and where all of it goes
    bodies: Bodies,
    labels: Int32Array,
    spans: Spans,
    height: int,
    scene: tuple[Float32Array, Int32Array],
    coverage: Coverage,
    stock: Stock,
    first: int,
) -> int:
    """Stamp labels, see ``Painter.stamp``."""
    for row in range(first, len(labels)):
        if not has_room(stock):
            return row
        if labels[row, 0] < labels[row, 1]:
            _stamp_one(bodies, labels[row], spans, height, scene, coverage)
            take_stock(coverage, scene[1], height, row, stock)
    return len(labels)


@bare_compiled
def _stamp_one(
    bodies: Bodies,
    label: Int32Array,
    spans: Spans,
    height: int,
    scene: tuple[Float32Array, Int32Array],
    coverage: Coverage,
) -> None:
    near, index = scene
    mine, after = all16_i32(label[2]), all16_i32(label[3])
    for row in range(label[0], label[1]):
        edges = bodies.counts[row, 1]
        faces = bodies.counts[row, 2], bodies.hollow[row] != 0
        first, last = spans.columns[row, 0], spans.columns[row, 1]
        for group in range(first, last, EIGHT):
            _spans_of(spans, row, edges, group, height)
            for column in range(group, min(group + EIGHT, last)):
                begin = spans.found[column - group]
                end = spans.found[EIGHT + column - group]
                if begin >= end:
                    continue
                words = begin // WORD, (end - 1) // WORD + 1
                touch(coverage.touched, column // WORD, words[0], words[1])
                strip, line = column // STRIP, column % STRIP * RUN
                for run in range(words[0], words[1]):
                    at = run * RUN
                    whole = _bits_between(begin, end, at)
                    if coverage.whole[column, run] & coverage.seen[column, run] & whole == whole:
                        continue
                    body = load16(index[strip, run], line)
                    new = _faces(spans, row, faces, column, at)
                    shown = (new > load16(near[strip, run], line)) | (
                        (body >= mine) & (body < after)
                    )
                    coverage.whole[column, run] |= np.uint16(whole)
                    coverage.seen[column, run] |= np.uint16(whole & bits_of(shown))
