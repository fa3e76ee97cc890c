"""Pieces in storage: a piece that is there is whole, and is not made again."""

import random
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from django.core.files.storage import FileSystemStorage

from labelapp.common.jobs import FINAL_STATES
from labelapp.common.storage import list_files, put_bytes, put_file, read_all
from labelapp.datasets.models import Export
from labelapp.datasets.projecting import ClipProjector, Piece, pieces_of
from labelapp.datasets.source import ClipSource, ExportSource
from labelapp.datasets.storage import export_storage, index_prefix, pieces_prefix
from projection.batch.inputs import hash_of

_COPY_BYTES = 1024 * 1024


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
        index = _index_of(source, clip)
        pieces = list(pieces_of(clip, source.specs))
        if not export_storage().exists(index):
            projector, folder = ClipProjector(clip, source.specs), _folder(source, clip)
            names = []
            for piece in pieces:
                names.append(projector.name(piece))
                stored = f"{folder}/{names[-1]}"
                piece_ensure(projector, piece, stored, progress=of_piece)
                done += len(piece.images)
                progress(done)
            put_bytes(export_storage(), index, orjson.dumps(names))
        else:
            done += sum(len(piece.images) for piece in pieces)
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
        clip = clips.pop()  # forgotten with its labels when it is done
        if _is_over(source.export):
            return
        projector, folder = ClipProjector(clip, source.specs), _folder(source, clip)
        pieces = list(pieces_of(clip, source.specs))
        chance.shuffle(pieces)
        for piece in pieces:
            if _is_over(source.export):
                return
            stored = f"{folder}/{projector.name(piece)}"
            if piece_ensure(projector, piece, stored, progress=of_piece):
                done += len(piece.images)


def pieces_read(
    source: ExportSource, folder: Path, *, split: str = ""
) -> Iterator[tuple[ClipSource, Piece, zipfile.ZipFile]]:
    """Yield all pieces in order, each opened, and closed with the next.

    A piece that somebody has taken away meanwhile is made again.

    Args:
        source: what the export is made from.
        folder: a local one for copies.
        split: whose clips; empty: all.
    """
    copy = folder / "piece.zip"
    for clip in source.clips():
        if split not in {"", clip.split}:
            continue
        names: list[str] = orjson.loads(read_all(export_storage(), _index_of(source, clip)))
        stored = _folder(source, clip)
        for piece, name in zip(pieces_of(clip, source.specs), names, strict=True):
            archive = piece_open(f"{stored}/{name}", copy)
            if archive is None:
                ClipProjector(clip, source.specs).make(piece, copy, progress=lambda _: None)
                archive = zipfile.ZipFile(copy)
            with archive:
                yield clip, piece, archive


def pieces_keep(source: ExportSource) -> None:
    """Forget the pieces of the export's clips that it has none of: those of earlier labels.

    What is kept is at most one export's worth of each clip, layer, source and spec.
    """
    for clip in source.clips():
        names = set(orjson.loads(read_all(export_storage(), _index_of(source, clip))))
        folder = _folder(source, clip)
        for name in list_files(export_storage(), folder):
            if name not in names:
                export_storage().delete(f"{folder}/{name}")


def _is_over(export: Export) -> bool:
    return Export.objects.filter(pk=export.pk, job__state__in=FINAL_STATES).exists()


def piece_ensure(
    projector: ClipProjector, piece: Piece, stored: str, *, progress: Callable[[int], None]
) -> bool:
    """Make a piece unless it is there; whether it was made."""
    if export_storage().exists(stored):
        return False
    with TemporaryDirectory(prefix="labelapp-piece-") as folder:
        path = Path(folder) / "piece.zip"
        projector.make(piece, path, progress=progress)
        put_file(export_storage(), stored, path)
    return True


def piece_open(stored: str, copy: Path) -> zipfile.ZipFile | None:
    """Open a stored piece, through a local copy where the storage is elsewhere; None: it is gone.

    Of a file on disk only those parts are read that somebody asks for: tables, seldom pictures.
    """
    storage = export_storage()
    try:
        if isinstance(storage, FileSystemStorage):
            return zipfile.ZipFile(storage.path(stored))
        with storage.open(stored, "rb") as file, copy.open("wb") as target:
            shutil.copyfileobj(file, target, _COPY_BYTES)
    except FileNotFoundError:
        return None
    return zipfile.ZipFile(copy)


def _folder(source: ExportSource, clip: ClipSource) -> str:
    """Return where the pieces of a clip lie for exports that ask for the same."""
    sets = [[part.label_set.layer, part.label_set.source] for part in clip.parts]
    about = hash_of([sets, source.specs.to_dict()])
    return f"{pieces_prefix(clip.clip.pk)}/{about}"


def _index_of(source: ExportSource, clip: ClipSource) -> str:
    return f"{index_prefix(source.export.pk)}/{clip.position:06d}.json"
