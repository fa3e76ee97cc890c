"""Tar files written fast, hashed meanwhile: of nobody, of no time, the same bytes each time."""

import hashlib
import tarfile
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from labelapp.datasets.formats.json_columns import TEXT, Texts, joined
from projection.arrays import Int64Array

#: Bytes of an archive.
Block = bytes | memoryview
_BLOCK = tarfile.BLOCKSIZE
#: A header's name, size and sum of its bytes: where they begin and how long they are.
_NAME_BYTES = 100
_SIZE_AT, _SIZE_BYTES = 124, 11
_SUM_AT = 148
#: Larger ones are written by ``tarfile`` itself, which knows how.
_MOST_BYTES = 8**_SIZE_BYTES
#: So much is hashed and handed to the disk at a time, and so many of these may wait. It should fit
#: into a processor's own cache: four times as much takes twice as long to be written.
_BUFFER_BYTES = 1024 * 1024
_WAITING = 8


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
#: What follows a file up to the next block, by its length.
_GAPS = pa.array([bytes(length) for length in range(_BLOCK)], TEXT)
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


def tar_parts(name: str, content: bytes) -> tuple[bytes, bytes, bytes]:
    """Return a file as it stands in an archive, in parts: nothing is copied."""
    return tar_header(name, len(content)), content, bytes(-len(content) % _BLOCK)


def tar_entries(names: Texts, contents: pa.LargeBinaryArray) -> Texts:
    """Return files as ``tar_parts`` has them, many at a time; nothing where there is no content.

    Args:
        names: (n,) of the files.
        contents: (n,) their bytes; null: there is no file.
    """
    sizes = pc.fill_null(pc.binary_length(contents), 0).to_numpy()
    gaps = _GAPS.take(pa.array(-sizes % _BLOCK))
    found = joined([_headers(names, sizes), pc.fill_null(contents, b""), gaps], len(names))
    if not contents.null_count:
        return found
    return pc.if_else(contents.is_valid(), found, pa.scalar(b"", TEXT))


def _headers(names: Texts, sizes: Int64Array) -> Texts:
    """Return the header of each file: see ``tar_header``."""
    lengths = pc.binary_length(names).to_numpy()
    count, longest = len(lengths), int(lengths.max(initial=0))
    if longest > _NAME_BYTES or int(sizes.max(initial=0)) >= _MOST_BYTES:
        each = zip(names.to_pylist(), sizes.tolist(), strict=True)
        return pa.array([tar_header(name.decode(), size) for name, size in each], TEXT)
    headers = np.tile(np.frombuffer(_EMPTY, dtype=np.uint8), (count, 1))
    padded = names.cast(pa.binary()).to_numpy(zero_copy_only=False).astype(f"S{_NAME_BYTES}")
    headers[:, :_NAME_BYTES] = padded.view(np.uint8).reshape(count, _NAME_BYTES)
    headers[:, _SIZE_AT : _SIZE_AT + _SIZE_BYTES] = _octal(sizes, _SIZE_BYTES)
    headers[:, _SUM_AT : _SUM_AT + 8] = ord(" ")
    sums = headers.sum(axis=1, dtype=np.int64)
    headers[:, _SUM_AT : _SUM_AT + 6] = _octal(sums, 6)
    headers[:, _SUM_AT + 6] = 0
    ends = np.arange(count + 1, dtype=np.int64) * _BLOCK
    return pa.Array.from_buffers(TEXT, count, [None, pa.py_buffer(ends), pa.py_buffer(headers)])


def _octal(values: Int64Array, digits: int) -> Int64Array:
    """Return the characters (n, digits) of numbers (n,) in base 8."""
    shifts = 3 * np.arange(digits - 1, -1, -1)
    return ord("0") + (values[:, None] >> shifts & 7)


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
        self._parts: list[Block] = []
        self._held = 0
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._file.close()

    def add(self, parts: Sequence[Block]) -> int:
        """Add files as they stand in an archive, in parts; returns the bytes that they take."""
        taken = sum(map(len, parts))
        self._parts += parts
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

    def _write(self, parts: list[Block]) -> None:
        block = b"".join(parts)
        self._digest.update(block)
        left = memoryview(block)
        while left:
            left = left[self._file.write(left) :]
