"""Pieces in storage: a piece that is there is whole, and is not made again."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from labelapp.common.jobs import FINAL_STATES
from labelapp.common.storage import delete_folder, put_file
from labelapp.datasets.code_version import code_version
from labelapp.datasets.models import Export
from labelapp.datasets.source import ExportSource, Piece
from labelapp.datasets.storage import export_storage, pieces_prefix
from labelapp.datasets.targets import piece_write


def pieces_make(source: ExportSource, *, progress: Callable[[int], None]) -> None:
    """Make all pieces of an export that are not there yet, in order.

    Args:
        source: what the export is made from.
        progress: told how many images are done; may raise to stop.
    """
    done = 0

    def of_piece(count: int) -> None:
        progress(done + count)

    for clip in source.clips():
        for piece in clip.pieces():
            _piece_ensure(source.export, piece, progress=of_piece)
            done += piece.image_count
            progress(done)


def pieces_help(source: ExportSource, *, helper: int, progress: Callable[[int], None]) -> None:
    """Make pieces that are not there yet, beside the worker that makes them in order.

    Each helper goes through them in an order of its own, so that they seldom meet; nobody waits for
    anybody, and a piece that two make at once is the same twice.

    Args:
        source: what the export is made from.
        helper: a number of this helper's own.
        progress: told how many images this helper did; may raise to stop.
    """
    chance = random.Random(helper)  # noqa: S311  an order, not a secret
    done = 0

    def of_piece(count: int) -> None:
        progress(done + count)

    clips = list(source.clips())
    chance.shuffle(clips)
    while clips:
        pieces = list(clips.pop().pieces())  # forgotten with its labels when it is done
        chance.shuffle(pieces)
        for piece in pieces:
            if _is_over(source.export):
                delete_folder(export_storage(), pieces_prefix(source.export.pk))
                return
            if _piece_ensure(source.export, piece, progress=of_piece):
                done += piece.image_count


def pieces_read(source: ExportSource, folder: Path) -> Iterator[tuple[Piece, pq.ParquetFile]]:
    """Yield all pieces in order, each opened from a local copy that is gone with the next."""
    prefix = _prefix(source.export)
    copy = folder / "piece.parquet"
    for clip in source.clips():
        for piece in clip.pieces():
            with export_storage().open(f"{prefix}/{piece.name}", "rb") as file:
                copy.write_bytes(file.read())
            with pq.ParquetFile(copy) as opened:
                yield piece, opened


def pieces_clear() -> None:
    """Delete the pieces of exports that are over."""
    over = Export.objects.filter(has_pieces=True, job__state__in=FINAL_STATES)
    for export_id in over.values_list("pk", flat=True):
        delete_folder(export_storage(), pieces_prefix(export_id))
        Export.objects.filter(pk=export_id).update(has_pieces=False)


def _is_over(export: Export) -> bool:
    return Export.objects.filter(pk=export.pk, job__state__in=FINAL_STATES).exists()


def _piece_ensure(export: Export, piece: Piece, *, progress: Callable[[int], None]) -> bool:
    """Make a piece unless it is there; whether it was made."""
    name = f"{_prefix(export)}/{piece.name}"
    if export_storage().exists(name):
        return False
    with TemporaryDirectory(prefix="labelapp-piece-") as folder:
        path = Path(folder) / "piece.parquet"
        piece_write(piece, path, progress=progress)
        put_file(export_storage(), name, path)
    return True


def _prefix(export: Export) -> str:
    return f"{pieces_prefix(export.pk)}/{code_version()}"
