"""Targets as the formats read them: in order, a little at a time, as often as they like."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from labelapp.datasets.formats.piece_reader import PieceReader
from labelapp.datasets.pieces import StoredPiece, pieces_of_clips, pieces_read
from labelapp.datasets.source import ClipSource, ExportSource
from projection.target_spec import PICTURE_TARGETS, TargetSpec

__all__ = ["Batch", "HeadTables", "PieceReader", "TargetsReader"]

#: So many images, or labels in images, of a clip are read at a time.
_BATCH_IMAGES = 4096
_BATCH_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class HeadTables:
    """What one head has of some images of a clip.

    Attributes:
        name: the head's.
        images: a row for each image.
        targets: a row for each label in each image, in the order of the images: ``label_count`` of
            the images says how many rows are whose.
        reader: the piece that pictures are read from, where the images are of one alone.
    """

    name: str
    images: pa.Table
    targets: pa.Table
    reader: PieceReader | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some images of a clip, camera by camera, by time.

    Attributes:
        clip: which.
        heads: the tables of each head that has some of them.
    """

    clip: ClipSource
    heads: list[HeadTables]


@dataclass(frozen=True, slots=True)
class TargetsReader:
    """All targets of an export, for one head.

    Attributes:
        source: what the export is made from.
        head: the head's name; empty where the spec has no heads.
        number: the head's place among all.
        scratch: a local folder for copies.
        split: whose clips; empty where there are no splits.
        report: what the format can't hold beyond whole labels: a sentence, and how often.
        lost: fields of labels that the format holds otherwise or not at all, and how many labels
            they are lost of: see ``losses.py``.
        digests: SHA-256 of files whose writer knows it, by name.
        check: called now and then; may raise to stop.
    """

    source: ExportSource
    head: str
    number: int
    scratch: Path
    split: str = ""
    report: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    digests: dict[str, str] = field(default_factory=dict)
    check: Callable[[], None] = lambda: None

    @property
    def spec(self) -> TargetSpec:
        """What the head asks for."""
        return self.source.specs.heads[self.number][1]

    def file_name(self, name: str) -> str:
        """Return what a file is called for this split and head."""
        return ".".join(part for part in (self.split, self.head, name) if part)

    def folder_name(self, name: str) -> str:
        """Return what a folder is called that all splits share."""
        return f"{self.head}.{name}" if self.head else name

    def of_split(self, split: str) -> "TargetsReader":
        """Return a reader of another split."""
        return replace(self, split=split)

    def clips(self) -> Iterator[ClipSource]:
        """Yield the split's clips in order."""
        for clip in self.source.clips():
            if self.split in {"", clip.split}:
                yield clip

    def classes(self) -> set[str]:
        """Return the classes that occur in the targets of any split."""
        return {
            name
            for pieces in pieces_of_clips(self.source)
            for name in pieces.index.classes[self.number]
        }

    @property
    def has_pictures(self) -> bool:
        """Whether the pictures come along."""
        return self.source.export.include_images

    def pieces(self) -> Iterator[PieceReader]:
        """Yield the pieces of images that this head has some of: by clip, camera, time."""
        for stored in self.all():
            if not stored.entry.is_ticks and self.number in stored.entry.heads:
                yield PieceReader(stored, self.head)

    def tick_pieces(self) -> Iterator[PieceReader]:
        """Yield this head's pieces of ticks: by clip, time."""
        for stored in self.all():
            if stored.entry.is_ticks and self.number in stored.entry.heads:
                yield PieceReader(stored, self.head)

    def batches(
        self, columns: Collection[str], image_columns: Collection[str]
    ) -> Iterator[tuple[ClipSource, HeadTables]]:
        """Yield many images at a time of this head: by clip, camera, time.

        Args:
            columns: of the labels in images, see ``PieceReader.targets``.
            image_columns: of the images.
        """
        reading = _Reading(self, (self.number,), columns, {"label_count", *image_columns})
        for found in reading.batches():
            if isinstance(found, Batch):
                yield found.clip, found.heads[0]

    def batches_of_heads(self) -> Iterator[Batch | PieceReader]:
        """Yield many images at a time with the tables of all heads, and pieces of ticks."""
        return _Reading(self, range(len(self.source.specs.heads)), None, None).batches()

    def all(self) -> Iterator[StoredPiece]:
        """Yield all pieces of the split, whoever has some of them."""
        for stored in pieces_read(self.source, self.scratch, split=self.split):
            self.check()
            yield stored


class _Reading:
    """Pieces put together to batches.

    Args:
        targets: of which export.
        heads: places of the heads that are wanted.
        columns: of the labels in images; None: all.
        image_columns: of the images; None: all.
    """

    def __init__(
        self,
        targets: TargetsReader,
        heads: Sequence[int],
        columns: Collection[str] | None,
        image_columns: Collection[str] | None,
    ) -> None:
        specs = targets.source.specs.heads
        self._targets = targets
        self._names = {head: specs[head][0] for head in heads}
        self._columns = columns
        self._image_columns = image_columns
        # Pictures are read from the piece while it is open.
        self._is_open = any(specs[head][1].wants(*PICTURE_TARGETS) for head in heads)
        self._readers: dict[int, PieceReader] = {}
        self._tables: dict[int, list[tuple[pa.Table, pa.Table]]] = {}
        self._images = self._rows = 0

    def batches(self) -> Iterator[Batch | PieceReader]:
        """Yield batches of images, and the pieces of ticks between them."""
        clip: ClipSource | None = None
        for stored in self._targets.all():
            if clip is not stored.pieces.clip or stored.entry.is_ticks:
                yield from self._gathered()
            clip = stored.pieces.clip
            heads = [head for head in stored.entry.heads if head in self._names]
            if stored.entry.is_ticks:
                yield from (PieceReader(stored, self._names[head]) for head in heads)
                continue
            for head in heads:
                self._add(head, PieceReader(stored, self._names[head]))
            if self._is_open or self._images >= _BATCH_IMAGES or self._rows >= _BATCH_ROWS:
                yield from self._gathered()
        yield from self._gathered()

    def _add(self, head: int, reader: PieceReader) -> None:
        images = reader.raw_images(self._image_columns)
        targets = reader.raw_targets(self._columns)
        self._readers[head] = reader
        self._tables.setdefault(head, []).append((images, targets))
        self._images += images.num_rows
        self._rows += targets.num_rows

    def _gathered(self) -> Iterator[Batch]:
        """Yield what was read so far, if anything, and forget it."""
        if not self._tables:
            return
        found = []
        for head, tables in sorted(self._tables.items()):
            reader = self._readers[head]
            images, targets = (
                reader.decorated(pa.concat_tables(parts)) for parts in zip(*tables, strict=True)
            )
            whose = reader if self._is_open else None
            found.append(HeadTables(self._names[head], images, targets, whose))
        clip = next(iter(self._readers.values())).clip
        self._tables, self._readers = {}, {}
        self._images = self._rows = 0
        yield Batch(clip, found)
