"""Many points through one lens: branch-free loops that the compiler turns into vector instructions.

# HOT: bench/projection/points.py. Arrays are flat here, so that the compiler knows how far apart a
# row's numbers are: of arrays of rows it doesn't, and goes one by one. Branches are selects, the
# arc tangent is a polynomial (within an ulp or two of libm). Rows that this might get wrong
# (coordinates whose squares leave float64's range) are counted, and done again one by one.
"""

import math

import numpy as np

from projection.arrays import Float64Array, UInt8Array
from projection.kernels.compiled import compiled, fused, inlined
from projection.kernels.lens import off_axis, project_point, small_arc
from projection.kernels.pack import CYLINDRICAL, DOUBLE_SPHERE, MEI, OPENCV, OWN, PINHOLE, THETA

_LARGE, _SMALL = 1e100, 1e-100
#: The same of the squared distance.
_HUGE, _TINY = 1e200, 1e-200
_HALF, _QUARTER = math.pi / 2.0, math.pi / 4.0
#: The squared tangent of pi / 8.
_EIGHTH2 = 0.17157287525380990
#: Rows at a time: few enough for the second cache, enough that a loop's start doesn't count.
_BLOCK = 4096
_STRAIGHT, _PLAIN, _FLAT, _FISHEYE, _ROUND, _SPHERICAL, _AROUND, _SINGLE = range(8)
_OK, _BEHIND, _OUTSIDE, _OFF = np.uint8(0), np.uint8(1), np.uint8(2), np.uint8(3)


@inlined
def _is_odd(x: float, y: float, z: float) -> bool:
    """Whether squares of the coordinates might leave float64's range, or aren't numbers."""
    # A sum, not a maximum: it doesn't lose a NaN. Not "and": it would be a branch.
    size = abs(x) + abs(y) + abs(z)
    return not ((size > _SMALL) & (size < _LARGE))


@inlined
def _store(  # noqa: PLR0913, PLR0917  a row of each array
    row: int,
    u: float,
    v: float,
    ahead: bool,  # noqa: FBT001
    inside: bool,  # noqa: FBT001
    size: tuple[float, float],
    uv: Float64Array,
    status: UInt8Array,
) -> None:
    """Write a row: its pixel, NaN where there is none, and its status."""
    # A difference that isn't zero is an infinity, or not a number.
    _store_finite(row, u, v, ahead, inside & ((u - u) + (v - v) == 0.0), size, uv, status)


@inlined
def _store_finite(  # noqa: PLR0913, PLR0917  a row of each array
    row: int,
    u: float,
    v: float,
    ahead: bool,  # noqa: FBT001
    there: bool,  # noqa: FBT001
    size: tuple[float, float],
    uv: Float64Array,
    status: UInt8Array,
) -> None:
    """As ``_store``, of pixels that are finite wherever they are inside."""
    seen = ahead & there
    off = (u < -0.5) | (u >= size[0] - 0.5) | (v < -0.5) | (v >= size[1] - 0.5)
    uv[2 * row] = u if seen else math.nan
    uv[2 * row + 1] = v if seen else math.nan
    code = _OFF if off else _OK
    code = code if there else _OUTSIDE
    status[row] = code if ahead else _BEHIND


@fused
def _straight(
    lens: Float64Array,
    size: tuple[float, float],
    points: Float64Array,
    uv: Float64Array,
    status: UInt8Array,
) -> int:
    """Pixels (2n,) and status (n,) of points (3n,) in a pinhole; returns how many are odd."""
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    unbounded = lens[4] >= _HALF
    reach2 = math.tan(lens[4]) ** 2
    odd = 0
    for i in range(status.size):
        x, y, z = points[3 * i], points[3 * i + 1], points[3 * i + 2]
        ahead = z > 0.0
        near = z if ahead else 1.0
        a, b = x / near, y / near
        inside = (a * a + b * b < reach2) | unbounded
        _store(i, fx * a + cx, fy * b + cy, ahead, inside, size, uv, status)
        odd += 1 if _is_odd(x, y, z) else 0
    return odd


