"""The ground below a whole cloud: on cells of 2 m, from the lowest points of each."""

import numpy as np

from projection.arrays import Float64Array, Int64Array

CELL_M = 2.0
#: A cell's ground is where a tenth of its points lie below: a few stray echoes lie lower.
_QUANTILE = 0.1
_MIN_POINTS = 4
#: The ground rises by no more than this from a cell to the next: what stands out is a roof.
_STEEPEST_RISE_M = 0.4
_SPAN = 1 << 31


class GroundCells:
    """Learns the ground cell by cell; all points of a cell must come at once."""

    def __init__(self) -> None:
        self._keys: list[Int64Array] = []
        self._levels: list[Float64Array] = []

    def add(self, positions_m: Float64Array) -> None:
        """Take points (n, 3) of whole cells."""
        keys = _keys(np.floor(positions_m[:, :2] / CELL_M).astype(np.int64))
        order = np.lexsort((positions_m[:, 2], keys))
        keys, z_m = keys[order], positions_m[order, 2]
        if not len(keys):
            return
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        counts = np.diff(np.r_[starts, len(keys)])
        enough = counts >= _MIN_POINTS
        low = starts + (counts * _QUANTILE).astype(np.int64)
        self._keys.append(keys[starts[enough]])
        self._levels.append(z_m[low[enough]].astype(np.float64))

    def finish(self) -> "Ground":
        """What was learnt; where a cell was given twice the lower one counts."""
        keys = np.concatenate(self._keys) if self._keys else np.zeros(0, dtype=np.int64)
        levels = np.concatenate(self._levels) if self._levels else np.zeros(0)
        order = np.lexsort((levels, keys))
        keys, levels = keys[order], levels[order]
        first = np.r_[True, keys[1:] != keys[:-1]] if len(keys) else np.zeros(0, dtype=np.bool_)
        return Ground(keys[first], levels[first])


class Ground:
    """Heights above the ground, wherever points were seen."""

    def __init__(self, keys: Int64Array, levels_m: Float64Array) -> None:
        self._keys = keys
        self._levels_m = _smoothed(keys, levels_m)
        self._middle_m = float(np.median(levels_m)) if len(levels_m) else 0.0

    def heights(self, positions_m: Float64Array) -> Float64Array:
        """(n,) metres above the ground; where none is known, above its usual level."""
        keys = _keys(np.floor(positions_m[:, :2] / CELL_M).astype(np.int64))
        levels = _look_up(self._keys, self._levels_m, keys)
        heights: Float64Array = positions_m[:, 2] - np.where(
            np.isnan(levels), self._middle_m, levels
        )
        return heights


def _keys(cells: Int64Array) -> Int64Array:
    keys: Int64Array = (cells[:, 0] + _SPAN // 2) * _SPAN + (cells[:, 1] + _SPAN // 2)
    return keys


def _look_up(keys: Int64Array, values: Float64Array, wanted: Int64Array) -> Float64Array:
    if not len(keys):
        return np.full(len(wanted), np.nan)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], np.nan)


def _smoothed(keys: Int64Array, levels_m: Float64Array) -> Float64Array:
    """Cells that stand out of their neighbours are roofs: they get the neighbours' level."""
    lowest = levels_m.copy()
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            lowest = np.fmin(lowest, _look_up(keys, levels_m, keys + dx * _SPAN + dy))
    return np.minimum(levels_m, lowest + _STEEPEST_RISE_M)
