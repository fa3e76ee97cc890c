"""A small HTTP/1.1 client on asyncio: one kept connection for each simulated person.

It runs on the cores that it measures, so it does as little as it can: no headers but the needed,
of an answer only the status, the length and the body are looked at.
"""

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


@dataclass
class Person:
    """Somebody with an API token.

    Attributes:
        url: Where the product is.
        token: Of the API.
        keyword: What stands before the token in ``Authorization``.
        times_s: (name of the request, seconds), one for each answer.
        failed: How much was refused or lost, as whoever sends counts it.
    """

    url: str
    token: str
    keyword: str = "Bearer"
    times_s: list[tuple[str, float]] = field(default_factory=list)
    failed: int = 0
    _connection: "_Connection | None" = None

    async def send(
        self, name: str, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any]:
        """Send a request and return status and body; a lost connection raises OSError.

        The body is read from JSON; of an error of the server's it is what it says.
        """
        content = b"" if body is None else orjson.dumps(body)
        started = time.perf_counter()
        try:
            status, answer = await self._exchange(method, path, content, headers)
        except (OSError, ValueError) as error:
            self.close()
            msg = f"{method} {path}: {error}"
            raise OSError(msg) from error
        self.times_s.append((name, time.perf_counter() - started))
        if status >= 500:
            return status, answer.decode(errors="replace")[:500]
        return status, orjson.loads(answer) if answer else None

    def close(self) -> None:
        """Drop the connection."""
        if self._connection is not None:
            self._connection.transport.close()
            self._connection = None

    async def leave(self) -> None:
        """Drop the connection, and wait until it is gone."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.transport.close()
            await connection.gone

    async def _exchange(
        self, method: str, path: str, content: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        # The server ends connections that are idle for a while, as browsers know.
        if self._connection is None or self._connection.gone.done():
            loop = asyncio.get_running_loop()
            _, self._connection = await loop.create_connection(
                _Connection, parts.hostname, parts.port
            )
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Authorization: {self.keyword} {self.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n{lines}\r\n"
        )
        answered, found = await self._connection.asked(head.encode() + content)
        if _CLOSES.search(answered):
            self.close()
        return int(answered[9:12]), found


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport
        self._came = b""
        self._answer: asyncio.Future[tuple[bytes, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    async def asked(self, request: bytes) -> tuple[bytes, bytes]:
        """Send a request and return the answer's head and body."""
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, end, body = self._came.partition(b"\r\n\r\n")
        if not end or self._answer is None or self._answer.done():
            return
        length = _LENGTH.search(head)
        if length is None:
            self._answer.set_exception(ValueError(f"no length in {head[:200]!r}"))
        elif len(body) >= int(length[1]):
            self._came = b""
            self._answer.set_result((head, body))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.gone.done():
            self.gone.set_result(None)
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(OSError(f"the connection ended: {error}"))