@fused
def _plain(
    lens: Float64Array,
    size: tuple[float, float],
    points: Float64Array,
    uv: Float64Array,
    status: UInt8Array,
) -> int:
    """As ``_straight``, of Brown's lens with no more than k1, k2, p1, p2 and k3."""
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    o = OWN
    reach = min(math.tan(lens[4]) if lens[4] < _HALF else math.inf, lens[o])
    reach2 = reach * reach
    k1, k2, k3, p1, p2 = lens[o + 1], lens[o + 2], lens[o + 3], lens[o + 7], lens[o + 8]
    twice_p1, twice_p2 = 2.0 * p1, 2.0 * p2
    odd = 0
    for i in range(status.size):
        x, y, z = points[3 * i], points[3 * i + 1], points[3 * i + 2]
        ahead = z > 0.0
        near = 1.0 / (z if ahead else 1.0)
        a, b = x * near, y * near
        r2 = a * a + b * b
        gain = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3)) + (twice_p1 * b + twice_p2 * a)
        u, v = a * gain + p2 * r2, b * gain + p1 * r2
        _store(i, fx * u + cx, fy * v + cy, ahead, r2 < reach2, size, uv, status)
        odd += 1 if _is_odd(x, y, z) else 0
    return odd


@fused
def _flat(
    lens: Float64Array,
    size: tuple[float, float],
    points: Float64Array,
    uv: Float64Array,
    status: UInt8Array,
) -> int:
    """As ``_straight``, of Brown's lens without tilt."""
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    o = OWN
    reach = min(math.tan(lens[4]) if lens[4] < _HALF else math.inf, lens[o])
    reach2 = reach * reach
    k1, k2, k3, k4, k5, k6 = (
        lens[o + 1], lens[o + 2], lens[o + 3], lens[o + 4], lens[o + 5], lens[o + 6],
    )  # fmt: skip
    p1, p2 = lens[o + 7], lens[o + 8]
    s1, s2, s3, s4 = lens[o + 9], lens[o + 10], lens[o + 11], lens[o + 12]
    odd = 0
    for i in range(status.size):
        x, y, z = points[3 * i], points[3 * i + 1], points[3 * i + 2]
        ahead = z > 0.0
        near = 1.0 / (z if ahead else 1.0)
        a, b = x * near, y * near
        r2 = a * a + b * b
        gain = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
        gain = gain / (1.0 + r2 * (k4 + r2 * (k5 + r2 * k6)))
        twice = 2.0 * a * b
        u = a * gain + p1 * twice + p2 * (r2 + 2.0 * a * a) + r2 * (s1 + r2 * s2)
        v = b * gain + p1 * (r2 + 2.0 * b * b) + p2 * twice + r2 * (s3 + r2 * s4)
        _store(i, fx * u + cx, fy * v + cy, ahead, r2 < reach2, size, uv, status)
        odd += 1 if _is_odd(x, y, z) else 0
    return odd


@inlined
def _off_axis(x: float, y: float, z: float) -> tuple[float, float, bool]:
    """Angle off the axis, 1 / distance from it, and whether it is odd.

    As ``lens.off_axis``, but one division gives both numbers, and the octant is known before the
    root is: what waits for what is what takes the time here.
    """
    flat, deep = x * x + y * y, z * z
    rho, depth = math.sqrt(flat), abs(z)
    away = rho if rho > 0.0 else 1.0
    steep = flat > deep
    shift = (deep if steep else flat) > _EIGHTH2 * (flat if steep else deep)
    start = _QUARTER if shift else 0.0
    start = _HALF - start if steep else start
    start = math.pi - start if z < 0.0 else start
    signed = -away if steep != (z < 0.0) else away
    over, under = (depth, rho) if steep else (rho, depth)
    top, bottom = (over - under, over + under) if shift else (over, under)
    share = 1.0 / (bottom * away)
    squares = flat + deep
    odd = not ((squares > _TINY) & (squares < _HUGE))
    return start + small_arc(top * (signed * share)), bottom * share, odd


