"""COCO panoptic: every pixel belongs to one segment or none, as PNG pictures and one JSON file.

Things (boxes, points) are a segment each; stuff (surfaces, lines) is one segment of a class in each
image. Where masks overlap, a surface lies under what is on it, and a large one under a small one.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import orjson

from labelapp.datasets.formats import coco
from labelapp.datasets.formats.archive import FolderZip
from labelapp.datasets.formats.categories import categories_of_targets
from labelapp.datasets.formats.targets_reader import PieceReader, TargetsReader
from labelapp.datasets.source import VersionedLabel
from projection import rle
from projection.target_spec import TargetSpec

NAME = "coco_panoptic"
_COLUMNS = ["time_ns", "label_id", "class", "geometry", "ignored", "width", "height", "track",
            "mask_visible", "mask_visible_px"]  # fmt: skip
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
    root = targets.folder_name(NAME)
    inside = f"{targets.split}_{NAME}" if targets.split else NAME
    name = targets.file_name(f"{NAME}.zip")
    scratch = targets.scratch / f"{name}.annotations"
    with FolderZip(folder / name, root) as archive:
        with scratch.open("wb") as file:
            found = _segmented(targets, numbers, stuff, archive, inside)
            coco.write_list(file, found)
        with archive.writing(f"{inside}.json") as file:
            categories = [
                coco.category(targets, n, numbers[n]) | {"isthing": int(n not in stuff)}
                for n in names
            ]
            file.write(b'{"info":' + orjson.dumps(coco.info(targets)) + b',"licenses":[]')
            file.write(b',"categories":' + orjson.dumps(categories) + b',"images":')
            coco.write_list(file, coco.images(targets))
            file.write(b',"annotations":')
            with scratch.open("rb") as annotations:
                while block := annotations.read(1 << 20):
                    file.write(block)
            file.write(b"}\n")
    scratch.unlink()
    return [name]


def leaves_out(versioned: VersionedLabel) -> bool:
    """Return whether a label has no surface: keypoints, lines without a width."""
    return coco.leaves_out(versioned)


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
    targets: TargetsReader,
    numbers: dict[str, int],
    stuff: set[str],
    archive: FolderZip,
    inside: str,
) -> Iterator[dict[str, Any]]:
    """Yield COCO's annotations, one an image, and put its picture into the archive."""
    image_id = 0
    for reader in targets.pieces():
        rows = _rows_by_time(reader)
        for image in reader.images().select(["time_ns", "width", "height", "image"]).to_pylist():
            image_id += 1
            name = image["image"].removeprefix("images/").rpartition(".")[0] + ".png"
            ids, segments = _segments(
                rows.get(image["time_ns"], []), (image["height"], image["width"]), numbers, stuff
            )
            archive.add(f"{inside}/{name}", _png(ids))
            yield {"image_id": image_id, "file_name": name, "segments_info": segments}


def _rows_by_time(reader: PieceReader) -> dict[int, list[dict[str, Any]]]:
    rows = reader.targets(_COLUMNS).select(_COLUMNS).to_pylist()
    return {
        time_ns: [row for row in found if row["mask_visible"] is not None]
        for time_ns, found in groupby(rows, key=itemgetter("time_ns"))
    }


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
