"""Parquet files of all targets, with everything that is known of each; and the pictures to them.

Beside them, the labels themselves, whole.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from labelapp.datasets.formats.targets_reader import PieceReader, TargetsReader
from projection.target_spec import IMAGE_TARGETS, PICTURE_TARGETS

FILE = "targets.parquet"
LABELS_FILE = "labels.parquet"
IMAGES_FILE = "images.parquet"
TICKS_FILE = "ticks.parquet"
PICTURES_FILE = "pictures.zip"
RASTERS_FILE = "rasters.zip"
#: Zip files hold local times; a fixed one keeps the bytes the same.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_LABELS = pa.schema(
    [
        *((name, pa.string()) for name in ("clip_id", "clip", "layer", "label_id")),
        ("label_version", pa.int64()),
        *((name, pa.string()) for name in ("class", "label_class", "geometry", "label")),
    ]
)


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write what the head asks for: tables of targets, of images, of ticks, and their pictures.

    And a table of the labels that these are of, as in ``labelapp-labels/1``.
    """
    spec, names = targets.spec, [_write_labels(targets, folder)]
    if spec.has_images:
        names.append(_write_tables(targets, folder / targets.file_name(FILE), "targets"))
        if spec.wants(*IMAGE_TARGETS):
            names.append(_write_tables(targets, folder / targets.file_name(IMAGES_FILE), "images"))
        if spec.wants(*PICTURE_TARGETS):
            path = folder / targets.file_name(PICTURES_FILE)
            names.append(_write_files(targets.pieces(), path))
    if spec.has_ticks:
        names.append(_write_tables(targets, folder / targets.file_name(TICKS_FILE), "ticks"))
        path = folder / targets.file_name(RASTERS_FILE)
        names.append(_write_files(targets.tick_pieces(), path))
    return names


def _write_labels(targets: TargetsReader, folder: Path) -> str:
    """Write the labels that the head takes, a clip at a time."""
    path = folder / targets.file_name(LABELS_FILE)
    with pq.ParquetWriter(path, _LABELS, compression="zstd", version="2.6") as writer:
        for clip in targets.clips():
            rows = []
            for versioned in clip.labels:
                label = versioned.label
                name = targets.spec.class_of_label(label, versioned.layer)
                if name is None:
                    continue
                rows.append(
                    {
                        "clip_id": str(clip.clip.pk),
                        "clip": clip.clip.name,
                        "layer": versioned.layer,
                        "label_id": label.id,
                        "label_version": versioned.version,
                        "class": name,
                        "label_class": label.class_name,
                        "geometry": label.geometry,
                        "label": orjson.dumps(label.spec, option=orjson.OPT_SORT_KEYS).decode(),
                    }
                )
            if rows:
                writer.write_table(pa.Table.from_pylist(rows, schema=_LABELS))
    return path.name


def _write_tables(targets: TargetsReader, path: Path, kind: str) -> str:
    """Write a table piece by piece; what is written depends on the rows alone."""
    writer = None
    try:
        for table in _tables(targets, kind):
            if writer is None:
                writer = pq.ParquetWriter(path, table.schema, compression="zstd", version="2.6")
            if table.num_rows:
                writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        # Some clips have none of the head's cameras; all of them without is no table at all.
        pq.write_table(pa.table({}), path)
    return path.name


def _tables(targets: TargetsReader, kind: str) -> Iterator[pa.Table]:
    if kind == "ticks":
        return (reader.ticks() for reader in targets.tick_pieces())
    if kind == "images":
        return (reader.images() for reader in targets.pieces())
    return (reader.targets() for reader in targets.pieces())


def _write_files(pieces: Iterator[PieceReader], path: Path) -> str:
    """Write pictures into one archive; they are compressed already."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for reader in pieces:
            for name, content in reader.files():
                archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content)
    return path.name
