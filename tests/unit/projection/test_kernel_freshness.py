"""Compiled kernels don't outlive the sources that they were compiled from."""

import subprocess
import sys
from pathlib import Path

import pytest

from projection.kernels import freshness


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one kernel, and what was compiled from it."""
    folder = tmp_path / "package"
    (folder / "kernels" / "__pycache__").mkdir(parents=True)
    (folder / "__pycache__").mkdir()
    (folder / "kernels" / "a.py").write_text("from numba import njit\n")
    (folder / "plain.py").write_text("x = 1\n")
    monkeypatch.setattr(freshness, "_PACKAGE", folder)
    freshness.drop_stale()
    (folder / "kernels" / "__pycache__" / "a.nbi").write_text("compiled")
    return folder


def test_unchanged_sources_keep_what_was_compiled(package: Path) -> None:
    freshness.drop_stale()
    assert (package / "kernels" / "__pycache__" / "a.nbi").exists()


def test_changed_kernel_throws_all_away(package: Path) -> None:
    (package / "kernels" / "a.py").write_text("from numba import njit  # changed\n")
    freshness.drop_stale()
    assert not (package / "kernels" / "__pycache__" / "a.nbi").exists()


def test_changed_file_without_kernels_throws_nothing_away(package: Path) -> None:
    (package / "plain.py").write_text("x = 2\n")
    freshness.drop_stale()
    assert (package / "kernels" / "__pycache__" / "a.nbi").exists()


def test_named_sources_of_another_package_count_too(package: Path) -> None:
    index = package / "kernels" / "__pycache__" / "a.nbi"
    freshness.drop_stale(package, ["plain"])
    index.write_text("compiled")
    freshness.drop_stale(package, ["plain"])
    assert index.exists()
    (package / "plain.py").write_text("x = 3\n")
    freshness.drop_stale(package, ["plain"])
    assert not index.exists()


def test_first_kernel_waits_for_no_fortran_driver() -> None:
    code = (
        "import sys, numpy as np; from projection.kernels.lens import project_points;"
        "project_points(np.ones(96), np.ones((1, 3)), np.ones((1, 2)), np.ones(1, np.uint8));"
        "print('numpy.f2py.crackfortran' in sys.modules, bool(np.f2py.get_include()))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    assert found.stdout.split() == ["False", "True"]


def test_importing_the_projection_loads_no_compiler_and_takes_no_time() -> None:
    code = (
        "import sys, projection;"
        "print(sorted({'numba', 'open3d', 'shapely', 'cv2', 'pyarrow'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "[]"
