"""JSON in, and bytes."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser


def holds_nul(value: object) -> bool:
    """Return whether a text in a JSON value has U+0000, which PostgreSQL cannot store."""
    stack = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            if "\0" in part:
                return True
        elif isinstance(part, dict):
            stack.extend(part.keys())
            stack.extend(part.values())
        elif isinstance(part, list):
            stack.extend(part)
    return False


class BodyTooBigError(APIException):
    """A body is longer than ``DATA_UPLOAD_MAX_MEMORY_SIZE``."""

    status_code = 413
    default_code = "too_big"
    default_detail = "The body is too big: send less at a time."


class BytesParser(BaseParser):
    """Takes a body as it is, up to the same size."""

    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Return the body, bytes."""
        return _body(stream)


def _body(stream: IO[bytes]) -> bytes:
    longest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    # Django holds its own forms to the limit, but not what others read from the request.
    body = stream.read() if longest is None else stream.read(longest + 1)
    if longest is not None and len(body) > longest:
        raise BodyTooBigError
    return body


class OrjsonParser(BaseParser):
    """Parses JSON strictly: no NaN, no lone surrogates, no U+0000, no bottomless nesting."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Return the parsed body."""
        body = _body(stream)
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            msg = f"The body is not JSON: {error}."
            raise ParseError(msg) from error
        if b"\\u0000" in body and holds_nul(value):
            msg = "The body has a text with the character U+0000, which cannot be stored."
            raise ParseError(msg)
        return value
