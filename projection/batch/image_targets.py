"""What one image yields, and what each label is in it."""

from dataclasses import dataclass, field

from projection.arrays import Float64Array, UInt8Array
from projection.batch.drawing import Silhouette
from projection.batch.lines import LinePiece
from projection.cuboids import Box
from projection.labels import Attributes


@dataclass(frozen=True, slots=True)
class KeypointTarget:
    """One keypoint in one image."""

    name: str
    uv: tuple[float, float] | None
    depth_m: float | None
    status: int


@dataclass(frozen=True, slots=True)
class PointCounts:
    """How many of a label's points are in the picture, and how many of these nothing hides."""

    inside: int
    visible: int


@dataclass(frozen=True, slots=True)
class Box3d:
    """A box in the camera's frame, as it is at the image's time.

    Attributes:
        position_m: Its centre.
        quat_xyzw: camera_from_box.
        size_m: Length, width, height.
        velocity_mps: Of its centre through the world, along the camera's axes.
        yaw_rate_radps: Its turn about the world's vertical.
    """

    position_m: tuple[float, float, float]
    quat_xyzw: tuple[float, float, float, float]
    size_m: tuple[float, float, float]
    velocity_mps: tuple[float, float, float]
    yaw_rate_radps: float


@dataclass(slots=True)
class LabelTarget:
    """What one label is in one image; what the spec doesn't ask for stays None or empty.

    Attributes:
        row: Of the label table.
        attributes: At the image's time.
        box_full: Tight box of all of it; None also where some of it has no pixel.
        box_clipped: Tight box of what is in the picture.
        outline: Closed loops (n, 2) px; even-odd.
        truncation: Share that isn't in the picture.
        truncation_surface: The same of a box's surface, whatever its outline.
        distance_m: From the camera: to a box's centre, to the nearest vertex of another label.
        depth_m: The same along the optical axis.
        corners: Pixels (8, 2) and statuses (8,).
        pieces: Of a line.
        rings: Of a surface.
        keypoints: Named points.
        points: Of a label of points.
        box3d: Of a box, as the camera has it before it.
        silhouette: Its whole and its visible pixels.
        ignored: Whether it breaks a visibility rule, and says nothing about right and wrong.
    """

    row: int
    attributes: Attributes
    box_full: Box | None = None
    box_clipped: Box | None = None
    outline: list[Float64Array] | None = None
    truncation: float | None = None
    truncation_surface: float | None = None
    distance_m: float | None = None
    depth_m: float | None = None
    corners: tuple[Float64Array, UInt8Array] | None = None
    pieces: list[LinePiece] | None = None
    rings: list[Float64Array] | None = None
    keypoints: list[KeypointTarget] | None = None
    points: PointCounts | None = None
    box3d: Box3d | None = None
    silhouette: Silhouette | None = None
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class SemanticMask:
    """The pixels of one class in one image."""

    class_name: str
    area_px: int
    counts: str


@dataclass(frozen=True, slots=True)
class ImageTargets:
    """All targets of one image.

    Attributes:
        labels: In the order of the label table.
        semantic: By class name; the class that a pixel shows, no pixel twice.
        pictures: PNG files by target's name, see ``PICTURE_TARGETS``.
        occluders: What could hide labels: some of ``OCCLUDERS``.
    """

    labels: list[LabelTarget]
    semantic: list[SemanticMask] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    occluders: tuple[str, ...] = ()

    @property
    def id_picture(self) -> bytes | None:
        """PNG of places in ``labels``, plus one; 0: none of them."""
        return self.pictures.get("id_picture")

    @property
    def depth_picture(self) -> bytes | None:
        """PNG, 16 bits: depth along the optical axis in 1/256 m; 0: nothing there."""
        return self.pictures.get("depth_picture")
