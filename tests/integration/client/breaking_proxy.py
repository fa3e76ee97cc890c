"""A line that breaks: TCP in between, cut after so many bytes."""

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit


@dataclass
class BreakingProxy:
    """Forwards connections to a server, and cuts the first ones.

    Attributes:
        target: the server's address.
        cuts: after how many bytes each connection is cut, in the order in which they come; further
            ones are left alone.
        towards: ``server`` counts what is sent, ``client`` what is answered.
    """

    target: str
    cuts: list[int] = field(default_factory=list)
    towards: str = "client"
    broken: int = 0
    _listener: socket.socket = field(default_factory=socket.socket)
    _open: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        parts = urlsplit(self.target)
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection((parts.hostname, parts.port))
            except OSError:
                return
            self._open += [client, server]
            limit = self.cuts.pop(0) if self.cuts else None
            up = limit if self.towards == "server" else None
            down = limit if self.towards == "client" else None
            for source, sink, most in ((client, server, up), (server, client, down)):
                threading.Thread(target=self._copy, args=(source, sink, most), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket, most: int | None) -> None:
        count = 0
        with contextlib.suppress(OSError):
            while content := source.recv(65536):
                if most is not None and count + len(content) > most:
                    sink.sendall(content[: most - count])
                    self.broken += 1
                    break
                count += len(content)
                sink.sendall(content)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
