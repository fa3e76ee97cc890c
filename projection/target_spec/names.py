"""What a target spec may ask for: targets, and kinds of training heads that name a set of them."""

from dataclasses import dataclass

#: Of a label in an image.
LABEL_TARGETS = (
    "box2d_full",
    "box2d_clipped",
    "box2d_visible",
    "outline",
    "mask_whole",
    "mask_visible",
    "polyline",
    "polygon",
    "keypoints",
    "point_count",
    "corners",
    "box3d",
    "truncation",
    "truncation_surface",
    "occlusion",
    "distance",
    "depth",
)
#: Of an image.
IMAGE_TARGETS = (
    "semantic",
    "semantic_picture",
    "id_picture",
    "depth_picture",
    "range_picture",
    "depth_source",
)
#: Those of images that are files of their own.
PICTURE_TARGETS = IMAGE_TARGETS[1:]
TARGETS = LABEL_TARGETS + IMAGE_TARGETS
#: Of a time: rasters seen from above, and of space.
TICK_TARGETS = ("bev", "occupancy", "flow")
ALL_TARGETS = TARGETS + TICK_TARGETS
_SELDOM = ("corners", "box3d", "truncation_surface")
#: What an engineer gets who asks for nothing in particular.
DEFAULT_TARGETS = tuple(name for name in LABEL_TARGETS if name not in _SELDOM)

GEOMETRIES = ("cuboid", "polyline", "polygon", "keypoints", "points")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of head asks for, unless it says otherwise.

    Attributes:
        targets: Their names.
        geometries: Of labels; None: all.
    """

    targets: tuple[str, ...]
    geometries: tuple[str, ...] | None = None


_BOXES = ("truncation", "occlusion", "distance")
KINDS: dict[str, Kind] = {
    "objects2d": Kind(("box2d_full", "box2d_clipped", "box2d_visible", *_BOXES), ("cuboid",)),
    "objects3d": Kind(("box2d_clipped", "box3d", "corners", *_BOXES, "depth"), ("cuboid",)),
    "instance": Kind(
        ("box2d_visible", "mask_whole", "mask_visible", "occlusion", "id_picture"), ("cuboid",)
    ),
    "semantic": Kind(("semantic", "semantic_picture")),
    "lanes": Kind(("polyline", "distance"), ("polyline",)),
    "surfaces": Kind(("mask_whole", "mask_visible", "polygon"), ("polygon",)),
    "depth": Kind(("depth_picture", "range_picture", "depth_source")),
    "keypoints": Kind(("keypoints", "distance"), ("keypoints",)),
    "points": Kind(("mask_visible", "point_count", "distance"), ("points",)),
    "bev": Kind(("bev",)),
    "occupancy": Kind(("occupancy",), ("cuboid",)),
    "flow": Kind(("flow",), ("cuboid",)),
}
