"""The formats that targets can be written in: one file each, and one line here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from labelapp.datasets.formats import (
    argoverse2,
    coco,
    coco_keypoints,
    coco_panoptic,
    kitti_object,
    kitti_tracking,
    nuscenes,
    openlabel,
    parquet,
    webdataset,
    yolo,
)
from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.formats.world import no_box
from labelapp.datasets.source import LabelOutline
from projection.target_spec import TargetSpec, TargetSpecs

__all__ = ["DEFAULT_FORMATS", "FORMATS", "Format", "TargetsReader"]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        write: writes one head's files into a folder and returns their names.
        holds: whether it can hold anything that a spec asks for.
        leaves_out: whether it can't hold a label, whatever is asked for.
        own_pictures: whether its files have the pictures in a layout of their own.
        joins_heads: whether one file has all heads: it is written once, for the first.
        has_places: whether it says where things are in the world, and not in images alone.
    """

    write: Callable[[TargetsReader, Path], list[str]]
    holds: Callable[[TargetSpec], bool]
    leaves_out: Callable[[LabelOutline], bool]
    own_pictures: bool = False
    joins_heads: bool = False
    has_places: Callable[[TargetSpecs], bool] = lambda _specs: True


def _nowhere(_specs: TargetSpecs) -> bool:
    return False


FORMATS: dict[str, Format] = {
    "argoverse2": Format(
        argoverse2.write, argoverse2.holds, argoverse2.leaves_out, own_pictures=True
    ),
    "coco": Format(coco.write, coco.holds, coco.leaves_out, has_places=_nowhere),
    "coco_keypoints": Format(
        coco_keypoints.write, coco_keypoints.holds, coco_keypoints.leaves_out, has_places=_nowhere
    ),
    "coco_panoptic": Format(
        coco_panoptic.write, coco_panoptic.holds, coco_panoptic.leaves_out, has_places=_nowhere
    ),
    "kitti_object": Format(kitti_object.write, kitti_object.holds, no_box, own_pictures=True),
    "kitti_tracking": Format(kitti_tracking.write, kitti_object.holds, no_box, own_pictures=True),
    "nuscenes": Format(nuscenes.write, nuscenes.holds, no_box, own_pictures=True),
    "openlabel": Format(openlabel.write, openlabel.holds, openlabel.leaves_out),
    "parquet": Format(parquet.write, lambda _spec: True, lambda _label: False),
    "webdataset": Format(
        webdataset.write,
        lambda _spec: True,
        lambda _label: False,
        own_pictures=True,
        joins_heads=True,
        has_places=webdataset.has_places,
    ),
    "yolo": Format(yolo.write, coco.holds, coco.leaves_out, own_pictures=True, has_places=_nowhere),
}
#: What somebody gets who asks for none in particular.
DEFAULT_FORMATS = ("coco", "parquet")
