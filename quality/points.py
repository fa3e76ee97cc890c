"""Comparing keypoints and point segments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projection.arrays import Int64Array
from projection.labels import Keypoints, Points
from quality.assignment import assign
from quality.options import Options


@dataclass(frozen=True, slots=True)
class KeypointMatch:
    """Two sets of named points taken for the same thing.

    Attributes:
        reference: Index in the reference's labels.
        candidate: Index in the candidate's labels.
        right: Share of the names of both that lie within the tolerance.
        mean_m: Mean distance of the names that both have.
        visibility: Share of these names on whose visibility they agree.
    """

    reference: int
    candidate: int
    right: float
    mean_m: float
    visibility: float


def match_keypoints(
    reference: Sequence[Keypoints], candidate: Sequence[Keypoints], options: Options
) -> list[KeypointMatch]:
    """Match labels one to one so that as many keypoints as possible are right."""
    found = []
    for i, first in enumerate(reference):
        for j, second in enumerate(candidate):
            match = _compare(i, j, first, second, options.keypoint_tolerance_m)
            if match is not None:
                found.append(match)
    rows = np.array([m.reference for m in found], dtype=np.int64)
    columns = np.array([m.candidate for m in found], dtype=np.int64)
    taken = assign(rows, columns, np.array([m.right for m in found]))
    return [found[index] for index in taken.tolist()]


def _compare(
    i: int, j: int, first: Keypoints, second: Keypoints, tolerance_m: float
) -> KeypointMatch | None:
    names = [name for name in first.names if name in second.names]
    if not names:
        return None
    left = [first.names.index(name) for name in names]
    right = [second.names.index(name) for name in names]
    apart = np.linalg.norm(first.positions_m[left] - second.positions_m[right], axis=1)
    hits = int((apart <= tolerance_m).sum())
    if hits == 0:
        return None
    every = len(set(first.names) | set(second.names))
    agree = first.visible[left] == second.visible[right]
    return KeypointMatch(i, j, hits / every, float(apart.mean()), float(agree.mean()))


@dataclass(frozen=True, slots=True)
class SegmentMatch:
    """Two point segments taken for the same: indices and the share of common points (IoU)."""

    reference: int
    candidate: int
    iou: float


def match_segments(
    reference: Sequence[Points], candidate: Sequence[Points], options: Options
) -> list[SegmentMatch]:
    """Match segments of sweeps one to one by the points they share."""
    left, right = [_keys(label) for label in reference], [_keys(label) for label in candidate]
    found: list[SegmentMatch] = []
    for i, first in enumerate(left):
        for j, second in enumerate(right):
            common = sum(
                np.intersect1d(points, second[sweep], assume_unique=True).size
                for sweep, points in first.items()
                if sweep in second
            )
            total = sum(p.size for p in first.values()) + sum(p.size for p in second.values())
            iou = common / (total - common) if total > common else float(common > 0)
            if iou >= options.min_area_iou:
                found.append(SegmentMatch(i, j, iou))
    rows = np.array([m.reference for m in found], dtype=np.int64)
    columns = np.array([m.candidate for m in found], dtype=np.int64)
    taken = assign(rows, columns, np.array([m.iou for m in found]))
    return [found[index] for index in taken.tolist()]


def _keys(label: Points) -> dict[tuple[str, int], Int64Array]:
    keys: dict[tuple[str, int], Int64Array] = {}
    for chosen in label.selections:
        sweep = (chosen.lidar, chosen.time_ns)
        known = keys.get(sweep, np.zeros(0, dtype=np.int64))
        keys[sweep] = np.union1d(known, chosen.indices)
    return keys
