"""Pieces in storage: a piece that is there is whole, and is not made again."""

import random
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.storage import FileSystemStorage

from labelapp.common.jobs import FINAL_STATES
from labelapp.common.storage import list_files, put_file
from labelapp.datasets.models import Export
from labelapp.datasets.piece_index import (
    PieceEntry,
    PieceIndex,
    index_name,
    index_read,
    index_write,
)
from labelapp.datasets.piece_tables import table_read
from labelapp.datasets.projecting import ClipProjector, Piece, pieces_of, table_file
from labelapp.datasets.source import ClipSource, ExportSource
from labelapp.datasets.storage import export_storage, pieces_prefix
from projection.batch.chunk_files import TARGETS
from projection.batch.inputs import hash_of
from projection.batch.plan import Chunk
from projection.batch.ticks import TickChunk
from projection.target_spec import TargetSpecs

_COPY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class ClipPieces:
    """The pieces of one clip of an export; what is known of them is read when it is asked for.

    Attributes:
        source: what the export is made from.
        clip: which clip.
    """

    source: ExportSource
    clip: ClipSource

    @cached_property
    def folder(self) -> str:
        """Where they lie for exports that ask for the same."""
        sets = [[part.label_set.layer, part.label_set.source] for part in self.clip.parts]
        about = hash_of([sets, self.source.specs_hash])
        return f"{pieces_prefix(self.clip.clip.pk)}/{about}"

    @cached_property
    def planned(self) -> list[Piece]:
        """What they are, in order."""
        return list(pieces_of(self.clip, self.source.specs))

    @cached_property
    def found(self) -> PieceIndex | None:
        """What is known of them if all of them were made before."""
        return index_read(self._index)

    @cached_property
    def index(self) -> PieceIndex:
        """What is known of them; where somebody took it away, it is found out again."""
        return self.found or self.make(lambda _: None)

    @property
    def _index(self) -> str:
        return f"{self.folder}/{index_name(self.clip, self.source.specs_hash)}"

    @property
    def image_count(self) -> int:
        """How many images and ticks there are."""
        found = self.found
        return found.images if found else sum(len(piece.images) for piece in self.planned)

    @property
    def picture_count(self) -> int:
        """How many of the images were kept."""
        found = self.found
        return found.pictures if found else sum(map(_picture_count, self.planned))

    @property
    def are_there(self) -> bool:
        """Whether all of them are in storage."""
        found = self.found
        if found is None:
            return False
        stored = set(list_files(export_storage(), self.folder))
        return all(piece.stored in stored for piece in found.pieces)

    def make(self, progress: Callable[[int], None]) -> PieceIndex:
        """Make those that are not there, and say what is known of all.

        Args:
            progress: told how many images are done; may raise to stop.
        """
        specs = self.source.specs
        projector, done = ClipProjector(self.clip, specs), 0
        entries: list[PieceEntry] = []
        classes: list[set[str]] = [set() for _ in specs.heads]
        with TemporaryDirectory(prefix="labelapp-piece-") as folder:
            copy = Path(folder) / "piece.zip"
            for piece in self.planned:
                entry = _entry_of(piece, projector.name(piece), specs)
                stored = f"{self.folder}/{entry.stored}"
                of_piece = partial(_progress, progress, done)
                found = piece_ensure(projector, piece, stored, copy, progress=of_piece)
                if found is None:
                    found = _classes_stored(stored, copy, entry, specs)
                if found is None:
                    # Somebody has taken it away meanwhile: who reads it makes it again, too.
                    found = projector.make(piece, copy, progress=of_piece)
                for head, names in found.items():
                    classes[head].update(names)
                done += entry.images
                progress(done)
                entries.append(entry)
        index = PieceIndex(
            entries, [one.outline for one in self.clip.labels], [sorted(one) for one in classes]
        )
        index_write(self._index, index)
        return index

    def remade(self, number: int, path: Path) -> zipfile.ZipFile:
        """Make a piece that somebody has taken away meanwhile, as a local file."""
        ClipProjector(self.clip, self.source.specs).make(
            self.planned[number], path, progress=lambda _: None
        )
        return zipfile.ZipFile(path)

    def keep(self) -> None:
        """Forget those that the index doesn't name: those of earlier labels."""
        names = {piece.stored for piece in self.index.pieces} | {self._index.rpartition("/")[2]}
        for name in list_files(export_storage(), self.folder):
            if name not in names:
                export_storage().delete(f"{self.folder}/{name}")


@dataclass(frozen=True)
class StoredPiece:
    """One piece, open.

    Attributes:
        pieces: all of its clip.
        number: which of them.
        archive: its files.
    """

    pieces: ClipPieces
    number: int
    archive: zipfile.ZipFile

    @property
    def entry(self) -> PieceEntry:
        """What is known of it."""
        return self.pieces.index.pieces[self.number]


