"""Strips of a picture's lines: the planes of a body's outline there, and which tiles it touches."""

import math
from typing import NamedTuple

import numpy as np

from projection.arrays import Float32Array, Float64Array, Int32Array, UInt8Array
from projection.raster.bare import bare_inlined, bound_inlined
from projection.raster.bodies import (
    FRONT,
    MOST_CORNERS,
    MOST_EDGES,
    MOST_FACES,
    Bodies,
    cap_of,
    place_at,
)
from projection.raster.poses import Lines, middle_line
from projection.raster.rays import BLOCK, INNER_REACH, REACH, STRIP

#: The least a float32 can be above zero: what a pixel must reach that isn't on its own edge.
ABOVE_ZERO = float(np.finfo(np.float32).tiny)
#: Volumes of triangle and camera between these are neither edge on nor beyond all numbers.
_THIN, _VAST = 1e-290, 1e290
#: More than rounding takes, in directions of length one.
_SLACK = 1e-6
#: What a body does to a tile.
MISSED, PARTLY, WHOLLY = 0, 1, 2
#: Runs of a strip in a block.
BLOCK_RUNS = BLOCK // 16
_FAR = np.float32(9.0)
_ALL_ROUND = np.float32(2.0)


#: Where the next axis, and the next corner, normal, plane or face begin in ``Scratch``. Everything
#: lies in one row of memory at distances that the compiler knows: else it wouldn't see that loops
#: over lines read nothing that they write, and would do one line after the other.
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
        points: (8, 3) corners at one line, camera frame.
        cap: (4,) a cone that holds the body, see ``cap_of``.
        low: (tiles,) of each tile, by how much its ray is inside, at least.
        high: (tiles,) at most.
        state: (tiles,) MISSED, PARTLY or WHOLLY.
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
    low: Float32Array
    high: Float32Array
    state: UInt8Array


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
        np.empty((MOST_CORNERS, 3)),
        np.empty(4),
        np.empty(tiles, dtype=np.float32),
        np.empty(tiles, dtype=np.float32),
        np.empty(tiles, dtype=np.uint8),
    )


@bare_inlined
def move(bodies: Bodies, body: int, pose: Float64Array, memory: Scratch) -> None:
    """Write where the cameras of a strip's lines see a body's corners to ``memory.moved``.

    Term by term and without a matrix library: the same corner of two bodies must come out the same
    to the last bit.
    """
    moves = len(bodies.speeds) > 0
    for corner in range(bodies.counts[body, 0]):
        code = bodies.corners[body, corner]
        row, place = code // 3, code % 3
        x0 = bodies.places[row, place, 0]
        y0 = bodies.places[row, place, 1]
        z0 = bodies.places[row, place, 2]
        vx, vy, vz = 0.0, 0.0, 0.0
        if moves:
            vx = bodies.speeds[row, place, 0]
            vy = bodies.speeds[row, place, 1]
            vz = bodies.speeds[row, place, 2]
        out = memory.moved[corner * VECTOR : (corner + 1) * VECTOR]
        for line in range(STRIP):
            time_s = pose[12 * AXIS + line]
            x = x0 + vx * time_s - pose[9 * AXIS + line]
            y = y0 + vy * time_s - pose[10 * AXIS + line]
            z = z0 + vz * time_s - pose[11 * AXIS + line]
            out[line] = pose[line] * x + pose[AXIS + line] * y + pose[2 * AXIS + line] * z
            out[AXIS + line] = (
                pose[3 * AXIS + line] * x + pose[4 * AXIS + line] * y + pose[5 * AXIS + line] * z
            )
            out[2 * AXIS + line] = (
                pose[6 * AXIS + line] * x + pose[7 * AXIS + line] * y + pose[8 * AXIS + line] * z
            )


