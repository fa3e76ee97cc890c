"""One point through one lens: the scalar twin of ``projection.cameras``, with the same tests."""

import math

from projection.arrays import Float64Array, UInt8Array
from projection.kernels.compiled import compiled, inlined
from projection.kernels.pack import (
    BACKWARD,
    CYLINDRICAL,
    LIMIT_PX,
    MEI,
    OPENCV,
    OWN,
    PINHOLE,
    TAN2_LIMIT,
    THETA,
)

_OK, _BEHIND, _OUTSIDE = 0, 1, 2
_HALF_TURN = math.pi
_RIGHT = math.pi / 2
_QUARTER = math.pi / 4
#: The tangent of pi / 8.
_EIGHTH = 0.41421356237309503
#: (atan(x) / x - 1) / x^2 as a polynomial in x^2 up to the tangent of pi / 8:
#: interpolated in Chebyshev's points in 40 digits, within 6e-17 of the arc tangent.
_A0, _A1, _A2 = -0.3333333333333325, 0.19999999999898407, -0.14285714266096602
_A3, _A4, _A5 = 0.11111109636533431, -0.09090852557145968, 0.07691055157849669
_A6, _A7, _A8 = -0.06649613689550408, 0.05736332130703195, -0.044833345062807464
_A9 = 0.022750525406052224
_MORE_BITS = 6.123233995736765886130e-17
#: Between these, squares of coordinates neither overflow nor vanish.
_LARGE, _SMALL = 1e100, 1e-100


@inlined
def _polynomial(lens: Float64Array, x: float) -> tuple[float, float]:
    """Value and slope of the polynomial in the own slots, Horner's rule."""
    count = int(lens[OWN + 4])
    value, slope = lens[OWN + 4 + count], 0.0
    for place in range(count - 1, 0, -1):
        slope = slope * x + value
        value = value * x + lens[OWN + 4 + place]
    return value, slope


@compiled
def _inverse(lens: Float64Array, theta: float) -> float:
    """The pixel distance at an angle: Newton's method on the rising polynomial, in a bracket."""
    low, high = 0.0, lens[LIMIT_PX]
    if high > 1e200:
        high = 1.0
        for _ in range(60):
            if _polynomial(lens, high)[0] >= theta:
                break
            high *= 2.0
    origin, rate = _polynomial(lens, 0.0)
    x: float = min(max((theta - origin) / rate, low), high)
    for _ in range(100):
        value, slope = _polynomial(lens, x)
        residual = value - theta
        if residual < 0.0:
            low = x
        else:
            high = x
        moved = x - residual / slope if slope != 0.0 else low - 1.0
        if not (low <= moved <= high):
            moved = 0.5 * (low + high)
        if abs(moved - x) <= 2e-16 * abs(x):
            break
        x = moved
    return x


@inlined
def _brown(lens: Float64Array, a: float, b: float) -> tuple[float, float, bool]:
    o = OWN
    r2 = a * a + b * b
    inside = r2 < lens[o] * lens[o]
    gain = 1.0 + r2 * (lens[o + 1] + r2 * (lens[o + 2] + r2 * lens[o + 3]))
    if lens[o + 4] != 0.0 or lens[o + 5] != 0.0 or lens[o + 6] != 0.0:
        gain = gain / (1.0 + r2 * (lens[o + 4] + r2 * (lens[o + 5] + r2 * lens[o + 6])))
    p1, p2 = lens[o + 7], lens[o + 8]
    twice = 2.0 * a * b
    u = a * gain + p1 * twice + p2 * (r2 + 2.0 * a * a) + r2 * (lens[o + 9] + r2 * lens[o + 10])
    v = b * gain + p1 * (r2 + 2.0 * b * b) + p2 * twice + r2 * (lens[o + 11] + r2 * lens[o + 12])
    if lens[o + 13] != 0.0:
        x = lens[o + 14] * u + lens[o + 15] * v + lens[o + 16]
        y = lens[o + 17] * u + lens[o + 18] * v + lens[o + 19]
        w = lens[o + 20] * u + lens[o + 21] * v + lens[o + 22]
        inside = inside and w > 0.0
        u, v = x / w, y / w
    return u, v, inside


@inlined
def small_arc(x: float) -> float:
    """atan(x), |x| up to the tangent of pi / 8."""
    s = x * x
    # Estrin's scheme: products that don't wait for each other.
    s2 = s * s
    s4 = s2 * s2
    low = (_A0 + _A1 * s) + (_A2 + _A3 * s) * s2
    high = (_A4 + _A5 * s) + (_A6 + _A7 * s) * s2 + (_A8 + _A9 * s) * s4
    return x + x * (s * (low + high * s4))


