"""Point clouds of every format, right and wrong."""

import struct
from pathlib import Path

import laspy
import numpy as np
import pytest

from projection.io import FormatError, read_sweep

POINTS = np.array([[1.5, -2.0, 0.25, 7.0], [3.0, 4.0, -1.0, 255.0]], dtype=np.float32)

PLY = """ply
format {order} 1.0
comment by a test
element vertex 2
property float x
property float y
property float z
property uchar intensity
element face 0
property list uchar int vertex_indices
end_header
"""
PCD = """# .PCD v0.7
VERSION 0.7
FIELDS x y z intensity
SIZE 4 4 4 4
TYPE F F F F
COUNT 1 1 1 1
WIDTH 2
HEIGHT 1
POINTS 2
DATA {storage}
"""


def lzf_literals(data: bytes) -> bytes:
    """LZF that only says what is there: runs of up to 32 bytes."""
    runs = [data[at : at + 32] for at in range(0, len(data), 32)]
    return b"".join(bytes([len(run) - 1]) + run for run in runs)


def write(path: Path) -> Path:
    kind = path.name
    rows = b"".join(struct.pack("<fffB", *row[:3], int(row[3])) for row in POINTS)
    if kind == "a.npy":
        np.save(path, POINTS)
    elif kind == "a.bin":
        POINTS.tofile(path)
    elif kind == "ascii.pcd":
        np.savetxt(path, POINTS, header=PCD.format(storage="ascii").strip(), comments="")
    elif kind == "binary.pcd":
        path.write_bytes(PCD.format(storage="binary").encode() + POINTS.tobytes())
    elif kind == "compressed.pcd":
        plain = POINTS.T.tobytes()
        packed = lzf_literals(plain)
        sizes = struct.pack("<II", len(packed), len(plain))
        path.write_bytes(PCD.format(storage="binary_compressed").encode() + sizes + packed)
    elif kind == "ascii.ply":
        text = "\n".join(f"{x} {y} {z} {int(i)}" for x, y, z, i in POINTS.tolist())
        path.write_text(PLY.format(order="ascii") + text + "\n")
    elif kind == "little.ply":
        path.write_bytes(PLY.format(order="binary_little_endian").encode() + rows)
    elif kind == "big.ply":
        big = b"".join(struct.pack(">fffB", *row[:3], int(row[3])) for row in POINTS)
        path.write_bytes(PLY.format(order="binary_big_endian").encode() + big)
    else:
        header = laspy.LasHeader(point_format=1, version="1.2")
        header.scales = np.array([0.001, 0.001, 0.001])
        cloud = laspy.LasData(header)
        cloud.x, cloud.y, cloud.z = POINTS[:, 0], POINTS[:, 1], POINTS[:, 2]
        cloud.intensity = POINTS[:, 3].astype(np.uint16)
        cloud.write(path)
    return path


KINDS = [
    "a.npy", "a.bin", "ascii.pcd", "binary.pcd", "compressed.pcd",
    "ascii.ply", "little.ply", "big.ply", "a.las", "a.laz",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_gives_the_same_points(tmp_path: Path, kind: str) -> None:
    sweep = read_sweep(write(tmp_path / kind))
    assert np.abs(sweep.positions_m - POINTS[:, :3]).max() < 1e-6
    assert sweep.intensity is not None
    assert sweep.intensity.tolist() == [7.0, 255.0]


@pytest.mark.parametrize("kind", KINDS)
def test_file_that_is_cut_short_gets_a_sentence(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / kind)
    path.write_bytes(path.read_bytes()[: -30 if kind == "ascii.pcd" else -5])
    with pytest.raises(FormatError, match=kind):
        read_sweep(path)


@pytest.mark.parametrize("kind", KINDS)
def test_more_points_than_allowed_are_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(FormatError, match="at most 1 points"):
        read_sweep(write(tmp_path / kind), max_points=1)


@pytest.mark.parametrize("kind", KINDS)
def test_other_content_gets_a_sentence(tmp_path: Path, kind: str) -> None:
    (tmp_path / kind).write_bytes(b"this is not a point cloud at all, whatever it's called..")
    if kind == "a.bin":
        (tmp_path / kind).write_bytes(b"abc")
    with pytest.raises(FormatError, match=kind):
        read_sweep(tmp_path / kind)


def test_columns_are_taken_by_the_lidars_fields(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(12, dtype=np.float32).reshape(2, 6))
    fields = ("ring", "x", "y", "z", "time_offset_ns", "intensity")
    sweep = read_sweep(tmp_path / "a.npy", fields)
    assert sweep.positions_m.tolist() == [[1, 2, 3], [7, 8, 9]]
    assert sweep.ring is not None
    assert sweep.ring.tolist() == [0, 6]
    assert sweep.time_offset_ns is not None
    assert sweep.time_offset_ns.tolist() == [4, 10]


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((4, 2), dtype=np.float32), "at least 3 columns"),
        (np.zeros(12, dtype=np.float32), "points, columns"),
        (np.zeros((4, 3), dtype="U3"), "numbers"),
    ],
)
def test_array_of_another_shape_gets_a_sentence(
    tmp_path: Path, array: np.ndarray, words: str
) -> None:
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(FormatError, match=words):
        read_sweep(tmp_path / "a.npy")


def test_header_that_is_no_header_gets_a_sentence(tmp_path: Path) -> None:
    np.save(tmp_path / "0.npy", np.zeros((4000, 4), dtype=np.float32))
    content = (tmp_path / "0.npy").read_bytes()
    for spoilt in (b"(9999999", b"(4000, '", b"((((((((", b"[4000, 4", b"(-400, 4"):
        (tmp_path / "1.npy").write_bytes(content.replace(b"(4000, 4", spoilt))
        with pytest.raises(FormatError, match=r"1\.npy"):
            read_sweep(tmp_path / "1.npy")


def test_pickled_array_is_not_believed(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(FormatError, match=r"a\.npy"):
        read_sweep(tmp_path / "a.npy")


def test_columns_after_padding_of_no_size_are_left_out(tmp_path: Path) -> None:
    header = (
        "FIELDS x y z _ intensity _ ring _\nSIZE 4 4 4 1 4 1 2 1\nTYPE F F F U F U U U\n"
        "COUNT 1 1 1 4 1 0 1 6\nWIDTH 1\nHEIGHT 1\nPOINTS 1\nDATA binary\n"
    )
    row = struct.pack("<fff4xfH6x", 1.0, 2.0, 3.0, 9.0, 5)
    (tmp_path / "a.pcd").write_bytes(header.encode() + row + b"stray")
    sweep = read_sweep(tmp_path / "a.pcd")
    assert sweep.positions_m.tolist() == [[1, 2, 3]]
    assert sweep.intensity is not None
    assert sweep.intensity.tolist() == [9]
    assert sweep.ring is None


def test_lzf_back_references_are_followed(tmp_path: Path) -> None:
    # Two literals, then "four bytes from one byte back": a run, as real compressors write it.
    from projection.io.lzf import decompress

    assert decompress(bytes([1]) + b"ab" + bytes([(2 << 5) | 0, 0]), 6) == b"abbbbb"
    assert decompress(bytes([1]) + b"ab" + bytes([(2 << 5) | 0, 9]), 6) is None
    assert decompress(bytes([1]) + b"ab" + bytes([(7 << 5) | 0, 255, 0]), 6) is None
