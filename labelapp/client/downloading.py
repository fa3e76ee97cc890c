"""Files of exports: copied, gone on with after they broke off, checked."""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from urllib3.exceptions import HTTPError

from labelapp.client.errors import ApiError, ChecksumError, LabelappError, ServerUnavailableError
from labelapp.client.transport import Transport
from labelapp.client.waiting import Progress

_CHUNK = 1024 * 1024
_RANGE_NOT_SATISFIABLE = 416


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of an export.

    Attributes:
        name: its own, without folders.
        size: bytes.
        sha256: of its content, hexadecimal.
        url: where it is.
    """

    name: str
    size: int
    sha256: str
    url: str

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> "RemoteFile":
        """Return what the server's answer says.

        Raises:
            LabelappError: the name could lead out of a folder.
        """
        name = about["name"]
        if not name or name in {".", ".."} or any(sign in name for sign in "/\\\0"):
            msg = f"expected the name of a file, found '{name}'."
            raise LabelappError(msg)
        return cls(name, about["size"], about["sha256"], about["url"])


def download(
    transport: Transport,
    files: Sequence[RemoteFile],
    folder: Path,
    *,
    unpack: bool,
    progress: Progress,
) -> list[Path]:
    """Copy files into a folder; see ``Export.download``."""
    folder.mkdir(parents=True, exist_ok=True)
    total = sum(file.size for file in files)
    done = 0
    paths: list[Path] = []
    for file in files:
        before = done

        def tell(count: int, *, before: int = before, name: str = file.name) -> None:
            progress(name, before + count, total)

        path = folder / file.name
        unpacked = folder / f".{file.name}.unpacked"
        if not (unpack and _is_unpacked(unpacked, file)) and not _is_right(path, file):
            _copy(transport, file, path, tell)
        done += file.size
        tell(file.size)
        if unpack and file.name.endswith(".zip"):
            if path.exists():
                _unpack(path, folder)
                unpacked.write_text(file.sha256)
                path.unlink()
            paths.append(folder)
        else:
            paths.append(path)
    return paths


def _is_right(path: Path, file: RemoteFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size and _sha256(path) == file.sha256


def _is_unpacked(marker: Path, file: RemoteFile) -> bool:
    return marker.is_file() and marker.read_text() == file.sha256


def _copy(transport: Transport, file: RemoteFile, path: Path, tell: Callable[[int], None]) -> None:
    """Copy one file, once more from its start where what came is wrong."""
    # Named by its content: what broke off of another version isn't gone on with.
    partial = path.with_name(f".{file.name}.{file.sha256[:16]}.part")
    for _ in range(2):
        _fetch(transport, file, partial, tell)
        if _is_right(partial, file):
            partial.replace(path)
            return
        partial.unlink(missing_ok=True)
    msg = f"{file.name}: expected the SHA-256 {file.sha256}, found another twice."
    raise ChecksumError(msg)


def _fetch(
    transport: Transport, file: RemoteFile, partial: Path, tell: Callable[[int], None]
) -> None:
    """Bring a partial file to its full size, through connections that break."""
    patience = transport.patience
    problem, attempt = "", 0
    while True:
        there = partial.stat().st_size if partial.exists() else 0
        if there >= file.size:
            if there > file.size:
                partial.unlink()
                continue
            partial.touch()
            return
        try:
            _append(transport, file, partial, tell)
        except (HTTPError, OSError) as error:
            problem = str(error)
        now = partial.stat().st_size if partial.exists() else 0
        # Whoever gets on isn't giving up, however often the line breaks.
        attempt = 0 if now > there else attempt + 1
        if attempt >= patience.tries:
            msg = f"{file.name}: no byte came in {attempt} tries, at last {problem or 'silence'}."
            raise ServerUnavailableError(msg)
        if attempt:
            patience.pause(attempt, None)


def _append(
    transport: Transport, file: RemoteFile, partial: Path, tell: Callable[[int], None]
) -> None:
    there = partial.stat().st_size if partial.exists() else 0
    headers = {"Accept-Encoding": "identity"}
    if there:
        headers |= {"Range": f"bytes={there}-", "If-Range": f'"{file.sha256}"'}
    try:
        response = transport.send("GET", file.url, headers=headers, stream=True)
    except ApiError as error:
        if error.status == _RANGE_NOT_SATISFIABLE:
            partial.unlink(missing_ok=True)
            return
        raise
    try:
        # 200 instead of 206: the whole file comes, from its start.
        with partial.open("ab" if response.status == 206 else "wb") as target:
            count = target.tell()
            for chunk in response.stream(_CHUNK):
                target.write(chunk)
                count += len(chunk)
                tell(min(count, file.size))
                if count > file.size:
                    break
    finally:
        response.close()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(path: Path, folder: Path) -> None:
    """Unpack a zip file; each file gets its name when it is whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    _unpack_one(archive, info, folder)
    except zipfile.BadZipFile as error:
        msg = f"{path}: expected a zip file, found none ({error})."
        raise LabelappError(msg) from error


def _unpack_one(archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path) -> None:
    name = PurePosixPath(info.filename)
    if name.is_absolute() or ".." in name.parts or "\\" in info.filename:
        msg = f"{archive.filename}: expected paths inside, found '{info.filename[:100]}'."
        raise LabelappError(msg)
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.{os.getpid()}")
    with archive.open(info) as source, scratch.open("wb") as file:
        shutil.copyfileobj(source, file, _CHUNK)
    scratch.replace(target)
