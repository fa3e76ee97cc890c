"""Closed outlines of planar or convex things in a picture: clipped in 3D, subdivided, stitched.

Seen from the camera, the outline of a convex body (from outside), or of a flat polygon, is a loop
of straight edges in space, and the lens's domain is a cone around its axis. Edges are cut where
they leave the cone, and the loop is closed along the cone's rim. The map from directions inside the
cone to pixels is one-to-one, so this loop's picture is the outline: for every lens, also beyond 180
degrees, where the cone's outside is a cone around the backward axis. Loops run visually
anticlockwise around what they enclose; a loop around what is *not* covered runs clockwise.
"""

import math

import numpy as np

from projection.arrays import Float64Array, Int64Array
from projection.kernels.compiled import compiled
from projection.kernels.cutting import (
    PARTS,
    PLACES,
    inside_parts,
    spot_of,
    stays_inside,
    whole_part,
)
from projection.kernels.edges import (
    STACK,
    edge_between,
    rim,
    spot,
    trace,
)
from projection.kernels.motion import to_camera

_MAX_CUTS = 64
_TURN = 2.0 * math.pi


@compiled
def _encloses(
    frame: Float64Array,
    poses: Float64Array,
    points: Float64Array,
    loop: Int64Array,
    time: float,
    forward: float,
) -> bool:
    """Whether the axis, forward or backward (1 or -1), is inside a convex loop, at a time."""
    seconds = time * 1e-9
    size = loop.shape[0]
    for row in range(size):
        a, b = points[loop[row]], points[loop[(row + 1) % size]]
        ax, ay, _ = to_camera(
            frame, poses, time,
            a[0] + seconds * a[3], a[1] + seconds * a[4], a[2] + seconds * a[5],
        )  # fmt: skip
        bx, by, _ = to_camera(
            frame, poses, time,
            b[0] + seconds * b[3], b[1] + seconds * b[4], b[2] + seconds * b[5],
        )  # fmt: skip
        # Visually anticlockwise, and y points down: the inside is where this is negative.
        if forward * (ax * by - ay * bx) >= 0.0:
            return False
    return True


@compiled
def _chains(  # noqa: PLR0913, PLR0917  what goes in, what comes out
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    points: Float64Array,
    loop: Int64Array,
    cosine: float,
    tolerance: float,
    pixels: Float64Array,
    chains: Float64Array,
) -> int:
    """The parts of a loop of edges that are inside the cone, subdivided; returns how many.

    Each row of ``chains``: first pixel, end of pixels, azimuth of entry and of exit on the rim (NaN
    where it begins or ends at a corner that is inside). -1: no room.
    """
    places, parts, stack = np.empty(PLACES), np.empty(PARTS), np.empty(STACK)
    found, count = 0, 0
    is_open = False
    size = loop.shape[0]
    if size == 0:
        return 0
    first = spot(lens, frame, poses, edge_between(points, loop[0], loop[0]), 0.0, 0.5 * frame[4])
    a = first
    for row in range(size):
        edge = edge_between(points, loop[row], loop[(row + 1) % size])
        b = first
        if row < size - 1:
            b = spot(lens, frame, poses, edge, 1.0, a[6])
        if stays_inside(lens, frame, edge, a, b, cosine):
            cut = whole_part(parts, a, b)
        else:
            cut = inside_parts(lens, frame, poses, edge, a, b, cosine, places, parts)
        for part in range(cut):
            start, end = parts[part, 0], parts[part, 1]
            begin, finish = spot_of(parts, part, 0), spot_of(parts, part, 1)
            if not (is_open and start == 0.0):
                if found >= chains.shape[0] or count >= pixels.shape[0]:
                    return -1
                chains[found, 0] = count
                chains[found, 2] = math.atan2(begin[3], begin[2]) if start > 0.0 else math.nan
                pixels[count, 0], pixels[count, 1] = begin[0], begin[1]
                count += 1
                found += 1
            count = trace(
                lens, frame, poses, edge, (start, begin), (end, finish), tolerance, stack, pixels,
                count, 0.0,
            )  # fmt: skip
            if count < 0:
                return -1
            chains[found - 1, 1] = count
            chains[found - 1, 3] = math.atan2(finish[3], finish[2]) if end < 1.0 else math.nan
            is_open = end == 1.0
        is_open = is_open and cut > 0
        a = b
    return found


