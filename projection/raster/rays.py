"""One ray per pixel of a lens, and cones around tiles of them."""

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numba import njit

from projection.arrays import BoolArray, Float32Array, Float64Array
from projection.camera import Camera
from projection.raster.memory import RAYS_AT, placed
from projection.status import Status

#: Sides of tiles, in lines and pixels along them: blocks, and strips of runs; and of areas, in
#: blocks.
BLOCK, AREA = 64, 4
STRIP, RUN = 8, 16
#: Pixels of a tile of a strip and a run.
TILE = STRIP * RUN
#: So many tiles of a row are asked at once; rows of tables are padded to multiples of it.
LANES = 16
#: Rows of a table of tiles: a ray near the middle, how far, as a chord, the others are from it, and
#: the same for tiles in which every pixel has a ray.
AXIS_X, AXIS_Y, AXIS_Z, REACH, INNER_REACH = range(5)
#: Tables are kept for the cameras last used, up to so many bytes.
_KEPT_BYTES = 256 << 20
_CHUNK = 1 << 17
#: Distance of the knots between which rays are interpolated, and by how much they may differ from
#: the true ones: no more than float32 does.
_KNOT_PX = 4
_ROUNDING = 4e-8
_START, _MIDDLE = 0.0, 0.5
#: The cones are this much wider than float64 says, since rays and cones are kept as float32.
_SLACK = 2e-6
#: Reaches of tiles without any ray, and of tiles some of whose pixels have none.
_NONE, _NEVER = -1.0, 9.0


@dataclass(frozen=True, slots=True)
class RayTable:
    """Unit rays, camera frame, of all pixel centres.

    Attributes:
        rays: (strips, runs, 3, 128) float32, x, y and z of a tile's pixels, line after line; zero
            where no ray lands. Lines are the picture's columns, or its rows if ``by_rows``; they
            are padded with zeros to whole tiles.
        by_rows: Whether lines are rows.
        areas: Cones of tiles of 4 x 4 blocks, see ``tile_cones``; rows are padded.
        blocks: Cones of tiles of 64 x 64 pixels; rows are padded.
        runs: Cones of tiles of 8 lines x 16 pixels; rows are padded.
        root: (4,) a cone that holds all rays: axis and reach.
    """

    rays: Float32Array
    by_rows: bool
    areas: Float32Array
    blocks: Float32Array
    runs: Float32Array
    root: Float64Array


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
    strips, runs = tile_counts((lines, length))
    plain = np.zeros((3, strips * STRIP, runs * RUN), dtype=np.float32)
    _Interpolated(camera, by_rows=by_rows).fill(plain)
    table = placed((strips, runs, 3, TILE), np.float32, RAYS_AT)
    table.reshape(strips, runs, 3, STRIP, RUN)[:] = plain.reshape(
        3, strips, STRIP, runs, RUN
    ).transpose(1, 3, 0, 2, 4)
    blocks = tile_cones(plain, BLOCK, BLOCK)
    areas = tile_cones(plain, AREA * BLOCK, AREA * BLOCK)
    return RayTable(
        table, by_rows, areas, blocks, tile_cones(plain, STRIP, RUN), cone_around(blocks)
    )


