"""Open lines in a picture: cut to the cone, subdivided, with the parameter along them."""

import numpy as np

from projection.arrays import Float64Array, Int64Array
from projection.kernels.compiled import compiled
from projection.kernels.outline import crossing, cuts, piece, sample, unwrapped


@compiled
def segment_pieces(  # noqa: PLR0913, PLR0917  what goes in, what comes out
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    segments: Float64Array,
    cosine: float,
    tolerance: float,
    out: Float64Array,
    starts: Int64Array,
) -> tuple[int, int]:
    """Connected pieces of segments (m, 2, 6) inside the cone.

    Args:
        lens: See ``pack``.
        frame: See ``pack``.
        poses: See ``pack``.
        segments: Ends with velocities; a segment that begins where the one before ended goes on.
        cosine: Of the cone to cut with.
        tolerance: px.
        out: (n, 3) u, v, parameter (segment + share of it), written.
        starts: (k,) where each piece begins in ``out``, written.

    Returns:
        How many pixels (-1: no room) and how many pieces.
    """
    places = np.empty(32)
    count, pieces = 0, 0
    is_open = False
    for row in range(segments.shape[0]):
        edge = segments[row]
        if row and not np.array_equal(edge[0], segments[row - 1, 1]):
            is_open = False
        last = cuts(frame, poses, edge, cosine, places)
        was_inside = sample(lens, frame, poses, edge, 0.0, cosine)[5]
        is_open = is_open and was_inside
        previous = 0.0
        for index in range(1, last):
            place = places[index]
            inside = sample(lens, frame, poses, edge, place, cosine)[5]
            if inside or was_inside:
                start, end = previous, place
                if not was_inside:
                    start = crossing(lens, frame, poses, edge, place, previous, cosine)
                if not inside:
                    end = crossing(lens, frame, poses, edge, previous, place, cosine)
                if not is_open:
                    u, v, _, _, _, _ = sample(lens, frame, poses, edge, start, -2.0)
                    if count >= out.shape[0] or pieces >= starts.shape[0]:
                        return -1, pieces
                    starts[pieces] = count
                    out[count, 0], out[count, 1], out[count, 2] = u, v, row + start
                    count += 1
                    pieces += 1
                count = piece(
                    lens, frame, poses, edge, start, end, tolerance, out, count, float(row)
                )
                if count < 0:
                    return -1, pieces
                is_open = inside
            previous, was_inside = place, inside
    return count, pieces


@compiled
def _chord_inside(
    frame: Float64Array, u0: float, v0: float, u1: float, v1: float
) -> tuple[float, float]:
    """From which share to which a straight piece is in the picture (Liang-Barsky); else (1, 0)."""
    first, last = 0.0, 1.0
    du, dv = u1 - u0, v1 - v0
    for side in range(4):
        if side == 0:
            p, q = -du, u0 + 0.5
        elif side == 1:
            p, q = du, frame[0] - 0.5 - u0
        elif side == 2:
            p, q = -dv, v0 + 0.5
        else:
            p, q = dv, frame[1] - 0.5 - v0
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
    segments: Float64Array,
    ends: Float64Array,
    share: float,
) -> float:
    """The parameter at which a line passes a share of its straight piece (2, 3) in the picture."""
    du, dv = ends[1, 0] - ends[0, 0], ends[1, 1] - ends[0, 1]
    length = du * du + dv * dv
    low, high = ends[0, 2], ends[1, 2]
    last = segments.shape[0] - 1
    row = min(int(0.5 * (low + high)), last)
    for _ in range(50):
        middle = 0.5 * (low + high)
        u, v, _, _, _, _ = sample(lens, frame, poses, segments[row], middle - row, -2.0)
        u = unwrapped(lens, u, ends[0, 0])
        along = ((u - ends[0, 0]) * du + (v - ends[0, 1]) * dv) / length
        if along < share:
            low = middle
        else:
            high = middle
    place: float = 0.5 * (low + high)
    return place


@compiled
def clip_piece(
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    segments: Float64Array,
    line: Float64Array,
    out: Float64Array,
    starts: Int64Array,
) -> tuple[int, int]:
    """The parts of a piece (n, 3) of u, v, parameter within the picture, see ``segment_pieces``."""
    count, pieces = 0, 0
    is_open = False
    for row in range(line.shape[0] - 1):
        ends = line[row : row + 2]
        first, last = _chord_inside(frame, ends[0, 0], ends[0, 1], ends[1, 0], ends[1, 1])
        if first > last:
            is_open = False
            continue
        if not (is_open and first == 0.0):
            starts[pieces] = count
            pieces += 1
            _put(lens, frame, poses, segments, ends, first, out, count)
            count += 1
        _put(lens, frame, poses, segments, ends, last, out, count)
        count += 1
        is_open = last == 1.0
    return count, pieces


@compiled
def _put(  # noqa: PLR0913, PLR0917  what goes in, what comes out
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    segments: Float64Array,
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
        out[count, 2] = _place_at(lens, frame, poses, segments, ends, share)
