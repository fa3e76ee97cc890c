"""A clip folder as a tar file that is never written: any part of it can be read again."""

import csv
import hashlib
import os
import tarfile
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from labelapp.client.errors import ClipFolderError

_BLOCK = tarfile.BLOCKSIZE
#: Tables whose column ``path`` names more files.
_TABLES = ("images.csv", "sweeps.csv")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bytes that follow each other in the tar: some at hand, or a whole file."""

    start: int
    length: int
    content: bytes
    path: Path | None


class FolderTar:
    """The tar file of what a clip folder's format names, always the same bytes.

    Args:
        folder: with ``clip.json``.

    Attributes:
        size: bytes of the tar.
        fingerprint: changes when a file of the folder does (by path, size and time of change).

    Raises:
        ClipFolderError: a file that the folder's tables name is not there, or not inside.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pieces: list[_Piece] = []
        digest = hashlib.sha256()
        at = 0
        for name in sorted(set(_files(folder))):
            path = folder / name
            try:
                stat = path.stat()
            except OSError as error:
                msg = f"{folder}: expected the file {name}, found none ({error.strerror})."
                raise ClipFolderError(msg) from error
            if not path.is_file():
                msg = f"{folder}: {name}: expected a file, found something else."
                raise ClipFolderError(msg)
            digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
            at = self._add(at, _header(name, stat.st_size), None)
            at = self._add(at, b"", path, stat.st_size)
            at = self._add(at, bytes(-stat.st_size % _BLOCK), None)
        at = self._add(at, bytes(2 * _BLOCK), None)
        self.size = at
        self.fingerprint = digest.hexdigest()
        self._starts = [piece.start for piece in self._pieces]

    def _add(self, at: int, content: bytes, path: Path | None, length: int | None = None) -> int:
        size = len(content) if length is None else length
        if size:
            self._pieces.append(_Piece(at, size, content, path))
        return at + size

    def read(self, start: int, length: int) -> bytes:
        """Return bytes of the tar.

        Raises:
            ClipFolderError: a file has another size than before.
        """
        end = min(start + length, self.size)
        found = bytearray()
        place = bisect_right(self._starts, start) - 1
        while start < end:
            piece = self._pieces[place]
            first = start - piece.start
            count = min(piece.length - first, end - start)
            found += self._of_piece(piece, first, count)
            start += count
            place += 1
        return bytes(found)

    def _of_piece(self, piece: _Piece, first: int, count: int) -> bytes:
        if piece.path is None:
            return piece.content[first : first + count]
        with piece.path.open("rb") as file:
            is_same = os.fstat(file.fileno()).st_size == piece.length
            file.seek(first)
            content = file.read(count)
        if not is_same or len(content) != count:
            msg = (
                f"{piece.path}: expected {piece.length:,} bytes as before, found other: it changed."
            )
            raise ClipFolderError(msg)
        return content


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o644
    return info.tobuf(tarfile.GNU_FORMAT)


def _files(folder: Path) -> Iterator[str]:
    """Yield the names of all files that the format knows."""
    if not (folder / "clip.json").is_file():
        msg = f"{folder}: expected a clip folder with a clip.json, found none."
        raise ClipFolderError(msg)
    yield from ("clip.json", "trajectory.csv", "images.csv")
    if (folder / "sweeps.csv").exists():
        yield "sweeps.csv"
    yield from (f"labels/{path.name}" for path in (folder / "labels").glob("*.json"))
    for table in _TABLES:
        if (folder / table).exists():
            yield from _named_in(folder, table)


def _named_in(folder: Path, table: str) -> Iterator[str]:
    try:
        with (folder / table).open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file)
            header = next(rows, [])
            if "path" not in header:
                msg = f"{folder}/{table} line 1: expected a column 'path', found {header[:10]}."
                raise ClipFolderError(msg)
            column = header.index("path")
            for row in rows:
                if len(row) > column and row[column]:
                    yield _inside(folder, f"{table} line {rows.line_num}", row[column])
    except (UnicodeDecodeError, csv.Error) as error:
        msg = f"{folder}/{table}: expected a CSV file in UTF-8, found otherwise ({error})."
        raise ClipFolderError(msg) from error


def _inside(folder: Path, where: str, name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\0" in name:
        msg = f"{folder}/{where}: expected a path inside the folder, found '{name[:100]}'."
        raise ClipFolderError(msg)
    return str(path)
