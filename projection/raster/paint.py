"""Bodies in the picture of any lens and shutter: each pixel's own ray against planes.

Nothing is projected, so nothing is approximated or lost: the lens only says which ray a pixel has,
and the shutter where the camera is for its line. Cones around tiles of rays tell early what a body
can't touch, and what it covers wholly; pixels are asked one by one only along its outline.

# HOT: bench/projection/raster_view.py
"""

import numpy as np

from projection.arrays import Float32Array, Int32Array, Int64Array
from projection.raster.bare import bare_compiled, bare_inlined
from projection.raster.bits import WORD, Coverage, empty_coverage, touch
from projection.raster.bodies import Bodies, bodies_of
from projection.raster.layers import PixelScale
from projection.raster.poses import Lines, line_poses
from projection.raster.rays import (
    AREA,
    BLOCK,
    RUN,
    STRIP,
    RayTable,
    ray_table,
)
from projection.raster.stock import Stock, has_room, take_stock
from projection.raster.strips import (
    BLOCK_RUNS,
    MISSED,
    WHOLLY,
    Scratch,
    block_cap,
    block_planes,
    row_meets,
    scratch,
    strip_planes,
    sweep,
)
from projection.raster.tessellate import Triangles
from projection.raster.tiles import (
    Buffers,
    Own,
    crossing_edges,
    draw_tile,
    is_settled,
    recall,
    stamp_tile,
)
from projection.raster.visits import NO_VISITS, Known, Visits
from projection.view import View

_BY_COLUMNS = ("left_to_right", "right_to_left")
_STRIPS = BLOCK // STRIP
#: Reach of a cone, as a chord, that is about a block's.
_SMALL = 0.03


class RayPainter:
    """Draws into any picture; lines are the shutter's, or columns."""

    def __init__(self, view: View) -> None:
        camera = view.camera
        self.by_rows = view.shutter.is_rolling and view.shutter.direction not in _BY_COLUMNS
        picture = camera.width, camera.height
        self.size = (picture[1], picture[0]) if self.by_rows else picture
        self._table: RayTable = ray_table(camera, by_rows=self.by_rows)
        self.rays, self.root = self._table.rays, self._table.root
        self.shape = self.size[0], self.rays.shape[1] * RUN
        self._origin = view.origin_m
        self._lines = line_poses(view, self.size[0], by_rows=self.by_rows)
        self.tiles = self._table.areas, self._table.blocks, self._table.runs
        self.scratch = scratch(max(table.shape[2] for table in self.tiles))

    def prepare(self, triangles: Triangles) -> Bodies:
        """Bodies that may be in the picture; the triangles are in the order of their owners."""
        return bodies_of(triangles, self._origin, self._lines, self.root)

    def draw(
        self,
        bodies: Bodies,
        near: Float32Array,
        index: Int32Array,
        drawn: Int64Array,
        visits: Visits | None = None,
    ) -> None:
        """Draw all bodies into buffers of tiles where they are nearer, and keep visits."""
        buffers, part = (self.rays, near, index), (0, len(bodies.owners))
        lines, nothing = (self._lines, self.size[0]), empty_coverage(drawn)
        own = np.int32(0), np.int32(0), False
        paint_bodies(
            bodies, part, *lines, self.tiles, buffers, own, nothing, self.scratch,
            visits or NO_VISITS,
        )  # fmt: skip

    def stamp(
        self,
        bodies: Bodies,
        labels: Int32Array,
        scene: tuple[Float32Array, Int32Array],
        coverage: Coverage,
        stock: Stock,
        first: int,
        known: Known | None = None,
    ) -> int:
        """Find which pixels labels cover, and which of these nothing hides, one after the other."""
        buffers = self.rays, *scene
        lines = self._lines, self.size[0]
        height = self.size[0] if self.by_rows else self.size[1]
        done: int = stamp_rays(
            bodies, labels, *lines, self.tiles, buffers, coverage, self.scratch, height, stock,
            first, known or (NO_VISITS, bodies),
        )  # fmt: skip
        return done

    @property
    def scale(self) -> PixelScale:
        """Distances are ranges."""
        one = np.ones(self.size[0], dtype=np.float32)
        return PixelScale(self.rays[:, :, 2], one, np.zeros(self.size[1], dtype=np.float32))


#: Tables of the tiles: areas of blocks, blocks, and runs of strips.
Tiles = tuple[Float32Array, Float32Array, Float32Array]


