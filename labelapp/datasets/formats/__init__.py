"""The formats that targets can be written in: one file each, and one line here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from labelapp.datasets.formats import coco, parquet
from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.source import VersionedLabel
from projection.target_spec import TargetSpec

__all__ = ["FORMATS", "Format", "TargetsReader"]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        write: writes one head's files into a folder and returns their names.
        holds: whether it can hold anything that a spec asks for.
        leaves_out: whether it can't hold a label, whatever is asked for.
    """

    write: Callable[[TargetsReader, Path], list[str]]
    holds: Callable[[TargetSpec], bool]
    leaves_out: Callable[[VersionedLabel], bool]


FORMATS: dict[str, Format] = {
    "coco": Format(coco.write, coco.holds, coco.leaves_out),
    "parquet": Format(parquet.write, lambda _spec: True, lambda _label: False),
}
