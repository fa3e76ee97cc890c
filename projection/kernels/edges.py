"""Straight edges in space, and their picture in straight pieces.

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
from projection.kernels.motion import see
from projection.kernels.pack import CYLINDRICAL, PINHOLE, WARP

_OK = 0
#: Halvings of an edge: one that passes the camera by a hair turns within a millionth of it.
_MAX_DEPTH = 40
_RIM_ROUNDS = 12
#: Halvings of an eighth of a rim; a difference of azimuths that is none.
_RIM_DEPTH, _LEAST_STEP = 20, 1e-9
#: 15 degrees, squared.
_MOST_SQUARE = 0.0687
_TURN = 2.0 * math.pi
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
def _most_bent(lens: Float64Array, frame: Float64Array, a: Spot, b: Spot, square: float) -> float:
    """Bound (px) of how far the picture of an arc is off its chord; inf or NaN: none is known.

    Between halves of the arc it is a quarter of that.
    """
    off = 0.125 * square * bend_between(lens, a[3], a[4], b[3], b[4], square)
    span = abs(b[6] - a[6])
    if span >= 0.125 * frame[4] and frame[2] >= 0.0:
        off = math.inf
    if span > 0.0:
        # Places on a line are seen later in proportion to how far on they are; if pixels move the
        # faster the further on, it is bent by a quarter of both differences. Doubled.
        off += 0.5 * span * math.sqrt((b[7] - a[7]) ** 2 + (b[8] - a[8]) ** 2)
    return off


@inlined
def _is_straight(lens: Float64Array, frame: Float64Array) -> bool:
    """Whether the picture of whatever is straight in space is straight."""
    return int(lens[5]) == PINHOLE and frame[2] < 0.0 and lens[WARP] == 0.0


@inlined
def is_plain(lens: Float64Array, frame: Float64Array, a: Spot, b: Spot, tolerance: float) -> bool:
    """Whether the picture of an edge is one straight piece for sure: it needn't be traced."""
    square = _square_between(a, b)
    if not square <= _MOST_SQUARE:
        return False
    return _is_straight(lens, frame) or _most_bent(lens, frame, a, b, square) <= tolerance


@compiled
def trace(  # noqa: C901, PLR0913, PLR0915, PLR0917  a kernel: what goes in, what comes out
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
    straight = _is_straight(lens, frame)
    s0, a = first
    u0, v0 = out[count - 1, 0], out[count - 1, 1]
    s1, b = last
    top, depth = 0, 0
    while True:
        u1, v1 = unwrapped(lens, b[0], u0), b[1]
        split = False
        s = 0.5 * (s0 + s1)
        found = b
        if not straight and depth < _MAX_DEPTH:
            square = _square_between(a, b)
            split = square > _MOST_SQUARE
            bound = _most_bent(lens, frame, a, b, square)
            if split or not bound <= tolerance:
                found = spot(lens, frame, poses, edge, s, 0.5 * (a[6] + b[6]))
            if not split and not bound <= tolerance:
                u = unwrapped(lens, found[0], u0)
                near = min(
                    off_picture(lens, frame, u0, v0),
                    off_picture(lens, frame, u1, v1),
                    off_picture(lens, frame, u, found[1]),
                )
                allowed = max(tolerance, 0.0002 * near)
                worst = off_chord(u0, v0, u1, v1, u, found[1])
                if worst <= allowed and not worst + 0.25 * bound <= allowed:
                    for side in range(2):
                        place = 0.25 + 0.5 * side
                        guess = (1.0 - place) * a[6] + place * b[6]
                        at = spot(lens, frame, poses, edge, s0 + place * (s1 - s0), guess)
                        u = unwrapped(lens, at[0], u0)
                        worst = max(worst, off_chord(u0, v0, u1, v1, u, at[1]))
                split = worst > allowed
        if split and found[9]:
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
def _rim_on_cylinder(  # noqa: PLR0913, PLR0917  two ends of an arc
    lens: Float64Array,
    frame: Float64Array,
    cosine: float,
    start: float,
    turn: float,
    tolerance: float,
    out: Float64Array,
    count: int,
) -> int:
    """As ``rim``. Columns run on across the seam.

    Straight above and below the axis they change fast: nearly half a turn from one place to the
    next doesn't say which way they went. So these two places are among those that are looked at,
    and each piece is halved by itself.
    """
    sine = math.sqrt(max(0.0, 1.0 - cosine * cosine))
    u0, v0, _ = project_point(lens, sine * math.cos(start), sine * math.sin(start), cosine)
    ahead = np.empty((_RIM_DEPTH + 1, 2))
    size, way = abs(turn), 1.0 if turn > 0.0 else -1.0
    gone = 0.0
    while gone < size:
        left = (way * start - gone) % (0.25 * math.pi)
        goal = gone + (left if left > _LEAST_STEP else 0.25 * math.pi)
        if goal > size - _LEAST_STEP:
            goal = size
        ahead[0, 0], ahead[0, 1] = goal, 0.0
        top = 1
        while top > 0:
            there, depth = ahead[top - 1, 0], ahead[top - 1, 1]
            b = start - way * there
            u1, v1, _ = project_point(lens, sine * math.cos(b), sine * math.sin(b), cosine)
            u1 = unwrapped(lens, u1, u0)
            a = start - way * 0.5 * (gone + there)
            u, v, _ = project_point(lens, sine * math.cos(a), sine * math.sin(a), cosine)
            u = unwrapped(lens, u, u0)
            near = min(off_picture(lens, frame, u0, v0), off_picture(lens, frame, u, v))
            near = min(near, off_picture(lens, frame, u1, v1))
            off = off_chord(u0, v0, u1, v1, u, v)
            if depth < _RIM_DEPTH and not off <= max(tolerance, 0.0002 * near):
                ahead[top - 1, 1] = depth + 1.0
                ahead[top, 0], ahead[top, 1] = 0.5 * (gone + there), depth + 1.0
                top += 1
                continue
            if count >= out.shape[0]:
                return -1
            out[count, 0], out[count, 1] = u1, v1
            count += 1
            gone, u0, v0 = there, u1, v1
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
    if int(lens[5]) == CYLINDRICAL:
        return _rim_on_cylinder(lens, frame, cosine, start, turn, tolerance, out, count)
    sine = math.sqrt(max(0.0, 1.0 - cosine * cosine))
    steps = max(1, math.ceil(abs(turn) / math.radians(15.0)))
    u0, v0, _ = project_point(lens, sine * math.cos(start), sine * math.sin(start), cosine)
    for _ in range(_RIM_ROUNDS):
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
