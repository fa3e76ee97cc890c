"""COCO detection: boxes, masks or outlines, track ids.

COCO counts from a pixel's corner, we from its centre: every coordinate is moved by half a pixel.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson

from labelapp.datasets.formats.categories import categories_of_targets
from labelapp.datasets.formats.rings import Float64Array, signed_area, without_holes
from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.source import VersionedLabel
from projection.labels import Keypoints, Polyline
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
_ALWAYS = ["clip_id", "time_ns", "label_id", "label_version", "class", "track", "attributes",
           "width", "height", "ignored"]  # fmt: skip


def holds(spec: TargetSpec) -> bool:
    """Return whether a spec asks for boxes."""
    return spec.wants(*_BOXES)


def leaves_out(versioned: VersionedLabel) -> bool:
    """Return whether a label has neither a box nor a surface: keypoints, lines without a width."""
    label = versioned.label
    return isinstance(label, Keypoints) or (isinstance(label, Polyline) and not label.width_m)


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write ``coco.json``; little of it is held in memory at a time."""
    if not holds(targets.spec):
        return []
    names = categories_of_targets(targets)
    categories = {name: number for number, name in enumerate(names, start=1)}
    name = targets.file_name(FILE)
    with (folder / name).open("wb") as file:
        file.write(b'{"info":' + orjson.dumps(info(targets)) + b',"licenses":[],"categories":')
        file.write(orjson.dumps([category(targets, *item) for item in categories.items()]))
        file.write(b',"images":')
        write_list(file, images(targets))
        file.write(b',"annotations":')
        write_list(file, _annotations(targets, categories))
        file.write(b"}\n")
    return [name]


def write_list(file: IO[bytes], values: Iterable[dict[str, Any]]) -> None:
    """Write a JSON list, an element a line."""
    file.write(b"[")
    for place, value in enumerate(values):
        file.write(b",\n" if place else b"\n")
        file.write(orjson.dumps(value))
    file.write(b"]")


def info(targets: TargetsReader) -> dict[str, Any]:
    """Return what it is, for people."""
    return {"description": f"labelapp: {targets.source.title()}", "version": "1"}


def category(targets: TargetsReader, name: str, number: int) -> dict[str, Any]:
    """Return one of COCO's categories."""
    return {"id": number, "name": name, "supercategory": targets.source.layer_of(name)}


def images(targets: TargetsReader) -> Iterator[dict[str, Any]]:
    """Yield COCO's images, numbered from 1 in the order of the tables."""
    columns = ["image", "width", "height", "clip", "clip_id", "camera", "time_ns", "has_picture",
               "calibration_hash"]  # fmt: skip
    number = 0
    for reader in targets.pieces():
        for row in reader.images().select(columns).to_pylist():
            number += 1
            yield {
                "id": number,
                "file_name": row["image"],
                "width": row["width"],
                "height": row["height"],
                "clip": row["clip"],
                "clip_id": row["clip_id"],
                "camera": row["camera"],
                "time_ns": str(row["time_ns"]),
                "has_picture": row["has_picture"],
                "calibration_hash": row["calibration_hash"],
            }


def _annotations(targets: TargetsReader, categories: dict[str, int]) -> Iterator[dict[str, Any]]:
    columns = _columns()
    first_image, number = 1, 0
    # Labels are numbered within their clip; tracks are, as COCO wants it, within the file.
    first_track, clip_id, highest = 1, "", -1
    for reader in targets.pieces():
        table = reader.targets(columns)
        there = [name for name in columns if name in table.column_names]
        times = reader.times_ns()
        ids = {time_ns: place for place, time_ns in enumerate(times, start=first_image)}
        first_image += len(times)
        for row in table.select(there).to_pylist():
            if row["clip_id"] != clip_id:
                clip_id, first_track, highest = row["clip_id"], first_track + highest + 1, -1
            highest = max(highest, row["track"])
            shape = _shape(row)
            if shape is None:
                continue
            number += 1
            yield {
                "id": number,
                "image_id": ids[row["time_ns"]],
                "category_id": categories[row["class"]],
                **shape,
                "iscrowd": 0,
                "ignore": int(row["ignored"]),
                "track_id": first_track + row["track"],
                "label_id": row["label_id"],
                "label_version": row["label_version"],
                **{
                    name: None if row[name] is None else round(row[name], digits)
                    for name, digits in _EXTRA.items()
                    if name in row
                },
                "attributes": orjson.loads(row["attributes"]),
            }


def _columns() -> list[str]:
    boxes = [f"{box}_{side}_px" for box in _BOXES.values() for side in _SIDES]
    masks = [name for mask in _MASKS for name in (mask, f"{mask}_px")]
    return [*_ALWAYS, *boxes, *masks, "outline_px", *_EXTRA]


def _shape(row: dict[str, Any]) -> dict[str, Any] | None:
    """Return a row's box, area and segmentation; None: COCO has nothing of it."""
    box = box_of(row)
    area, segmentation = _segmentation(row)
    if box is None or (area == 0 and isinstance(segmentation, dict)):
        # Neither is anything of it seen.
        return None
    u0, v0, u1, v1 = box
    return {
        "bbox": [
            round(u0 + CORNER_FROM_CENTRE_PX, DECIMALS),
            round(v0 + CORNER_FROM_CENTRE_PX, DECIMALS),
            round(u1 - u0, DECIMALS),
            round(v1 - v0, DECIMALS),
        ],
        "area": round((u1 - u0) * (v1 - v0) if area is None else area, DECIMALS),
        "segmentation": segmentation,
    }


def box_of(row: dict[str, Any]) -> list[float] | None:
    """Return the box of what is in the picture, or where that isn't asked for, of what is seen."""
    for name in _BOXES.values():
        sides = [row.get(f"{name}_{side}_px") for side in _SIDES]
        found = [float(side) for side in sides if side is not None]
        if len(found) == len(_SIDES):
            return found
    return None


def _segmentation(row: dict[str, Any]) -> tuple[float | None, Any]:
    """Return area and segmentation: the outline, or where there is none the best mask."""
    if row.get("outline_px") is not None:
        loops = [np.array(loop).reshape(-1, 2) for loop in row["outline_px"]]
        polygons = without_holes(loops)
        area = sum(abs(signed_area(polygon)) for polygon in polygons)
        return area, [_polygon(polygon) for polygon in polygons]
    for name in _MASKS:
        if row.get(name) is not None:
            size = [row["height"], row["width"]]
            return row[f"{name}_px"], {"size": size, "counts": row[name]}
    return None, []


def _polygon(loop: Float64Array) -> list[float]:
    moved = (loop + CORNER_FROM_CENTRE_PX).ravel().tolist()
    return [round(value, DECIMALS) for value in moved]
