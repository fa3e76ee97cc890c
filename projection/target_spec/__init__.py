"""Target specs: which targets, of which classes, of which images, under which visibility rules.

One spec says what one training head learns from. A file holds one, or several under ``heads``; it
is JSON or YAML, see ``docs/targets.md`` and ``target_spec.schema.json`` beside this file::

    {"name": "objects",
     "targets": ["box2d_clipped", "mask_visible", ...],         see ``names``
     "classes": ["car", {"name": "truck", "of": ["truck", "bus"]}],  null: all, as they are
     "layers": ["objects"], "geometries": ["cuboid"], "cameras": ["front"],      null: all
     "sampling": {"every": 3, "max_rate_hz": 10, "from_ns": "0", "to_ns": "90",
                  "only_pictures": false},
     "visibility": {"min_visible_fraction": 0.1, "max_distance_m": 120, "otherwise": "ignore", ...},
     "occluders": {"cuboids": true, "cuboid_scale": [0.9, 0.9, 0.85], "polygons": true,
                   "scenery": true, "sweeps": false},
     "sweeps": {"within_s": 0.06, "spacing_m": 0.1},
     "grid": {"frame": "ego", "origin_m": [-20, -30], "resolution_m": 0.25, "size": [320, 240]},
     "space": {"frame": "ego", "origin_m": [-20, -20, -2], "resolution_m": 0.5,
               "size": [80, 80, 12]},
     "tolerance_px": 0.05}

    {"heads": {"cars": {"kind": "objects2d", "classes": ["car"]}, "road": {"kind": "semantic"}},
     "sampling": {"every": 2}}                                   what heads share stands outside

Every field but ``targets`` (or ``kind``) may be left out. What isn't asked for isn't computed.
"""

from projection.target_spec.files import SCHEMA_FILE, read_target_specs
from projection.target_spec.names import (
    ALL_TARGETS,
    DEFAULT_TARGETS,
    GEOMETRIES,
    IMAGE_TARGETS,
    KINDS,
    LABEL_TARGETS,
    PICTURE_TARGETS,
    TARGETS,
    TICK_TARGETS,
)
from projection.target_spec.rules import (
    OCCLUDER_SCALE,
    ClassRule,
    Occluders,
    PlaneGrid,
    Sampling,
    Space,
    Sweeps,
    Visibility,
)
from projection.target_spec.spec import TOLERANCE_PX, TargetSpec, TargetSpecs

__all__ = [
    "ALL_TARGETS",
    "DEFAULT_TARGETS",
    "GEOMETRIES",
    "IMAGE_TARGETS",
    "KINDS",
    "LABEL_TARGETS",
    "OCCLUDER_SCALE",
    "PICTURE_TARGETS",
    "SCHEMA_FILE",
    "TARGETS",
    "TICK_TARGETS",
    "TOLERANCE_PX",
    "ClassRule",
    "Occluders",
    "PlaneGrid",
    "Sampling",
    "Space",
    "Sweeps",
    "TargetSpec",
    "TargetSpecs",
    "Visibility",
    "read_target_specs",
]
