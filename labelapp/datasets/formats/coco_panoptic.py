"""COCO panoptic: every pixel belongs to one segment or none, as PNG pictures and one JSON file.

Things (boxes, points) are a segment each; stuff (surfaces, lines) is one segment of a class in each
image. Where masks overlap, a surface lies under what is on it, and a large one under a small one.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from labelapp.datasets.formats import coco
from labelapp.datasets.formats.archive import FolderZip
from labelapp.datasets.formats.categories import categories_of_targets
from labelapp.datasets.formats.coco_file import CocoFile, ImageTables, category
from labelapp.datasets.formats.json_columns import TEXT, Texts
from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.source import LabelOutline
from projection import rle
from projection.target_spec import TargetSpec

NAME = "coco_panoptic"
_COLUMNS = ["label_id", "class", "geometry", "ignored", "mask_visible", "mask_visible_px"]
_STUFF = ("polygon", "polyline")


def holds(spec: TargetSpec) -> bool:
    """Return whether a spec asks for the masks of what is seen."""
    return spec.wants("mask_visible")


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write ``coco_panoptic.zip``: the pictures one after the other, then the JSON file."""
    if not holds(targets.spec):
        return []
    names = categories_of_targets(targets)
    numbers = {name: number for number, name in enumerate(names, start=1)}
    stuff = _stuff(targets)
    inside = f"{targets.split}_{NAME}" if targets.split else NAME
    name = targets.file_name(f"{NAME}.zip")
    listed = f"{name}.json"
    categories = [
        category(targets, one, numbers[one]) | {"isthing": int(one not in stuff)} for one in names
    ]
    with FolderZip(folder / name, targets.folder_name(NAME)) as archive:

        def annotations(images: ImageTables, _first: int) -> Texts:
            return pa.array(_segmented(images, numbers, stuff, archive, inside), TEXT)

        CocoFile(targets, targets.scratch, listed, categories).write(_COLUMNS, annotations)
        archive.add_file(f"{inside}.json", targets.scratch / listed)
    (targets.scratch / listed).unlink()
    return [name]


def leaves_out(outline: LabelOutline) -> bool:
    """Return whether a label has no surface: keypoints, lines without a width."""
    return coco.leaves_out(outline)


def _stuff(targets: TargetsReader) -> set[str]:
    """Return the classes that are stuff: those of surfaces and lines alone."""
    geometries: dict[str, set[str]] = {}
    for clip in targets.source.clips():
        for versioned in clip.labels:
            name = targets.spec.class_of_label(versioned.label, versioned.layer)
            if name is not None:
                geometries.setdefault(name, set()).add(versioned.label.geometry)
    return {name for name, found in geometries.items() if found <= set(_STUFF)}


def _segmented(
    images: ImageTables,
    numbers: dict[str, int],
    stuff: set[str],
    archive: FolderZip,
    inside: str,
) -> Iterator[bytes]:
    """Yield COCO's annotations, one an image, and put its picture into the archive."""
    for number, image, rows in images.each(_COLUMNS):
        name = image["image"].removeprefix("images/").rpartition(".")[0] + ".png"
        masked = [row for row in rows if row["mask_visible"] is not None]
        ids, segments = _segments(masked, (image["height"], image["width"]), numbers, stuff)
        archive.add(f"{inside}/{name}", _png(ids))
        yield orjson.dumps({"image_id": number, "file_name": name, "segments_info": segments})


def _segments(
    rows: Sequence[dict[str, Any]],
    size: tuple[int, int],
    numbers: dict[str, int],
    stuff: set[str],
) -> tuple[npt.NDArray[np.int32], list[dict[str, Any]]]:
    """Return the segment of each pixel (h, w), 0 for none, and what the segments are."""
    ids = np.zeros(size, dtype=np.int32)
    order = sorted(rows, key=lambda r: (r["geometry"] not in _STUFF, -r["mask_visible_px"]))
    segment_of: dict[str, int] = {}
    described: list[dict[str, Any]] = []
    for row in order:
        name = row["class"]
        segment = segment_of.get(name, 0)
        if not segment:
            segment = len(described) + 1
            described.append(
                {
                    "id": segment,
                    "category_id": numbers[name],
                    "iscrowd": int(row["ignored"]),
                    **({} if name in stuff else {"label_id": row["label_id"]}),
                }
            )
            if name in stuff:
                segment_of[name] = segment
        ids[rle.decode({"size": list(size), "counts": row["mask_visible"].encode()})] = segment
    return ids, list(_measured(ids, described))


def _measured(
    ids: npt.NDArray[np.int32], described: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the segments that have pixels left, with their areas and boxes."""
    for segment in described:
        v, u = np.nonzero(ids == segment["id"])
        if len(u):
            box = [int(u.min()), int(v.min()), int(np.ptp(u)) + 1, int(np.ptp(v)) + 1]
            yield segment | {"area": len(u), "bbox": box}


def _png(ids: npt.NDArray[np.int32]) -> bytes:
    """Return a PNG whose red, green and blue are the id's bytes, the lowest first."""
    blue_green_red = np.stack([ids >> 16 & 255, ids >> 8 & 255, ids & 255], axis=-1)
    _, encoded = cv2.imencode(".png", blue_green_red.astype(np.uint8))
    return bytes(encoded.tobytes())
