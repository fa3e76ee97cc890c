"""Files of the two formats, read and checked: ``labelapp-clip/1`` and ``labelapp-labels/1``."""

from projection.io.clip_folder import ClipFolder, ImageRow, SweepRow, read_clip_folder
from projection.io.clip_json import Lidar, Origin
from projection.io.errors import Defect, FormatError
from projection.io.label_set import read_label, read_label_set
from projection.io.sweeps import Sweep, read_sweep

__all__ = [
    "ClipFolder",
    "Defect",
    "FormatError",
    "ImageRow",
    "Lidar",
    "Origin",
    "Sweep",
    "SweepRow",
    "read_clip_folder",
    "read_label",
    "read_label_set",
    "read_sweep",
]
