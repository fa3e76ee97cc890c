"""Writing a clip's files so that a killed import leaves nothing behind for long.

A clip's row is made only after its last file. Until then a marker in ``staging/`` names the folder
being written, and a PostgreSQL advisory lock, which the server drops when its session ends for
whatever reason, says that somebody is still at it. A marker that nobody holds is an import that
died: the next import clears it away. Folders without a marker are never touched, so that an empty
database pointed at a full storage deletes nothing.
"""

import contextlib
import hashlib
import shutil
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection

from labelapp.clips.models import Clip
from labelapp.clips.storage import SPOOLED, STAGING, clip_storage
from labelapp.common.errors import ConflictError
from labelapp.common.storage import delete_folder, list_files, put_bytes


class ImportInterruptedError(ConflictError):
    """The database session that held the import's lock is gone."""

    code = "import_interrupted"


@contextlib.contextmanager
def staging(prefix: str) -> Iterator[None]:
    """Write files below a prefix in the block; they are deleted if it fails.

    The block's last act is to commit the clip's row.
    """
    marker = f"{STAGING}/{prefix}"
    with _lock(prefix):
        put_bytes(clip_storage(), marker, b"")
        try:
            yield
        except BaseException:
            delete_folder(clip_storage(), prefix)
            clip_storage().delete(marker)
            raise
        clip_storage().delete(marker)


def require_staging(prefix: str) -> None:
    """Check, in the transaction that makes the row, that nobody took this import for dead.

    Raises:
        ImportInterruptedError: the database session was lost meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_locks where locktype = 'advisory'"
            " and pid = pg_backend_pid() and classid = %s::bigint::oid and objid = %s::bigint::oid"
            " and objsubid = 1 and granted)",
            _key_halves(prefix),
        )
        if not cursor.fetchone()[0]:
            msg = "The connection to the database broke during the import; nothing was kept."
            raise ImportInterruptedError(msg)


def clear_dead_imports() -> int:
    """Delete what imports that were killed have left in the storage.

    Returns:
        How many there were.
    """
    storage = clip_storage()
    cleared = 0
    for prefix in list_files(storage, STAGING):
        with _lock_if_free(prefix) as is_free:
            if not is_free:
                continue
            # Killed between its commit and the marker's removal, it is a clip like any other.
            if not Clip.objects.filter(storage_prefix=prefix).exists():
                delete_folder(storage, prefix)
                _clear_spooled(prefix)
                cleared += 1
            storage.delete(f"{STAGING}/{prefix}")
    return cleared


def _clear_spooled(prefix: str) -> None:
    """Delete the points of huge sweeps that a dead import had on this machine's disk."""
    for folder in (settings.DATA_DIR / "work").glob(f"{SPOOLED}{prefix}-*"):
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _lock(prefix: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_key(prefix)])
    try:
        yield
    finally:
        _unlock(prefix)


@contextlib.contextmanager
def _lock_if_free(prefix: str) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [_key(prefix)])
        is_free: bool = cursor.fetchone()[0]
    try:
        yield is_free
    finally:
        if is_free:
            _unlock(prefix)


def _unlock(prefix: str) -> None:
    # Without a session there is no lock either; what broke it is being raised already.
    if connection.connection is not None and not connection.needs_rollback:
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [_key(prefix)])


def _key(prefix: str) -> int:
    digest = hashlib.sha256(f"labelapp clip import {prefix}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _key_halves(prefix: str) -> list[int]:
    """Return the key as ``pg_locks`` shows it."""
    key = _key(prefix) % 2**64
    return [key >> 32, key & 0xFFFFFFFF]
