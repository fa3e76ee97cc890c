"""Places of the world in the frame of a box, seen from above."""

import math

import numpy as np

from projection.arrays import Float64Array


def in_axes(places_m: Float64Array, pose: Float64Array) -> Float64Array:
    """Return where places are along and across a box.

    Args:
        places_m: (n, 2) or (n, 3) metres, world.
        pose: (3,) or more: x, y metres and heading radians of the box, world.

    Returns:
        (n, 2) metres, from its middle.
    """
    dx, dy = places_m[:, 0] - pose[0], places_m[:, 1] - pose[1]
    cosine, sine = math.cos(pose[2]), math.sin(pose[2])
    return np.stack([dx * cosine + dy * sine, dy * cosine - dx * sine], axis=1)


def in_frame(points_m: Float64Array, heights_m: Float64Array, pose: Float64Array) -> Float64Array:
    """Return points of the world (n, 2 or 3) and their heights as (n, 3) in the frame of a pose."""
    return np.column_stack([in_axes(points_m, pose), heights_m])
