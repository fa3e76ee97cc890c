"""Folders as one file: archives whose bytes depend on what is in them alone."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

#: Zip files hold local times; a fixed one keeps the bytes the same.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_COPY_BYTES = 1024 * 1024


class FolderZip:
    """A folder in a zip file, nothing compressed: most of it is pictures, which are already.

    Args:
        path: of the zip file.
        root: the folder's name; it is unpacked beside what is there.
    """

    def __init__(self, path: Path, root: str) -> None:
        self._archive = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED)
        self._root = root

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def add(self, name: str, content: bytes | str) -> None:
        """Add a file."""
        self._archive.writestr(self._info(name), content)

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """Add a file a little at a time; no other can be added meanwhile."""
        with self._archive.open(self._info(name), "w", force_zip64=True) as file:
            yield file

    def add_file(self, name: str, path: Path) -> None:
        """Add a copy of a local file."""
        with path.open("rb") as file, self.writing(name) as target:
            shutil.copyfileobj(file, target, _COPY_BYTES)

    def _info(self, name: str) -> zipfile.ZipInfo:
        return zipfile.ZipInfo(f"{self._root}/{name}", _ZIP_TIME)