def tile_counts(size: tuple[int, int]) -> tuple[int, int]:
    """How many strips and runs a picture of lines of a length has."""
    return -(-size[0] // STRIP), -(-size[1] // RUN)


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
        error = np.abs(self._between(*weights) - exact).max(axis=0)
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

    def _between(self, line: Float64Array, along: Float64Array) -> Float64Array:
        """Rays (3, cells, cells) at one place of each cell, by the weights (1, 4) of the place."""
        rows, columns = self._counts
        lines = sum(line[0, k] * self._knots[:, k : k + rows] for k in range(4))
        rays = sum(along[0, k] * lines[:, :, k : k + columns] for k in range(4))
        return np.asarray(rays / np.maximum(np.linalg.norm(rays, axis=0), 1e-300))

    def fill(self, table: Float32Array) -> None:
        """Write the rays to (3, at least lines, at least length); zero where there is none."""
        lines, length = self._size
        weights = _weights(np.arange(_KNOT_PX) / _KNOT_PX)
        _fill(self._knots, weights, self._good, (lines, length), table)
        # All of the others at once: asked cell by cell they take ten times as long.
        wrong = ~self._good.repeat(_KNOT_PX, axis=0).repeat(_KNOT_PX, axis=1)[:lines, :length]
        line, along = np.nonzero(wrong)
        rays, _ = self._exact(line.astype(np.float64), along.astype(np.float64))
        table[:, line, along] = rays


@njit(cache=True, error_model="numpy")
def _fill(
    knots: Float64Array,
    weights: Float64Array,
    good: BoolArray,
    size: tuple[int, int],
    table: Float32Array,
) -> None:
    """Write the rays of all pixels in good cells, interpolated.

    Args:
        knots: (3, cells + 3, cells + 3) rays at the cells' corners, and one more all around.
        weights: (w, 4) of the cubic at each pixel of a cell, see ``_weights``; w pixels each way.
        good: (cells, cells) which ones.
        size: Lines, and pixels in each.
        table: (3, lines, length) written; both may be more.
    """
    step = len(weights)
    across = np.empty((3, knots.shape[2]))
    for line in range(size[0]):
        cell, share = line // step, weights[line % step]
        for axis in range(3):
            for knot in range(knots.shape[2]):
                value = 0.0
                for place in range(4):
                    value += share[place] * knots[axis, cell + place, knot]
                across[axis, knot] = value
        for along in range(size[1]):
            column = along // step
            if not good[cell, column]:
                continue
            part = weights[along % step]
            x, y, z = 0.0, 0.0, 0.0
            for place in range(4):
                x += part[place] * across[0, column + place]
                y += part[place] * across[1, column + place]
                z += part[place] * across[2, column + place]
            length = np.sqrt(x * x + y * y + z * z)
            table[0, line, along] = x / length
            table[1, line, along] = y / length
            table[2, line, along] = z / length


def _weights(place: Float64Array) -> Float64Array:
    """(w, 4) weights of the cubic through knots at -1, 0, 1, 2, at places (w,) between 0 and 1."""
    knots = np.array([-1.0, 0.0, 1.0, 2.0])
    columns = []
    for knot in knots:
        others = knots[knots != knot]
        columns.append(np.prod((place[:, None] - others) / (knot - others), axis=1))
    return np.stack(columns, axis=1)


@njit(cache=True)
def tile_cones(rays: Float32Array, tall: int, wide: int) -> Float32Array:
    """Cones that hold all rays of a tile.

    Args:
        rays: (3, lines, length).
        tall: Lines of a tile.
        wide: Pixels of a tile along a line.

    Returns:
        (5, lines of tiles, tiles along, padded to a multiple of ``LANES``): see ``AXIS_X`` and the
        others; the reach is -1 for a tile without rays, the inner reach 9 for one some of whose
        pixels have none.
    """
    _, lines, length = rays.shape
    rows, columns = -(-lines // tall), -(-length // wide)
    cones = np.zeros((5, rows, -(-columns // LANES) * LANES), dtype=np.float32)
    cones[3], cones[4] = _NONE, _NEVER
    for i in range(rows):
        first, last = i * tall, min((i + 1) * tall, lines)
        for j in range(columns):
            begin, end = j * wide, min((j + 1) * wide, length)
            x, y, z, found = 0.0, 0.0, 0.0, 0
            for line in range(first, last):
                for place in range(begin, end):
                    a, b, c = rays[0, line, place], rays[1, line, place], rays[2, line, place]
                    found += (a != 0.0) | (b != 0.0) | (c != 0.0)
                    x, y, z = x + a, y + b, z + c
            count = max(found, 1)
            x, y, z = x / count, y / count, z / count
            square = 0.0
            for line in range(first, last):
                for place in range(begin, end):
                    a, b, c = rays[0, line, place], rays[1, line, place], rays[2, line, place]
                    if a != 0.0 or b != 0.0 or c != 0.0:
                        square = max(square, (a - x) ** 2 + (b - y) ** 2 + (c - z) ** 2)
            reach = math.sqrt(square) + _SLACK
            whole = found == (last - first) * (end - begin)
            cones[0, i, j], cones[1, i, j], cones[2, i, j] = x, y, z
            cones[3, i, j] = reach if found > 0 else _NONE
            cones[4, i, j] = reach if whole else _NEVER
    return cones


def cone_around(cones: Float32Array) -> Float64Array:
    """(4,) a cone that holds the cones of tiles; a reach of -1 where there are no rays."""
    flat = cones.reshape(5, -1).T.astype(np.float64)
    flat = flat[flat[:, REACH] >= 0.0]
    if not len(flat):
        return np.array([0.0, 0.0, 1.0, _NONE])
    axis = flat[:, :3].mean(axis=0)
    away = np.linalg.norm(flat[:, :3] - axis, axis=1)
    return np.array([*axis, float((away + flat[:, REACH]).max()) + _SLACK])
