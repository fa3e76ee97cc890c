"""A version's card as files: what was counted, and a page of it that needs nothing else."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from labelapp.common.jobs import JobState
from labelapp.common.storage import put_bytes, read_all
from labelapp.datasets.cards.making import CARD_FILE, card_counted
from labelapp.datasets.cards.page import card_html
from labelapp.datasets.models import DatasetVersion
from labelapp.datasets.selectors import card_of
from labelapp.datasets.storage import card_prefix, export_storage

PAGE_FILE = "card.html"


def card_is_made(version: DatasetVersion) -> bool:
    """Return whether a version's card is there."""
    card = card_of(version)
    return card is not None and card.job.state == JobState.DONE


def card_read(version: DatasetVersion) -> dict[str, Any]:
    """Return what a card says that is there.

    Raises:
        FileNotFoundError: it isn't.
    """
    return dict(orjson.loads(read_all(export_storage(), _stored(version))))


def card_page(
    card: Mapping[str, Any], version: DatasetVersion, *, whole: bool, deprecated: str | None = None
) -> str:
    """Return a card as HTML.

    Args:
        card: what it says.
        version: of which.
        whole: a file of its own; else what goes into another page.
        deprecated: why the version should not be used any more; None: it may be.
    """
    about = {
        "dataset": version.dataset.name,
        "number": version.number,
        "content_hash": version.content_hash,
        "note": version.note,
        "created_at": version.created_at.strftime("%Y-%m-%d %H:%M UTC"),
        "sums": version.sums,
        "deprecated": deprecated,
    }
    return card_html(card, about, whole=whole)


def card_write(
    version: DatasetVersion, folder: Path, pieces: str, progress: Callable[[int], None]
) -> list[str]:
    """Write a version's card into a folder, and return the files' names.

    Whatever becomes of the version later, the bytes are the same: a deprecated one is not exported.

    Args:
        version: of which.
        folder: where to.
        pieces: the folder in the storage of exports for pieces, where the card is not there yet.
        progress: told how many images are done; may raise to stop.
    """
    if card_is_made(version):
        card = card_read(version)
    else:
        card = card_counted(version, pieces, progress)
        put_bytes(export_storage(), _stored(version), orjson.dumps(card))
    indented = orjson.dumps(card, option=orjson.OPT_INDENT_2) + b"\n"
    (folder / CARD_FILE).write_bytes(indented)
    (folder / PAGE_FILE).write_text(card_page(card, version, whole=True), encoding="utf-8")
    return [CARD_FILE, PAGE_FILE]


def _stored(version: DatasetVersion) -> str:
    return f"{card_prefix(version.content_hash)}/{CARD_FILE}"
