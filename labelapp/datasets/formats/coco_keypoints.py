"""COCO keypoints: named points with a flag each for whether they are seen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from labelapp.datasets.formats import coco
from labelapp.datasets.formats.categories import categories_of_targets
from labelapp.datasets.formats.coco_file import CocoFile, ImageTables, category
from labelapp.datasets.formats.json_columns import TEXT, Texts
from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.source import LabelOutline
from projection import Status
from projection.labels import Keypoints
from projection.target_spec import TargetSpec

FILE = "coco_keypoints.json"
_COLUMNS = ["label_id", "label_version", "class", "attributes", "ignored", "keypoints"]
#: COCO's flags: not labelled (here: not in the picture), labelled but hidden, labelled and seen.
_ABSENT, _HIDDEN, _SEEN = 0, 1, 2
_FLAGS = {Status.OK: _SEEN, Status.OCCLUDED: _HIDDEN}


def holds(spec: TargetSpec) -> bool:
    """Return whether a spec asks for keypoints."""
    return spec.wants("keypoints")


def leaves_out(outline: LabelOutline) -> bool:
    """Return whether a label is anything but keypoints."""
    return outline.geometry != "keypoints"


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write ``coco_keypoints.json``; little of it is held in memory at a time."""
    if not holds(targets.spec):
        return []
    points = _points_by_class(targets)
    order = [name for name in categories_of_targets(targets) if name in points]
    numbers = {name: number for number, name in enumerate(order, start=1)}
    name = targets.file_name(FILE)
    categories = [_category(targets, one, numbers[one], points[one]) for one in order]

    def annotations(images: ImageTables, first: int) -> Texts:
        found = enumerate(_annotations(images, numbers, points), start=first)
        return pa.array([orjson.dumps({"id": place, **row}) for place, row in found], TEXT)

    CocoFile(targets, folder, name, categories).write(_COLUMNS, annotations)
    return [name]


def _points_by_class(targets: TargetsReader) -> dict[str, list[str]]:
    """Return the names of each class's points: of all its labels in all splits, as first met."""
    found: dict[str, dict[str, None]] = {}
    for clip in targets.source.clips():
        for versioned in clip.labels:
            name = targets.spec.class_of_label(versioned.label, versioned.layer)
            if name is not None and isinstance(versioned.label, Keypoints):
                found.setdefault(name, {}).update(dict.fromkeys(versioned.label.names))
    return {name: list(points) for name, points in found.items()}


def _category(targets: TargetsReader, name: str, number: int, points: list[str]) -> dict[str, Any]:
    # Ontologies don't say which points belong together.
    return {**category(targets, name, number), "keypoints": points, "skeleton": []}


def _annotations(
    images: ImageTables, numbers: dict[str, int], points: dict[str, list[str]]
) -> Iterator[dict[str, Any]]:
    """Yield what is said of each label that has a point in its picture, but its number."""
    rows = images.targets.select(_COLUMNS).to_pylist()
    for row, image_id in zip(rows, images.image_ids.tolist(), strict=True):
        shape = _shape(row["keypoints"] or [], points.get(row["class"], []))
        if shape is not None:
            yield {
                "image_id": image_id,
                "category_id": numbers[row["class"]],
                **shape,
                "iscrowd": 0,
                "ignore": int(row["ignored"]),
                "label_id": row["label_id"],
                "label_version": row["label_version"],
                "attributes": orjson.loads(row["attributes"]),
            }


def _shape(found: list[dict[str, Any]], order: list[str]) -> dict[str, Any] | None:
    """Return the points in their class's order, and the box around them; None: there is none."""
    by_name = {point["name"]: point for point in found}
    triples: list[float] = []
    u, v = [], []
    for name in order:
        point = by_name.get(name)
        flag = _ABSENT if point is None else _FLAGS.get(point["status"], _ABSENT)
        if point is None or flag == _ABSENT:
            triples += [0, 0, _ABSENT]
            continue
        u.append(round(point["u_px"] + coco.CORNER_FROM_CENTRE_PX, coco.DECIMALS))
        v.append(round(point["v_px"] + coco.CORNER_FROM_CENTRE_PX, coco.DECIMALS))
        triples += [u[-1], v[-1], flag]
    if not u:
        return None
    width, height = max(u) - min(u), max(v) - min(v)
    return {
        "keypoints": triples,
        "num_keypoints": len(u),
        "bbox": [min(u), min(v), round(width, coco.DECIMALS), round(height, coco.DECIMALS)],
        "area": round(width * height, coco.DECIMALS),
        "segmentation": [],
    }
