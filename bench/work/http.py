"""A small HTTP/1.1 client on asyncio: one kept connection for each simulated person."""

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Person:
    """Somebody with an API token.

    Attributes:
        url: Where the product is.
        token: Of the API.
        times_s: (name of the request, seconds), one for each answer.
    """

    url: str
    token: str
    times_s: list[tuple[str, float]] = field(default_factory=list)
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(
        self, name: str, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any]:
        """Send a request and return status and body; a lost connection raises OSError."""
        content = b"" if body is None else json.dumps(body).encode()
        started = time.perf_counter()
        try:
            status, answer = await self._exchange(method, path, content, headers)
        except (OSError, asyncio.IncompleteReadError, ValueError, IndexError) as error:
            self.close()
            msg = f"{method} {path}: {error}"
            raise OSError(msg) from error
        self.times_s.append((name, time.perf_counter() - started))
        return status, json.loads(answer) if answer else None

    def close(self) -> None:
        """Drop the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def leave(self) -> None:
        """Drop the connection, and wait until it is gone."""
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].close()
            with contextlib.suppress(OSError):
                await streams[1].wait_closed()

    async def _exchange(
        self, method: str, path: str, content: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        if self._streams is not None and self._streams[0].at_eof():
            self.close()  # the server ends connections that are idle for a while, as browsers know
        if self._streams is None:
            self._streams = await asyncio.open_connection(parts.hostname, parts.port)
        reader, writer = self._streams
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {parts.netloc}",
            f"Authorization: Bearer {self.token}",
            "Content-Type: application/json",
            f"Content-Length: {len(content)}",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        found = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:])
        }
        if found.get("transfer-encoding") == "chunked":
            answer = b""
            while size := int(await reader.readline(), 16):
                answer += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
        else:
            answer = await reader.readexactly(int(found.get("content-length", "0")))
        if found.get("connection", "").lower() == "close":
            self.close()
        return status, answer
