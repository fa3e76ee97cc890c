"""The database backend: Django's own, but for two things that every request pays for.

- Django asks ``SELECT 1`` before a connection's first statement in a request. Here the socket is
  looked at instead: a server that went away has closed it, and that can be read.
- Within ``preparing()`` statements go to the server with their values beside them and are planned
  once for a connection: ``common.prepared`` sends the statements of every request that way.
"""

import contextlib
import select
from collections.abc import Iterator
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import is_psycopg3
from psycopg.pq import ConnStatus, TransactionStatus

assert is_psycopg3  # noqa: S101  requirements.txt says so


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection."""

    _prepares = False

    def is_usable(self) -> bool:
        """Return whether the server is still there, without asking it."""
        if self.connection is None:
            return False
        pgconn = self.connection.pgconn
        if pgconn.status != ConnStatus.OK:
            return False
        if pgconn.transaction_status != TransactionStatus.IDLE:
            return bool(super().is_usable())
        # Nothing is to come while nothing was asked: a goodbye, the socket's end, or a notice.
        poll = select.poll()
        poll.register(pgconn.socket, select.POLLIN | select.POLLHUP | select.POLLERR)
        return True if not poll.poll(0) else bool(super().is_usable())

    @contextlib.contextmanager
    def preparing(self) -> Iterator[None]:
        """Have statements within planned once for the connection; each text counts as one."""
        before, self._prepares = self._prepares, True
        try:
            yield
        finally:
            self._prepares = before

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor; one that prepares where that is asked for."""
        if name is None and self._prepares:
            return base.ServerBindingCursor(self.connection)  # type: ignore[call-arg]  # a psycopg cursor
        return super().create_cursor(name)
