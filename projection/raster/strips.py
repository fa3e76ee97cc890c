"""Strips of a picture's lines: the planes of a body's outline there, and which tiles it touches."""

import math
from typing import NamedTuple

import numpy as np

from projection.arrays import Float32Array, Float64Array, Int32Array
from projection.kernels.lanes import (
    Lanes,
    Mask,
    all8,
    all8_f32,
    all16,
    all16_i32,
    bits_of,
    choose,
    largest,
    least,
    load8,
    load16,
    magnitude,
    narrow,
    numbers_of,
    square_root,
    store,
)
from projection.raster.bare import bare_inlined
from projection.raster.bodies import ALL_ROUND, CAP_SLACK, CONVEX, Bodies
from projection.raster.poses import Lines, middle_line
from projection.raster.rays import AXIS_X, AXIS_Y, AXIS_Z, BLOCK, INNER_REACH, LANES, REACH, STRIP
from projection.raster.shapes import EITHER, MOST_CORNERS, MOST_EDGES, MOST_FACES

#: The least a float32 can be above zero: what a pixel must reach that isn't on its own edge.
ABOVE_ZERO = float(np.finfo(np.float32).tiny)
#: Volumes of triangle and camera between these are neither edge on nor beyond all numbers.
_THIN, _VAST = 1e-290, 1e290
#: More than rounding takes, in directions of length one.
_SLACK = 1e-6
#: What a body does to a tile: nothing, or it holds all of it, else one bit for each of its edges
#: that may cross the tile.
MISSED, WHOLLY = -1, 0
#: All edges that a body may have, one bit each.
ALL_EDGES = (1 << MOST_EDGES) - 1
#: Runs of a strip in a block.
BLOCK_RUNS = BLOCK // 16
_FAR = np.float32(9.0)


#: Where the next axis, and the next corner, normal, plane or face begin in ``Scratch``.
AXIS = STRIP
VECTOR, PLANE = 3 * STRIP, 4 * STRIP


class Scratch(NamedTuple):
    """Memory of the kernels; everything is of one body, in one strip of eight lines.

    Attributes:
        moved: (8 * VECTOR,) of each corner x, y, z of eight lines: metres, camera frame.
        normals: (6 * VECTOR,) inner normals of the planes through the camera and each edge.
        inverse: (3 * VECTOR,) of each face: a ray d meets it at distance 1/(d . inverse).
        side: (8,) of each line, -1: the front is seen; 1: the back; 0: it is edge on.
        planes: (7 * PLANE,) the normals, of length one; and the least product with a ray inside.
            The last one holds any ray.
        faces: (3 * VECTOR,) the inverses, times how much nearer they count.
        middle: (6, 4) of each edge: the normal in the strip's middle, and how far the others are.
        block: (6, 4) the same of a block of lines.
        crossing: (6,) the edges that cross a tile, and 6 for none.
        points: (VECTOR,) x, y and z of eight corners.
        cap: (4,) a cone that holds the body, see ``cap_of``.
        state: (tiles,) of each tile of a row, see ``MISSED``.
    """

    moved: Float64Array
    normals: Float64Array
    inverse: Float64Array
    side: Float64Array
    planes: Float32Array
    faces: Float32Array
    middle: Float32Array
    block: Float32Array
    crossing: Int32Array
    points: Float64Array
    cap: Float64Array
    state: Int32Array


def scratch(tiles: int) -> Scratch:
    """Memory for rows of so many tiles."""
    planes = np.zeros((MOST_EDGES + 1) * PLANE, dtype=np.float32)
    planes[-AXIS:] = -1.0
    return Scratch(
        np.empty(MOST_CORNERS * VECTOR),
        np.empty(MOST_EDGES * VECTOR),
        np.empty(MOST_FACES * VECTOR),
        np.empty(STRIP),
        planes,
        np.empty(MOST_FACES * VECTOR, dtype=np.float32),
        np.empty((MOST_EDGES, 4), dtype=np.float32),
        np.empty((MOST_EDGES, 4), dtype=np.float32),
        np.empty(MOST_EDGES, dtype=np.int32),
        np.empty(VECTOR),
        np.empty(4),
        np.empty(tiles, dtype=np.int32),
    )


