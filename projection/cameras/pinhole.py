"""The pinhole: straight lines stay straight."""

import math
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, UInt8Array
from projection.cameras.base import capped, focal_and_centre, refuse_distortion
from projection.spec import Fields
from projection.status import Status


@dataclass(frozen=True, slots=True)
class Pinhole:
    """u = fx x/z + cx, v = fy y/z + cy, for z > 0."""

    fx: float
    fy: float
    cx: float
    cy: float
    limit_rad: float

    @classmethod
    def from_params(cls, params: Fields, max_angle_rad: float | None) -> "Pinhole":
        """From the ``params`` of a camera."""
        refuse_distortion(params, "pinhole (use opencv)")
        return cls(*focal_and_centre(params), capped(math.pi / 2, max_angle_rad))

    def project(self, points: Float64Array) -> tuple[Float64Array, UInt8Array]:
        """See ``Lens.project``."""
        x, y, z = points.T
        front = z > 0.0
        depth = np.where(front, z, 1.0)
        a, b = x / depth, y / depth
        status = np.where(front, Status.OK, Status.NEAR_OR_BEHIND)
        if self.limit_rad < math.pi / 2:
            outside = front & ~(np.hypot(a, b) < math.tan(self.limit_rad))
            status = np.where(outside, Status.OUTSIDE_DOMAIN, status)
        uv = np.stack([self.fx * a + self.cx, self.fy * b + self.cy], axis=1)
        return uv, status.astype(np.uint8)

    def unproject(self, uv: Float64Array) -> tuple[Float64Array, BoolArray]:
        """See ``Lens.unproject``."""
        a = (uv[:, 0] - self.cx) / self.fx
        b = (uv[:, 1] - self.cy) / self.fy
        inside = np.arctan(np.hypot(a, b)) < self.limit_rad
        return np.stack([a, b, np.ones_like(a)], axis=1), inside
