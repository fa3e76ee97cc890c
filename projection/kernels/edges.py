"""Straight edges in space: where they are inside a cone, and their picture in straight pieces.

# HOT: bench/projection/curves.py. Outlines of boxes, rings of surfaces and lines are made of this.
A place on an edge is seen once, looked for where its neighbour was; an arc that the lens can't bend
by more than the tolerance (see ``bends``) isn't looked at between its ends.
"""

import math

import numpy as np

from projection.arrays import Float64Array
from projection.kernels.bends import bend_between
from projection.kernels.compiled import compiled, inlined
from projection.kernels.lens import project_point
from projection.kernels.motion import see, to_camera
from projection.kernels.pack import CYLINDRICAL, PINHOLE

_OK = 0
_MAX_DEPTH = 12
_COS_15_DEGREES = math.cos(math.radians(15.0))
_GRID = 8
_STEPS = 60
_TURN = 2.0 * math.pi
#: Nearer to the rim than this (cosine) is on the rim.
_ON_RIM = 1e-13
#: How many places ``_cuts`` may find, and parts there may be between them.
PLACES = 2 + _GRID + 6
PARTS = PLACES // 2 + 1
#: Rows and columns of the memory that ``trace`` works in.
STACK = (_MAX_DEPTH + 3, 10)

#: Two moving points, as ``motion.Moving``.
Edge = tuple[float, ...]
#: A place on an edge as it is seen: pixel, unit direction, distance (m), time (ns), velocity of the
#: pixel (px/ns, NaN: unknown), and whether it is seen at all.
Spot = tuple[float, float, float, float, float, float, float, float, float, bool]


@inlined
def edge_between(points: Float64Array, a: int, b: int) -> Edge:
    """The edge from one of points (n, 6) to another."""
    return (
        points[a, 0], points[a, 1], points[a, 2], points[a, 3], points[a, 4], points[a, 5],
        points[b, 0], points[b, 1], points[b, 2], points[b, 3], points[b, 4], points[b, 5],
    )  # fmt: skip


@compiled
def spot(
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    edge: Edge,
    s: float,
    guess: float,
) -> Spot:
    """A place on an edge as it is seen; ``guess``: ns after the image's time to look first."""
    r = 1.0 - s
    point = (
        r * edge[0] + s * edge[6],
        r * edge[1] + s * edge[7],
        r * edge[2] + s * edge[8],
        r * edge[3] + s * edge[9],
        r * edge[4] + s * edge[10],
        r * edge[5] + s * edge[11],
    )
    u, v, x, y, z, time, du, dv, status = see(lens, frame, poses, point, guess)
    norm = math.sqrt(x * x + y * y + z * z)
    if status != _OK or norm == 0.0:
        nothing = math.nan
        return nothing, nothing, 0.0, 0.0, 0.0, nothing, guess, nothing, nothing, False
    return u, v, x / norm, y / norm, z / norm, norm, time, du, dv, True


@inlined
def is_inside(seen: Spot, cosine: float) -> bool:
    """Whether a spot is inside a cone about the axis."""
    return seen[9] and seen[4] > cosine


@inlined
def _square_between(a: Spot, b: Spot) -> float:
    """The angle between two directions, squared: right to a hundredth up to 15 degrees."""
    return 2.02 * (1.0 - (a[2] * b[2] + a[3] * b[3] + a[4] * b[4]))


