"""Growing an object from a click: what hangs together with the clicked point, seen from above."""

import cv2
import numpy as np

from autolabel.priors import Prior
from projection.arrays import BoolArray, Float64Array, Int64Array

_CELL_M = 0.1
FARTHEST_ALONG_M = 1.0


def links_m(distance_m: float, prior: Prior) -> tuple[float, float]:
    """Return how far apart neighbouring points may lie, across the line of sight and along it.

    Across: a lidar of 0.2 to 0.4 degrees between its columns, on a face seen at 60 degrees. Along:
    the side of a vehicle ahead has its points three times as far apart; other bodies have no sides.
    """
    across = float(np.clip(0.25 + 0.008 * distance_m, 0.3, 0.8))
    if prior.kind.closeness == 0.0:
        narrow = float(np.clip(0.15 + 0.006 * distance_m, 0.2, 0.5))
        return narrow, narrow
    return across, max(across, float(np.clip(0.04 * distance_m, 0.3, FARTHEST_ALONG_M)))


def connected(
    points_m: Float64Array,
    seed_m: Float64Array,
    links_m: tuple[float, float],
    sensor_m: Float64Array,
    radius_m: float,
) -> BoolArray:
    """Return which points hang together with the one that is nearest to a seed.

    Args:
        points_m: (n, 3) metres, without the ground.
        seed_m: (3,) metres.
        links_m: Points closer than about this belong together, seen from above: across the line of
            sight, and along it, where a face seen at a low angle has its points farther apart.
        sensor_m: (2,) or (3,) metres: where the points were seen from.
        radius_m: Nothing farther from the seed is looked at.

    Returns:
        (n,) True for the object's points; all False where there are no points.
    """
    offsets = points_m[:, :2] - seed_m[:2]
    inside = np.abs(offsets).max(axis=1, initial=0.0) < radius_m
    taken = np.zeros(len(points_m), dtype=np.bool_)
    if not inside.any():
        return taken
    side = int(np.ceil(3.0 * radius_m / _CELL_M)) + 1
    sight = seed_m[:2] - sensor_m[:2]
    sight = sight / max(float(np.hypot(*sight)), 1e-6)
    along, across = offsets[inside] @ sight, offsets[inside] @ np.array([-sight[1], sight[0]])
    shrunk = np.stack([along * (links_m[0] / links_m[1]), across], axis=1)
    cells = np.floor((shrunk + 1.5 * radius_m) / _CELL_M).astype(np.int64)
    empty = np.ones((side, side), dtype=np.uint8)
    empty[cells[:, 0], cells[:, 1]] = 0
    # Two cells hang together when their discs of half the link touch.
    distances = cv2.distanceTransform(empty, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    grown = (distances <= 0.5 * links_m[0] / _CELL_M).astype(np.uint8)
    _, parts = cv2.connectedComponents(grown, connectivity=8)
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
