"""Labels of every geometry, as they come out of ``labelapp-labels/1``: checked, in arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from projection.arrays import BoolArray, Float64Array, Int64Array

AttributeValue = str | float | int | bool
Attributes = Mapping[str, AttributeValue]


@dataclass(frozen=True, kw_only=True)
class Label:
    """What all labels have.

    Attributes:
        id: Unique in its label set.
        class_name: Its class in the ontology.
        attributes: Those that hold for its whole life.
        spec: The label as it was read.
    """

    geometry: ClassVar[str]

    id: str
    class_name: str
    attributes: Attributes
    spec: Mapping[str, Any] = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Cuboid(Label):
    """A box with a life in time; ``projection.tracks.Track`` says where it is at which time.

    Attributes:
        static: It stands still; it has one keyframe.
        interpolation: ``linear`` or ``spline``: how the position goes from keyframe to keyframe.
        from_ns: Start of its life, None: at its first keyframe (static: with the clip).
        to_ns: End of its life, None: at its last keyframe (static: with the clip).
        times_ns: (k,) of the keyframes, strictly rising.
        positions_m: (k, 3) centre, world.
        quats_xyzw: (k, 4) world_from_box, unit.
        sizes_m: (k, 3) length, width, height along the box's own x, y, z.
        gap_after: (k,) whether it is gone until the next keyframe.
        keyframe_attributes: (k) what changes at each keyframe.
    """

    geometry = "cuboid"

    static: bool
    interpolation: str
    from_ns: int | None
    to_ns: int | None
    times_ns: Int64Array
    positions_m: Float64Array
    quats_xyzw: Float64Array
    sizes_m: Float64Array
    gap_after: BoolArray
    keyframe_attributes: tuple[Attributes, ...]


@dataclass(frozen=True, kw_only=True)
class Polyline(Label):
    """A line on the world: vertices_m (n, 3), with a width where it is a painted one."""

    geometry = "polyline"

    vertices_m: Float64Array
    closed: bool
    width_m: float | None


@dataclass(frozen=True, kw_only=True)
class Polygon(Label):
    """A surface: rings_m of (n, 3), the first is the outer one, the others are holes."""

    geometry = "polygon"

    rings_m: tuple[Float64Array, ...]


@dataclass(frozen=True, kw_only=True)
class Keypoints(Label):
    """Named points: positions_m (n, 3), visible (n,) as the labeller said."""

    geometry = "keypoints"

    names: tuple[str, ...]
    positions_m: Float64Array
    visible: BoolArray


@dataclass(frozen=True, slots=True)
class PointSelection:
    """Some points of one sweep, by their number in the file."""

    lidar: str
    time_ns: int
    indices: Int64Array


@dataclass(frozen=True, kw_only=True)
class Points(Label):
    """A segment of sweeps: which points belong to it; or points of its own, positions_m (n, 3)."""

    geometry = "points"

    selections: tuple[PointSelection, ...]
    positions_m: Float64Array


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The labels of one layer from one source.

    Attributes:
        layer: Which part of the ontology.
        source: ``human``, ``model``, ``gold``, ``simulation`` or ``import``.
        labels: In the order of the file.
        name: The file's name, or None.
    """

    layer: str
    source: str
    labels: tuple[Label, ...]
    name: str | None = None
