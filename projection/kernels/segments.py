"""Open lines in a picture: cut to the cone and to the picture, subdivided, with the parameter.

# HOT: bench/projection/curves.py. All lines of a picture go through at once.
"""

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array
from projection.kernels.compiled import compiled
from projection.kernels.cutting import (
    PARTS,
    PLACES,
    inside_parts,
    is_clear,
    speed_of,
    spot_of,
    stays_inside,
    whole_part,
)
from projection.kernels.edges import (
    STACK,
    edge_between,
    is_plain,
    spot,
    trace,
    unwrapped,
)
from projection.kernels.motion import to_camera
from projection.kernels.pack import CYLINDRICAL

_TURN = 2.0 * np.pi


@compiled
def line_pieces(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  what goes in, what comes out
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    vertices: Float64Array,
    joined: BoolArray,
    cosine: float,
    sides: Float64Array,
    tolerance: float,
    out: Float64Array,
    starts: Int64Array,
) -> tuple[int, int]:
    """Connected pieces of lines inside the cone, as if all vertices made one line.

    Args:
        lens: See ``pack``.
        frame: See ``pack``.
        poses: See ``pack``.
        vertices: (n, 6) position relative to the view's origin, velocity.
        joined: (n,) whether an edge goes from a vertex to the next.
        cosine: Of the cone to cut with.
        sides: (k, 3) what is wholly beyond one of these may be left out, see ``is_clear``.
        tolerance: px.
        out: (n, 3) u, v, parameter (vertex + share of the edge), written.
        starts: (k,) where each piece begins in ``out``, written.

    Returns:
        How many pixels (-1: no room) and how many pieces.
    """
    places, parts, stack = np.empty(PLACES), np.empty(PARTS), np.empty(STACK)
    count, pieces = 0, 0
    is_open = False
    moment = 0.5 * frame[4]
    t = 1e-9 * moment
    here = (np.nan, np.nan, np.nan)
    last = vertices.shape[0] - 1
    a = spot(lens, frame, poses, edge_between(vertices, 0, 0), 0.0, moment)
    known = True
    for row in range(last + 1):
        there = to_camera(
            frame, poses, moment, vertices[row, 0] + t * vertices[row, 3],
            vertices[row, 1] + t * vertices[row, 4], vertices[row, 2] + t * vertices[row, 5],
        )  # fmt: skip
        before, here = here, there
        if row == 0 or not joined[row - 1]:
            is_open, known = False, row == 0
            continue
        edge = edge_between(vertices, row - 1, row)
        if is_clear(lens, frame, before, there, speed_of(edge), cosine, sides):
            is_open, known = False, False
            continue
        if not known:
            a = spot(lens, frame, poses, edge, 0.0, a[6])
        b = spot(lens, frame, poses, edge, 1.0, a[6])
        if stays_inside(lens, frame, edge, a, b, cosine):
            found = whole_part(parts, a, b)
        else:
            found = inside_parts(lens, frame, poses, edge, a, b, cosine, places, parts)
        for part in range(found):
            start, end = parts[part, 0], parts[part, 1]
            begin, finish = spot_of(parts, part, 0), spot_of(parts, part, 1)
            if not (is_open and start == 0.0):
                if count >= out.shape[0] or pieces >= starts.shape[0]:
                    return -1, pieces
                starts[pieces] = count
                out[count, 0], out[count, 1], out[count, 2] = begin[0], begin[1], row - 1 + start
                count += 1
                pieces += 1
            if count < out.shape[0] and is_plain(lens, frame, begin, finish, tolerance):
                out[count, 0] = unwrapped(lens, finish[0], out[count - 1, 0])
                out[count, 1], out[count, 2] = finish[1], row - 1 + end
                count += 1
            else:
                count = trace(
                    lens, frame, poses, edge, (start, begin), (end, finish), tolerance, stack, out,
                    count, float(row - 1),
                )  # fmt: skip
            if count < 0:
                return -1, pieces
            is_open = end == 1.0
        is_open = is_open and found > 0
        a, known = b, True
    return count, pieces


@compiled
def _chord_inside(
    rectangle: Float64Array, u0: float, v0: float, u1: float, v1: float
) -> tuple[float, float]:
    """From which share to which a straight piece is in a rectangle (Liang-Barsky); else (1, 0)."""
    first, last = 0.0, 1.0
    du, dv = u1 - u0, v1 - v0
    for side in range(4):
        if side == 0:
            p, q = -du, u0 - rectangle[0]
        elif side == 1:
            p, q = du, rectangle[2] - u0
        elif side == 2:
            p, q = -dv, v0 - rectangle[1]
        else:
            p, q = dv, rectangle[3] - v0
        if p == 0.0:
            if q < 0.0:
                return 1.0, 0.0
        elif p < 0.0:
            first = max(first, q / p)
        else:
            last = min(last, q / p)
    return first, last


