"""What one sweep shows of an object, and what of that a box at a pose takes in."""

import math
from dataclasses import dataclass

import numpy as np

from autolabel.frames import in_axes
from projection.arrays import Float64Array

#: Between columns of a lidar, usually.
SPACING_RAD = math.radians(0.3)
#: Columns of a lidar lie up to so far apart.
_SHADOW_RAD = math.radians(0.4)
#: Boxes can be wrong by so much: points that lie no farther out are looked at.
_AROUND_M = 0.35


@dataclass(slots=True)
class View:
    """What one sweep shows of the object.

    Attributes:
        seconds: When.
        pose: (3,) x, y, heading as found, or as somebody set it.
        sigmas: (3,) how sure that is: metres along and across, radians.
        points_m: (n, 2) world, where they were seen.
        heights_m: (n,) above the ground.
        offsets_s: (n,) seconds after ``seconds`` at which each was seen.
        sensor_m: (2,) where from.
        shadows_rad: (m,) sorted directions, from that of ``pose``, in which something hides it.
        is_anchor: Somebody set this pose.
    """

    seconds: float
    pose: Float64Array
    sigmas: Float64Array
    points_m: Float64Array
    heights_m: Float64Array
    offsets_s: Float64Array
    sensor_m: Float64Array
    shadows_rad: Float64Array
    is_anchor: bool = False


def end_of(values: Float64Array) -> float:
    """Return where points end on an axis: not the last, which may be a mirror or an antenna."""
    return float(np.sort(values)[-max(2, round(0.03 * len(values)))])


def velocities_of(poses: Float64Array, seconds: Float64Array) -> Float64Array:
    """Return the velocity (k, 2) at each of some poses (k, 3) at rising times."""
    if len(poses) < 2:
        return np.zeros((len(poses), 2))
    return np.stack([np.gradient(poses[:, i], seconds) for i in (0, 1)], axis=1)


def local_points(
    view: View, pose: Float64Array, velocity: Float64Array, size_m: Float64Array
) -> Float64Array:
    """Return what a sweep shows in and around a box, in its frame.

    Args:
        view: What the sweep shows.
        pose: (3,) x, y, heading of the box at the sweep's time.
        velocity: (2,) metres per second, world.
        size_m: (2,) or (3,) of the box.

    Returns:
        (n, 3) along, across, above the ground.
    """
    half = 0.5 * size_m[:2] + _AROUND_M
    local = in_axes(view.points_m - view.offsets_s[:, None] * velocity, pose)
    inside = (np.abs(local) < half).all(axis=1)
    return np.column_stack([local[inside], view.heights_m[inside]])


def is_hidden(view: View, pose: Float64Array, size_m: Float64Array, axis: int, side: float) -> bool:
    """Return whether something stands before the end of a box that a sweep should show.

    Args:
        view: What the sweep shows.
        pose: (3,) x, y, heading of the box.
        size_m: (2,) or (3,) of it.
        axis: 0: its front or rear; 1: its left or right.
        side: 1 or -1: which of the two.
    """
    if not len(view.shadows_rad):
        return False
    half = 0.5 * size_m[:2]
    seen = in_axes(view.sensor_m[None], pose)[0]
    # Along this axis the end is a corner: the one on the sensor's side of the other axis.
    ends = []
    for share in (1.0, 0.75, 0.5):
        place = np.empty(2)
        place[axis] = side * half[axis]
        place[1 - axis] = share * math.copysign(half[1 - axis], seen[1 - axis])
        ends.append(place - seen)
    middle = view.pose[:2] - view.sensor_m
    bearing = math.atan2(middle[1], middle[0])
    angles = [
        math.remainder(math.atan2(end[1], end[0]) + pose[2] - bearing, 2.0 * math.pi)
        for end in ends
    ]
    low, high = min(angles) - _SHADOW_RAD, max(angles) + _SHADOW_RAD
    first, last = np.searchsorted(view.shadows_rad, [low, high])
    return bool(last - first >= 2)
