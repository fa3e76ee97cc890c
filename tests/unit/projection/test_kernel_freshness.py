"""Compiled kernels are thrown away when a source that is in them has changed, and only then."""

from pathlib import Path

import pytest

from projection.kernels.freshness import drop_stale, sources_hash


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with a kernel, a plain module, constants, and something compiled."""
    package = tmp_path / "package"
    (package / "inner" / "__pycache__").mkdir(parents=True)
    (package / "kernel.py").write_text("@compiled\ndef f(): ...\n")
    (package / "inner" / "plain.py").write_text("A = 1\n")
    (package / "constants.py").write_text("B = 1\n")
    return package


def compiled_in(package: Path) -> Path:
    index = package / "inner" / "__pycache__" / "kernel.f.nbi"
    index.write_bytes(b"compiled")
    return index


@pytest.mark.parametrize(
    ("changed", "is_stale"),
    [("kernel.py", True), ("constants.py", True), ("inner/plain.py", False), (None, False)],
)
def test_what_was_compiled_goes_with_its_sources(
    package: Path, changed: str | None, is_stale: bool
) -> None:
    drop_stale(package, ["constants"])
    index = compiled_in(package)
    if changed is not None:
        path = package / changed
        path.write_text(path.read_text() + "# changed\n")
    drop_stale(package, ["constants"])
    assert index.exists() != is_stale


def test_what_was_compiled_before_anybody_counted_goes(package: Path) -> None:
    index = compiled_in(package)
    drop_stale(package)
    assert not index.exists()


def test_a_file_that_was_moved_is_another_source(package: Path) -> None:
    before = sources_hash(package)
    (package / "kernel.py").rename(package / "inner" / "kernel.py")
    assert sources_hash(package) != before
