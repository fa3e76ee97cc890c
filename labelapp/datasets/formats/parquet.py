"""Parquet files of all targets, with everything that is known of each; and the pictures to them."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from labelapp.datasets.formats.targets_reader import PieceReader, TargetsReader
from projection.target_spec import IMAGE_TARGETS, PICTURE_TARGETS

FILE = "targets.parquet"
IMAGES_FILE = "images.parquet"
TICKS_FILE = "ticks.parquet"
PICTURES_FILE = "pictures.zip"
RASTERS_FILE = "rasters.zip"
#: Zip files hold local times; a fixed one keeps the bytes the same.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write what the head asks for: tables of labels, of images, of ticks, and their pictures."""
    spec, names = targets.spec, []
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