@compiled
def _place_at(
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    vertices: Float64Array,
    ends: Float64Array,
    share: float,
) -> float:
    """The parameter at which a line passes a share of its straight piece (2, 3) in the picture."""
    du, dv = ends[1, 0] - ends[0, 0], ends[1, 1] - ends[0, 1]
    length = du * du + dv * dv
    low, high = ends[0, 2], ends[1, 2]
    row = min(int(0.5 * (low + high)), vertices.shape[0] - 2)
    edge = edge_between(vertices, row, row + 1)
    short, over = -share, 1.0 - share
    guess = 0.5 * frame[4]
    place: float = low
    for step in range(60):
        place = 0.5 * (low + high)
        if step < 30:
            crossed = (low * over - high * short) / (over - short)
            if low < crossed < high:
                place = crossed
        found = spot(lens, frame, poses, edge, place - row, guess)
        guess = found[6]
        u = unwrapped(lens, found[0], ends[0, 0])
        off = ((u - ends[0, 0]) * du + (found[1] - ends[0, 1]) * dv) / length - share
        if abs(off) <= 1e-12 or high - low <= 1e-15 * high:
            break
        if off < 0.0:
            ratio = 1.0 - off / short
            over *= ratio if ratio > 0.0 else 0.5
            low, short = place, off
        else:
            ratio = 1.0 - off / over
            short *= ratio if ratio > 0.0 else 0.5
            high, over = place, off
    return place


@compiled
def clip_pieces(  # noqa: PLR0913, PLR0917  what goes in, what comes out
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    vertices: Float64Array,
    lines: Float64Array,
    ends: Int64Array,
    rectangle: Float64Array,
    out: Float64Array,
    starts: Int64Array,
) -> tuple[int, int]:
    """The parts of pieces within a rectangle of the picture.

    A cylinder's columns come round again: what is off to one side may be seen on the other.

    Args:
        lens: See ``pack``.
        frame: See ``pack``.
        poses: See ``pack``.
        vertices: See ``line_pieces``.
        lines: (n, 3) of all pieces: u, v, parameter.
        ends: (k,) where each piece ends in ``lines``.
        rectangle: (4,) u0, v0, u1, v1.
        out: Like ``lines``, written.
        starts: (m,) where each part begins in ``out``, written.

    Returns:
        How many pixels (-1: no room) and how many parts.
    """
    count, parts = 0, 0
    turns = 1 if int(lens[5]) == CYLINDRICAL else 0
    period = _TURN * lens[0]
    chord = np.empty((2, 3))
    first_row = 0
    for piece in range(ends.shape[0]):
        for turn in range(-turns, turns + 1):
            is_open = False
            for row in range(first_row, ends[piece] - 1):
                shift = turn * period
                u0, v0 = lines[row, 0] + shift, lines[row, 1]
                u1, v1 = lines[row + 1, 0] + shift, lines[row + 1, 1]
                first, last = _chord_inside(rectangle, u0, v0, u1, v1)
                if first > last:
                    is_open = False
                    continue
                if count + 2 > out.shape[0] or parts >= starts.shape[0]:
                    return -1, parts
                chord[0, 0], chord[0, 1], chord[0, 2] = u0, v0, lines[row, 2]
                chord[1, 0], chord[1, 1], chord[1, 2] = u1, v1, lines[row + 1, 2]
                if not (is_open and first == 0.0):
                    starts[parts] = count
                    parts += 1
                    _put(lens, frame, poses, vertices, chord, first, out, count)
                    count += 1
                _put(lens, frame, poses, vertices, chord, last, out, count)
                count += 1
                is_open = last == 1.0
        first_row = ends[piece]
    return count, parts


@compiled
def _put(  # noqa: PLR0913, PLR0917  what goes in, what comes out
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    vertices: Float64Array,
    ends: Float64Array,
    share: float,
    out: Float64Array,
    count: int,
) -> None:
    out[count, 0] = ends[0, 0] + share * (ends[1, 0] - ends[0, 0])
    out[count, 1] = ends[0, 1] + share * (ends[1, 1] - ends[0, 1])
    if share in (0.0, 1.0):
        out[count, 2] = ends[int(share), 2]
    else:
        out[count, 2] = _place_at(lens, frame, poses, vertices, ends, share)
