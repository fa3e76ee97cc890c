"""What stands between the sensor and an object: behind it, nothing of the object can be seen."""

import numpy as np

from autolabel.cloud import SweepPoints
from autolabel.ground import Ground
from projection.arrays import Float64Array

#: So near to the sensor is the recorder's own car.
_OWN_M = 1.5
#: Lower than this the ground hides the object, which is no news.
_LOWEST_M = 0.3


def shadows(
    sweep: SweepPoints, ground: Ground, place_m: Float64Array, radius_m: float, height_m: float
) -> Float64Array:
    """Return the directions in which something hides what stands at a place.

    Args:
        sweep: The sweep.
        ground: The ground at the place.
        place_m: (2,) or (3,) metres, world.
        radius_m: Of what stands there.
        height_m: And how high it is.

    Returns:
        (n,) sorted angles about z at the sensor, radians, from the direction of the place.
    """
    origin = sweep.sensor_position_m
    to_place = place_m[:2] - origin[:2]
    distance = float(np.hypot(*to_place))
    if distance < radius_m + _OWN_M:
        return np.zeros(0)
    ahead = (to_place / distance).astype(np.float32)
    dx = sweep.points_m[:, 0] - np.float32(origin[0])
    dy = sweep.points_m[:, 1] - np.float32(origin[1])
    along = dx * ahead[0] + dy * ahead[1]
    across = dy * ahead[0] - dx * ahead[1]
    tangent = np.float32(1.2 * radius_m / distance)
    rows = np.flatnonzero(
        (along > _OWN_M) & (along < distance - radius_m) & (np.abs(across) < along * tangent)
    )
    # How high each ray would have passed at the object.
    rise = (sweep.points_m[rows, 2] - origin[2]) / along[rows] * distance
    height = origin[2] + rise - float(ground.at(np.asarray(place_m[:2], dtype=np.float64)))
    hides = (height > _LOWEST_M) & (height < height_m)
    angles = np.arctan2(across[rows][hides], along[rows][hides])
    return np.sort(angles.astype(np.float64))
