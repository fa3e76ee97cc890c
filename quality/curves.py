"""Comparing lines: how much of each runs where the other does."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from projection.arrays import Float64Array
from projection.labels import Polyline
from quality.assignment import assign
from quality.options import Options


@dataclass(frozen=True, slots=True)
class LineMatch:
    """Two lines taken for the same.

    Attributes:
        reference: Index in the reference's lines.
        candidate: Index in the candidate's lines.
        precision: Share of the candidate's length within the tolerance of the reference.
        recall: Share of the reference's length within the tolerance of the candidate.
        chamfer_m: Mean of both mean distances, from samples of one to the other line.
        hausdorff_m: The largest of all those distances.
        end_m: Mean distance of the two ends, the better way round; None for closed lines.
    """

    reference: int
    candidate: int
    precision: float
    recall: float
    chamfer_m: float
    hausdorff_m: float
    end_m: float | None


def resample(vertices_m: Float64Array, step_m: float, *, closed: bool) -> Float64Array:
    """(k, 3) points along a line at most a step apart, both ends among them."""
    points = np.concatenate([vertices_m, vertices_m[:1]]) if closed else vertices_m
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(int(np.ceil(along[-1] / step_m)), 1) + 1
    places = np.linspace(0.0, along[-1], count)
    return np.stack([np.interp(places, along, points[:, axis]) for axis in range(3)], axis=1)


@dataclass(frozen=True, slots=True)
class _Dense:
    """A line ready for many comparisons.

    Attributes:
        samples: (k, 3) evenly along it.
        knots: (n, 3) all its vertices, and points between them at most a step apart.
        tree: Of the knots.
        low: (3,) of its bounding box.
        high: (3,)
    """

    samples: Float64Array
    knots: Float64Array
    tree: cKDTree
    low: Float64Array
    high: Float64Array

    def distances(self, points_m: Float64Array) -> Float64Array:
        """(m,) from points (m, 3) to the line: exact beside the nearest knot, where they end."""
        near = self.tree.query(points_m)[1]
        return np.minimum(
            _to_segment(points_m, self.knots[np.maximum(near - 1, 0)], self.knots[near]),
            _to_segment(points_m, self.knots[near], self.knots[(near + 1).clip(max=self.last)]),
        )

    @property
    def last(self) -> int:
        """Index of the last knot."""
        return int(self.knots.shape[0]) - 1


def _to_segment(points: Float64Array, start: Float64Array, end: Float64Array) -> Float64Array:
    along = end - start
    length = np.einsum("ij,ij->i", along, along)
    share = np.einsum("ij,ij->i", points - start, along)
    share = np.divide(share, length, out=np.zeros_like(share), where=length > 0.0)
    foot = start + np.clip(share, 0.0, 1.0)[:, None] * along
    found: Float64Array = np.linalg.norm(points - foot, axis=1)
    return found


def _knots(vertices_m: Float64Array, step_m: float, *, closed: bool) -> Float64Array:
    points = np.concatenate([vertices_m, vertices_m[:1]]) if closed else vertices_m
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    pieces = [
        start
        + (end - start)
        * np.linspace(0.0, 1.0, max(int(np.ceil(length / step_m)), 1) + 1)[:-1, None]
        for start, end, length in zip(points[:-1], points[1:], lengths.tolist(), strict=True)
    ]
    return np.concatenate([*pieces, points[-1:]])


def match_lines(
    reference: Sequence[Polyline], candidate: Sequence[Polyline], options: Options
) -> list[LineMatch]:
    """Match lines one to one so that as much common length as possible is matched."""
    left = [_dense(line, options) for line in reference]
    right = [_dense(line, options) for line in candidate]
    found: list[LineMatch] = []
    for i, first in enumerate(left):
        for j, second in enumerate(right):
            if (first.low > second.high + options.line_tolerance_m).any() or (
                second.low > first.high + options.line_tolerance_m
            ).any():
                continue
            match = _compare(i, j, first, second, reference[i], candidate[j], options)
            if _common(match) >= options.min_line_share:
                found.append(match)
    rows = np.array([m.reference for m in found], dtype=np.int64)
    columns = np.array([m.candidate for m in found], dtype=np.int64)
    taken = assign(rows, columns, np.array([_common(m) for m in found]))
    return [found[index] for index in taken.tolist()]


def _common(match: LineMatch) -> float:
    """Harmonic mean of precision and recall."""
    total = match.precision + match.recall
    return 2.0 * match.precision * match.recall / total if total else 0.0


def _dense(line: Polyline, options: Options) -> _Dense:
    samples = resample(line.vertices_m, options.line_step_m, closed=line.closed)
    knots = _knots(line.vertices_m, options.line_step_m, closed=line.closed)
    return _Dense(samples, knots, cKDTree(knots), knots.min(axis=0), knots.max(axis=0))


def _compare(
    i: int,
    j: int,
    first: _Dense,
    second: _Dense,
    reference: Polyline,
    candidate: Polyline,
    options: Options,
) -> LineMatch:
    to_second = second.distances(first.samples)
    to_first = first.distances(second.samples)
    return LineMatch(
        reference=i,
        candidate=j,
        precision=float((to_first <= options.line_tolerance_m).mean()),
        recall=float((to_second <= options.line_tolerance_m).mean()),
        chamfer_m=0.5 * float(to_first.mean() + to_second.mean()),
        hausdorff_m=float(max(to_first.max(), to_second.max())),
        end_m=None if reference.closed or candidate.closed else _ends(reference, candidate),
    )


def _ends(reference: Polyline, candidate: Polyline) -> float:
    ends = reference.vertices_m[[0, -1]]
    others = candidate.vertices_m[[0, -1]]
    straight = np.linalg.norm(ends - others, axis=1).mean()
    crossed = np.linalg.norm(ends - others[::-1], axis=1).mean()
    return float(min(straight, crossed))