@compiled
def _append(pixels: Float64Array, first: int, end: int, out: Float64Array, count: int) -> int:
    if count + end - first > out.shape[0]:
        return -1
    for row in range(first, end):
        out[count, 0], out[count, 1] = pixels[row, 0], pixels[row, 1]
        count += 1
    return count


@compiled
def outline(  # noqa: C901, PLR0911, PLR0912, PLR0913, PLR0915, PLR0917  a kernel: one stitching
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    points: Float64Array,
    loop: Int64Array,
    cosine: float,
    tolerance: float,
    moment: float,
    out: Float64Array,
    ends: Int64Array,
) -> tuple[int, bool]:
    """The closed loops in the picture of a loop of edges in space.

    Args:
        lens: See ``pack``.
        frame: See ``pack``.
        poses: See ``pack``.
        points: (n, 6) corners: position relative to the view's origin, velocity.
        loop: (m,) which corners, visually anticlockwise.
        cosine: Of the cone to clip with; below -1: none.
        tolerance: px.
        moment: ns after the image's time at which to judge what doesn't cross the rim.
        out: (n, 2) px, written.
        ends: (k,) where each loop ends in ``out``, written.

    Returns:
        How many loops (-1: no room), and whether the cone has cut anything.
    """
    pixels = np.empty_like(out)
    chains = np.empty((_MAX_CUTS, 4))
    found = _chains(lens, frame, poses, points, loop, cosine, tolerance, pixels, chains)
    if found < 0:
        return -1, False
    forward = 1.0
    whole = found == 1 and math.isnan(chains[0, 2]) and math.isnan(chains[0, 3])
    if found == 0 or whole:
        loops, count = 0, 0
        if whole:
            # The last point repeats the first.
            count = _append(pixels, 0, int(chains[0, 1]) - 1, out, 0)
            ends[0] = count
            loops = 1
            forward = -1.0
        if cosine > -1.0 and _encloses(frame, poses, points, loop, moment, forward):
            count = rim(lens, frame, cosine, math.pi, _TURN, tolerance, out, count)
            if count < 0:
                return -1, True
            ends[loops] = count
            return loops + 1, True
        return loops, found == 0
    # The chain that begins at the first corner goes on from the one that ends there.
    joined = -1
    if math.isnan(chains[0, 2]) and math.isnan(chains[found - 1, 3]):
        joined = 0
        chains[found - 1, 3] = chains[0, 3]
    used = np.zeros(found, dtype=np.bool_)
    if joined == 0:
        used[0] = True
    loops, count = 0, 0
    for begin in range(found):
        if used[begin]:
            continue
        current = begin
        while True:
            used[current] = True
            count = _append(pixels, int(chains[current, 0]), int(chains[current, 1]), out, count)
            if count >= 0 and joined == 0 and current == found - 1:
                count = _append(pixels, 1, int(chains[0, 1]), out, count)
            if count < 0:
                return -1, True
            leaves = chains[current, 3]
            nearest, following = math.inf, begin
            for other in range(found):
                if other == 0 and joined == 0:
                    continue
                if used[other] and other != begin:
                    continue
                turn = (leaves - chains[other, 2]) % _TURN
                if turn < nearest:
                    nearest, following = turn, other
            if not math.isfinite(nearest):
                return 0, True
            count = rim(lens, frame, cosine, leaves, nearest, tolerance, out, count)
            if count < 0:
                return -1, True
            if following == begin:
                break
            current = following
        if loops >= ends.shape[0]:
            return -1, True
        ends[loops] = count
        loops += 1
    return loops, True
