"""Many points through one lens: branch-free loops that the compiler turns into vector instructions.

# HOT: bench/projection/points.py. Rows are turned into columns a block at a time, branches into
selects, the arc tangent into a rational function (Cephes, within an ulp or two of libm). Rows that
this might get wrong (coordinates whose squares leave float64's range) are done again one by one.
"""

import math

import numpy as np

from projection.arrays import Float64Array, UInt8Array
from projection.kernels.compiled import compiled, fused, inlined
from projection.kernels.lens import off_axis, project_point
from projection.kernels.pack import DOUBLE_SPHERE, MEI, OPENCV, OWN, PINHOLE, THETA

_LARGE, _SMALL = 1e100, 1e-100
_HALF = math.pi / 2.0
#: Rows at a time: six columns of them stay in the nearest cache.
_BLOCK = 512
_STRAIGHT, _FLAT, _ROUND, _SPHERICAL, _SINGLE = range(5)


@inlined
def _is_odd(x: float, y: float, z: float) -> bool:
    """Whether squares of the coordinates might leave float64's range, or aren't numbers."""
    # A sum, not a maximum: it doesn't lose a NaN.
    return not (_SMALL < abs(x) + abs(y) + abs(z) < _LARGE)


@fused
def _flat(lens: Float64Array, count: int, block: Float64Array) -> None:
    """Pinhole and Brown without tilt: u, v and status of x, y, z in a block (6, m)."""
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    o = OWN
    limit = math.tan(lens[4]) if lens[4] < _HALF else math.inf
    reach = limit if int(lens[5]) == PINHOLE else min(limit, lens[o])
    reach2 = reach * reach
    k1, k2, k3, k4, k5, k6 = (
        lens[o + 1], lens[o + 2], lens[o + 3], lens[o + 4], lens[o + 5], lens[o + 6],
    )  # fmt: skip
    p1, p2 = lens[o + 7], lens[o + 8]
    s1, s2, s3, s4 = lens[o + 9], lens[o + 10], lens[o + 11], lens[o + 12]
    xs, ys, zs, us, vs, codes = block[0], block[1], block[2], block[3], block[4], block[5]
    for i in range(count):
        front = zs[i] > 0.0
        near = 1.0 / (zs[i] if front else 1.0)
        a, b = xs[i] * near, ys[i] * near
        r2 = a * a + b * b
        gain = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
        gain = gain / (1.0 + r2 * (k4 + r2 * (k5 + r2 * k6)))
        twice = 2.0 * a * b
        u = a * gain + p1 * twice + p2 * (r2 + 2.0 * a * a) + r2 * (s1 + r2 * s2)
        v = b * gain + p1 * (r2 + 2.0 * b * b) + p2 * twice + r2 * (s3 + r2 * s4)
        us[i] = fx * u + cx
        vs[i] = fy * v + cy
        code = 0.0 if r2 < reach2 else 2.0
        codes[i] = code if front else 1.0


@fused
def _straight(lens: Float64Array, count: int, block: Float64Array) -> None:
    """As ``_flat``, of a pinhole."""
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    unbounded = lens[4] >= _HALF
    reach = math.tan(lens[4])
    reach2 = reach * reach
    xs, ys, zs, us, vs, codes = block[0], block[1], block[2], block[3], block[4], block[5]
    for i in range(count):
        front = zs[i] > 0.0
        near = zs[i] if front else 1.0
        a, b = xs[i] / near, ys[i] / near
        us[i] = fx * a + cx
        vs[i] = fy * b + cy
        code = 0.0 if (a * a + b * b < reach2) | unbounded else 2.0
        codes[i] = code if front else 1.0


@fused
def _round(lens: Float64Array, count: int, block: Float64Array) -> None:
    """As ``_flat``, of lenses with a polynomial of the angle."""
    fx, fy, cx, cy, limit = lens[0], lens[1], lens[2], lens[3], lens[4]
    c, d, e = lens[OWN], lens[OWN + 1], lens[OWN + 2]
    behind = 1.0 if limit <= _HALF else -1.0
    t = np.zeros(10)
    used = int(lens[OWN + 4])
    t[:used] = lens[OWN + 5 : OWN + 5 + used]
    t0, t1, t2, t3, t4, t5, t6, t7, t8, t9 = (
        t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9],
    )  # fmt: skip
    xs, ys, zs, us, vs, codes = block[0], block[1], block[2], block[3], block[4], block[5]
    for i in range(count):
        x, y, z = xs[i], ys[i], zs[i]
        rho = math.sqrt(x * x + y * y)
        theta = off_axis(rho, z)
        distance = t8 + theta * t9
        distance = t6 + theta * (t7 + theta * distance)
        distance = t4 + theta * (t5 + theta * distance)
        distance = t2 + theta * (t3 + theta * distance)
        distance = t0 + theta * (t1 + theta * distance)
        safe = rho if rho > 0.0 else 1.0
        scale = distance / safe
        dx, dy = x * scale, y * scale
        us[i] = fx * (c * dx + d * dy) + cx
        vs[i] = fy * (e * dx + dy) + cy
        code = 0.0 if theta < limit else 2.0
        codes[i] = 1.0 if (behind > 0.0) & (z <= 0.0) else code


