"""A COCO file written in one pass: images, and annotations beside them until these can follow."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import orjson

from labelapp.datasets.formats.json_columns import (
    Field,
    Texts,
    column_json,
    end_to_end,
    integers_json,
    joined,
    rows_json,
    slices,
)
from labelapp.datasets.formats.targets_reader import HeadTables, TargetsReader
from projection.arrays import Int64Array

if TYPE_CHECKING:
    import pyarrow as pa

_COPY_BYTES = 1024 * 1024
IMAGE_COLUMNS = (
    "image", "width", "height", "camera", "time_ns", "calibration_hash", "label_count",
)  # fmt: skip


class CocoFile:
    """One file of a head's images and annotations.

    Args:
        targets: what is written.
        folder: where.
        name: what the file is called.
        categories: COCO's.
    """

    def __init__(
        self,
        targets: TargetsReader,
        folder: Path,
        name: str,
        categories: Sequence[dict[str, Any]],
    ) -> None:
        self._targets = targets
        self._path = folder / name
        self._later = targets.scratch / f"{name}.annotations"
        self._categories = categories

    def write(
        self, columns: Sequence[str], annotations: Callable[["ImageTables", int], Texts]
    ) -> None:
        """Write it; a few thousand images of it are held in memory at a time.

        Args:
            columns: of the targets, those that the annotations are made from.
            annotations: makes them of some images, numbered from the one that it is told.
        """
        about = {"description": f"labelapp: {self._targets.source.title()}", "version": "1"}
        with self._path.open("wb") as file:
            file.write(b'{"info":' + orjson.dumps(about) + b',"licenses":[],"categories":')
            file.write(orjson.dumps(list(self._categories)))
            file.write(b',"images":')
            with self._later.open("wb") as later:
                images, found = JsonList(file), JsonList(later)
                for _, tables in self._targets.batches(columns, IMAGE_COLUMNS):
                    these = ImageTables(tables, images.count + 1)
                    images.add(these.images())
                    found.add(annotations(these, found.count + 1))
                images.end()
                found.end()
            file.write(b',"annotations":')
            with self._later.open("rb") as later:
                shutil.copyfileobj(later, file, _COPY_BYTES)
            file.write(b"}\n")
        self._later.unlink()


class ImageTables:
    """Some images as COCO numbers them, and their targets.

    Args:
        tables: of the images.
        first: the number of the first image.
    """

    def __init__(self, tables: HeadTables, first: int) -> None:
        self._images = tables.images
        self._first = first
        self.targets: pa.Table = tables.targets

    @property
    def image_ids(self) -> Int64Array:
        """(n,) of each target the number of its image."""
        counts = self._images["label_count"].to_numpy()
        ids = np.arange(self._first, self._first + len(counts), dtype=np.int64)
        return np.repeat(ids, counts)

    def each(
        self, columns: Sequence[str]
    ) -> Iterator[tuple[int, dict[str, Any], list[dict[str, Any]]]]:
        """Yield each image: its number, its row, and some columns of its targets."""
        rows = self.targets.select(list(columns)).to_pylist()
        begin = 0
        for number, image in enumerate(self._images.to_pylist(), start=self._first):
            end = begin + image["label_count"]
            yield number, image, rows[begin:end]
            begin = end

    def images(self) -> Texts:
        """Return the images."""
        table, count = self._images, self._images.num_rows
        named = {name: column_json(table[name]) for name in table.column_names if name != "time_ns"}
        times = joined([b'"', integers_json(table["time_ns"].to_numpy()), b'"'], count)
        fields: list[Field] = [
            ("id", integers_json(np.arange(self._first, self._first + count))),
            ("file_name", named["image"]),
            ("width", named["width"]),
            ("height", named["height"]),
            ("clip", named["clip"]),
            ("clip_id", named["clip_id"]),
            ("camera", named["camera"]),
            ("time_ns", times),
            ("has_picture", named["has_picture"]),
            ("calibration_hash", named["calibration_hash"]),
        ]
        return rows_json(fields, count)


class JsonList:
    """A JSON list, an element a line.

    Args:
        file: where it is written to.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.count = 0
        file.write(b"[")

    def add(self, values: Texts) -> None:
        """Add elements."""
        if len(values):
            self._file.write(b",\n" if self.count else b"\n")
            self._file.writelines(slices(end_to_end(values, b",\n")))
            self.count += len(values)

    def end(self) -> None:
        """End the list."""
        self._file.write(b"]")


def category(targets: TargetsReader, name: str, number: int) -> dict[str, Any]:
    """Return one of COCO's categories."""
    return {"id": number, "name": name, "supercategory": targets.source.layer_of(name)}
