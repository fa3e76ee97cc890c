"""Are the same things found, and do they keep their identity? CLEAR MOT, IDF1, HOTA.

Sources of the formulas:
    CLEAR MOT: Bernardin and Stiefelhagen, Evaluating multiple object tracking performance, 2008.
    IDF1: Ristani et al., Performance measures and a data set for multi-target tracking, 2016.
    HOTA: Luiten et al., HOTA: a higher order metric for evaluating multi-object tracking, 2021.
"""

from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array
from quality.assignment import assign
from quality.pairs import Pairs
from quality.sampling import Samples

#: The thresholds over which HOTA is averaged.
ALPHAS = np.arange(0.05, 0.99, 0.05)
#: A pair at the threshold counts as matched, as in the authors' own code.
_EPS = float(np.finfo(np.float64).eps)
#: Added to pairs that were matched one moment before: identities are kept where they can be.
_KEEP = 1000.0


@dataclass(frozen=True, slots=True)
class Tracking:
    """Measures of tracking, over all moments.

    Attributes:
        true_positives: Boxes matched (CLEAR), summed over moments.
        false_negatives: Boxes of the reference without a match.
        false_positives: Boxes of the candidate without a match.
        identity_switches: Times at which a thing of the reference changes its partner.
        mota: 1 - (misses + false positives + switches) / boxes of the reference.
        idf1: Share of boxes with the right identity, under the best one-to-one naming of tracks.
        id_precision: The same over the candidate's boxes.
        id_recall: The same over the reference's boxes.
        hota: Geometric mean of detection and association, mean over ``ALPHAS``.
        det_a: Detection accuracy, mean over ``ALPHAS``.
        ass_a: Association accuracy, mean over ``ALPHAS``.
        loc_a: Mean IoU of what is matched, mean over ``ALPHAS``.
    """

    true_positives: int
    false_negatives: int
    false_positives: int
    identity_switches: int
    mota: float
    idf1: float
    id_precision: float
    id_recall: float
    hota: float
    det_a: float
    ass_a: float
    loc_a: float


@dataclass(frozen=True, slots=True)
class Matched:
    """Indices (k,) into ``Pairs``: who was taken for whom at each moment."""

    pairs: Int64Array