@fused
def _spherical(lens: Float64Array, count: int, block: Float64Array) -> None:
    """As ``_flat``, of Mei's lens without tilt and of the double sphere."""
    fx, fy, cx, cy, limit = lens[0], lens[1], lens[2], lens[3], lens[4]
    o = OWN
    is_mei = int(lens[5]) == MEI
    xi = lens[o + 23] if is_mei else lens[o]
    alpha = 0.0 if is_mei else lens[o + 1]
    k1, k2, p1, p2 = (lens[o + 1], lens[o + 2], lens[o + 7], lens[o + 8]) if is_mei else (
        0.0, 0.0, 0.0, 0.0,
    )  # fmt: skip
    cosine = math.cos(limit)
    behind = 1.0 if limit <= _HALF else -1.0
    xs, ys, zs, us, vs, codes = block[0], block[1], block[2], block[3], block[4], block[5]
    for i in range(count):
        x, y, z = xs[i], ys[i], zs[i]
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
        us[i] = fx * (a * gain + p1 * twice + p2 * (r2 + 2.0 * a * a)) + cx
        vs[i] = fy * (b * gain + p1 * (r2 + 2.0 * b * b) + p2 * twice) + cy
        code = 0.0 if inside else 2.0
        codes[i] = 1.0 if (behind > 0.0) & (z <= 0.0) else code


@compiled
def _store(
    block: Float64Array,
    count: int,
    first: int,
    size: tuple[float, float],
    uv: Float64Array,
    status: UInt8Array,
) -> None:
    """Write a block's pixels, NaN where there are none, and the final statuses."""
    right, bottom = size[0] - 0.5, size[1] - 0.5
    us, vs, codes = block[3], block[4], block[5]
    for i in range(count):
        u, v, code = us[i], vs[i], codes[i]
        # A difference that isn't zero is an infinity, or not a number.
        seen = (u - u) + (v - v) + code == 0.0
        # Not "or": it would branch on every row.
        off = (u < -0.5) | (u >= right) | (v < -0.5) | (v >= bottom)
        us[i] = u if seen else math.nan
        vs[i] = v if seen else math.nan
        found = 3.0 if off else 0.0
        missed = code if code != 0.0 else 2.0
        codes[i] = found if seen else missed
    for i in range(count):
        status[first + i] = np.uint8(codes[i])
    for i in range(count):
        uv[first + i, 0], uv[first + i, 1] = us[i], vs[i]


@compiled
def _single(
    lens: Float64Array,
    point: Float64Array,
    row: int,
    size: tuple[float, float],
    uv: Float64Array,
    status: UInt8Array,
) -> None:
    """One row, with all its branches."""
    u, v, code = project_point(lens, point[0], point[1], point[2])
    inside = -0.5 <= u < size[0] - 0.5 and -0.5 <= v < size[1] - 0.5
    uv[row, 0], uv[row, 1] = u, v
    status[row] = np.uint8(3) if code == 0 and not inside else np.uint8(code)


@compiled
def project_many(
    lens: Float64Array,
    size: tuple[float, float],
    points: Float64Array,
    uv: Float64Array,
    status: UInt8Array,
) -> None:
    """Pixels (n, 2) and final status (n,) of points (n, 3) of the camera frame.

    Args:
        lens: See ``pack``.
        size: Width and height of the picture.
        points: (n, 3)
        uv: (n, 2), written; NaN where there is no pixel.
        status: (n,), written, see ``Status``.
    """
    block = np.empty((6, _BLOCK))
    way = _way(lens)
    for first in range(0, points.shape[0], _BLOCK):
        count = min(_BLOCK, points.shape[0] - first)
        odd = _gather(points, first, count, block)
        if way == _STRAIGHT:
            _straight(lens, count, block)
        elif way == _FLAT:
            _flat(lens, count, block)
        elif way == _ROUND:
            _round(lens, count, block)
        elif way == _SPHERICAL:
            _spherical(lens, count, block)
        if way != _SINGLE:
            _store(block, count, first, size, uv, status)
        if odd or way == _SINGLE:
            for row in range(first, first + count):
                x, y, z = points[row, 0], points[row, 1], points[row, 2]
                if way == _SINGLE or _is_odd(x, y, z):
                    _single(lens, points[row], row, size, uv, status)


@compiled
def _way(lens: Float64Array) -> int:
    """Which of the loops above a lens goes through."""
    kind = int(lens[5])
    if kind == PINHOLE:
        return _STRAIGHT
    if kind == OPENCV and lens[OWN + 13] == 0.0:
        return _FLAT
    if kind == THETA and int(lens[OWN + 4]) <= 10:
        return _ROUND
    return _SPHERICAL if kind in (MEI, DOUBLE_SPHERE) else _SINGLE


@compiled
def _gather(points: Float64Array, first: int, count: int, block: Float64Array) -> int:
    """Rows as the block's columns x, y, z; returns how many of them are odd."""
    xs, ys, zs = block[0], block[1], block[2]
    for i in range(count):
        xs[i], ys[i], zs[i] = points[first + i, 0], points[first + i, 1], points[first + i, 2]
    odd = 0
    for i in range(count):
        odd += 1 if _is_odd(xs[i], ys[i], zs[i]) else 0
    return odd
