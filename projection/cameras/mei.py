"""Mei's unified model: onto a sphere, from a point above its centre, then Brown's distortion."""

import math
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, UInt8Array
from projection.cameras.base import angles, capped, cone_status, focal_and_centre, scaled
from projection.cameras.brown import Brown
from projection.spec import Fields


@dataclass(frozen=True, slots=True)
class Mei:
    """m = (x, y)/(z + xi |P|), then k1 k2 p1 p2, fx fy cx cy."""

    fx: float
    fy: float
    cx: float
    cy: float
    xi: float
    brown: Brown
    limit_rad: float

    @classmethod
    def from_params(cls, params: Fields, max_angle_rad: float | None) -> "Mei":
        """From the ``params`` of a camera."""
        focal = focal_and_centre(params)
        xi = params.number("xi", above=-1.0)
        brown = Brown.from_coefficients(params.numbers("distortion", (4,)))
        # Up to here the radius on the plane rises with the angle: then the sphere turns away.
        sphere = math.acos(-xi if xi <= 1.0 else -1.0 / xi)
        limit_rad = min(sphere, _angle_of_radius(brown.limit_radius, xi))
        return cls(*focal, xi, brown, capped(limit_rad, max_angle_rad))

    def project(self, points: Float64Array) -> tuple[Float64Array, UInt8Array]:
        """See ``Lens.project``."""
        _, theta = angles(points)
        status = cone_status(points, theta, self.limit_rad)
        x, y, z = scaled(points).T
        height = z + self.xi * np.sqrt(x * x + y * y + z * z)
        height = np.where(status == 0, height, 1.0)
        da, db, _ = self.brown.distort(x / height, y / height)
        return np.stack([self.fx * da + self.cx, self.fy * db + self.cy], axis=1), status

    def unproject(self, uv: Float64Array) -> tuple[Float64Array, BoolArray]:
        """See ``Lens.unproject``."""
        a, b, found = self.brown.undistort(
            (uv[:, 0] - self.cx) / self.fx, (uv[:, 1] - self.cy) / self.fy
        )
        r2 = a * a + b * b
        under = 1.0 + (1.0 - self.xi**2) * r2
        gain = (self.xi + np.sqrt(np.maximum(under, 0.0))) / (1.0 + r2)
        rays = np.stack([gain * a, gain * b, gain - self.xi], axis=1)
        # On the rim itself the root is zero up to rounding.
        return rays, found & (under >= -1e-10) & (angles(rays)[1] <= self.limit_rad * (1 + 1e-9))


def _angle_of_radius(radius: float, xi: float) -> float:
    """The angle off the axis that comes to lie at a radius of the plane; pi if none does."""
    if math.isinf(radius):
        return math.pi
    r2 = radius * radius
    under = 1.0 + (1.0 - xi * xi) * r2
    if under < 0.0:
        return math.pi
    gain = (xi + math.sqrt(under)) / (1.0 + r2)
    return math.atan2(gain * radius, gain - xi)
