"""COCO detection: boxes, masks or outlines, track ids.

COCO counts from a pixel's corner, we from its centre: every coordinate is moved by half a pixel.
"""

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from labelapp.datasets.formats.categories import categories_of_targets
from labelapp.datasets.formats.coco_file import CocoFile, ImageTables, category
from labelapp.datasets.formats.json_columns import (
    TEXT,
    Field,
    Texts,
    column_json,
    floats_json,
    integers_json,
    parsed_json,
    rows_json,
    texts_json,
    vectors_json,
)
from labelapp.datasets.formats.rings import signed_area, without_holes
from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.source import LabelOutline
from projection.arrays import BoolArray, Float64Array
from projection.target_spec import TargetSpec

FILE = "coco.json"
CORNER_FROM_CENTRE_PX = 0.5
#: A thousandth of a pixel is far below what a label is worth.
DECIMALS = 3
_SIDES = ("u0", "v0", "u1", "v1")
_BOXES = {"box2d_clipped": "box_clipped", "box2d_visible": "box_visible"}
_MASKS = ("mask_visible", "mask_whole")
#: What is written beside COCO's own fields, where the spec asks for it, and to how many digits.
_EXTRA = {"truncation": 6, "occlusion": 6, "distance_m": 4}
_ALWAYS = ["label_id", "label_version", "class", "track", "attributes", "width", "height",
           "ignored"]  # fmt: skip
#: Of what has no segmentation.
_NOTHING = b"[]"


def holds(spec: TargetSpec) -> bool:
    """Return whether a spec asks for boxes."""
    return spec.wants(*_BOXES)


def leaves_out(outline: LabelOutline) -> bool:
    """Return whether a label has neither a box nor a surface: keypoints, lines without a width."""
    return outline.geometry == "keypoints" or (
        outline.geometry == "polyline" and not outline.has_width
    )


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write ``coco.json``; little of it is held in memory at a time."""
    if not holds(targets.spec):
        return []
    names = categories_of_targets(targets)
    name = targets.file_name(FILE)
    categories = [category(targets, one, number) for number, one in enumerate(names, start=1)]
    file = CocoFile(targets, folder, name, categories)
    file.write(_columns(), _Annotations(names).of)
    return [name]


def _columns() -> list[str]:
    boxes = [f"{box}_{side}_px" for box in _BOXES.values() for side in _SIDES]
    masks = [name for mask in _MASKS for name in (mask, f"{mask}_px")]
    return [*_ALWAYS, *boxes, *masks, "outline_px", *_EXTRA]


class _Annotations:
    """COCO's annotations, many images at a time.

    Args:
        names: the categories, numbered from 1.
    """

    def __init__(self, names: list[str]) -> None:
        self._names = pa.array(names, pa.string())
        # Labels are numbered within their clip; tracks are, as COCO wants it, within the file.
        self._first_track, self._highest, self._clip_id = 1, -1, ""

    def of(self, images: ImageTables, first: int) -> Texts:
        """Return the annotations of some images, numbered from ``first`` on."""
        whole = images.targets
        if not whole.num_rows:
            return pa.array([], TEXT)
        tracks = self._tracks(whole)
        boxes = _boxes(whole)
        shapes = _Shapes(whole)
        there = ~np.isnan(boxes).any(axis=1) & ~shapes.are_unseen
        rows = np.flatnonzero(there)
        table = whole.take(pa.array(rows))
        u0, v0, u1, v1 = boxes[rows].T
        placed = [u0 + CORNER_FROM_CENTRE_PX, v0 + CORNER_FROM_CENTRE_PX, u1 - u0, v1 - v0]
        areas, segmentations = shapes.of(rows, (u1 - u0) * (v1 - v0))
        categories = pa.compute.index_in(table["class"], value_set=self._names).to_numpy() + 1
        fields: list[Field] = [
            ("id", integers_json(np.arange(first, first + len(rows)))),
            ("image_id", integers_json(images.image_ids[rows])),
            ("category_id", integers_json(categories)),
            ("bbox", vectors_json(np.column_stack(placed), DECIMALS)),
            ("area", areas),
            ("segmentation", segmentations),
            ("iscrowd", b"0"),
            ("ignore", integers_json(table["ignored"].to_numpy())),
            ("track_id", integers_json(tracks[rows])),
            ("label_id", column_json(table["label_id"])),
            ("label_version", column_json(table["label_version"])),
        ]
        fields += [
            (name, floats_json(table[name].to_numpy(), digits))
            for name, digits in _EXTRA.items()
            if name in table.column_names
        ]
        fields.append(("attributes", parsed_json(table["attributes"])))
        return rows_json(fields, len(rows))

    def _tracks(self, table: pa.Table) -> Any:
        """Return the numbers (n,) of the rows' tracks in the file."""
        clip_id = table["clip_id"][0].as_py()
        if clip_id != self._clip_id:
            self._first_track += self._highest + 1
            self._clip_id, self._highest = clip_id, -1
        tracks = table["track"].to_numpy()
        self._highest = max(self._highest, int(tracks.max()))
        return tracks + self._first_track