def clear_matches(pairs: Pairs, candidate_count: int, min_iou: float) -> tuple[Matched, int]:
    """Match moment by moment, keeping yesterday's partner where both still overlap enough.

    Returns:
        The matches, and how often a thing of the reference changed its partner.
    """
    partner: dict[int, int] = {}
    before: dict[int, int] = {}
    chosen: list[Int64Array] = []
    switches = 0
    enough = pairs.ious >= min_iou - _EPS
    key = pairs.references * candidate_count + pairs.candidates
    for tick in range(pairs.starts.size - 1):
        span = np.arange(pairs.starts[tick], pairs.starts[tick + 1])
        span = span[enough[span]]
        kept = np.fromiter(
            (before.get(k // candidate_count) == k % candidate_count for k in key[span].tolist()),
            dtype=np.bool_,
            count=span.size,
        )
        scores = pairs.ious[span] + _KEEP * kept
        taken = span[assign(pairs.references[span], pairs.candidates[span], scores)]
        chosen.append(taken)
        before = {}
        for left, right in zip(
            pairs.references[taken].tolist(), pairs.candidates[taken].tolist(), strict=True
        ):
            switches += partner.get(left, right) != right
            partner[left] = before[left] = right
    return Matched(np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.int64)), switches


def identities(
    pairs: Pairs, reference: Samples, candidate: Samples, min_iou: float
) -> tuple[Int64Array, int]:
    """Name tracks one to one so that as many boxes as possible have the right name.

    Returns:
        For each track of the reference the candidate's, -1 for none; and how many boxes are right.
    """
    enough = pairs.ious >= min_iou - _EPS
    width = max(len(candidate.ids), 1)
    keys, counts = np.unique(
        (pairs.references * width + pairs.candidates)[enough], return_counts=True
    )
    left, right = keys // width, keys % width
    taken = assign(left, right, counts.astype(np.float64))
    named = np.full(len(reference.ids), -1, dtype=np.int64)
    named[left[taken]] = right[taken]
    return named, int(counts[taken].sum())


def measure(
    pairs: Pairs, reference: Samples, candidate: Samples, min_iou: float
) -> tuple[Tracking, Matched, Int64Array]:
    """All measures; with the matches, and the names of ``identities``."""
    references = int(reference.exists.sum())
    candidates = int(candidate.exists.sum())
    matched, switches = clear_matches(pairs, max(len(candidate.ids), 1), min_iou)
    named, right = identities(pairs, reference, candidate, min_iou)
    hits = matched.pairs.size
    hota, det_a, ass_a, loc_a = _hota(pairs, reference.exists, candidate.exists)
    tracking = Tracking(
        true_positives=hits,
        false_negatives=references - hits,
        false_positives=candidates - hits,
        identity_switches=switches,
        mota=_share(references - (references - hits) - (candidates - hits) - switches, references),
        idf1=_share(2 * right, references + candidates),
        id_precision=_share(right, candidates),
        id_recall=_share(right, references),
        hota=hota,
        det_a=det_a,
        ass_a=ass_a,
        loc_a=loc_a,
    )
    return tracking, matched, named


def _share(part: float, whole: float) -> float:
    """A share; of nothing it is 1: two empty label sets agree."""
    return float(part / whole) if whole else 1.0 if part == 0 else float(part)


def _hota(
    pairs: Pairs, exists_left: BoolArray, exists_right: BoolArray
) -> tuple[float, float, float, float]:
    left_counts = exists_left.sum(axis=0).astype(np.float64)
    right_counts = exists_right.sum(axis=0).astype(np.float64)
    total = left_counts.sum() + right_counts.sum()
    if total == 0:
        return 1.0, 1.0, 1.0, 1.0
    if pairs.ticks.size == 0:
        return 0.0, 0.0, 0.0, 1.0
    chosen = _global_matches(pairs, left_counts, right_counts)
    measures = np.array(
        [_at_alpha(pairs, chosen, left_counts, right_counts, alpha) for alpha in ALPHAS]
    )
    hota, det_a, ass_a, loc_a = measures.mean(axis=0).tolist()
    return hota, det_a, ass_a, loc_a


def _global_matches(
    pairs: Pairs, left_counts: Float64Array, right_counts: Float64Array
) -> Int64Array:
    """Matches of each moment under scores that know how well the tracks fit over the whole clip."""
    ticks = pairs.starts.size - 1
    width = right_counts.size
    left_sums = np.bincount(pairs.ticks * left_counts.size + pairs.references, weights=pairs.ious)
    right_sums = np.bincount(pairs.ticks * width + pairs.candidates, weights=pairs.ious)
    shared = (
        left_sums[pairs.ticks * left_counts.size + pairs.references]
        + right_sums[pairs.ticks * width + pairs.candidates]
        - pairs.ious
    )
    key = pairs.references * width + pairs.candidates
    common = np.bincount(key, weights=pairs.ious / shared)
    aligned = common[key] / (
        left_counts[pairs.references] + right_counts[pairs.candidates] - common[key]
    )
    scores = aligned * pairs.ious
    found = []
    for tick in range(ticks):
        span = slice(int(pairs.starts[tick]), int(pairs.starts[tick + 1]))
        found.append(
            span.start + assign(pairs.references[span], pairs.candidates[span], scores[span])
        )
    return np.concatenate(found)


def _at_alpha(
    pairs: Pairs,
    chosen: Int64Array,
    left_counts: Float64Array,
    right_counts: Float64Array,
    alpha: float,
) -> tuple[float, float, float, float]:
    hits = chosen[pairs.ious[chosen] >= alpha - _EPS]
    true = hits.size
    misses = left_counts.sum() - true
    extra = right_counts.sum() - true
    detection = true / max(1.0, true + misses + extra)
    width = right_counts.size
    keys, counts = np.unique(
        pairs.references[hits] * width + pairs.candidates[hits], return_counts=True
    )
    union = left_counts[keys // width] + right_counts[keys % width] - counts
    association = float((counts * (counts / np.maximum(1.0, union))).sum()) / max(1.0, true)
    # Where nothing is matched, the authors' code says 1 for the place.
    place = max(1e-10, float(pairs.ious[hits].sum())) / max(1e-10, true)
    return float(np.sqrt(detection * association)), detection, association, place
