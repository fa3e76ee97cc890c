"""One moving point through one view: the scalar twin of ``projection.rolling`` and ``View``."""

import math

from projection.arrays import Float64Array, UInt8Array
from projection.kernels.compiled import compiled, inlined
from projection.kernels.lens import project_point
from projection.kernels.pack import COS_LIMIT, GAIN_U, GAIN_V, WARP
from projection.kernels.warp import bent

_OK, _NO_SOLUTION = 0, 4
_SAMPLES = 33
_BISECTIONS = 48
_TOLERANCE = 1e-7

#: A point: position relative to the view's origin at the image's time (m), velocity (m/s).
Moving = tuple[float, float, float, float, float, float]
#: Pixel, place in the camera frame, time, velocity of the pixel, status, see ``see``.
Sight = tuple[float, float, float, float, float, float, float, float, int]


@inlined
def _pose_at(
    poses: Float64Array, duration: float, time: float
) -> tuple[float, float, float, float, float, float, float]:
    """Ego's position and the camera's quaternion (of any length) at a time of the read-out."""
    last = poses.shape[0] - 1
    if last == 0 or not time > 0.0:
        return (
            poses[0, 1], poses[0, 2], poses[0, 3],
            poses[0, 4], poses[0, 5], poses[0, 6], poses[0, 7],
        )  # fmt: skip
    # The knots are uniform but for the trajectory's own poses among them: it's a step or two away.
    row = min(int(time / duration * last), last - 1) if time < duration else last - 1
    while row > 0 and poses[row, 0] > time:
        row -= 1
    while row < last - 1 and poses[row + 1, 0] <= time:
        row += 1
    end = row + 1
    after = (time - poses[row, 0]) / (poses[end, 0] - poses[row, 0])
    rest = 1.0 - after
    return (
        rest * poses[row, 1] + after * poses[end, 1],
        rest * poses[row, 2] + after * poses[end, 2],
        rest * poses[row, 3] + after * poses[end, 3],
        rest * poses[row, 4] + after * poses[end, 4],
        rest * poses[row, 5] + after * poses[end, 5],
        rest * poses[row, 6] + after * poses[end, 6],
        rest * poses[row, 7] + after * poses[end, 7],
    )


@inlined
def _to_camera(
    frame: Float64Array, poses: Float64Array, time: float, x: float, y: float, z: float
) -> tuple[float, float, float]:
    px, py, pz, qx, qy, qz, qw = _pose_at(poses, frame[4], time)
    x, y, z = x - px, y - py, z - pz
    twice = 2.0 / (qx * qx + qy * qy + qz * qz + qw * qw)
    tx = twice * (y * qz - z * qy)
    ty = twice * (z * qx - x * qz)
    tz = twice * (x * qy - y * qx)
    return (
        x + qw * tx + ty * qz - tz * qy - frame[5],
        y + qw * ty + tz * qx - tx * qz - frame[6],
        z + qw * tz + tx * qy - ty * qx - frame[7],
    )


