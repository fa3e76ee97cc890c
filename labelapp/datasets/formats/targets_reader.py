"""Targets as the formats read them: in order, a little at a time, as often as they like."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from labelapp.datasets.pieces import pieces_read
from labelapp.datasets.projecting import Piece
from labelapp.datasets.source import ClipSource, ExportSource
from projection.batch import chunk_files
from projection.batch.plan import Chunk
from projection.batch.ticks import TickChunk
from projection.target_spec import TargetSpec

if TYPE_CHECKING:
    import zipfile

#: Columns that come first in every table, in this order, where it has them.
_FIRST = (
    "clip_id", "clip", "camera", "time_ns", "image", "has_picture", "width", "height",
    "label_id", "label_version", "class", "track",
)  # fmt: skip
_LAST = ("attributes", "calibration_hash", "code_version")
#: What the columns that we add are made from.
_NEEDED = ("layer", "label_id", "image", "time_ns")


@dataclass(frozen=True, slots=True)
class PieceReader:
    """One piece, for one head.

    Attributes:
        clip: whose.
        piece: which.
        head: the head's name.
        archive: its files.
    """

    clip: ClipSource
    piece: Piece
    head: str
    archive: "zipfile.ZipFile"

    def images(self) -> pa.Table:
        """Return a row for each image; see ``docs/targets.md``."""
        return self._table(chunk_files.IMAGES)

    def times_ns(self) -> list[int]:
        """Return the images' times, in the order of the rows, without reading anything else."""
        times: list[int] = self._column(chunk_files.IMAGES, "time_ns").to_pylist()
        return times

    def targets(self, columns: Collection[str] | None = None) -> pa.Table:
        """Return a row for each label in each image that shows some of it.

        Args:
            columns: those that are wanted, of which it has perhaps not all; others are left unread
                as far as they aren't needed for these. None: all.
        """
        return self._table(chunk_files.TARGETS, columns)

    def classes(self) -> set[str]:
        """Return the classes that occur, without reading anything else."""
        column = self._column(chunk_files.TARGETS, "class")
        return {str(value) for value in column.unique().to_pylist()}

    def ticks(self) -> pa.Table:
        """Return a row for each tick."""
        table = self._read(f"{chunk_files.TICKS}/{self.piece.name}")
        table = _renamed(table, "raster", lambda name: self._place(str(name)))
        return self._of_clip(table)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield pictures and rasters, with the names that the tables have for them."""
        prefix = self._prefix
        kinds = {*chunk_files.PICTURES.values(), chunk_files.RASTERS}
        for name in self.archive.namelist():
            inside = name.removeprefix(prefix)
            if name.startswith(prefix) and inside.split("/")[0] in kinds:
                yield self._place(inside), self.archive.read(name)

    @property
    def _prefix(self) -> str:
        return f"{self.head}/" if self.head else ""

    def _place(self, name: str) -> str:
        """Return where a picture of the batch's lies in exports."""
        kind, _, rest = name.partition("/")
        return f"{self._prefix}{kind}/{self.clip.folder}/{rest}"

    def _read(self, name: str, columns: Collection[str] | None = None) -> pa.Table:
        """Read a table, or those of some columns that it has."""
        content = pa.BufferReader(self.archive.read(f"{self._prefix}{name}"))
        # Not read_table: of small files, opening them as a data set would be most of the work.
        with pq.ParquetFile(content) as file:
            names = None
            if columns is not None:
                names = [name for name in file.schema_arrow.names if name in columns]
            table = file.read(columns=names, use_threads=False)
        return table.replace_schema_metadata(None)

    def _column(self, kind: str, column: str) -> pa.ChunkedArray:
        """Read one column of a table."""
        return self._read(f"{kind}/{self.piece.name}", [column])[column]

    def _table(self, kind: str, columns: Collection[str] | None = None) -> pa.Table:
        read = None if columns is None else {*columns, *_NEEDED}
        table = self._read(f"{kind}/{self.piece.name}", read)
        for name in chunk_files.PICTURES:
            if name in table.column_names:
                table = _renamed(table, name, lambda value: self._place(str(value)))
        return self._of_clip(self._of_images(table))

    def _of_clip(self, table: pa.Table) -> pa.Table:
        clip = self.clip.clip
        for name, value in (("clip_id", str(clip.pk)), ("clip", clip.name)):
            column = pa.array([value] * table.num_rows, pa.string())
            table = table.append_column(pa.field(name, pa.string(), nullable=False), column)
        if "label_id" in table.column_names:
            tracks = self.clip.tracks
            keys = zip(table["layer"].to_pylist(), table["label_id"].to_pylist(), strict=True)
            numbers = [tracks[key] for key in keys]
            field = pa.field("track", pa.int32(), nullable=False)
            table = table.append_column(field, pa.array(numbers, pa.int32()))
        return _ordered(table)

    def _of_images(self, table: pa.Table) -> pa.Table:
        """Say of every image where its picture lies, and whether it was kept."""
        kept = [path is not None for path in table["image"].to_pylist()]
        camera = self.clip.manifest.camera_number(self._camera)
        by_time = self.clip.images_by_time(self._camera)
        paths = [
            self.clip.image_path(camera, by_time[time_ns])
            for time_ns in table["time_ns"].to_pylist()
        ]
        place = table.schema.get_field_index("image")
        field = pa.field("image", pa.string(), nullable=False)
        table = table.set_column(place, field, pa.array(paths, pa.string()))
        field = pa.field("has_picture", pa.bool_(), nullable=False)
        return table.append_column(field, pa.array(kept, pa.bool_()))

    @property
    def _camera(self) -> str:
        if not isinstance(self.piece, Chunk):
            msg = f"{self.piece.name} is of ticks, not of a camera"
            raise TypeError(msg)
        return self.piece.camera.name


