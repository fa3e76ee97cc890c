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
from projection.kernels.compiled import compiled, inlined
from projection.kernels.lens import project_point
from projection.kernels.motion import see_point, to_camera
from projection.kernels.pack import CYLINDRICAL, PINHOLE

_OK = 0
_MAX_DEPTH = 12
_MAX_CUTS = 64
_COS_15_DEGREES = math.cos(math.radians(15.0))
_GRID = 8
_BISECTIONS = 50
_TURN = 2.0 * math.pi


@compiled
def sample(  # what an edge is, and where on it
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    edge: Float64Array,
    s: float,
    cosine: float,
) -> tuple[float, float, float, float, float, bool]:
    """u, v, unit direction, and whether a point of an edge (2, 6) is inside the cone."""
    point = (1.0 - s) * edge[0] + s * edge[1]
    u, v, x, y, z, _, status = see_point(lens, frame, poses, point)
    if status != _OK:
        return math.nan, math.nan, 0.0, 0.0, 0.0, False
    norm = math.sqrt(x * x + y * y + z * z)
    if norm == 0.0:
        return math.nan, math.nan, 0.0, 0.0, 0.0, False
    x, y, z = x / norm, y / norm, z / norm
    return u, v, x, y, z, z > cosine


@compiled
def cuts(
    frame: Float64Array,
    poses: Float64Array,
    edge: Float64Array,
    cosine: float,
    places: Float64Array,
) -> int:
    """Where along an edge to look whether it is inside the cone; returns how many places.

    Between two neighbours of the sorted places the edge enters or leaves the cone at most once.
    """
    rolling = frame[2] >= 0.0
    count = 2
    places[0], places[1] = 0.0, 1.0
    if rolling:
        for step in range(1, _GRID):
            places[count] = step / _GRID
            count += 1
    for moment in range(2 if rolling else 1):
        time = frame[4] * moment
        seconds = time * 1e-9
        a = edge[0, :3] + seconds * edge[0, 3:]
        b = edge[1, :3] + seconds * edge[1, 3:]
        ax, ay, az = to_camera(frame, poses, time, a[0], a[1], a[2])
        bx, by, bz = to_camera(frame, poses, time, b[0], b[1], b[2])
        dx, dy, dz = bx - ax, by - ay, bz - az
        c2 = cosine * cosine
        # z^2 = c^2 |P|^2 along P = A + s D.
        p = dz * dz - c2 * (dx * dx + dy * dy + dz * dz)
        q = az * dz - c2 * (ax * dx + ay * dy + az * dz)
        r = az * az - c2 * (ax * ax + ay * ay + az * az)
        under = q * q - p * r
        if under > 0.0 and p != 0.0:
            root = math.sqrt(under)
            first, second = (-q - root) / p, (-q + root) / p
            middle = 0.5 * (first + second)
            for place in (first - 1e-9, middle, second + 1e-9):
                if 0.0 < place < 1.0:
                    places[count] = place
                    count += 1
    places[:count].sort()
    return count


@compiled
def crossing(
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    edge: Float64Array,
    inside: float,
    outside: float,
    cosine: float,
) -> float:
    """The last place inside the cone, on the way from a place inside to one outside."""
    for _ in range(_BISECTIONS):
        middle = 0.5 * (inside + outside)
        if sample(lens, frame, poses, edge, middle, cosine)[5]:
            inside = middle
        else:
            outside = middle
    return inside


@inlined
def unwrapped(lens: Float64Array, u: float, reference: float) -> float:
    """On a cylinder, the column next to the one before; elsewhere the column itself."""
    if int(lens[5]) != CYLINDRICAL:
        return u
    period = _TURN * lens[0]
    column: float = u - period * np.round((u - reference) / period)
    return column


@inlined
def _off_chord(u0: float, v0: float, u1: float, v1: float, u: float, v: float) -> float:
    """Distance of a pixel from a straight piece."""
    du, dv = u1 - u0, v1 - v0
    length = du * du + dv * dv
    share = 0.0
    if length > 0.0:
        share = min(max(((u - u0) * du + (v - v0) * dv) / length, 0.0), 1.0)
    return math.hypot(u - u0 - share * du, v - v0 - share * dv)


@inlined
def _off_picture(lens: Float64Array, frame: Float64Array, u: float, v: float) -> float:
    """How far off the picture a pixel lies, zero on it; a cylinder's columns come round again."""
    du: float = max(-0.5 - u, u - frame[0] + 0.5, 0.0)
    dv: float = max(-0.5 - v, v - frame[1] + 0.5, 0.0)
    return dv if int(lens[5]) == CYLINDRICAL else max(du, dv)


