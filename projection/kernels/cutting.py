"""Where straight edges in space are inside a cone about the camera's axis.

With a rolling shutter each place of an edge is seen at its own time. Where an edge crosses the rim
is found on the rim itself: at any time that is a quadratic's root, and the time is the one at which
the line that this root's pixel is on is exposed.
"""

import math

from projection.arrays import Float64Array
from projection.kernels.compiled import compiled, inlined
from projection.kernels.edges import Edge, Spot, is_inside, spot
from projection.kernels.lens import project_point
from projection.kernels.motion import line_time, to_camera
from projection.kernels.pack import WARP, WARP_RAD

_COS_15_DEGREES = math.cos(math.radians(15.0))
_OK = 0
_GRID = 8
_STEPS = 60
#: Nearer to the rim than this (cosine) is on the rim.
_ON_RIM = 1e-13
#: Lines by which a crossing's time may be wrong.
_TOLERANCE = 1e-7
_MOMENTS = 5
#: How many places ``_cuts`` may find.
PLACES = 2 + _GRID + 6
#: How many parts there may be between them; columns: from, to, and the spots there (9 each).
PARTS = (PLACES // 2 + 1, 20)


@inlined
def edge_at(
    frame: Float64Array, poses: Float64Array, edge: Edge, time: float
) -> tuple[float, float, float, float, float, float]:
    """Both ends of an edge in the camera frame at a time."""
    t = time * 1e-9
    ax, ay, az = to_camera(
        frame, poses, time, edge[0] + t * edge[3], edge[1] + t * edge[4], edge[2] + t * edge[5]
    )
    bx, by, bz = to_camera(
        frame, poses, time, edge[6] + t * edge[9], edge[7] + t * edge[10], edge[8] + t * edge[11]
    )
    return ax, ay, az, bx, by, bz


@inlined
def _roots(
    frame: Float64Array, poses: Float64Array, edge: Edge, cosine: float, time: float
) -> tuple[float, float]:
    """Where an edge crosses the double cone of a cosine at a time, NaN where it doesn't."""
    ax, ay, az, bx, by, bz = edge_at(frame, poses, edge, time)
    dx, dy, dz = bx - ax, by - ay, bz - az
    c2 = cosine * cosine
    # z^2 = c^2 |P|^2 along P = A + s D.
    p = dz * dz - c2 * (dx * dx + dy * dy + dz * dz)
    q = az * dz - c2 * (ax * dx + ay * dy + az * dz)
    r = az * az - c2 * (ax * ax + ay * ay + az * az)
    under = q * q - p * r
    if not under > 0.0 or p == 0.0:
        return math.nan, math.nan
    root = math.sqrt(under)
    return (-q - root) / p, (-q + root) / p


@compiled
def _cuts(
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    edge: Edge,
    cosine: float,
    places: Float64Array,
) -> int:
    """Where along an edge to look whether it is inside the cone; returns how many places.

    Between two neighbours of the sorted places the edge enters or leaves the cone at most once.
    """
    rolling = frame[2] >= 0.0
    count = 2
    places[0], places[1] = 0.0, 1.0
    if rolling or lens[WARP] > 0.0:
        for step in range(1, _GRID):
            places[count] = step / _GRID
            count += 1
    for moment in range(2 if rolling else 1):
        first, second = _roots(frame, poses, edge, cosine, frame[4] * moment)
        for place in (first - 1e-9, 0.5 * (first + second), second + 1e-9):
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
def _on_rim(
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    edge: Edge,
    ends: tuple[float, float],
    guess: float,
    cosine: float,
) -> tuple[float, Spot]:
    """Where an edge crosses the rim between two places, and its spot; not seen: it isn't known."""
    low, high = min(ends[0], ends[1]), max(ends[0], ends[1])
    time, before, last = guess, math.nan, math.nan
    nothing = math.nan
    unknown = (nothing, nothing, 0.0, 0.0, 0.0, nothing, guess, nothing, nothing, False)
    for _ in range(10):
        first, second = _roots(frame, poses, edge, cosine, time)
        is_first, is_second = low <= first <= high, low <= second <= high
        if is_first == is_second:
            return low, unknown
        place = first if is_first else second
        ax, ay, az, bx, by, bz = edge_at(frame, poses, edge, time)
        rest = 1.0 - place
        x, y, z = rest * ax + place * bx, rest * ay + place * by, rest * az + place * bz
        u, v, status = project_point(lens, x, y, z)
        norm = math.sqrt(x * x + y * y + z * z)
        if status != _OK or abs(z / norm - cosine) > 1e-9:
            return low, unknown
        miss = 0.0 if frame[2] < 0.0 else line_time(frame, u, v) - time
        if abs(miss) <= _TOLERANCE * frame[3] or frame[2] < 0.0:
            here = (u, v, x / norm, y / norm, z / norm, norm, time, nothing, nothing, True)
            return place, here
        slope = (miss - last) / (time - before) if not math.isnan(before) else -1.0
        if not slope < -0.05:
            return low, unknown
        before, last = time, miss
        time = min(max(time - miss / slope, 0.0), frame[4])
    return low, unknown


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
    if cosine >= -1.0 and lens[WARP] == 0.0:
        place, found = _on_rim(lens, frame, poses, edge, (here, there), seen[6], cosine)
        if found[9]:
            return place, found
    for _ in range(_STEPS):
        middle = 0.5 * (here + there)
        found = spot(lens, frame, poses, edge, middle, seen[6])
        if is_inside(found, cosine):
            here, seen = middle, found
            if found[4] - cosine <= _ON_RIM:
                break
        else:
            there = middle
        if abs(here - there) <= 1e-15:
            break
    return here, seen


@compiled
def _is_outside(
    frame: Float64Array, poses: Float64Array, edge: Edge, s: float, cosine: float
) -> bool:
    """Whether a place on an edge is outside the cone all the time, by a few moments and a bound."""
    speed = frame[4] * 1e-9 * speed_of(edge)
    for moment in range(_MOMENTS):
        ax, ay, az, bx, by, bz = edge_at(frame, poses, edge, frame[4] * moment / (_MOMENTS - 1.0))
        rest = 1.0 - s
        x, y, z = rest * ax + s * bx, rest * ay + s * by, rest * az + s * bz
        far = math.sqrt(x * x + y * y + z * z)
        # By so much its direction may turn until halfway to the next moment.
        left = far - frame[9] - speed
        if not left > 0.0:
            return False
        margin = (frame[8] + (frame[9] + speed) / left) / (2.0 * (_MOMENTS - 1.0))
        if not z < far * (cosine - margin):
            return False
    return True


@compiled
def is_clear(
    lens: Float64Array,
    frame: Float64Array,
    a: tuple[float, float, float],
    b: tuple[float, float, float],
    speed: float,
    cosine: float,
    sides: Float64Array,
) -> bool:
    """Whether an edge stays out of a cone, or beyond one side of the picture, all the time.

    Args:
        lens: See ``pack``.
        frame: See ``pack``.
        a: One end, camera frame, at any time of the read-out.
        b: The other, at the same time.
        speed: Of the faster end, m/s.
        cosine: Of the cone; below -1: none.
        sides: (k, 3) outer normals of planes through the camera, see ``cones.picture_sides``.
    """
    cosine -= lens[WARP_RAD]
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
def stays_inside(
    lens: Float64Array, frame: Float64Array, edge: Edge, a: Spot, b: Spot, cosine: float
) -> bool:
    """Whether an edge is all inside the cone for sure, as its ends are seen inside."""
    dot = a[2] * b[2] + a[3] * b[3] + a[4] * b[4]
    if cosine < -1.0:
        return a[9] and b[9] and dot > 0.0
    if not (a[9] and b[9] and dot > _COS_15_DEGREES):
        return False
    # Straight is what it is in space, before rays are bent: there and back.
    margin = 2.0 * lens[WARP_RAD]
    if frame[2] >= 0.0:
        moved = frame[9] + frame[4] * 1e-9 * speed_of(edge)
        left = 0.96 * min(a[5], b[5]) - moved
        if not left > 0.0:
            return False
        margin += frame[8] + moved / left
    if cosine <= 0.0:
        # Not convex: it may bulge out by as much as its own angle.
        margin += math.sqrt(2.02 * max(0.0, 1.0 - dot))
    return bool(min(a[4], b[4]) > cosine + margin)


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
        parts: PARTS, written: from where to where; 0 and 1 are the edge's own ends; and the spots
            there, see ``spot_of``.

    Returns:
        How many parts.
    """
    count = _cuts(lens, frame, poses, edge, cosine, places)
    rolling = frame[2] >= 0.0
    found = 0
    previous, before = 0.0, a
    was_inside = is_inside(a, cosine)
    nan = math.nan
    _write(parts, 0, 0, 0.0, a)
    for index in range(1, count):
        place = places[index]
        here = b
        if index < count - 1:
            if rolling and _is_outside(frame, poses, edge, place, cosine - lens[WARP_RAD]):
                here = (nan, nan, 0.0, 0.0, 0.0, nan, before[6], nan, nan, False)
            else:
                here = spot(lens, frame, poses, edge, place, before[6])
        inside = is_inside(here, cosine)
        if inside and not was_inside:
            start, entry = _crossing(
                lens, frame, poses, edge, (place, here), (previous, before), cosine
            )
            _write(parts, found, 0, start, entry)
        elif was_inside and not inside:
            end, way_out = _crossing(
                lens, frame, poses, edge, (previous, before), (place, here), cosine
            )
            _write(parts, found, 1, end, way_out)
            found += 1
        previous, before, was_inside = place, here, inside
    if was_inside:
        _write(parts, found, 1, 1.0, b)
        found += 1
    return found


@inlined
def whole_part(parts: Float64Array, a: Spot, b: Spot) -> int:
    """Write an edge that is all inside as its own only part."""
    _write(parts, 0, 0, 0.0, a)
    _write(parts, 0, 1, 1.0, b)
    return 1


@inlined
def _write(parts: Float64Array, row: int, side: int, place: float, seen: Spot) -> None:
    parts[row, side] = place
    at = 2 + 9 * side
    parts[row, at], parts[row, at + 1], parts[row, at + 2] = seen[0], seen[1], seen[2]
    parts[row, at + 3], parts[row, at + 4], parts[row, at + 5] = seen[3], seen[4], seen[5]
    parts[row, at + 6], parts[row, at + 7], parts[row, at + 8] = seen[6], seen[7], seen[8]


@inlined
def spot_of(parts: Float64Array, row: int, side: int) -> Spot:
    """Where a part begins (0) or ends (1), as it is seen."""
    at = 2 + 9 * side
    return (
        parts[row, at], parts[row, at + 1], parts[row, at + 2], parts[row, at + 3],
        parts[row, at + 4], parts[row, at + 5], parts[row, at + 6], parts[row, at + 7],
        parts[row, at + 8], True,
    )  # fmt: skip
