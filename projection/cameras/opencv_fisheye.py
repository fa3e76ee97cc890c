"""OpenCV's fisheye (Kannala-Brandt with four coefficients), also beyond 180 degrees."""

import math
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, UInt8Array
from projection.cameras.base import capped, focal_and_centre
from projection.cameras.theta import half_turn_at_most, project_theta, unproject_theta
from projection.polynomials import smallest_positive_root
from projection.spec import Fields


@dataclass(frozen=True, slots=True)
class OpenCVFisheye:
    """r = th (1 + k1 th^2 + k2 th^4 + k3 th^6 + k4 th^8), th the angle off the axis."""

    fx: float
    fy: float
    cx: float
    cy: float
    k: tuple[float, ...]
    limit_rad: float

    @classmethod
    def from_params(cls, params: Fields, max_angle_rad: float | None) -> "OpenCVFisheye":
        """From the ``params`` of a camera."""
        focal = focal_and_centre(params)
        k = params.numbers("distortion", (4,))
        slope = (1.0, *((2 * power + 3) * value for power, value in enumerate(k)))
        limit_rad = half_turn_at_most(math.sqrt(smallest_positive_root(slope)))
        return cls(*focal, k, capped(limit_rad, max_angle_rad))

    @property
    def polynomial(self) -> tuple[float, ...]:
        """Coefficients of the angle, from the constant term upwards."""
        k1, k2, k3, k4 = self.k
        return (0.0, 1.0, 0.0, k1, 0.0, k2, 0.0, k3, 0.0, k4)

    def project(self, points: Float64Array) -> tuple[Float64Array, UInt8Array]:
        """See ``Lens.project``."""
        offset, status = project_theta(points, self.polynomial, self.limit_rad)
        return offset * np.array([self.fx, self.fy]) + np.array([self.cx, self.cy]), status

    def unproject(self, uv: Float64Array) -> tuple[Float64Array, BoolArray]:
        """See ``Lens.unproject``."""
        offset = (uv - np.array([self.cx, self.cy])) / np.array([self.fx, self.fy])
        return unproject_theta(offset, self.polynomial, self.limit_rad)