@fused
def _fisheye(
    lens: Float64Array,
    size: tuple[float, float],
    points: Float64Array,
    uv: Float64Array,
    status: UInt8Array,
) -> int:
    """As ``_straight``, of lenses with an odd polynomial of the angle."""
    fx, fy, cx, cy, limit = lens[0] * lens[OWN], lens[1] * lens[OWN + 3], lens[2], lens[3], lens[4]
    # Not a flag: the compiler would make two loops, of which one needs no z and is scalar.
    behind = -math.inf if limit > _HALF else 0.0
    o = OWN + 5
    t1, t3, t5, t7, t9 = lens[o + 1], lens[o + 3], lens[o + 5], lens[o + 7], lens[o + 9]
    odd = 0
    for i in range(status.size):
        x, y, z = points[3 * i], points[3 * i + 1], points[3 * i + 2]
        theta, near, is_odd = _off_axis(x, y, z)
        s = theta * theta
        gain = t1 + s * (t3 + s * (t5 + s * (t7 + s * t9)))
        scale = gain * (theta * near)
        u, v = fx * (x * scale) + cx, fy * (y * scale) + cy
        _store_finite(i, u, v, z > behind, theta < limit, size, uv, status)
        odd += 1 if is_odd else 0
    return odd


@fused
def _round(
    lens: Float64Array,
    size: tuple[float, float],
    points: Float64Array,
    uv: Float64Array,
    status: UInt8Array,
) -> int:
    """As ``_straight``, of lenses with any polynomial of the angle."""
    fx, fy, cx, cy, limit = lens[0], lens[1], lens[2], lens[3], lens[4]
    c, d, e = fx * lens[OWN], fx * lens[OWN + 1], fy * lens[OWN + 2]
    behind = -math.inf if limit > _HALF else 0.0  # as in ``_fisheye``
    o = OWN + 5  # what isn't used of the ten is zero
    t0, t1, t2, t3, t4 = lens[o], lens[o + 1], lens[o + 2], lens[o + 3], lens[o + 4]
    t5, t6, t7, t8, t9 = lens[o + 5], lens[o + 6], lens[o + 7], lens[o + 8], lens[o + 9]
    odd = 0
    for i in range(status.size):
        x, y, z = points[3 * i], points[3 * i + 1], points[3 * i + 2]
        theta, near, is_odd = _off_axis(x, y, z)
        # Estrin's scheme: products that don't wait for each other.
        theta2 = theta * theta
        theta4 = theta2 * theta2
        low = (t0 + t1 * theta) + (t2 + t3 * theta) * theta2
        high = (t4 + t5 * theta) + (t6 + t7 * theta) * theta2 + (t8 + t9 * theta) * theta4
        scale = (low + high * theta4) * near
        dx, dy = x * scale, y * scale
        u, v = c * dx + d * dy + cx, e * dx + fy * dy + cy
        _store_finite(i, u, v, z > behind, theta < limit, size, uv, status)
        odd += 1 if is_odd else 0
    return odd


