"""All targets of one image that specs ask for, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from projection.batch.boxes import BoxMaker, BoxNeeds
from projection.batch.drawing import Drawing
from projection.batch.image_targets import ImageTargets, LabelTarget
from projection.batch.label_table import BatchLabel, classes_of
from projection.batch.pictures import DEPTH_PICTURES, ClassPictures, id_picture
from projection.batch.point_scene import PointScene
from projection.batch.scene import Seen, Surfaces
from projection.batch.scenery import MESH, Scenery
from projection.batch.stills import Stills, StillTables
from projection.raster.memory import Workspace
from projection.target_spec import TargetSpec
from projection.target_spec.rules import Visibility


class Head:
    """One spec with what it makes of a label table.

    Attributes:
        spec: The spec.
        names: Of each label its class; None: it is left out.
        rows: Of the labels that aren't.
    """

    def __init__(self, labels: Sequence[BatchLabel], spec: TargetSpec) -> None:
        self.spec = spec
        self.names = classes_of(labels, spec)
        self.rows = frozenset(row for row, name in enumerate(self.names) if name is not None)
        self._has_rules = replace(spec.visibility, otherwise="drop") != Visibility()

    @cached_property
    def spec_hash(self) -> str:
        """Of what decides about an image's targets; asked for chunk by chunk."""
        return self.spec.content_hash[:16]

    @cached_property
    def classes(self) -> ClassPictures:
        """Its classes in pictures."""
        rules = self.spec.classes
        return ClassPictures(self.names, None if rules is None else [rule.name for rule in rules])

    def has(self, target: LabelTarget, *, is_box: bool) -> bool:
        """Whether anything that it asks for of a label is in the picture."""
        if target.row not in self.rows:
            return False
        if is_box:
            return True
        wants = self.spec.wants
        return bool(
            (wants("polyline") and target.pieces)
            or (wants("polygon", "box2d_clipped") and target.rings)
            or (wants("keypoints") and target.keypoints)
            or (wants("point_count") and target.points)
            or (
                self.spec.needs_silhouettes
                and target.silhouette is not None
                and target.silhouette.whole_px > 0
            )
        )

    def breaks_a_rule(self, target: LabelTarget) -> bool:
        """Whether a visibility rule is against a label."""
        if not self._has_rules:
            return False
        rules, seen, far = self.spec.visibility, target.silhouette, target.distance_m
        box = target.box_clipped
        against = [
            far is not None and rules.max_distance_m is not None and far > rules.max_distance_m,
            far is not None and rules.min_distance_m is not None and far < rules.min_distance_m,
            rules.max_truncation is not None and (target.truncation or 0.0) > rules.max_truncation,
            rules.min_box_height_px is not None
            and box is not None
            and box[3] - box[1] < rules.min_box_height_px,
        ]
        if seen is not None and rules.min_visible_px is not None:
            against.append(seen.visible_px < rules.min_visible_px)
        if seen is not None and rules.min_visible_fraction is not None:
            share = seen.visible_px / seen.whole_px if seen.whole_px else 0.0
            against.append(share < rules.min_visible_fraction)
        return any(against)


@dataclass(frozen=True)
class _Group:
    """Heads whose pictures are drawn the same way.

    Attributes:
        numbers: The heads' places.
        heads: The heads.
        points: Labels of points, cloud and sweeps.
    """

    numbers: tuple[int, ...]
    heads: tuple[Head, ...]
    points: PointScene
    _rows: dict[tuple[str, ...], frozenset[int]] = field(default_factory=dict)

    def wants(self, *names: str) -> bool:
        """Whether any head wants any of these targets."""
        return any(head.spec.wants(*names) for head in self.heads)

    def rows(self, *names: str) -> frozenset[int]:
        """The labels that heads want any of these targets of; of none: all labels."""
        found = self._rows.get(names)
        if found is None:
            heads = [head.rows for head in self.heads if not names or head.spec.wants(*names)]
            found = self._rows[names] = frozenset().union(*heads)
        return found

    @cached_property
    def far(self) -> frozenset[int]:
        """The labels whose distance or depth a head needs."""
        heads = [head.rows for head in self.heads if head.spec.visibility.needs_distance]
        return self.rows("distance", "depth").union(*heads)

    @cached_property
    def surfaced(self) -> frozenset[int]:
        """The labels whose masks a head needs."""
        heads = [head.rows for head in self.heads if head.spec.needs_silhouettes]
        return frozenset().union(*heads)