@bare_inlined
def move(bodies: Bodies, body: int, pose: Float64Array, memory: Scratch) -> None:
    """Write where the cameras of a strip's lines see a body's corners to ``memory.moved``.

    Term by term and without a matrix library: the same corner of two bodies must come out the same
    to the last bit.
    """
    moves = len(bodies.speeds) > 0
    time_s = load8(pose, 12 * AXIS)
    px, py, pz = load8(pose, 9 * AXIS), load8(pose, 10 * AXIS), load8(pose, 11 * AXIS)
    for corner in range(bodies.counts[body, 0]):
        code = bodies.corners[body, corner]
        row, place = code // 3, code % 3
        x = all8(bodies.places[row, place, 0])
        y = all8(bodies.places[row, place, 1])
        z = all8(bodies.places[row, place, 2])
        if moves:
            x = x + all8(bodies.speeds[row, place, 0]) * time_s
            y = y + all8(bodies.speeds[row, place, 1]) * time_s
            z = z + all8(bodies.speeds[row, place, 2]) * time_s
        x, y, z = x - px, y - py, z - pz
        for axis in range(3):
            turn = 3 * axis * AXIS
            turned = load8(pose, turn) * x + load8(pose, turn + AXIS) * y
            turned = turned + load8(pose, turn + 2 * AXIS) * z
            store(memory.moved, corner * VECTOR + axis * AXIS, turned)


_Three = tuple[Lanes, Lanes, Lanes]


@bare_inlined
def _three(values: Float64Array, at: int) -> _Three:
    """A corner, or a normal, of eight lines."""
    return load8(values, at), load8(values, at + AXIS), load8(values, at + 2 * AXIS)


@bare_inlined
def _across(p: _Three, q: _Three) -> _Three:
    """Cross products."""
    return p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]


@bare_inlined
def outline_planes(bodies: Bodies, body: int, asked: int, memory: Scratch) -> None:
    """Write the planes of a body's faces and of the edges asked for, from ``memory.moved``.

    A ray d from the camera meets the body, in front of the camera, exactly where d . normal of all
    edges is zero or more, wherever the body lies. Where a line sees a triangle edge on, all of its
    planes are zero.
    """
    moved = memory.moved
    zero, one = all8(0.0), all8(1.0)
    side = zero
    for face in range(bodies.counts[body, 2]):
        a = _three(moved, bodies.faces[body, face, 0] * VECTOR)
        b = _three(moved, bodies.faces[body, face, 1] * VECTOR)
        c = _three(moved, bodies.faces[body, face, 2] * VECTOR)
        normal = _across(
            (b[0] - a[0], b[1] - a[1], b[2] - a[2]), (c[0] - a[0], c[1] - a[1], c[2] - a[2])
        )
        volume = normal[0] * a[0] + normal[1] * a[1] + normal[2] * a[2]
        size = magnitude(volume)
        there = (size > all8(_THIN)) & (size < all8(_VAST))
        part = choose(there, one / volume, zero)
        store(memory.inverse, face * VECTOR, normal[0] * part)
        store(memory.inverse, face * VECTOR + AXIS, normal[1] * part)
        store(memory.inverse, face * VECTOR + 2 * AXIS, normal[2] * part)
        side = choose(there, choose(volume > zero, one, all8(-1.0)), zero)
    if bodies.sides[body] != EITHER:
        side = all8(-1.0)
    store(memory.side, 0, side)
    for edge in range(bodies.counts[body, 1]):
        if not (asked >> edge) & 1:
            continue
        p = _three(moved, bodies.edges[body, edge, 0] * VECTOR)
        q = _three(moved, bodies.edges[body, edge, 1] * VECTOR)
        # ``edges`` has the sign for a front, where ``side`` is -1.
        sign = all8(-np.float64(bodies.edges[body, edge, 2])) * side
        edge_on = sign == zero
        normal = _across(p, q)
        store(memory.normals, edge * VECTOR, choose(edge_on, zero, sign * normal[0]))
        store(memory.normals, edge * VECTOR + AXIS, choose(edge_on, zero, sign * normal[1]))
        store(memory.normals, edge * VECTOR + 2 * AXIS, choose(edge_on, zero, sign * normal[2]))