@fused
def _spherical(
    lens: Float64Array,
    size: tuple[float, float],
    points: Float64Array,
    uv: Float64Array,
    status: UInt8Array,
) -> int:
    """As ``_straight``, of Mei's lens without tilt and of the double sphere."""
    fx, fy, cx, cy, limit = lens[0], lens[1], lens[2], lens[3], lens[4]
    o = OWN
    is_mei = int(lens[5]) == MEI
    xi = lens[o + 23] if is_mei else lens[o]
    alpha = 0.0 if is_mei else lens[o + 1]
    k1, k2, p1, p2 = (lens[o + 1], lens[o + 2], lens[o + 7], lens[o + 8]) if is_mei else (
        0.0, 0.0, 0.0, 0.0,
    )  # fmt: skip
    cosine = math.cos(limit)
    behind = -math.inf if limit > _HALF else 0.0  # as in ``_fisheye``
    odd = 0
    for i in range(status.size):
        x, y, z = points[3 * i], points[3 * i + 1], points[3 * i + 2]
        flat = x * x + y * y
        norm = math.sqrt(flat + z * z)
        shifted = z + xi * norm
        height = alpha * math.sqrt(flat + shifted * shifted) + (1.0 - alpha) * shifted
        inside = z > cosine * norm
        near = 1.0 / (height if inside else 1.0)
        a, b = x * near, y * near
        r2 = a * a + b * b
        gain = 1.0 + r2 * (k1 + r2 * k2)
        twice = 2.0 * a * b
        u = fx * (a * gain + p1 * twice + p2 * (r2 + 2.0 * a * a)) + cx
        v = fy * (b * gain + p1 * (r2 + 2.0 * b * b) + p2 * twice) + cy
        _store(i, u, v, z > behind, inside, size, uv, status)
        odd += 1 if _is_odd(x, y, z) else 0
    return odd


@fused
def _around(
    lens: Float64Array,
    size: tuple[float, float],
    points: Float64Array,
    uv: Float64Array,
    status: UInt8Array,
) -> int:
    """As ``_straight``, of a cylinder."""
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    limit = lens[4] if lens[4] < math.pi else math.inf
    odd = 0
    for i in range(status.size):
        x, y, z = points[3 * i], points[3 * i + 1], points[3 * i + 2]
        radius = math.sqrt(x * x + z * z)
        theta = off_axis(math.sqrt(x * x + y * y), z)
        u = fx * math.copysign(off_axis(abs(x), z), x) + cx
        v = fy * (y / (radius if radius > 0.0 else 1.0)) + cy
        # A point that isn't the camera's own centre is never behind it.
        _store(i, u, v, True, (radius > 0.0) & (theta < limit), size, uv, status)  # noqa: FBT003
        odd += 1 if _is_odd(x, y, z) | _is_odd(x, 0.0, z) else 0
    return odd


@compiled
def _single(
    lens: Float64Array,
    size: tuple[float, float],
    points: Float64Array,
    row: int,
    uv: Float64Array,
    status: UInt8Array,
) -> None:
    """One row, with all its branches."""
    u, v, code = project_point(lens, points[3 * row], points[3 * row + 1], points[3 * row + 2])
    inside = -0.5 <= u < size[0] - 0.5 and -0.5 <= v < size[1] - 0.5
    uv[2 * row], uv[2 * row + 1] = u, v
    status[row] = np.uint8(3) if code == 0 and not inside else np.uint8(code)


@compiled
def _project(  # noqa: C901  one branch a loop
    lens: Float64Array,
    size: tuple[float, float],
    points: Float64Array,
    uv: Float64Array,
    status: UInt8Array,
) -> None:
    """Pixels (2n,) and status (n,) of points (3n,), all flat."""
    way = _way(lens)
    odd = status.size
    if way == _STRAIGHT:
        odd = _straight(lens, size, points, uv, status)
    elif way == _PLAIN:
        odd = _plain(lens, size, points, uv, status)
    elif way == _FLAT:
        odd = _flat(lens, size, points, uv, status)
    elif way == _FISHEYE:
        odd = _fisheye(lens, size, points, uv, status)
    elif way == _ROUND:
        odd = _round(lens, size, points, uv, status)
    elif way == _SPHERICAL:
        odd = _spherical(lens, size, points, uv, status)
    elif way == _AROUND:
        odd = _around(lens, size, points, uv, status)
    if odd:
        for row in range(status.size):
            x, y, z = points[3 * row], points[3 * row + 1], points[3 * row + 2]
            if way in (_SINGLE, _AROUND) or _is_odd(x, y, z):
                _single(lens, size, points, row, uv, status)


