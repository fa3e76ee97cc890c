"""Comparing boxes in time: tracking, deviations, classes, attributes, one row a thing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array
from projection.labels import Cuboid
from quality.deviations import Deviations, Spread, deviations, spread
from quality.options import Options
from quality.pairs import Pairs, touching
from quality.region import Region
from quality.sampling import Samples, ValueCodes, attribute_names, sample, sample_attribute
from quality.tracking import Matched, Tracking, measure


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two label sets say the same: of ``compared`` moments ``agree`` do."""

    compared: int
    agree: int

    @property
    def share(self) -> float | None:
        """Of those compared; None where nothing was."""
        return self.agree / self.compared if self.compared else None


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One thing, or what is only in one of the two.

    Attributes:
        reference_id: Its label in the reference; None: invented.
        candidate_id: Its label in the candidate; None: missed.
        reference_class: Class there.
        candidate_class: Class there.
        reference_ticks: Moments at which the reference has it.
        candidate_ticks: Moments at which the candidate has it.
        matched_ticks: Moments at which they overlap enough.
        iou: Mean 3D IoU over these.
        centre_m: Mean distance of the centres over these.
        heading_rad: Mean size of the heading error.
        flipped_ticks: Moments at which the front is the other's back.
        size_m: Mean deviation of length, width, height; None without a match.
        attributes: Names on which they disagree at some moment.
        score: 0 to 1, what this thing is worth of what it could be; see ``ObjectComparison``.
    """

    reference_id: str | None
    candidate_id: str | None
    reference_class: str | None
    candidate_class: str | None
    reference_ticks: int
    candidate_ticks: int
    matched_ticks: int
    iou: float | None
    centre_m: float | None
    heading_rad: float | None
    flipped_ticks: int
    size_m: tuple[float, float, float] | None
    attributes: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class ObjectComparison:
    """Two sets of boxes compared.

    Attributes:
        ticks: Moments compared.
        tracking: The field's measures.
        iou: Of matched boxes.
        centre_m: Of matched boxes.
        heading_rad: Of matched boxes, wrong way round left aside.
        flipped: Share of matched boxes whose front is the other's back; None without matches.
        length_m: Of matched boxes.
        width_m: Of matched boxes.
        height_m: Of matched boxes.
        classes: (class in the reference, in the candidate): matched moments.
        attributes: By name.
        attributes_by_class: By (class, name), of boxes that both call the same; class "": of those
            that they call differently.
        rows: One a thing, worst first.
        score: 0 to 1: 2 * sum of quality over matched boxes / (boxes of both). A matched box's
            quality is min(1, IoU / target), 0 where the class is wrong, halved where it points the
            wrong way, and a part of it (the options' weight) hangs on the attributes that agree.
    """

    ticks: int
    tracking: Tracking
    iou: Spread
    centre_m: Spread
    heading_rad: Spread
    flipped: float | None
    length_m: Spread
    width_m: Spread
    height_m: Spread
    classes: dict[tuple[str, str], int]
    attributes: dict[str, Agreement]
    attributes_by_class: dict[tuple[str, str], Agreement]
    rows: tuple[ObjectRow, ...]
    score: float


@dataclass(frozen=True, slots=True)
class _Both:
    """Everything about the two that the parts below look at."""

    reference: Samples
    candidate: Samples
    pairs: Pairs
    matched: Matched
    named: Int64Array
    apart: Deviations

    @property
    def tick(self) -> Int64Array:
        return self.pairs.ticks[self.matched.pairs]

    @property
    def left(self) -> Int64Array:
        return self.pairs.references[self.matched.pairs]

    @property
    def right(self) -> Int64Array:
        return self.pairs.candidates[self.matched.pairs]


def compare_objects(
    reference: Sequence[Cuboid],
    candidate: Sequence[Cuboid],
    times_ns: Int64Array,
    options: Options,
    region: Region | None = None,
) -> ObjectComparison:
    """Compare boxes at moments (t,), everywhere or in a region."""
    left, right = sample(reference, times_ns), sample(candidate, times_ns)
    if region is not None:
        left, right = region.of(left, times_ns), region.of(right, times_ns)
    pairs = touching(left, right)
    tracking, matched, named = measure(pairs, left, right, options.min_iou)
    both = _Both(left, right, pairs, matched, named, deviations(pairs, matched, left, right))
    same_class = _same_class(both)
    agreements, by_class, agreeing, differing = _attributes(
        reference, candidate, times_ns, both, same_class
    )
    quality = np.minimum(1.0, both.apart.iou / options.target_iou) * same_class
    quality *= np.where(both.apart.flipped, 0.5, 1.0)
    quality *= 1.0 - options.attribute_weight * (1.0 - agreeing)
    boxes = int(left.exists.sum() + right.exists.sum())
    return ObjectComparison(
        ticks=times_ns.size,
        tracking=tracking,
        iou=spread(both.apart.iou),
        centre_m=spread(both.apart.centre_m),
        heading_rad=spread(both.apart.heading_rad),
        flipped=float(both.apart.flipped.mean()) if both.apart.flipped.size else None,
        length_m=spread(both.apart.size_m[:, 0]),
        width_m=spread(both.apart.size_m[:, 1]),
        height_m=spread(both.apart.size_m[:, 2]),
        classes=dict(
            Counter(
                (left.classes[i], right.classes[j])
                for i, j in zip(both.left.tolist(), both.right.tolist(), strict=True)
            )
        ),
        attributes=agreements,
        attributes_by_class=by_class,
        rows=_rows(both, quality, differing),
        score=float(2.0 * quality.sum() / boxes) if boxes else 1.0,
    )


def _same_class(both: _Both) -> BoolArray:
    left = np.array(both.reference.classes, dtype=object)[both.left]
    right = np.array(both.candidate.classes, dtype=object)[both.right]
    return np.asarray(left == right, dtype=np.bool_)


def _attributes(
    reference: Sequence[Cuboid],
    candidate: Sequence[Cuboid],
    times_ns: Int64Array,
    both: _Both,
    same_class: BoolArray,
) -> tuple[dict[str, Agreement], dict[tuple[str, str], Agreement], Float64Array, list[set[str]]]:
    """Agreement by name, and by class and name.

    Also (k,) share of a matched pair's attributes that agree, and who differs in which.
    """
    codes = ValueCodes()
    agree, compared = np.zeros(both.tick.size), np.zeros(both.tick.size)
    differing: list[set[str]] = [set() for _ in reference]
    found: dict[str, Agreement] = {}
    by_class: dict[tuple[str, str], Agreement] = {}
    names, own_class = np.unique(["", *both.reference.classes], return_inverse=True)
    class_of = np.where(same_class, own_class[1:][both.left], 0)
    # What the reference doesn't say at all, the candidate can't get wrong.
    for name in sorted(attribute_names(reference)):
        left = sample_attribute(reference, name, times_ns, codes)[both.tick, both.left]
        right = sample_attribute(candidate, name, times_ns, codes)[both.tick, both.right]
        there = left >= 0
        same = there & (left == right)
        agree += same
        compared += there
        found[name] = Agreement(int(there.sum()), int(same.sum()))
        counts = [np.bincount(class_of[which], minlength=names.size) for which in (there, same)]
        for class_name, compared_then, agree_then in zip(names.tolist(), *counts, strict=True):
            if compared_then:
                by_class[class_name, name] = Agreement(int(compared_then), int(agree_then))
        for column in np.unique(both.left[there & ~same]).tolist():
            differing[column].add(name)
    share = np.divide(agree, compared, out=np.ones_like(agree), where=compared > 0)
    return found, by_class, share, differing


def _rows(both: _Both, quality: Float64Array, differing: list[set[str]]) -> tuple[ObjectRow, ...]:
    reference_ticks = both.reference.exists.sum(axis=0)
    candidate_ticks = both.candidate.exists.sum(axis=0)
    order = np.argsort(both.left, kind="stable")
    starts = np.searchsorted(both.left[order], np.arange(len(both.reference.ids) + 1))
    rows = []
    for column, name in enumerate(both.reference.ids):
        partner = int(both.named[column])
        members = order[starts[column] : starts[column + 1]]
        members = members[both.right[members] == partner]
        ticks = int(reference_ticks[column])
        others = int(candidate_ticks[partner]) if partner >= 0 else 0
        total = ticks + others
        rows.append(
            ObjectRow(
                reference_id=name,
                candidate_id=both.candidate.ids[partner] if partner >= 0 else None,
                reference_class=both.reference.classes[column],
                candidate_class=both.candidate.classes[partner] if partner >= 0 else None,
                reference_ticks=ticks,
                candidate_ticks=others,
                matched_ticks=members.size,
                iou=_mean(both.apart.iou[members]),
                centre_m=_mean(both.apart.centre_m[members]),
                heading_rad=_mean(np.abs(both.apart.heading_rad[members])),
                flipped_ticks=int(both.apart.flipped[members].sum()),
                size_m=_mean_size(both.apart.size_m[members]),
                attributes=tuple(sorted(differing[column])) if members.size else (),
                score=float(2.0 * quality[members].sum() / total) if total else 1.0,
            )
        )
    taken = set(both.named[both.named >= 0].tolist())
    for column, name in enumerate(both.candidate.ids):
        if column not in taken:
            rows.append(_invented(both, column, name, int(candidate_ticks[column])))
    rows.sort(key=lambda row: (row.score, row.reference_id or "", row.candidate_id or ""))
    return tuple(rows)


def _invented(both: _Both, column: int, name: str, ticks: int) -> ObjectRow:
    return ObjectRow(
        reference_id=None,
        candidate_id=name,
        reference_class=None,
        candidate_class=both.candidate.classes[column],
        reference_ticks=0,
        candidate_ticks=ticks,
        matched_ticks=0,
        iou=None,
        centre_m=None,
        heading_rad=None,
        flipped_ticks=0,
        size_m=None,
        attributes=(),
        score=0.0 if ticks else 1.0,
    )


def _mean(values: Float64Array) -> float | None:
    return float(values.mean()) if values.size else None


def _mean_size(values: Float64Array) -> tuple[float, float, float] | None:
    if values.shape[0] == 0:
        return None
    length, width, height = values.mean(axis=0).tolist()
    return length, width, height
