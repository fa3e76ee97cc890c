"""Parquet as our exports write it: ``labels.parquet`` has labels whole, ``targets.parquet`` boxes.

Labels come back to the letter. Without them, boxes do where the spec asked for ``box3d``.
"""

import io
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from labelapp.common.checking import Shown
from labelapp.imports.errors import ImportDefectError, defect
from labelapp.imports.files import Files
from labelapp.imports.formats.image_rows import PLACED, ImageRow, boxes_of_rows, time_of
from labelapp.imports.reading import ClipGeometry, Reading, Recording
from labelapp.imports.tables import texts_of
from projection.io import FormatError, read_label

_LABELS, _TARGETS = "labels.parquet", "targets.parquet"


def recordings(files: Files) -> list[Recording]:
    """Return a recording for each clip and layer; heads and splits of an export are joined."""
    names = files.ending(_LABELS) or files.ending(_TARGETS)
    found: dict[tuple[str, str, str], list[_Rows]] = {}
    for name in names:
        table = _table(files, name)
        if not table.num_rows:
            continue
        columns = (texts_of(table, name, key) for key in ("clip", "clip_id", "layer"))
        rows: dict[tuple[str, str, str], list[int]] = {}
        for row, key in enumerate(zip(*columns, strict=True)):
            rows.setdefault(key, []).append(row)
        for key, numbers in rows.items():
            found.setdefault(key, []).append(_Rows(name, table, tuple(numbers)))
    return [
        Recording(f"{clip}, {layer}", (clip_id, clip), (layer, tuple(parts)))
        for (clip, clip_id, layer), parts in found.items()
    ]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some rows of a file's table, by their numbers."""

    file: str
    table: Any
    numbers: tuple[int, ...]

    @property
    def own(self) -> Any:
        """The table of these rows alone."""
        return self.table.take(pa.array(self.numbers))


def _table(files: Files, name: str) -> Any:
    try:
        table = pq.read_table(io.BytesIO(files.read(name)))
    except (pa.ArrowException, OSError) as error:
        raise defect(name, "a Parquet file", Shown(f"otherwise ({error})")) from error
    if table.num_rows:
        names = table.schema.names
        for column in ("clip", "clip_id", "layer"):
            if column not in names:
                raise defect(name, f"a column {column}", Shown(f"columns {', '.join(names)}"))
        if "label" not in names and not set(PLACED) <= set(names):
            msg = (
                f"{name}: expected boxes in space (columns {', '.join(PLACED)}: ask for the target"
                f" box3d in the export's spec) or a file {_LABELS} beside it, found neither."
            )
            raise ImportDefectError(msg, details={"file": name})
    return table


def read(files: Files, recording: Recording, geometry: ClipGeometry) -> Reading:
    """Return a clip's labels of one layer."""
    del files
    layer, parts = recording.about
    reading = Reading(layer=layer)
    whole: dict[str, dict[str, Any]] = {}
    images: list[ImageRow] = []
    for part in parts:
        if "label" not in part.table.schema.names:
            images += _images(part)
            continue
        texts = texts_of(part.own, part.file, "label")
        for row, text in zip(part.numbers, texts, strict=True):
            label = _label(part.file, row, text)
            if whole.setdefault(label["id"], label) != label:
                expected = "the same label as another head has"
                raise defect(part.file, expected, label["id"], row=row, field="label")
    reading.labels = list(whole.values())
    if images:
        reading.labels += boxes_of_rows(images, geometry, reading.report)
    return reading


def _images(part: _Rows) -> list[ImageRow]:
    found = []
    for row, values in zip(part.numbers, part.own.to_pylist(), strict=True):
        time_ns = time_of(values, part.file, row)
        found.append(ImageRow(part.file, row, str(values.get("camera")), time_ns, values))
    return found


def _label(name: str, row: int, text: str) -> dict[str, Any]:
    try:
        label = orjson.loads(text)
        read_label(label)
    except orjson.JSONDecodeError as error:
        raise defect(name, "a label as JSON", text, row=row, field="label") from error
    except FormatError as error:
        found = error.defects[0]
        raise defect(name, found.expected, found.found, row=row, field=found.field) from error
    return dict(label)
