"""Triangles made into bodies: convex things with one outline, drawn as a whole.

Seen from outside, a closed convex body covers exactly what lies on the inner side of the planes
through the camera and the edges of its silhouette; and the nearest of it along a ray is where the
ray comes through the last of the faces that look at the camera. So a box is six edges and at most
three faces, instead of twelve triangles. A triangle is a body of three edges and one face, and so
are two that make a flat convex quadrangle, of four.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from projection.arrays import Float64Array, Int32Array
from projection.raster.bare import bare_compiled, bare_inlined
from projection.raster.poses import Lines
from projection.raster.rays import STRIP
from projection.raster.tessellate import Triangles

Int8Array = npt.NDArray[np.int8]

#: A body has at most so many corners, edges of its silhouette, and faces that are seen.
MOST_CORNERS, MOST_EDGES, MOST_FACES = 8, 6, 3
_BOX = 12
_FEWEST = 4
#: Sides of a triangle: its front (seen anticlockwise) in all lines, its back in all lines, or not
#: the same in all.
FRONT, BACK, EITHER = -1, 1, 0
#: A chord just below that of a right angle; and more than rounding takes.
CONVEX, CAP_SLACK = 1.41, 1e-6
ALL_ROUND = 2.0
#: Spread of lines a second apart, under which what moves at all comes somewhere.
_ONE_SECOND = np.array([0.0, 0.0, 1.0])
#: Two triangles are one face where they make a parallelogram to so much of its size.
_FLAT = 1e-9


class Bodies(NamedTuple):
    """Everything about triangles that doesn't depend on the line.

    Attributes:
        places: (n, 3, 3) corners of the triangles, world axes, relative to the view's origin.
        speeds: (n, 3, 3) metres a second; (0, 3, 3) where nothing moves.
        corners: (m, 8) of each body: 3 * triangle + corner.
        counts: (m, 3) how many corners, edges and faces each body has.
        edges: (m, 6, 3) corner from, corner to, and the sign of their cross product in the inner
            normal of a body whose front is seen.
        faces: (m, 3, 3) three corners each, anticlockwise from outside.
        sides: (m,) FRONT, or EITHER where each line has to see.
        caps: (m, 4) a cone that holds it in all lines, see ``cap_of``.
        nearer: (m,) factor on 1/distance when it is compared.
        rows: (m, 2) its triangles: first, after the last.
        owners: (m,) rising.
    """

    places: Float64Array
    speeds: Float64Array
    corners: Int32Array
    counts: Int8Array
    edges: Int8Array
    faces: Int8Array
    sides: Int8Array
    caps: Float64Array
    nearer: Float64Array
    rows: Int32Array
    owners: Int32Array


def bodies_of(
    triangles: Triangles, origin_m: Float64Array, lines: Lines, root: Float64Array
) -> Bodies:
    """The bodies of triangles in the order of their owners.

    Args:
        triangles: In the order of their owners.
        origin_m: The view's.
        lines: Where the camera is.
        root: (4,) a cone that holds all of the picture: bodies beyond it are left out.
    """
    offset = triangles.origin_m - origin_m
    places = triangles.vertices_m + offset if offset.any() else triangles.vertices_m
    speeds = triangles.velocities_mps
    moves = speeds is not None and lines.rolling
    return _gathered(
        np.ascontiguousarray(places),
        np.ascontiguousarray(speeds) if moves else np.empty((0, 3, 3)),
        triangles.owners,
        triangles.solids,
        triangles.nearer,
        lines,
        root,
    )


@bare_inlined
def place_at(
    places: Float64Array,
    speeds: Float64Array,
    row: int,
    corner: int,
    lines: Lines,
    line: int,
    out: Float64Array,
) -> None:
    """Write where a line's camera sees a corner, (3,) camera frame, to ``out``."""
    x, y, z = places[row, corner]
    pose, own = lines.strips[line // STRIP], line % STRIP
    if len(speeds):
        time_s = pose[12 * STRIP + own]
        x += speeds[row, corner, 0] * time_s
        y += speeds[row, corner, 1] * time_s
        z += speeds[row, corner, 2] * time_s
    x -= pose[9 * STRIP + own]
    y -= pose[10 * STRIP + own]
    z -= pose[11 * STRIP + own]
    for axis in range(3):
        turn = pose[3 * axis * STRIP : (3 * axis + 3) * STRIP]
        out[axis] = turn[own] * x + turn[STRIP + own] * y + turn[2 * STRIP + own] * z


@bare_inlined
def cap_of(corners: Float64Array, room_m: float, turn_rad: float, cap: Float64Array) -> None:
    """Write a cone that holds a convex body: its axis, and how far, as a chord, the rest is off.

    The planes of a sliver's edges alone leave in everything along its line.

    Args:
        corners: (k, 3) camera frame.
        room_m: How far the corners may be from there.
        turn_rad: How far the camera may have turned.
        cap: (4,) written; a reach of 2, all directions, where no cone of less than half a turn is.
    """
    cap[0], cap[1], cap[2], cap[3] = 0.0, 0.0, 0.0, ALL_ROUND
    x, y, z, nearest = 0.0, 0.0, 0.0, math.inf
    for corner in range(len(corners)):
        a, b, c = corners[corner]
        length = math.sqrt(a * a + b * b + c * c)
        nearest = min(nearest, length)
        if not length > 2.0 * room_m:
            return
        x, y, z = x + a / length, y + b / length, z + c / length
    length = math.sqrt(x * x + y * y + z * z)
    if not length > 1e-3:
        return
    x, y, z = x / length, y / length, z / length
    # The chord's square is 2 - 2 cos; the least cosine is the widest.
    least = 1.0
    for corner in range(len(corners)):
        a, b, c = corners[corner]
        least = min(least, (a * x + b * y + c * z) / math.sqrt(a * a + b * b + c * c))
    reach = math.sqrt(max(2.0 - 2.0 * least, 0.0) + 1e-14)
    reach += 2.0 * room_m / nearest + turn_rad + CAP_SLACK
    # Cones below a right angle are convex: what holds the corners holds the body.
    if reach < CONVEX:
        cap[0], cap[1], cap[2], cap[3] = x, y, z, reach


@bare_inlined
def apart(cone: Float64Array, cap: Float64Array) -> bool:
    """Whether two cones have no ray in common, or the first has none at all."""
    x, y, z, reach = cone[0] - cap[0], cone[1] - cap[1], cone[2] - cap[2], cone[3] + cap[3]
    there = cap[3] < ALL_ROUND and x * x + y * y + z * z > reach * reach
    return bool(cone[3] < 0.0 or there)


@bare_inlined
def _length(vector: Float64Array) -> float:
    x, y, z = vector[0], vector[1], vector[2]
    return math.sqrt(x * x + y * y + z * z)


@bare_inlined
def _distance(first: Float64Array, second: Float64Array) -> float:
    x, y, z = first[0] - second[0], first[1] - second[1], first[2] - second[2]
    return math.sqrt(x * x + y * y + z * z)


@bare_inlined
def _side(moved: Float64Array, speeds: Float64Array, spread: Float64Array) -> int:
    """Which side a triangle shows in all lines.

    The signed volume of triangle and camera doesn't know turns. Moving camera and corners by at
    most ``step`` changes it by step * |triangle's normal|; edges that change by ``bend`` do so too.

    Args:
        moved: (3, 3) corners at the middle line, camera frame.
        speeds: (3, 3) metres a second; (0, 3) where nothing moves.
        spread: (3,) of the lines: radians, metres, seconds.
    """
    ax, ay, az = moved[0]
    bx, by, bz = moved[1, 0] - ax, moved[1, 1] - ay, moved[1, 2] - az
    cx, cy, cz = moved[2, 0] - ax, moved[2, 1] - ay, moved[2, 2] - az
    nx, ny, nz = by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx
    volume = nx * ax + ny * ay + nz * az
    step, longest, bend = spread[1], 0.0, 0.0
    moves = len(speeds) > 0
    for corner in range(3):
        after = (corner + 1) % 3
        longest = max(longest, _distance(moved[corner], moved[after]))
        if moves:
            bend = max(bend, _distance(speeds[corner], speeds[after]) * spread[2])
    if moves:
        fastest = max(_length(speeds[0]), _length(speeds[1]), _length(speeds[2]))
        step += fastest * spread[2]
    reach = _length(moved[0]) + step
    bent = bend * (2.0 * longest + bend)
    area = math.sqrt(nx * nx + ny * ny + nz * nz)
    # Rounding counts too, when seen edge on.
    room = step * (area + bent) + reach * bent + 1e-13 * reach * longest * longest
    if not abs(volume) > room:
        return EITHER
    return BACK if volume > 0.0 else FRONT


@bare_inlined
def _forward(start: Float64Array, end: Float64Array) -> bool:
    """Whether an edge's start comes before its end, by x, then y, then z.

    Neighbours run along their common edge in opposite directions. Both compute its plane in the
    same direction, so that they get the same numbers and part the pixels between them exactly.
    """
    if start[0] != end[0]:
        return bool(start[0] < end[0])
    if start[1] != end[1]:
        return bool(start[1] < end[1])
    return bool(start[2] < end[2])


@bare_inlined
def _same(places: Float64Array, speeds: Float64Array, first: int, second: int) -> bool:
    """Whether two corners (3 * triangle + corner) are one, now and later."""
    a, b = places[first // 3, first % 3], places[second // 3, second % 3]
    if not (a[0] == b[0] and a[1] == b[1] and a[2] == b[2]):
        return False
    if not len(speeds):
        return True
    a, b = speeds[first // 3, first % 3], speeds[second // 3, second % 3]
    return bool(a[0] == b[0] and a[1] == b[1] and a[2] == b[2])


@bare_compiled
def _completes(table: Float64Array, corners: Int32Array, quad: tuple[int, int, int, int]) -> bool:
    """Whether four corners are a parallelogram in ``table``: opposite ones have one middle."""
    size, off = 0.0, 0.0
    for axis in range(3):
        a = table[corners[quad[0]] // 3, corners[quad[0]] % 3, axis]
        b = table[corners[quad[1]] // 3, corners[quad[1]] % 3, axis]
        c = table[corners[quad[2]] // 3, corners[quad[2]] % 3, axis]
        d = table[corners[quad[3]] // 3, corners[quad[3]] % 3, axis]
        off = max(off, abs((a + c) - (b + d)))
        size = max(size, abs(a - c), abs(b - d))
    return off <= _FLAT * size


@njit(cache=True, error_model="numpy")
def _gathered(  # noqa: C901, PLR0912, PLR0915  groups of rows, one after the other
    places: Float64Array,
    speeds: Float64Array,
    owners: Int32Array,
    solids: Int32Array,
    nearer: npt.NDArray[np.float32],
    lines: Lines,
    root: Float64Array,
) -> Bodies:
    count = len(places)
    corners = np.zeros((count, MOST_CORNERS), dtype=np.int32)
    counts = np.zeros((count, 3), dtype=np.int8)
    edges = np.zeros((count, MOST_EDGES, 3), dtype=np.int8)
    faces = np.zeros((count, MOST_FACES, 3), dtype=np.int8)
    sides = np.zeros(count, dtype=np.int8)
    caps = np.empty((count, 4))
    factors = np.empty(count)
    rows = np.zeros((count, 2), dtype=np.int32)
    whose = np.zeros(count, dtype=np.int32)
    moved = np.empty((3 * _BOX, 3))
    shown = np.empty(_BOX, dtype=np.int8)
    cap = np.empty(4)
    moves = len(speeds) > 0
    found, first = 0, 0
    while first < count:
        last = first + 1
        solid = solids[first]
        while solid >= 0 and last < count and solids[last] == solid:
            if owners[last] != owners[first] or nearer[last] != nearer[first]:
                break
            last += 1
        if last - first > _BOX:
            solid = -1
        fronts = 0
        if last - first >= _FEWEST and solid >= 0:
            for row in range(first, last):
                for corner in range(3):
                    place = 3 * (row - first) + corner
                    place_at(places, speeds, row, corner, lines, lines.middle, moved[place])
            whole = moved[: 3 * (last - first)]
            room = _room(speeds, first, last, lines.spread)
            cap_of(whole, room, lines.spread[0], cap)
            if apart(root, cap):
                first = last
                continue
            undecided = 0
            for row in range(first, last):
                own = speeds[row] if moves else places[row, :0]
                three = moved[3 * (row - first) : 3 * (row - first) + 3]
                shown[row - first] = _side(three, own, lines.spread)
                fronts += shown[row - first] == FRONT
                undecided += shown[row - first] == EITHER
            if fronts and not undecided:
                counts[found] = _outline(
                    places, speeds, (first, last), shown,
                    corners[found], edges[found], faces[found],
                )  # fmt: skip
                if counts[found, 0] > 0:
                    sides[found] = FRONT
                    caps[found] = cap
                    factors[found] = 1.0 + np.float64(nearer[first])
                    rows[found, 0], rows[found, 1] = first, last
                    whose[found] = owners[first]
                    found += 1
                    first = last
                    continue
        row = first
        while row < last:
            taken = 1
            if solid < 0 and _are_quad(places, speeds, row, owners, solids, nearer):
                taken = 2
            # The far side of a body that the camera is outside of can't be seen.
            if not (solid >= 0 and fronts > 0 and shown[row - first] == BACK):
                size = 2 + taken
                for corner in range(3):
                    corners[found, corner] = 3 * row + corner
                corners[found, 3] = 3 * row + 5
                for corner in range(size):
                    code = corners[found, corner]
                    place_at(
                        places, speeds, code // 3, code % 3, lines, lines.middle, moved[corner]
                    )
                room = _room(speeds, row, row + taken, lines.spread)
                cap_of(moved[:size], room, lines.spread[0], caps[found])
                if not apart(root, caps[found]):
                    _ring(places, corners[found], size, edges[found])
                    for corner in range(3):
                        faces[found, 0, corner] = corner
                    counts[found, 0], counts[found, 1], counts[found, 2] = size, size, 1
                    factors[found] = 1.0 + np.float64(nearer[row])
                    rows[found, 0], rows[found, 1] = row, row + taken
                    whose[found] = owners[row]
                    found += 1
            row += taken
            last = max(last, row)
        first = last
    return Bodies(
        places, speeds, corners[:found], counts[:found], edges[:found], faces[:found],
        sides[:found], caps[:found], factors[:found], rows[:found], whose[:found],
    )  # fmt: skip


@bare_compiled
def _are_quad(
    places: Float64Array,
    speeds: Float64Array,
    row: int,
    owners: Int32Array,
    solids: Int32Array,
    nearer: npt.NDArray[np.float32],
) -> bool:
    """Whether a triangle and the next one are a, b, c and a, c, d of a flat convex quadrangle."""
    if row + 1 == len(places) or owners[row + 1] != owners[row]:
        return False
    if solids[row + 1] >= 0 or nearer[row + 1] != nearer[row]:
        return False
    code = 3 * row
    if not (_same(places, speeds, code, code + 3) and _same(places, speeds, code + 2, code + 4)):
        return False
    if _room(speeds, row, row + 2, _ONE_SECOND) > 0.0:
        return bool(_is_parallelogram(places, row) and _is_parallelogram(speeds, row))
    return bool(_is_flat(places, row))


@bare_compiled
def _is_parallelogram(table: Float64Array, row: int) -> bool:
    """Whether two triangles' four corners have one middle: then they do so at all times."""
    size, off = 0.0, 0.0
    for axis in range(3):
        a, b = table[row, 0, axis], table[row, 1, axis]
        c, d = table[row, 2, axis], table[row + 1, 2, axis]
        off = max(off, abs((a + c) - (b + d)))
        size = max(size, abs(a - c), abs(b - d))
    return off <= _FLAT * size


@bare_compiled
def _is_flat(places: Float64Array, row: int) -> bool:
    """Whether two triangles lie in one plane and make a convex quadrangle."""
    a, b, c, d = places[row, 0], places[row, 1], places[row, 2], places[row + 1, 2]
    # Where its diagonals cross each corner is on its own side of the other diagonal.
    nx, ny, nz = _cross(a, b, c)
    square = nx * nx + ny * ny + nz * nz
    height = nx * (d[0] - a[0]) + ny * (d[1] - a[1]) + nz * (d[2] - a[2])
    size = max(_distance(a, c), _distance(b, d), _distance(a, b))
    if not abs(height) <= _FLAT * math.sqrt(square) * size:
        return False
    for x, y, z in (_cross(a, c, d), _cross(a, b, d), _cross(b, c, d)):
        if not nx * x + ny * y + nz * z > 0.0:
            return False
    return True


@bare_inlined
def _cross(a: Float64Array, b: Float64Array, c: Float64Array) -> tuple[float, float, float]:
    """The normal of a triangle, as long as twice its area."""
    px, py, pz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    qx, qy, qz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    return py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx


@bare_compiled
def _ring(places: Float64Array, corners: Int32Array, size: int, edges: Int8Array) -> None:
    """Write the edges of a triangle's or a quadrangle's outline."""
    for start in range(size):
        end = (start + 1) % size
        a, b = corners[start], corners[end]
        forward = _forward(places[a // 3, a % 3], places[b // 3, b % 3])
        edges[start, 0] = start if forward else end
        edges[start, 1] = end if forward else start
        edges[start, 2] = -1 if forward else 1


@bare_compiled
def _room(speeds: Float64Array, first: int, last: int, spread: Float64Array) -> float:
    """How far camera and corners may come from where they are at the middle line."""
    fastest = 0.0
    if len(speeds):
        for row in range(first, last):
            for corner in range(3):
                fastest = max(fastest, _length(speeds[row, corner]))
    return float(spread[1] + fastest * spread[2])


@njit(cache=True, error_model="numpy")
def _outline(  # noqa: C901, PLR0912, PLR0915  one body after its triangles
    places: Float64Array,
    speeds: Float64Array,
    part: tuple[int, int],
    shown: Int8Array,
    corners: Int32Array,
    edges: Int8Array,
    faces: Int8Array,
) -> tuple[int, int, int]:
    """Write the corners, silhouette and faces seen of a body; how many of each, zeros: none is.

    Args:
        places: Of all triangles.
        speeds: Of all triangles.
        part: Which ones: first, after the last.
        shown: (k,) FRONT or BACK, each.
        corners: (8,) written.
        edges: (6, 3) written.
        faces: (3, 3) written.
    """
    first, last = part
    nothing = 0, 0, 0
    corner_count = 0
    names = np.empty((_BOX, 3), dtype=np.int8)
    for row in range(first, last):
        for corner in range(3):
            code = 3 * row + corner
            name = 0
            while name < corner_count and not _same(places, speeds, corners[name], code):
                name += 1
            if name == corner_count:
                if corner_count == MOST_CORNERS:
                    return nothing
                corners[name] = code
                corner_count += 1
            names[row - first, corner] = name
    # Which triangle has the edge from one corner to another.
    owner = np.full((MOST_CORNERS, MOST_CORNERS), -1, dtype=np.int8)
    for row in range(last - first):
        for corner in range(3):
            start, end = names[row, corner], names[row, (corner + 1) % 3]
            if start == end or owner[start, end] >= 0:
                return nothing
            owner[start, end] = row
    edge_count, face_count = 0, 0
    for row in range(last - first):
        if shown[row] != FRONT:
            continue
        known = False
        for corner in range(3):
            start, end = names[row, corner], names[row, (corner + 1) % 3]
            other = owner[end, start]
            if other < 0:
                return nothing
            if shown[other] != FRONT:
                if edge_count == MOST_EDGES:
                    return nothing
                a, b = corners[start], corners[end]
                forward = _forward(places[a // 3, a % 3], places[b // 3, b % 3])
                edges[edge_count, 0] = start if forward else end
                edges[edge_count, 1] = end if forward else start
                edges[edge_count, 2] = -1 if forward else 1
                edge_count += 1
            elif other < row:
                across = names[other, 0] + names[other, 1] + names[other, 2] - start - end
                quad = (
                    int(start), int(across), int(end), int(names[row, (corner + 2) % 3])
                )  # fmt: skip
                flat = _completes(places, corners, quad)
                known |= flat and (not len(speeds) or _completes(speeds, corners, quad))
        if not known:
            if face_count == MOST_FACES:
                return nothing
            faces[face_count] = names[row]
            face_count += 1
    return (corner_count, edge_count, face_count)
