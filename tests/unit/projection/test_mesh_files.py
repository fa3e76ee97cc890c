"""Meshes from files, and the sentences about those that are none."""

import struct
from pathlib import Path

import numpy as np
import pytest

from projection.io import FormatError
from projection.io.mesh import read_mesh

CORNERS = [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.5), (0.0, 1.0, 0.5)]
HEADER = (
    "ply\nformat {order} 1.0\nelement vertex 4\nproperty float x\nproperty float y\n"
    "property float z\nelement face {faces}\nproperty list uchar int vertex_indices\nend_header\n"
)
FANS = [[0, 1, 2], [0, 2, 3]]


def binary(mark: str, polygons: list[list[int]]) -> bytes:
    order = "binary_little_endian" if mark == "<" else "binary_big_endian"
    content = HEADER.format(order=order, faces=len(polygons)).encode()
    content += b"".join(struct.pack(mark + "3f", *corner) for corner in CORNERS)
    for polygon in polygons:
        content += struct.pack(mark + f"B{len(polygon)}i", len(polygon), *polygon)
    return content


def ascii_ply(polygons: list[list[int]]) -> bytes:
    rows = [" ".join(str(value) for value in corner) for corner in CORNERS]
    rows += [" ".join(str(value) for value in (len(p), *p)) for p in polygons]
    return (HEADER.format(order="ascii", faces=len(polygons)) + "\n".join(rows) + "\n").encode()


OBJ = b"# a square\nv 0 0 0\nv 1 0 0\nv 1 1 0.5\nv 0 1 0.5\nvn 0 0 1\nf 1//1 2//1 -2//1 4/1/1\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("quad.ply", binary("<", [[0, 1, 2, 3]])),
        ("quad_big.ply", binary(">", [[0, 1, 2, 3]])),
        ("two.ply", binary("<", FANS)),
        ("text.ply", ascii_ply([[0, 1, 2, 3]])),
        ("square.obj", OBJ),
    ],
)
def test_a_square_is_two_triangles(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    mesh = read_mesh(path)
    np.testing.assert_allclose(mesh.vertices_m, CORNERS)
    assert mesh.faces.tolist() == FANS


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.stl", b"solid", "a.stl: expected a name ending in .ply or .obj, found .stl"),
        ("a.obj", b"v 0 0\n", "a.obj: line 1: expected v and three numbers"),
        ("a.obj", b"v 0 0 0\nf 1 1 0\n", "a.obj: line 2: expected v and three numbers, or f and"),
        ("a.obj", b"v 0 0 0\nf 1 2 3\n", "a.obj: faces: expected numbers of 1 vertices, found 0"),
        ("a.obj", b"v 0 0 nan\nf 1 1 1\n", "a.obj: vertices: expected finite numbers"),
        ("a.ply", b"ply\n", "a.ply: header: expected a PLY header, found none"),
        ("a.ply", binary("<", FANS)[:-3], "a.ply: data: expected 2 faces, found 1"),
        ("a.ply", ascii_ply([[0, 1]])[:-3], "a.ply: face: expected 2 vertices, found 1"),
        (
            "a.ply",
            ascii_ply(FANS).replace(b"property list uchar int vertex_indices\n", b""),
            "a.ply: face: expected one list of vertices, found 0 properties",
        ),
    ],
)
def test_what_is_no_mesh_is_said_in_a_sentence(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FormatError) as caught:
        read_mesh(path)
    assert sentence in str(caught.value)


def test_a_mesh_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"none\.obj: expected the file, found nothing"):
        read_mesh(tmp_path / "none.obj")
