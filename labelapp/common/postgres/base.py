"""The database backend: Django's own, but for two things that every request pays for.

- Django asks ``SELECT 1`` before a connection's first statement in a request. Here the socket is
  looked at instead: a server that went away has closed it, and that can be read.
- With ``server_side_binding`` no statement may have more values than the protocol counts, and
  Django doesn't split what has: of these few the values go inside the text, as without it.
"""

import select
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import is_psycopg3
from psycopg.pq import ConnStatus, TransactionStatus

assert is_psycopg3  # noqa: S101  requirements.txt says so

#: The protocol counts a statement's values with 16 bits.
_MOST_VALUES = 2**16 - 1


# Both are psycopg's cursors, of which Django's types don't know.
_Beside: Any = base.ServerBindingCursor
_Inside: Any = base.Cursor


class _Cursor(_Beside):  # type: ignore[misc]
    """Sends values beside the statement, as long as they can be counted."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Send a statement."""
        if params is None or len(params) <= _MOST_VALUES:
            return super().execute(query, params, **options)
        text = _Inside(self.connection).mogrify(query, params)
        return super().execute(text, None, **options)


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection."""

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

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor."""
        if name is None:
            return _Cursor(self.connection)
        return super().create_cursor(name)
