"""Reading meshes of the world: polygon files (.ply) and wavefront files (.obj)."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from projection.arrays import Float64Array, Int64Array
from projection.io.errors import FormatError
from projection.io.json_file import read_text
from projection.io.sweep_ply import TYPES, read_ply
from projection.io.sweeps import MAX_FILE_BYTES, MAX_POINTS, check_count
from projection.scene import Mesh
from projection.spec import SpecError

SUFFIXES = (".ply", ".obj")
_MAX_HEADER = 1 << 16


def read_mesh(path: str | os.PathLike[str], name: str = "") -> Mesh:
    """A mesh in the world; faces of more than three corners become fans of triangles.

    Args:
        path: The file.
        name: What errors call it; by default the file's name.

    Raises:
        FormatError: It isn't what its ending says, or too large.
    """
    path = Path(path)
    name = name or path.name
    if path.suffix.lower() not in SUFFIXES:
        found = path.suffix or "none"
        raise FormatError.of(name, "", "a name ending in " + " or ".join(SUFFIXES), found)
    if not path.is_file():
        raise FormatError.of(name, "", "the file", "nothing")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise FormatError.of(name, "", f"at most {MAX_FILE_BYTES} bytes", f"{size} bytes")
    vertices, faces = (_ply if path.suffix.lower() == ".ply" else _obj)(path, name)
    if not np.isfinite(vertices).all():
        raise FormatError.of(name, "vertices", "finite numbers", "others")
    try:
        return Mesh(vertices, faces)
    except SpecError as error:
        raise FormatError.of(name, error.field, error.expected, error.found) from error


def _fans(polygons: Sequence[Sequence[int]]) -> Int64Array:
    """(f, 3) triangles of polygons."""
    found = [(p[0], p[k], p[k + 1]) for p in polygons for k in range(1, len(p) - 1)]
    return np.array(found, dtype=np.int64).reshape(-1, 3)


def _obj(path: Path, name: str) -> tuple[Float64Array, Int64Array]:
    vertices: list[list[float]] = []
    polygons: list[list[int]] = []
    for number, line in enumerate(read_text(path, name).splitlines(), start=1):
        words = line.split()
        try:
            if words[:1] == ["v"]:
                vertices.append([float(word) for word in words[1:4]])
                if len(vertices[-1]) != 3:
                    raise ValueError(line)  # noqa: TRY301  told with the line below
            elif words[:1] == ["f"]:
                corners = [int(word.split("/")[0]) for word in words[1:]]
                if 0 in corners or len(corners) < 3:
                    raise ValueError(line)  # noqa: TRY301
                # They count from 1, negative ones from the last vertex so far.
                polygons.append([c - 1 if c > 0 else len(vertices) + c for c in corners])
        except ValueError as error:
            expected = "v and three numbers, or f and three vertices"
            raise FormatError.of(name, f"line {number}", expected, line[:80]) from error
    check_count(len(vertices), name, MAX_POINTS)
    return np.array(vertices, dtype=np.float64).reshape(-1, 3), _fans(polygons)


def _ply(path: Path, name: str) -> tuple[Float64Array, Int64Array]:
    columns = read_ply(path, name, MAX_POINTS)
    missing = [axis for axis in "xyz" if axis not in columns]
    if missing:
        raise FormatError.of(name, "vertex", "x, y and z", ", ".join(columns) or "none")
    vertices = np.stack([columns[axis] for axis in "xyz"], axis=1)
    return vertices, _ply_faces(path.read_bytes(), name)


def _ply_faces(content: bytes, name: str) -> Int64Array:
    """The element ``face``, which comes right after ``vertex`` and has one list of vertices."""
    stop = content.find(b"end_header", 0, _MAX_HEADER)
    body = content[content.find(b"\n", stop) + 1 :]
    lines = [line.split() for line in content[:stop].decode("ascii", "replace").splitlines()]
    order = next((words[1] for words in lines if words[:1] == ["format"]), "")
    elements = [words for words in lines if words[:1] == ["element"]]
    if [words[1] for words in elements[:2]] != ["vertex", "face"]:
        found = ", ".join(words[1] for words in elements)
        raise FormatError.of(name, "header", "elements vertex, then face", found)
    before, after = lines.index(elements[0]), lines.index(elements[1])
    of_vertex = [words for words in lines[before:after] if words[:1] == ["property"]]
    end = lines.index(elements[2]) if len(elements) > 2 else len(lines)
    of_face = [words for words in lines[after:end] if words[:1] == ["property"]]
    if len(of_face) != 1 or of_face[0][1:2] != ["list"] or len(of_face[0]) != 5:
        raise FormatError.of(name, "face", "one list of vertices", f"{len(of_face)} properties")
    vertices, count = int(elements[0][2]), int(elements[1][2])
    check_count(count, name, MAX_POINTS)
    if order == "ascii":
        rows = body.decode("ascii", "replace").splitlines()[vertices : vertices + count]
        return _fans([_ascii_face(row, name) for row in rows])
    mark = "<" if order == "binary_little_endian" else ">"
    size = sum(np.dtype(TYPES[words[1]]).itemsize for words in of_vertex)
    try:
        kinds = np.dtype(mark + TYPES[of_face[0][2]]), np.dtype(mark + TYPES[of_face[0][3]])
    except KeyError as error:
        raise FormatError.of(name, "face", "a list of whole numbers", str(error)) from error
    return _binary_faces(body[vertices * size :], count, kinds, name)


def _ascii_face(row: str, name: str) -> list[int]:
    words = row.split()
    try:
        count, corners = int(words[0]), [int(word) for word in words[1:]]
    except (IndexError, ValueError) as error:
        raise FormatError.of(name, "face", "whole numbers", row[:80]) from error
    if count != len(corners):
        raise FormatError.of(name, "face", f"{count} vertices", f"{len(corners)}")
    return corners


def _binary_faces(
    body: bytes, count: int, kinds: tuple["np.dtype[np.generic]", "np.dtype[np.generic]"], name: str
) -> Int64Array:
    triangle = np.dtype([("count", kinds[0]), ("corners", kinds[1], (3,))])
    if len(body) >= count * triangle.itemsize:
        rows = np.frombuffer(body, dtype=triangle, count=count)
        if (rows["count"] == 3).all():
            return rows["corners"].astype(np.int64).reshape(-1, 3)
    polygons: list[list[int]] = []
    place = 0
    for _ in range(count):
        head = body[place : place + kinds[0].itemsize]
        length = int(np.frombuffer(head, kinds[0])[0]) if len(head) == kinds[0].itemsize else -1
        place += kinds[0].itemsize
        part = body[place : place + max(length, 0) * kinds[1].itemsize]
        if length < 0 or len(part) != length * kinds[1].itemsize:
            raise FormatError.of(name, "data", f"{count} faces", f"{len(polygons)}")
        polygons.append(np.frombuffer(part, kinds[1]).astype(np.int64).tolist())
        place += len(part)
    return _fans(polygons)
