"""What every lens model offers, and what the models share."""

import math
from typing import Protocol

import numpy as np

from projection.arrays import BoolArray, Float64Array, UInt8Array
from projection.spec import Fields
from projection.status import Status


class Lens(Protocol):
    """The map between rays of the camera frame (x right, y down, z forward) and pixels.

    A lens has one domain: the rays less than ``limit_rad`` off its axis. Up to there the map is
    one-to-one; what is beyond never gets a pixel.
    """

    @property
    def limit_rad(self) -> float:
        """Angle off the axis up to which there are pixels."""
        ...

    def project(self, points: Float64Array) -> tuple[Float64Array, UInt8Array]:
        """(n, 3) metres -> (n, 2) px and (n,) status: OK, NEAR_OR_BEHIND or OUTSIDE_DOMAIN."""
        ...

    def unproject(self, uv: Float64Array) -> tuple[Float64Array, BoolArray]:
        """(n, 2) px -> (n, 3) directions of any length, and (n,) whether there is one."""
        ...


def focal_and_centre(params: Fields) -> tuple[float, float, float, float]:
    """The four numbers that most models have: fx, fy, cx, cy."""
    if params.has("skew") and params.number("skew") != 0.0:
        raise params.error("skew", "none (no model has one)")
    return (
        params.number("fx", above=0.0),
        params.number("fy", above=0.0),
        params.number("cx"),
        params.number("cy"),
    )


def refuse_distortion(params: Fields, model: str) -> None:
    """Refuse coefficients that a model has no place for: without them all pixels would be wrong.

    Raises:
        SpecError: There is a ``distortion`` that isn't all zeros.
    """
    if params.has("distortion") and any(params.numbers("distortion", range(15))):
        raise params.error("distortion", f"none with the model {model}")


def capped(limit_rad: float, max_angle_rad: float | None) -> float:
    """The lens's own limit, or the one that its maker gives where that is less."""
    return limit_rad if max_angle_rad is None else min(limit_rad, max_angle_rad)


def angles(points: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Distance from the axis (n,) and angle off the axis (n,) radians of (n, 3) points."""
    rho = np.hypot(points[:, 0], points[:, 1])
    return rho, np.arctan2(rho, points[:, 2])


def cone_status(points: Float64Array, theta: Float64Array, limit_rad: float) -> UInt8Array:
    """Status (n,) of points (n, 3), ``theta`` (n,) off the axis, by the cone of ``limit_rad``.

    Behind counts as the reason only for lenses that can't see behind.
    """
    status = np.where(theta < limit_rad, Status.OK, Status.OUTSIDE_DOMAIN)
    origin = ~points.any(axis=1)
    behind = (points[:, 2] <= 0.0) if limit_rad <= math.pi / 2 else origin
    return np.where(behind | origin, Status.NEAR_OR_BEHIND, status).astype(np.uint8)


def scaled(points: Float64Array) -> Float64Array:
    """The same directions with the largest coordinate one, so that squares can't overflow."""
    largest = np.abs(points).max(axis=1, keepdims=True, initial=0.0)
    return np.asarray(points / np.where(largest > 0.0, largest, 1.0))
