"""OpenCV's pinhole with distortion: 4, 5, 8, 12 or 14 coefficients."""

import math
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, UInt8Array
from projection.cameras.base import capped, focal_and_centre
from projection.cameras.brown import Brown
from projection.spec import Fields
from projection.status import Status

COUNTS = (4, 5, 8, 12, 14)


@dataclass(frozen=True, slots=True)
class OpenCV:
    """Brown's distortion of (x/z, y/z), for z > 0 and inside the radius where it folds back."""

    fx: float
    fy: float
    cx: float
    cy: float
    brown: Brown
    limit_rad: float

    @classmethod
    def from_params(cls, params: Fields, max_angle_rad: float | None) -> "OpenCV":
        """From the ``params`` of a camera."""
        focal = focal_and_centre(params)
        brown = Brown.from_coefficients(params.numbers("distortion", COUNTS))
        return cls(*focal, brown, capped(math.atan(brown.limit_radius), max_angle_rad))

    def project(self, points: Float64Array) -> tuple[Float64Array, UInt8Array]:
        """See ``Lens.project``."""
        x, y, z = points.T
        front = z > 0.0
        depth = np.where(front, z, 1.0)
        a, b = x / depth, y / depth
        da, db, inside = self.brown.distort(a, b)
        if self.limit_rad < math.atan(self.brown.limit_radius):
            inside = inside & (np.hypot(a, b) < math.tan(self.limit_rad))
        status = np.where(inside, Status.OK, Status.OUTSIDE_DOMAIN)
        status = np.where(front, status, Status.NEAR_OR_BEHIND).astype(np.uint8)
        return np.stack([self.fx * da + self.cx, self.fy * db + self.cy], axis=1), status

    def unproject(self, uv: Float64Array) -> tuple[Float64Array, BoolArray]:
        """See ``Lens.unproject``."""
        a, b, found = self.brown.undistort(
            (uv[:, 0] - self.cx) / self.fx, (uv[:, 1] - self.cy) / self.fy
        )
        found = found & (np.arctan(np.hypot(a, b)) < self.limit_rad)
        return np.stack([a, b, np.ones_like(a)], axis=1), found
