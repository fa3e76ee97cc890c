"""One Parquet file of all targets, with everything that is known of each."""

from pathlib import Path

from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.targets import open_writer

FILE = "targets.parquet"


def write(targets: TargetsReader, folder: Path) -> str:
    """Write ``targets.parquet``: a row for each label in each image that shows some of it."""
    with open_writer(folder / FILE) as writer:
        for table in targets.tables():
            writer.write_table(table)
    return FILE