@bare_compiled
def paint_bodies(  # noqa: C901, PLR0912, PLR0913, PLR0917  what is drawn, level by level
    bodies: Bodies,
    part: tuple[int, int],
    lines: Lines,
    count: int,
    tiles: Tiles,
    buffers: Buffers,
    own: Own,
    coverage: Coverage,
    memory: Scratch,
    visits: Visits,
) -> None:
    """Draw bodies into the buffers or, where a coverage has lines, stamp them into that."""
    areas, blocks, runs = tiles
    for body in range(part[0], part[1]):
        edges = (1 << bodies.counts[body, 1]) - 1
        across = 0, blocks.shape[2]
        if not lines.rolling:
            strip_planes(bodies, body, lines, 0, edges, memory)
        meets = False
        for block in range(blocks.shape[1]):
            for entry in range(4):
                memory.cap[entry] = bodies.caps[body, entry]
            if block % AREA == 0:
                meets = row_meets(areas, block // AREA, (0, areas.shape[2]), memory)
            if not (meets and row_meets(blocks, block, across, memory)):
                continue
            # Of what is small the cone says enough.
            is_small = memory.cap[3] <= _SMALL
            asked = 0 if is_small else edges
            if lines.rolling:
                block_cap(bodies, body, lines, block, count, memory)
                if not is_small:
                    block_planes(bodies, body, lines, block, count, memory)
            around = memory.block if lines.rolling else memory.middle
            begin, end, crossing = sweep((blocks, block), across, asked, around, memory)
            if begin == end:
                continue
            # Edges that hold all of these blocks hold all of their strips.
            asked = edges if is_small else crossing
            within = begin * BLOCK_RUNS, min(end * BLOCK_RUNS, runs.shape[2])
            for strip in range(block * _STRIPS, min((block + 1) * _STRIPS, runs.shape[1])):
                first, last, crossing = within[0], within[1], asked
                if lines.rolling:
                    if not row_meets(runs, strip, within, memory):
                        continue
                    if not is_small:
                        first, last, crossing = sweep(
                            (runs, strip), within, asked, memory.block, memory
                        )
                        if first == last:
                            continue
                    strip_planes(bodies, body, lines, strip, crossing, memory)
                first, last, _ = sweep(
                    (runs, strip), (first, last), crossing, memory.middle, memory
                )
                if first < last:
                    place = strip, first, last, lines.rolling
                    _paint_tiles(body, bodies, place, buffers, own, coverage, memory, visits)


@bare_compiled
def stamp_rays(  # noqa: PLR0913, PLR0917  what is stamped, and where all of it goes
    bodies: Bodies,
    labels: Int32Array,
    lines: Lines,
    count: int,
    tiles: Tiles,
    buffers: Buffers,
    coverage: Coverage,
    memory: Scratch,
    height: int,
    stock: Stock,
    first: int,
    known: Known,
) -> int:
    """Stamp labels, see ``Painter.stamp``."""
    visits, drawn = known
    for row in range(first, len(labels)):
        if not has_room(stock):
            return row
        part, visited = (labels[row, 0], labels[row, 1]), (labels[row, 5], labels[row, 6])
        own = labels[row, 2], labels[row, 3], labels[row, 4] != 0
        if visited[0] < visited[1]:
            recall(visits, visited, drawn, lines, own, memory, buffers, coverage)
        elif part[0] < part[1]:
            paint_bodies(bodies, part, lines, count, tiles, buffers, own, coverage, memory, visits)
        else:
            continue
        take_stock(coverage, buffers[2], height, row, stock)
    return len(labels)


@bare_inlined
def _paint_tiles(  # noqa: PLR0913, PLR0917  what is drawn or stamped, and where
    body: int,
    bodies: Bodies,
    place: tuple[int, int, int, bool],
    buffers: Buffers,
    own: Own,
    coverage: Coverage,
    memory: Scratch,
    visits: Visits,
) -> None:
    """Draw or stamp a body into some tiles of a strip: strip, first run, after the last."""
    strip, begin, end, rolling = place
    stamps = len(coverage.whole) > 0
    touch(coverage.touched, strip * STRIP // WORD, begin, end)
    for run in range(begin, end):
        state = memory.state[run]
        if state == MISSED:
            continue
        if stamps and is_settled(strip, run, own, buffers[2], coverage):
            continue
        crossing = crossing_edges(state, memory) if state != WHOLLY else 0
        at = strip, run, rolling
        if stamps:
            stamp_tile(body, bodies, at, crossing, own, memory, buffers, coverage)
        else:
            draw_tile(np.int32(body), bodies, at, crossing, memory, buffers, visits)
