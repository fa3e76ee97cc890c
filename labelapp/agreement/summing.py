"""From comparisons of pairs to sums by class and attribute, and to labels of the same thing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from projection.labels import Label
from quality.comparing import Comparison, Placed
from quality.curves import LineMatch
from quality.objects import ObjectRow
from quality.points import KeypointMatch

#: Less than this is no difference worth a word.
_CENTRE_M = 0.2
_SIZE_M = 0.2
_HEADING_RAD = 0.1
_LIFE = 0.9


@dataclass(slots=True)
class ClassSums:
    """See ``models.ClassAgreement``."""

    things: float = 0.0
    found_by_both: float = 0.0
    same_class: float = 0.0
    moments: float = 0.0
    common_moments: float = 0.0
    box_moments: float = 0.0
    iou: float = 0.0
    centre_m: float = 0.0
    heading_rad: float = 0.0


@dataclass(slots=True)
class AttributeSums:
    """See ``models.AttributeAgreement``."""

    compared: int = 0
    agree: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """A label of one version and one of another that are the same thing.

    Attributes:
        first: (position, label id).
        second: The same in the other version.
        score: 0 to 1, how far they agree.
        differs: In what: class, position, heading, front, size, life, attributes, shape.
    """

    first: tuple[int, str]
    second: tuple[int, str]
    score: float
    differs: tuple[str, ...]


@dataclass(slots=True)
class Sums:
    """What all pairs of a group say together."""

    classes: dict[str, ClassSums] = field(default_factory=dict)
    #: By class ("": the two call it differently) and name.
    attributes: dict[tuple[str, str], AttributeSums] = field(default_factory=dict)
    matches: list[Match] = field(default_factory=list)


def add_pair(
    sums: Sums,
    comparison: Comparison,
    first: tuple[int, Sequence[Label]],
    second: tuple[int, Sequence[Label]],
) -> None:
    """Add what a comparison of two versions says; a version is its position and its labels."""
    labels = [{label.id: label for label in version} for _, version in (first, second)]
    positions = (first[0], second[0])
    if comparison.objects is not None:
        for row in comparison.objects.rows:
            _add_row(sums, row, positions)
        for key, agreement in comparison.objects.attributes_by_class.items():
            found = sums.attributes.setdefault(key, AttributeSums())
            found.compared += agreement.compared
            found.agree += agreement.agree
    for part in (
        comparison.polylines,
        comparison.polygons,
        comparison.keypoints,
        comparison.points,
    ):
        if part is not None:
            _add_placed(sums, part, labels, positions)


def _add_row(sums: Sums, row: ObjectRow, positions: tuple[int, int]) -> None:
    names = {name for name in (row.reference_class, row.candidate_class) if name is not None}
    is_both = row.reference_id is not None and row.candidate_id is not None
    if row.reference_ticks + row.candidate_ticks == 0:
        return
    for name in names:
        weight = 1.0 / len(names)
        found = sums.classes.setdefault(name, ClassSums())
        found.things += weight
        found.moments += weight * (row.reference_ticks + row.candidate_ticks)
        found.common_moments += weight * 2 * row.matched_ticks
        if is_both:
            found.found_by_both += weight
            found.same_class += weight if len(names) == 1 else 0.0
        if row.iou is not None and row.centre_m is not None and row.heading_rad is not None:
            found.box_moments += weight * row.matched_ticks
            found.iou += weight * row.iou * row.matched_ticks
            found.centre_m += weight * row.centre_m * row.matched_ticks
            found.heading_rad += weight * row.heading_rad * row.matched_ticks
    if row.reference_id is not None and row.candidate_id is not None:
        sums.matches.append(
            Match(
                (positions[0], row.reference_id),
                (positions[1], row.candidate_id),
                row.score,
                tuple(_differences(row)),
            )
        )


def _differences(row: ObjectRow) -> Iterator[str]:
    if row.reference_class != row.candidate_class:
        yield "class"
    if row.flipped_ticks:
        yield "front"
    if row.centre_m is not None and row.centre_m > _CENTRE_M:
        yield "position"
    if row.heading_rad is not None and row.heading_rad > _HEADING_RAD:
        yield "heading"
    if row.size_m is not None and max(abs(off) for off in row.size_m) > _SIZE_M:
        yield "size"
    if 2 * row.matched_ticks < _LIFE * (row.reference_ticks + row.candidate_ticks):
        yield "life"
    if row.attributes:
        yield "attributes"


def _add_placed(
    sums: Sums, part: Placed, labels: Sequence[Mapping[str, Label]], positions: tuple[int, int]
) -> None:
    for match, (left, right) in zip(part.matches, part.matched_ids, strict=True):
        common = _common(match)
        names = {labels[0][left].class_name, labels[1][right].class_name}
        _add_attributes(sums, labels[0][left], labels[1][right])
        for name in names:
            weight = 1.0 / len(names)
            found = sums.classes.setdefault(name, ClassSums())
            found.things += weight
            found.found_by_both += weight
            found.same_class += weight if len(names) == 1 else 0.0
            found.moments += 2 * weight
            found.common_moments += 2 * weight * common
        differs = (("class",) if len(names) > 1 else ()) + (("shape",) if common < _LIFE else ())
        score = common if len(names) == 1 else 0.0
        sums.matches.append(Match((positions[0], left), (positions[1], right), score, differs))
    for side, alone in enumerate((part.missed, part.invented)):
        for label_id in alone:
            found = sums.classes.setdefault(labels[side][label_id].class_name, ClassSums())
            found.things += 1.0
            found.moments += 1.0


def _add_attributes(sums: Sums, left: Label, right: Label) -> None:
    """Add what two things without a life in time say of themselves: one moment each."""
    class_name = left.class_name if left.class_name == right.class_name else ""
    for name, value in left.attributes.items():
        found = sums.attributes.setdefault((class_name, name), AttributeSums())
        other = right.attributes.get(name)
        found.compared += 1
        found.agree += other == value and isinstance(other, bool) == isinstance(value, bool)


def _common(match: Any) -> float:
    """What two things without a life in time have in common, 0 to 1."""
    if isinstance(match, LineMatch):
        return 2.0 * match.precision * match.recall / (match.precision + match.recall)
    if isinstance(match, KeypointMatch):
        return float(match.right)
    return float(match.iou)


def clusters_of(
    versions: Mapping[int, Sequence[str]], matches: Sequence[Match]
) -> list[dict[str, Any]]:
    """Return labels of the same thing together, what is agreed on least first.

    Labels join by their best matches first, at most one of a version, so that two things never
    become one through a third.

    Args:
        versions: Label ids by the version's position.
        matches: Of all pairs.
    """
    cluster_of = {(p, label_id): {(p, label_id)} for p, ids in versions.items() for label_id in ids}
    for match in sorted(matches, key=lambda m: (-m.score, m.first, m.second)):
        one, other = cluster_of[match.first], cluster_of[match.second]
        if one is other or {p for p, _ in one} & {p for p, _ in other}:
            continue
        one |= other
        for key in other:
            cluster_of[key] = one
    by_pair = {(match.first, match.second): match for match in matches}
    found = []
    for cluster in {id(one): one for one in cluster_of.values()}.values():
        members = dict(sorted(cluster))
        inside = [by_pair[a, b] for a, b in combinations(sorted(cluster), 2) if (a, b) in by_pair]
        pairs = len(versions) * (len(versions) - 1) // 2
        differs = {word for match in inside for word in match.differs}
        if len(members) < len(versions):
            differs.add("missing")
        found.append(
            {
                "members": {str(position): label_id for position, label_id in members.items()},
                "agreement": sum(match.score for match in inside) / pairs,
                "differs": sorted(differs),
            }
        )
    return sorted(found, key=lambda one: (one["agreement"], list(one["members"].values())))
