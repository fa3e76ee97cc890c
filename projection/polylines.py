"""Lines in a picture: cut to the lens's domain and the picture, with the place along the line."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from projection.arrays import Float64Array
from projection.cameras.cylindrical import Cylindrical
from projection.lines import Piece, project_segments
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
    local = np.asarray(vertices_m, dtype=np.float64) - view.origin_m
    if closed and len(local):
        local = np.concatenate([local, local[:1]])
    if len(local) < 2:
        return None
    still = np.concatenate([local, np.zeros((len(local), 3))], axis=1)
    segments = np.stack([still[:-1], still[1:]], axis=1)
    pieces: list[Piece] = []
    for piece in project_segments(view, segments, tolerance_px=tolerance_px):
        for part in _at_seam(view, piece):
            pieces += _within(view, segments, part)
    if not pieces:
        return None
    if closed and len(pieces) > 1:
        pieces = _joined(pieces, len(segments))
    steps = (np.diff(piece.uv, axis=0) for piece in pieces)
    length = sum(float(np.hypot(step[:, 0], step[:, 1]).sum()) for step in steps)
    return PolylineTarget(tuple(pieces), length)


def points_along(vertices_m: Float64Array, parameter: Float64Array) -> Float64Array:
    """(n, 3) points of a line at parameters (n,); a closed line with its first vertex repeated."""
    last = len(vertices_m) - 2
    index = np.clip(np.floor(parameter).astype(np.int64), 0, last)
    share = (parameter - index)[:, None]
    return vertices_m[index] * (1.0 - share) + vertices_m[index + 1] * share


def _at_seam(view: View, piece: Piece) -> list[Piece]:
    """Copies of a piece on an unrolled cylinder, one turn to the left and to the right."""
    lens = view.camera.lens
    if not isinstance(lens, Cylindrical):
        return [piece]
    period = 2.0 * np.pi * lens.fx
    return [
        Piece(piece.uv + np.array([turn * period, 0.0]), piece.parameter) for turn in (-1, 0, 1)
    ]


def _within(view: View, segments: Float64Array, piece: Piece) -> list[Piece]:
    """The parts of a piece within the picture; parameters of the cuts are found in space."""
    from projection.kernels import pack  # noqa: PLC0415  compiled kernels take a moment to load
    from projection.kernels.segments import clip_piece  # noqa: PLC0415

    inside = view.camera.contains(piece.uv)
    if inside.all():
        return [piece]
    packed = pack.pack_lens(view.camera), pack.pack_frame(view), pack.pack_poses(view)
    line = np.concatenate([piece.uv, piece.parameter[:, None]], axis=1)
    out, starts = np.empty((2 * len(line) + 2, 3)), np.empty(len(line) + 1, dtype=np.int64)
    count, pieces = clip_piece(*packed, segments, line, out, starts)
    bounds = [*starts[:pieces].tolist(), count]
    parts = []
    for first, last in pairwise(bounds):
        if last - first >= 2:
            parts.append(Piece(out[first:last, :2].copy(), out[first:last, 2].copy()))
    return parts


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
