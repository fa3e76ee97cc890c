"""One pixel back through one lens, for the lenses that have to be searched: the numpy twin's tests.

The same methods as in ``projection.polynomials`` and ``projection.cameras.brown``: Newton's in a
bracket for what depends on the distance from the centre alone, then in two dimensions where only
steps that come closer are taken.
"""

import math

from projection.arrays import BoolArray, Float64Array
from projection.kernels.compiled import compiled, inlined
from projection.kernels.pack import BACKWARD, LIMIT_PX, MEI, OPENCV, OWN, THETA

#: Kinds of lenses that ``unproject_many`` knows.
KINDS = (OPENCV, THETA, BACKWARD, MEI)
_STEPS = 100
_NEWTON_STEPS = 60
_RESIDUAL = 1e-12


@inlined
def _polynomial(lens: Float64Array, x: float) -> tuple[float, float]:
    """Value and slope of the polynomial in the own slots, Horner's rule."""
    count = int(lens[OWN + 4])
    value, slope = lens[OWN + 4 + count], 0.0
    for place in range(count - 1, 0, -1):
        slope = slope * x + value
        value = value * x + lens[OWN + 4 + place]
    return value, slope


@inlined
def _gain(lens: Float64Array, r2: float) -> tuple[float, float]:
    """Brown's radial factor and its slope by r2."""
    o = OWN
    upper = 1.0 + r2 * (lens[o + 1] + r2 * (lens[o + 2] + r2 * lens[o + 3]))
    lower = 1.0 + r2 * (lens[o + 4] + r2 * (lens[o + 5] + r2 * lens[o + 6]))
    upper_slope = lens[o + 1] + r2 * (2.0 * lens[o + 2] + r2 * 3.0 * lens[o + 3])
    lower_slope = lens[o + 4] + r2 * (2.0 * lens[o + 5] + r2 * 3.0 * lens[o + 6])
    return upper / lower, (upper_slope * lower - upper * lower_slope) / (lower * lower)


@inlined
def _rising(lens: Float64Array, x: float, is_theta: bool) -> tuple[float, float]:  # noqa: FBT001
    """What is inverted along a ray from the centre: value and slope."""
    if is_theta:
        return _polynomial(lens, x)
    gain, slope = _gain(lens, x * x)
    return x * gain, gain + 2.0 * x * x * slope


@compiled
def _invert(
    lens: Float64Array,
    target: float,
    limit: float,
    is_theta: bool,  # noqa: FBT001
) -> tuple[float, float]:
    """Where a function that rises up to a limit has a value; and what is left of the difference."""
    low, high = 0.0, limit
    if not limit < 1e150:
        high = 1.0
        for _ in range(60):
            if not _rising(lens, high, is_theta)[0] < target:
                break
            high *= 2.0
    most = _rising(lens, high, is_theta)[0]
    if is_theta and target > most + 1e-9 * (1.0 + abs(most)):
        # Nothing lands there.
        return high, most - target
    origin, rate = _rising(lens, 0.0, is_theta)
    x = (target - origin) / rate
    # Never at the limit itself: where that is a pole, rounding may lie beyond it.
    x = min(max(x, low), high) if x < limit else 0.5 * high
    for _ in range(_STEPS):
        value, slope = _rising(lens, x, is_theta)
        residual = value - target
        if residual < 0.0:
            low = x
        else:
            high = x
        moved = x - residual / slope
        if not (low <= moved <= high and moved < limit):
            moved = 0.5 * (low + high)
        settled = abs(moved - x) <= 1e-15 * abs(x)
        x = moved
        if settled or not math.isfinite(target):
            break
    return x, _rising(lens, x, is_theta)[0] - target


@inlined
def _bend(lens: Float64Array, a: float, b: float) -> tuple[float, float]:
    """Brown's distortion without the tilt."""
    o = OWN
    r2 = a * a + b * b
    gain = _gain(lens, r2)[0]
    p1, p2 = lens[o + 7], lens[o + 8]
    u = a * gain + 2.0 * p1 * a * b + p2 * (r2 + 2.0 * a * a)
    v = b * gain + p1 * (r2 + 2.0 * b * b) + 2.0 * p2 * a * b
    return (
        u + r2 * (lens[o + 9] + r2 * lens[o + 10]),
        v + r2 * (lens[o + 11] + r2 * lens[o + 12]),
    )


