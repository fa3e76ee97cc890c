"""Laying one set of points over another, seen from above: how far apart they are, and how to shift.

The target becomes a field of distances (a picture of how far each place is from the nearest point),
so that trying a pose costs one look-up per point.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from autolabel.compiling import compiled
from projection.arrays import Float32Array, Float64Array

CELL_M = 0.08
#: Farther than this is as good as nothing there, metres.
FAR_M = 0.6


@dataclass(frozen=True, slots=True)
class Field:
    """How far each place is from the nearest of some points, seen from above.

    Attributes:
        distances_m: (rows, columns) float32, by x and y, at most ``FAR_M``.
        corner_m: (2,) of the first cell.
    """

    distances_m: Float32Array
    corner_m: Float64Array

    @classmethod
    def of(cls, points_m: Float64Array, centre_m: Float64Array, radius_m: float) -> "Field":
        """Return the field of points (n, 2 or 3) in a square around a place."""
        corner = np.asarray(centre_m[:2]) - radius_m
        side = math.ceil(2.0 * radius_m / CELL_M) + 1
        cells = np.floor((points_m[:, :2] - corner) / CELL_M).astype(np.int64)
        cells = cells[((cells >= 0) & (cells < side)).all(axis=1)]
        empty = np.ones((side, side), dtype=np.uint8)
        empty[cells[:, 0], cells[:, 1]] = 0
        if not len(cells):
            return cls(np.full((side, side), FAR_M, dtype=np.float32), corner)
        # HOT: OpenCV's is exact too, and some ten times as fast as SciPy's.
        distances = cv2.distanceTransform(empty, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        near = np.minimum(distances * np.float32(CELL_M), np.float32(FAR_M))
        return cls(near.astype(np.float32, copy=False), corner)

    def distance(self, points_m: Float64Array, shift_m: Float64Array) -> float:
        """Return how far points (n, 2), shifted, are from the field's, on average."""
        return float(_distance(self.distances_m, self.corner_m, points_m, shift_m[0], shift_m[1]))

    def best_shift(
        self, points_m: Float64Array, expected_m: Float64Array, most_m: float
    ) -> tuple[Float64Array, float]:
        """Return the shift that lays points (n, 2) over the field's best, and the mean distance.

        Args:
            points_m: (n, 2) metres.
            expected_m: (2,) shift around which to look; of equals, the nearest to it is taken.
            most_m: How far from it to look along each axis.
        """
        x, y, distance = _best_shift(
            self.distances_m, self.corner_m, points_m, expected_m[0], expected_m[1], most_m
        )
        return np.array([x, y]), float(distance)


@compiled
def distance_of(field: Float32Array, corner: Float64Array, x: float, y: float) -> float:
    """Return a field's distance at one place."""
    a = math.floor((x - corner[0]) / CELL_M)
    b = math.floor((y - corner[1]) / CELL_M)
    if a < 0 or b < 0 or a >= field.shape[0] or b >= field.shape[1]:
        return FAR_M
    return float(field[a, b])


@compiled
def _distance(
    field: Float32Array, corner: Float64Array, points: Float64Array, shift_x: float, shift_y: float
) -> float:
    total = 0.0
    for i in range(points.shape[0]):
        total += distance_of(field, corner, points[i, 0] + shift_x, points[i, 1] + shift_y)
    return float(total / max(points.shape[0], 1))


@compiled
def _best_shift(
    field: Float32Array, corner: Float64Array, points: Float64Array, x: float, y: float, most: float
) -> tuple[float, float, float]:
    centre_x, centre_y = x, y
    best_x, best_y = x, y
    least = np.inf
    step, reach = 0.24, most
    while step > 0.03:
        count = math.ceil(reach / step)
        for i in range(-count, count + 1):
            for j in range(-count, count + 1):
                trial_x, trial_y = centre_x + i * step, centre_y + j * step
                off = math.hypot(trial_x - x, trial_y - y)
                cost = _distance(field, corner, points, trial_x, trial_y) + 0.003 * off
                if cost < least:
                    least, best_x, best_y = cost, trial_x, trial_y
        centre_x, centre_y = best_x, best_y
        reach = step
        step /= 3.0
    return best_x, best_y, least - 0.003 * math.hypot(best_x - x, best_y - y)
