"""Storing files whole or not at all."""

from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, InMemoryStorage

from labelapp.common.storage import delete_folder, put_bytes, put_file, read_all, walk


@pytest.fixture(params=["disk", "memory"])
def storage(request, tmp_path: Path):
    if request.param == "disk":
        return FileSystemStorage(location=tmp_path / "store")
    return InMemoryStorage()


def test_what_is_put_twice_under_a_name_is_the_second(storage, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"second")
    put_bytes(storage, "a/b.bin", b"first")
    put_file(storage, "a/b.bin", source)
    assert read_all(storage, "a/b.bin") == b"second"
    assert list(walk(storage, "a")) == ["a/b.bin"]


def test_deleting_a_folder_leaves_its_neighbours(storage) -> None:
    for name in ("a/1", "a/deep/2", "ab/3"):
        put_bytes(storage, name, b"x")
    delete_folder(storage, "a")
    assert list(walk(storage, "a")) == []
    assert list(walk(storage, "ab")) == ["ab/3"]


def test_deleting_a_folder_that_is_not_there_does_nothing(storage) -> None:
    delete_folder(storage, "nothing")


def test_deleting_everything_is_refused(storage) -> None:
    with pytest.raises(ValueError, match="empty prefix"):
        delete_folder(storage, "/")


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    storage = FileSystemStorage(location=tmp_path)
    put_bytes(storage, "a.bin", b"whole")
    with pytest.raises(TypeError):
        put_bytes(storage, "a.bin", "not bytes")  # type: ignore[arg-type]
    assert read_all(storage, "a.bin") == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
