"""Tar files from outside: what is taken, and what is refused with nothing written outside."""

import io
import tarfile
import uuid
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage

from labelapp.clips import uploads
from labelapp.clips.errors import ClipFolderError


def tar_of(*members: tuple[tarfile.TarInfo, bytes], **options) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", **options) as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def member(name: str, content: bytes = b"{}", **fields) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


@pytest.fixture
def unpacked(monkeypatch, tmp_path: Path):
    """Stores a tar in parts of 1000 bytes, and unpacks it."""
    storage = InMemoryStorage()
    monkeypatch.setattr(uploads, "clip_storage", lambda: storage)
    monkeypatch.setattr(uploads, "PART_BYTES", 1000)

    def run(content: bytes) -> Path:
        upload_id = uuid.uuid4()
        for number in range(uploads.part_count(len(content))):
            part = content[number * 1000 : (number + 1) * 1000]
            storage.save(uploads.part_name(upload_id, number), ContentFile(part))
        folder = tmp_path / "inside"
        folder.mkdir(exist_ok=True)
        return uploads.unpack(upload_id, len(content), folder, lambda _: None)

    return run


@pytest.mark.parametrize("prefix", ["", "./", "street/", "./street/"])
def test_a_clip_folder_is_found_at_the_root_or_in_the_one_folder(unpacked, prefix: str) -> None:
    long = bytes(range(256)) * 20
    folder = unpacked(
        tar_of(member(f"{prefix}clip.json"), member(f"{prefix}images/front/1.jpg", long))
    )
    assert (folder / "clip.json").read_bytes() == b"{}"
    assert (folder / "images" / "front" / "1.jpg").read_bytes() == long


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (member("../evil"), "inside the folder"),
        (member("/etc/evil"), "inside the folder"),
        (member("a/../../evil"), "inside the folder"),
        (member("a\\..\\evil"), "inside the folder"),
        (member("x" * 2000), "inside the folder"),
        (member("link", b"", type=tarfile.SYMTYPE, linkname="/etc"), "plain file"),
        (member("link", b"", type=tarfile.LNKTYPE, linkname="clip.json"), "plain file"),
        (member("pipe", b"", type=tarfile.FIFOTYPE), "plain file"),
        (member("device", b"", type=tarfile.CHRTYPE), "plain file"),
        (member("clip.json"), "each path once"),
        (member("clip.json/below"), "each path once"),
    ],
)
def test_what_could_do_harm_is_refused(unpacked, tmp_path: Path, bad, sentence: str) -> None:
    with pytest.raises(ClipFolderError, match=sentence):
        unpacked(tar_of(member("clip.json"), bad, format=tarfile.PAX_FORMAT))
    assert [entry.name for entry in tmp_path.iterdir()] == ["inside"]


@pytest.mark.parametrize("content", [b"no tar at all" * 100, b"\0" * 700, b"x"])
def test_what_is_no_tar_of_a_clip_folder_is_refused(unpacked, content: bytes) -> None:
    with pytest.raises(ClipFolderError, match="upload: expected"):
        unpacked(content)


def test_a_tar_that_is_cut_off_is_refused(unpacked) -> None:
    whole = tar_of(member("clip.json"), member("a", bytes(5000)))
    with pytest.raises(ClipFolderError, match="upload: expected"):
        unpacked(whole[:3000])


def test_a_sparse_file_does_not_become_more_than_was_sent(unpacked) -> None:
    info, _ = member("clip.json", b"")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.realsize": str(1 << 40)}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info, io.BytesIO(b""))
    with pytest.raises(ClipFolderError, match=r"upload: expected|plain file"):
        unpacked(buffer.getvalue())