@inlined
def off_axis(rho: float, z: float) -> float:
    """atan2(rho, z) for rho >= 0, without a branch: within an ulp or two of libm."""
    depth = abs(z)
    steep = rho > depth
    upper = depth if steep else rho
    lower = rho if steep else depth
    shift = upper > _EIGHTH * lower
    angle = small_arc((upper - lower if shift else upper) / (upper + lower if shift else lower))
    angle = _QUARTER + (angle + 0.5 * _MORE_BITS) if shift else angle
    angle = _RIGHT - (angle - _MORE_BITS) if steep else angle
    return math.pi - (angle - 2.0 * _MORE_BITS) if z < 0.0 else angle


@compiled
def project_point(  # noqa: C901, PLR0911, PLR0912, PLR0915  one branch a model, as flat as they come
    lens: Float64Array, x: float, y: float, z: float
) -> tuple[float, float, int]:
    """Pixel and status (OK, NEAR_OR_BEHIND or OUTSIDE_DOMAIN) of one point of the camera frame."""
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    limit, kind = lens[4], int(lens[5])
    nothing = math.nan
    if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(z)):
        return nothing, nothing, _OUTSIDE
    if kind in (PINHOLE, OPENCV):
        if not z > 0.0:
            return nothing, nothing, _BEHIND
        a, b = x / z, y / z
        if kind == PINHOLE:
            if lens[TAN2_LIMIT] < math.inf and not a * a + b * b < lens[TAN2_LIMIT]:
                return nothing, nothing, _OUTSIDE
            u, v = a, b
        else:
            u, v, inside = _brown(lens, a, b)
            if not inside or (lens[TAN2_LIMIT] < math.inf and not a * a + b * b < lens[TAN2_LIMIT]):
                return nothing, nothing, _OUTSIDE
        u, v = fx * u + cx, fy * v + cy
    elif kind == CYLINDRICAL:
        radius = math.hypot(x, z)
        if radius == 0.0 and y == 0.0:
            return nothing, nothing, _BEHIND
        if radius == 0.0:
            return nothing, nothing, _OUTSIDE
        if limit < _HALF_TURN and not math.atan2(math.hypot(x, y), z) < limit:
            return nothing, nothing, _OUTSIDE
        u, v = fx * math.atan2(x, z) + cx, fy * (y / radius) + cy
    else:
        if _SMALL < abs(x) + abs(y) + abs(z) < _LARGE:
            rho = math.sqrt(x * x + y * y)
            theta = off_axis(rho, z)
        else:
            rho = math.hypot(x, y)
            theta = math.atan2(rho, z)
        if rho == 0.0 and z == 0.0:
            return nothing, nothing, _BEHIND
        if limit <= _RIGHT and z <= 0.0:
            return nothing, nothing, _BEHIND
        if not theta < limit:
            return nothing, nothing, _OUTSIDE
        if kind in (THETA, BACKWARD):
            distance = _polynomial(lens, theta)[0] if kind == THETA else _inverse(lens, theta)
            dx, dy = 0.0, 0.0
            if rho > 0.0:
                dx, dy = x / rho * distance, y / rho * distance
            u = lens[OWN] * dx + lens[OWN + 1] * dy
            v = lens[OWN + 2] * dx + lens[OWN + 3] * dy
        else:
            largest = max(abs(x), abs(y), abs(z))
            x, y, z = x / largest, y / largest, z / largest
            norm = math.sqrt(x * x + y * y + z * z)
            if kind == MEI:
                height = z + lens[OWN + 23] * norm
                u, v, _ = _brown(lens, x / height, y / height)
            else:
                xi, alpha = lens[OWN], lens[OWN + 1]
                shifted = xi * norm + z
                height = alpha * math.sqrt(x * x + y * y + shifted * shifted)
                height += (1.0 - alpha) * shifted
                u, v = x / height, y / height
        u, v = fx * u + cx, fy * v + cy
    if not (math.isfinite(u) and math.isfinite(v)):
        return nothing, nothing, _OUTSIDE
    return u, v, _OK


@compiled
def project_points(
    lens: Float64Array, points: Float64Array, uv: Float64Array, status: UInt8Array
) -> None:
    """Pixels (n, 2) and status (n,) uint8 of points (n, 3), written to the last two."""
    for row in range(points.shape[0]):
        u, v, code = project_point(lens, points[row, 0], points[row, 1], points[row, 2])
        uv[row, 0], uv[row, 1], status[row] = u, v, code
