"""Where an export's files lie in ``STORAGES["exports"]``.

::

    <export>/pieces/<code version>/<clip>/<camera>-<first image>.parquet   whole, or not there
    <export>/attempt-<n>/<file>                                            what is downloaded

Each attempt writes its files in a folder of its own and the row names the one that was published,
so that a worker that was taken for dead can't touch them.
"""

import uuid

from django.core.files.storage import Storage, storages


def export_storage() -> Storage:
    """Return the storage of exports."""
    return storages["exports"]


def pieces_prefix(export_id: uuid.UUID) -> str:
    """Return the folder of an export's pieces."""
    return f"{export_id}/pieces"


def files_prefix(export_id: uuid.UUID, attempt: int) -> str:
    """Return the folder of the files that one attempt makes."""
    return f"{export_id}/attempt-{attempt}"
