"""Tar files written fast, hashed meanwhile: of nobody, of no time, the same bytes each time."""

import hashlib
import tarfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self

_BLOCK = tarfile.BLOCKSIZE
#: A header's name, size and sum of its bytes: where they begin and how long they are.
_NAME_BYTES = 100
_SIZE_AT, _SIZE_BYTES = 124, 11
_SUM_AT = 148
#: Larger ones are written by ``tarfile`` itself, which knows how.
_MOST_BYTES = 8**_SIZE_BYTES
#: So much is handed to the disk at a time, and so many of these may wait.
_BUFFER_BYTES = 4 * 1024 * 1024
_WAITING = 2


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o644
    return info


#: What all headers have in common, and the sum of its bytes as far as name and size are empty.
_EMPTY = _info("", 0).tobuf(tarfile.GNU_FORMAT)
_BEFORE_SIZE = _EMPTY[_NAME_BYTES:_SIZE_AT]
_AFTER_SIZE = _EMPTY[_SIZE_AT + _SIZE_BYTES : _SUM_AT]
_AFTER_SUM = _EMPTY[_SUM_AT + 8 :]
_COMMON_SUM = sum(_BEFORE_SIZE) + sum(_AFTER_SIZE) + sum(b" " * 8) + sum(_AFTER_SUM)


def tar_header(name: str, size: int) -> bytes:
    """Return what stands before a file's bytes: what ``tarfile`` writes in its GNU format.

    Args:
        name: the file's.
        size: its bytes.
    """
    encoded = name.encode("utf-8")
    if len(encoded) > _NAME_BYTES or size >= _MOST_BYTES:
        return _info(name, size).tobuf(tarfile.GNU_FORMAT)
    digits = b"%011o" % size
    check = b"%06o\0 " % (_COMMON_SUM + sum(encoded) + sum(digits))
    padded = encoded.ljust(_NAME_BYTES, b"\0")
    return padded + _BEFORE_SIZE + digits + _AFTER_SIZE + check + _AFTER_SUM


class TarWriter:
    """One tar file; another thread writes it to the disk and hashes it.

    Args:
        path: where.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._digest = hashlib.sha256()
        self._pool = ThreadPoolExecutor(1, "tar")
        self._pending: list[Future[None]] = []
        self._parts: list[bytes] = []
        self._held = 0
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._file.close()

    def add(self, name: str, content: bytes) -> int:
        """Add a file; returns the bytes that it takes."""
        header, gap = tar_header(name, len(content)), -len(content) % _BLOCK
        self._parts += (header, content, bytes(gap))
        taken = len(header) + len(content) + gap
        self.size += taken
        self._held += taken
        if self._held >= _BUFFER_BYTES:
            self._hand_over()
        return taken

    def end(self) -> str:
        """End the file; returns its SHA-256 when all of it is written."""
        ended = self.size + 2 * _BLOCK
        self._parts.append(bytes(2 * _BLOCK + -ended % tarfile.RECORDSIZE))
        self._hand_over()
        while self._pending:
            self._pending.pop(0).result()
        return self._digest.hexdigest()

    def _hand_over(self) -> None:
        while len(self._pending) >= _WAITING:
            self._pending.pop(0).result()
        self._pending.append(self._pool.submit(self._write, self._parts))
        self._parts, self._held = [], 0

    def _write(self, parts: list[bytes]) -> None:
        block = b"".join(parts)
        self._digest.update(block)
        left = memoryview(block)
        while left:
            left = left[self._file.write(left) :]
