"""Closed rings of any shape in a picture: what lies outside the cone is laid onto its rim.

Outside the cone, directions can be slid along their meridians to its rim without touching what is
inside, all but the one straight behind. So a ring's winding around every pixel stays what it was,
up to one constant: whether the ring holds the direction straight behind. That is asked separately.
"""

import math

import numpy as np

from projection.arrays import Float64Array
from projection.kernels.compiled import compiled
from projection.kernels.motion import to_camera
from projection.kernels.outline import crossing, cuts, piece, rim, sample

_TURN = 2.0 * math.pi


@compiled
def _azimuth_step(ax: float, ay: float, bx: float, by: float) -> float:
    """By how much the azimuth turns from one direction to another, less than half a turn."""
    return math.atan2(ax * by - ay * bx, ax * bx + ay * by)


@compiled
def _direction(
    frame: Float64Array, poses: Float64Array, edge: Float64Array, s: float, moment: float
) -> tuple[float, float]:
    """X and y in the camera frame of a place on an edge, at one moment of the read-out."""
    seconds = moment * 1e-9
    point = (1.0 - s) * edge[0] + s * edge[1]
    x, y, _ = to_camera(
        frame,
        poses,
        moment,
        point[0] + seconds * point[3],
        point[1] + seconds * point[4],
        point[2] + seconds * point[5],
    )
    return x, y


@compiled
def _along_rim(  # noqa: PLR0913, PLR0917  an arc, and where it goes
    lens: Float64Array,
    frame: Float64Array,
    cosine: float,
    start: float,
    turn: float,
    tolerance: float,
    out: Float64Array,
    count: int,
) -> int:
    """The rim from one azimuth on, by a signed turn (positive: it rises); the end included."""
    if turn == 0.0:
        return count
    return rim(lens, frame, cosine, start, -turn, tolerance, out, count)


@compiled
def ring_loop(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  a kernel: one walk around the ring
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    vertices: Float64Array,
    cosine: float,
    tolerance: float,
    moment: float,
    out: Float64Array,
) -> tuple[int, bool]:
    """A ring's loop in the picture, for an even-odd fill.

    Args:
        lens: See ``pack``.
        frame: See ``pack``.
        poses: See ``pack``.
        vertices: (n, 6) position relative to the view's origin, velocity; the last joins the first.
        cosine: Of the cone; below -1: none.
        tolerance: px.
        moment: ns after the image's time at which what has no pixel is looked at.
        out: (m, 2) px, written.

    Returns:
        How many pixels (-1: no room), and whether the cone has cut anything.
    """
    size = vertices.shape[0]
    places = np.empty(32)
    edge = np.empty((2, 6))
    count = 0
    # Since when it is outside, at which azimuth it left, and how far it has turned since then.
    edge[0], edge[1] = vertices[0], vertices[1 % size]
    was_inside = sample(lens, frame, poses, edge, 0.0, cosine)[5]
    x, y = _direction(frame, poses, edge, 0.0, moment)
    first_azimuth = math.atan2(y, x)
    left_at, turned = first_azimuth, 0.0
    began_outside = not was_inside
    any_inside, cut = was_inside, not was_inside
    if was_inside:
        u, v, _, _, _, _ = sample(lens, frame, poses, edge, 0.0, -2.0)
        out[0, 0], out[0, 1] = u, v
        count = 1
    for row in range(size):
        edge[0], edge[1] = vertices[row], vertices[(row + 1) % size]
        last = cuts(frame, poses, edge, cosine, places)
        previous = 0.0
        for index in range(1, last):
            place = places[index]
            inside = sample(lens, frame, poses, edge, place, cosine)[5]
            start, end = previous, place
            if inside and not was_inside:
                start = crossing(lens, frame, poses, edge, place, previous, cosine)
                bx, by = _direction(frame, poses, edge, start, moment)
                turned += _azimuth_step(x, y, bx, by)
                u, v, dx, dy, _, _ = sample(lens, frame, poses, edge, start, -2.0)
                enters_at = math.atan2(dy, dx)
                # The arc ends where the edge enters, exactly.
                gap = enters_at - (left_at + turned)
                turned += gap - _TURN * np.round(gap / _TURN)
                count = _along_rim(lens, frame, cosine, left_at, turned, tolerance, out, count)
                if count < 0 or count >= out.shape[0]:
                    return -1, True
                out[count, 0], out[count, 1] = u, v
                count += 1
                any_inside = True
            if inside or was_inside:
                if not inside:
                    end = crossing(lens, frame, poses, edge, previous, place, cosine)
                count = piece(lens, frame, poses, edge, start, end, tolerance, out, count, 0.0)
                if count < 0:
                    return -1, True
            bx, by = _direction(frame, poses, edge, place, moment)
            if not inside:
                cut = True
                if was_inside:
                    _, _, dx, dy, _, _ = sample(lens, frame, poses, edge, end, -2.0)
                    left_at, turned = math.atan2(dy, dx), 0.0
                    ex, ey = _direction(frame, poses, edge, end, moment)
                    turned += _azimuth_step(ex, ey, bx, by)
                else:
                    turned += _azimuth_step(x, y, bx, by)
            x, y = bx, by
            previous, was_inside = place, inside
    if not any_inside:
        if cosine < -1.0 or round(turned / _TURN) % 2 == 0:
            return 0, True
        return rim(lens, frame, cosine, math.pi, _TURN, tolerance, out, 0), True
    if not was_inside and began_outside:
        gap = first_azimuth - (left_at + turned)
        turned += gap - _TURN * np.round(gap / _TURN)
        count = _along_rim(lens, frame, cosine, left_at, turned, tolerance, out, count)
    return count, cut


@compiled
def whole_rim(
    lens: Float64Array, frame: Float64Array, cosine: float, tolerance: float, out: Float64Array
) -> int:
    """All of the cone's rim as a loop; returns how many pixels (-1: no room)."""
    return rim(lens, frame, cosine, math.pi, _TURN, tolerance, out, 0)
