"""Reading what a run wrote."""

from pathlib import Path
from typing import Any

import pyarrow.dataset

from projection.target_spec import TARGETS, TargetSpec

EVERYTHING = TargetSpec(targets=TARGETS)


def files_of(folder: Path) -> dict[str, bytes]:
    """All files of targets, by name; the report has the run's time in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "report.json"
    }


def rows_of(folder: Path, kind: str = "targets") -> list[dict[str, Any]]:
    """All rows, in order."""
    dataset = pyarrow.dataset.dataset(
        [str(path) for path in sorted((folder / kind).rglob("*.parquet"))], format="parquet"
    )
    rows: list[dict[str, Any]] = dataset.to_table().to_pylist()
    return rows
