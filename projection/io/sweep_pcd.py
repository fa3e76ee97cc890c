"""Point clouds of PCL (.pcd): ascii, binary, and binary compressed with LZF."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projection.arrays import Float64Array
from projection.io.errors import FormatError
from projection.io.lzf import decompress
from projection.io.sweeps import check_count

_TYPES = {"F": {4: "<f4", 8: "<f8"}, "I": {1: "i1", 2: "<i2", 4: "<i4", 8: "<i8"}, "U": {
    1: "u1", 2: "<u2", 4: "<u4", 8: "<u8"}}  # fmt: skip
_ALIASES = {
    "i": "intensity",
    "time_offset": "time_offset_ns",
    "t": "time_offset_ns",
    "laser_id": "ring",
    "channel": "ring",
}
_MAX_HEADER_LINES = 100


@dataclass(frozen=True, slots=True)
class _Header:
    names: tuple[str, ...]
    dtypes: tuple[str, ...]
    counts: tuple[int, ...]
    points: int
    storage: str
    end: int

    @property
    def row(self) -> "np.dtype[np.void]":
        """A row's layout. Names may repeat (padding is called ``_``), and counts may be zero."""
        fields = [
            (f"{place}:{name}", dtype, (count,))
            for place, (name, dtype, count) in enumerate(
                zip(self.names, self.dtypes, self.counts, strict=True)
            )
        ]
        return np.dtype(fields)


def read_pcd(path: Path, name: str, max_points: int) -> dict[str, Float64Array]:
    """The named columns of a PCD file, in float64.

    Raises:
        FormatError: The header is wrong, or the content doesn't fit it.
    """
    content = path.read_bytes()
    header = _header(content, name)
    check_count(header.points, name, max_points)
    body = memoryview(content)[header.end :]
    if header.storage == "ascii":
        return _ascii(bytes(body), header, name)
    if header.storage == "binary":
        needed = header.points * header.row.itemsize
        if len(body) < needed:
            found = f"{len(body)} bytes"
            raise FormatError.of(name, "data", f"{needed} bytes ({header.points} points)", found)
        rows = np.frombuffer(body, dtype=header.row, count=header.points)
        names = header.row.names or ()
        return _columns(header, lambda place: rows[names[place]][:, 0])
    return _compressed(body, header, name)


def _header(content: bytes, name: str) -> _Header:
    entries: dict[str, list[str]] = {}
    end = 0
    for _ in range(_MAX_HEADER_LINES):
        stop = content.find(b"\n", end)
        if stop < 0:
            break
        words = content[end:stop].decode("ascii", "replace").split()
        end = stop + 1
        if words and not words[0].startswith("#"):
            entries[words[0].upper()] = words[1:]
            if words[0].upper() == "DATA":
                break
    if "DATA" not in entries or "FIELDS" not in entries:
        raise FormatError.of(name, "header", "a PCD header with FIELDS and DATA", "none")
    names = tuple(entries["FIELDS"])
    try:
        sizes = [int(word) for word in entries["SIZE"]]
        counts = tuple(int(word) for word in entries.get("COUNT", ["1"] * len(names)))
        dtypes = tuple(
            _TYPES[kind][size] for kind, size in zip(entries["TYPE"], sizes, strict=True)
        )
        points = (
            int(entries["POINTS"][0])
            if "POINTS" in entries
            else (int(entries["WIDTH"][0]) * int(entries.get("HEIGHT", ["1"])[0]))
        )
        storage = entries["DATA"][0].lower()
    except (KeyError, ValueError, IndexError) as error:
        expected = "SIZE, TYPE, COUNT and POINTS that fit the FIELDS"
        raise FormatError.of(name, "header", expected, f"{error}"[:80]) from error
    fits = len(names) == len(dtypes) == len(counts) and points >= 0
    if not fits or any(not 0 <= count <= 4096 for count in counts):
        expected = f"one SIZE, TYPE and COUNT for each of {len(names)} FIELDS"
        raise FormatError.of(name, "header", expected, f"{len(dtypes)} and {len(counts)}")
    if storage not in ("ascii", "binary", "binary_compressed"):
        raise FormatError.of(name, "DATA", "ascii, binary or binary_compressed", storage)
    return _Header(names, dtypes, counts, points, storage, end)


def _columns(header: _Header, read: Callable[[int], np.ndarray]) -> dict[str, Float64Array]:
    columns: dict[str, Float64Array] = {}
    for place, (name, count) in enumerate(zip(header.names, header.counts, strict=True)):
        if count == 0:
            # Writers that leave padding out of COUNT get what follows wrong as well.
            break
        known = _ALIASES.get(name.lower(), name.lower())
        if name != "_" and known not in columns:
            columns[known] = np.asarray(read(place), dtype=np.float64)
    return columns


def _ascii(body: bytes, header: _Header, name: str) -> dict[str, Float64Array]:
    width = sum(header.counts)
    words = body.split()
    if len(words) < header.points * width:
        expected = f"{header.points} rows of {width} numbers"
        raise FormatError.of(name, "data", expected, f"{len(words)} numbers")
    try:
        values = np.array(words[: header.points * width], dtype="S32").astype(np.float64)
    except ValueError as error:
        raise FormatError.of(name, "data", "numbers", f"{error}"[:80]) from error
    table = values.reshape(header.points, width)
    starts = np.concatenate([[0], np.cumsum(header.counts)])
    return _columns(header, lambda place: table[:, starts[place]])


def _compressed(body: memoryview, header: _Header, name: str) -> dict[str, Float64Array]:
    """Column after column, the whole compressed."""
    expected_size = header.points * header.row.itemsize
    if len(body) < 8:
        raise FormatError.of(name, "data", "two sizes and the data", f"{len(body)} bytes")
    packed, full = (int(value) for value in np.frombuffer(body[:8], dtype="<u4"))
    if full != expected_size or packed > len(body) - 8:
        expected = f"{expected_size} bytes ({header.points} points)"
        raise FormatError.of(name, "data", expected, f"{full} bytes, {packed} compressed")
    plain = decompress(bytes(body[8 : 8 + packed]), full)
    if plain is None:
        raise FormatError.of(name, "data", "LZF-compressed data", "damaged data")
    arrays: list[Float64Array] = []
    offset = 0
    for dtype, count in zip(header.dtypes, header.counts, strict=True):
        size = np.dtype(dtype).itemsize * count * header.points
        part = np.frombuffer(plain[offset : offset + size], dtype=dtype)
        arrays.append(part.reshape(header.points, count)[:, 0] if count else part)
        offset += size
    return _columns(header, lambda place: arrays[place])
