"""Rows of tables that are too large for memory, on disk, to be found by a key."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson


class SpilledRows:
    """Rows in a file of its own; whoever made the folder removes it.

    Args:
        folder: Where the file goes.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "rows.sqlite"
        self._tables: set[str] = set()

    def __contains__(self, table: str) -> bool:
        return table in self._tables

    def put(self, table: str, rows: Iterable[tuple[str, int, Any]]) -> None:
        """Write a table: of each row its key, its number and its content, by the numbers.

        What ``rows`` raises is passed on, and the table isn't there.
        """
        with closing(self._open()) as connection, connection:
            connection.execute("CREATE TABLE IF NOT EXISTS rows (name, key, number, content)")
            connection.execute("CREATE INDEX IF NOT EXISTS by_key ON rows (name, key, number)")
            connection.executemany(
                "INSERT INTO rows VALUES (?, ?, ?, ?)",
                ((table, key, number, orjson.dumps(content)) for key, number, content in rows),
            )
        self._tables.add(table)

    def get(self, table: str, keys: Iterable[str]) -> list[tuple[int, Any]]:
        """Return the rows that have one of these keys, by their numbers."""
        found: list[tuple[int, Any]] = []
        asked = "SELECT number, content FROM rows WHERE name = ? AND key = ?"
        with closing(self._open()) as connection:
            for key in keys:
                for number, content in connection.execute(asked, (table, key)):
                    found.append((number, orjson.loads(content)))
        return sorted(found, key=lambda row: row[0])

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path)
        # It is thrown away in any case: nothing need survive a crash.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        return connection
