"""What triangles make together: the side they show, flat quadrangles, the silhouette of a solid."""

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from projection.arrays import Float64Array, Int32Array
from projection.raster.bare import bare_compiled, bare_inlined

Int8Array = npt.NDArray[np.int8]

#: A body has at most so many corners, edges of its silhouette, and faces that are seen.
MOST_CORNERS, MOST_EDGES, MOST_FACES = 8, 6, 3
#: Triangles of a box.
BOX = 12
#: Sides of a triangle: its front (seen anticlockwise) in all lines, its back in all lines, or not
#: the same in all.
FRONT, BACK, EITHER = -1, 1, 0
#: Spread of lines a second apart, under which what moves at all comes somewhere.
_ONE_SECOND = np.array([0.0, 0.0, 1.0])
#: Two triangles are one face where they make a parallelogram to so much of its size.
_FLAT = 1e-9
#: What a triangle and the next one make: nothing, a flat convex quadrangle, or one with a fold.
ALONE, FLAT, FOLDED = 0, 1, 2


@bare_inlined
def _length(vector: Float64Array) -> float:
    x, y, z = vector[0], vector[1], vector[2]
    return math.sqrt(x * x + y * y + z * z)


@bare_inlined
def _distance(first: Float64Array, second: Float64Array) -> float:
    x, y, z = first[0] - second[0], first[1] - second[1], first[2] - second[2]
    return math.sqrt(x * x + y * y + z * z)


@bare_inlined
def side_of(moved: Float64Array, speeds: Float64Array, spread: Float64Array) -> int:
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


@bare_compiled
def joint_of(
    places: Float64Array,
    speeds: Float64Array,
    row: int,
    owners: Int32Array,
    solids: Int32Array,
    nearer: npt.NDArray[np.float32],
) -> int:
    """What a triangle and the next one make, if they are a, b, c and a, c, d: see ``ALONE``.

    Whether a folded quadrangle is convex depends on who looks, see ``fold_of``.
    """
    if row + 1 >= len(places) or owners[row + 1] != owners[row]:
        return ALONE
    if solids[row + 1] >= 0 or nearer[row + 1] != nearer[row]:
        return ALONE
    code = 3 * row
    if not (_same(places, speeds, code, code + 3) and _same(places, speeds, code + 2, code + 4)):
        return ALONE
    if room_of(speeds, row, row + 2, _ONE_SECOND) > 0.0:
        whole = _is_parallelogram(places, row) and _is_parallelogram(speeds, row)
        return FLAT if whole else ALONE
    return FLAT if _is_flat(places, row) else FOLDED


@bare_compiled
def fold_of(moved: Float64Array, spread: Float64Array, three: Float64Array) -> tuple[int, bool]:
    """The side that a folded quadrangle shows in all lines, and whether its fold is a valley.

    Its four corners make four triangles. Where all of them show the same side, no corner lies
    within the others' outline, and no line sees anything of the far side: it has one convex
    outline, and is, along each ray, its farther plane (a ridge) or its nearer one (a valley).

    Args:
        moved: (4, 3) corners a, b, c, d at the middle line, camera frame; it is folded from a to c.
        spread: (3,) of the lines: radians, metres, seconds.
        three: (3, 3) memory.

    Returns:
        FRONT, BACK or EITHER: it has no such outline; and whether it is a valley.
    """
    side = EITHER
    for left_out in range(4):
        place = 0
        for corner in range(4):
            if corner != left_out:
                for axis in range(3):
                    three[place, axis] = moved[corner, axis]
                place += 1
        # In this order all four go round the same way.
        shown = side_of(three, three[:0], spread)
        if shown == EITHER or (left_out > 0 and shown != side):
            return EITHER, False
        side = shown
    nx, ny, nz = _cross(moved[0], moved[1], moved[2])
    volume = nx * moved[0, 0] + ny * moved[0, 1] + nz * moved[0, 2]
    height = nx * (moved[3, 0] - moved[0, 0]) + ny * (moved[3, 1] - moved[0, 1])
    height += nz * (moved[3, 2] - moved[0, 2])
    return side, height * volume < 0.0


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
def write_ring(places: Float64Array, corners: Int32Array, size: int, edges: Int8Array) -> None:
    """Write the edges of a triangle's or a quadrangle's outline."""
    for start in range(size):
        end = (start + 1) % size
        a, b = corners[start], corners[end]
        forward = _forward(places[a // 3, a % 3], places[b // 3, b % 3])
        edges[start, 0] = start if forward else end
        edges[start, 1] = end if forward else start
        edges[start, 2] = -1 if forward else 1


@bare_compiled
def room_of(speeds: Float64Array, first: int, last: int, spread: Float64Array) -> float:
    """How far camera and corners may come from where they are at the middle line."""
    fastest = 0.0
    if len(speeds):
        for row in range(first, last):
            for corner in range(3):
                fastest = max(fastest, _length(speeds[row, corner]))
    return float(spread[1] + fastest * spread[2])


@njit(cache=True, error_model="numpy")
def write_outline(  # noqa: C901, PLR0912, PLR0915  one body after its triangles
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
    names = np.empty((BOX, 3), dtype=np.int8)
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