@bare_inlined
def outline_planes(bodies: Bodies, body: int, memory: Scratch) -> None:
    """Write the planes of a body's edges and faces, from ``memory.moved``, to ``memory``.

    A ray d from the camera meets the body, in front of the camera, exactly where d . normal of all
    edges is zero or more, wherever the body lies. Where a line sees a triangle edge on, all of its
    planes are zero.
    """
    moved, side = memory.moved, memory.side
    for face in range(bodies.counts[body, 2]):
        first, second, third = (
            bodies.faces[body, face, 0] * VECTOR,
            bodies.faces[body, face, 1] * VECTOR,
            bodies.faces[body, face, 2] * VECTOR,
        )
        a = moved[first : first + VECTOR]
        b = moved[second : second + VECTOR]
        c = moved[third : third + VECTOR]
        out = memory.inverse[face * VECTOR : (face + 1) * VECTOR]
        for line in range(STRIP):
            ax, ay, az = a[line], a[AXIS + line], a[2 * AXIS + line]
            bx, by, bz = b[line] - ax, b[AXIS + line] - ay, b[2 * AXIS + line] - az
            cx, cy, cz = c[line] - ax, c[AXIS + line] - ay, c[2 * AXIS + line] - az
            nx, ny, nz = by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx
            volume = nx * ax + ny * ay + nz * az
            there = (abs(volume) > _THIN) & (abs(volume) < _VAST)
            part = 1.0 / volume if there else 0.0
            out[line], out[AXIS + line], out[2 * AXIS + line] = nx * part, ny * part, nz * part
            sign = 1.0 if volume > 0.0 else -1.0
            side[line] = sign if there else 0.0
    if bodies.sides[body] == FRONT:
        for line in range(STRIP):
            side[line] = -1.0
    for edge in range(bodies.counts[body, 1]):
        first = bodies.edges[body, edge, 0] * VECTOR
        second = bodies.edges[body, edge, 1] * VECTOR
        p, q = moved[first : first + VECTOR], moved[second : second + VECTOR]
        # ``edges`` has the sign for a front, where ``side`` is -1.
        forward = -np.float64(bodies.edges[body, edge, 2])
        normal = memory.normals[edge * VECTOR : (edge + 1) * VECTOR]
        for line in range(STRIP):
            sign = forward * side[line]
            there = sign != 0.0
            px, py, pz = p[line], p[AXIS + line], p[2 * AXIS + line]
            qx, qy, qz = q[line], q[AXIS + line], q[2 * AXIS + line]
            nx, ny, nz = py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx
            normal[line] = sign * nx if there else 0.0
            normal[AXIS + line] = sign * ny if there else 0.0
            normal[2 * AXIS + line] = sign * nz if there else 0.0


@bare_inlined
def unit_planes(bodies: Bodies, body: int, memory: Scratch) -> None:
    """Write ``memory.planes`` and ``memory.faces`` from ``normals`` and ``inverse``.

    Of more faces than one, those that a body doesn't have are its first.
    """
    count = bodies.counts[body, 1]
    for edge in range(count):
        normal = memory.normals[edge * VECTOR : (edge + 1) * VECTOR]
        out = memory.planes[edge * PLANE : (edge + 1) * PLANE]
        for line in range(STRIP):
            x, y, z = normal[line], normal[AXIS + line], normal[2 * AXIS + line]
            length = math.sqrt(x * x + y * y + z * z)
            part = 1.0 / length if length > 0.0 else 0.0
            out[line] = x * part
            out[AXIS + line] = y * part
            out[2 * AXIS + line] = z * part
            # Pixels exactly on an edge belong to the side of this normal: top and left.
            owns = (x > 0.0) | ((x == 0.0) & ((y > 0.0) | ((y == 0.0) & (z > 0.0))))
            out[3 * AXIS + line] = 0.0 if owns else ABOVE_ZERO
    nearer = bodies.nearer[body]
    for face in range(MOST_FACES if bodies.counts[body, 2] > 1 else 1):
        given = face if face < bodies.counts[body, 2] else 0
        inverse = memory.inverse[given * VECTOR : (given + 1) * VECTOR]
        out = memory.faces[face * VECTOR : (face + 1) * VECTOR]
        for place in range(VECTOR):
            out[place] = inverse[place] * nearer


@bare_inlined
def strip_planes(bodies: Bodies, body: int, lines: Lines, strip: int, memory: Scratch) -> None:
    """All planes of a body in the lines of a strip, and how they differ."""
    move(bodies, body, lines.strips[strip], memory)
    outline_planes(bodies, body, memory)
    unit_planes(bodies, body, memory)
    _spread(bodies.counts[body, 1], lines.rolling, memory)


