"""The ground's height near the ego, found from sweeps: recorders put their ego origin anywhere."""

import numpy as np
import numpy.typing as npt

Float64Array = npt.NDArray[np.float64]

#: Nearer than this are the vehicle's own roof and bonnet, farther away the ground may slope off.
_NEAR_M = 2.5
_FAR_M = 20.0
_CELL_M = 1.0
#: A cell's ground is where its lowest points are, but for stray ones below (reflections).
_LOW_PERCENT = 10.0
_MIN_POINTS_IN_CELL = 3
_MIN_CELLS = 12
#: Kerbs and camber stay within this of the road; roofs, hedges and holes do not.
_BAND_M = 0.25
_BIN_M = 0.1


def ground_height(points_world: Float64Array, ego_xy_m: Float64Array) -> float | None:
    """Return the ground's height around the ego as one sweep shows it.

    The ground is the level at which most of the area around the ego has its lowest points.

    Args:
        points_world: (n, 3) metres, world.
        ego_xy_m: (2,) metres, world.

    Returns:
        z in metres, world; None where too little of the ground is seen.
    """
    relative = points_world[:, :2] - ego_xy_m
    distance = np.hypot(relative[:, 0], relative[:, 1])
    near = (distance >= _NEAR_M) & (distance <= _FAR_M)
    lows = _lowest_per_cell(relative[near], points_world[near, 2])
    if len(lows) < _MIN_CELLS:
        return None
    level = _fullest_level(lows)
    at_level = lows[np.abs(lows - level) <= _BAND_M]
    return float(np.median(at_level)) if len(at_level) >= _MIN_CELLS else None


def combine(heights_m: list[float | None]) -> float | None:
    """Return one height for a clip from those of its sweeps."""
    known = [height for height in heights_m if height is not None]
    return float(np.median(known)) if known else None


def _lowest_per_cell(xy_m: Float64Array, z_m: Float64Array) -> Float64Array:
    """Return a low height for each cell that has points enough."""
    cells = np.floor((xy_m + _FAR_M) / _CELL_M).astype(np.int64)
    width = int(2 * _FAR_M / _CELL_M) + 1
    keys = cells[:, 0] * width + cells[:, 1]
    order = np.lexsort((z_m, keys))
    keys, z_m = keys[order], z_m[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, int)
    counts = np.diff(np.r_[starts, len(keys)])
    enough = counts >= _MIN_POINTS_IN_CELL
    low = starts + ((counts - 1) * _LOW_PERCENT / 100.0).astype(np.int64)
    lows: Float64Array = z_m[low[enough]]
    return lows


def _fullest_level(heights_m: Float64Array) -> float:
    """Return the middle of the band of heights that most cells fall into."""
    first = float(heights_m.min())
    bins = np.floor((heights_m - first) / _BIN_M).astype(np.int64)
    window = int(2 * _BAND_M / _BIN_M)
    sums = np.convolve(np.bincount(bins), np.ones(window))  # sums[i]: bins i-window+1 .. i
    return first + _BIN_M * (int(np.argmax(sums)) + 1 - window / 2)
