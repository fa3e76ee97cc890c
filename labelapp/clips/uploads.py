"""Parts of a tar file in storage, and the folder that is in it.

The tar comes from outside: nothing in it is believed. Only plain files and folders are taken, with
paths that stay inside, no more bytes than were announced, no more files than a clip may have.
Plain tar, so that nothing unpacks to more than was sent.
"""

import hashlib
import io
import shutil
import tarfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from labelapp.clips.errors import ClipFolderError
from labelapp.clips.storage import UPLOADS, clip_storage
from labelapp.common.errors import InvalidError
from labelapp.common.storage import list_files, put_bytes

#: A part has this many bytes, the last one what is left.
PART_BYTES = 16 * 1024 * 1024
#: A clip of eight cameras at 36 Hz and five minutes has 90,000 files.
MAX_FILES = 1_000_000
MAX_BYTES = 1 << 40
_LONGEST_PATH = 1000
_CLIP_FILE = "clip.json"


def parts_prefix(upload_id: uuid.UUID) -> str:
    """Return the folder of an upload's parts."""
    return f"{UPLOADS}/{upload_id}"


def part_name(upload_id: uuid.UUID, number: int) -> str:
    """Return where a part lies."""
    return f"{parts_prefix(upload_id)}/{number:06d}"


def part_count(size: int) -> int:
    """Return how many parts a file of so many bytes has."""
    return -(-size // PART_BYTES)


def part_size(size: int, number: int) -> int:
    """Return how many bytes a part has."""
    return min(PART_BYTES, size - number * PART_BYTES)


def parts_there(upload_id: uuid.UUID) -> list[int]:
    """Return the numbers of the parts that have come, in order."""
    return sorted(int(name) for name in list_files(clip_storage(), parts_prefix(upload_id)))


def missing_parts(upload_id: uuid.UUID, size: int) -> list[int]:
    """Return the numbers of the parts that have not come, in order."""
    return sorted(set(range(part_count(size))) - set(parts_there(upload_id)))


def keep_part(
    upload_id: uuid.UUID, size: int, number: int, content: bytes, sha256: str | None
) -> None:
    """Keep a part; sent again, it takes the place of the one before.

    Args:
        upload_id: whose part.
        size: bytes of the whole file.
        number: which part, from 0.
        content: all of it.
        sha256: of the content, hexadecimal, as the sender counted it; None: not counted.

    Raises:
        InvalidError: there is no such part, or it has other bytes.
    """
    count = part_count(size)
    if not 0 <= number < count:
        msg = f"part: expected 0 to {count - 1}, found {number}."
        raise InvalidError(msg, details={"fields": {"part": [msg]}})
    expected = part_size(size, number)
    if len(content) != expected:
        msg = f"part {number}: expected {expected:,} bytes, found {len(content):,}."
        raise InvalidError(msg, details={"fields": {"part": [msg]}})
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256.lower():
        msg = f"part {number}: expected the SHA-256 {sha256[:64]}, found another: send it again."
        raise InvalidError(msg, details={"fields": {"part": [msg]}})
    put_bytes(clip_storage(), part_name(upload_id, number), content)


class _Parts(io.RawIOBase):
    """All parts, one after the other, as one file that is read once."""

    def __init__(self, upload_id: uuid.UUID, count: int) -> None:
        self._contents = self._open(upload_id, count)
        self._part: io.BytesIO = io.BytesIO()

    @staticmethod
    def _open(upload_id: uuid.UUID, count: int) -> Iterator[io.BytesIO]:
        for number in range(count):
            with clip_storage().open(part_name(upload_id, number), "rb") as file:
                yield io.BytesIO(file.read())

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer
        while not (read := self._part.readinto(buffer)):
            part = next(self._contents, None)
            if part is None:
                return 0
            self._part = part
        return read


def unpack(upload_id: uuid.UUID, size: int, folder: Path, progress: Callable[[int], None]) -> Path:
    """Write what is in an upload's tar into a folder, and return the clip folder in it.

    Args:
        upload_id: whose parts.
        size: bytes of the tar.
        folder: an empty one.
        progress: told how many bytes are written; may raise to stop.

    Raises:
        ClipFolderError: it is no tar of a clip folder, or one that could do harm.
    """
    reader = io.BufferedReader(_Parts(upload_id, part_count(size)), PART_BYTES)
    written = count = 0
    try:
        with tarfile.open(fileobj=reader, mode="r|") as archive:
            for member in archive:
                count += 1
                if count > MAX_FILES:
                    raise _refused(f"expected at most {MAX_FILES:,} files, found more")
                target = folder / _checked_path(member)
                if member.isdir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                written += member.size
                if written > size:
                    raise _refused(f"expected at most {size:,} bytes in it, found more")
                _write(archive, member, target)
                progress(written)
    except tarfile.TarError as error:
        raise _refused(f"expected a tar file, found otherwise ({error})") from error
    return _clip_folder(folder)


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = archive.extractfile(member)
    if source is None:
        raise _refused(f"{member.name}: expected a file, found nothing")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            shutil.copyfileobj(source, file, 1024 * 1024)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise _refused(f"{member.name}: expected each path once, found it again") from error


def _checked_path(member: tarfile.TarInfo) -> PurePosixPath:
    name = member.name
    if not (member.isreg() or member.isdir()):
        raise _refused(f"{name[:100]}: expected a plain file or folder, found another kind")
    path = PurePosixPath(name)
    parts = [part for part in path.parts if part != "."]
    is_inside = not path.is_absolute() and ".." not in parts and "\\" not in name
    if not is_inside or "\0" in name or len(name) > _LONGEST_PATH:
        raise _refused(f"{name[:100]}: expected a path inside the folder")
    return PurePosixPath(*parts)


def _clip_folder(folder: Path) -> Path:
    """Return the folder with ``clip.json``: the tar's root, or the one folder in it."""
    if (folder / _CLIP_FILE).is_file():
        return folder
    inside = [entry for entry in folder.iterdir() if entry.is_dir()]
    if len(inside) == 1 and (inside[0] / _CLIP_FILE).is_file():
        return inside[0]
    raise _refused(f"expected {_CLIP_FILE} at its root or in its one folder, found none")


def _refused(sentence: str) -> ClipFolderError:
    msg = f"upload: {sentence}."
    return ClipFolderError(msg, details={"defects": [msg]})
