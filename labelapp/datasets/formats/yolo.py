"""YOLO detection: a text file of boxes for each image, lists of images, and ``data.yaml``.

A line is a class's number from 0, then the box's centre and size as shares of the picture's.
"""

from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import yaml

from labelapp.datasets.formats.archive import FolderZip
from labelapp.datasets.formats.categories import categories_of_targets
from labelapp.datasets.formats.coco import CORNER_FROM_CENTRE_PX, box_of, holds
from labelapp.datasets.formats.pictures import recorded_picture
from labelapp.datasets.formats.targets_reader import PieceReader, TargetsReader

NAME = "yolo"
#: Where there are no splits, one list serves as both of those that trainers ask for.
_UNSPLIT = "images"
_IGNORED = "boxes that a visibility rule sets to be ignored: YOLO can't say so of a box"
_EMPTY_BOX = "boxes of no area"


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write ``yolo.zip``; those of all splits are unpacked into one folder."""
    if not holds(targets.spec):
        return []
    names = categories_of_targets(targets)
    numbers = {name: number for number, name in enumerate(names)}
    name = targets.file_name(f"{NAME}.zip")
    listed = targets.scratch / f"{name}.list"
    with FolderZip(folder / name, targets.folder_name(NAME)) as archive:
        archive.add("data.yaml", _description(targets, names))
        with listed.open("w") as file:
            for reader in targets.pieces():
                for image, text in _labels(targets, reader, numbers):
                    place = image["image"].rpartition(".")[0]
                    archive.add(f"labels/{place.removeprefix('images/')}.txt", text)
                    file.write(f"./{image['image']}\n")
                    if targets.has_pictures:
                        _add_picture(archive, reader, image)
        archive.add_file(f"{targets.split or _UNSPLIT}.txt", listed)
    listed.unlink()
    return [name]


def _description(targets: TargetsReader, names: list[str]) -> str:
    splits = [split for split in targets.source.splits() if split]
    lists = {split: f"{split}.txt" for split in splits}
    if not splits:
        lists = {"train": f"{_UNSPLIT}.txt", "val": f"{_UNSPLIT}.txt"}
    description = {"path": ".", **lists, "names": dict(enumerate(names))}
    return str(yaml.safe_dump(description, sort_keys=False, allow_unicode=True))


def _add_picture(archive: FolderZip, reader: PieceReader, image: dict[str, Any]) -> None:
    picture = recorded_picture(reader.clip, image["camera"], image["time_ns"])
    if picture is not None:
        archive.add(image["image"], picture[0])


def _labels(
    targets: TargetsReader, reader: PieceReader, numbers: dict[str, int]
) -> list[tuple[dict[str, Any], str]]:
    """Return the images of a piece, each with the text of its labels."""
    rows = {
        time_ns: list(found)
        for time_ns, found in groupby(reader.targets().to_pylist(), key=itemgetter("time_ns"))
    }
    images = reader.images().select(["time_ns", "camera", "image", "width", "height"]).to_pylist()
    return [
        (image, "".join(_lines(targets, rows.get(image["time_ns"], []), numbers)))
        for image in images
    ]


def _lines(
    targets: TargetsReader, rows: list[dict[str, Any]], numbers: dict[str, int]
) -> list[str]:
    lines = []
    for row in rows:
        box = box_of(row)
        if box is None:
            continue
        if row["ignored"]:
            targets.report[_IGNORED] += 1
            continue
        u0, v0, u1, v1 = (side + CORNER_FROM_CENTRE_PX for side in box)
        if u1 <= u0 or v1 <= v0:
            targets.report[_EMPTY_BOX] += 1
            continue
        width, height = row["width"], row["height"]
        shares = ((u0 + u1) / 2 / width, (v0 + v1) / 2 / height,
                  (u1 - u0) / width, (v1 - v0) / height)  # fmt: skip
        lines.append(" ".join([str(numbers[row["class"]]), *(f"{s:.7f}" for s in shares)]) + "\n")
    return lines
