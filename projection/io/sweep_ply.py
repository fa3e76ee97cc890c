"""Polygon files (.ply), ascii and binary: the vertices."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projection.arrays import Float64Array
from projection.io.errors import FormatError
from projection.io.sweeps import check_count

TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1",
    "short": "i2", "int16": "i2", "ushort": "u2", "uint16": "u2",
    "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
_ALIASES = {"scalar_intensity": "intensity", "time_offset": "time_offset_ns"}
_MAX_HEADER = 1 << 16


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    count: int
    properties: list[tuple[str, str]]
    has_lists: list[bool]


def read_ply(path: Path, name: str, max_points: int) -> dict[str, Float64Array]:
    """The properties of the element ``vertex``, in float64.

    Raises:
        FormatError: The header is wrong, or the content doesn't fit it.
    """
    content = path.read_bytes()
    stop = content.find(b"end_header", 0, _MAX_HEADER)
    line_end = content.find(b"\n", stop)
    if not content.startswith(b"ply") or stop < 0 or line_end < 0:
        raise FormatError.of(name, "header", "a PLY header", "none")
    order, elements = _header(content[:stop].decode("ascii", "replace"), name)
    body = memoryview(content)[line_end + 1 :]
    offset = 0
    for element in elements:
        if element.name == "vertex":
            check_count(element.count, name, max_points)
            if element.has_lists:
                raise FormatError.of(name, "vertex", "plain properties", "a list")
            if order is None:
                return _ascii(bytes(body), offset, element, name)
            return _binary(body, offset, element, order, name)
        if element.has_lists:
            raise FormatError.of(name, "header", "the vertices before other lists", element.name)
        if order is None:
            offset += element.count * len(element.properties)
        else:
            offset += element.count * _row(element, order).itemsize
    raise FormatError.of(name, "header", "an element vertex", "none")


def binary_vertices(
    path: Path, name: str
) -> "tuple[np.dtype[np.void], int, int, list[str]] | None":
    """Where a binary file's vertices lie: a row's layout, how many, the first's place, their names.

    Returns:
        None where they have to be read whole: text, or rows that differ in length.

    Raises:
        FormatError: The header is wrong.
    """
    with path.open("rb") as file:
        content = file.read(_MAX_HEADER)
    stop = content.find(b"end_header")
    line_end = content.find(b"\n", stop)
    if not content.startswith(b"ply") or stop < 0 or line_end < 0:
        raise FormatError.of(name, "header", "a PLY header", "none")
    order, elements = _header(content[:stop].decode("ascii", "replace"), name)
    offset = line_end + 1
    for element in elements:
        if order is None or element.has_lists:
            return None
        row = _row(element, order)
        if element.name == "vertex":
            return row, element.count, offset, [_known(known) for known, _ in element.properties]
        offset += element.count * row.itemsize
    return None


def _header(text: str, name: str) -> tuple[str | None, list[_Element]]:
    orders = {"ascii": None, "binary_little_endian": "<", "binary_big_endian": ">"}
    order: str | None = ""
    elements: list[_Element] = []
    for line in text.splitlines()[1:]:
        words = line.split()
        try:
            if words[:1] == ["format"]:
                order = orders[words[1]]
            elif words[:1] == ["element"]:
                elements.append(_Element(words[1], int(words[2]), [], []))
            elif words[:2] == ["property", "list"]:
                elements[-1].has_lists.append(True)
            elif words[:1] == ["property"]:
                elements[-1].properties.append((words[2], TYPES[words[1]]))
        except (KeyError, IndexError, ValueError) as error:
            raise FormatError.of(name, "header", "a line of a PLY header", line[:80]) from error
    if order == "" or any(element.count < 0 for element in elements):
        raise FormatError.of(name, "header", "a format and counts of at least 0", "none")
    return order, elements


def _row(element: _Element, order: str) -> "np.dtype[np.void]":
    return np.dtype(
        [(f"{place}:{name}", order + kind) for place, (name, kind) in enumerate(element.properties)]
    )


def _binary(
    body: memoryview, offset: int, element: _Element, order: str, name: str
) -> dict[str, Float64Array]:
    row = _row(element, order)
    needed = element.count * row.itemsize
    if len(body) - offset < needed:
        expected = f"{needed} bytes ({element.count} vertices)"
        raise FormatError.of(name, "data", expected, f"{len(body) - offset} bytes")
    rows = np.frombuffer(body[offset : offset + needed], dtype=row)
    return {
        _known(name): rows[f"{place}:{name}"].astype(np.float64)
        for place, (name, _) in enumerate(element.properties)
    }


def _ascii(body: bytes, offset: int, element: _Element, name: str) -> dict[str, Float64Array]:
    width = len(element.properties)
    words = body.split()[offset : offset + element.count * width]
    if len(words) < element.count * width:
        expected = f"{element.count} rows of {width} numbers"
        raise FormatError.of(name, "data", expected, f"{len(words)} numbers")
    try:
        values = np.array(words, dtype="S32").astype(np.float64)
    except ValueError as error:
        raise FormatError.of(name, "data", "numbers", f"{error}"[:80]) from error
    table = values.reshape(element.count, width)
    return {_known(name): table[:, place] for place, (name, _) in enumerate(element.properties)}


def _known(name: str) -> str:
    return _ALIASES.get(name.lower(), name.lower())
