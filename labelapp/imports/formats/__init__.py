"""The formats that labels can be read from: one file each, and one line here.

The mirror of ``labelapp.datasets.formats``, which writes them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labelapp.imports.errors import defect
from labelapp.imports.files import Files
from labelapp.imports.formats import (
    argoverse2,
    flat,
    kitti_object,
    kitti_tracking,
    labelapp_labels,
    nuscenes,
    openlabel,
    parquet,
    webdataset,
)
from labelapp.imports.reading import ClipGeometry, Reading, Recording

__all__ = ["FORMATS", "Format", "format_found"]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        recordings: What recordings files have labels of; none where they aren't of this format.
        read: The labels of one of them.
    """

    recordings: Callable[[Files], Sequence[Recording]]
    read: Callable[[Files, Recording, ClipGeometry], Reading]


#: Whichever comes first has files that several could mean.
FORMATS: dict[str, Format] = {
    "nuscenes": Format(nuscenes.recordings, nuscenes.read),
    "argoverse2": Format(argoverse2.recordings, argoverse2.read),
    "kitti_tracking": Format(kitti_tracking.recordings, kitti_tracking.read),
    "kitti_object": Format(kitti_object.recordings, kitti_object.read),
    "webdataset": Format(webdataset.recordings, webdataset.read),
    "parquet": Format(parquet.recordings, parquet.read),
    "openlabel": Format(openlabel.recordings, openlabel.read),
    "labelapp": Format(labelapp_labels.recordings, labelapp_labels.read),
}


def format_found(files: Files) -> tuple[str, Sequence[Recording]]:
    """Return which format files are of, and which recordings they have.

    Raises:
        ImportDefectError: They are of none, or of one without places in the world.
    """
    for name, one in FORMATS.items():
        found = one.recordings(files)
        if found:
            return name, found
    flat.refuse(files)
    shown = ", ".join(files.names[:3]) or "no files"
    raise defect(files.title, f"files of {', '.join(FORMATS)}", shown)
