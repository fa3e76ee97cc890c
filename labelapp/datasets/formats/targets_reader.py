"""Targets as the formats read them: in order, a little at a time, as often as they like."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from labelapp.datasets.pieces import pieces_read
from labelapp.datasets.source import ExportSource

_BATCH_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class TargetsReader:
    """All targets of an export.

    Attributes:
        source: what the export is made from.
        scratch: a local folder for copies.
    """

    source: ExportSource
    scratch: Path

    def tables(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield tables of rows: by clip, camera, time, label."""
        for _, file in pieces_read(self.source, self.scratch):
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, columns=columns, use_threads=False)
                if table.num_rows:
                    yield table

    def rows(self, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """Yield rows in the same order."""
        for table in self.tables(columns):
            for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
                yield from batch.to_pylist()
