"""What moves, told by what is seen through it: sweeps vote on places in the world.

A sweep is a picture of ranges about its lidar. A place that one sweep hit, and through which others
looked at something behind it, was taken by something that moved on (as in Kim, Kim: Remove, then
Revert, IROS 2020). Directions are counted in the world's own axes, so that no turning is needed.
"""

import numpy as np
import numpy.typing as npt

from projection.arrays import BoolArray, Float64Array
from projection.kernels.compiled import compiled

#: A picture has cells of half a degree, 45 degrees up and down.
_COLUMNS, _ROWS = 720, 180
_CELLS_PER_RAD = _COLUMNS / (2 * np.pi)
_STEPS_PER_M = 100.0
#: So many places' sweeps are kept: 0.26 MB each.
MAX_SWEEPS = 240
#: Farther off, neighbouring beams are too far apart to tell what lies between them.
REACH_M = 60.0
#: Seen this far behind a place, and 2 % of the range more: it was looked through.
_MARGIN_M = 0.4
_MARGIN_PER_M = 0.02
#: It takes so many that look through, and more than those that see something there.
_MIN_FREE = 3
#: Of a handful of sweeps, fewer have to do.
_FEW_SWEEPS, _MIN_FREE_OF_FEW = 5, 2
_FREE_PER_SEEN = 1.5


class SweepViews:
    """The range pictures of a clip's sweeps."""

    def __init__(self) -> None:
        self._images: list[npt.NDArray[np.uint16]] = []
        self._sensors_m: list[Float64Array] = []

    def __len__(self) -> int:
        return len(self._images)

    def add(self, positions_m: Float64Array, sensor_m: Float64Array) -> None:
        """Take a sweep's points (n, 3), and where its lidar was (3,)."""
        image = np.zeros((_ROWS, _COLUMNS), dtype=np.uint16)
        _fill(np.ascontiguousarray(positions_m, dtype=np.float64), sensor_m, image)
        self._images.append(image)
        self._sensors_m.append(np.asarray(sensor_m, dtype=np.float64))

    def moved(self, places_m: Float64Array) -> BoolArray:
        """(n,) whether sweeps looked through places (n, 3) often enough."""
        if not self._images:
            return np.zeros(len(places_m), dtype=np.bool_)
        sensors = np.stack(self._sensors_m)
        lowest, highest = places_m.min(axis=0) - REACH_M, places_m.max(axis=0) + REACH_M
        near = np.flatnonzero(((sensors >= lowest) & (sensors <= highest)).all(axis=1))
        free = np.zeros(len(places_m), dtype=np.int32)
        seen = np.zeros(len(places_m), dtype=np.int32)
        places = np.ascontiguousarray(places_m, dtype=np.float64)
        for index in near:
            _vote(places, sensors[index], self._images[index], free, seen)
        least = _MIN_FREE if len(self) >= _FEW_SWEEPS else _MIN_FREE_OF_FEW
        moved: BoolArray = (free >= least) & (free > _FREE_PER_SEEN * seen)
        return moved


@compiled
def _cell(dx: float, dy: float, dz: float) -> tuple[int, int]:
    """Row and column of a direction; the row may lie outside."""
    elevation = np.arctan2(dz, np.sqrt(dx * dx + dy * dy))
    row = int(np.floor(elevation * _CELLS_PER_RAD)) + _ROWS // 2
    column = int(np.floor(np.arctan2(dy, dx) * _CELLS_PER_RAD)) + _COLUMNS // 2
    return row, min(max(column, 0), _COLUMNS - 1)


@compiled
def _fill(positions_m: Float64Array, sensor_m: Float64Array, image: npt.NDArray[np.uint16]) -> None:
    for index in range(positions_m.shape[0]):
        dx = positions_m[index, 0] - sensor_m[0]
        dy = positions_m[index, 1] - sensor_m[1]
        dz = positions_m[index, 2] - sensor_m[2]
        row, column = _cell(dx, dy, dz)
        if row < 0 or row >= _ROWS:
            continue
        steps = min(65535.0, np.sqrt(dx * dx + dy * dy + dz * dz) * _STEPS_PER_M)
        if image[row, column] == 0 or steps < image[row, column]:
            image[row, column] = max(1, int(steps))


@compiled
def _vote(
    places_m: Float64Array,
    sensor_m: Float64Array,
    image: npt.NDArray[np.uint16],
    free: npt.NDArray[np.int32],
    seen: npt.NDArray[np.int32],
) -> None:
    """Count, for each place, whether a sweep looked through it or saw something there."""
    for index in range(places_m.shape[0]):
        dx = places_m[index, 0] - sensor_m[0]
        dy = places_m[index, 1] - sensor_m[1]
        dz = places_m[index, 2] - sensor_m[2]
        range_m = np.sqrt(dx * dx + dy * dy + dz * dz)
        if range_m > REACH_M or range_m < 1.0:
            continue
        row, column = _cell(dx, dy, dz)
        nearest = 0
        # The nearest around it: beside a thin thing others are seen, but it is there all the same.
        for r in range(max(row - 1, 0), min(row + 2, _ROWS)):
            for c in range(column - 1, column + 2):
                found = image[r, c % _COLUMNS]
                if found > 0 and (nearest == 0 or found < nearest):
                    nearest = found
        if nearest == 0:
            continue
        behind_m = nearest / _STEPS_PER_M - range_m
        margin_m = _MARGIN_M + _MARGIN_PER_M * range_m
        if behind_m > margin_m:
            free[index] += 1
        elif behind_m >= -margin_m:
            seen[index] += 1