@inlined
def _cuts(
    frame: Float64Array, poses: Float64Array, edge: Edge, cosine: float, places: Float64Array
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
        t = time * 1e-9
        ax, ay, az = to_camera(
            frame, poses, time, edge[0] + t * edge[3], edge[1] + t * edge[4], edge[2] + t * edge[5]
        )
        bx, by, bz = to_camera(
            frame, poses, time, edge[6] + t * edge[9], edge[7] + t * edge[10],
            edge[8] + t * edge[11],
        )  # fmt: skip
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
    for row in range(1, count):
        place, at = places[row], row
        while at > 0 and places[at - 1] > place:
            places[at] = places[at - 1]
            at -= 1
        places[at] = place
    return count


@compiled
def _crossing(
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    edge: Edge,
    inside: tuple[float, Spot],
    outside: tuple[float, Spot],
    cosine: float,
) -> tuple[float, Spot]:
    """The last place inside the cone between a place inside and one outside, and its spot."""
    here, there = inside[0], outside[0]
    seen = inside[1]
    height, depth = seen[4] - cosine, outside[1][4] - cosine
    if not outside[1][9]:
        depth = math.nan
    for step in range(_STEPS):
        middle = 0.5 * (here + there)
        if step < _STEPS // 2 and height > depth:
            guess = (there * height - here * depth) / (height - depth)
            if min(here, there) < guess < max(here, there):
                middle = guess
        found = spot(lens, frame, poses, edge, middle, seen[6])
        over = found[4] - cosine
        if found[9] and abs(over) <= _ON_RIM:
            return middle, found
        if found[9] and over > 0.0:
            # Anderson-Bjoerck: the end that stays counts less.
            ratio = 1.0 - over / height
            depth *= ratio if ratio > 0.0 else 0.5
            here, seen, height = middle, found, over
        else:
            ratio = 1.0 - over / depth
            height *= ratio if ratio > 0.0 else 0.5
            there, depth = middle, over if found[9] else math.nan
        if abs(here - there) <= 1e-15:
            break
    return here, seen


@compiled
def is_clear(
    frame: Float64Array,
    a: tuple[float, float, float],
    b: tuple[float, float, float],
    speed: float,
    cosine: float,
    sides: Float64Array,
) -> bool:
    """Whether an edge stays out of a cone, or beyond one side of the picture, all the time.

    Args:
        frame: See ``pack``.
        a: One end, camera frame, at any time of the read-out.
        b: The other, at the same time.
        speed: Of the faster end, m/s.
        cosine: Of the cone; below -1: none.
        sides: (k, 3) outer normals of planes through the camera, see ``cones.picture_sides``.
    """
    if cosine < -1.0:
        return False
    far_a = math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])
    far_b = math.sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2])
    moved = frame[9] + frame[4] * 1e-9 * speed + 1e-9
    slack_a, slack_b = moved + frame[8] * far_a, moved + frame[8] * far_b
    if cosine <= 0.0:
        # What is outside is convex.
        return bool(a[2] < cosine * far_a - slack_a and b[2] < cosine * far_b - slack_b)
    if a[2] < -slack_a and b[2] < -slack_b:
        return True
    for row in range(sides.shape[0]):
        n = sides[row]
        if (
            n[0] * a[0] + n[1] * a[1] + n[2] * a[2] > slack_a
            and n[0] * b[0] + n[1] * b[1] + n[2] * b[2] > slack_b
        ):
            return True
    # The plane that touches the cone on the side where the edge's middle is.
    x, y = a[0] + b[0], a[1] + b[1]
    length = math.sqrt(x * x + y * y)
    if length == 0.0:
        return False
    x, y, sine = cosine * x / length, cosine * y / length, math.sqrt(1.0 - cosine * cosine)
    beyond_a: float = x * a[0] + y * a[1] - sine * a[2] - slack_a
    beyond_b: float = x * b[0] + y * b[1] - sine * b[2] - slack_b
    return beyond_a > 0.0 and beyond_b > 0.0


@compiled
def speed_of(edge: Edge) -> float:
    """Of the faster end, m/s."""
    a = edge[3] * edge[3] + edge[4] * edge[4] + edge[5] * edge[5]
    b = edge[9] * edge[9] + edge[10] * edge[10] + edge[11] * edge[11]
    return math.sqrt(max(a, b))


