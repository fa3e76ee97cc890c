"""Bodies in the picture of any lens and shutter: each pixel's own ray against planes.

Nothing is projected, so nothing is approximated or lost: the lens only says which ray a pixel has,
and the shutter where the camera is for its line. Cones around tiles of rays tell early what a body
can't touch, and what it covers wholly; pixels are asked one by one only along its outline.

# HOT: bench/projection/raster_view.py
"""

import numpy as np

from projection.arrays import Float32Array, Int32Array
from projection.raster.bare import bare_compiled, bare_inlined
from projection.raster.bits import ALL_BITS, Coverage, empty_coverage, touch
from projection.raster.bodies import Bodies, bodies_of
from projection.raster.layers import PixelScale
from projection.raster.poses import Lines, line_poses
from projection.raster.rays import BLOCK, RUN, STRIP, RayTable, ray_table
from projection.raster.strips import (
    AXIS,
    BLOCK_RUNS,
    MISSED,
    PLANE,
    VECTOR,
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
        self.shape = self.size[0], self._table.rays.shape[2]
        self._origin = view.origin_m
        self._lines = line_poses(view, self.size[0], by_rows=self.by_rows)
        self._tiles = self._table.blocks, self._table.runs
        self._memory = scratch(max(self._tiles[0].shape[2], self._tiles[1].shape[2]))

    def prepare(self, triangles: Triangles) -> Bodies:
        """Bodies that may be in the picture; the triangles are in the order of their owners."""
        return bodies_of(triangles, self._origin, self._lines, self._table.root)

    def draw(self, bodies: Bodies, near: Float32Array, index: Int32Array) -> None:
        """Draw all bodies into (lines, length) buffers where they are nearer."""
        nothing = empty_coverage()
        self._paint(bodies, (0, len(bodies.owners)), (near, index, (0, 0)), nothing)

    def stamp(
        self,
        bodies: Bodies,
        part: tuple[int, int],
        scene: tuple[Float32Array, Int32Array, tuple[int, int]],
        coverage: Coverage,
    ) -> None:
        """Mark which pixels bodies ``part`` of one owner cover."""
        self._paint(bodies, part, scene, coverage)

    def _paint(
        self,
        bodies: Bodies,
        part: tuple[int, int],
        scene: tuple[Float32Array, Int32Array, tuple[int, int]],
        coverage: Coverage,
    ) -> None:
        near, index, own = scene
        buffers = self._table.rays, near, index
        _paint(bodies, part, self._lines, self._tiles, buffers, own, coverage, self._memory)

    @property
    def scale(self) -> PixelScale:
        """Distances are ranges."""
        one = np.ones(self.size[0], dtype=np.float32)
        return PixelScale(self._table.rays[2], one, np.zeros(self.size[1], dtype=np.float32))


#: Tables of the tiles: blocks, and runs of strips.
Tiles = tuple[Float32Array, Float32Array]
#: Rays, and the two buffers that are written.
_Buffers = tuple[Float32Array, Float32Array, Int32Array]


@bare_compiled
def _paint(  # noqa: C901, PLR0912, PLR0913, PLR0917  what is drawn, level by level
    bodies: Bodies,
    part: tuple[int, int],
    lines: Lines,
    tiles: Tiles,
    buffers: _Buffers,
    own: tuple[int, int],
    coverage: Coverage,
    memory: Scratch,
) -> None:
    """Draw bodies into the buffers or, where a coverage has lines, stamp them into that."""
    blocks, runs = tiles
    count = buffers[1].shape[0]
    stamps = len(coverage.whole) > 0
    for body in range(part[0], part[1]):
        edges = bodies.counts[body, 1]
        across = 0, blocks.shape[2]
        if not lines.rolling:
            strip_planes(bodies, body, lines, 0, memory)
        for block in range(blocks.shape[1]):
            for entry in range(4):
                memory.cap[entry] = bodies.caps[body, entry]
            if not row_meets(blocks, block, across, memory.cap):
                continue
            # Of what is small the cone says enough.
            asked = edges if memory.cap[3] > _SMALL else 0
            if lines.rolling:
                block_cap(bodies, body, lines, block, count, memory)
                if asked:
                    block_planes(bodies, body, lines, block, count, memory)
            begin, end = sweep((blocks, block), across, asked, memory)
            if begin == end:
                continue
            within = begin * BLOCK_RUNS, min(end * BLOCK_RUNS, runs.shape[2])
            for strip in range(block * _STRIPS, min((block + 1) * _STRIPS, runs.shape[1])):
                if not row_meets(runs, strip, within, memory.cap):
                    continue
                if lines.rolling:
                    strip_planes(bodies, body, lines, strip, memory)
                touched = sweep((runs, strip), within, edges, memory)
                if touched[0] == touched[1]:
                    continue
                part_lines = strip * STRIP, min((strip + 1) * STRIP, count)
                place = part_lines[0], part_lines[1], lines.rolling
                if stamps:
                    touch(coverage.touched, part_lines, touched)
                if stamps and edges > 3:
                    _stamp_box(place, touched, own, memory, buffers, coverage)
                elif stamps:
                    _stamp_triangle(place, touched, own, memory, buffers, coverage)
                elif edges > 3:
                    _draw_box(np.int32(body), place, touched, memory, buffers)
                else:
                    _draw_triangle(np.int32(body), place, touched, memory, buffers)


#: A strip's lines, first and after the last; and whether each has planes of its own.
_Place = tuple[int, int, bool]


@bare_inlined
def _draw_triangle(
    number: np.int32,
    place: _Place,
    touched: tuple[int, int],
    memory: Scratch,
    buffers: _Buffers,
) -> None:
    """Draw a body of three edges and one face into the runs of a strip."""
    planes, faces = memory.planes, memory.faces
    for line in range(place[0], place[1]):
        at = line - place[0] if place[2] else 0
        ax, ay, az, aw = plane_of(planes, 0, at)
        bx, by, bz, bw = plane_of(planes, 1, at)
        cx, cy, cz, cw = plane_of(planes, 2, at)
        nx, ny, nz = face_of(faces, 0, at)
        for run in range(touched[0], touched[1]):
            state = memory.state[run]
            if state == MISSED:
                continue
            xs, ys, zs, near, index = run_of(buffers, line, run)
            if state == WHOLLY:
                # A length that the compiler knows: one wide vector, nothing left over.
                for step in range(RUN):
                    new = xs[step] * nx + ys[step] * ny + zs[step] * nz
                    closer = new > near[step]
                    near[step] = new if closer else near[step]
                    index[step] = number if closer else index[step]
                continue
            for step in range(RUN):
                x, y, z = xs[step], ys[step], zs[step]
                new = x * nx + y * ny + z * nz
                closer = (
                    (x * ax + y * ay + z * az >= aw)
                    & (x * bx + y * by + z * bz >= bw)
                    & (x * cx + y * cy + z * cz >= cw)
                    & (new > near[step])
                )
                near[step] = new if closer else near[step]
                index[step] = number if closer else index[step]


@bare_inlined
def _draw_box(
    number: np.int32,
    place: _Place,
    touched: tuple[int, int],
    memory: Scratch,
    buffers: _Buffers,
) -> None:
    """Draw a body of up to six edges and three faces into the runs of a strip."""
    planes, faces = memory.planes, memory.faces
    for line in range(place[0], place[1]):
        at = line - place[0] if place[2] else 0
        ax, ay, az, aw = plane_of(planes, 0, at)
        bx, by, bz, bw = plane_of(planes, 1, at)
        cx, cy, cz, cw = plane_of(planes, 2, at)
        dx, dy, dz, dw = plane_of(planes, 3, at)
        ex, ey, ez, ew = plane_of(planes, 4, at)
        fx, fy, fz, fw = plane_of(planes, 5, at)
        px, py, pz = face_of(faces, 0, at)
        qx, qy, qz = face_of(faces, 1, at)
        rx, ry, rz = face_of(faces, 2, at)
        for run in range(touched[0], touched[1]):
            state = memory.state[run]
            if state == MISSED:
                continue
            xs, ys, zs, near, index = run_of(buffers, line, run)
            if state == WHOLLY:
                for step in range(RUN):
                    x, y, z = xs[step], ys[step], zs[step]
                    one = x * px + y * py + z * pz
                    two = x * qx + y * qy + z * qz
                    three = x * rx + y * ry + z * rz
                    new = one if one < two else two
                    new = new if new < three else three
                    closer = new > near[step]
                    near[step] = new if closer else near[step]
                    index[step] = number if closer else index[step]
                continue
            for step in range(RUN):
                x, y, z = xs[step], ys[step], zs[step]
                one = x * px + y * py + z * pz
                two = x * qx + y * qy + z * qz
                three = x * rx + y * ry + z * rz
                new = one if one < two else two
                new = new if new < three else three
                closer = (
                    (x * ax + y * ay + z * az >= aw)
                    & (x * bx + y * by + z * bz >= bw)
                    & (x * cx + y * cy + z * cz >= cw)
                    & (x * dx + y * dy + z * dz >= dw)
                    & (x * ex + y * ey + z * ez >= ew)
                    & (x * fx + y * fy + z * fz >= fw)
                    & (new > near[step])
                )
                near[step] = new if closer else near[step]
                index[step] = number if closer else index[step]


@bare_inlined
def _stamp_triangle(
    place: _Place,
    touched: tuple[int, int],
    own: tuple[int, int],
    memory: Scratch,
    buffers: _Buffers,
    coverage: Coverage,
) -> None:
    """Mark which pixels of a strip's runs a body of three edges and one face covers."""
    planes, faces = memory.planes, memory.faces
    mine, after = np.int32(own[0]), np.int32(own[1])
    nothing = np.float32(0.0)
    for line in range(place[0], place[1]):
        at = line - place[0] if place[2] else 0
        ax, ay, az, aw = plane_of(planes, 0, at)
        bx, by, bz, bw = plane_of(planes, 1, at)
        cx, cy, cz, cw = plane_of(planes, 2, at)
        nx, ny, nz = face_of(faces, 0, at)
        for run in range(touched[0], touched[1]):
            state = memory.state[run]
            if state == MISSED:
                continue
            xs, ys, zs, near, index = run_of(buffers, line, run)
            whole, seen = 0, 0
            if state == WHOLLY:
                whole = ALL_BITS
                for step in range(RUN):
                    new = xs[step] * nx + ys[step] * ny + zs[step] * nz
                    shown = (new > near[step]) | ((index[step] >= mine) & (index[step] < after))
                    seen |= (1 << step) if shown else 0
            else:
                for step in range(RUN):
                    x, y, z = xs[step], ys[step], zs[step]
                    new = x * nx + y * ny + z * nz
                    inside = (
                        (x * ax + y * ay + z * az >= aw)
                        & (x * bx + y * by + z * bz >= bw)
                        & (x * cx + y * cy + z * cz >= cw)
                        & (new > nothing)
                    )
                    shown = (new > near[step]) | ((index[step] >= mine) & (index[step] < after))
                    whole |= (1 << step) if inside else 0
                    seen |= (1 << step) if inside & shown else 0
            coverage.whole[line, run] |= np.uint16(whole)
            coverage.seen[line, run] |= np.uint16(seen)


@bare_inlined
def _stamp_box(  # noqa: PLR0915  every value has a name: each is a register
    place: _Place,
    touched: tuple[int, int],
    own: tuple[int, int],
    memory: Scratch,
    buffers: _Buffers,
    coverage: Coverage,
) -> None:
    """Mark which pixels of a strip's runs a body of up to six edges and three faces covers."""
    planes, faces = memory.planes, memory.faces
    mine, after = np.int32(own[0]), np.int32(own[1])
    nothing = np.float32(0.0)
    for line in range(place[0], place[1]):
        at = line - place[0] if place[2] else 0
        ax, ay, az, aw = plane_of(planes, 0, at)
        bx, by, bz, bw = plane_of(planes, 1, at)
        cx, cy, cz, cw = plane_of(planes, 2, at)
        dx, dy, dz, dw = plane_of(planes, 3, at)
        ex, ey, ez, ew = plane_of(planes, 4, at)
        fx, fy, fz, fw = plane_of(planes, 5, at)
        px, py, pz = face_of(faces, 0, at)
        qx, qy, qz = face_of(faces, 1, at)
        rx, ry, rz = face_of(faces, 2, at)
        for run in range(touched[0], touched[1]):
            state = memory.state[run]
            if state == MISSED:
                continue
            xs, ys, zs, near, index = run_of(buffers, line, run)
            whole, seen = 0, 0
            if state == WHOLLY:
                whole = ALL_BITS
                for step in range(RUN):
                    x, y, z = xs[step], ys[step], zs[step]
                    one = x * px + y * py + z * pz
                    two = x * qx + y * qy + z * qz
                    three = x * rx + y * ry + z * rz
                    new = one if one < two else two
                    new = new if new < three else three
                    shown = (new > near[step]) | ((index[step] >= mine) & (index[step] < after))
                    seen |= (1 << step) if shown else 0
            else:
                for step in range(RUN):
                    x, y, z = xs[step], ys[step], zs[step]
                    one = x * px + y * py + z * pz
                    two = x * qx + y * qy + z * qz
                    three = x * rx + y * ry + z * rz
                    new = one if one < two else two
                    new = new if new < three else three
                    inside = (
                        (x * ax + y * ay + z * az >= aw)
                        & (x * bx + y * by + z * bz >= bw)
                        & (x * cx + y * cy + z * cz >= cw)
                        & (x * dx + y * dy + z * dz >= dw)
                        & (x * ex + y * ey + z * ez >= ew)
                        & (x * fx + y * fy + z * fz >= fw)
                        & (new > nothing)
                    )
                    shown = (new > near[step]) | ((index[step] >= mine) & (index[step] < after))
                    whole |= (1 << step) if inside else 0
                    seen |= (1 << step) if inside & shown else 0
            coverage.whole[line, run] |= np.uint16(whole)
            coverage.seen[line, run] |= np.uint16(seen)


@bare_inlined
def plane_of(planes: Float32Array, edge: int, own: int) -> tuple[float, float, float, float]:
    """A plane of ``Scratch.planes`` at one line: normal, and least product inside."""
    at = edge * PLANE + own
    return planes[at], planes[at + AXIS], planes[at + 2 * AXIS], planes[at + 3 * AXIS]


@bare_inlined
def face_of(faces: Float32Array, face: int, own: int) -> tuple[float, float, float]:
    """A face of ``Scratch.faces`` at one line."""
    at = face * VECTOR + own
    return faces[at], faces[at + AXIS], faces[at + 2 * AXIS]


@bare_inlined
def run_of(
    buffers: _Buffers, line: int, run: int
) -> tuple[Float32Array, Float32Array, Float32Array, Float32Array, Int32Array]:
    """A run's rays, x, y and z, and its part of the two other buffers."""
    rays, near, index = buffers
    begin, end = run * RUN, (run + 1) * RUN
    return (
        rays[0, line, begin:end],
        rays[1, line, begin:end],
        rays[2, line, begin:end],
        near[line, begin:end],
        index[line, begin:end],
    )
