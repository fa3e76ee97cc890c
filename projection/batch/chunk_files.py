"""A chunk's files: written whole or not at all, each saying what it was made from.

In a folder of its own for each head, or without heads in the folder itself::

    images/<camera>/<chunk>.parquet             a row for each image
    <picture>s/<camera>/<time_ns>.png           those that are asked for, see ``PICTURE_TARGETS``
    targets/<camera>/<chunk>.parquet            a row for each label in each image; comes last
    rasters/<time_ns>.npz                       of ticks
    ticks/<chunk>.parquet                       a row for each tick; comes last
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from projection.batch.plan import Chunk
from projection.target_spec import PICTURE_TARGETS

TARGETS, IMAGES, TICKS, RASTERS = "targets", "images", "ticks", "rasters"
#: Folders of pictures, by target.
PICTURES = {name: f"{name}s" for name in PICTURE_TARGETS}
_KEY = b"labelapp-inputs"
_MASKS = ("mask_whole", "mask_visible", "semantic.list.element.counts")
#: Of temporary files: what is left of a killed process is found by it.
PARTIAL = ".partial"

#: What a chunk was made from: a hash of each part.
Inputs = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is written, but doesn't have its name yet.

    Attributes:
        partial: Where it is.
        path: Where it will be.
        lasting: Whether it must be on the disk before it has its name; files that are only passed
            on needn't be.
    """

    partial: Path
    path: Path
    lasting: bool

    def publish(self) -> None:
        """Give it its name."""
        if self.lasting:
            with self.partial.open("rb+") as file:
                os.fsync(file.fileno())
        self.partial.replace(self.path)


def inputs_of(folder: Path, chunk: Chunk) -> dict[str, str] | None:
    """What the chunk's files that are there were made from; None: there are none, or broken ones.

    The images' file says the same as the targets', which is written after it.
    """
    found = [table_inputs(folder / kind / chunk.name) for kind in (IMAGES, TARGETS)]
    return found[0] if found[0] == found[1] else None


def table_inputs(path: Path) -> dict[str, str] | None:
    """What a table's file was made from; None: it isn't there, or broken."""
    try:
        metadata = pq.read_schema(path).metadata or {}
        found = json.loads(metadata[_KEY])
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return None
    return found if isinstance(found, dict) else None


def row_count(folder: Path, chunk: Chunk) -> int:
    """Rows of the chunk's targets."""
    return int(pq.read_metadata(folder / TARGETS / chunk.name).num_rows)


def write_chunk(
    folder: Path,
    chunk: Chunk,
    inputs: Inputs,
    targets: pa.Table,
    images: pa.Table,
    *,
    lasting: bool = True,
) -> tuple[Written, ...]:
    """Write a chunk's two tables; they are to be published in this order, the one that counts last.

    Args:
        folder: Of the head.
        chunk: The chunk.
        inputs: What it was made from.
        targets: A row for each label in each image.
        images: A row for each image.
        lasting: See ``Written``.
    """
    return tuple(
        write_table(folder / kind / chunk.name, table, inputs, lasting=lasting)
        for kind, table in ((IMAGES, images), (TARGETS, targets))
    )


def write_table(path: Path, table: pa.Table, inputs: Inputs, *, lasting: bool = True) -> Written:
    """Write a table that says what it was made from; it is still to be published."""
    text = json.dumps(dict(inputs), sort_keys=True, separators=(",", ":")).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    # All that decides about the bytes is said here; threads would write the same ones.
    pq.write_table(
        table.replace_schema_metadata({_KEY: text}),
        partial,
        version="2.6",
        compression="zstd",
        compression_level=1,
        use_dictionary=_repeating(table.schema),
        write_statistics=True,
        row_group_size=1 << 16,
    )
    return Written(partial, path, lasting)


def _repeating(schema: pa.Schema) -> list[str]:
    """Columns whose values come again: neither pixels nor masks do, nor any other measurement."""
    return [
        path
        for field in schema
        for path, kind in _leaves(field.name, field.type)
        if not pa.types.is_floating(kind) and path not in _MASKS
    ]


def _leaves(path: str, kind: pa.DataType) -> list[tuple[str, pa.DataType]]:
    """The columns that a field is kept in: their paths and types."""
    if pa.types.is_list(kind):
        return _leaves(f"{path}.list.element", kind.value_type)
    if pa.types.is_struct(kind):
        return [leaf for part in kind for leaf in _leaves(f"{path}.{part.name}", part.type)]
    return [(path, kind)]


def picture_name(kind: str, chunk: Chunk, time_ns: int) -> str:
    """Path of a picture, below the folder of its head."""
    return f"{PICTURES[kind]}/{chunk.folder}/{time_ns}.png"


def write_bytes(folder: Path, name: str, content: bytes, *, lasting: bool = True) -> str:
    """Write a file; returns its path below the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    partial.write_bytes(content)
    Written(partial, path, lasting).publish()
    return name


def write_json(path: Path, document: object) -> None:
    """Write JSON, whole or not at all."""
    partial = path.with_name(path.name + PARTIAL)
    partial.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    Written(partial, path, lasting=True).publish()
