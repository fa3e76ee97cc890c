"""Sorting points on disk into cubes that fit into memory, in two passes over them."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from projection.clouds.glb import Cube
from projection.clouds.records import RECORD

#: The cube is counted on a grid of 2^7 cells an edge.
_DEPTH = 7
_CELLS = 1 << _DEPTH

Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """Some consecutive records of a file."""

    path: Path
    first: int
    count: int

    def read(self) -> np.ndarray:
        """All of them (count,)."""
        with self.path.open("rb") as file:
            file.seek(self.first * RECORD.itemsize)
            return np.fromfile(file, RECORD, self.count)

    def blocks(self, size: int) -> Iterator[np.ndarray]:
        """Yield them in blocks of at most ``size``."""
        for first in range(0, self.count, size):
            yield Part(self.path, self.first + first, min(size, self.count - first)).read()


@dataclass(frozen=True, slots=True)
class Piece:
    """A cube of the octree below the one that was split.

    Attributes:
        part: Its points.
        cube: Where it is.
        depth: How many halvings below.
        place: Its place on the grid of 2^depth cells an edge.
    """

    part: Part
    cube: Cube
    depth: int
    place: Place


@dataclass(frozen=True)
class Pieces:
    """All pieces of a cube, and the file that holds their points: deleted at the block's end."""

    pieces: list[Piece]
    path: Path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()


def split(part: Part, cube: Cube, path: Path, max_points: int, block: int) -> Pieces:
    """Sort a cube's points into octree cubes of at most ``max_points``, if 7 halvings allow.

    Args:
        part: The points.
        cube: Holds them.
        path: A file to be made, of the same size.
        max_points: Cubes with more are halved.
        block: Points read at a time.
    """
    counts = np.zeros(_CELLS**3, dtype=np.int64)
    for records in part.blocks(block):
        counts += np.bincount(_cells(records, cube), minlength=len(counts))
    chosen = _choose(counts, max_points)
    owner = np.full((_CELLS,) * 3, -1, dtype=np.int32)
    sizes = np.empty(len(chosen), dtype=np.int64)
    grid = counts.reshape((_CELLS,) * 3)
    for number, (depth, (x, y, z)) in enumerate(chosen):
        width = _CELLS >> depth
        where = np.s_[
            x * width : (x + 1) * width, y * width : (y + 1) * width, z * width : (z + 1) * width
        ]
        owner[where] = number
        sizes[number] = grid[where].sum()
    firsts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    _distribute(part, cube, path, owner.ravel(), firsts.copy(), block)
    pieces = []
    for number, (depth, place) in enumerate(chosen):
        size = cube.size_m / (1 << depth)
        corner = cube.corner_m + np.array(place, dtype=np.float64) * size
        own = Part(path, int(firsts[number]), int(sizes[number]))
        pieces.append(Piece(own, Cube(corner, size), depth, place))
    return Pieces(pieces, path)


def _distribute(
    part: Part,
    cube: Cube,
    path: Path,
    owner: npt.NDArray[np.int32],
    next_place: npt.NDArray[np.int64],
    block: int,
) -> None:
    with path.open("wb") as file:
        for records in part.blocks(block):
            owners = owner[_cells(records, cube)]
            order = np.argsort(owners, kind="stable")
            sorted_owners = owners[order]
            starts = np.flatnonzero(np.r_[True, sorted_owners[1:] != sorted_owners[:-1]])
            for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
                number = sorted_owners[start]
                file.seek(int(next_place[number]) * RECORD.itemsize)
                records[order[start:end]].tofile(file)
                next_place[number] += end - start


def _cells(records: np.ndarray, cube: Cube) -> npt.NDArray[np.int64]:
    scaled = (records["position"] - cube.corner_m) * (_CELLS / cube.size_m)
    places = np.clip(scaled.astype(np.int64), 0, _CELLS - 1)
    cells: npt.NDArray[np.int64] = (places[:, 0] * _CELLS + places[:, 1]) * _CELLS + places[:, 2]
    return cells


def _choose(counts: npt.NDArray[np.int64], max_points: int) -> list[tuple[int, Place]]:
    """The largest cubes with few enough points, as (depth, place); at least one halving."""
    levels = [counts.reshape((_CELLS,) * 3)]
    while len(levels[0]) > 1:
        finer = levels[0]
        half = len(finer) // 2
        levels.insert(0, finer.reshape(half, 2, half, 2, half, 2).sum(axis=(1, 3, 5)))
    chosen: list[tuple[int, Place]] = []
    waiting: list[tuple[int, Place]] = [(0, (0, 0, 0))]
    while waiting:
        depth, (x, y, z) = waiting.pop()
        count = levels[depth][x, y, z]
        if count == 0:
            continue
        if depth == _DEPTH or (depth > 0 and count <= max_points):
            chosen.append((depth, (x, y, z)))
            continue
        waiting.extend(
            (depth + 1, (2 * x + dx, 2 * y + dy, 2 * z + dz))
            for dx in (0, 1)
            for dy in (0, 1)
            for dz in (0, 1)
        )
    return sorted(chosen)
