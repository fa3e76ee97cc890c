"""Two label sets of one layer, compared as a whole."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import numpy as np

from projection.arrays import integer_times
from projection.labels import Cuboid, Keypoints, Label, LabelSet, Points, Polygon, Polyline
from quality.curves import LineMatch, match_lines
from quality.objects import ObjectComparison, compare_objects
from quality.options import Options
from quality.points import KeypointMatch, SegmentMatch, match_keypoints, match_segments
from quality.region import Region
from quality.surfaces import SurfaceMatch, match_surfaces

Kind = TypeVar("Kind", bound=Label)
Match = LineMatch | SurfaceMatch | KeypointMatch | SegmentMatch


@dataclass(frozen=True, slots=True)
class Placed:
    """Things without a life in time, of one geometry, compared.

    Attributes:
        matches: Who was taken for whom, with the errors of this geometry.
        matched_ids: Their labels: (reference, candidate), in the same order.
        missed: Labels of the reference without a partner.
        invented: Labels of the candidate without a partner.
        wrong_class: Matches whose class differs.
        score: 0 to 1: 2 * sum of qualities / (labels of both); a match's quality is the share it
            has in common with its partner, 0 where the class is wrong.
    """

    matches: tuple[Match, ...]
    matched_ids: tuple[tuple[str, str], ...]
    missed: tuple[str, ...]
    invented: tuple[str, ...]
    wrong_class: int
    score: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a candidate label set differs from a reference.

    Attributes:
        objects: Boxes, or None where neither has any.
        polylines: Lines, or None where neither has any.
        polygons: Surfaces, or None.
        keypoints: Named points, or None.
        points: Point segments, or None.
        score: 0 to 1, mean of the parts' scores weighted by how many labels they have; 1 where
            there is nothing.
    """

    objects: ObjectComparison | None
    polylines: Placed | None
    polygons: Placed | None
    keypoints: Placed | None
    points: Placed | None
    score: float

    def to_dict(self) -> dict[str, Any]:
        """For JSON: plain lists, dictionaries and numbers; nothing that isn't a number."""
        return {
            "score": self.score,
            "objects": None if self.objects is None else _objects_dict(self.objects),
            **{
                name: None if part is None else _placed_dict(part)
                for name, part in (
                    ("polylines", self.polylines),
                    ("polygons", self.polygons),
                    ("keypoints", self.keypoints),
                    ("points", self.points),
                )
            },
        }


def compare(
    reference: LabelSet | Sequence[Label],
    candidate: LabelSet | Sequence[Label],
    times_ns: Any,
    options: Options | None = None,
    region: Region | None = None,
) -> Comparison:
    """Compare two label sets of the same layer and clip.

    Args:
        reference: What is taken for right.
        candidate: What is measured.
        times_ns: (t,) integer moments at which boxes are compared: the clip's ticks, or the times
            of its images.
        options: What counts as the same thing.
        region: Where boxes are compared, at each moment; None: everywhere. What has no life in time
            is compared as a whole.

    Raises:
        TypeError: Times that aren't whole numbers.
    """
    chosen = options or Options()
    left, right = _labels(reference), _labels(candidate)
    times = np.unique(np.atleast_1d(integer_times(times_ns, "times_ns")))
    boxes, other_boxes = _of(left, Cuboid), _of(right, Cuboid)
    objects = None
    if boxes or other_boxes:
        objects = compare_objects(boxes, other_boxes, times, chosen, region)
    lines = _placed(_of(left, Polyline), _of(right, Polyline), match_lines, chosen)
    surfaces = _placed(_of(left, Polygon), _of(right, Polygon), match_surfaces, chosen)
    named = _placed(_of(left, Keypoints), _of(right, Keypoints), match_keypoints, chosen)
    segments = _placed(_of(left, Points), _of(right, Points), match_segments, chosen)
    parts: list[tuple[float, int]] = []
    if objects is not None:
        parts.append((objects.score, len(boxes) + len(other_boxes)))
    for part, kind in (
        (lines, Polyline),
        (surfaces, Polygon),
        (named, Keypoints),
        (segments, Points),
    ):
        if part is not None:
            parts.append((part.score, len(_of(left, kind)) + len(_of(right, kind))))
    total = sum(count for _, count in parts)
    score = sum(value * count for value, count in parts) / total if total else 1.0
    return Comparison(objects, lines, surfaces, named, segments, score)


def _labels(labels: LabelSet | Sequence[Label]) -> Sequence[Label]:
    return labels.labels if isinstance(labels, LabelSet) else labels


def _of(labels: Sequence[Label], kind: type[Kind]) -> list[Kind]:
    return [label for label in labels if isinstance(label, kind)]


def _placed(
    reference: Sequence[Any], candidate: Sequence[Any], match: Any, options: Options
) -> Placed | None:
    if not reference and not candidate:
        return None
    matches: list[Match] = match(reference, candidate, options)
    left, right = {m.reference for m in matches}, {m.candidate for m in matches}
    right_class = [
        reference[m.reference].class_name == candidate[m.candidate].class_name for m in matches
    ]
    quality = sum(_quality(m) for m, same in zip(matches, right_class, strict=True) if same)
    return Placed(
        matches=tuple(matches),
        matched_ids=tuple((reference[m.reference].id, candidate[m.candidate].id) for m in matches),
        missed=tuple(label.id for i, label in enumerate(reference) if i not in left),
        invented=tuple(label.id for j, label in enumerate(candidate) if j not in right),
        wrong_class=len(matches) - sum(right_class),
        score=2.0 * quality / (len(reference) + len(candidate)),
    )


def _quality(match: Match) -> float:
    if isinstance(match, LineMatch):
        return 2.0 * match.precision * match.recall / (match.precision + match.recall)
    if isinstance(match, KeypointMatch):
        return match.right
    return match.iou


def _objects_dict(objects: ObjectComparison) -> dict[str, Any]:
    found = asdict(objects)
    found["classes"] = [
        {"reference": left, "candidate": right, "ticks": count}
        for (left, right), count in sorted(objects.classes.items())
    ]
    found["attributes"] = {
        name: {"compared": a.compared, "agree": a.agree, "share": a.share}
        for name, a in objects.attributes.items()
    }
    found["attributes_by_class"] = [
        {"class": class_name, "name": name, "compared": a.compared, "agree": a.agree}
        | {"share": a.share}
        for (class_name, name), a in sorted(objects.attributes_by_class.items())
    ]
    return found


def _placed_dict(part: Placed) -> dict[str, Any]:
    found = asdict(part)
    found["matches"] = [
        {**asdict(match), "reference": ids[0], "candidate": ids[1]}
        for match, ids in zip(part.matches, part.matched_ids, strict=True)
    ]
    del found["matched_ids"]
    return found
