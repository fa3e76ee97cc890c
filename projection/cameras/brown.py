"""Brown's distortion as OpenCV has it: radial (rational), tangential, thin prism, tilted sensor."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array
from projection.polynomials import derivative, evaluate, invert_rising, smallest_positive_root

_NEWTON_STEPS = 60
#: In normalised coordinates: 1e-12 is 1e-9 px at a focal length of a thousand.
_RESIDUAL = 1e-12


def _product(left: Sequence[float], right: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(value) for value in np.convolve(left, right))


def _difference(left: Sequence[float], right: Sequence[float]) -> tuple[float, ...]:
    size = max(len(left), len(right))
    padded = [list(values) + [0.0] * (size - len(values)) for values in (left, right)]
    return tuple(a - b for a, b in zip(*padded, strict=True))


@dataclass(frozen=True, slots=True)
class Brown:
    """Distortion of normalised coordinates (a, b), up to the radius where it would fold back.

    Attributes:
        k: Radial k1..k6 (numerator k1 k2 k3, denominator k4 k5 k6).
        p: Tangential p1 p2.
        s: Thin prism s1..s4.
        tilt: Sensor tilt tau_x, tau_y in radians.
        limit_radius: Least positive radius where the radial part stops rising, or has a pole.
    """

    k: tuple[float, float, float, float, float, float]
    p: tuple[float, float]
    s: tuple[float, float, float, float]
    tilt: tuple[float, float]
    limit_radius: float

    @classmethod
    def from_coefficients(cls, coefficients: Sequence[float]) -> "Brown":
        """From 4, 5, 8, 12 or 14 coefficients in OpenCV's order, or none."""
        d = [*coefficients, *[0.0] * (14 - len(coefficients))]
        k = (d[0], d[1], d[4], d[5], d[6], d[7])
        return cls(k, (d[2], d[3]), (d[8], d[9], d[10], d[11]), (d[12], d[13]), _limit_radius(k))

    @property
    def has_only_radial(self) -> bool:
        """Whether all points stay on their ray from the centre."""
        return not any((*self.p, *self.s, *self.tilt))

    @property
    def tilt_matrix(self) -> Float64Array:
        """(3, 3) homography of the tilted sensor, with OpenCV's signs and order."""
        cx, sx = math.cos(self.tilt[0]), math.sin(self.tilt[0])
        cy, sy = math.cos(self.tilt[1]), math.sin(self.tilt[1])
        turn_x = np.array([[1.0, 0.0, 0.0], [0.0, cx, sx], [0.0, -sx, cx]])
        turn_y = np.array([[cy, 0.0, -sy], [0.0, 1.0, 0.0], [sy, 0.0, cy]])
        turn = turn_y @ turn_x
        plane = np.array(
            [[turn[2, 2], 0.0, -turn[0, 2]], [0.0, turn[2, 2], -turn[1, 2]], [0.0, 0.0, 1.0]]
        )
        return np.asarray(plane @ turn)

    @property
    def tilt_inverse(self) -> Float64Array:
        """(3, 3) inverse of ``tilt_matrix``."""
        return np.asarray(np.linalg.inv(self.tilt_matrix), dtype=np.float64)

    def distort(
        self, a: Float64Array, b: Float64Array
    ) -> tuple[Float64Array, Float64Array, BoolArray]:
        """(n,) normalised coordinates -> distorted ones, and (n,) whether they're in the domain."""
        r2 = a * a + b * b
        inside = r2 < self.limit_radius**2
        da, db = self._bend(a, b)
        if any(self.tilt):
            da, db, ahead = _homography(self.tilt_matrix, da, db)
            inside &= ahead
        return da, db, inside

    def undistort(
        self, da: Float64Array, db: Float64Array
    ) -> tuple[Float64Array, Float64Array, BoolArray]:
        """The inverse of ``distort``: (n,), (n,), and (n,) whether there is one."""
        ahead: BoolArray = np.ones(da.shape, dtype=np.bool_)
        if any(self.tilt):
            da, db, ahead = _homography(self.tilt_inverse, da, db)
        length = np.hypot(da, db)
        radius, missing = invert_rising(self._radial, length, self.limit_radius)
        # Bent inwards or outwards by tangential terms, the pixel may lie just beyond the circle.
        scale = np.where(length > 0.0, radius / np.where(length > 0.0, length, 1.0), 1.0)
        a, b = da * scale, db * scale
        if self.has_only_radial:
            found = np.abs(missing) <= _RESIDUAL * (1.0 + length)
        else:
            a, b, found = self._newton(a, b, da, db)
        return a, b, found & ahead & (a * a + b * b < self.limit_radius**2)

    def _bend(self, a: Float64Array, b: Float64Array) -> tuple[Float64Array, Float64Array]:
        k1, k2, k3, k4, k5, k6 = self.k
        p1, p2 = self.p
        s1, s2, s3, s4 = self.s
        r2 = a * a + b * b
        gain = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
        if k4 or k5 or k6:
            gain = gain / (1.0 + r2 * (k4 + r2 * (k5 + r2 * k6)))
        da = a * gain + 2.0 * p1 * a * b + p2 * (r2 + 2.0 * a * a) + r2 * (s1 + r2 * s2)
        db = b * gain + p1 * (r2 + 2.0 * b * b) + 2.0 * p2 * a * b + r2 * (s3 + r2 * s4)
        return da, db

    def _gain(self, r2: Float64Array) -> tuple[Float64Array, Float64Array]:
        """The radial factor and its slope by r2."""
        upper = (1.0, *self.k[:3])
        lower = (1.0, *self.k[3:])
        n, d = evaluate(upper, r2), evaluate(lower, r2)
        slope = (evaluate(derivative(upper), r2) * d - n * evaluate(derivative(lower), r2)) / (
            d * d
        )
        return n / d, slope

    def _radial(self, r: Float64Array) -> tuple[Float64Array, Float64Array]:
        gain, slope = self._gain(r * r)
        return r * gain, gain + 2.0 * r * r * slope

    def _newton(
        self, a: Float64Array, b: Float64Array, da: Float64Array, db: Float64Array
    ) -> tuple[Float64Array, Float64Array, BoolArray]:
        scale = np.ones_like(a)
        small = 1e-16 * (1.0 + np.hypot(da, db))
        miss_a, miss_b, error = self._miss(a, b, da, db)
        for _ in range(_NEWTON_STEPS):
            if not (error > small).any():
                break
            j_aa, j_ab, j_ba, j_bb = self._jacobian(a, b)
            determinant = j_aa * j_bb - j_ab * j_ba
            step_a = scale * (j_bb * miss_a - j_ab * miss_b) / determinant
            step_b = scale * (j_aa * miss_b - j_ba * miss_a) / determinant
            # Near the fold a full step jumps across it: only steps that come closer are taken.
            tried = self._miss(a - step_a, b - step_b, da, db)
            closer = tried[2] < error
            a, b = np.where(closer, a - step_a, a), np.where(closer, b - step_b, b)
            miss_a, miss_b = np.where(closer, tried[0], miss_a), np.where(closer, tried[1], miss_b)
            error = np.where(closer, tried[2], error)
            scale = np.where(closer, np.minimum(1.0, 2.0 * scale), 0.25 * scale)
        return a, b, error <= _RESIDUAL * (1.0 + np.hypot(da, db))

    def _miss(
        self, a: Float64Array, b: Float64Array, da: Float64Array, db: Float64Array
    ) -> tuple[Float64Array, Float64Array, Float64Array]:
        at_a, at_b = self._bend(a, b)
        return at_a - da, at_b - db, np.hypot(at_a - da, at_b - db)

    def _jacobian(self, a: Float64Array, b: Float64Array) -> tuple[Float64Array, ...]:
        p1, p2 = self.p
        s1, s2, s3, s4 = self.s
        r2 = a * a + b * b
        gain, slope = self._gain(r2)
        prism_a, prism_b = s1 + 2.0 * s2 * r2, s3 + 2.0 * s4 * r2
        j_aa = gain + 2.0 * a * a * slope + 2.0 * p1 * b + 6.0 * p2 * a + 2.0 * a * prism_a
        j_ab = 2.0 * a * b * slope + 2.0 * p1 * a + 2.0 * p2 * b + 2.0 * b * prism_a
        j_ba = 2.0 * a * b * slope + 2.0 * p1 * a + 2.0 * p2 * b + 2.0 * a * prism_b
        j_bb = gain + 2.0 * b * b * slope + 6.0 * p1 * b + 2.0 * p2 * a + 2.0 * b * prism_b
        return j_aa, j_ab, j_ba, j_bb


def _limit_radius(k: Sequence[float]) -> float:
    """Where r N(r2)/D(r2) stops rising, or D is zero: exact, from polynomial roots in x = r2."""
    upper = (1.0, *k[:3])
    lower = (1.0, *k[3:])
    # (r N)' = N + 2 x N', and (r N)' D - r N D' = (N + 2 x N') D - 2 x N D', derivatives by x.
    upper_slope = tuple((1 + 2 * power) * value for power, value in enumerate(upper))
    lower_slope = (0.0, *[2.0 * value for value in derivative(lower)])
    rising = _difference(_product(upper_slope, lower), _product(upper, lower_slope))
    return math.sqrt(min(smallest_positive_root(rising), smallest_positive_root(lower)))


def _homography(
    matrix: Float64Array, a: Float64Array, b: Float64Array
) -> tuple[Float64Array, Float64Array, BoolArray]:
    x, y, w = (row[0] * a + row[1] * b + row[2] for row in matrix)
    return x / w, y / w, w > 0.0
