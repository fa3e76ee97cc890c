"""Serving stored files: validators, byte ranges, caching.

Follows RFC 9110. One range per request; several are answered with the whole file, as the RFC
allows. Works with any storage, since all it needs is a file that can be read and sought.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Literal, Protocol

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import quote_etag

#: For things whose address never means anything else. Private: a shared cache has no permissions.
IMMUTABLE = "private, max-age=31536000, immutable"
#: For things that must be asked for again each time.
REVALIDATE = "private, no-cache"

_CHUNK_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=\s*(?P<first>[0-9]*)-(?P<last>[0-9]*)\s*", re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?("[^"]*")')
#: Longer numbers than any file has bytes are not worth turning into integers.
_MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes ``first`` to ``last``, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.last - self.first + 1


class Readable(Protocol):
    """What a stored file can do."""

    def read(self, num_bytes: int, /) -> bytes:
        """Return up to so many bytes."""
        ...

    def close(self) -> None:
        """Release what it holds."""
        ...


def parse_range(header: str | None, size: int) -> ByteRange | Literal["unsatisfiable"] | None:
    """Return what a ``Range`` header asks for of a file of ``size`` bytes.

    Returns:
        The range, cut to the file; ``"unsatisfiable"`` when it lies outside; None when the whole
        file is to be sent: no header, another unit, several ranges, or nonsense.
    """
    match = _RANGE.fullmatch(header) if header else None
    if match is None:
        return None
    first, last = match["first"], match["last"]
    if (not first and not last) or len(first) > _MAX_DIGITS or len(last) > _MAX_DIGITS:
        return None
    if not first:
        length = min(int(last), size)
        return ByteRange(size - length, size - 1) if length > 0 else "unsatisfiable"
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        return "unsatisfiable"
    return ByteRange(int(first), min(int(last), size - 1) if last else size - 1)


def matches(header: str | None, etag: str) -> bool:
    """Return whether an ``If-None-Match`` header names this entity (compared weakly)."""
    if not header:
        return False
    return header.strip() == "*" or etag in _TAG.findall(header)


def is_fresh(request: HttpRequest, etag: str) -> bool:
    """Return whether the client holds this very version, so that 304 is the answer."""
    return matches(request.headers.get("If-None-Match"), quote_etag(etag))


def not_modified(etag: str, cache_control: str) -> HttpResponse:
    """Return the answer to a client that holds the file already."""
    response = HttpResponse(status=304)
    del response["Content-Type"]
    response["ETag"] = quote_etag(etag)
    response["Cache-Control"] = cache_control
    return response


def file_response(
    request: HttpRequest,
    open_part: Callable[[ByteRange], Readable | IO[bytes]],
    *,
    size: int,
    etag: str,
    content_type: str,
    cache_control: str = IMMUTABLE,
    attachment_name: str = "",
) -> HttpResponseBase:
    """Return a file, a range of it, or what to say instead.

    Args:
        request: a GET or HEAD.
        open_part: opens the stored file at a range's first byte; only called when bytes are sent.
        size: of the file, in bytes.
        etag: names this version of it, without quotes.
        content_type: of the file.
        cache_control: how long it may be kept.
        attachment_name: a name to save it under; plain ASCII without quotes.
    """
    if is_fresh(request, etag):
        return not_modified(etag, cache_control)
    quoted = quote_etag(etag)
    wanted = request.headers.get("Range")
    if_range = request.headers.get("If-Range")
    if if_range is not None and if_range.strip() != quoted:
        wanted = None
    part = parse_range(wanted, size)
    if part == "unsatisfiable":
        response: HttpResponseBase = HttpResponse(status=416, content_type=content_type)
        response["Content-Range"] = f"bytes */{size}"
        response["Accept-Ranges"] = "bytes"
        return response
    sent = part or ByteRange(0, size - 1)
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
    else:
        content = _FilePart(open_part(sent), sent)
        response = StreamingHttpResponse(content, content_type=content_type)
    if part is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    response["Content-Length"] = str(sent.length)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = quoted
    response["Cache-Control"] = cache_control
    response["X-Content-Type-Options"] = "nosniff"
    if attachment_name:
        response["Content-Disposition"] = f'attachment; filename="{attachment_name}"'
    return response


class _FilePart:
    """A part of an open file in chunks; the answer closes it, read to its end or not."""

    def __init__(self, file: Readable | IO[bytes], part: ByteRange) -> None:
        self._file = file
        self._left = part.length

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = self._file.read(min(_CHUNK_BYTES, self._left)) if self._left > 0 else b""
        if not chunk:  # of a file that is too short, the server notices that bytes are missing
            raise StopIteration
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._file.close()