@bare_inlined
def unit_planes(bodies: Bodies, body: int, asked: int, memory: Scratch) -> None:
    """Write ``memory.planes`` and ``memory.faces`` from ``normals`` and ``inverse``."""
    zero, one = all8(0.0), all8(1.0)
    on_edge, beyond = all8_f32(0.0), all8_f32(ABOVE_ZERO)
    for edge in range(bodies.counts[body, 1]):
        if not (asked >> edge) & 1:
            continue
        x, y, z = _three(memory.normals, edge * VECTOR)
        length = square_root(x * x + y * y + z * z)
        part = choose(length > zero, one / length, zero)
        at = edge * PLANE
        store(memory.planes, at, narrow(x * part))
        store(memory.planes, at + AXIS, narrow(y * part))
        store(memory.planes, at + 2 * AXIS, narrow(z * part))
        # Pixels exactly on an edge belong to the side of this normal: top and left.
        owns = (x > zero) | ((x == zero) & ((y > zero) | ((y == zero) & (z > zero))))
        store(memory.planes, at + 3 * AXIS, choose(owns, on_edge, beyond))
    nearer = all8(bodies.nearer[body])
    for face in range(bodies.counts[body, 2]):
        x, y, z = _three(memory.inverse, face * VECTOR)
        store(memory.faces, face * VECTOR, narrow(x * nearer))
        store(memory.faces, face * VECTOR + AXIS, narrow(y * nearer))
        store(memory.faces, face * VECTOR + 2 * AXIS, narrow(z * nearer))


@bare_inlined
def strip_planes(
    bodies: Bodies, body: int, lines: Lines, strip: int, asked: int, memory: Scratch
) -> None:
    """Planes of a body in the lines of a strip, and how they differ.

    Args:
        bodies: All of them.
        body: Which one.
        lines: The picture's.
        strip: Which eight of these.
        asked: A bit for each edge whose plane is needed; faces always are.
        memory: Written.
    """
    move(bodies, body, lines.strips[strip], memory)
    outline_planes(bodies, body, asked, memory)
    unit_planes(bodies, body, asked, memory)
    _spread(bodies.counts[body, 1], asked, lines.rolling, memory)


@bare_inlined
def _spread(edges: int, asked: int, rolling: bool, memory: Scratch) -> None:  # noqa: FBT001
    """Write the planes in a strip's middle, and how far the others are from them."""
    half = STRIP // 2
    for edge in range(edges):
        if not (asked >> edge) & 1:
            continue
        at = edge * PLANE
        x, y, z = (
            memory.planes[at + half],
            memory.planes[at + AXIS + half],
            memory.planes[at + 2 * AXIS + half],
        )
        memory.middle[edge, 0], memory.middle[edge, 1], memory.middle[edge, 2] = x, y, z
        far = np.float32(0.0)
        if rolling:
            a = load8(memory.planes, at) - all8_f32(x)
            b = load8(memory.planes, at + AXIS) - all8_f32(y)
            c = load8(memory.planes, at + 2 * AXIS) - all8_f32(z)
            far = largest(a * a + b * b + c * c)
        memory.middle[edge, 3] = math.sqrt(far) + _SLACK


@bare_inlined
def _moves(bodies: Bodies, body: int) -> bool:
    """Whether any corner of a body moves."""
    for corner in range(bodies.counts[body, 0]):
        row, place = bodies.corners[body, corner] // 3, bodies.corners[body, corner] % 3
        for axis in range(3):
            if bodies.speeds[row, place, axis] != 0.0:
                return True
    return False


