"""What was sent, as files by their paths: a folder, a zip file, or one file.

Files come from outside: nothing of them is believed, and nothing is unpacked onto the disk. Paths
that lead elsewhere are refused; a file is read only where a format asks for it, and only as far as
was allowed, whatever its archive says of its size.
"""

import csv
import io
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol, Self, cast

import ijson
import orjson

from labelapp.common.checking import Shown
from labelapp.imports.errors import ImportDefectError, defect

#: Of a file that is read at once; what is read row by row may be as long as all together.
MAX_FILE_BYTES = 512 * 1024 * 1024
#: Of all files that are read for one import.
MAX_READ_BYTES = 4 * 1024 * 1024 * 1024
#: KITTI has a file of labels for each image; exports of ours with pictures as many again.
MAX_FILES = 2_000_000
_LONGEST_PATH = 1000
_BLOCK = 1024 * 1024
_HEAD_BYTES = 64 * 1024
_ENCRYPTED = 0x1


class _Store(Protocol):
    """Where files are."""

    def names(self) -> list[str]:
        """Return the paths of all files."""

    def open(self, name: str) -> IO[bytes]:
        """Open a file."""

    def close(self) -> None:
        """Let go of everything."""


class Files:
    """Files by their paths, with ``/`` between their parts; close it when done.

    Args:
        store: Where they are.
        title: What sentences call the whole.
    """

    def __init__(self, store: _Store, title: str) -> None:
        self.title = title
        self._store = store
        self._read_bytes = 0
        self._closing = ExitStack()
        self._closing.callback(store.close)
        names = store.names()
        if len(names) > MAX_FILES:
            raise defect(title, f"at most {MAX_FILES:,} files", Shown(f"{len(names):,}"))
        seen: set[str] = set()
        for name in names:
            _check_path(title, name)
            if name in seen:
                raise defect(title, "each path once", Shown(f"{name} twice"))
            seen.add(name)
        self.names = sorted(seen)

    @classmethod
    def at(cls, path: Path, name: str = "") -> Self:
        """Return what is at a place of this machine.

        Args:
            path: A folder, a zip file, or a single file.
            name: What the file is called, where its path doesn't say.

        Raises:
            ImportDefectError: There is nothing that can be read.
        """
        title = name or path.name
        if path.is_dir():
            return cls(_Folder(path), title)
        if not path.is_file():
            raise defect(title, "a folder or a file", Shown("nothing there"))
        is_zip = zipfile.is_zipfile(path) and not title.endswith((".npz", ".tar"))
        # One that was cut off isn't recognised; it is a broken zip file all the same.
        if is_zip or title.lower().endswith(".zip"):
            return cls(_Zip(path, title), title)
        return cls(_Single(path, PurePosixPath(title).name), title)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def ending(self, *ends: str) -> list[str]:
        """Return the paths that end so, in order."""
        return [name for name in self.names if name.endswith(ends)]

    def named(self, *names: str) -> list[str]:
        """Return the paths of the files that have one of these names, in any folder."""
        return [name for name in self.names if PurePosixPath(name).name in names]

    def __contains__(self, name: str) -> bool:
        return name in self._set

    @property
    def _set(self) -> frozenset[str]:
        if not hasattr(self, "_names"):
            self._names = frozenset(self.names)
        return self._names

    @cached_property
    def scratch(self) -> Path:
        """A folder for what doesn't fit into memory; it goes when this is closed."""
        folder = tempfile.TemporaryDirectory(prefix="labelapp-labels-")
        return Path(self._closing.enter_context(folder))

    @contextmanager
    def open(self, name: str, at_most: int | None = None) -> Iterator[IO[bytes]]:
        """Open a file, to be read from its start to its end.

        Args:
            name: Which.
            at_most: How many bytes it may have; None: as what is read at once.

        Raises:
            ImportDefectError: More comes out of it than may, or it is broken.
        """
        most = MAX_FILE_BYTES if at_most is None else at_most
        try:
            with self._store.open(name) as file:
                yield cast("IO[bytes]", _Bounded(self, name, file, most))  # reads as one
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise defect(name, "a whole file", Shown(f"a broken one ({error})")) from error

    def begins_with(self, name: str, word: bytes) -> bool:
        """Return whether a word is near a file's beginning: what kind it is, read cheaply."""
        with self.open(name) as file:
            return word in file.read(_HEAD_BYTES)

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""
        with self.open(name) as file:
            blocks = []
            while block := file.read(_BLOCK):
                blocks.append(block)
        return b"".join(blocks)

    def text(self, name: str) -> str:
        """Return a file's text, UTF-8."""
        try:
            return self.read(name).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise defect(name, "text in UTF-8", Shown(f"other bytes at {error.start}")) from error

    def json(self, name: str) -> Any:
        """Return a JSON file's content."""
        try:
            return orjson.loads(self.read(name))
        except orjson.JSONDecodeError as error:
            raise defect(name, "JSON", Shown(f"otherwise ({error})")) from error

    def json_rows(self, name: str) -> Iterator[Any]:
        """Yield the entries of a JSON file that is a list, in a memory of one entry.

        Raises:
            ImportDefectError: It is none, or broken from some entry on.
        """
        with self.open(name, MAX_READ_BYTES) as file:
            begin = file.read(_HEAD_BYTES).lstrip()[:1]
        if begin != b"[":
            raise defect(name, "a list of rows", Shown("something else"))
        with self.open(name, MAX_READ_BYTES) as file:
            number = 0
            try:
                for entry in ijson.items(file, "item", use_float=True):
                    yield entry
                    number += 1
            except (ijson.JSONError, UnicodeDecodeError, OverflowError) as error:
                after = f"otherwise after {number:,} rows ({error})"
                raise defect(name, "JSON", Shown(after)) from error

    def csv(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a CSV file with a header."""
        return list(csv.DictReader(io.StringIO(self.text(name))))

    def count(self, name: str, size: int, total: int, at_most: int) -> None:
        """Note that some was read.

        Args:
            name: Of which file.
            size: Bytes just now.
            total: Bytes of this file so far.
            at_most: How many it may have.

        Raises:
            ImportDefectError: It is too much.
        """
        self._read_bytes += size
        if total > at_most:
            raise defect(name, f"at most {at_most:,} bytes in a file of labels", Shown("more"))
        if self._read_bytes > MAX_READ_BYTES:
            raise defect(self.title, f"at most {MAX_READ_BYTES:,} bytes of labels", Shown("more"))


class _Bounded(io.RawIOBase):
    """A file of which no more is read than may be."""

    def __init__(self, files: Files, name: str, file: IO[bytes], at_most: int) -> None:
        self._files = files
        self._at_most = at_most
        self._name = name
        self._file = file
        self._total = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        # One byte more than may be tells a file that is too long.
        content = self._file.read(size if size >= 0 else self._at_most + 1)
        self._total += len(content)
        self._files.count(self._name, len(content), self._total, self._at_most)
        return content

    def readinto(self, buffer: Any) -> int:
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)


class _Folder:
    """A folder of this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return [
            path.relative_to(self._path).as_posix()
            for path in self._path.rglob("*")
            if path.is_file()
        ]

    def open(self, name: str) -> IO[bytes]:
        return (self._path / name).open("rb")

    def close(self) -> None:
        """Nothing is open."""


class _Single:
    """One file of this machine."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name

    def names(self) -> list[str]:
        return [self._name]

    def open(self, name: str) -> IO[bytes]:
        del name
        return self._path.open("rb")

    def close(self) -> None:
        """Nothing is open."""


class _Zip:
    """A zip file."""

    def __init__(self, path: Path, title: str) -> None:
        self._title = title
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise defect(title, "a zip file", Shown(f"a broken one ({error})")) from error

    def names(self) -> list[str]:
        found = []
        for entry in self._archive.infolist():
            if entry.is_dir():
                continue
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                raise defect(
                    self._title, "plain files in it", Shown(f"{entry.filename}: another kind")
                )
            if entry.flag_bits & _ENCRYPTED:
                raise defect(self._title, "files that aren't encrypted", entry.filename)
            found.append(entry.filename)
        return found

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(name)

    def close(self) -> None:
        self._archive.close()


def _check_path(title: str, name: str) -> None:
    path = PurePosixPath(name)
    is_inside = not path.is_absolute() and ".." not in path.parts and "\\" not in name
    if not is_inside or "\0" in name or len(name) > _LONGEST_PATH or ":" in name[:3]:
        raise defect(title, "paths inside the folder", name)


__all__ = ["MAX_FILE_BYTES", "MAX_READ_BYTES", "Files", "ImportDefectError"]
