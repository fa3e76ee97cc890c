"""Files of labels from outside: nothing of them is believed."""

import io
import json
import stat
import zipfile
from pathlib import Path

import pytest

from labelapp.imports import files as module
from labelapp.imports.errors import ImportDefectError
from labelapp.imports.files import Files
from labelapp.imports.spilling import SpilledRows


def zip_of(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes], kind: int = 8) -> Path:
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def test_a_zip_file_and_a_folder_read_the_same(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "a.json").write_bytes(b'{"a": 1}')
    path = zip_of(tmp_path / "in.zip", ("deep/a.json", b'{"a": 1}'), ("deep/", b""))
    for place in (tmp_path / "in", path):
        with Files.at(place) as files:
            assert files.names == ["deep/a.json"]
            assert files.json("deep/a.json") == {"a": 1}
            assert "deep/a.json" in files
            assert files.named("a.json") == files.ending(".json") == files.names


@pytest.mark.parametrize(
    "name", ["../out.json", "/etc/passwd", "a/../../b.json", "a\\..\\b", "C:/a.json", "x" * 1001]
)
def test_paths_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    path = zip_of(tmp_path / "labels.zip", (name, b"{}"))
    with pytest.raises(ImportDefectError, match=r"labels\.zip: expected paths inside the folder"):
        Files.at(path)


def test_links_and_encrypted_files_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(ImportDefectError, match=r"plain files.*link\.json: another kind"):
        Files.at(zip_of(tmp_path / "links.zip", (link, b"/etc/passwd")))
    path = zip_of(tmp_path / "secret.zip", ("a.json", b"{}"))
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + place] |= 1
    path.write_bytes(content)
    with pytest.raises(ImportDefectError, match=r"aren't encrypted.*a\.json"):
        Files.at(path)


def test_a_bomb_is_read_no_further_than_it_may(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 100_000)
    path = zip_of(tmp_path / "bomb.zip", ("a.json", bytes(5_000_000)))
    assert path.stat().st_size < 20_000
    with Files.at(path) as files, pytest.raises(ImportDefectError, match="at most 100,000 bytes"):
        files.read("a.json")
    # Many small ones are one large one.
    monkeypatch.setattr(module, "MAX_READ_BYTES", 150_000)
    path = zip_of(tmp_path / "many.zip", *((f"{n}.json", bytes(60_000)) for n in range(9)))
    with Files.at(path) as files:
        files.read("0.json")
        files.read("1.json")
        with pytest.raises(ImportDefectError, match="at most 150,000 bytes of labels"):
            files.read("2.json")


def test_a_list_of_rows_is_read_row_by_row_and_may_be_longer(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 100_000)
    rows = [{"token": f"t{n}", "x": [0.1 * n, n, None, True, "ä"]} for n in range(20_000)]
    path = zip_of(tmp_path / "long.zip", ("a.json", json.dumps(rows).encode()))
    with Files.at(path) as files:
        with pytest.raises(ImportDefectError, match="at most 100,000 bytes"):
            files.json("a.json")
        assert list(files.json_rows("a.json")) == rows
    monkeypatch.setattr(module, "MAX_READ_BYTES", 300_000)
    with Files.at(path) as files, pytest.raises(ImportDefectError, match="at most 300,000 bytes"):
        list(files.json_rows("a.json"))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b'[{"a": 1}, {"a": 2', r"JSON, found otherwise after 1 rows"),
        (b"[1, 2, nothing]", r"JSON, found otherwise after 2 rows"),
        (b'{"item": [1]}', "a list of rows, found something else"),
        (b"", "a list of rows, found something else"),
        (b"[1e999999, 99999999999999999999999999999]", r"JSON, found otherwise after \d rows"),
        (b'["\xff"]', r"JSON, found otherwise after 0 rows"),
    ],
)
def test_a_list_of_rows_that_breaks_off_is_told(tmp_path: Path, content: bytes, found: str) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with Files.at(tmp_path) as files, pytest.raises(ImportDefectError, match=found):
        list(files.json_rows("a.json"))


def test_what_was_put_aside_goes_with_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"[]")
    with Files.at(tmp_path) as files:
        spilled = SpilledRows(files.scratch)
        rows = [("b", 0, {"n": 0}), ("a", 1, {"n": 1}), ("b", 2, {"n": 2})]
        spilled.put("one", rows)
        spilled.put("two", [("b", 0, {"n": 3})])
        assert spilled.get("one", ["b", "c"]) == [(0, {"n": 0}), (2, {"n": 2})]
        assert spilled.get("two", ["b"]) == [(0, {"n": 3})]
        assert "three" not in spilled
        folder = files.scratch
        assert list(folder.iterdir())
    assert not folder.exists()


def test_what_a_zip_file_says_of_its_sizes_is_not_believed(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "liar.zip", ("a.json", b"x" * 1000))
    content = path.read_bytes()
    size = (1000).to_bytes(4, "little")
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, (10).to_bytes(4, "little")))
    with Files.at(path) as files, pytest.raises(ImportDefectError, match="expected a whole file"):
        files.read("a.json")


def test_a_path_twice_and_too_many_files_are_refused(tmp_path: Path, monkeypatch) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = zip_of(tmp_path / "twice.zip", ("a.json", b"1"), ("a.json", b"2"))
    with pytest.raises(ImportDefectError, match="each path once"):
        Files.at(path)
    monkeypatch.setattr(module, "MAX_FILES", 1)
    with pytest.raises(ImportDefectError, match="at most 1 files"):
        Files.at(zip_of(tmp_path / "two.zip", ("a.json", b"1"), ("b.json", b"2")))


def test_a_broken_zip_file_is_told(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b'{"some": "json that is long enough to be packed"}' * 20)
    content = bytearray(buffer.getvalue())
    content[45:60] = bytes(15)
    path = tmp_path / "broken.zip"
    path.write_bytes(content)
    with Files.at(path) as files, pytest.raises(ImportDefectError, match=r"a\.json: expected"):
        files.json("a.json")


def test_a_zip_file_that_was_cut_off_is_said_to_be_broken(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "labels.zip", ("a.json", b'{"a": 1}'))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ImportDefectError, match=r"labels\.zip: expected a zip file, found a"):
        Files.at(path)
