"""One image drawn: what is in front, whose each pixel is, what of a label is seen."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from projection.arrays import BoolArray, Float64Array, Int32Array
from projection.batch.box_drawing import shrinking
from projection.batch.box_stamping import BOX_TRIANGLES
from projection.batch.label_table import BatchLabel
from projection.batch.point_scene import PointScene
from projection.batch.scene import Joined, Seen, Surfaces
from projection.batch.scenery import MESH, SOURCES
from projection.labels import Polygon
from projection.raster.amodal import silhouettes
from projection.raster.memory import Workspace
from projection.raster.points import FROM_POINTS, Depth, merged_depth, visible
from projection.raster.tessellate import Triangles, concatenate
from projection.raster.zbuffer import ZBuffer, rasterise
from projection.target_spec import Occluders

#: What may hide labels, as it is called in files.
_LABELS = ("cuboids", "polygons")
OCCLUDERS = (*_LABELS, *SOURCES)


class Silhouette(NamedTuple):
    """A label's own pixels.

    Attributes:
        whole_px: In the picture, whatever stands in front.
        visible_px: Of these, seen.
        whole: Mask as a COCO run-length string.
        visible: The same of what is seen.
        visible_box: Tight box of what is seen, px; None: nothing is.
        hidden: Share that isn't seen.
        hiders: Rows of the label table that hide most of it, and how many pixels each.
    """

    whole_px: int
    visible_px: int
    whole: str
    visible: str
    visible_box: tuple[float, float, float, float] | None
    hidden: float
    hiders: tuple[tuple[int, int], ...]


class Drawing:
    """One image drawn, as far as it's asked for.

    Args:
        labels: The label table.
        rules: What hides others.
        surfaces: Of labels that stand still, and of the scenery's mesh.
        memory: For the picture of what hides others, and for the one of everything.
        seen: The image.
        boxes: (k,) which boxes of ``seen`` are in the picture.
        points: Labels of points, cloud and sweeps; None: there are none.
    """

    def __init__(
        self,
        labels: Sequence[BatchLabel],
        rules: Occluders,
        surfaces: Surfaces,
        memory: tuple[Workspace, Workspace],
        seen: Seen,
        boxes: BoolArray,
        points: PointScene | None = None,
    ) -> None:
        self._labels = labels
        self._rules = rules
        self._memory = memory
        self._seen = seen
        self._points = points
        self._origin = seen.view.origin_m
        self._corners = seen.corners[boxes]
        self._rows = seen.boxes[boxes].astype(np.int32)
        self._scenery = surfaces.scenery
        self._others = seen.others.tolist()
        grounds = [row for row in self._others if isinstance(labels[row].label, Polygon)]
        self._surfaces = surfaces
        self._grounds = surfaces.joined(grounds)
        self.used: tuple[str, ...] = ()

    @cached_property
    def occluders(self) -> ZBuffer:
        """What hides labels: scenery, boxes made smaller, and surfaces; ``used`` says which."""
        rules, view, points = self._rules, self._seen.view, self._points
        parts: dict[str, list[Triangles]] = {}
        if rules.cuboids:
            parts["cuboids"] = [self._cuboids(rules.cuboid_scale)]
        if rules.polygons:
            grounds = self._grounds.about(self._origin, painted=False)
            parts["polygons"] = [grounds] if len(grounds) else []
        if rules.scenery:
            parts["mesh"] = self._scenery
            parts["cloud"] = points.cloud_quads(view) if points is not None else []
        if rules.sweeps:
            parts["sweeps"] = points.sweep_quads(view) if points is not None else []
        # What is a rule and not a thing counts as used also where there is none in sight.
        self.used = tuple(n for n in OCCLUDERS if parts.get(n) or (n in _LABELS and n in parts))
        triangles = [part for name in OCCLUDERS for part in parts.get(name, ())]
        return rasterise(
            view, concatenate(triangles, self._origin), workspace=self._memory[0],
            labels=tuple(self._grounds.labels) if rules.polygons else (),
        )  # fmt: skip

    @cached_property
    def everything(self) -> ZBuffer:
        """Whose each pixel is: the scenery's mesh, and all labels in full size."""
        scenery = self._scenery if self._rules.scenery else []
        shown = concatenate([self._full, *scenery], self._origin)
        return rasterise(self._seen.view, shown, workspace=self._memory[1])

    @cached_property
    def _full(self) -> Triangles:
        """Surfaces in full size; paint is nearer than the road that it lies on."""
        return self._with_boxes(self._surfaces.joined(self._others))

    def _with_boxes(self, still: Joined) -> Triangles:
        """Boxes in full size, surfaces of labels that stand still, and labels of points."""
        parts = [self._cuboids((1.0, 1.0, 1.0)), still.about(self._origin)]
        if self._points is not None:
            parts += self._points.label_quads(self._seen.view, self._others)
        return concatenate(parts, self._origin)

    def _cuboids(self, scale: tuple[float, float, float]) -> Triangles:
        """The boxes, their sizes multiplied, at their speeds."""
        corners = self._corners
        if scale != (1.0, 1.0, 1.0):
            corners = np.einsum("ab,kbc->kac", shrinking(scale), corners)
        moving = corners[:, BOX_TRIANGLES]
        count = len(moving) * 12
        return Triangles(
            origin_m=self._origin,
            vertices_m=np.ascontiguousarray(moving[..., :3]).reshape(count, 3, 3),
            owners=np.repeat(self._rows, 12),
            velocities_mps=(
                np.ascontiguousarray(moving[..., 3:]).reshape(count, 3, 3)
                if self._seen.view.shutter.is_rolling
                else None
            ),
            solids=np.repeat(np.arange(len(moving), dtype=np.int32), 12),
            nearer=np.zeros(count, dtype=np.float32),
        )

    def silhouettes(self, rows: Sequence[int]) -> dict[int, Silhouette]:
        """Whole and visible pixels of those of these labels that have a surface."""
        grounds = self._grounds.labels if self._rules.polygons else {}
        recalled = grounds if self.occluders.recalls else {}
        if recalled:
            rest = [row for row in self._others if row not in recalled]
            triangles = self._with_boxes(self._surfaces.joined(rest))
        else:
            triangles = self._full
        surfaced = {*np.unique(triangles.owners).tolist(), *recalled}
        owners = np.array([row for row in rows if row in surfaced], dtype=np.int32)
        found = silhouettes(
            triangles, self.occluders, owners, workspace=self._memory[0],
            drawn_as_is=tuple(grounds), recalled=recalled,
        )  # fmt: skip
        named = zip(found.hiders.tolist(), found.hider_px.tolist(), strict=True)
        hiders = [
            tuple([(hider, px) for hider, px in zip(*pair, strict=True) if hider >= 0])
            for pair in named
        ]
        columns = (
            owners, found.whole.areas_px, found.visible.areas_px, found.visible.boxes_px,
            found.hidden,
        )  # fmt: skip
        result = {}
        for place, (row, whole_px, visible_px, box, hidden) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        ):
            u0, v0, u1, v1 = box
            result[row] = Silhouette(
                whole_px=whole_px,
                visible_px=visible_px,
                whole=found.whole.counts[place].decode("ascii"),
                visible=found.visible.counts[place].decode("ascii"),
                visible_box=(u0 - 0.5, v0 - 0.5, u1 + 0.5, v1 + 0.5) if u1 >= u0 else None,
                hidden=hidden,
                hiders=hiders[place],
            )
        return result

    def sees(self, points_m: Float64Array, owner: int = -1) -> BoolArray:
        """(n,) which points (n, 3), world, nothing hides but perhaps their own label's surface."""
        return visible(self._seen.view, points_m, self.occluders, owner)

    def pictured(self, numbers: npt.NDArray[np.int32]) -> Int32Array:
        """A picture of numbers (n,) of rows of the label table; -1 where nobody is."""
        beyond = np.full(len(SOURCES) + 1, -1, dtype=np.int32)
        return np.asarray(np.append(numbers, beyond)[self.everything.owner])

    @cached_property
    def depth(self) -> Depth:
        """Depth of labels, scenery, and points."""
        zbuffer = self.everything
        merged = merged_depth(zbuffer, None, [len(self._labels) + MESH])
        splats = self._points.splats(self._seen.view, zbuffer) if self._points is not None else []
        for points in splats:
            nearer = points.range_m < merged.range_m
            merged = Depth(
                np.where(nearer, points.depth_m, merged.depth_m),
                np.where(nearer, points.range_m, merged.range_m),
                np.where(nearer, np.uint8(FROM_POINTS), merged.source),
            )
        return merged
