"""Growing an object from a click: what hangs together with the clicked point, seen from above."""

import numpy as np
from scipy import ndimage

from projection.arrays import BoolArray, Float64Array, Int64Array

_CELL_M = 0.1


def link_m(distance_m: float) -> float:
    """Return how far apart neighbouring points of one surface may lie, by distance from the lidar.

    A lidar of 0.2 to 0.4 degrees between its columns, on a face seen at 60 degrees.
    """
    return float(np.clip(0.25 + 0.008 * distance_m, 0.3, 0.8))


def connected(
    points_m: Float64Array, seed_m: Float64Array, link: float, radius_m: float
) -> BoolArray:
    """Return which points hang together with the one that is nearest to a seed.

    Args:
        points_m: (n, 3) metres, without the ground.
        seed_m: (3,) metres.
        link: Points closer than about this belong together, metres, seen from above.
        radius_m: Nothing farther from the seed is looked at.

    Returns:
        (n,) True for the object's points; all False where there are no points.
    """
    offsets = points_m[:, :2] - seed_m[:2]
    inside = np.abs(offsets).max(axis=1, initial=0.0) < radius_m
    taken = np.zeros(len(points_m), dtype=np.bool_)
    if not inside.any():
        return taken
    side = int(np.ceil(2.0 * radius_m / _CELL_M)) + 1
    cells = np.floor((offsets[inside] + radius_m) / _CELL_M).astype(np.int64)
    occupied = np.zeros((side, side), dtype=np.bool_)
    occupied[cells[:, 0], cells[:, 1]] = True
    # Two cells hang together when their discs of half the link touch.
    grown = ndimage.distance_transform_edt(~occupied) <= 0.5 * link / _CELL_M
    parts, _ = ndimage.label(grown, structure=np.ones((3, 3)))
    labels = parts[cells[:, 0], cells[:, 1]]
    seed = int(np.argmin(np.sum((points_m[inside] - seed_m) ** 2, axis=1)))
    taken[inside] = labels == labels[seed]
    return taken


def nearest_index(points_m: Float64Array, place_m: Float64Array) -> tuple[int, float]:
    """Return the index and distance (metres) of the point nearest to a place."""
    squares = np.sum((points_m - place_m) ** 2, axis=1)
    index = int(np.argmin(squares))
    return index, float(np.sqrt(squares[index]))


def voxel_indices(points_m: Float64Array, cell_m: float) -> Int64Array:
    """Return the indices of one point, the first, of each cube of this size that has any."""
    cells = np.floor(points_m / cell_m).astype(np.int64)
    cells -= cells.min(axis=0, initial=0)
    keys = (cells[:, 0] * 65_536 + cells[:, 1]) * 65_536 + cells[:, 2]
    return np.sort(np.unique(keys, return_index=True)[1])
