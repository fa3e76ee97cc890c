"""Pieces in storage: a piece that is there is whole, and is not made again."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from labelapp.common.jobs import FINAL_STATES
from labelapp.common.storage import delete_folder, list_files, put_file
from labelapp.datasets.code_version import code_version
from labelapp.datasets.models import Export
from labelapp.datasets.source import ExportSource, Piece
from labelapp.datasets.storage import export_storage, pieces_prefix
from labelapp.datasets.targets import piece_write


def pieces_make(source: ExportSource, *, progress: Callable[[int], None]) -> None:
    """Make all pieces of an export that are not there yet.

    Args:
        source: what the export is made from.
        progress: told how many images are done; may raise to stop.
    """
    prefix = _prefix(source.export)
    there = set(list_files(export_storage(), prefix))
    done = 0

    def of_piece(count: int) -> None:
        progress(done + count)

    for clip in source.clips():
        for piece in clip.pieces():
            if piece.name not in there:
                _piece_make(piece, prefix, progress=of_piece)
            done += piece.image_count
            progress(done)


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


def _piece_make(piece: Piece, prefix: str, *, progress: Callable[[int], None]) -> None:
    with TemporaryDirectory(prefix="labelapp-piece-") as folder:
        path = Path(folder) / piece.name
        piece_write(piece, path, progress=progress)
        put_file(export_storage(), f"{prefix}/{piece.name}", path)


def _prefix(export: Export) -> str:
    return f"{pieces_prefix(export.pk)}/{code_version()}"
