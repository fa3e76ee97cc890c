"""A chunk's files: written whole or not at all, each saying what it was made from.

::

    images/<camera>/<chunk>.parquet             a row for each image
    id_pictures/<camera>/<time_ns>.png          where asked for
    depth_pictures/<camera>/<time_ns>.png
    targets/<camera>/<chunk>.parquet            a row for each label in each image; comes last
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from projection.batch.plan import Chunk

TARGETS, IMAGES = "targets", "images"
_KEY = b"labelapp-inputs"
#: Of temporary files: what is left of a killed process is found by it.
PARTIAL = ".partial"

#: What a chunk was made from: a hash of each part.
Inputs = Mapping[str, str]


def inputs_of(folder: Path, chunk: Chunk) -> dict[str, str] | None:
    """What the chunk's files that are there were made from; None: there are none, or broken ones.

    The images' file says the same as the targets', which is written after it.
    """
    found = [_inputs(folder / kind / chunk.name) for kind in (IMAGES, TARGETS)]
    return found[0] if found[0] == found[1] else None


def _inputs(path: Path) -> dict[str, str] | None:
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
    folder: Path, chunk: Chunk, inputs: Inputs, targets: pa.Table, images: pa.Table
) -> None:
    """Write a chunk's two tables, the one that counts last."""
    text = json.dumps(dict(inputs), sort_keys=True, separators=(",", ":")).encode()
    for kind, table in ((IMAGES, images), (TARGETS, targets)):
        marked = table.replace_schema_metadata({_KEY: text})
        path = folder / kind / chunk.name
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + PARTIAL)
        # All that decides about the bytes is said here; threads would write the same ones.
        pq.write_table(
            marked,
            partial,
            version="2.6",
            compression="zstd",
            compression_level=3,
            use_dictionary=True,
            write_statistics=True,
            row_group_size=1 << 16,
        )
        _publish(partial, path)


def write_picture(folder: Path, kind: str, chunk: Chunk, time_ns: int, content: bytes) -> str:
    """Write a picture; returns its path below the folder."""
    name = f"{kind}s/{chunk.folder}/{time_ns}.png"
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    partial.write_bytes(content)
    _publish(partial, path)
    return name


def write_json(path: Path, document: object) -> None:
    """Write JSON, whole or not at all."""
    partial = path.with_name(path.name + PARTIAL)
    partial.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    _publish(partial, path)


def _publish(partial: Path, path: Path) -> None:
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    partial.replace(path)