@compiled
def piece(  # noqa: PLR0913, PLR0915, PLR0917  a kernel: the stack is its locals
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    edge: Float64Array,
    start: float,
    end: float,
    tolerance: float,
    out: Float64Array,
    count: int,
    base: float,
) -> int:
    """Append a piece of an edge from ``start`` (which is there already) to ``end``; -1: no room.

    It is split until the curve is within the tolerance of the straight pieces. Far off the picture
    a five-thousandth of the distance is near enough. A third column gets ``base`` plus the place.
    """
    stack = np.empty((_MAX_DEPTH + 3, 6))
    last = sample(lens, frame, poses, edge, end, -2.0)
    first = sample(lens, frame, poses, edge, start, -2.0)
    s0, u0, v0 = start, out[count - 1, 0], out[count - 1, 1]
    x0, y0, z0 = first[2], first[3], first[4]
    top = 0
    stack[0] = np.array((end, last[0], last[1], last[2], last[3], last[4]))
    depth = np.zeros(_MAX_DEPTH + 3, dtype=np.int64)
    straight = int(lens[5]) == PINHOLE and frame[2] < 0.0
    while top >= 0:
        s1, u1, v1 = stack[top, 0], stack[top, 1], stack[top, 2]
        x1, y1, z1 = stack[top, 3], stack[top, 4], stack[top, 5]
        u1 = unwrapped(lens, u1, u0)
        split = False
        if not straight and depth[top] < _MAX_DEPTH:
            split = x0 * x1 + y0 * y1 + z0 * z1 < _COS_15_DEGREES
            if not split:
                worst = 0.0
                near = min(_off_picture(lens, frame, u0, v0), _off_picture(lens, frame, u1, v1))
                for quarter in range(1, 4):
                    s = s0 + 0.25 * quarter * (s1 - s0)
                    u, v, _, _, _, _ = sample(lens, frame, poses, edge, s, -2.0)
                    u = unwrapped(lens, u, u0)
                    near = min(near, _off_picture(lens, frame, u, v))
                    off = _off_chord(u0, v0, u1, v1, u, v)
                    worst = max(worst, off)
                split = worst > max(tolerance, 0.0002 * near)
        if split:
            s = 0.5 * (s0 + s1)
            u, v, x, y, z, _ = sample(lens, frame, poses, edge, s, -2.0)
            if math.isfinite(u):
                level = depth[top] + 1
                depth[top] = level
                stack[top + 1] = np.array((s, u, v, x, y, z))
                top += 1
                depth[top] = level
                continue
        if count >= out.shape[0]:
            return -1
        out[count, 0], out[count, 1] = u1, v1
        if out.shape[1] == 3:
            out[count, 2] = base + s1
        count += 1
        s0, u0, v0, x0, y0, z0 = s1, u1, v1, x1, y1, z1
        top -= 1
    return count


@compiled
def rim(  # noqa: PLR0913, PLR0917  two ends of an arc
    lens: Float64Array,
    frame: Float64Array,
    cosine: float,
    start: float,
    turn: float,
    tolerance: float,
    out: Float64Array,
    count: int,
) -> int:
    """Append an arc of the cone's rim, from ``start`` on, by ``turn`` rad (visually anticlockwise).

    The start isn't appended; the end is. -1: no room.
    """
    sine = math.sqrt(max(0.0, 1.0 - cosine * cosine))
    steps = max(1, math.ceil(abs(turn) / math.radians(15.0)))
    u0, v0, _ = project_point(lens, sine * math.cos(start), sine * math.sin(start), cosine)
    for _ in range(_MAX_DEPTH):
        worst = 0.0
        u, v = u0, v0
        for step in range(steps):
            a = start - turn * (step + 0.5) / steps
            b = start - turn * (step + 1.0) / steps
            um, vm, _ = project_point(lens, sine * math.cos(a), sine * math.sin(a), cosine)
            ue, ve, _ = project_point(lens, sine * math.cos(b), sine * math.sin(b), cosine)
            near = min(_off_picture(lens, frame, u, v), _off_picture(lens, frame, um, vm))
            off = _off_chord(u, v, ue, ve, um, vm)
            worst = max(worst, off / max(tolerance, 0.0002 * near))
            u, v = ue, ve
        if worst <= 1.0:
            break
        # The sagitta falls with the square of the step.
        steps = min(4096, math.ceil(steps * max(1.2, math.sqrt(worst))))
        if steps >= 4096:
            break
    for step in range(steps):
        if count >= out.shape[0]:
            return -1
        b = start - turn * (step + 1.0) / steps
        u, v, _ = project_point(lens, sine * math.cos(b), sine * math.sin(b), cosine)
        out[count, 0], out[count, 1] = u, v
        count += 1
    return count


@compiled
def _encloses(
    frame: Float64Array, poses: Float64Array, edges: Float64Array, time: float, toward: Float64Array
) -> bool:
    """Whether a direction of the camera frame lies inside a convex loop of edges, at a time."""
    seconds = time * 1e-9
    for row in range(edges.shape[0]):
        a = edges[row, 0, :3] + seconds * edges[row, 0, 3:]
        b = edges[row, 1, :3] + seconds * edges[row, 1, 3:]
        ax, ay, az = to_camera(frame, poses, time, a[0], a[1], a[2])
        bx, by, bz = to_camera(frame, poses, time, b[0], b[1], b[2])
        side = toward[0] * (ay * bz - az * by)
        side += toward[1] * (az * bx - ax * bz)
        side += toward[2] * (ax * by - ay * bx)
        # Visually anticlockwise, and y points down: the inside is where this is negative.
        if side >= 0.0:
            return False
    return True


