"""Blocks of a sweep are the sweep."""

from pathlib import Path

import laspy
import numpy as np
import pytest

from projection.io import read_sweep, sweep_blocks
from projection.io.errors import FormatError

POINTS = np.random.default_rng(0).uniform(-50, 50, (2500, 4)).astype(np.float32)


def write_npy(path: Path) -> None:
    np.save(path, POINTS)


def write_bin(path: Path) -> None:
    POINTS.tofile(path)


def write_ply(path: Path) -> None:
    names = "".join(f"property float {name}\n" for name in ("x", "y", "z", "intensity"))
    header = f"ply\nformat binary_little_endian 1.0\nelement vertex 2500\n{names}end_header\n"
    path.write_bytes(header.encode() + POINTS.tobytes())


def write_las(path: Path) -> None:
    header = laspy.LasHeader(point_format=0, version="1.2")
    header.scales = [0.001, 0.001, 0.001]
    cloud = laspy.LasData(header)
    cloud.x, cloud.y, cloud.z = POINTS[:, :3].astype(np.float64).T
    cloud.intensity = np.abs(POINTS[:, 3]).astype(np.uint16)
    cloud.write(path)


WRITERS = {
    "a.npy": write_npy, "a.bin": write_bin, "a.ply": write_ply, "a.las": write_las,
    "a.laz": write_las,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch) -> None:
    monkeypatch.setattr(sweep_blocks, "BLOCK_POINTS", 999)


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_blocks_have_the_same_points_as_the_whole(tmp_path, name: str) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    whole = read_sweep(path)
    found = sweep_blocks.sweep_blocks(path)
    assert found is not None
    assert found.count == len(whole) == 2500
    for _ in range(2):
        parts = list(found.read())
        assert [len(part) for part in parts] == [999, 999, 502]
        assert (np.concatenate([part.positions_m for part in parts]) == whole.positions_m).all()
        intensities = [part.intensity for part in parts]
        assert (np.concatenate(intensities) == whole.intensity).all()


@pytest.mark.parametrize("name", ["a.ply", "a.las"])
def test_a_file_cut_short_is_refused_when_it_is_read(tmp_path, name: str) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    path.write_bytes(path.read_bytes()[:-500])
    found = sweep_blocks.sweep_blocks(path)
    assert found is not None
    with pytest.raises(FormatError):
        list(found.read())


def test_formats_that_must_be_read_whole_have_no_blocks(tmp_path) -> None:
    text = "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
    (tmp_path / "a.ply").write_text(f"{text}property float z\nend_header\n1 2 3\n")
    np.save(tmp_path / "fortran.npy", np.asfortranarray(POINTS))
    for name in ("a.ply", "fortran.npy", "a.pcd", "missing.npy"):
        assert sweep_blocks.sweep_blocks(tmp_path / name) is None


def test_a_file_of_something_else_is_refused(tmp_path) -> None:
    (tmp_path / "a.las").write_bytes(b"no points")
    (tmp_path / "a.npy").write_bytes(b"no points")
    for name in ("a.las", "a.npy"):
        with pytest.raises(FormatError, match=name):
            sweep_blocks.sweep_blocks(tmp_path / name)


def test_columns_that_do_not_fit_the_fields_are_refused(tmp_path) -> None:
    write_npy(tmp_path / "a.npy")
    with pytest.raises(FormatError, match="columns"):
        sweep_blocks.sweep_blocks(tmp_path / "a.npy", ["x", "y", "z"])