@inlined
def _stays_inside(frame: Float64Array, edge: Edge, a: Spot, b: Spot, cosine: float) -> bool:
    """Whether an edge is all inside the cone for sure, as its ends are seen inside."""
    dot = a[2] * b[2] + a[3] * b[3] + a[4] * b[4]
    if cosine < -1.0:
        return a[9] and b[9] and dot > 0.0
    if not (a[9] and b[9] and dot > _COS_15_DEGREES):
        return False
    margin = 0.0
    if frame[2] >= 0.0:
        moved = frame[9] + frame[4] * 1e-9 * speed_of(edge)
        left = 0.96 * min(a[5], b[5]) - moved
        if not left > 0.0:
            return False
        margin = frame[8] + moved / left
    if cosine <= 0.0:
        # Not convex: it may bulge out by as much as its own angle.
        margin += math.sqrt(2.02 * max(0.0, 1.0 - dot))
    return min(a[4], b[4]) > cosine + margin


@compiled
def inside_parts(  # noqa: PLR0913, PLR0917  what goes in, what comes out
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    edge: Edge,
    a: Spot,
    b: Spot,
    cosine: float,
    places: Float64Array,
    parts: Float64Array,
) -> int:
    """The parts of an edge inside a cone.

    Args:
        lens: See ``pack``.
        frame: See ``pack``.
        poses: See ``pack``.
        edge: See ``edge_between``.
        a: Its beginning.
        b: Its end.
        cosine: Of the cone; below -1: no cone, all that is seen is inside.
        places: (PLACES,) memory to work in.
        parts: (PARTS, 2) written: from where to where; 0 and 1 are the edge's own ends.

    Returns:
        How many parts.
    """
    if _stays_inside(frame, edge, a, b, cosine):
        parts[0, 0], parts[0, 1] = 0.0, 1.0
        return 1
    count = _cuts(frame, poses, edge, cosine, places)
    found = 0
    start, previous, before = 0.0, 0.0, a
    was_inside = is_inside(a, cosine)
    for index in range(1, count):
        place = places[index]
        here = b
        if index < count - 1:
            here = spot(lens, frame, poses, edge, place, before[6])
        inside = is_inside(here, cosine)
        if inside and not was_inside:
            start, _ = _crossing(
                lens, frame, poses, edge, (place, here), (previous, before), cosine
            )
        elif was_inside and not inside:
            end, _ = _crossing(lens, frame, poses, edge, (previous, before), (place, here), cosine)
            parts[found, 0], parts[found, 1] = start, end
            found += 1
        previous, before, was_inside = place, here, inside
    if was_inside:
        parts[found, 0], parts[found, 1] = start, 1.0
        found += 1
    return found


@inlined
def unwrapped(lens: Float64Array, u: float, reference: float) -> float:
    """On a cylinder, the column next to the one before; elsewhere the column itself."""
    if int(lens[5]) != CYLINDRICAL:
        return u
    period = _TURN * lens[0]
    column: float = u - period * np.round((u - reference) / period)
    return column


@inlined
def off_chord(u0: float, v0: float, u1: float, v1: float, u: float, v: float) -> float:
    """Distance of a pixel from a straight piece."""
    du, dv = u1 - u0, v1 - v0
    length = du * du + dv * dv
    share = 0.0
    if length > 0.0:
        share = min(max(((u - u0) * du + (v - v0) * dv) / length, 0.0), 1.0)
    off_u, off_v = u - u0 - share * du, v - v0 - share * dv
    return math.sqrt(off_u * off_u + off_v * off_v)


@inlined
def off_picture(lens: Float64Array, frame: Float64Array, u: float, v: float) -> float:
    """How far off the picture a pixel lies, zero on it; a cylinder's columns come round again."""
    du: float = max(-0.5 - u, u - frame[0] + 0.5, 0.0)
    dv: float = max(-0.5 - v, v - frame[1] + 0.5, 0.0)
    return dv if int(lens[5]) == CYLINDRICAL else max(du, dv)