@compiled
def _undistort(  # noqa: PLR0915  one method after the other
    lens: Float64Array, da: float, db: float
) -> tuple[float, float, bool]:
    """The inverse of Brown's distortion, and whether there is one."""
    o = OWN
    limit = lens[o]
    ahead = True
    if lens[o + 13] != 0.0:
        # The inverse of the tilt's matrix, by cofactors.
        m00, m01, m02 = lens[o + 14], lens[o + 15], lens[o + 16]
        m10, m11, m12 = lens[o + 17], lens[o + 18], lens[o + 19]
        m20, m21, m22 = lens[o + 20], lens[o + 21], lens[o + 22]
        x = (m11 * m22 - m12 * m21) * da + (m02 * m21 - m01 * m22) * db + (m01 * m12 - m02 * m11)
        y = (m12 * m20 - m10 * m22) * da + (m00 * m22 - m02 * m20) * db + (m02 * m10 - m00 * m12)
        w = (m10 * m21 - m11 * m20) * da + (m01 * m20 - m00 * m21) * db + (m00 * m11 - m01 * m10)
        whole = m00 * (m11 * m22 - m12 * m21) - m01 * (m10 * m22 - m12 * m20)
        whole += m02 * (m10 * m21 - m11 * m20)
        ahead = w * whole > 0.0
        da, db = x / w, y / w
    length = math.hypot(da, db)
    radius, missing = _invert(lens, length, limit, is_theta=False)
    scale = radius / length if length > 0.0 else 1.0
    a, b = da * scale, db * scale
    bent = False
    for slot in range(7, 14):
        bent = bent or lens[o + slot] != 0.0
    if not bent:
        found = abs(missing) <= _RESIDUAL * (1.0 + length)
        return a, b, found and ahead and a * a + b * b < limit * limit
    p1, p2 = lens[o + 7], lens[o + 8]
    s1, s2, s3, s4 = lens[o + 9], lens[o + 10], lens[o + 11], lens[o + 12]
    small = 1e-16 * (1.0 + length)
    at_a, at_b = _bend(lens, a, b)
    miss_a, miss_b = at_a - da, at_b - db
    error = math.hypot(miss_a, miss_b)
    step = 1.0
    for _ in range(_NEWTON_STEPS):
        if not error > small:
            break
        r2 = a * a + b * b
        gain, slope = _gain(lens, r2)
        prism_a, prism_b = s1 + 2.0 * s2 * r2, s3 + 2.0 * s4 * r2
        shared = 2.0 * a * b * slope + 2.0 * p1 * a + 2.0 * p2 * b
        j_aa = gain + 2.0 * a * a * slope + 2.0 * p1 * b + 6.0 * p2 * a + 2.0 * a * prism_a
        j_ab, j_ba = shared + 2.0 * b * prism_a, shared + 2.0 * a * prism_b
        j_bb = gain + 2.0 * b * b * slope + 6.0 * p1 * b + 2.0 * p2 * a + 2.0 * b * prism_b
        determinant = j_aa * j_bb - j_ab * j_ba
        # Near the fold a full step jumps across it: only steps that come closer are taken.
        to_a = a - step * (j_bb * miss_a - j_ab * miss_b) / determinant
        to_b = b - step * (j_aa * miss_b - j_ba * miss_a) / determinant
        at_a, at_b = _bend(lens, to_a, to_b)
        off_a, off_b = at_a - da, at_b - db
        off = math.hypot(off_a, off_b)
        if off < error:
            a, b, miss_a, miss_b, error = to_a, to_b, off_a, off_b, off
            step = min(1.0, 2.0 * step)
        else:
            if error <= 1e-14 * (1.0 + length):
                # Rounding is all that is left.
                break
            step *= 0.25
    found = error <= _RESIDUAL * (1.0 + length)
    return a, b, found and ahead and a * a + b * b < limit * limit


@inlined
def _along_theta(lens: Float64Array, u: float, v: float) -> tuple[float, float, float, bool]:
    """The ray of a lens whose distance from the centre depends on the angle alone."""
    c, d, e = lens[OWN], lens[OWN + 1], lens[OWN + 2]
    whole = c - d * e
    x, y = (u - d * v) / whole, (c * v - e * u) / whole
    length = math.hypot(x, y)
    if int(lens[5]) == THETA:
        theta, residual = _invert(lens, length, lens[4], is_theta=True)
        found = abs(residual) <= _RESIDUAL * (abs(lens[OWN + 6]) + length)
    else:
        theta = _polynomial(lens, length)[0]
        found = length < lens[LIMIT_PX] and theta >= 0.0
    share = math.sin(theta) / (length if length > 0.0 else 1.0)
    return x * share, y * share, math.cos(theta), found and theta < lens[4]


@compiled
def unproject_many(
    lens: Float64Array, uv: Float64Array, rays: Float64Array, found: BoolArray
) -> None:
    """Directions, of any length, of pixels; of the lenses of ``KINDS``.

    Args:
        lens: See ``pack``.
        uv: (n, 2) px.
        rays: (n, 3) written.
        found: (n,) written: whether there is a ray.
    """
    kind = int(lens[5])
    for row in range(uv.shape[0]):
        u, v = (uv[row, 0] - lens[2]) / lens[0], (uv[row, 1] - lens[3]) / lens[1]
        if kind in (THETA, BACKWARD):
            x, y, z, there = _along_theta(lens, u, v)
        else:
            x, y, there = _undistort(lens, u, v)
            z = 1.0
            r2 = x * x + y * y
            if kind == MEI:
                xi = lens[OWN + 23]
                under = 1.0 + (1.0 - xi * xi) * r2
                gain = (xi + math.sqrt(max(under, 0.0))) / (1.0 + r2)
                x, y, z = gain * x, gain * y, gain - xi
                angle = math.atan2(math.hypot(x, y), z)
                there = there and under >= -1e-10 and angle <= lens[4] * (1.0 + 1e-9)
            else:
                there = there and math.atan(math.sqrt(r2)) < lens[4]
        rays[row, 0], rays[row, 1], rays[row, 2], found[row] = x, y, z, there
