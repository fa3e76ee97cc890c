"""Everything that one picture yields."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from projection.arrays import BoolArray, Float32Array, Int32Array, UInt8Array
from projection.io.clip_folder import ImageRow
from projection.labels import Label
from projection.scene import Scene
from projection.spec import SpecError
from projection.target_spec import DEFAULT_TARGETS, TargetSpec
from projection.view import View

if TYPE_CHECKING:
    from projection.batch.drawing import Drawing
    from projection.batch.image_targets import LabelTarget, SemanticMask
    from projection.batch.label_table import BatchLabel
    from projection.batch.scene import Seen

#: What ``render`` gives beside the targets of a target spec: pictures as arrays, and point labels.
PICTURES = ("depth", "instances", "points")


@dataclass(frozen=True, slots=True)
class DepthPicture:
    """Depth of a picture, from surfaces of labels and from points.

    Attributes:
        depth_m: (h, w) float32 along the optical axis, inf for nothing.
        range_m: (h, w) float32 from the camera, inf for nothing.
        source: (h, w) 0: nothing, 1: a label, 2: scenery, 3: a point of the scene's cloud.
    """

    depth_m: Float32Array
    range_m: Float32Array
    source: UInt8Array


@dataclass(frozen=True, slots=True)
class PointPicture:
    """The nearest point's label in every pixel.

    Attributes:
        label: (h, w) number of ``Cloud.labels``, -1 for none.
        ambiguous: (h, w) whether points of another label lie as near.
    """

    label: Int32Array
    ambiguous: BoolArray


@dataclass(frozen=True, slots=True)
class LabelInPicture:
    """One label in one picture.

    Attributes:
        label: The label.
        class_name: Its class among the targets.
        target: What it is in the picture; what wasn't asked for is None.
        hidden_by: Ids of the labels that hide most of it (None: the scenery), with their pixels.
    """

    label: Label
    class_name: str
    target: "LabelTarget"
    hidden_by: tuple[tuple[str | None, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Targets:
    """Everything that was asked for of one picture.

    Attributes:
        labels: The labels that are in the picture, by layer and id.
        semantic: A mask for each class, no pixel twice.
        id_picture: PNG: place in ``labels`` plus one.
        depth_picture: PNG of 16 bits: depth in 1/256 m.
        depth: Depth as arrays.
        instances: (h, w) place in ``labels`` of what each pixel shows, -1 for none of them.
        points: Point labels of the scene's cloud.
        occluders: What could hide labels: some of ``cuboids``, ``polygons``, ``scenery``.
    """

    labels: tuple[LabelInPicture, ...]
    semantic: tuple["SemanticMask", ...] = ()
    id_picture: bytes | None = None
    depth_picture: bytes | None = None
    depth: DepthPicture | None = None
    instances: Int32Array | None = None
    points: PointPicture | None = None
    occluders: tuple[str, ...] = ()
    _by_id: dict[str, LabelInPicture] = field(default_factory=dict, repr=False, compare=False)

    def __iter__(self) -> Iterator[LabelInPicture]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    def of(self, label_id: str) -> "LabelTarget | None":
        """What the label of that id is in the picture, None if nothing."""
        if not self._by_id:
            self._by_id.update({entry.label.id: entry for entry in self.labels})
        found = self._by_id.get(label_id)
        return None if found is None else found.target


def render(
    view: View,
    scene: Scene,
    want: Collection[str] = DEFAULT_TARGETS,
    *,
    spec: TargetSpec | None = None,
) -> Targets:
    """Everything that one picture yields, and nothing that isn't asked for.

    A pure function of its arguments: the order of labels changes nothing.

    Args:
        view: The picture.
        scene: The world; keep it for all pictures of a clip.
        want: Targets of a target spec (``box2d_clipped``, ``mask_visible``, ...; see
            ``projection.target_spec``), and of ``PICTURES``.
        spec: Classes, visibility rules, occluders and tolerance; ``want`` replaces its targets.

    Raises:
        SpecError: Something is wanted that there isn't.
    """
    from projection.batch.image_targets import ImageTargets  # noqa: PLC0415  loads compiled kernels

    wanted = [name for name in want if name not in PICTURES]
    asked = spec if spec is not None else TargetSpec()
    if wanted:
        checked = TargetSpec.from_dict({"targets": list(dict.fromkeys(wanted))})
        asked = replace(asked, targets=checked.targets)
    else:
        asked = replace(asked, targets=("box2d_clipped",))
    table, maker = scene.maker(asked)
    names = maker.heads[0].names
    seen = _look(view, table)
    made = maker.make(seen) if wanted or "instances" in want else ImageTargets([])
    drawing: Drawing | None = None
    if "depth" in want or "instances" in want:
        drawing = _drawing(scene, asked, seen)
    return Targets(
        labels=tuple(
            LabelInPicture(
                table[target.row].label, names[target.row] or "", target, _hidden_by(target, table)
            )
            for target in made.labels
        ),
        semantic=tuple(made.semantic),
        id_picture=made.id_picture,
        depth_picture=made.depth_picture,
        depth=_depth(view, scene, drawing) if drawing is not None and "depth" in want else None,
        instances=(
            _instances(drawing, [target.row for target in made.labels], len(table))
            if drawing is not None and "instances" in want
            else None
        ),
        points=_points(view, scene) if "points" in want else None,
        occluders=tuple(
            name
            for name, used in (
                ("cuboids", asked.occluders.cuboids),
                ("polygons", asked.occluders.polygons),
                ("scenery", scene.scenery is not None),
            )
            if used
        ),
    )


def _hidden_by(
    target: "LabelTarget", table: tuple["BatchLabel", ...]
) -> tuple[tuple[str | None, int], ...]:
    if target.silhouette is None:
        return ()
    return tuple(
        (table[row].label.id if row < len(table) else None, pixels)
        for row, pixels in target.silhouette.hiders
    )


def _look(view: View, table: tuple["BatchLabel", ...]) -> "Seen":
    """Which labels may be in the picture."""
    from projection.batch.plan import Chunk  # noqa: PLC0415  loads compiled kernels
    from projection.batch.scene import look  # noqa: PLC0415

    camera = replace(view.camera, ego_from_camera=view.ego_from_camera, shutter=view.shutter)
    image = ImageRow(camera.name, view.time_ns, None)
    return look(table, Chunk(camera, "", 0, (image,)), view.trajectory)[0]


def _drawing(scene: Scene, spec: TargetSpec, seen: "Seen") -> "Drawing":
    from projection.batch.drawing import Drawing  # noqa: PLC0415  loads compiled kernels
    from projection.batch.scene import Surfaces  # noqa: PLC0415
    from projection.raster.memory import Workspace  # noqa: PLC0415

    table, _ = scene.maker(spec)
    everyone = np.ones(len(seen.boxes), dtype=np.bool_)
    memory = Workspace(), Workspace()
    surfaces = Surfaces(table, scene.triangles(len(table)))
    return Drawing(table, spec.occluders, surfaces, memory, seen, everyone)


def _depth(view: View, scene: Scene, drawing: "Drawing") -> DepthPicture:
    from projection.raster.points import merged_depth, splat  # noqa: PLC0415

    zbuffer = drawing.everything
    splats = None
    if scene.cloud is not None:
        splats = splat(view, scene.cloud.positions_m, scene.cloud.spacing_m, zbuffer)
    table_size = sum(len(label_set.labels) for label_set in scene.label_sets)
    merged = merged_depth(zbuffer, splats, [table_size])
    return DepthPicture(merged.depth_m, merged.range_m, merged.source)


def _instances(drawing: "Drawing", rows: list[int], count: int) -> Int32Array:
    numbers = np.full(count + 2, -1, dtype=np.int32)  # the scenery, and nothing
    numbers[rows] = np.arange(len(rows), dtype=np.int32)
    return np.ascontiguousarray(numbers[drawing.everything.owner])


def _points(view: View, scene: Scene) -> PointPicture:
    from projection.raster.points import label_pixels  # noqa: PLC0415

    cloud = scene.cloud
    if cloud is None or cloud.labels is None:
        raise SpecError("want", "a scene whose cloud has labels, for points", "none")
    found = label_pixels(view, cloud.positions_m, cloud.labels, cloud.spacing_m)
    return PointPicture(found.label, found.ambiguous)