@compiled
def to_camera(
    frame: Float64Array, poses: Float64Array, time: float, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """A point relative to the view's origin (world axes) in the camera frame at a time."""
    return _to_camera(frame, poses, time, x, y, z)


@inlined
def line_time(frame: Float64Array, u: float, v: float) -> float:
    """When the line of a pixel is exposed, ns after the image's time."""
    direction = int(frame[2])
    if direction == 0:
        line, count = v, frame[1]
    elif direction == 1:
        line, count = frame[1] - 1.0 - v, frame[1]
    elif direction == 2:
        line, count = u, frame[0]
    else:
        line, count = frame[0] - 1.0 - u, frame[0]
    time: float = min(max(line, 0.0), count - 1.0) * frame[3]
    return time


@inlined
def look(
    lens: Float64Array, frame: Float64Array, poses: Float64Array, point: Moving, time: float
) -> tuple[float, float, float, float, float, int]:
    """Pixel, place in the camera frame, and status of a moving point at a time.

    Behind something that bends rays, the place is where the lens seems to see it.
    """
    seconds = time * 1e-9
    x, y, z = _to_camera(
        frame,
        poses,
        time,
        point[0] + point[3] * seconds,
        point[1] + point[4] * seconds,
        point[2] + point[5] * seconds,
    )
    if lens[WARP] > 0.0:
        x, y, z = bent(lens, x, y, z)
    u, v, status = project_point(lens, x, y, z)
    return u, v, x, y, z, status


@compiled
def _miss(
    lens: Float64Array, frame: Float64Array, poses: Float64Array, point: Moving, time: float
) -> tuple[float, int]:
    u, v, _, _, _, status = look(lens, frame, poses, point, time)
    if status != _OK:
        return math.nan, status
    return line_time(frame, u, v) - time, status


@compiled
def _bracketed(  # noqa: PLR0913, PLR0917  two ends of a bracket
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    point: Moving,
    low: float,
    miss_low: float,
    high: float,
    miss_high: float,
) -> tuple[float, bool]:
    """Anderson-Bjoerck's regula falsi: the time, and whether there was a pixel at every step."""
    tolerance = _TOLERANCE * frame[3]
    if abs(miss_low) <= tolerance:
        return low, True
    if abs(miss_high) <= tolerance:
        return high, True
    time = low
    for step in range(60):
        time = 0.5 * (low + high)
        if step < 30 and miss_high != miss_low:
            guess = (low * miss_high - high * miss_low) / (miss_high - miss_low)
            if low < guess < high:
                time = guess
        miss, status = _miss(lens, frame, poses, point, time)
        if status != _OK:
            return time, False
        if abs(miss) <= tolerance or high - low <= 1e-9:
            return time, True
        if miss > 0.0:
            ratio = 1.0 - miss / miss_low
            miss_high *= ratio if ratio > 0.0 else 0.5
            low, miss_low = time, miss
        else:
            ratio = 1.0 - miss / miss_high
            miss_low *= ratio if ratio > 0.0 else 0.5
            high, miss_high = time, miss
    return time, True


@compiled
def _edge_of_sight(
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    point: Moving,
    seen: float,
    unseen: float,
    miss: float,
) -> tuple[float, float]:
    """Between a time with a pixel and one without: the last with one, and its miss."""
    for _ in range(_BISECTIONS):
        middle = 0.5 * (seen + unseen)
        there, status = _miss(lens, frame, poses, point, middle)
        if status == _OK:
            seen, miss = middle, there
        else:
            unseen = middle
    return seen, miss


@compiled
def _scan(
    lens: Float64Array, frame: Float64Array, poses: Float64Array, point: Moving
) -> tuple[float, int]:
    """For points that lack a pixel at times: sample, find where they come and go, bracket."""
    duration = frame[4]
    previous, before = _miss(lens, frame, poses, point, 0.0)
    first = before
    any_seen = before == _OK
    start = 0.0
    for sample in range(1, _SAMPLES):
        end = duration * sample / (_SAMPLES - 1)
        miss, status = _miss(lens, frame, poses, point, end)
        low, miss_low, high, miss_high = start, previous, end, miss
        usable = _OK in (before, status)
        any_seen = any_seen or status == _OK
        if usable and before != _OK:
            low, miss_low = _edge_of_sight(lens, frame, poses, point, end, start, miss)
        if usable and status != _OK:
            high, miss_high = _edge_of_sight(lens, frame, poses, point, start, end, previous)
        if usable and miss_low >= 0.0 and miss_high <= 0.0:
            time, solved = _bracketed(lens, frame, poses, point, low, miss_low, high, miss_high)
            if solved:
                return time, _OK
        start, previous, before = end, miss, status
    return math.nan, _NO_SOLUTION if any_seen else first


@compiled
def _search(
    lens: Float64Array, frame: Float64Array, poses: Float64Array, point: Moving
) -> tuple[float, int]:
    """The line's time by a search that can't fail, and a status, see ``solve_time``."""
    duration = frame[4]
    start, status = _miss(lens, frame, poses, point, 0.0)
    end, end_status = _miss(lens, frame, poses, point, duration)
    if status == _OK and end_status == _OK:
        time, solved = _bracketed(lens, frame, poses, point, 0.0, start, duration, end)
        if solved:
            return time, _OK
    return _scan(lens, frame, poses, point)


@compiled
def _follow(  # what is looked for, and from where
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    point: Moving,
    guess: float,
) -> Sight:
    """See a point by the secant method from a time that is near; it gives up (status -1) early.

    It answers only where the image of the point, at its fastest, is slower than the read-out: then
    ``line_time(t) - t`` falls all the time, and whatever line is found is the only one.
    """
    duration, tolerance = frame[4], _TOLERANCE * frame[3]
    before = min(max(guess, 0.0), duration)
    u0, v0, x, y, z, status = look(lens, frame, poses, point, before)
    if status != _OK:
        return u0, v0, x, y, z, before, math.nan, math.nan, -1
    path = frame[9] + 1e-9 * duration * math.sqrt(
        point[3] * point[3] + point[4] * point[4] + point[5] * point[5]
    )
    left = math.sqrt(x * x + y * y + z * z) - path
    gain = lens[GAIN_V] if frame[2] < 2.0 else lens[GAIN_U]
    # ns by which lines could be missed within one ns of the read-out, at most.
    if not (left > 0.0 and gain * (frame[8] + path / left) * frame[3] < 0.9 * duration):
        return u0, v0, x, y, z, before, math.nan, math.nan, -1
    miss = line_time(frame, u0, v0) - before
    if abs(miss) <= tolerance:
        return u0, v0, x, y, z, before, math.nan, math.nan, _OK
    time = before + miss
    for _ in range(8):
        u, v, x, y, z, status = look(lens, frame, poses, point, time)
        if status != _OK:
            break
        last = miss
        miss = line_time(frame, u, v) - time
        span = time - before
        if abs(miss) <= tolerance:
            return u, v, x, y, z, time, (u - u0) / span, (v - v0) / span, _OK
        slope = (miss - last) / span
        if not slope < -0.05:
            break
        before, u0, v0 = time, u, v
        time = min(max(time - miss / slope, 0.0), duration)
        if time == before:
            break
    return u0, v0, x, y, z, before, math.nan, math.nan, -1


@inlined
def is_never_seen(lens: Float64Array, frame: Float64Array, x: float, y: float, z: float) -> bool:
    """Whether a standing point that is here at one time is outside the domain all the time."""
    distance = math.sqrt(x * x + y * y + z * z)
    left = distance - frame[9]
    lowest: float = distance * (lens[COS_LIMIT] - frame[8] - frame[9] / left)
    return left > 0.0 and z < lowest


@compiled
def see(
    lens: Float64Array, frame: Float64Array, poses: Float64Array, point: Moving, guess: float
) -> Sight:
    """A moving point as the line that sees it does.

    Args:
        lens: See ``pack``.
        frame: See ``pack``.
        poses: See ``pack``.
        point: Position relative to the view's origin at the image's time, and velocity.
        guess: ns after the image's time at which to look first; it decides how long this takes.

    Returns:
        u, v (px), x, y, z (m, camera frame), time (ns after the image's), velocity of the pixel
        there (px/ns, NaN: unknown), status: OK, NEAR_OR_BEHIND, OUTSIDE_DOMAIN or NO_SOLUTION.
    """
    if frame[2] < 0.0:
        u, v, x, y, z, status = look(lens, frame, poses, point, 0.0)
        return u, v, x, y, z, 0.0, 0.0, 0.0, status
    found = _follow(lens, frame, poses, point, guess)
    if found[8] == _OK:
        return found
    nothing = math.nan
    if point[3] == 0.0 and point[4] == 0.0 and point[5] == 0.0:
        u, v, x, y, z, status = look(lens, frame, poses, point, 0.0)
        if status != _OK and lens[WARP] == 0.0 and is_never_seen(lens, frame, x, y, z):
            return nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, status
    time, status = _search(lens, frame, poses, point)
    if status != _OK:
        return nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, status
    u, v, x, y, z, status = look(lens, frame, poses, point, time)
    return u, v, x, y, z, time, nothing, nothing, status


@compiled
def see_point(
    lens: Float64Array, frame: Float64Array, poses: Float64Array, point: Float64Array
) -> tuple[float, float, float, float, float, float, int]:
    """u, v (px), x, y, z (m, camera frame), time (ns) and status of a point (6,), see ``see``."""
    moving = (point[0], point[1], point[2], point[3], point[4], point[5])
    u, v, x, y, z, time, _, _, status = see(lens, frame, poses, moving, 0.5 * frame[4])
    return u, v, x, y, z, time, status


@compiled
def see_points(  # noqa: PLR0913, PLR0917  what goes in, what comes out
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    points: Float64Array,
    uv: Float64Array,
    depth: Float64Array,
    times: Float64Array,
    status: UInt8Array,
) -> None:
    """``see_point`` for points (n, 6); the last four arrays are written, n rows each."""
    for row in range(points.shape[0]):
        u, v, _, _, z, time, code = see_point(lens, frame, poses, points[row])
        uv[row, 0], uv[row, 1], depth[row], times[row], status[row] = u, v, z, time, code
