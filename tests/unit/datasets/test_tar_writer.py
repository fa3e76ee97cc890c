"""Tar files are those that Python's own module writes, byte by byte."""

import hashlib
import io
import tarfile
from pathlib import Path

import pyarrow as pa
import pytest

from labelapp.datasets.formats import tar_writer
from labelapp.datasets.formats.json_columns import TEXT
from labelapp.datasets.formats.tar_writer import TarWriter, tar_entries, tar_header, tar_parts

FILES = {
    "street/front/1000.jpg": b"x" * 700,
    "empty.json": b"",
    "one block": b"y" * 512,
    "Straße/日本.json": "ä".encode() * 300,
    "a" * 100: b"as long as a header's name",
    "b" * 101 + ".json": b"longer",
    "ü" * 60: b"longer in bytes",
}


def by_tarfile(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o644
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize("count", [0, 1, 4, 7])
@pytest.mark.parametrize("buffer_bytes", [1, 2000, 1 << 22])
def test_it_writes_the_bytes_of_tarfile_and_their_hash(
    count: int, buffer_bytes: int, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(tar_writer, "_BUFFER_BYTES", buffer_bytes)
    files = dict(list(FILES.items())[:count])
    path = tmp_path / "out.tar"
    with TarWriter(path) as archive:
        taken = sum(archive.add(tar_parts(*file)) for file in files.items())
        digest = archive.end()
    assert path.read_bytes() == by_tarfile(files)
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert taken == archive.size


@pytest.mark.parametrize("longest", [100, 200])
def test_many_files_at_a_time_are_the_same_bytes(longest: int) -> None:
    files = {name: content for name, content in FILES.items() if len(name.encode()) <= longest}
    names = [*files, "nowhere"]
    contents = [*files.values(), None]
    found = tar_entries(pa.array([name.encode() for name in names], TEXT), pa.array(contents, TEXT))
    assert found.to_pylist() == [*(b"".join(tar_parts(*file)) for file in files.items()), b""]


def test_sizes_that_a_header_has_no_room_for_are_written_as_tarfile_does() -> None:
    info = tarfile.TarInfo("big")
    info.size, info.mode = 8**11, 0o644
    assert tar_header("big", 8**11) == info.tobuf(tarfile.GNU_FORMAT)


def test_what_the_disk_refuses_is_told(tmp_path: Path) -> None:
    with TarWriter(tmp_path / "out.tar") as archive:
        archive._file.close()
        archive.add(tar_parts("a", b"b"))
        with pytest.raises(ValueError, match="closed file"):
            archive.end()
