"""One ray per pixel of a lens, and cones around tiles of them."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from projection.arrays import Float32Array, Float64Array
from projection.camera import Camera
from projection.raster.memory import RAYS_AT, placed
from projection.status import Status

#: Sides of the tiles, coarse to fine, in (lines, pixels along a line).
TILES = ((256, 256), (64, 64), (8, 16))
#: Tables are kept for the cameras last used, up to so many bytes.
_KEPT_BYTES = 256 << 20
_CHUNK = 1 << 16
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
    run = TILES[-1][1]
    table = placed((3, lines, -(-length // run) * run), np.float32, RAYS_AT)
    band = max(1, _CHUNK // length)
    for start in range(0, lines, band):
        line = np.arange(start, min(start + band, lines), dtype=np.float64)
        first, second = np.meshgrid(line, np.arange(length, dtype=np.float64), indexing="ij")
        uv = np.stack([second, first] if by_rows else [first, second], axis=-1).reshape(-1, 2)
        found, status = camera.unproject(uv)
        rays = np.where((status == Status.OK)[:, None], found, 0.0)
        table[:, start : start + len(line), :length] = rays.T.reshape(3, len(line), length)
    coarse, middle, fine = (tile_cones(table, sides) for sides in TILES)
    return RayTable(table, by_rows, (coarse, middle, fine))


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
