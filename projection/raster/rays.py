"""One ray per pixel of a lens, and cones around tiles of them."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float32Array, Float64Array
from projection.camera import Camera
from projection.raster.memory import RAYS_AT, placed
from projection.status import Status

#: Sides of the tiles, coarse to fine, in (lines, pixels along a line).
TILES = ((256, 256), (64, 64), (8, 16))
#: Tables are kept for the cameras last used, up to so many bytes.
_KEPT_BYTES = 256 << 20
_CHUNK = 1 << 16
#: Distance of the knots between which rays are interpolated, and by how much they may differ from
#: the true ones: no more than float32 does.
_KNOT_PX = 4
_ROUNDING = 4e-8
_START, _MIDDLE = 0.0, 0.5
_RUN = TILES[-1][1]
#: The cones are this much wider than float64 says, since rays are kept as float32.
_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class RayTable:
    """Unit rays, camera frame, of all pixel centres.

    Attributes:
        rays: (3, lines, length) float32; zero where no ray lands. Lines are the picture's columns,
            or its rows if ``by_rows``; they are padded with zeros to whole tiles.
        by_rows: Whether lines are rows.
        tiles: For each size in ``TILES`` the cones of its tiles, see ``tile_cones``.
    """

    rays: Float32Array
    by_rows: bool
    tiles: tuple[Float64Array, Float64Array, Float64Array]


class _Cache:
    """The tables last used, within a bound of memory."""

    def __init__(self) -> None:
        # The camera is kept with its table, so that its ray warp's id isn't given to another.
        self._tables: OrderedDict[tuple[str, int, bool], tuple[Camera, RayTable]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, camera: Camera, *, by_rows: bool) -> RayTable:
        key = (camera.calibration_hash, id(camera.ray_warp), by_rows)
        with self._lock:
            kept = self._tables.get(key)
            if kept is not None:
                self._tables.move_to_end(key)
                return kept[1]
        table = _made(camera, by_rows=by_rows)
        with self._lock:
            self._tables[key] = (camera, table)
            while len(self._tables) > 1 and self._bytes() > _KEPT_BYTES:
                self._tables.popitem(last=False)
        return table

    def _bytes(self) -> int:
        return sum(table.rays.nbytes for _, table in self._tables.values())


_CACHE = _Cache()


def ray_table(camera: Camera, *, by_rows: bool) -> RayTable:
    """The rays of a camera; computed once for each camera in use."""
    return _CACHE.get(camera, by_rows=by_rows)


def _made(camera: Camera, *, by_rows: bool) -> RayTable:
    lines, length = (camera.height, camera.width) if by_rows else (camera.width, camera.height)
    table = placed((3, lines, -(-length // _RUN) * _RUN), np.float32, RAYS_AT)
    _Interpolated(camera, by_rows=by_rows).fill(table[:, :, :length])
    coarse, middle, fine = (tile_cones(table, sides) for sides in TILES)
    return RayTable(table, by_rows, (coarse, middle, fine))


class _Interpolated:
    """Rays of all pixels from exact ones at every fourth, wherever that is as exact.

    Inverting a lens takes seconds for all pixels of a picture. Between the knots of a grid its rays
    are cubics to within float32. Whether they are is checked in the middle of each cell's edges,
    where a cubic is at its worst; in all other cells, and where a knot has no ray, all are exact.
    """

    def __init__(self, camera: Camera, *, by_rows: bool) -> None:
        self._camera = camera
        self._by_rows = by_rows
        size = (camera.height, camera.width) if by_rows else (camera.width, camera.height)
        self._size = size
        self._counts = tuple(-(-pixels // _KNOT_PX) for pixels in size)
        knots = [np.arange(-1, count + 2) * float(_KNOT_PX) for count in self._counts]
        self._knots, found = self._exact(*np.meshgrid(*knots, indexing="ij"))
        windows = np.lib.stride_tricks.sliding_window_view(found, (4, 4))
        # Along an edge only one direction is interpolated: errors of the two can't cancel out.
        miss = self._miss(_MIDDLE, _START) + self._miss(_START, _MIDDLE)
        good = windows.all(axis=(2, 3)) & (miss <= _ROUNDING)
        # Where a lens isn't smooth, at its centre say, the cell beside it may only seem to be.
        beside = np.lib.stride_tricks.sliding_window_view(np.pad(good, 1, mode="edge"), (3, 3))
        self._good: BoolArray = np.asarray(beside.all(axis=(2, 3)))

    def _miss(self, line: float, along: float) -> Float64Array:
        """(cells, cells) by how much interpolated rays are wrong at one place of each cell."""
        places = [
            (np.arange(count) + place) * _KNOT_PX
            for count, place in zip(self._counts, (line, along), strict=True)
        ]
        exact, found = self._exact(*np.meshgrid(*places, indexing="ij"))
        weights = _weights(np.array([line])), _weights(np.array([along]))
        error = np.abs(self._between(weights, slice(None)) - exact).max(axis=0)
        return np.where(found, error, np.inf)

    def _exact(self, line: Float64Array, along: Float64Array) -> tuple[Float64Array, BoolArray]:
        """Rays (3, ...) of pixels by line and place, zero where there is none, and (...) found."""
        pixels = (along, line) if self._by_rows else (line, along)
        uv = np.stack([values.ravel() for values in pixels], axis=1)
        rays = np.zeros((3, len(uv)))
        for start in range(0, len(uv), _CHUNK):
            part, status = self._camera.unproject(uv[start : start + _CHUNK])
            seen = status != Status.OUTSIDE_DOMAIN
            rays[:, start : start + _CHUNK] = np.where(seen[:, None], part, 0.0).T
        found = (rays != 0.0).any(axis=0)
        return rays.reshape(3, *line.shape), found.reshape(line.shape)

    def _between(self, weights: tuple[Float64Array, Float64Array], band: slice) -> Float64Array:
        """Rays (3, cells * w, cells * v) of a band of cells, at the places of two weights."""
        windows = np.lib.stride_tricks.sliding_window_view
        across = windows(self._knots, 4, axis=1)[:, band]
        lines = np.einsum("wk,cabk->cawb", weights[0], across)
        rays = np.einsum("wk,cabdk->cabdw", weights[1], windows(lines, 4, axis=3))
        flat = rays.reshape(3, rays.shape[1] * rays.shape[2], -1)
        return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=0), 1e-300))

    def fill(self, table: Float32Array) -> None:
        """Write the rays (3, lines, length); zero where there is none."""
        weights = (_weights(np.arange(_KNOT_PX) / _KNOT_PX),) * 2
        lines, length = self._size
        for cell in range(self._counts[0]):
            first, last = cell * _KNOT_PX, min((cell + 1) * _KNOT_PX, lines)
            good = self._good[cell]
            if good.any():
                rays = self._between(weights, slice(cell, cell + 1))
                table[:, first:last] = rays[:, : last - first, :length]
            wrong = np.flatnonzero(~good.repeat(_KNOT_PX)[:length]).astype(np.float64)
            line = np.arange(first, last, dtype=np.float64)
            rays, _ = self._exact(*np.meshgrid(line, wrong, indexing="ij"))
            table[:, first:last, wrong.astype(np.int64)] = rays


def _weights(place: Float64Array) -> Float64Array:
    """(w, 4) weights of the cubic through knots at -1, 0, 1, 2, at places (w,) between 0 and 1."""
    knots = np.array([-1.0, 0.0, 1.0, 2.0])
    columns = []
    for knot in knots:
        others = knots[knots != knot]
        columns.append(np.prod((place[:, None] - others) / (knot - others), axis=1))
    return np.stack(columns, axis=1)


def tile_cones(rays: Float32Array, sides: tuple[int, int]) -> Float64Array:
    """Cones that hold all rays of a tile.

    Returns:
        (lines of tiles, tiles along, 4): a ray near the tile's middle, and how far, as a chord, the
        others are from it; -1 for a tile without rays.
    """
    _, lines, length = rays.shape
    counts = -(-lines // sides[0]), -(-length // sides[1])
    cones = np.empty((*counts, 4))
    for row in range(counts[0]):
        # A band of tiles at a time: the padding repeats the last pixel, which changes no cone.
        line = np.minimum(np.arange(row * sides[0], (row + 1) * sides[0]), lines - 1)
        along = np.minimum(np.arange(counts[1] * sides[1]), length - 1)
        band = rays[:, line[0] : line[-1] + 1][:, :, along].astype(np.float64)
        split = band.reshape(3, band.shape[1], counts[1], sides[1])
        valid = (split != 0.0).any(axis=0)
        number = np.maximum(valid.sum(axis=(0, 2)), 1)
        axis = split.sum(axis=(1, 3)) / number
        away = ((split - axis[:, None, :, None]) ** 2).sum(axis=0)
        reach = np.sqrt(np.where(valid, away, 0.0).max(axis=(0, 2))) + _SLACK
        cones[row, :, :3] = axis.T
        cones[row, :, 3] = np.where(valid.any(axis=(0, 2)), reach, -1.0)
    return cones
