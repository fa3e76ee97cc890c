"""The double sphere model of Usenko et al."""

import math
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, UInt8Array
from projection.cameras.base import (
    angles,
    capped,
    cone_status,
    focal_and_centre,
    refuse_distortion,
    scaled,
)
from projection.spec import Fields


@dataclass(frozen=True, slots=True)
class DoubleSphere:
    """u = fx x/(alpha d2 + (1 - alpha)(xi d1 + z)) + cx."""

    fx: float
    fy: float
    cx: float
    cy: float
    xi: float
    alpha: float
    limit_rad: float

    @classmethod
    def from_params(cls, params: Fields, max_angle_rad: float | None) -> "DoubleSphere":
        """From the ``params`` of a camera."""
        refuse_distortion(params, "double_sphere")
        focal = focal_and_centre(params)
        xi = params.number("xi", above=-1.0, at_most=1.0)
        alpha = params.number("alpha")
        if not 0.0 <= alpha <= 1.0:
            raise params.error("alpha", "a number from 0 to 1")
        w1 = alpha / (1.0 - alpha) if alpha <= 0.5 else (1.0 - alpha) / alpha
        w2 = (w1 + xi) / math.sqrt(max(2.0 * w1 * xi + xi * xi + 1.0, 1e-300))
        published = math.acos(min(1.0, max(-1.0, -w2)))
        return cls(*focal, xi, alpha, capped(min(published, _fold_angle(xi, w1)), max_angle_rad))

    def project(self, points: Float64Array) -> tuple[Float64Array, UInt8Array]:
        """See ``Lens.project``."""
        _, theta = angles(points)
        status = cone_status(points, theta, self.limit_rad)
        x, y, z = scaled(points).T
        flat = x * x + y * y
        shifted = self.xi * np.sqrt(flat + z * z) + z
        height = self.alpha * np.sqrt(flat + shifted * shifted) + (1.0 - self.alpha) * shifted
        height = np.where(status == 0, height, 1.0)
        uv = np.stack([self.fx * x / height + self.cx, self.fy * y / height + self.cy], axis=1)
        return uv, status

    def unproject(self, uv: Float64Array) -> tuple[Float64Array, BoolArray]:
        """See ``Lens.unproject``."""
        a = (uv[:, 0] - self.cx) / self.fx
        b = (uv[:, 1] - self.cy) / self.fy
        r2 = a * a + b * b
        under = 1.0 - (2.0 * self.alpha - 1.0) * r2
        c = (1.0 - self.alpha**2 * r2) / (
            self.alpha * np.sqrt(np.maximum(under, 0.0)) + 1.0 - self.alpha
        )
        second = c * c + (1.0 - self.xi**2) * r2
        gain = (c * self.xi + np.sqrt(np.maximum(second, 0.0))) / (c * c + r2)
        rays = np.stack([gain * a, gain * b, gain * c - self.xi], axis=1)
        inside = angles(rays)[1] < self.limit_rad
        return rays, (under >= 0.0) & (second >= 0.0) & inside


def _fold_angle(xi: float, w1: float) -> float:
    """The angle off the axis from which on pixels turn back, or the denominator is negative.

    The paper's own limit is less than that for common lenses, but more for strongly negative xi.
    On the second sphere, which lies xi before the first one, it is where the cosine is -w1.
    """
    sine = math.sqrt(max(0.0, 1.0 - w1 * w1))
    distance = math.sqrt(max(0.0, 1.0 - (xi * sine) ** 2)) - xi * w1
    return math.atan2(distance * sine, -distance * w1 - xi)
