"""Straight things in space as they look in a picture: cut to the lens's domain, subdivided."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array
from projection.cones import cone_cosine, picture_cone_rad, picture_sides
from projection.view import View

_ROOM = 4096
_NO_SIDES = np.empty((0, 3))


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
    found, bounds = _pieces(view, vertices, joined, tolerance_px, _NO_SIDES)
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
    from projection.kernels.segments import clip_pieces  # noqa: PLC0415  kernels load slowly

    sides = picture_sides(view.camera)
    found, bounds = _pieces(view, vertices, joined, tolerance_px, sides)
    if len(bounds) == 1:
        return found, bounds
    room = 2 * len(found) + 2
    while True:
        out, starts = np.empty((room, 3)), np.empty(room, dtype=np.int64)
        count, parts = clip_pieces(*view.packed, vertices, found, bounds[1:], out, starts)
        if count >= 0:
            return out[:count], np.append(starts[:parts], count)
        room *= 4


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
