"""The static cloud of a clip: all sweeps in the world, what moved taken out, thinned.

Memory is bounded: points go to disk by squares of the world, which are then worked off one by one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array, UInt8Array
from projection.clouds.ground import CELL_M, Ground, GroundCells
from projection.clouds.records import CloudPoints, height_codes
from projection.clouds.tileset import TilesetWriter
from projection.clouds.visibility import SweepViews

#: Of each cube of this size one point stays: the one that its lidar was nearest to.
VOXEL_M = 0.05
#: Cubes of this size are voted on as a whole.
_VOTED_M = 0.25
#: Lower points are ground, whatever the votes say.
_GROUND_BAND_M = 0.2
#: Squares of the world, whole cells of the ground.
_SQUARE_M = 16 * CELL_M
#: Points farther from the first ones are noise.
_REACH_M = 20_000.0
#: A point without a colour gives way to one that has any, unless that is so much farther.
_UNCOLORED_M = 100.0
_BLOCK = 1_000_000
_KEPT = np.dtype(
    [("position", "<f4", 3), ("color", "u1", 4), ("features", "u1", 4), ("worth", "<f4")]
)


@dataclass(frozen=True, slots=True)
class SweepForCloud:
    """One sweep, world frame.

    Attributes:
        positions_m: (n, 3) float64.
        colors: (n, 4) uint8, see ``CloudPoints``.
        features: (n, 4) uint8, of which the height is found here.
        sensor_m: (3,) where the lidar was; None where nobody looked (a reconstruction).
    """

    positions_m: Float64Array
    colors: UInt8Array
    features: UInt8Array
    sensor_m: Float64Array | None


@dataclass(frozen=True, slots=True)
class StaticCloudCounts:
    """How many points came, were taken for moving, and stayed after thinning."""

    seen: int
    moved: int
    kept: int


class StaticCloudBuilder:
    """Takes a clip's sweeps, then gives its static cloud to a tileset.

    Args:
        folder: An empty folder for what doesn't fit into memory: 24 bytes a point.
        every: Of the sweeps with a viewpoint each ``every``-th votes; keeps memory bounded.
    """

    def __init__(self, folder: Path, *, every: int = 1) -> None:
        self._folder = folder
        self._every = every
        self._views = SweepViews()
        self._origin_m: Float64Array | None = None
        self._squares: set[tuple[int, int]] = set()
        self._viewed = self._seen = self._moved = self._kept = 0

    def add(self, sweep: SweepForCloud) -> None:
        """Take a sweep, or a part of one without a viewpoint."""
        if not len(sweep.positions_m):
            return
        if self._origin_m is None:
            # On the grid of squares, so that cells of the ground lie in one square each.
            middle = np.median(sweep.positions_m, axis=0)
            self._origin_m = np.rint(middle / _SQUARE_M) * _SQUARE_M
        relative = sweep.positions_m - self._origin_m
        if sweep.sensor_m is not None:
            if self._viewed % self._every == 0:
                self._views.add(relative, sweep.sensor_m - self._origin_m)
            self._viewed += 1
        self._keep(sweep, relative)

    def finish(
        self, writer: TilesetWriter, progress: Callable[[int, int], None]
    ) -> StaticCloudCounts:
        """Give the cloud to ``writer``; ``progress`` is told squares done and in all."""
        cells = GroundCells()
        squares = sorted(self._squares)
        for done, square in enumerate(squares):
            progress(done, 2 * len(squares))
            cells.add(self._thin(self._path(square)))
        ground = cells.finish()
        for done, square in enumerate(squares, start=len(squares)):
            progress(done, 2 * len(squares))
            self._give(self._path(square), ground, writer)
        progress(2 * len(squares), 2 * len(squares))
        return StaticCloudCounts(self._seen, self._moved, self._kept)

    def _path(self, square: tuple[int, int]) -> Path:
        return self._folder / f"square_{square[0]}_{square[1]}"

    def _keep(self, sweep: SweepForCloud, relative: Float64Array) -> None:
        near = (np.abs(relative) < _REACH_M).all(axis=1)
        kept = np.empty(int(near.sum()), dtype=_KEPT)
        kept["position"] = relative[near]
        kept["color"] = sweep.colors[near]
        kept["features"] = sweep.features[near]
        if sweep.sensor_m is None:
            kept["worth"] = np.inf
        else:
            kept["worth"] = np.linalg.norm(sweep.positions_m[near] - sweep.sensor_m, axis=1)
            kept["worth"] += np.where(kept["color"][:, 3] > 0, 0.0, _UNCOLORED_M)
        self._seen += len(kept)
        squares = np.floor(kept["position"][:, :2] / np.float32(_SQUARE_M)).astype(np.int64)
        order = np.lexsort((squares[:, 1], squares[:, 0]))
        squares, kept = squares[order], kept[order]
        changes = np.flatnonzero((squares[1:] != squares[:-1]).any(axis=1)) + 1
        for part in np.split(np.arange(len(kept)), changes):
            if not len(part):
                continue
            square = (int(squares[part[0], 0]), int(squares[part[0], 1]))
            self._squares.add(square)
            with self._path(square).open("ab") as file:
                kept[part[0] : part[-1] + 1].tofile(file)

    def _thin(self, path: Path) -> Float64Array:
        """Leave one point per voxel of a square, and none of what moved; the positions of these."""
        thinned = np.empty(0, dtype=_KEPT)
        with path.open("rb") as file:
            while len(block := np.fromfile(file, _KEPT, _BLOCK)):
                thinned = _one_per_voxel(np.concatenate([thinned, block]))
        moved = self._find_moved(thinned)
        self._moved += int(moved.sum())
        static = thinned[~moved]
        static.tofile(path)
        self._kept += len(static)
        positions: Float64Array = static["position"].astype(np.float64)
        return positions

    def _find_moved(self, kept: np.ndarray) -> BoolArray:
        positions = kept["position"].astype(np.float64)
        cells = GroundCells()
        cells.add(positions)
        heights = cells.finish().heights(positions)
        candidates = np.flatnonzero((heights > _GROUND_BAND_M) & np.isfinite(kept["worth"]))
        moved = np.zeros(len(kept), dtype=np.bool_)
        if not len(candidates):
            return moved
        keys = _voxel_keys(positions[candidates], _VOTED_M)
        voxels, inverse = np.unique(keys, return_inverse=True)
        counts = np.bincount(inverse)
        places = np.stack(
            [np.bincount(inverse, positions[candidates, axis]) / counts for axis in range(3)],
            axis=1,
        )
        gone = _closed(voxels, self._views.moved(places))
        moved[candidates] = gone[inverse]
        return moved

    def _give(self, path: Path, ground: Ground, writer: TilesetWriter) -> None:
        origin = self._origin_m
        assert origin is not None  # noqa: S101  squares came with it
        kept = np.fromfile(path, _KEPT)
        path.unlink()
        positions = kept["position"].astype(np.float64)
        features = kept["features"].copy()
        features[:, 2] = height_codes(ground.heights(positions))
        writer.add(CloudPoints(positions + origin, kept["color"], features))


def _one_per_voxel(kept: np.ndarray) -> np.ndarray:
    keys = _voxel_keys(kept["position"].astype(np.float64), VOXEL_M)
    order = np.lexsort((kept["worth"], keys))
    keys = keys[order]
    return kept[order[np.r_[True, keys[1:] != keys[:-1]]]]


def _voxel_keys(positions_m: Float64Array, voxel_m: float) -> Int64Array:
    cells = np.floor(positions_m / voxel_m).astype(np.int64) + (1 << 20)
    keys: Int64Array = (cells[:, 0] << 42) | (cells[:, 1] << 21) | cells[:, 2]
    return keys


def _closed(voxels: Int64Array, gone: BoolArray) -> BoolArray:
    """Take out as well what is left over amid voxels that go: most of its neighbours went."""
    neighbours = np.zeros(len(voxels), dtype=np.int64)
    going = np.zeros(len(voxels), dtype=np.int64)
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            for dz in (-1, 0, 1):
                wanted = voxels + (dx << 42) + (dy << 21) + dz
                places = np.minimum(np.searchsorted(voxels, wanted), len(voxels) - 1)
                there = voxels[places] == wanted
                neighbours += there
                going += there & gone[places]
    closed: BoolArray = gone | (2 * going > neighbours)
    return closed
