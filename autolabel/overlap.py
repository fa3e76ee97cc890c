"""How far two boxes agree: overlap from above and in space, and headings."""

import math

import numpy as np
from shapely.geometry import Polygon

from projection.arrays import Float64Array
from projection.rigid import rotate


def heading_of(quat_xyzw: Float64Array) -> float:
    """Return the direction of a box's x axis about z, radians."""
    x, y, z, w = (float(value) for value in quat_xyzw)
    return math.atan2(2.0 * (x * y + z * w), 1.0 - 2.0 * (y * y + z * z))


def heading_error(a_rad: float, b_rad: float) -> float:
    """Return the angle between two headings, 0 to pi."""
    return abs((a_rad - b_rad + math.pi) % (2.0 * math.pi) - math.pi)


def axis_error(a_rad: float, b_rad: float) -> float:
    """Return the angle between two headings, front and back being the same, 0 to pi/2."""
    error = heading_error(a_rad, b_rad)
    return min(error, math.pi - error)


def footprint(position_m: Float64Array, quat_xyzw: Float64Array, size_m: Float64Array) -> Polygon:
    """Return a box's middle section as seen from above."""
    half = 0.5 * np.asarray(size_m)
    signs = np.array([[1.0, 1.0, 0.0], [-1.0, 1.0, 0.0], [-1.0, -1.0, 0.0], [1.0, -1.0, 0.0]])
    corners = rotate(np.asarray(quat_xyzw), signs * half) + position_m
    return Polygon(corners[:, :2])


def overlaps(
    a: tuple[Float64Array, Float64Array, Float64Array],
    b: tuple[Float64Array, Float64Array, Float64Array],
) -> tuple[float, float]:
    """Return intersection over union of two boxes: from above, and in space.

    Args:
        a: Position (3,), quaternion (4,), size (3,). It stands nearly upright.
        b: Likewise.
    """
    first, second = footprint(*a), footprint(*b)
    common = first.intersection(second).area
    areas = (first.area, second.area)
    tops = [box[0][2] + 0.5 * box[2][2] for box in (a, b)]
    lows = [box[0][2] - 0.5 * box[2][2] for box in (a, b)]
    high = max(min(tops) - max(lows), 0.0)
    volume = common * high
    volumes = areas[0] * a[2][2] + areas[1] * b[2][2]
    return (
        float(common / max(sum(areas) - common, 1e-12)),
        float(volume / max(volumes - volume, 1e-12)),
    )
