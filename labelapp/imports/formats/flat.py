"""Formats of pictures alone: they say where something is in an image, and not where in the world.

Labels are made in the world. A box in an image fits boxes of any distance, so that none of these
can become a label set; they are told apart here so that people hear why.
"""

from labelapp.imports.errors import ImportDefectError
from labelapp.imports.files import Files

_WHY = (
    "has boxes in images, not in the world: {title} can't become labels. Read them back as targets"
    " (docs/exports.md), or import the same labels as openlabel, parquet, nuscenes, argoverse2 or"
    " KITTI."
)


def refuse(files: Files) -> None:
    """Raise if files are of a format that has no places in the world.

    Raises:
        ImportDefectError: They are.
    """
    name = _name(files)
    if name is not None:
        msg = f"{name} {_WHY.format(title=files.title)}"
        raise ImportDefectError(msg, details={"format": name})


def _name(files: Files) -> str | None:
    if files.named("data.yaml") and files.ending(".txt"):
        return "YOLO"
    for name in files.ending(".json"):
        document = files.json(name)
        if isinstance(document, dict) and {"annotations", "images"} <= document.keys():
            return "COCO"
    return None
