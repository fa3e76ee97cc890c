"""Sweeps as the algorithms here take them, and what lies near a place."""

from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float32Array, Float64Array, Int64Array


@dataclass(frozen=True, slots=True)
class SweepPoints:
    """One sweep in the world frame.

    Attributes:
        time_ns: When it was taken.
        points_m: (n, 3) float32 metres, world.
        sensor_position_m: (3,) float64 metres, world: where its rays came from.
        offsets_s: (n,) float32 seconds after the sweep's time at which each point was seen; None:
            all at once, or not known.
    """

    time_ns: int
    points_m: Float32Array
    sensor_position_m: Float64Array
    offsets_s: Float32Array | None = None

    def __len__(self) -> int:
        return len(self.points_m)

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return self.points_m.nbytes + (0 if self.offsets_s is None else self.offsets_s.nbytes)


def near(points_m: Float32Array, centre_m: Float64Array, radius_m: float) -> Int64Array:
    """Return the indices of the points in an upright square around a place.

    Args:
        points_m: (n, 3) metres, world.
        centre_m: (2,) or (3,) metres, world; its height does not matter.
        radius_m: Half the square's side.
    """
    # HOT: of 120,000 points; two comparisons each of one column, no temporary of the whole cloud.
    x, y = points_m[:, 0], points_m[:, 1]
    cx, cy = np.float32(centre_m[0]), np.float32(centre_m[1])
    r = np.float32(radius_m)
    inside: BoolArray = (x > cx - r) & (x < cx + r)
    inside &= (y > cy - r) & (y < cy + r)
    return np.flatnonzero(inside)


def near_rays(sweep: SweepPoints, centre_m: Float64Array, radius_m: float) -> Int64Array:
    """Return the indices of a sweep's rays that come near a place, seen from above.

    Args:
        sweep: The sweep.
        centre_m: (2,) or (3,) metres, world.
        radius_m: How near.
    """
    origin = sweep.sensor_position_m
    to_centre = centre_m[:2] - origin[:2]
    distance = float(np.hypot(*to_centre))
    points = sweep.points_m
    if distance <= radius_m:
        return near(points, origin, 3.0 * radius_m)
    along_axis = (to_centre / distance).astype(np.float32)
    dx = points[:, 0] - np.float32(origin[0])
    dy = points[:, 1] - np.float32(origin[1])
    along = dx * along_axis[0] + dy * along_axis[1]
    # Only what reaches at least to the near side, in the wedge that the circle fills.
    tangent = np.float32(radius_m / np.sqrt(distance * distance - radius_m * radius_m))
    across = np.abs(dy * along_axis[0] - dx * along_axis[1])
    return np.flatnonzero((along > np.float32(distance - radius_m)) & (across < along * tangent))


def rays_near(
    sweep: SweepPoints, centre_m: Float64Array, radius_m: float
) -> tuple[Float64Array, Float64Array]:
    """Return the ends and the origin of a sweep's rays that come near a place, seen from above.

    Args:
        sweep: The sweep.
        centre_m: (2,) or (3,) metres, world.
        radius_m: How near.

    Returns:
        (m, 3) ends of the rays, float64 metres; (3,) where they start.
    """
    ends = sweep.points_m[near_rays(sweep, centre_m, radius_m)].astype(np.float64)
    return ends, sweep.sensor_position_m


def at_sweep_time(sweep: SweepPoints, rows: Int64Array, velocity_mps: Float64Array) -> Float64Array:
    """Return where points of something that moves were at the sweep's own time.

    A lidar turns: what drives at 15 m/s is seen half a metre away from where it is at the sweep's
    time, if the lidar looks there a thirtieth of a second earlier or later.

    Args:
        sweep: The sweep; its points are where they were seen.
        rows: (k,) indices of the points.
        velocity_mps: (2,) of the object.

    Returns:
        (k, 3) float64 metres, world.
    """
    points = sweep.points_m[rows].astype(np.float64)
    if sweep.offsets_s is not None:
        points[:, :2] -= sweep.offsets_s[rows].astype(np.float64)[:, None] * velocity_mps[:2]
    return points


def thinned(count: int, at_most: int) -> Int64Array:
    """Return evenly spread indices of at most so many of a number of things."""
    if count <= at_most:
        return np.arange(count)
    return (np.arange(at_most) * (count / at_most)).astype(np.int64)
