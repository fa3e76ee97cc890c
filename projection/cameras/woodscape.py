"""WoodScape's fisheye: a polynomial of the angle, in pixels."""

from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, UInt8Array
from projection.cameras.base import capped, refuse_distortion
from projection.cameras.theta import (
    half_turn_at_most,
    project_theta,
    rising_until,
    unproject_theta,
)
from projection.spec import Fields


@dataclass(frozen=True, slots=True)
class WoodScape:
    """rho = k1 th + k2 th^2 + k3 th^3 + k4 th^4 px; v is stretched by the aspect ratio."""

    k: tuple[float, ...]
    cx: float
    cy: float
    aspect_ratio: float
    limit_rad: float

    @classmethod
    def from_params(
        cls, params: Fields, max_angle_rad: float | None, size: tuple[int, int]
    ) -> "WoodScape":
        """From the ``params`` of a camera.

        Without ``cx``, the centre is half the width plus ``cx_offset`` less half a pixel (their
        pictures count from the corner); the same with ``cy``.
        """
        refuse_distortion(params, "woodscape")
        k = params.numbers("k", (4,))
        limit_rad = half_turn_at_most(rising_until((0.0, *k), params, "k"))
        cx, cy = (
            params.number(name)
            if params.has(name)
            else length / 2 - 0.5 + params.number(f"{name}_offset")
            for name, length in zip(("cx", "cy"), size, strict=True)
        )
        ratio = params.number("aspect_ratio", default=1.0, above=0.0)
        return cls(k, cx, cy, ratio, capped(limit_rad, max_angle_rad))

    def project(self, points: Float64Array) -> tuple[Float64Array, UInt8Array]:
        """See ``Lens.project``."""
        offset, status = project_theta(points, (0.0, *self.k), self.limit_rad)
        return offset * np.array([1.0, self.aspect_ratio]) + np.array([self.cx, self.cy]), status

    def unproject(self, uv: Float64Array) -> tuple[Float64Array, BoolArray]:
        """See ``Lens.unproject``."""
        offset = (uv - np.array([self.cx, self.cy])) / np.array([1.0, self.aspect_ratio])
        return unproject_theta(offset, (0.0, *self.k), self.limit_rad)