@bound_inlined
def _spread(edges: int, rolling: bool, memory: Scratch) -> None:  # noqa: FBT001
    """Write the planes in a strip's middle, and how far the others are from them."""
    half = STRIP // 2
    for edge in range(edges):
        plane = memory.planes[edge * PLANE : (edge + 1) * PLANE]
        x, y, z = plane[half], plane[AXIS + half], plane[2 * AXIS + half]
        memory.middle[edge, 0], memory.middle[edge, 1], memory.middle[edge, 2] = x, y, z
        # The root of a sum of squares is at least the largest of them.
        total = np.float32(0.0)
        if rolling:
            for line in range(STRIP):
                a, b, c = plane[line] - x, plane[AXIS + line] - y, plane[2 * AXIS + line] - z
                total += a * a + b * b + c * c
        memory.middle[edge, 3] = math.sqrt(total) + _SLACK


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
    outline_planes(bodies, body, memory)
    moved = memory.moved
    turn, way, seconds = lines.spreads[block, 0], lines.spreads[block, 1], lines.spreads[block, 2]
    moves = len(bodies.speeds) > 0 and _moves(bodies, body)
    decided = bodies.sides[body] == FRONT
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
    fastest = 0.0
    corners = bodies.counts[body, 0]
    for corner in range(corners):
        row, place = bodies.corners[body, corner] // 3, bodies.corners[body, corner] % 3
        place_at(bodies.places, bodies.speeds, row, place, lines, middle, memory.points[corner])
        if len(bodies.speeds) > 0:
            x = bodies.speeds[row, place, 0]
            y = bodies.speeds[row, place, 1]
            z = bodies.speeds[row, place, 2]
            fastest = max(fastest, math.sqrt(x * x + y * y + z * z))
    room = lines.spreads[block, 1] + fastest * lines.spreads[block, 2]
    cap_of(memory.points[:corners], room, lines.spreads[block, 0], memory.cap)


@bare_inlined
def sweep(
    tiles: tuple[Float32Array, int],
    part: tuple[int, int],
    edges: int,
    middle: Float32Array,
    memory: Scratch,
) -> tuple[int, int]:
    """Write what a body does to some tiles of a row to ``memory.state``.

    Args:
        tiles: A table of tiles, and the row.
        part: Which tiles: first, after the last.
        edges: How many of the body's are asked.
        middle: (6, 4) their planes, see ``Scratch.middle``.
        memory: Holds the body's cone; written.

    Returns:
        The tiles that aren't missed: first, after the last.
    """
    first, last = part
    table, row = tiles
    xs, ys, zs = table[0, row, first:last], table[1, row, first:last], table[2, row, first:last]
    reaches, inner = table[REACH, row, first:last], table[INNER_REACH, row, first:last]
    low, high = memory.low[first:last], memory.high[first:last]
    state = memory.state[first:last]
    count = last - first
    cap = memory.cap
    cx, cy, cz = np.float32(cap[0]), np.float32(cap[1]), np.float32(cap[2])
    around = np.float32(cap[3])
    if around >= _ALL_ROUND:
        high[:] = _FAR
    else:
        around += np.float32(1e-5)
        for tile in range(count):
            x, y, z, reach = xs[tile] - cx, ys[tile] - cy, zs[tile] - cz, reaches[tile] + around
            high[tile] = _FAR if x * x + y * y + z * z <= reach * reach else -_FAR
    low[:] = _FAR
    for edge in range(edges):
        a, b, c, slack = middle[edge, 0], middle[edge, 1], middle[edge, 2], middle[edge, 3]
        for tile in range(count):
            height = xs[tile] * a + ys[tile] * b + zs[tile] * c
            most, least = height + slack, height - slack
            high[tile] = most if most < high[tile] else high[tile]
            low[tile] = least if least < low[tile] else low[tile]
    for tile in range(count):
        touched = (high[tile] >= -reaches[tile]) & (reaches[tile] >= np.float32(0.0))
        inside = low[tile] >= inner[tile]
        state[tile] = (WHOLLY if inside else PARTLY) if touched else MISSED
    begin, end = 0, count
    while begin < count and state[begin] == MISSED:
        begin += 1
    while end > begin and state[end - 1] == MISSED:
        end -= 1
    return first + begin, first + end


@bare_inlined
def row_meets(tiles: Float32Array, row: int, part: tuple[int, int], cap: Float64Array) -> bool:
    """Whether a body's cone meets any of a row's tiles ``part`` (first, after the last)."""
    first, last = part
    xs, ys, zs = tiles[0, row, first:last], tiles[1, row, first:last], tiles[2, row, first:last]
    reaches = tiles[REACH, row, first:last]
    cx, cy, cz = np.float32(cap[0]), np.float32(cap[1]), np.float32(cap[2])
    around = np.float32(cap[3]) + np.float32(1e-5)
    if around >= _ALL_ROUND:
        return True
    met = 0
    for tile in range(len(xs)):
        x, y, z, reach = xs[tile] - cx, ys[tile] - cy, zs[tile] - cz, reaches[tile] + around
        met += x * x + y * y + z * z <= reach * reach
    return met > 0