@compiled
def project_many(
    lens: Float64Array,
    size: tuple[float, float],
    points: Float64Array,
    uv: Float64Array,
    status: UInt8Array,
) -> None:
    """Pixels and final status of points of the camera frame.

    Args:
        lens: See ``pack``.
        size: Width and height of the picture.
        points: (3n,) x, y, z of each point in turn, metres.
        uv: (2n,), written; NaN where there is no pixel.
        status: (n,), written, see ``Status``.
    """
    for first in range(0, status.size, _BLOCK):
        last = min(first + _BLOCK, status.size)
        part, pixels = points[3 * first : 3 * last], uv[2 * first : 2 * last]
        _project(lens, size, part, pixels, status[first:last])


@fused
def _turn(
    origin: Float64Array, matrix: Float64Array, world: Float64Array, points: Float64Array
) -> None:
    """Points (3n,) less the origin, along the matrix's columns (3, 3), written to (3n,)."""
    ox, oy, oz = origin[0], origin[1], origin[2]
    a0, a1, a2 = matrix[0, 0], matrix[0, 1], matrix[0, 2]
    b0, b1, b2 = matrix[1, 0], matrix[1, 1], matrix[1, 2]
    c0, c1, c2 = matrix[2, 0], matrix[2, 1], matrix[2, 2]
    for i in range(points.size // 3):
        x, y, z = world[3 * i] - ox, world[3 * i + 1] - oy, world[3 * i + 2] - oz
        points[3 * i] = a0 * x + b0 * y + c0 * z
        points[3 * i + 1] = a1 * x + b1 * y + c1 * z
        points[3 * i + 2] = a2 * x + b2 * y + c2 * z


@compiled
def project_many_of_world(  # noqa: PLR0913, PLR0917  what goes in, what comes out
    lens: Float64Array,
    size: tuple[float, float],
    origin: Float64Array,
    matrix: Float64Array,
    world: Float64Array,
    uv: Float64Array,
    depth: Float64Array,
    status: UInt8Array,
) -> None:
    """As ``project_many``, of points of the world, seen by a global shutter.

    Args:
        lens: See ``pack``.
        size: Width and height of the picture.
        origin: (3,) where the camera is.
        matrix: (3, 3) world_from_camera's rotation.
        world: (3n,) x, y, z of each point in turn, metres.
        uv: (2n,), written; NaN where there is no pixel.
        depth: (n,), written: metres along the optical axis.
        status: (n,), written, see ``Status``.
    """
    block = np.empty(3 * _BLOCK)
    for first in range(0, status.size, _BLOCK):
        last = min(first + _BLOCK, status.size)
        points = block[: 3 * (last - first)]
        _turn(origin, matrix, world[3 * first : 3 * last], points)
        for row in range(first, last):
            depth[row] = points[3 * (row - first) + 2]
        _project(lens, size, points, uv[2 * first : 2 * last], status[first:last])


@compiled
def _way(lens: Float64Array) -> int:
    """Which of the loops above a lens goes through."""
    kind = int(lens[5])
    if kind == PINHOLE:
        return _STRAIGHT
    if kind == OPENCV and lens[OWN + 13] == 0.0:
        rational = np.any(lens[OWN + 4 : OWN + 7] != 0.0) or np.any(lens[OWN + 9 : OWN + 13] != 0.0)
        return _FLAT if rational else _PLAIN
    if kind == THETA and int(lens[OWN + 4]) <= 10:
        even = np.any(lens[OWN + 5 : OWN + 15 : 2] != 0.0)
        return _ROUND if even or lens[OWN + 1] != 0.0 or lens[OWN + 2] != 0.0 else _FISHEYE
    if kind == CYLINDRICAL:
        return _AROUND
    return _SPHERICAL if kind in (MEI, DOUBLE_SPHERE) else _SINGLE
