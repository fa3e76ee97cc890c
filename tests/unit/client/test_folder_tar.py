"""A clip folder as a tar file that is read anywhere."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from labelapp.client.errors import ClipFolderError, api_error
from labelapp.client.tarring import FolderTar


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("clip.json", "trajectory.csv"):
        (tmp_path / name).write_text(name)
    deep = "images/" + "long-" * 40
    (tmp_path / deep).mkdir(parents=True)
    (tmp_path / deep / "1.jpg").write_bytes(os.urandom(5000))
    (tmp_path / "images.csv").write_text(f"camera,time_ns,path\na,1,{deep}/1.jpg\na,2,\n")
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "x.json").write_text("{}")
    (tmp_path / "private.txt").write_text("not of the format")
    return tmp_path


def test_parts_of_any_size_are_one_tar_of_what_the_format_names(folder: Path) -> None:
    tar = FolderTar(folder)
    whole = tar.read(0, tar.size)
    for size in (1000, 512, 4097):
        assert b"".join(tar.read(at, size) for at in range(0, tar.size, size)) == whole
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        names = archive.getnames()
        for name in names:
            member = archive.extractfile(name)
            assert member is not None
            assert member.read() == (folder / name).read_bytes()
    assert len(names) == 5
    assert "private.txt" not in names


def test_a_file_that_changes_changes_the_fingerprint_or_is_refused(folder: Path) -> None:
    tar = FolderTar(folder)
    (folder / "clip.json").write_text("longer than before")
    with pytest.raises(ClipFolderError, match=r"clip\.json: expected 9 bytes as before"):
        tar.read(0, tar.size)
    assert FolderTar(folder).fingerprint != tar.fingerprint


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("camera,time_ns\n", "expected a column 'path'"),
        ("camera,time_ns,path\na,1,../secret\n", r"images.csv line 2: expected a path inside"),
        ("camera,time_ns,path\na,1,gone.jpg\n", "expected the file gone.jpg, found none"),
        ("camera,time_ns,path\na,1,labels\n", "labels: expected a file"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said_before_anything_is_sent(
    folder: Path, table: str, sentence: str
) -> None:
    (folder / "images.csv").write_text(table)
    with pytest.raises(ClipFolderError, match=sentence):
        FolderTar(folder)


def test_answers_of_something_else_than_the_product_are_errors_with_a_sentence() -> None:
    error = api_error(502, "<html>", where="GET http://x/api")
    assert str(error) == (
        "GET http://x/api: expected an answer of labelapp, found status 502 without a sentence."
    )
    body = {"code": "invalid", "message": "No.", "details": {"fields": {"name": ["is taken"]}}}
    assert str(api_error(400, body, where="")) == "No. name: is taken"
