"""All targets of one image that a spec asks for, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from projection.arrays import Float64Array, Int64Array, UInt8Array
from projection.batch import kernels
from projection.batch.drawing import Drawing, Silhouette
from projection.batch.label_table import BatchLabel
from projection.batch.lines import LinePiece, lines_of
from projection.batch.pinhole_boxes import pinhole_boxes
from projection.batch.scene import Seen, Surfaces
from projection.cameras.cylindrical import Cylindrical
from projection.cameras.pinhole import Pinhole
from projection.cones import LIMIT_SHARE, cone_cosine, picture_cone_rad
from projection.cuboids import Box, project_cuboid
from projection.kernels.boxes import FACES, SILHOUETTES
from projection.labels import Attributes, Keypoints, Polygon, Polyline
from projection.polygons import project_polygon
from projection.raster.memory import Workspace
from projection.raster.tessellate import Triangles
from projection.status import Status
from projection.target_spec import TargetSpec

_ROOM = 4096


@dataclass(frozen=True, slots=True)
class KeypointTarget:
    """One keypoint in one image."""

    name: str
    uv: tuple[float, float] | None
    depth_m: float | None
    status: int


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
        distance_m: From the camera: to a box's centre, to the nearest vertex of another label.
        depth_m: The same along the optical axis.
        corners: Pixels (8, 2) and statuses (8,).
        pieces: Of a line.
        rings: Of a surface.
        keypoints: Named points.
        silhouette: Its whole and its visible pixels.
    """

    row: int
    attributes: Attributes
    box_full: Box | None = None
    box_clipped: Box | None = None
    outline: list[Float64Array] | None = None
    truncation: float | None = None
    distance_m: float | None = None
    depth_m: float | None = None
    corners: tuple[Float64Array, UInt8Array] | None = None
    pieces: list[LinePiece] | None = None
    rings: list[Float64Array] | None = None
    keypoints: list[KeypointTarget] | None = None
    silhouette: Silhouette | None = None


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
        id_picture: PNG of rows of ``labels``, plus one; 0: none of them.
        depth_picture: PNG, 16 bits: depth along the optical axis in 1/256 m; 0: nothing there.
    """

    labels: list[LabelTarget]
    semantic: list[SemanticMask] = field(default_factory=list)
    id_picture: bytes | None = None
    depth_picture: bytes | None = None


class ImageMaker:
    """Makes the targets of images, one after the other, in the same memory.

    Args:
        labels: The label table.
        spec: What is asked for.
        scenery: What stands around without being a label, see ``Surfaces``.
    """

    def __init__(
        self, labels: Sequence[BatchLabel], spec: TargetSpec, scenery: Triangles | None = None
    ) -> None:
        self._labels = labels
        self._spec = spec
        self._surfaces = Surfaces(labels, scenery)
        self._memory = Workspace(), Workspace()
        self._room = _ROOM

    def make(self, seen: Seen) -> ImageTargets:
        """The targets of one image."""
        spec = self._spec
        targets = {target.row: target for target in self._boxes(seen)}
        boxes = np.isin(seen.boxes, list(targets))
        wanted = [int(row) for row in seen.others if self._is_wanted(int(row))]
        targets |= {row: self._still(seen, row) for row in wanted}
        drawing = None
        if spec.needs_drawing:
            drawing = Drawing(self._labels, spec, self._surfaces, self._memory, seen, boxes)
        if spec.wants("polyline"):
            self._lines(seen, targets, drawing)
        if spec.wants("polygon"):
            self._polygons(seen, targets)
        if spec.wants("keypoints"):
            self._keypoints(seen, targets, drawing)
        if drawing is not None and spec.needs_silhouettes:
            rows = [row for row in sorted(targets) if self._is_wanted(row)]
            for row, silhouette in drawing.silhouettes(rows).items():
                targets[row].silhouette = silhouette
        kept = [
            targets[row]
            for row in sorted(targets)
            if self._is_wanted(row) and self._is_there(targets[row]) and self._keeps(targets[row])
        ]
        if drawing is None:
            return ImageTargets(kept)
        return ImageTargets(
            labels=kept,
            semantic=[
                SemanticMask(name, area, counts)
                for name, area, counts in (drawing.semantic() if spec.wants("semantic") else ())
            ],
            id_picture=(
                drawing.id_picture([target.row for target in kept])
                if spec.wants("id_picture")
                else None
            ),
            depth_picture=drawing.depth_picture() if spec.wants("depth_picture") else None,
        )

    def _is_wanted(self, row: int) -> bool:
        return self._labels[row].class_name is not None

    def _is_there(self, target: LabelTarget) -> bool:
        """Whether anything of a label is in the picture."""
        if self._labels[target.row].track is not None:
            return True
        if target.pieces or target.rings or target.keypoints:
            return True
        return target.silhouette is not None and target.silhouette.whole_px > 0

    def _keeps(self, target: LabelTarget) -> bool:
        """Whether the visibility rules keep a label."""
        rules, seen = self._spec.visibility, target.silhouette
        if rules.max_distance_m is not None and not target.distance_m <= rules.max_distance_m:  # type: ignore[operator]  # all have one where the rule asks
            return False
        if rules.max_truncation is not None and (target.truncation or 0.0) > rules.max_truncation:
            return False
        if seen is None:
            return True
        if rules.min_visible_px is not None and seen.visible_px < rules.min_visible_px:
            return False
        share = seen.visible_px / seen.whole_px if seen.whole_px else 0.0
        return rules.min_visible_fraction is None or share >= rules.min_visible_fraction

    def _boxes(self, seen: Seen) -> list[LabelTarget]:
        """The boxes that are in the picture, also those that only hide others."""
        count = len(seen.boxes)
        if not count:
            return []
        spec, view = self._spec, seen.view
        camera = view.camera
        if isinstance(camera.lens, Cylindrical):
            special = np.full(count, kernels.SPECIAL, dtype=np.uint8)
            return self._special(seen, special)
        limit = cone_cosine(camera.limit_rad * LIMIT_SHARE)
        cosines = cone_cosine(picture_cone_rad(camera)), limit
        outcome = np.empty(count, dtype=np.uint8)
        numbers = np.full((count, kernels.NUMBERS), np.nan)
        if self._is_straight(seen):
            pixels, ends = np.empty((0, 2)), [0]
            spans = np.zeros(count + 1, dtype=np.int64)
            pinhole_boxes(
                seen.packed, seen.corners, limit, (SILHOUETTES, FACES),
                self._needs_truncation, outcome, numbers,
            )  # fmt: skip
        else:
            pixels, ends, spans = self._outlines(seen, cosines, outcome, numbers)
        found = self._special(seen, outcome)
        there = np.flatnonzero(outcome == kernels.THERE)
        corners = self._corners(seen, there)
        for place, box in enumerate(there.tolist()):
            target = self._box(seen, box)
            target.box_full = _box_of(numbers[box, kernels.FULL : kernels.FULL + 4])
            target.box_clipped = _box_of(numbers[box, kernels.CLIPPED : kernels.CLIPPED + 4])
            target.truncation = float(numbers[box, kernels.TRUNCATION])
            if spec.wants("outline"):
                bounds = ends[spans[box] : spans[box + 1] + 1]
                target.outline = [pixels[first:last].copy() for first, last in pairwise(bounds)]
            if corners is not None:
                target.corners = corners[0][place], corners[1][place]
            found.append(target)
        return found

    @property
    def _needs_truncation(self) -> bool:
        spec = self._spec
        return spec.wants("truncation") or spec.visibility.max_truncation is not None

    def _is_straight(self, seen: Seen) -> bool:
        """Whether the quick kernel for pinholes has all that is asked for."""
        camera = seen.view.camera
        return (
            isinstance(camera.lens, Pinhole)
            and camera.limit_rad >= 0.5 * np.pi
            and not seen.view.shutter.is_rolling
            and not self._spec.wants("outline")
        )

    def _outlines(
        self,
        seen: Seen,
        cosines: tuple[float, float],
        outcome: UInt8Array,
        numbers: Float64Array,
    ) -> tuple[Float64Array, list[int], Int64Array]:
        """Fill ``outcome`` and ``numbers``; the outlines' vertices, the loops' ends, the boxes'."""
        spans = np.empty(len(outcome) + 1, dtype=np.int64)
        while True:
            pixels, loops = np.empty((self._room, 2)), np.empty(self._room, dtype=np.int64)
            done = kernels.project_boxes(
                seen.packed, seen.corners, cosines, self._spec.tolerance_px, (SILHOUETTES, FACES),
                outcome, numbers, pixels, loops, spans,
            )  # fmt: skip
            if done >= 0:
                return pixels, [0, *loops[: spans[-1]].tolist()], spans
            self._room *= 4

    def _corners(self, seen: Seen, there: Int64Array) -> tuple[Float64Array, UInt8Array] | None:
        if not self._spec.wants("corners"):
            return None
        uv = np.empty((len(there), 8, 2))
        status = np.empty((len(there), 8), dtype=np.uint8)
        kernels.see_corners(seen.packed, seen.corners[there], uv, status)
        return uv, status

    def _box(self, seen: Seen, box: int) -> LabelTarget:
        row, view = int(seen.boxes[box]), seen.view
        track = self._labels[row].track
        attributes = track.attributes_at(view.time_ns) if track is not None else {}
        centre = seen.states[0][box] - view.origin_m
        return LabelTarget(
            row=row,
            attributes=attributes,
            distance_m=float(np.sqrt(centre @ centre)),
            depth_m=float(view.to_camera(centre[None])[0, 2])
            if self._spec.wants("depth")
            else None,
        )

    def _special(self, seen: Seen, outcome: UInt8Array) -> list[LabelTarget]:
        """Boxes that the camera is in, or passes, during the read-out: one by one."""
        found = []
        for box in np.flatnonzero(outcome == kernels.SPECIAL).tolist():
            target = self._box(seen, box)
            track = self._labels[target.row].track
            if track is None:
                continue
            whole = project_cuboid(seen.view, track, tolerance_px=self._spec.tolerance_px)
            if whole is None:
                continue
            target.box_full, target.box_clipped = whole.box_full, whole.box_clipped
            target.truncation = whole.truncation
            target.outline = list(whole.outline) if self._spec.wants("outline") else None
            target.corners = (
                (whole.corners_uv, whole.corners_status) if self._spec.wants("corners") else None
            )
            found.append(target)
        return found

    def _still(self, seen: Seen, row: int) -> LabelTarget:
        label = self._labels[row].label
        target = LabelTarget(row=row, attributes=label.attributes)
        if (
            self._spec.wants("distance", "depth")
            or self._spec.visibility.max_distance_m is not None
        ):
            if isinstance(label, Polyline):
                points = label.vertices_m
            elif isinstance(label, Polygon):
                points = np.concatenate(label.rings_m)
            else:
                points = label.positions_m  # type: ignore[attr-defined]  # what is left has them
            local = points - seen.view.origin_m
            square = (local * local).sum(axis=1)
            nearest = int(square.argmin())
            target.distance_m = float(np.sqrt(square[nearest]))
            if self._spec.wants("depth"):
                target.depth_m = float(seen.view.to_camera(local[nearest][None])[0, 2])
        return target

    def _lines(self, seen: Seen, targets: dict[int, LabelTarget], drawing: Drawing | None) -> None:
        lines = {
            row: label for row in targets if isinstance(label := self._labels[row].label, Polyline)
        }
        zbuffer = drawing.occluders if drawing is not None else None
        found = lines_of(seen, lines, zbuffer, self._spec.tolerance_px)
        for row, pieces in found.items():
            targets[row].pieces = pieces

    def _polygons(self, seen: Seen, targets: dict[int, LabelTarget]) -> None:
        for row, target in targets.items():
            label = self._labels[row].label
            if not isinstance(label, Polygon):
                continue
            found = project_polygon(seen.view, label.rings_m, tolerance_px=self._spec.tolerance_px)
            if found is not None:
                target.rings, target.box_clipped = list(found.rings), found.box_clipped

    def _keypoints(
        self, seen: Seen, targets: dict[int, LabelTarget], drawing: Drawing | None
    ) -> None:
        for row, target in targets.items():
            label = self._labels[row].label
            if not isinstance(label, Keypoints):
                continue
            uv, depth_m, status = seen.view.project_world(label.positions_m)
            inside = status == Status.OK
            if not inside.any():
                continue
            if drawing is not None:
                hidden = inside & ~drawing.sees(label.positions_m)
                status[hidden] = Status.OCCLUDED
            target.keypoints = [
                KeypointTarget(
                    name,
                    (float(u), float(v)) if np.isfinite(u) else None,
                    float(depth) if np.isfinite(depth) else None,
                    int(code),
                )
                for name, (u, v), depth, code in zip(
                    label.names, uv.tolist(), depth_m.tolist(), status, strict=True
                )
            ]


def _box_of(values: Float64Array) -> Box | None:
    u0, v0, u1, v1 = values.tolist()
    return (u0, v0, u1, v1) if np.isfinite(u0) else None
