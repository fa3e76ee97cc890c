"""What big files need of a storage beyond Django's API: whole or not at all, and folders."""

import contextlib
import errno
import os
import uuid
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage

if TYPE_CHECKING:
    from storages.backends.s3 import S3Storage

    from labelapp.common.http import ByteRange, Readable


class StorageError(RuntimeError):
    """A storage did something else than it was asked to."""


def put_bytes(storage: Storage, name: str, content: bytes) -> None:
    """Store a small file under exactly this name, replacing what is there."""
    if isinstance(storage, FileSystemStorage):
        with _replacing(storage, name) as file:
            file.write(content)
        return
    _save(storage, name, ContentFile(content))


def put_file(storage: Storage, name: str, source: Path, *, lasting: bool = True) -> None:
    """Store a local file under exactly this name; readers see the old one or the whole new one.

    Args:
        storage: where.
        name: the name there.
        source: the file.
        lasting: whether it must be on the disk before it has its name. What isn't may lack its end
            after the machine went down.
    """
    with source.open("rb") as opened:
        if isinstance(storage, FileSystemStorage):
            with _replacing(storage, name, lasting=lasting) as file:
                while chunk := opened.read(1024 * 1024):
                    file.write(chunk)
            return
        _save(storage, name, File(opened))


def move_file(storage: Storage, name: str, source: Path) -> None:
    """Store a local file as ``put_file`` does; afterwards it may be gone from where it was.

    Where the storage is a folder of the same disk nothing is copied.
    """
    if isinstance(storage, FileSystemStorage):
        target = Path(storage.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb+") as file:
            os.fsync(file.fileno())
        try:
            source.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
        else:
            return
    put_file(storage, name, source)


def list_folders(storage: Storage, prefix: str = "") -> list[str]:
    """Return the names of the folders at a place, sorted; none where there is nothing."""
    try:
        return sorted(name for name in storage.listdir(prefix)[0] if name)
    except FileNotFoundError:
        return []


def list_files(storage: Storage, prefix: str) -> list[str]:
    """Return the names of the files at a place, sorted; none where there is nothing."""
    try:
        return sorted(name for name in storage.listdir(prefix)[1] if name)
    except FileNotFoundError:
        return []


def walk(storage: Storage, prefix: str) -> Iterator[str]:
    """Yield the names of all files below a prefix."""
    for name in list_files(storage, prefix):
        yield f"{prefix}/{name}"
    for folder in list_folders(storage, prefix):
        yield from walk(storage, f"{prefix}/{folder}")


def delete_folder(storage: Storage, prefix: str) -> None:
    """Delete everything below a prefix; nothing happens where nothing is."""
    if not prefix.strip("/"):
        msg = "an empty prefix would delete everything"
        raise ValueError(msg)
    for name in list(walk(storage, prefix)):
        storage.delete(name)
    if isinstance(storage, FileSystemStorage):
        _remove_empty_folders(Path(storage.path(prefix)))


def open_part(storage: Storage, name: str, part: "ByteRange") -> "Readable | IO[bytes]":
    """Open a stored file at a range's first byte; S3 is asked for these bytes and no others.

    Raises:
        FileNotFoundError: there is none.
    """
    if not isinstance(storage, FileSystemStorage):
        from storages.backends.s3 import S3Storage  # noqa: PLC0415  a second that only S3 needs

        if isinstance(storage, S3Storage):
            return _s3_part(storage, name, part)
    file = storage.open(name, "rb")
    file.seek(part.first)
    return file


def _s3_part(storage: "S3Storage", name: str, part: "ByteRange") -> "Readable":
    from botocore.exceptions import ClientError  # noqa: PLC0415  loaded with the storage

    # The key as the storage itself makes it of a name.
    key = storage._normalize_name(name)  # noqa: SLF001
    # A range of nothing can't be written; such a file has one byte at most, none of it is read.
    wanted = f"bytes={part.first}-{max(part.last, part.first)}" if part.length > 0 else ""
    try:
        answer = storage.connection.meta.client.get_object(
            Bucket=storage.bucket_name, Key=key, **({"Range": wanted} if wanted else {})
        )
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            msg = f"File does not exist: {name}"
            raise FileNotFoundError(msg) from error
        raise
    body: Readable = answer["Body"]
    return body


def read_all(storage: Storage, name: str) -> bytes:
    """Return a stored file's bytes.

    Raises:
        FileNotFoundError: there is none.
    """
    if isinstance(storage, FileSystemStorage):
        # What Django wraps around a file takes as long as reading a picture.
        return Path(storage.path(name)).read_bytes()
    with storage.open(name, "rb") as file:
        content: bytes = file.read()
    return content


def _save(storage: Storage, name: str, content: "File[bytes]") -> None:
    # Django's contract is to find a free name; ours is to replace. S3 replaces by itself.
    if not getattr(storage, "file_overwrite", False) and storage.exists(name):
        storage.delete(name)
    saved = storage.save(name, content)
    if saved != name:
        storage.delete(saved)
        msg = f"the storage wrote {saved!r} when asked for {name!r}"
        raise StorageError(msg)


@contextlib.contextmanager
def _replacing(
    storage: FileSystemStorage, name: str, *, lasting: bool = True
) -> Iterator[IO[bytes]]:
    """Open a file that takes its name only when it is whole and, if it shall last, on the disk."""
    target = Path(storage.path(name))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{PurePosixPath(name).name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _remove_empty_folders(top: Path) -> None:
    if not top.is_dir():
        return
    for folder, _, _ in sorted(os.walk(top), reverse=True):
        with contextlib.suppress(OSError):  # somebody put a file there just now
            Path(folder).rmdir()
