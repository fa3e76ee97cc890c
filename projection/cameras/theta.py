"""What lenses have in common whose distance from the centre depends on the angle alone."""

import math
from collections.abc import Sequence

import numpy as np

from projection.arrays import BoolArray, Float64Array, UInt8Array
from projection.cameras.base import angles, cone_status
from projection.polynomials import derivative, evaluate, invert_rising, smallest_positive_root
from projection.spec import Fields


def rising_until(coefficients: Sequence[float], params: Fields, field: str) -> float:
    """The least positive argument where a polynomial stops rising.

    Raises:
        SpecError: It doesn't rise at all.
    """
    slope = derivative(coefficients)
    if not slope or slope[0] <= 0.0:
        raise params.error(field, "a polynomial that rises from zero on")
    return smallest_positive_root(slope)


def project_theta(
    points: Float64Array, coefficients: Sequence[float], limit_rad: float
) -> tuple[Float64Array, UInt8Array]:
    """Distance from the centre by a polynomial of the angle, laid along the ray's direction.

    Args:
        points: (n, 3), camera frame.
        coefficients: Of the angle, from the constant term upwards.
        limit_rad: The domain.

    Returns:
        (n, 2) vector from the centre, and (n,) status.
    """
    rho, theta = angles(points)
    distance = evaluate(coefficients, theta)
    return along(points, rho, distance), cone_status(points, theta, limit_rad)


def along(points: Float64Array, rho: Float64Array, distance: Float64Array) -> Float64Array:
    """(n, 2) vectors of length ``distance`` in the direction of (x, y); zero on the axis."""
    safe = np.where(rho > 0.0, rho, 1.0)
    return np.asarray(points[:, :2] / safe[:, None] * distance[:, None])


def unproject_theta(
    offset: Float64Array, coefficients: Sequence[float], limit_rad: float
) -> tuple[Float64Array, BoolArray]:
    """The inverse of ``project_theta``: (n, 2) from the centre -> (n, 3) rays, (n,) found."""
    length = np.hypot(offset[:, 0], offset[:, 1])
    slope = derivative(coefficients)
    theta, residual = invert_rising(
        lambda x: (evaluate(coefficients, x), evaluate(slope, x)), length, limit_rad
    )
    tolerance = 1e-12 * (abs(coefficients[1]) + length)
    return ray(offset, length, theta), (np.abs(residual) <= tolerance) & (theta < limit_rad)


def ray(offset: Float64Array, length: Float64Array, theta: Float64Array) -> Float64Array:
    """(n, 3) unit rays, ``theta`` (n,) off the axis, towards ``offset`` (n, 2)."""
    safe = np.where(length > 0.0, length, 1.0)
    sideways = offset / safe[:, None] * np.sin(theta)[:, None]
    return np.concatenate([sideways, np.cos(theta)[:, None]], axis=1)


def half_turn_at_most(limit_rad: float) -> float:
    """No ray is further off the axis than half a turn."""
    return min(limit_rad, math.pi)