@compiled
def _chains(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  a kernel: cutting is one thing
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    edges: Float64Array,
    cosine: float,
    tolerance: float,
    points: Float64Array,
    chains: Float64Array,
) -> int:
    """The parts of a loop of edges that are inside the cone, subdivided; returns how many.

    Each row of ``chains``: first point, end of points, azimuth of entry and of exit on the rim (NaN
    where it begins or ends at a corner that is inside). -1: no room.
    """
    places = np.empty(2 + _GRID + 6)
    found, count = 0, 0
    is_open = False
    for row in range(edges.shape[0]):
        edge = edges[row]
        last = cuts(frame, poses, edge, cosine, places)
        previous = 0.0
        _, _, _, _, _, was_inside = sample(lens, frame, poses, edge, 0.0, cosine)
        start = 0.0
        if not was_inside:
            is_open = False
        for index in range(1, last):
            place = places[index]
            _, _, _, _, _, inside = sample(lens, frame, poses, edge, place, cosine)
            if inside and not was_inside:
                start = crossing(lens, frame, poses, edge, place, previous, cosine)
            if was_inside and (not inside or index == last - 1):
                end = place
                if not inside:
                    end = crossing(lens, frame, poses, edge, previous, place, cosine)
                if found >= chains.shape[0] or count >= points.shape[0]:
                    return -1
                if not (is_open and start == 0.0):
                    u, v, x, y, _, _ = sample(lens, frame, poses, edge, start, -2.0)
                    chains[found, 0] = count
                    chains[found, 2] = math.atan2(y, x) if start > 0.0 else math.nan
                    points[count, 0], points[count, 1] = u, v
                    count += 1
                    found += 1
                count = piece(lens, frame, poses, edge, start, end, tolerance, points, count, 0.0)
                if count < 0:
                    return -1
                chains[found - 1, 1] = count
                chains[found - 1, 3] = math.nan
                is_open = inside
                if not inside:
                    _, _, x, y, _, _ = sample(lens, frame, poses, edge, end, -2.0)
                    chains[found - 1, 3] = math.atan2(y, x)
            elif inside and not was_inside and index == last - 1:
                # Entered within the last stretch: what is left reaches to the corner.
                if found >= chains.shape[0] or count >= points.shape[0]:
                    return -1
                u, v, x, y, _, _ = sample(lens, frame, poses, edge, start, -2.0)
                chains[found, 0] = count
                chains[found, 2] = math.atan2(y, x)
                points[count, 0], points[count, 1] = u, v
                count += 1
                found += 1
                count = piece(lens, frame, poses, edge, start, 1.0, tolerance, points, count, 0.0)
                if count < 0:
                    return -1
                chains[found - 1, 1] = count
                chains[found - 1, 3] = math.nan
                is_open = True
            previous, was_inside = place, inside
    return found


@compiled
def _append(points: Float64Array, first: int, end: int, out: Float64Array, count: int) -> int:
    if count + end - first > out.shape[0]:
        return -1
    for row in range(first, end):
        out[count, 0], out[count, 1] = points[row, 0], points[row, 1]
        count += 1
    return count


@compiled
def outline(  # noqa: C901, PLR0911, PLR0912, PLR0913, PLR0915, PLR0917  a kernel: one stitching
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    edges: Float64Array,
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
        edges: (m, 2, 6) from corner to corner, visually anticlockwise: position, velocity.
        cosine: Of the cone to clip with; below -1: none.
        tolerance: px.
        moment: ns after the image's time at which to judge what doesn't cross the rim.
        out: (n, 2) px, written.
        ends: (k,) where each loop ends in ``out``, written.

    Returns:
        How many loops (-1: no room), and whether the cone has cut anything.
    """
    points = np.empty_like(out)
    chains = np.empty((_MAX_CUTS, 4))
    found = _chains(lens, frame, poses, edges, cosine, tolerance, points, chains)
    if found < 0:
        return -1, False
    toward = np.array((0.0, 0.0, 1.0))
    whole = found == 1 and math.isnan(chains[0, 2]) and math.isnan(chains[0, 3])
    if found == 0 or whole:
        loops, count = 0, 0
        if whole:
            # The last point repeats the first.
            count = _append(points, 0, int(chains[0, 1]) - 1, out, 0)
            ends[0] = count
            loops = 1
            toward[2] = -1.0
        if cosine > -1.0 and _encloses(frame, poses, edges, moment, toward):
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
            count = _append(points, int(chains[current, 0]), int(chains[current, 1]), out, count)
            if count >= 0 and joined == 0 and current == found - 1:
                count = _append(points, 1, int(chains[0, 1]), out, count)
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
