"""Reading sweeps too big for memory, block by block: .npy, .bin, binary .ply, .las and .laz."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import laspy
import numpy as np

from projection.io.errors import FormatError
from projection.io.sweep_ply import binary_vertices
from projection.io.sweeps import Columns, Sweep, column_names, sweep_of

#: More points than this are taken for a bomb.
MAX_STREAMED_POINTS = 1_000_000_000
BLOCK_POINTS = 1_000_000


@dataclass(frozen=True, slots=True)
class SweepBlocks:
    """A sweep's points in the order of its file.

    Attributes:
        count: How many there are.
        read: Yields them, at most ``BLOCK_POINTS`` at a time; may be called again.
    """

    count: int
    read: Callable[[], Iterator[Sweep]]


def sweep_blocks(
    path: Path, fields: Sequence[str] | None = None, *, name: str = ""
) -> SweepBlocks | None:
    """A sweep to be read block by block, None where its format has to be read whole.

    Args:
        path: The file.
        fields: Columns of ``.npy`` and ``.bin`` files; None: x y z, then intensity for a fourth.
        name: What errors call it; by default the file's name.

    Raises:
        FormatError: It isn't what its ending says. What is wrong in its points shows when they are
            read.
    """
    name = name or path.name
    opener = _OPENERS.get(path.suffix.lower())
    if opener is None or not path.is_file():
        return None
    try:
        found = opener(path, fields, name)
    except FormatError:
        raise
    except Exception as error:  # readers of damaged files raise all kinds
        raise FormatError.of(name, "", "a readable file", f"{error}"[:120]) from error
    if found is not None and found.count > MAX_STREAMED_POINTS:
        raise FormatError.of(name, "", f"at most {MAX_STREAMED_POINTS} points", f"{found.count}")
    return found


def _rows(
    count: int, read: Callable[[int, int], np.ndarray], fields: Sequence[str], name: str
) -> SweepBlocks:
    def blocks() -> Iterator[Sweep]:
        for first in range(0, count, BLOCK_POINTS):
            rows = read(first, min(BLOCK_POINTS, count - first))
            columns: Columns = {
                field: rows[:, place].astype(np.float64) for place, field in enumerate(fields)
            }
            yield sweep_of(columns, name)

    return SweepBlocks(count, blocks)


def _npy(path: Path, fields: Sequence[str] | None, name: str) -> SweepBlocks | None:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.dtype.kind not in "fiu":
        return None
    count, width = array.shape
    if np.isfortran(array):
        return None
    dtype, offset = array.dtype, array.offset  # type: ignore[attr-defined]  # a memmap
    del array

    def read(first: int, rows: int) -> np.ndarray:
        # Not through the map: what was read of one stays in the process' memory.
        start = offset + first * width * dtype.itemsize
        return np.fromfile(path, dtype, rows * width, offset=start).reshape(rows, width)

    return _rows(count, read, column_names(fields, width, name), name)


def _bin(path: Path, fields: Sequence[str] | None, name: str) -> SweepBlocks | None:
    width = len(fields) if fields else 4
    size = path.stat().st_size
    if size % (4 * width):
        return None

    def read(first: int, rows: int) -> np.ndarray:
        found = np.fromfile(path, "<f4", rows * width, offset=first * width * 4)
        return found.reshape(rows, width)

    return _rows(size // (4 * width), read, column_names(fields, width, name), name)


def _ply(path: Path, _fields: Sequence[str] | None, name: str) -> SweepBlocks | None:
    layout = binary_vertices(path, name)
    if layout is None:
        return None
    row, count, offset, names = layout

    def blocks() -> Iterator[Sweep]:
        for first in range(0, count, BLOCK_POINTS):
            size = min(BLOCK_POINTS, count - first)
            rows = np.fromfile(path, row, size, offset=offset + first * row.itemsize)
            if len(rows) < size:
                raise FormatError.of(name, "data", f"{count} vertices", f"{first + len(rows)}")
            fields = row.names or ()
            columns = {
                known: rows[field].astype(np.float64)
                for field, known in zip(fields, names, strict=True)
            }
            yield sweep_of(columns, name)

    return SweepBlocks(count, blocks)


def _las(path: Path, _fields: Sequence[str] | None, name: str) -> SweepBlocks | None:
    with laspy.open(path) as file:
        count = int(file.header.point_count)

    def blocks() -> Iterator[Sweep]:
        seen = 0
        try:
            with laspy.open(path) as file:
                for chunk in file.chunk_iterator(BLOCK_POINTS):
                    seen += len(chunk)
                    columns = {axis: np.asarray(chunk[axis], dtype=np.float64) for axis in "xyz"}
                    if "intensity" in chunk.point_format.dimension_names:
                        columns["intensity"] = np.asarray(chunk["intensity"], dtype=np.float64)
                    yield sweep_of(columns, name)
        except Exception as error:  # laspy and its LAZ backend raise all kinds on damaged files
            raise FormatError.of(name, "", "a LAS or LAZ file", f"{error}"[:120]) from error
        if seen != count:
            raise FormatError.of(name, "data", f"{count} points", f"{seen}")

    return SweepBlocks(count, blocks)


_OPENERS: dict[str, Callable[[Path, Sequence[str] | None, str], SweepBlocks | None]] = {
    ".npy": _npy,
    ".bin": _bin,
    ".ply": _ply,
    ".las": _las,
    ".laz": _las,
}
