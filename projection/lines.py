"""Straight things in space as they look in a picture: cut to the lens's domain, subdivided."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array
from projection.camera import Camera
from projection.cameras.cylindrical import Cylindrical
from projection.cones import cone_cosine, picture_cone_rad, picture_sides
from projection.view import View

_ROOM = 4096
_NO_SIDES = np.empty((0, 3))
_FAR = 1e7
#: Lens, frame and poses as kernels read them, see ``kernels.pack``.
Packed = tuple[Float64Array, Float64Array, Float64Array]


@dataclass(frozen=True, slots=True)
class Piece:
    """A connected piece of something that goes from vertex to vertex.

    Attributes:
        uv: (n, 2) px; may reach off the picture.
        parameter: (n,) where along: 2.25 is a quarter of the way from vertex 2 to vertex 3.
    """

    uv: Float64Array
    parameter: Float64Array


def project_edges(
    view: View, vertices: Float64Array, joined: BoolArray, *, tolerance_px: float
) -> list[Piece]:
    """The pieces of edges that have pixels, on the picture and off it.

    Args:
        view: The picture.
        vertices: (n, 6) relative to ``view.origin_m`` at the image's time, and velocities.
        joined: (n,) whether an edge goes from a vertex to the next.
        tolerance_px: How far straight pieces may be off the true curve.
    """
    close = close_edges(view, vertices, joined)
    others = _pieces(view, vertices, joined & ~close, tolerance_px, _NO_SIDES)
    found, bounds = _with_close(
        view, vertices, close, others, (tolerance_px, _NO_SIDES, _anywhere(view.camera))
    )
    return [
        Piece(found[first:last, :2].copy(), found[first:last, 2].copy())
        for first, last in pairwise(bounds.tolist())
    ]


def edges_in_picture(
    view: View, vertices: Float64Array, joined: BoolArray, *, tolerance_px: float
) -> tuple[Float64Array, Int64Array]:
    """The parts of edges in the picture, see ``project_edges``.

    Returns:
        (m, 3) u, v and parameter of all parts, and (k + 1,) where each begins, and the end.
    """
    sides = picture_sides(view.camera)
    picture = np.array([-0.5, -0.5, view.camera.width - 0.5, view.camera.height - 0.5])
    close = close_edges(view, vertices, joined)
    found, bounds = _pieces(view, vertices, joined & ~close, tolerance_px, sides)
    found, bounds = clipped_pieces(view.packed, vertices, (found, bounds), picture)
    return _with_close(view, vertices, close, (found, bounds), (tolerance_px, sides, picture))


def clipped_pieces(
    packed: Packed,
    vertices: Float64Array,
    pieces: tuple[Float64Array, Int64Array],
    rectangle: Float64Array,
) -> tuple[Float64Array, Int64Array]:
    """The parts of pieces within a rectangle of the picture.

    Args:
        packed: The view.
        vertices: (n, 6) see ``project_edges``.
        pieces: (m, 3) u, v, parameter of all pieces, and (k + 1,) where each begins, and the end.
        rectangle: (4,) u0, v0, u1, v1.

    Returns:
        As ``pieces``.
    """
    from projection.kernels.segments import clip_pieces  # noqa: PLC0415  kernels load slowly

    found, bounds = pieces
    if len(bounds) == 1:
        return pieces
    room = 2 * len(found) + 2
    while True:
        out, starts = np.empty((room, 3)), np.empty(room, dtype=np.int64)
        count, parts = clip_pieces(*packed, vertices, found, bounds[1:], rectangle, out, starts)
        if count >= 0:
            return out[:count], np.append(starts[:parts], count)
        room *= 4


def _anywhere(camera: Camera) -> Float64Array:
    """All there is of the picture's plane; of a cylinder one turn, as its columns come again."""
    lens = camera.lens
    if not isinstance(lens, Cylindrical):
        return np.array([-_FAR, -_FAR, _FAR, _FAR])
    half = np.pi * lens.fx
    return np.array([lens.cx - half, -_FAR, lens.cx + half, _FAR])


def close_edges(view: View, vertices: Float64Array, joined: BoolArray) -> BoolArray:
    """(n,) which edges the camera all but touches while lines are read out, by first vertices."""
    close = np.zeros(len(vertices), dtype=np.bool_)
    if view.shutter.is_rolling:
        from projection.kernels import closeness  # noqa: PLC0415  kernels load slowly

        closeness.close_edges(*view.packed[1:], vertices, joined, close)
    return close


def _with_close(
    view: View,
    vertices: Float64Array,
    close: BoolArray,
    others: tuple[Float64Array, Int64Array],
    limits: tuple[float, Float64Array, Float64Array],
) -> tuple[Float64Array, Int64Array]:
    """The pieces of all edges, in their order: those of close ones are found line by line."""
    if not close.any():
        return others
    from projection.slices import sliced_edge  # noqa: PLC0415  loads shapely

    found, bounds = others
    tolerance_px, sides, picture = limits
    cosine = cone_cosine(picture_cone_rad(view.camera))
    pieces = np.split(found, bounds[1:-1]) if len(bounds) > 1 else []
    for row in np.flatnonzero(close).tolist():
        edge = vertices[row : row + 2]
        for piece in sliced_edge(
            view, edge, limits=(cosine, tolerance_px), sides=sides, picture=picture
        ):
            # A second vertex lies beyond the edge's beginning: that says whose a piece is.
            piece[1:, 2] = np.maximum(piece[1:, 2], 1e-9)
            piece[:, 2] += row
            pieces.append(piece)
    pieces.sort(key=lambda piece: float(piece[1, 2]))
    ends = np.cumsum([0, *(len(piece) for piece in pieces)])
    return np.concatenate([np.empty((0, 3)), *pieces]), ends


def _pieces(
    view: View,
    vertices: Float64Array,
    joined: BoolArray,
    tolerance_px: float,
    sides: Float64Array,
) -> tuple[Float64Array, Int64Array]:
    """Pixels and parameters (m, 3) of all pieces, and where each begins, and the end."""
    # Compiled kernels take a moment to load: who only projects points doesn't wait for them.
    from projection.kernels.segments import line_pieces  # noqa: PLC0415

    cosine = cone_cosine(picture_cone_rad(view.camera))
    room = max(_ROOM, 2 * len(vertices))
    while True:
        out, starts = np.empty((room, 3)), np.empty(room, dtype=np.int64)
        count, pieces = line_pieces(
            *view.packed, vertices, joined, cosine, sides, tolerance_px, out, starts
        )
        if count >= 0:
            return out[:count], np.append(starts[:pieces], count)
        room *= 4
