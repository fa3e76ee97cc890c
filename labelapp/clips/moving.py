"""Which points of a sweep belong to boxes that move."""

from collections.abc import Sequence

import numpy as np

from labelapp.clips.sweeps import Points
from projection.arrays import BoolArray
from projection.rigid import conjugate, rotate
from projection.tracks import Track

#: Boxes are drawn tight, and a lidar's points scatter.
_MARGIN_M = 0.15
#: How far a box may move within one sweep.
_SWEEP_REACH_M = 5.0


def in_moving_boxes(points: Points, time_ns: int, tracks: Sequence[Track]) -> BoolArray:
    """Return (n,) whether points, world frame, lie in a box at the time they were measured.

    Args:
        points: of a sweep.
        time_ns: the sweep's; points that say their own time are looked up at it.
        tracks: boxes that move.
    """
    inside = np.zeros(len(points), dtype=np.bool_)
    for track in tracks:
        # A box that comes or goes within the sweep is taken where it is nearest to it in time.
        if not track.exists(time_ns)[0]:
            continue
        times = np.array([time_ns], dtype=np.int64)
        positions, quats, sizes = track.poses(times)
        half = sizes[0] / 2 + _MARGIN_M
        reach = float(np.linalg.norm(half)) + _SWEEP_REACH_M
        relative = points.positions_m - positions[0]
        near = np.flatnonzero((np.abs(relative) < reach).all(axis=1))
        if not len(near):
            continue
        if points.time_offsets_s is not None:
            offsets = np.rint(points.time_offsets_s[near] * 1e9).astype(np.int64)
            positions, quats, _ = track.poses(time_ns + offsets)
        local = rotate(conjugate(quats), points.positions_m[near] - positions)
        inside[near] |= (np.abs(local) <= half).all(axis=1)
    return inside