def _boxes(table: pa.Table) -> Float64Array:
    """Return boxes (n, 4) of what is in the picture, or where there is none of what is seen."""
    found = np.full((table.num_rows, 4), np.nan)
    for name in _BOXES.values():
        sides = [f"{name}_{side}_px" for side in _SIDES]
        if sides[0] in table.column_names:
            boxes = np.column_stack([table[side].to_numpy() for side in sides])
            missing = np.flatnonzero(np.isnan(found).any(axis=1))
            found[missing] = boxes[missing]
    return found


class _Shapes:
    """Areas and segmentations: the outline, or where there is none the best mask.

    Args:
        table: the targets.
    """

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        count, names = table.num_rows, table.column_names
        self._outlines = table["outline_px"] if "outline_px" in names else None
        #: Of each row which mask it has: a place in ``_MASKS``, -1 for none.
        self._mask = np.full(count, -1, dtype=np.int64)
        self._pixels = np.zeros(count, dtype=np.int64)
        for place, name in enumerate(_MASKS):
            if name in names:
                mine: BoolArray = np.asarray((self._mask < 0) & _is_there(table[name]))
                pixels = table[f"{name}_px"].fill_null(0).to_numpy()
                self._mask[mine], self._pixels[mine] = place, pixels[mine]
        if self._outlines is not None:
            self._mask[_is_there(self._outlines)] = -1

    @property
    def are_unseen(self) -> BoolArray:
        """(n,) what has a mask without a pixel: nothing of it is seen."""
        return np.asarray((self._mask >= 0) & (self._pixels == 0), dtype=np.bool_)

    def of(self, rows: Any, box_areas: Float64Array) -> tuple[Texts, Texts | bytes]:
        """Return the JSON of areas and segmentations.

        Args:
            rows: (n,) which rows.
            box_areas: (n,) areas of those that have no other.
        """
        masked = np.flatnonzero(self._mask[rows] >= 0)
        if self._outlines is None and not len(masked):
            return floats_json(box_areas, DECIMALS), _NOTHING
        areas = floats_json(box_areas, DECIMALS).to_pylist()
        shapes = [_NOTHING] * len(rows)
        if len(masked):
            pixels = integers_json(self._pixels[rows][masked]).to_pylist()
            for place, area, shape in zip(
                masked.tolist(), pixels, self._masks(rows[masked]), strict=True
            ):
                areas[place], shapes[place] = area, shape
        if self._outlines is not None:
            for place, loops in enumerate(self._outlines.take(pa.array(rows)).to_pylist()):
                if loops is not None:
                    around, polygons = _polygons(loops)
                    areas[place] = orjson.dumps(round(around, DECIMALS))
                    shapes[place] = orjson.dumps(polygons)
        return pa.array(areas, TEXT), pa.array(shapes, TEXT)

    def _masks(self, rows: Any) -> list[bytes]:
        """Return the run-length masks of some rows."""
        table = self._table.take(pa.array(rows))
        sizes = np.column_stack([table["height"].to_numpy(), table["width"].to_numpy()])
        sizes_json = pa.array([b"[%d,%d]" % tuple(size) for size in sizes.tolist()], TEXT)
        counts: list[bytes] = [b""] * len(rows)
        for kind, name in enumerate(_MASKS):
            mine = np.flatnonzero(self._mask[rows] == kind)
            if len(mine):
                texts = texts_json(table[name].take(pa.array(mine))).to_pylist()
                for place, text in zip(mine.tolist(), texts, strict=True):
                    counts[place] = text
        fields: list[Field] = [("size", sizes_json), ("counts", pa.array(counts, TEXT))]
        found: list[bytes] = rows_json(fields, len(rows)).to_pylist()
        return found


def _is_there(column: pa.ChunkedArray) -> BoolArray:
    return np.asarray(column.is_valid().to_numpy(), dtype=np.bool_)


def _polygons(loops: list[list[float]]) -> tuple[float, list[list[float]]]:
    """Return the area of an outline, and its loops without holes."""
    polygons = without_holes([np.array(loop).reshape(-1, 2) for loop in loops])
    area = sum(abs(signed_area(polygon)) for polygon in polygons)
    moved = [(polygon + CORNER_FROM_CENTRE_PX).ravel().tolist() for polygon in polygons]
    return area, [[round(value, DECIMALS) for value in one] for one in moved]


def box_of(row: dict[str, Any]) -> list[float] | None:
    """Return the box of what is in the picture, or where that isn't asked for, of what is seen."""
    for name in _BOXES.values():
        sides = [row.get(f"{name}_{side}_px") for side in _SIDES]
        found = [float(side) for side in sides if side is not None]
        if len(found) == len(_SIDES):
            return found
    return None