def _renamed(table: pa.Table, column: str, rename: Any) -> pa.Table:
    place = table.schema.get_field_index(column)
    values = [rename(value) for value in table[column].to_pylist()]
    return table.set_column(place, table.schema.field(place), pa.array(values, pa.string()))


def _ordered(table: pa.Table) -> pa.Table:
    names = table.column_names
    middle = [name for name in names if name not in (*_FIRST, *_LAST)]
    order = [
        *(name for name in _FIRST if name in names),
        *middle,
        *(name for name in _LAST if name in names),
    ]
    return table.select(order)


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
    """

    source: ExportSource
    head: str
    number: int
    scratch: Path
    split: str = ""
    report: Counter[str] = field(default_factory=Counter)

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

    @property
    def has_pictures(self) -> bool:
        """Whether the pictures come along."""
        return self.source.export.include_images

    def pieces(self) -> Iterator[PieceReader]:
        """Yield the pieces of images that this head has some of: by clip, camera, time."""
        for reader in self._all():
            if isinstance(reader.piece, Chunk) and reader.piece.share(self.number):
                yield reader

    def pieces_of_heads(self) -> Iterator[list[PieceReader]]:
        """Yield all pieces of the split, each read for every head that has some of it."""
        heads = self.source.specs.heads
        for clip, piece, archive in pieces_read(self.source, self.scratch, split=self.split):
            whose = (
                [piece.head]
                if isinstance(piece, TickChunk)
                else [number for number in range(len(heads)) if piece.share(number)]
            )
            yield [PieceReader(clip, piece, heads[number][0], archive) for number in whose]

    def tick_pieces(self) -> Iterator[PieceReader]:
        """Yield this head's pieces of ticks: by clip, time."""
        for reader in self._all():
            if isinstance(reader.piece, TickChunk) and reader.piece.head == self.number:
                yield reader

    def _all(self) -> Iterator[PieceReader]:
        for clip, piece, archive in pieces_read(self.source, self.scratch, split=self.split):
            yield PieceReader(clip, piece, self.head, archive)

    def rows(self, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Yield rows of targets with some of their columns."""
        for reader in self.pieces():
            yield from reader.targets(columns).select(list(columns)).to_pylist()
