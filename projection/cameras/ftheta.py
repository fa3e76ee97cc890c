"""NVIDIA's f-theta: a polynomial from angle to pixel distance, or the other way round."""

from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, UInt8Array
from projection.cameras.base import angles, capped, cone_status, refuse_distortion
from projection.cameras.theta import (
    along,
    half_turn_at_most,
    project_theta,
    ray,
    rising_until,
    unproject_theta,
)
from projection.polynomials import derivative, evaluate, invert_rising
from projection.spec import Fields

_FIELDS = {"forward": "angle_to_pixeldist", "backward": "pixeldist_to_angle"}


@dataclass(frozen=True, slots=True)
class FTheta:
    """(u, v) = (cx, cy) + d(th) [[c, d], [e, 1]] (x, y)/rho; the reference polynomial gives d.

    Attributes:
        polynomial: The reference: of the angle (forward) or of the pixel distance (backward).
        limit_px: Pixel distance at the limit; infinite with a forward polynomial.
    """

    cx: float
    cy: float
    polynomial: tuple[float, ...]
    is_forward: bool
    linear_cde: tuple[float, ...]
    limit_rad: float
    limit_px: float

    @classmethod
    def from_params(cls, params: Fields, max_angle_rad: float | None) -> "FTheta":
        """From the ``params`` of a camera."""
        refuse_distortion(params, "ftheta")
        reference = params.choice("reference", tuple(_FIELDS))
        field = _FIELDS[reference]
        polynomial = params.numbers(field, range(2, 11))
        cde = params.numbers("linear_cde", (3,)) if params.has("linear_cde") else (1.0, 0.0, 0.0)
        if cde[0] - cde[1] * cde[2] <= 0.0:
            raise params.error("linear_cde", "a matrix [[c, d], [e, 1]] that doesn't mirror")
        until = rising_until(polynomial, params, field)
        limit_px = float("inf")
        if reference == "backward":
            limit_px = until
            # Where it rises for ever, or up to more than any angle, there is no limit of its own.
            with np.errstate(over="ignore", invalid="ignore"):
                rises_to = float(evaluate(polynomial, np.array([limit_px]))[0])
            until = rises_to if np.isfinite(rises_to) else float("inf")
        limit_rad = capped(half_turn_at_most(until), max_angle_rad)
        if limit_rad <= 0.0:
            raise params.error(field, "a polynomial that rises from zero on")
        centre = params.number("cx"), params.number("cy")
        return cls(*centre, polynomial, reference == "forward", cde, limit_rad, limit_px)

    @property
    def linear(self) -> Float64Array:
        """(2, 2) matrix [[c, d], [e, 1]]."""
        c, d, e = self.linear_cde
        return np.array([[c, d], [e, 1.0]])

    def project(self, points: Float64Array) -> tuple[Float64Array, UInt8Array]:
        """See ``Lens.project``."""
        if self.is_forward:
            offset, status = project_theta(points, self.polynomial, self.limit_rad)
        else:
            rho, theta = angles(points)
            status = cone_status(points, theta, self.limit_rad)
            within = np.where(theta < self.limit_rad, theta, 0.0)
            distance, _ = invert_rising(self._angle, within, self.limit_px)
            offset = along(points, rho, distance)
        return offset @ self.linear.T + np.array([self.cx, self.cy]), status

    def unproject(self, uv: Float64Array) -> tuple[Float64Array, BoolArray]:
        """See ``Lens.unproject``."""
        offset = (uv - np.array([self.cx, self.cy])) @ np.linalg.inv(self.linear).T
        if self.is_forward:
            return unproject_theta(offset, self.polynomial, self.limit_rad)
        length = np.hypot(offset[:, 0], offset[:, 1])
        theta = evaluate(self.polynomial, length)
        inside = (length < self.limit_px) & (theta >= 0.0) & (theta < self.limit_rad)
        return ray(offset, length, theta), inside

    def _angle(self, distance: Float64Array) -> tuple[Float64Array, Float64Array]:
        slope = derivative(self.polynomial)
        return evaluate(self.polynomial, distance), evaluate(slope, distance)
