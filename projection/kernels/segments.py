"""Open lines in a picture: cut to the cone, subdivided, with the parameter along them."""

import numpy as np
from numba import njit

from projection.arrays import Float64Array, Int64Array
from projection.kernels.outline import crossing, cuts, piece, sample


@njit(cache=True)
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