class ImageMaker:
    """Makes the targets of images, one after the other, in the same memory.

    Args:
        labels: The label table.
        specs: What is asked for: one spec, or several that share the work.
        scenery: What stands around without being a label.
    """

    def __init__(
        self,
        labels: Sequence[BatchLabel],
        specs: TargetSpec | Sequence[TargetSpec],
        scenery: Scenery | None = None,
    ) -> None:
        self._labels = tuple(labels)
        chosen = [specs] if isinstance(specs, TargetSpec) else list(specs)
        self.heads = tuple(Head(self._labels, spec) for spec in chosen)
        self._scenery = scenery or Scenery()
        self._surfaces = Surfaces(self._labels, self._scenery.triangles(len(self._labels) + MESH))
        self._memory = Workspace(), Workspace()
        self._boxes = BoxMaker(self._labels)
        self._tables = StillTables()
        self._points: dict[object, PointScene] = {}
        self._groups: dict[tuple[int, ...], list[_Group]] = {}

    def make(self, seen: Seen) -> ImageTargets:
        """The targets of one image, for the first spec."""
        return self.make_all(seen, (0,))[0]

    def make_all(self, seen: Seen, heads: Sequence[int]) -> list[ImageTargets]:
        """The targets of one image, for some of the specs."""
        chosen = tuple(heads)
        if chosen not in self._groups:
            self._groups[chosen] = self._grouped(chosen)
        found: dict[int, ImageTargets] = {}
        for group in self._groups[chosen]:
            found.update(zip(group.numbers, self._make(seen, group), strict=True))
        return [found[number] for number in chosen]

    def _grouped(self, chosen: tuple[int, ...]) -> list[_Group]:
        by_rules: dict[object, list[int]] = {}
        for number in chosen:
            spec = self.heads[number].spec
            by_rules.setdefault((spec.occluders, spec.sweeps, spec.tolerance_px), []).append(number)
        groups = []
        for numbers in by_rules.values():
            rule = self.heads[numbers[0]].spec.sweeps
            if rule not in self._points:
                self._points[rule] = PointScene(self._labels, self._scenery, rule)
            heads = tuple(self.heads[number] for number in numbers)
            groups.append(_Group(tuple(numbers), heads, self._points[rule]))
        return groups

    def _make(self, seen: Seen, group: _Group) -> list[ImageTargets]:
        specs = [head.spec for head in group.heads]
        targets = {target.row: target for target in self._boxes.make(seen, _box_needs(group))}
        boxes = np.array([row in targets for row in seen.boxes.tolist()], dtype=np.bool_)
        wanted = group.rows()
        for row in seen.others.tolist():
            if row in wanted:
                targets[row] = LabelTarget(row=row, attributes=self._labels[row].label.attributes)
        drawing = None
        if any(spec.needs_drawing for spec in specs):
            drawing = Drawing(
                self._labels, specs[0].occluders, self._surfaces, self._memory, seen, boxes,
                group.points,
            )  # fmt: skip
        self._stills(seen, group, targets, drawing)
        if drawing is not None and group.surfaced:
            # Kept apart from the pictures: both are drawn in the same memory.
            rows = sorted(group.surfaced & targets.keys())
            for row, found in drawing.silhouettes(rows).items():
                targets[row].silhouette = found
        return [self._of_head(head, targets, drawing) for head in group.heads]

    def _stills(
        self, seen: Seen, group: _Group, targets: dict[int, LabelTarget], drawing: Drawing | None
    ) -> None:
        """Labels that aren't boxes."""
        still = sorted(row for row in targets if self._labels[row].track is None)
        stills = Stills(self._labels, group.points, self._tables)
        tolerance = group.heads[0].spec.tolerance_px
        stills.nearest(seen, targets, [row for row in still if row in group.far])

        def rows(*names: str) -> list[int]:
            wanted = group.rows(*names)
            return [row for row in still if row in wanted]

        stills.lines(seen, targets, rows("polyline"), drawing, tolerance)
        stills.polygons(seen, targets, rows("polygon", "box2d_clipped"), tolerance)
        stills.keypoints(seen, targets, rows("keypoints"), drawing)
        stills.points(seen, targets, rows("point_count"), drawing)

    def _of_head(
        self, head: Head, targets: dict[int, LabelTarget], drawing: Drawing | None
    ) -> ImageTargets:
        spec, kept = head.spec, []
        for row in sorted(targets):
            target = targets[row]
            if not head.has(target, is_box=self._labels[row].track is not None):
                continue
            if head.breaks_a_rule(target):
                if spec.visibility.otherwise == "drop":
                    continue
                target = replace(target, ignored=True)
            kept.append(target)
        if drawing is None:
            return ImageTargets(kept)
        pictures = {
            name: make(drawing) for name, make in DEPTH_PICTURES.items() if spec.wants(name)
        }
        if spec.wants("semantic_picture"):
            pictures["semantic_picture"] = head.classes.picture(drawing)
        if spec.wants("id_picture"):
            rows = [target.row for target in kept]
            pictures["id_picture"] = id_picture(drawing, rows, len(self._labels))
        return ImageTargets(
            labels=kept,
            semantic=head.classes.masks(drawing) if spec.wants("semantic") else [],
            pictures=pictures,
            occluders=drawing.used if spec.needs_occluders else (),
        )


def _box_needs(group: _Group) -> BoxNeeds:
    rules = [head.spec.visibility for head in group.heads]
    return BoxNeeds(
        truncation=group.wants("truncation") or any(r.max_truncation is not None for r in rules),
        truncation_surface=group.wants("truncation_surface"),
        outline=group.wants("outline"),
        corners=group.wants("corners"),
        depth=group.wants("depth"),
        box3d=group.wants("box3d"),
        tolerance_px=group.heads[0].spec.tolerance_px,
    )
