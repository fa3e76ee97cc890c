"""Straight things in space as they look in a picture: cut to the lens's domain, subdivided."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from projection.arrays import Float64Array
from projection.cones import cone_cosine, picture_cone_rad
from projection.view import View

_ROOM = 4096


@dataclass(frozen=True, slots=True)
class Piece:
    """A connected piece of something that goes from vertex to vertex.

    Attributes:
        uv: (n, 2) px; may reach off the picture.
        parameter: (n,) where along: 2.25 is a quarter of the way from vertex 2 to vertex 3.
    """

    uv: Float64Array
    parameter: Float64Array


def project_segments(view: View, segments: Float64Array, *, tolerance_px: float) -> list[Piece]:
    """Pieces of segments (m, 2, 6): ends relative to ``view.origin_m``, and their velocities.

    Segments that share an end make one piece, as long as all of it has pixels.
    """
    # Compiled kernels take a moment to load: who only projects points doesn't wait for them.
    from projection.kernels import pack  # noqa: PLC0415
    from projection.kernels.segments import segment_pieces  # noqa: PLC0415

    packed = pack.pack_lens(view.camera), pack.pack_frame(view), pack.pack_poses(view)
    cosine = cone_cosine(picture_cone_rad(view.camera))
    room = max(_ROOM, 4 * len(segments))
    while True:
        out, starts = np.empty((room, 3)), np.empty(room, dtype=np.int64)
        count, pieces = segment_pieces(*packed, segments, cosine, tolerance_px, out, starts)
        if count >= 0:
            break
        room *= 4
    bounds = [*starts[:pieces].tolist(), count]
    return [
        Piece(out[first:last, :2].copy(), out[first:last, 2].copy())
        for first, last in pairwise(bounds)
    ]
