"""Lines in a picture: cut to the lens's domain and the picture, with the place along the line."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array
from projection.lines import Piece, edges_in_picture
from projection.view import View


@dataclass(frozen=True, slots=True)
class PolylineTarget:
    """One line in one picture, as if nothing stood in front of it.

    Attributes:
        pieces: Connected parts within the picture. ``parameter`` counts vertices: 2.25 is a quarter
            of the way from vertex 2 to vertex 3 (in space, not in the picture).
        length_px: Of all pieces.
    """

    pieces: tuple[Piece, ...]
    length_px: float


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in one array: made once, they are projected into many pictures at once.

    Attributes:
        vertices_m: (n, 3) world; closed lines repeat their first vertex.
        joined: (n,) whether an edge goes from a vertex to the next.
        starts: (k + 1,) where each line begins, and the end.
        closed: (k,) whether the last vertex of a line is joined to its first.
    """

    vertices_m: Float64Array
    joined: BoolArray
    starts: Int64Array
    closed: BoolArray

    @classmethod
    def of(cls, lines: Sequence[tuple[Float64Array, bool]]) -> "Lines":
        """From vertices (n, 3) of each line, and whether it is closed."""
        parts = [np.zeros((0, 3))]
        for vertices, is_closed in lines:
            part = np.asarray(vertices, dtype=np.float64).reshape(-1, 3)
            parts += [part, part[:1]] if is_closed and len(part) else [part, part[:0]]
        lengths = [len(part) for part in parts[1:]]
        ends = np.cumsum(np.array(lengths, dtype=np.int64).reshape(-1, 2).sum(axis=1))
        whole = np.concatenate(parts)
        joined = np.ones(len(whole), dtype=np.bool_)
        joined[ends[ends > 0] - 1] = False
        closed = np.array([is_closed for _, is_closed in lines], dtype=np.bool_)
        return cls(whole, joined, np.concatenate([[0], ends]), closed)

    def __len__(self) -> int:
        return len(self.closed)


def project_polyline(
    view: View, vertices_m: Float64Array, *, closed: bool = False, tolerance_px: float = 0.05
) -> PolylineTarget | None:
    """A line in one picture; None if nothing of it is in the picture.

    Args:
        view: The picture.
        vertices_m: (n, 3) world.
        closed: Whether the last vertex is joined to the first.
        tolerance_px: How far straight pieces may be off the true curve.
    """
    return project_polylines(view, Lines.of([(vertices_m, closed)]), tolerance_px=tolerance_px)[0]


def project_polylines(
    view: View, lines: Lines, *, tolerance_px: float = 0.05
) -> list[PolylineTarget | None]:
    """Lines in one picture, each as ``project_polyline`` gives it, but all at once: far quicker.

    Args:
        view: The picture.
        lines: The lines.
        tolerance_px: How far straight pieces may be off the true curve.
    """
    targets: list[PolylineTarget | None] = [None] * len(lines)
    found, bounds, owners = parts_in_picture(view, lines, tolerance_px=tolerance_px)
    if not len(owners):
        return targets
    steps = np.diff(found[:, :2], axis=0, append=found[-1:, :2])
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    lengths[bounds[1:] - 1] = 0.0
    part_lengths = np.add.reduceat(lengths, bounds[:-1]).tolist()
    pieces: list[list[Piece]] = [[] for _ in targets]
    totals = [0.0] * len(targets)
    ends = bounds.tolist()
    for part, owner in enumerate(owners.tolist()):
        piece = found[ends[part] : ends[part + 1]]
        pieces[owner].append(Piece(piece[:, :2].copy(), piece[:, 2].copy()))
        totals[owner] += part_lengths[part]
    for owner, found_parts in enumerate(pieces):
        parts = found_parts
        if len(parts) > 1 and lines.closed[owner]:
            parts = _joined(parts, int(lines.starts[owner + 1] - lines.starts[owner]) - 1)
        if parts:
            targets[owner] = PolylineTarget(tuple(parts), totals[owner])
    return targets


def parts_in_picture(
    view: View, lines: Lines, *, tolerance_px: float
) -> tuple[Float64Array, Int64Array, Int64Array]:
    """The parts of lines in one picture; a closed line's begin and end at its first vertex.

    Returns:
        (m, 3) u, v and parameter of all parts, line after line; (k + 1,) where each begins, and the
        end; (k,) whose each is.
    """
    nothing = np.empty((0, 3)), np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64)
    if len(lines.vertices_m) < 2:
        return nothing
    still = np.zeros((len(lines.vertices_m), 6))
    np.subtract(lines.vertices_m, view.origin_m, out=still[:, :3])
    found, bounds = edges_in_picture(view, still, lines.joined, tolerance_px=tolerance_px)
    if len(bounds) == 1:
        return nothing
    # A part's second vertex is on its line for sure; the first may be the end of the one before.
    owners = lines.starts.searchsorted(found[bounds[:-1] + 1, 2], side="left") - 1
    found[:, 2] -= lines.starts[owners].repeat(np.diff(bounds))
    return found, bounds, owners


def points_along(vertices_m: Float64Array, parameter: Float64Array) -> Float64Array:
    """(n, 3) points of a line at parameters (n,); a closed line with its first vertex repeated."""
    last = len(vertices_m) - 2
    index = np.clip(np.floor(parameter).astype(np.int64), 0, last)
    share = (parameter - index)[:, None]
    return vertices_m[index] * (1.0 - share) + vertices_m[index + 1] * share


def _joined(pieces: list[Piece], count: int) -> list[Piece]:
    """The last piece of a closed line goes on with the first, if both reach the first vertex."""
    first, last = pieces[0], pieces[-1]
    if first.parameter[0] > 0.0 or last.parameter[-1] < count:
        return pieces
    if np.hypot(*(first.uv[0] - last.uv[-1])) > 1e-6:
        return pieces
    uv = np.concatenate([last.uv, first.uv[1:]])
    parameter = np.concatenate([last.parameter, first.parameter[1:] + count])
    return [Piece(uv, parameter), *pieces[1:-1]]
