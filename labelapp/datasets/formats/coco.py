"""COCO detection: boxes, outlines as polygons, track ids.

COCO counts from a pixel's corner, we from its centre: every coordinate is moved by half a pixel.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson

from labelapp.datasets.formats.rings import Float64Array, signed_area, without_holes
from labelapp.datasets.formats.targets_reader import TargetsReader

FILE = "coco.json"
_CORNER_FROM_CENTRE_PX = 0.5
#: A thousandth of a pixel is far below what a label is worth.
_DECIMALS = 3
_COLUMNS = [
    "clip_id", "image", "label_id", "label_version", "class", "track", "outline_px", "truncation",
    "distance_m", "attributes",
    *(f"box_clipped_{name}_px" for name in ("u0", "v0", "u1", "v1")),
]  # fmt: skip


def write(targets: TargetsReader, folder: Path) -> str:
    """Write ``coco.json``; little of it is held in memory at a time."""
    categories = _categories(targets)
    with (folder / FILE).open("wb") as file:
        file.write(b'{"info":' + orjson.dumps(_info(targets)) + b',"licenses":[],"categories":')
        file.write(orjson.dumps([_category(targets, *item) for item in categories.items()]))
        file.write(b',"images":')
        _write_list(file, _images(targets))
        file.write(b',"annotations":')
        _write_list(file, _annotations(targets, categories))
        file.write(b"}\n")
    return FILE


def _write_list(file: IO[bytes], values: Iterable[dict[str, Any]]) -> None:
    file.write(b"[")
    for place, value in enumerate(values):
        file.write(b",\n" if place else b"\n")
        file.write(orjson.dumps(value))
    file.write(b"]")


def _info(targets: TargetsReader) -> dict[str, Any]:
    export = targets.source.export
    return {
        "description": f"labelapp: layer {export.layer} from {export.source}",
        "version": "1",
    }


def _categories(targets: TargetsReader) -> dict[str, int]:
    """Return the number of each class: the ontology's order, then others that occur by name."""
    known = targets.source.categories()
    found = {row["class"] for row in targets.rows(["class"])}
    return {
        name: number for number, name in enumerate([*known, *sorted(found - set(known))], start=1)
    }


def _category(targets: TargetsReader, name: str, number: int) -> dict[str, Any]:
    return {"id": number, "name": name, "supercategory": targets.source.export.layer}


def _images(targets: TargetsReader) -> Iterator[dict[str, Any]]:
    for image in targets.source.images():
        yield {
            "id": image.number,
            "file_name": image.path,
            "width": image.camera.spec["width"],
            "height": image.camera.spec["height"],
            "clip": image.source.clip.name,
            "clip_id": str(image.source.clip.pk),
            "camera": image.camera.name,
            "time_ns": str(image.time_ns),
            "has_picture": image.has_picture,
            "calibration_hash": image.camera.calibration_hash,
        }


def _annotations(targets: TargetsReader, categories: dict[str, int]) -> Iterator[dict[str, Any]]:
    # Targets come in the order of images: the two lists are walked side by side.
    images = targets.source.images()
    image = next(images, None)
    # Labels are numbered within their clip; tracks are, as COCO wants it, within the file.
    first_track = 1
    clip_id, highest = "", -1
    for number, row in enumerate(targets.rows(_COLUMNS), start=1):
        if row["clip_id"] != clip_id:
            clip_id, first_track, highest = row["clip_id"], first_track + highest + 1, -1
        highest = max(highest, row["track"])
        while image is not None and image.path != row["image"]:
            image = next(images, None)
        if image is None:
            msg = f"target of {row['image']}, which comes before the one before it"
            raise RuntimeError(msg)
        loops = [np.array(loop).reshape(-1, 2) for loop in row["outline_px"]]
        polygons = without_holes(loops)
        area = sum(abs(signed_area(polygon)) for polygon in polygons)
        u0, v0, u1, v1 = (row[f"box_clipped_{name}_px"] for name in ("u0", "v0", "u1", "v1"))
        yield {
            "id": number,
            "image_id": image.number,
            "category_id": categories[row["class"]],
            "bbox": [
                round(u0 + _CORNER_FROM_CENTRE_PX, _DECIMALS),
                round(v0 + _CORNER_FROM_CENTRE_PX, _DECIMALS),
                round(u1 - u0, _DECIMALS),
                round(v1 - v0, _DECIMALS),
            ],
            "area": round(area, _DECIMALS),
            "segmentation": [_polygon(polygon) for polygon in polygons],
            "iscrowd": 0,
            "track_id": first_track + row["track"],
            "label_id": row["label_id"],
            "label_version": row["label_version"],
            "truncation": round(row["truncation"], 6),
            "distance_m": round(row["distance_m"], 4),
            "attributes": orjson.loads(row["attributes"]),
        }


def _polygon(loop: Float64Array) -> list[float]:
    moved = (loop + _CORNER_FROM_CENTRE_PX).ravel().tolist()
    return [round(value, _DECIMALS) for value in moved]
