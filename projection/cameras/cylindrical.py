"""A cylinder around the vertical axis: columns are equal angles."""

import math
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, UInt8Array
from projection.cameras.base import angles, capped, focal_and_centre, refuse_distortion
from projection.spec import Fields
from projection.status import Status


@dataclass(frozen=True, slots=True)
class Cylindrical:
    """u = fx atan2(x, z) + cx, v = fy y/hypot(x, z) + cy; all round but straight up and down."""

    fx: float
    fy: float
    cx: float
    cy: float
    limit_rad: float

    @classmethod
    def from_params(cls, params: Fields, max_angle_rad: float | None) -> "Cylindrical":
        """From the ``params`` of a camera."""
        refuse_distortion(params, "cylindrical")
        return cls(*focal_and_centre(params), capped(math.pi, max_angle_rad))

    def project(self, points: Float64Array) -> tuple[Float64Array, UInt8Array]:
        """See ``Lens.project``."""
        x, y, z = points.T
        radius = np.hypot(x, z)
        inside = radius > 0.0
        if self.limit_rad < math.pi:
            inside = inside & (angles(points)[1] < self.limit_rad)
        safe = np.where(radius > 0.0, radius, 1.0)
        uv = np.stack(
            [self.fx * np.arctan2(x, z) + self.cx, self.fy * (y / safe) + self.cy], axis=1
        )
        status = np.where(inside, Status.OK, Status.OUTSIDE_DOMAIN)
        return uv, np.where(points.any(axis=1), status, Status.NEAR_OR_BEHIND).astype(np.uint8)

    def unproject(self, uv: Float64Array) -> tuple[Float64Array, BoolArray]:
        """See ``Lens.unproject``."""
        turn = (uv[:, 0] - self.cx) / self.fx
        rays = np.stack([np.sin(turn), (uv[:, 1] - self.cy) / self.fy, np.cos(turn)], axis=1)
        inside = np.abs(turn) <= math.pi
        if self.limit_rad < math.pi:
            inside = inside & (angles(rays)[1] < self.limit_rad)
        return rays, inside
