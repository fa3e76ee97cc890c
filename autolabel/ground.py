"""The ground around a place: a plane that most of what lies lowest there agrees on."""

from dataclasses import dataclass

import numpy as np

from autolabel.cloud import near
from projection.arrays import Float32Array, Float64Array

_CELL_M = 0.7
#: A cell's ground is low in it, but not its lowest point: reflections lie below the ground.
_LOW_SHARE = 0.1
_MIN_CELLS = 10
#: Roads are less steep than this, also in mountains.
_STEEPEST = 0.25
#: Ground within so much of the plane is it: kerbs and camber are, roofs and hedges are not.
_BAND_M = 0.15
#: Hardly anything lies so far below the ground.
_BELOW_M = 0.35
_TRIALS = 80


@dataclass(frozen=True, slots=True)
class Ground:
    """A plane that is nearly level: ``z = height_m + slope . (xy - origin)``.

    Attributes:
        origin_m: (2,) metres, world.
        height_m: Of the ground there.
        slope: (2,) rise per metre along x and y.
        cells: How many cells of ground it was found from; 0: assumed.
    """

    origin_m: Float64Array
    height_m: float
    slope: Float64Array
    cells: int = 0

    @classmethod
    def level(cls, height_m: float) -> "Ground":
        """A level ground, where it is known to be so."""
        return cls(np.zeros(2), float(height_m), np.zeros(2))

    def at(self, xy_m: Float64Array) -> Float64Array:
        """Return the ground's height (...,) under places (..., 2 or 3), metres, world."""
        return np.asarray(self.height_m + (xy_m[..., :2] - self.origin_m) @ self.slope)

    def above(self, points_m: Float64Array) -> Float64Array:
        """Return how high points (n, 3) are above the ground, (n,) metres."""
        return np.asarray(points_m[:, 2] - self.at(points_m))


def local_ground(
    points_m: Float32Array, centre_m: Float64Array, *, fallback_z_m: float | None = None
) -> Ground | None:
    """Return the ground around a place.

    Args:
        points_m: (n, 3) metres, world: a sweep, or several.
        centre_m: (2,) or (3,) metres, world.
        fallback_z_m: Height of a level ground to take where none is seen.

    Returns:
        None where none is seen and none was given.
    """
    for radius_m in (8.0, 16.0, 32.0):
        found = points_m[near(points_m, centre_m, radius_m)].astype(np.float64)
        lows = _lows(found, centre_m, radius_m)
        if len(lows) >= _MIN_CELLS:
            ground = _plane(lows, np.asarray(centre_m[:2], dtype=np.float64))
            if ground is not None:
                return ground
    return None if fallback_z_m is None else Ground.level(fallback_z_m)


def _lows(points_m: Float64Array, centre_m: Float64Array, radius_m: float) -> Float64Array:
    """Return a low point (k, 3) of each cell that has some."""
    if not len(points_m):
        return points_m
    cells = np.floor((points_m[:, :2] - centre_m[:2] + radius_m) / _CELL_M).astype(np.int64)
    keys = cells[:, 0] * 4096 + cells[:, 1]
    order = np.lexsort((points_m[:, 2], keys))
    sorted_keys = keys[order]
    starts = np.flatnonzero(np.r_[True, sorted_keys[1:] != sorted_keys[:-1]])
    counts = np.diff(np.r_[starts, len(order)])
    lows: Float64Array = points_m[order[starts + (counts * _LOW_SHARE).astype(np.int64)]]
    return lows


def _plane(lows_m: Float64Array, origin_m: Float64Array) -> Ground | None:
    """Return the plane that most cells agree on and hardly any lies below."""
    local = np.c_[lows_m[:, :2] - origin_m, np.ones(len(lows_m))]
    z = lows_m[:, 2]
    best = _best_trial(local, z)
    if best is None:
        return None
    for _ in range(3):
        inliers = np.abs(z - local @ best) < _BAND_M
        if inliers.sum() < _MIN_CELLS // 2:
            return None
        # Held to what the trial said across a direction in which there is little ground.
        matrix = local[inliers].T @ local[inliers] + np.diag([1.0, 1.0, 1e-6])
        shift = np.linalg.solve(matrix, local[inliers].T @ (z - local @ best)[inliers])
        best = best + shift
    close = inliers & (np.hypot(local[:, 0], local[:, 1]) < 3.0)
    offset = float(np.median((z - local @ best)[close])) if close.sum() >= 3 else 0.0
    return Ground(origin_m, float(best[2]) + offset, best[:2].copy(), int(inliers.sum()))


def _best_trial(local: Float64Array, z: Float64Array) -> Float64Array | None:
    """Return (3,) slope and height of the best of many planes through three cells."""
    # Always the same trials: the same click gives the same box.
    rng = np.random.default_rng(len(z))
    triples = rng.integers(0, len(z), (_TRIALS, 3))
    corners = local[triples]
    usable = np.abs(np.linalg.det(corners)) > 1.0
    planes = np.linalg.solve(corners[usable], z[triples[usable]][..., None])[..., 0]
    planes = planes[np.hypot(planes[:, 0], planes[:, 1]) < _STEEPEST]
    levels = np.quantile(z, [0.05, 0.15, 0.3, 0.5])
    planes = np.r_[planes, np.c_[np.zeros((4, 2)), levels]]
    residuals = z[None, :] - planes @ local.T
    agree = (np.abs(residuals) < _BAND_M).sum(axis=1)
    below = (residuals < -_BELOW_M).sum(axis=1)
    scores = agree - 2.0 * below
    if scores.max() <= 0:
        return None
    return np.asarray(planes[int(np.argmax(scores))])