@inlined
def _is_straight(
    lens: Float64Array, frame: Float64Array, a: Spot, b: Spot, square: float, tolerance: float
) -> bool:
    """Whether the picture of an arc is straight for sure, without looking at it."""
    off = 0.125 * square * bend_between(lens, a[3], a[4], b[3], b[4], square)
    span = abs(b[6] - a[6])
    if span > 0.0:
        if not span < 0.125 * frame[4]:
            return False
        # Places on a line are seen later in proportion to how far on they are; if pixels move the
        # faster the further on, it is bent by a quarter of both differences. Doubled.
        off += 0.5 * span * math.sqrt((b[7] - a[7]) ** 2 + (b[8] - a[8]) ** 2)
    return off <= tolerance


@compiled
def trace(  # noqa: PLR0913, PLR0915, PLR0917  a kernel: what goes in, what comes out
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    edge: Edge,
    first: tuple[float, Spot],
    last: tuple[float, Spot],
    tolerance: float,
    stack: Float64Array,
    out: Float64Array,
    count: int,
    base: float,
) -> int:
    """Append a piece of an edge from ``first`` (which is there already) to ``last``; -1: no room.

    It is split until the curve is within the tolerance of the straight pieces. Far off the picture
    a five-thousandth of the distance is near enough. A third column gets ``base`` plus the place.
    ``stack`` is memory to work in, of the size ``STACK``.
    """
    straight = int(lens[5]) == PINHOLE and frame[2] < 0.0
    s0, a = first
    u0, v0 = out[count - 1, 0], out[count - 1, 1]
    s1, b = last
    top, depth = 0, 0
    while True:
        u1, v1 = unwrapped(lens, b[0], u0), b[1]
        split = False
        if not straight and depth < _MAX_DEPTH:
            square = _square_between(a, b)
            split = square > 0.0687
            if not split and not _is_straight(lens, frame, a, b, square, tolerance):
                worst = 0.0
                near = min(off_picture(lens, frame, u0, v0), off_picture(lens, frame, u1, v1))
                guess, step = a[6], 0.25 * (b[6] - a[6])
                for quarter in range(1, 4):
                    s = s0 + 0.25 * quarter * (s1 - s0)
                    found = spot(lens, frame, poses, edge, s, guess + quarter * step)
                    u = unwrapped(lens, found[0], u0)
                    near = min(near, off_picture(lens, frame, u, found[1]))
                    worst = max(worst, off_chord(u0, v0, u1, v1, u, found[1]))
                split = worst > max(tolerance, 0.0002 * near)
        if split:
            s = 0.5 * (s0 + s1)
            found = spot(lens, frame, poses, edge, s, 0.5 * (a[6] + b[6]))
            if found[9]:
                depth += 1
                stack[top, 0] = s1
                (
                    stack[top, 1], stack[top, 2], stack[top, 3], stack[top, 4], stack[top, 5],
                    stack[top, 6], stack[top, 7], stack[top, 8],
                ) = b[0], b[1], b[2], b[3], b[4], b[6], b[7], b[8]  # fmt: skip
                stack[top, 9] = depth
                top += 1
                s1, b = s, found
                continue
        if count >= out.shape[0]:
            return -1
        out[count, 0], out[count, 1] = u1, v1
        if out.shape[1] == 3:
            out[count, 2] = base + s1
        count += 1
        if top == 0:
            return count
        s0, a, u0, v0 = s1, b, u1, v1
        top -= 1
        s1, depth = stack[top, 0], int(stack[top, 9])
        b = (
            stack[top, 1], stack[top, 2], stack[top, 3], stack[top, 4], stack[top, 5],
            0.0, stack[top, 6], stack[top, 7], stack[top, 8], True,
        )  # fmt: skip


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
            near = min(off_picture(lens, frame, u, v), off_picture(lens, frame, um, vm))
            off = off_chord(u, v, ue, ve, um, vm)
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