@bare_inlined
def block_planes(
    bodies: Bodies, body: int, lines: Lines, block: int, count: int, memory: Scratch
) -> None:
    """The planes of a body in the middle of 64 lines, and a bound on how the others differ.

    An edge's plane is corner x edge. Turning the camera turns it; moving camera and corner by at
    most ``step`` changes it by step * |edge|; an edge that itself changes by ``bend`` does so by
    |corner| * bend.
    """
    middle = middle_line(block, BLOCK, count)
    within = middle % STRIP
    move(bodies, body, lines.strips[middle // STRIP], memory)
    outline_planes(bodies, body, ALL_EDGES, memory)
    moved = memory.moved
    turn, way, seconds = lines.spreads[block, 0], lines.spreads[block, 1], lines.spreads[block, 2]
    moves = len(bodies.speeds) > 0 and _moves(bodies, body)
    decided = bodies.sides[body] != EITHER
    if not (decided or moves):
        inverse = memory.inverse
        x, y, z = inverse[within], inverse[AXIS + within], inverse[2 * AXIS + within]
        # Its length is one over the distance of the triangle's plane from the camera. Where the
        # side that is seen may change, planes turn round: they say nothing.
        square = x * x + y * y + z * z
        decided = square > 0.0 and 2.0 * way * math.sqrt(square) < 1.0
    for edge in range(bodies.counts[body, 1]):
        start, end = bodies.edges[body, edge, 0], bodies.edges[body, edge, 1]
        far, side, bend, fastest = 0.0, 0.0, 0.0, 0.0
        for axis in range(3):
            p = moved[start * VECTOR + axis * AXIS + within]
            q = moved[end * VECTOR + axis * AXIS + within]
            far, side = far + p * p, side + (p - q) * (p - q)
        if moves:
            a, b = bodies.corners[body, start], bodies.corners[body, end]
            quick, slow = 0.0, 0.0
            for axis in range(3):
                p, q = bodies.speeds[a // 3, a % 3, axis], bodies.speeds[b // 3, b % 3, axis]
                quick, slow = quick + p * p, slow + q * q
                bend += (p - q) * (p - q)
            fastest = math.sqrt(max(quick, slow))
            bend = math.sqrt(bend) * seconds
        far, side, step = math.sqrt(far), math.sqrt(side), way + fastest * seconds
        normal = memory.normals[edge * VECTOR : (edge + 1) * VECTOR]
        x, y, z = normal[within], normal[AXIS + within], normal[2 * AXIS + within]
        length = math.sqrt(x * x + y * y + z * z)
        part = 1.0 / length if length > 0.0 else 0.0
        memory.block[edge, 0] = x * part
        memory.block[edge, 1] = y * part
        memory.block[edge, 2] = z * part
        slack = (1.0 + turn) * (step * side + (far + step) * bend) * part + turn
        memory.block[edge, 3] = slack + _SLACK if decided and length > 0.0 else _FAR


@bare_inlined
def block_cap(
    bodies: Bodies, body: int, lines: Lines, block: int, count: int, memory: Scratch
) -> None:
    """Write a cone that holds a body in 64 lines to ``memory.cap``."""
    middle = middle_line(block, BLOCK, count)
    pose, own = lines.strips[middle // STRIP], middle % STRIP
    time_s = pose[12 * STRIP + own]
    moves = len(bodies.speeds) > 0
    points = memory.points
    fastest = 0.0
    corners = bodies.counts[body, 0]
    for corner in range(MOST_CORNERS):
        # Those that there aren't are the first once more.
        code = bodies.corners[body, corner if corner < corners else 0]
        row, place = code // 3, code % 3
        x = bodies.places[row, place, 0]
        y = bodies.places[row, place, 1]
        z = bodies.places[row, place, 2]
        if moves:
            vx = bodies.speeds[row, place, 0]
            vy = bodies.speeds[row, place, 1]
            vz = bodies.speeds[row, place, 2]
            x, y, z = x + vx * time_s, y + vy * time_s, z + vz * time_s
            fastest = max(fastest, vx * vx + vy * vy + vz * vz)
        points[corner], points[AXIS + corner], points[2 * AXIS + corner] = x, y, z
    if fastest > 0.0:
        fastest = math.sqrt(fastest)
    room = lines.spreads[block, 1] + fastest * lines.spreads[block, 2]
    x = load8(points, 0) - all8(pose[9 * STRIP + own])
    y = load8(points, AXIS) - all8(pose[10 * STRIP + own])
    z = load8(points, 2 * AXIS) - all8(pose[11 * STRIP + own])
    _cap_of_lanes(_turned(pose, own, (x, y, z)), room, lines.spreads[block, 0], memory.cap)


@bare_inlined
def _turned(pose: Float64Array, own: int, p: _Three) -> _Three:
    """Corners in the camera frame of one line."""
    x, y, z = p
    a = all8(pose[own]) * x + all8(pose[AXIS + own]) * y + all8(pose[2 * AXIS + own]) * z
    b = all8(pose[3 * AXIS + own]) * x + all8(pose[4 * AXIS + own]) * y
    c = all8(pose[6 * AXIS + own]) * x + all8(pose[7 * AXIS + own]) * y
    return a, b + all8(pose[5 * AXIS + own]) * z, c + all8(pose[8 * AXIS + own]) * z


@bare_inlined
def _cap_of_lanes(p: _Three, room_m: float, turn_rad: float, cap: Float64Array) -> None:
    """What ``bodies.cap_of`` does, for eight corners at once."""
    cap[0], cap[1], cap[2], cap[3] = 0.0, 0.0, 0.0, ALL_ROUND
    lengths = square_root(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
    nearest = least(lengths)
    if not nearest > 2.0 * room_m:
        return
    part = all8(1.0) / lengths
    a, b, c = p[0] * part, p[1] * part, p[2] * part
    # The middle of the directions, roughly: any axis will do that the widest is measured from.
    x, y, z = largest(a) + least(a), largest(b) + least(b), largest(c) + least(c)
    length = math.sqrt(x * x + y * y + z * z)
    if not length > 1e-3:
        return
    x, y, z = x / length, y / length, z / length
    cosine = least(a * all8(x) + b * all8(y) + c * all8(z))
    reach = math.sqrt(max(2.0 - 2.0 * cosine, 0.0) + 1e-14)
    reach += 2.0 * room_m / nearest + turn_rad + CAP_SLACK
    if reach < CONVEX:
        cap[0], cap[1], cap[2], cap[3] = x, y, z, reach


@bare_inlined
def sweep(
    tiles: tuple[Float32Array, int],
    part: tuple[int, int],
    asked: int,
    middle: Float32Array,
    memory: Scratch,
) -> tuple[int, int, int]:
    """Write what a body does to some tiles of a row to ``memory.state``, ``LANES`` at a time.

    Args:
        tiles: A table of tiles, and the row.
        part: Which tiles: first, after the last.
        asked: A bit for each of the body's edges that is asked; the others hold all tiles.
        middle: (6, 4) their planes, see ``Scratch.middle``.
        memory: Holds the body's cone; written.

    Returns:
        The tiles that aren't missed: first, after the last; and a bit for each edge that may cross
        any of them.
    """
    table, row = tiles
    cone = _cone_of(memory.cap)
    begin, end, crosses = part[1], part[0], 0
    for at in range(part[0] // LANES * LANES, part[1], LANES):
        lanes = _tiles_of(table, row, at)
        there = _in_cone(lanes, cone)
        if bits_of(there) != 0:
            crossing = all16_i32(np.int32(0))
            for edge in range(MOST_EDGES):
                if not (asked >> edge) & 1:
                    continue
                a, b, c, slack = _plane_of(middle, edge)
                height = lanes[0] * a + lanes[1] * b + lanes[2] * c
                # Not the other way round: nothing is known of what isn't a number.
                there = there & ~(height + slack < all16(0.0) - lanes[3])
                outside = ~(height - slack >= lanes[4])
                crossing = crossing | (numbers_of(outside) & all16_i32(np.int32(1 << edge)))
                if bits_of(outside & there) != 0:
                    crosses |= 1 << edge
            if bits_of(there) != 0:
                begin, end = min(begin, at), at + LANES
            store(memory.state, at, choose(there, crossing, all16_i32(np.int32(MISSED))))
        else:
            store(memory.state, at, all16_i32(np.int32(MISSED)))
    begin, end = max(begin, part[0]), min(end, part[1])
    while begin < end and memory.state[begin] == MISSED:
        begin += 1
    while end > begin and memory.state[end - 1] == MISSED:
        end -= 1
    return begin, end, crosses


#: Of tiles: rays near their middles, x, y and z, and their reaches, outer and inner.
_Tiles = tuple[Lanes, Lanes, Lanes, Lanes, Lanes]
#: Where a plane's normal, and how far others are from it, are in all lanes.
_Plane = tuple[Lanes, Lanes, Lanes, Lanes]


@bare_inlined
def _tiles_of(table: Float32Array, row: int, at: int) -> _Tiles:
    return (
        load16(table[AXIS_X, row], at),
        load16(table[AXIS_Y, row], at),
        load16(table[AXIS_Z, row], at),
        load16(table[REACH, row], at),
        load16(table[INNER_REACH, row], at),
    )


@bare_inlined
def _cone_of(cap: Float64Array) -> _Plane:
    """A cone's axis and reach, a little wider, in all lanes."""
    around = np.float32(cap[3]) + np.float32(1e-5)
    return all16(cap[0]), all16(cap[1]), all16(cap[2]), all16(around)


@bare_inlined
def _in_cone(tiles: _Tiles, cone: _Plane) -> Mask:
    """Which tiles a cone meets; a cone of all directions meets all that have rays."""
    x, y, z, reach = tiles[0] - cone[0], tiles[1] - cone[1], tiles[2] - cone[2], tiles[3] + cone[3]
    return (x * x + y * y + z * z <= reach * reach) & (tiles[3] >= all16(0.0))


@bare_inlined
def _plane_of(middle: Float32Array, edge: int) -> _Plane:
    return (
        all16(middle[edge, 0]),
        all16(middle[edge, 1]),
        all16(middle[edge, 2]),
        all16(middle[edge, 3]),
    )


@bare_inlined
def row_meets(tiles: Float32Array, row: int, part: tuple[int, int], memory: Scratch) -> bool:
    """Whether a body's cone meets any of a row's tiles ``part`` (first, after the last)."""
    cone = _cone_of(memory.cap)
    for at in range(part[0] // LANES * LANES, part[1], LANES):
        if bits_of(_in_cone(_tiles_of(tiles, row, at), cone)) != 0:
            return True
    return False
