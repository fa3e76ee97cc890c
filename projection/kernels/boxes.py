"""Boxes in a picture: which edges are the silhouette, the outline, extents and areas."""

import math

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array
from projection.kernels.closeness import CLOSE
from projection.kernels.compiled import compiled
from projection.kernels.motion import see_point, to_camera
from projection.kernels.outline import outline
from projection.kernels.polygon import clip_to_rectangle, extent, signed_area

#: What ``box_outline`` says besides a number of loops.
NO_ROOM, NEEDS_UNION, NEEDS_SLICES = -1, -2, -3
_OK = 0
#: Samples each way instead of one, where a surface leaves the picture.
_FINER = 4


def _faces() -> Int64Array:
    """(6, 4) corners of the faces -x +x -y +y -z +z, anticlockwise seen from outside."""
    faces = np.zeros((6, 4), dtype=np.int64)
    for axis in range(3):
        i, j = 1 << ((axis + 1) % 3), 1 << ((axis + 2) % 3)
        ring = [0, i, i + j, j]
        faces[2 * axis] = ring[::-1]
        faces[2 * axis + 1] = [corner + (1 << axis) for corner in ring]
    return faces


def _silhouettes() -> Int64Array:
    """(27, 7) for each side that a camera may be on: how many corners, and the loop of corners.

    Sides are coded 9 x + 3 y + z, each 0: before the box's middle slab, 1: within, 2: beyond.
    """
    table = np.zeros((27, 7), dtype=np.int64)
    faces = _faces()
    for code in range(27):
        sides = (code // 9, code // 3 % 3, code % 3)
        following: dict[tuple[int, int], int] = {}
        for axis, side in enumerate(sides):
            if side != 1:
                ring = faces[2 * axis + side // 2].tolist()
                following |= {(a, b): b for a, b in zip(ring, ring[1:] + ring[:1], strict=True)}
        edges = {a: b for a, b in following if (b, a) not in following}
        if edges:
            loop = [next(iter(edges))]
            while edges[loop[-1]] != loop[0]:
                loop.append(edges[loop[-1]])
            table[code, 0] = len(loop)
            table[code, 1 : 1 + len(loop)] = loop
    return table


FACES = _faces()
SILHOUETTES = _silhouettes()
INSIDE = 13


@compiled
def _side(frame: Float64Array, poses: Float64Array, corners: Float64Array, time: float) -> int:
    """On which side of a box (8, 6) the camera is at a time, coded as in ``_silhouettes``."""
    seen = np.empty((8, 3))
    seconds = time * 1e-9
    for row in range(8):
        p = corners[row, :3] + seconds * corners[row, 3:]
        seen[row, 0], seen[row, 1], seen[row, 2] = to_camera(frame, poses, time, p[0], p[1], p[2])
    middle = 0.5 * (seen[0] + seen[7])
    code = 0
    for axis in range(3):
        reach = 0.5 * (seen[1 << axis] - seen[0])
        length = reach[0] * reach[0] + reach[1] * reach[1] + reach[2] * reach[2]
        along = -(middle[0] * reach[0] + middle[1] * reach[1] + middle[2] * reach[2])
        side = 1
        if along < -length:
            side = 0
        elif along > length:
            side = 2
        code = 3 * code + side
    return code


@compiled
def _from_camera(
    frame: Float64Array, poses: Float64Array, corners: Float64Array, time: float
) -> tuple[float, float, float, float]:
    """The camera's place in a box's own axes (m, from its middle), and how far off it is."""
    t = time * 1e-9
    seen = np.empty((8, 3))
    for row in range(8):
        p = corners[row, :3] + t * corners[row, 3:]
        seen[row, 0], seen[row, 1], seen[row, 2] = to_camera(frame, poses, time, p[0], p[1], p[2])
    middle = 0.5 * (seen[0] + seen[7])
    place = np.zeros(3)
    square = 0.0
    for axis in range(3):
        reach = 0.5 * (seen[1 << axis] - seen[0])
        half = math.sqrt(reach[0] * reach[0] + reach[1] * reach[1] + reach[2] * reach[2])
        if half > 0.0:
            along = middle[0] * reach[0] + middle[1] * reach[1] + middle[2] * reach[2]
            place[axis] = -along / half
            square += max(abs(place[axis]) - half, 0.0) ** 2
    return place[0], place[1], place[2], math.sqrt(square)


@compiled
def _is_close(frame: Float64Array, poses: Float64Array, corners: Float64Array) -> bool:
    """Whether camera and box come so close that their motion decides what each line sees."""
    least, moved = math.inf, 0.0
    always_inside = True
    x, y, z, _ = _from_camera(frame, poses, corners, 0.0)
    for moment in range(5):
        time = 0.25 * moment * frame[4]
        bx, by, bz, off = _from_camera(frame, poses, corners, time)
        least = min(least, off)
        moved += math.sqrt((bx - x) ** 2 + (by - y) ** 2 + (bz - z) ** 2)
        always_inside = always_inside and off == 0.0
        x, y, z = bx, by, bz
    return not always_inside and least < CLOSE * moved


@compiled
def _seen_between(
    lens: Float64Array, frame: Float64Array, poses: Float64Array, corners: Float64Array
) -> tuple[float, float]:
    """From when to when the lines that see the corners are exposed, ns after the image's time."""
    first, last = math.inf, -math.inf
    for row in range(8):
        _, _, _, _, _, time, status = see_point(lens, frame, poses, corners[row])
        if status == _OK:
            first, last = min(first, time), max(last, time)
        else:
            return 0.0, frame[4]
    return first, last


@compiled
def box_outline(  # noqa: PLR0913, PLR0917  what goes in, what comes out
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    corners: Float64Array,
    cosine: float,
    tolerance: float,
    silhouettes: Int64Array,
    out: Float64Array,
    ends: Int64Array,
) -> tuple[int, bool, int, int]:
    """The closed loops of a box (8, 6) in the picture, see ``outline``.

    Returns:
        How many loops, NO_ROOM, NEEDS_UNION (during the read-out the camera passes the plane of a
        face: the faces must be drawn singly and joined), or NEEDS_SLICES (it is so close that no
        line sees what another does); whether the cone has cut anything; on which sides the camera
        was at the first and the last line that sees the box.
    """
    first, last = 0.0, 0.0
    if frame[2] >= 0.0:
        if _is_close(frame, poses, corners):
            return NEEDS_SLICES, True, -1, -1
        first, last = _seen_between(lens, frame, poses, corners)
    begin = _side(frame, poses, corners, first)
    end = begin
    if last > first:
        end = _side(frame, poses, corners, last)
    if INSIDE in (begin, end):
        loops, _ = outline(
            lens, frame, poses, corners, silhouettes[INSIDE, 1:1], cosine, tolerance,
            0.5 * (first + last), out, ends,
        )  # fmt: skip
        return loops, True, begin, end
    if begin != end:
        return NEEDS_UNION, True, begin, end
    loop = silhouettes[begin, 1 : 1 + silhouettes[begin, 0]]
    loops, cut = outline(
        lens, frame, poses, corners, loop, cosine, tolerance, 0.5 * (first + last), out, ends
    )
    return loops, cut, begin, end


@compiled
def clip_loops(
    out: Float64Array, ends: Int64Array, rectangle: Float64Array, kept: Float64Array
) -> tuple[int, float, float]:
    """Loops (n, 2) with their ends against a rectangle (u0, v0, u1, v1).

    Args:
        out: Pixels of all loops.
        ends: (k,) where each loop ends; afterwards, where each ends in ``kept``.
        rectangle: (4,)
        kept: Written.

    Returns:
        How many pixels there are in ``kept`` (-1: no room); the area of the whole, and within.
    """
    whole, within = 0.0, 0.0
    count, start = 0, 0
    for row in range(ends.shape[0]):
        loop = out[start : ends[row]]
        start = ends[row]
        whole += signed_area(loop)
        part = clip_to_rectangle(loop, rectangle[0], rectangle[1], rectangle[2], rectangle[3])
        within += signed_area(part)
        if count + part.shape[0] > kept.shape[0]:
            return -1, whole, within
        kept[count : count + part.shape[0]] = part
        count += part.shape[0]
        ends[row] = count
    return count, abs(whole), abs(within)


@compiled
def surface_outside(
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    corners: Float64Array,
    faces: Int64Array,
    steps: int,
) -> float:
    """Share of a box's surface (8, 6) that isn't in the picture, by samples on its faces.

    Each face has so many times so many samples, and ``_FINER`` times as many each way where one
    and its neighbour aren't both in the picture or both out of it.
    """
    total, outside = 0.0, 0.0
    off = np.empty((steps, steps), dtype=np.bool_)
    for face in range(6):
        a = corners[faces[face, 0]]
        b = corners[faces[face, 1]] - a
        c = corners[faces[face, 3]] - a
        area = math.sqrt(np.sum(b[:3] ** 2) * np.sum(c[:3] ** 2)) / (steps * steps)
        total += steps * steps * area
        for i in range(steps):
            for j in range(steps):
                point = a + (i + 0.5) / steps * b + (j + 0.5) / steps * c
                off[i, j] = _is_off(lens, frame, poses, point)
        for i in range(steps):
            for j in range(steps):
                if not _borders(off, i, j):
                    outside += area * off[i, j]
                    continue
                for fine in range(_FINER * _FINER):
                    row, column = fine // _FINER + 0.5, fine % _FINER + 0.5
                    point = a + (i + row / _FINER) / steps * b + (j + column / _FINER) / steps * c
                    outside += area / (_FINER * _FINER) * _is_off(lens, frame, poses, point)
    return outside / total if total > 0.0 else 1.0


@compiled
def _is_off(
    lens: Float64Array, frame: Float64Array, poses: Float64Array, point: Float64Array
) -> bool:
    """Whether a point (6,) has no pixel in the picture."""
    u, v, _, _, _, _, status = see_point(lens, frame, poses, point)
    there = status == _OK and -0.5 <= u < frame[0] - 0.5
    return not (there and -0.5 <= v < frame[1] - 0.5)


@compiled
def _borders(off: BoolArray, i: int, j: int) -> bool:
    """Whether any of the eight neighbours of a place in a grid is another way."""
    for row in range(max(i - 1, 0), min(i + 2, off.shape[0])):
        for column in range(max(j - 1, 0), min(j + 2, off.shape[1])):
            if off[row, column] != off[i, j]:
                return True
    return False


@compiled
def pixel_extent(pixels: Float64Array) -> tuple[float, float, float, float]:
    """Least and greatest u and v of pixels (n, 2)."""
    return extent(pixels)
