"""Reading sweeps: point clouds in the file formats that recorders write."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

from projection.arrays import Float32Array, Float64Array
from projection.io.errors import FormatError

#: More points than this in one sweep are taken for a bomb: a lidar gives a few 100 000.
MAX_POINTS = 50_000_000
#: Bytes on disk; a compressed file's content is bounded by MAX_POINTS.
MAX_FILE_BYTES = 4 * 1024**3

Columns = dict[str, Float64Array]


@dataclass(frozen=True, slots=True)
class Sweep:
    """One point cloud, in the order of its file.

    Attributes:
        positions_m: (n, 3) float64, in the frame that ``sweeps.csv`` says. Not all need be finite.
        intensity: (n,) float32 of the recorder's scale, or None.
        time_offset_ns: (n,) float64 after the sweep's time, or None.
        ring: (n,) float32, or None.
    """

    positions_m: Float64Array
    intensity: Float32Array | None = None
    time_offset_ns: Float64Array | None = None
    ring: Float32Array | None = None

    def __len__(self) -> int:
        return len(self.positions_m)


def read_sweep(
    path: str | os.PathLike[str],
    fields: Sequence[str] | None = None,
    *,
    name: str = "",
    max_points: int = MAX_POINTS,
) -> Sweep:
    """A sweep from ``.npy``, ``.bin``, ``.pcd``, ``.ply``, ``.las`` or ``.laz``.

    Args:
        path: The file.
        fields: Columns of ``.npy`` and ``.bin`` files; None: x y z, then intensity for a fourth.
        name: What errors call it; by default the file's name.
        max_points: More than this are refused.

    Raises:
        FormatError: It isn't what its ending says, is cut short, or is too large.
    """
    path = Path(path)
    name = name or path.name
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise FormatError.of(name, "", "a name ending in " + ", ".join(_READERS), suffix or "none")
    if not path.is_file():
        raise FormatError.of(name, "", "the file", "nothing")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise FormatError.of(name, "", f"at most {MAX_FILE_BYTES} bytes", f"{size} bytes")
    try:
        columns = _READERS[suffix](path, name, fields, max_points)
    except (OSError, EOFError, MemoryError) as error:
        raise FormatError.of(name, "", "a readable file", f"{error}"[:120]) from error
    return sweep_of(columns, name)


def sweep_of(columns: Columns, name: str) -> Sweep:
    """A sweep of named columns.

    Raises:
        FormatError: x, y or z is not among them.
    """
    missing = [axis for axis in "xyz" if axis not in columns]
    if missing:
        raise FormatError.of(name, "fields", "x, y and z", ", ".join(columns) or "none")
    positions = np.stack([columns[axis] for axis in "xyz"], axis=1)
    return Sweep(
        positions,
        _narrow(columns.get("intensity")),
        columns.get("time_offset_ns"),
        _narrow(columns.get("ring")),
    )


def _narrow(column: Float64Array | None) -> Float32Array | None:
    return None if column is None else column.astype(np.float32)


def check_count(count: int, name: str, max_points: int) -> None:
    """Refuse more points than there may be.

    Raises:
        FormatError: There are more.
    """
    if count > max_points:
        raise FormatError.of(name, "", f"at most {max_points} points", f"{count}")


def _npy(path: Path, name: str, fields: Sequence[str] | None, max_points: int) -> Columns:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError:
        raise
    except Exception as error:  # NumPy parses the header as Python, which fails in many ways
        raise FormatError.of(name, "", "a NumPy array of numbers", f"{error}"[:120]) from error
    if not isinstance(array, np.ndarray):
        raise FormatError.of(name, "", "a single NumPy array", "an archive")
    if array.ndim != 2 or array.dtype.kind not in "fiu":
        found = f"shape {array.shape} of {array.dtype}"
        raise FormatError.of(name, "", "an array (points, columns) of numbers", found)
    return _named(array, name, fields, max_points)


def _bin(path: Path, name: str, fields: Sequence[str] | None, max_points: int) -> Columns:
    width = len(fields) if fields else 4
    size = path.stat().st_size
    if size % (4 * width):
        expected = f"rows of {width} float32 ({', '.join(fields or ('x', 'y', 'z', 'intensity'))})"
        raise FormatError.of(name, "", expected, f"{size} bytes, which is no multiple")
    check_count(size // (4 * width), name, max_points)
    array = np.fromfile(path, dtype="<f4").reshape(-1, width)
    return _named(array, name, fields, max_points)


def _named(array: np.ndarray, name: str, fields: Sequence[str] | None, max_points: int) -> Columns:
    count, width = array.shape
    check_count(count, name, max_points)
    names = column_names(fields, width, name)
    return {
        field: np.asarray(array[:, place], dtype=np.float64) for place, field in enumerate(names)
    }


def column_names(fields: Sequence[str] | None, width: int, name: str) -> Sequence[str]:
    """The names of an array's columns.

    Raises:
        FormatError: There are too few, or not as many as ``fields`` says.
    """
    if fields is None:
        if width < 3:
            raise FormatError.of(name, "", "at least 3 columns (x, y, z)", f"{width}")
        return ("x", "y", "z", "intensity")[:width]
    if width != len(fields):
        expected = f"{len(fields)} columns ({', '.join(fields)})"
        raise FormatError.of(name, "", expected, f"{width}")
    return fields


def _by_header(module: str, function: str) -> "_Reader":
    """A reader for a format that names its own columns; its module is loaded when needed."""

    def read(path: Path, name: str, _fields: Sequence[str] | None, max_points: int) -> Columns:
        reader = getattr(import_module(f"projection.io.{module}"), function)
        columns: Columns = reader(path, name, max_points)
        return columns

    return read


_Reader = Callable[[Path, str, Sequence[str] | None, int], Columns]

_READERS: dict[str, _Reader] = {
    ".npy": _npy,
    ".bin": _bin,
    ".pcd": _by_header("sweep_pcd", "read_pcd"),
    ".ply": _by_header("sweep_ply", "read_ply"),
    ".las": _by_header("sweep_las", "read_las"),
    ".laz": _by_header("sweep_las", "read_las"),
}
