"""One moving point through one view: the scalar twin of ``projection.rolling`` and ``View``."""

import math

from projection.arrays import Float64Array, UInt8Array
from projection.kernels.compiled import compiled, inlined
from projection.kernels.lens import project_point

_OK, _NO_SOLUTION = 0, 4
_SAMPLES = 33
_BISECTIONS = 48
_TOLERANCE = 1e-7


@inlined
def _turn_back(
    qx: float, qy: float, qz: float, qw: float, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """A vector turned by the inverse of a unit quaternion."""
    tx = 2.0 * (y * qz - z * qy)
    ty = 2.0 * (z * qx - x * qz)
    tz = 2.0 * (x * qy - y * qx)
    return (
        x + qw * tx + ty * qz - tz * qy,
        y + qw * ty + tz * qx - tx * qz,
        z + qw * tz + tx * qy - ty * qx,
    )


@compiled
def to_camera(
    frame: Float64Array, poses: Float64Array, time: float, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """A point relative to the view's origin (world axes) in the camera frame at a time."""
    last = poses.shape[0] - 1
    row = 0
    fraction = 0.0
    if last > 0 and time > 0.0:
        low, high = 0, last
        while high - low > 1:
            middle = (low + high) // 2
            if poses[middle, 0] <= time:
                low = middle
            else:
                high = middle
        row = low
        fraction = (time - poses[row, 0]) / (poses[row + 1, 0] - poses[row, 0])
    if fraction == 0.0:
        px, py, pz = poses[row, 1], poses[row, 2], poses[row, 3]
        qx, qy, qz, qw = poses[row, 4], poses[row, 5], poses[row, 6], poses[row, 7]
    else:
        rest, after = 1.0 - fraction, row + 1
        px = rest * poses[row, 1] + fraction * poses[after, 1]
        py = rest * poses[row, 2] + fraction * poses[after, 2]
        pz = rest * poses[row, 3] + fraction * poses[after, 3]
        qx = rest * poses[row, 4] + fraction * poses[after, 4]
        qy = rest * poses[row, 5] + fraction * poses[after, 5]
        qz = rest * poses[row, 6] + fraction * poses[after, 6]
        qw = rest * poses[row, 7] + fraction * poses[after, 7]
        norm = 1.0 / math.sqrt(qx * qx + qy * qy + qz * qz + qw * qw)
        qx, qy, qz, qw = qx * norm, qy * norm, qz * norm, qw * norm
    x, y, z = _turn_back(qx, qy, qz, qw, x - px, y - py, z - pz)
    return _turn_back(
        frame[8], frame[9], frame[10], frame[11], x - frame[5], y - frame[6], z - frame[7]
    )


@inlined
def _line_time(frame: Float64Array, u: float, v: float) -> float:
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


@compiled
def _miss(
    lens: Float64Array, frame: Float64Array, poses: Float64Array, point: Float64Array, time: float
) -> tuple[float, int]:
    seconds = time * 1e-9
    x, y, z = to_camera(
        frame,
        poses,
        time,
        point[0] + point[3] * seconds,
        point[1] + point[4] * seconds,
        point[2] + point[5] * seconds,
    )
    u, v, status = project_point(lens, x, y, z)
    if status != _OK:
        return math.nan, status
    return _line_time(frame, u, v) - time, status


@compiled
def _bracketed(  # noqa: PLR0913, PLR0917  two ends of a bracket
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    point: Float64Array,
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
    point: Float64Array,
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
    lens: Float64Array, frame: Float64Array, poses: Float64Array, point: Float64Array
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
def solve_time(
    lens: Float64Array, frame: Float64Array, poses: Float64Array, point: Float64Array
) -> tuple[float, int]:
    """Time after the image's at which the line that sees a point is exposed, and a status.

    Args:
        lens: See ``pack``.
        frame: See ``pack``.
        poses: See ``pack``.
        point: (6,) position relative to the view's origin, velocity.
    """
    if frame[2] < 0.0:
        return 0.0, _OK
    duration = frame[4]
    miss_low, low_status = _miss(lens, frame, poses, point, 0.0)
    miss_high, high_status = _miss(lens, frame, poses, point, duration)
    if low_status == _OK and high_status == _OK:
        time, solved = _bracketed(lens, frame, poses, point, 0.0, miss_low, duration, miss_high)
        if solved:
            return time, _OK
    return _scan(lens, frame, poses, point)


@compiled
def see_point(
    lens: Float64Array, frame: Float64Array, poses: Float64Array, point: Float64Array
) -> tuple[float, float, float, float, float, float, int]:
    """u, v, camera x, y, z, time after the image's, and status (not yet OUT_OF_IMAGE)."""
    time, status = solve_time(lens, frame, poses, point)
    if status != _OK:
        nothing = math.nan
        return nothing, nothing, nothing, nothing, nothing, nothing, status
    seconds = time * 1e-9
    x, y, z = to_camera(
        frame,
        poses,
        time,
        point[0] + point[3] * seconds,
        point[1] + point[4] * seconds,
        point[2] + point[5] * seconds,
    )
    u, v, status = project_point(lens, x, y, z)
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
