"""The formats that targets can be written in: one file each, and one line here."""

from collections.abc import Callable
from pathlib import Path

from labelapp.datasets.formats import coco, parquet
from labelapp.datasets.formats.targets_reader import TargetsReader

__all__ = ["FORMATS", "TargetsReader"]

#: ``write(targets, folder)`` writes one file into a folder and returns its name.
FORMATS: dict[str, Callable[[TargetsReader, Path], str]] = {
    "coco": coco.write,
    "parquet": parquet.write,
}
