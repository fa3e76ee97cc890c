"""One piece as the formats read it: its tables, with what only the clip knows."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from labelapp.datasets.piece_tables import table_read
from labelapp.datasets.pieces import ClipPieces, StoredPiece
from projection.batch import chunk_files

if TYPE_CHECKING:
    from labelapp.datasets.projecting import Piece
    from labelapp.datasets.source import ClipSource

#: Columns that come first in every table, in this order, where it has them.
_FIRST = (
    "clip_id", "clip", "camera", "time_ns", "image", "has_picture", "width", "height",
    "label_id", "label_version", "class", "track",
)  # fmt: skip
_LAST = ("attributes", "calibration_hash", "code_version")
#: What the columns that we add are made from.
_NEEDED = ("layer", "label_id", "image", "camera", "time_ns")


@dataclass(frozen=True, slots=True)
class PieceReader:
    """One piece, for one head.

    Attributes:
        stored: which.
        head: the head's name.
    """

    stored: StoredPiece
    head: str

    @property
    def clip(self) -> "ClipSource":
        """Whose it is."""
        return self.stored.pieces.clip

    @property
    def piece(self) -> "Piece":
        """What was projected."""
        return self.stored.pieces.planned[self.stored.number]

    def images(self) -> pa.Table:
        """Return a row for each image; see ``docs/targets.md``."""
        return self.decorated(self.raw_images())

    def targets(self, columns: Collection[str] | None = None) -> pa.Table:
        """Return a row for each label in each image that shows some of it.

        Args:
            columns: those that are wanted, of which it has perhaps not all; others are left unread
                as far as they aren't needed for these. None: all.
        """
        return self.decorated(self.raw_targets(columns))

    def raw_images(self, columns: Collection[str] | None = None) -> pa.Table:
        """Return the same as ``images`` without what only the clip knows."""
        return self._read(chunk_files.IMAGES, columns)

    def raw_targets(self, columns: Collection[str] | None = None) -> pa.Table:
        """Return the same as ``targets`` without what only the clip knows."""
        return self._read(chunk_files.TARGETS, columns)

    def decorated(self, table: pa.Table) -> pa.Table:
        """Return a table of this clip and head with what only the clip knows."""
        for name in chunk_files.PICTURES:
            if name in table.column_names:
                table = _renamed(table, name, partial(_placed, self))
        return _ordered(_of_clip(_of_images(table, self.clip), self.stored.pieces))

    def ticks(self) -> pa.Table:
        """Return a row for each tick."""
        name = f"{self._prefix}{chunk_files.TICKS}/{self.stored.entry.file}"
        with pq.ParquetFile(pa.BufferReader(self.stored.archive.read(name))) as file:
            table = file.read(use_threads=False).replace_schema_metadata(None)
        table = _renamed(table, "raster", partial(_placed, self))
        return _ordered(_of_clip(table, self.stored.pieces))

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield pictures and rasters, with the names that the tables have for them."""
        prefix = self._prefix
        kinds = {*chunk_files.PICTURES.values(), chunk_files.RASTERS}
        for name in self.stored.archive.namelist():
            inside = name.removeprefix(prefix)
            if name.startswith(prefix) and inside.split("/")[0] in kinds:
                yield self.place(inside), self.stored.archive.read(name)

    def place(self, name: str) -> str:
        """Return where a picture of the batch's lies in exports."""
        kind, _, rest = name.partition("/")
        return f"{self._prefix}{kind}/{self.clip.folder}/{rest}"

    @property
    def _prefix(self) -> str:
        return f"{self.head}/" if self.head else ""

    def _read(self, kind: str, columns: Collection[str] | None) -> pa.Table:
        """Read a table, or those of some columns that it has, and what others are made from."""
        content = self.stored.archive.read(f"{self._prefix}{kind}/{self.stored.entry.file}")
        return table_read(content, None if columns is None else {*columns, *_NEEDED})


def _placed(reader: PieceReader, name: str) -> str:
    return reader.place(name)


def _of_images(table: pa.Table, clip: "ClipSource") -> pa.Table:
    """Say of every image where its picture lies, and whether it was kept."""
    paths = table["image"]
    kept = pc.is_valid(paths)
    if paths.null_count:
        rows = zip(
            *(paths.to_pylist(), table["camera"].to_pylist(), table["time_ns"].to_pylist()),
            strict=True,
        )
        found = [path or _path_of(clip, camera, time_ns) for path, camera, time_ns in rows]
        paths = pa.array(found, pa.string())
    place = table.schema.get_field_index("image")
    table = table.set_column(place, pa.field("image", pa.string(), nullable=False), paths)
    return table.append_column(pa.field("has_picture", pa.bool_(), nullable=False), kept)


def _path_of(clip: "ClipSource", camera: str, time_ns: int) -> str:
    number = clip.manifest.camera_number(camera)
    return clip.image_path(number, clip.images_by_time(camera)[time_ns])


def _of_clip(table: pa.Table, pieces: ClipPieces) -> pa.Table:
    clip = pieces.clip.clip
    for name, value in (("clip_id", str(clip.pk)), ("clip", clip.name)):
        column = pa.repeat(pa.scalar(value, pa.string()), table.num_rows)
        table = table.append_column(pa.field(name, pa.string(), nullable=False), column)
    if "label_id" in table.column_names:
        field = pa.field("track", pa.int32(), nullable=False)
        table = table.append_column(field, _tracks(table, pieces))
    return table


def _tracks(table: pa.Table, pieces: ClipPieces) -> pa.Array:
    """Return the numbers of the rows' labels."""
    labels = pieces.index.labels
    keys, known = table["label_id"], [one.label_id for one in labels]
    if len({one.layer for one in labels}) > 1:
        # No text of the database has this character: what comes before it is the layer.
        keys = pc.binary_join_element_wise(table["layer"], keys, "\0")
        known = [f"{one.layer}\0{one.label_id}" for one in labels]
    return pc.index_in(keys, value_set=pa.array(known, pa.string())).cast(pa.int32())


def _renamed(table: pa.Table, column: str, rename: Any) -> pa.Table:
    place = table.schema.get_field_index(column)
    values = [rename(str(value)) for value in table[column].to_pylist()]
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
