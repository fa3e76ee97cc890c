"""Where an export's files lie in ``STORAGES["exports"]``.

::

    pieces/<clip>/<what is asked for>/<piece>-<what it was made from>.zip   whole, or not there
    pieces/<clip>/<what is asked for>/index-<what they were made from>.json   when all are there
    cards/<content hash>/card.json                   what a version looks like
    cards/<content hash>/pieces/...                  what it is counted from, while it is being made
    <export>/card/...                                pieces of a card that it makes
    <export>/making-<n>/...                          files being written, where storage is a disk
    <export>/attempt-<n>/<file>                      what is downloaded

Pieces belong to clips, not to exports: the next export of the same clip finds those that nothing
has changed about. Each attempt writes its files in a folder of its own and the row names the one
that was published, so that a worker that was taken for dead can't touch them. What the others left
goes when the export is over: see sweeping.py.
"""

import uuid

from django.core.files.storage import Storage, storages


def export_storage() -> Storage:
    """Return the storage of exports."""
    return storages["exports"]


def pieces_prefix(clip_id: uuid.UUID) -> str:
    """Return the folder of a clip's pieces."""
    return f"pieces/{clip_id}"


def card_prefix(content_hash: str) -> str:
    """Return the folder of the card of versions of some content."""
    return f"cards/{content_hash}"


def card_pieces_prefix(export_id: uuid.UUID) -> str:
    """Return the folder of what an export counts a card from; it goes when that is over."""
    return f"{export_id}/card"


def making_prefix(export_id: uuid.UUID, attempt: int) -> str:
    """Return the folder in which one attempt writes its files, where storage is a disk."""
    return f"{export_id}/making-{attempt}"


def files_prefix(export_id: uuid.UUID, attempt: int) -> str:
    """Return the folder of the files that one attempt makes."""
    return f"{export_id}/attempt-{attempt}"