def pieces_of_clips(source: ExportSource, *, split: str = "") -> Iterator[ClipPieces]:
    """Yield the pieces of each clip in order; each is forgotten before the next.

    Args:
        source: what the export is made from.
        split: whose clips; empty: all.
    """
    for clip in source.clips():
        if split in {"", clip.split}:
            yield ClipPieces(source, clip)


def pieces_make(source: ExportSource, *, progress: Callable[[int], None]) -> None:
    """Make all pieces of an export that are not there yet, in order.

    Args:
        source: what the export is made from.
        progress: told how many images are done; may raise to stop.
    """
    done = 0
    for pieces in pieces_of_clips(source):
        if pieces.are_there:
            done += pieces.index.images
        else:
            done += pieces.make(partial(_progress, progress, done)).images
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
        of_clip = ClipPieces(source, clips.pop())  # forgotten with its labels when it is done
        if _is_over(source.export):
            return
        if of_clip.are_there:
            continue
        projector = ClipProjector(of_clip.clip, source.specs)
        pieces = list(of_clip.planned)
        chance.shuffle(pieces)
        with TemporaryDirectory(prefix="labelapp-piece-") as folder:
            for piece in pieces:
                if _is_over(source.export):
                    return
                stored, copy = f"{of_clip.folder}/{projector.name(piece)}", Path(folder) / "piece"
                if piece_ensure(projector, piece, stored, copy, progress=of_piece) is not None:
                    done += len(piece.images)


def pieces_read(source: ExportSource, folder: Path, *, split: str = "") -> Iterator[StoredPiece]:
    """Yield all pieces in order, each opened, and closed with the next.

    A piece that somebody has taken away meanwhile is made again.

    Args:
        source: what the export is made from.
        folder: a local one for copies.
        split: whose clips; empty: all.
    """
    copy = folder / "piece.zip"
    for pieces in pieces_of_clips(source, split=split):
        for number, entry in enumerate(pieces.index.pieces):
            archive = piece_open(f"{pieces.folder}/{entry.stored}", copy)
            with archive or pieces.remade(number, copy) as opened:
                yield StoredPiece(pieces, number, opened)


def pieces_keep(source: ExportSource) -> None:
    """Forget the pieces of the export's clips that it has none of: those of earlier labels.

    What is kept is at most one export's worth of each clip, layer, source and spec.
    """
    for pieces in pieces_of_clips(source):
        pieces.keep()


def _is_over(export: Export) -> bool:
    return Export.objects.filter(pk=export.pk, job__state__in=FINAL_STATES).exists()


def piece_ensure(
    projector: ClipProjector,
    piece: Piece,
    stored: str,
    path: Path,
    *,
    progress: Callable[[int], None],
) -> dict[int, set[str]] | None:
    """Make a piece unless it is there; the classes that occur in it by head, None: it was there.

    Args:
        projector: of its clip.
        piece: which.
        stored: its name in storage.
        path: a local one, to make it at.
        progress: told how many images are done; may raise to stop.
    """
    if export_storage().exists(stored):
        return None
    classes = projector.make(piece, path, progress=progress)
    # It needn't outlast the machine: a piece that lacks its end is made again.
    put_file(export_storage(), stored, path, lasting=False)
    return classes


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
        return zipfile.ZipFile(copy)
    except FileNotFoundError:
        return None
    except zipfile.BadZipFile:
        # The machine went down before the file's end was on the disk.
        with suppress(FileNotFoundError):
            storage.delete(stored)
        return None


def _entry_of(piece: Piece, name: str, specs: TargetSpecs) -> PieceEntry:
    heads = (
        [piece.head]
        if isinstance(piece, TickChunk)
        else [head for head in range(len(specs.heads)) if piece.share(head)]
    )
    return PieceEntry(
        stored=name,
        file=table_file(piece),
        heads=heads,
        images=len(piece.images),
        pictures=_picture_count(piece),
        is_ticks=isinstance(piece, TickChunk),
    )


def _picture_count(piece: Piece) -> int:
    images = piece.images if isinstance(piece, Chunk) else ()
    return sum(image.path is not None for image in images)


def _classes_stored(
    stored: str, copy: Path, entry: PieceEntry, specs: TargetSpecs
) -> dict[int, set[str]] | None:
    """Return the classes that occur in a stored piece, by head; None: it is gone."""
    archive = piece_open(stored, copy)
    if archive is None:
        return None
    found: dict[int, set[str]] = {}
    with archive:
        for head in () if entry.is_ticks else entry.heads:
            place = "/".join(part for part in (specs.heads[head][0], TARGETS, entry.file) if part)
            column = table_read(archive.read(place), ["class"])["class"]
            found[head] = set(column.unique().to_pylist())
    return found


def _progress(progress: Callable[[int], None], before: int, count: int) -> None:
    progress(before + count)
