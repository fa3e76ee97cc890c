"""What was there before and is there after: not of the object that drives past it."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.spatial import cKDTree

from autolabel.cloud import SweepPoints, near
from projection.arrays import BoolArray, Float64Array

#: Rings and columns of a lidar fall elsewhere when it has moved; farther away more so.
_NEAR_M = 0.2
_PER_METRE = 0.006
#: In so many sweeps, taken when the object was elsewhere, something must be in the same place:
#: in one of them it can be another that drives there.
_FEWEST = 2


def stays(
    points_m: Float64Array,
    sensor_m: Float64Array,
    elsewhere: Sequence[SweepPoints],
    centre_m: Float64Array,
    radius_m: float,
) -> BoolArray:
    """Return which points (n, 3) lie on something that stands there at other times as well.

    Args:
        points_m: (n, 3) metres, world.
        sensor_m: (3,) where they were seen from.
        elsewhere: Sweeps taken when the object was elsewhere.
        centre_m: (2,) or (3,) around which the points lie.
        radius_m: And how far.
    """
    if len(elsewhere) < _FEWEST or not len(points_m):
        return np.zeros(len(points_m), dtype=np.bool_)
    reach = _NEAR_M + _PER_METRE * np.hypot(*(points_m[:, :2] - sensor_m[:2]).T)
    hits = np.zeros(len(points_m), dtype=np.int64)
    for sweep in elsewhere:
        rows = near(sweep.points_m, centre_m, radius_m)
        if len(rows):
            tree = cKDTree(sweep.points_m[rows].astype(np.float64))
            distances, _ = tree.query(points_m, distance_upper_bound=float(reach.max()))
            hits += distances < reach
    return np.asarray(hits >= _FEWEST)


def sweeps_elsewhere(
    seconds: Float64Array,
    now_s: float,
    distance_at: Callable[[int], float],
    clear_m: float,
) -> list[int]:
    """Return some sweeps near in time in which the object is supposed to be elsewhere.

    Args:
        seconds: (n,) of all sweeps, rising.
        now_s: When it is here.
        distance_at: How far from here it is in a sweep, as far as is known.
        clear_m: How far it must be.
    """
    chosen: list[int] = []
    for apart in (0.6, 1.2, 2.0, 3.2):
        for sign in (-1.0, 1.0):
            wanted = now_s + sign * apart
            if not seconds[0] - 0.1 <= wanted <= seconds[-1] + 0.1:
                continue
            k = int(np.argmin(np.abs(seconds - wanted)))
            if k not in chosen and distance_at(k) > clear_m:
                chosen.append(k)
        if len(chosen) >= 4:
            break
    return chosen
