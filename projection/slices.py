"""What the camera nearly touches, or enters, while lines are read out: line by line.

So close, a point may be seen by several lines, or jump over them: there is nothing in space to
follow. But each line by itself is a picture with a global shutter.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import Polygon

from projection.arrays import BoolArray, Float64Array
from projection.kernels import boxes, segments
from projection.lines import Packed, clipped_pieces
from projection.regions import loops_of, on_cylinder, region_of
from projection.rigid import multiply
from projection.view import View

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_FAR = 1e7
_MARGIN = 4.0
_MOST_LOOPS = 16
#: px within which a line goes on from one row to the next.
_NEXT_TO = 1.0


def sliced_box(
    view: View, moving: Float64Array, *, cosine: float, tolerance_px: float
) -> tuple[list[Float64Array], bool]:
    """The outline of a box under a rolling shutter, exact at every line's centre.

    Args:
        view: The picture.
        moving: (8, 6) corners relative to ``view.origin_m``, and velocities.
        cosine: Of the cone to cut with; below -1: none.
        tolerance_px: See ``project_cuboid``.

    Returns:
        Closed loops (n, 2) px, which may reach off the picture; and whether any line sees some of
        the box without a pixel.
    """
    corners = np.zeros((8, 6))
    parts: list[BaseGeometry] = []
    any_cut = False
    for time, rectangle, packed in _lines(view):
        corners[:, :3] = moving[:, :3] + 1e-9 * time * moving[:, 3:]
        loops, cut = _still_loops(view, packed, corners, (cosine, tolerance_px))
        any_cut |= cut
        _add(parts, loops, rectangle)
    return _joined(parts), any_cut


def sliced_surface(
    view: View, loops_at: Callable[[Packed, float], list[Float64Array]]
) -> list[Float64Array]:
    """The outlines (n, 2) px of a surface under a rolling shutter, exact at every line's centre.

    What is further off the picture than a few pixels is left out.

    Args:
        view: The picture.
        loops_at: Loops whose even-odd fill the surface is, at a line's time (ns after the image's).
    """
    # A little further than the picture: who cuts loops at its border wants none that run along it.
    size = 2 * [view.camera.width + _MARGIN, view.camera.height + _MARGIN]
    parts: list[BaseGeometry] = []
    for time, band, packed in _lines(view):
        _add(parts, loops_at(packed, time), np.clip(band, -_MARGIN, size))
    return _joined(parts)


def sliced_edge(
    view: View,
    edge: Float64Array,
    *,
    limits: tuple[float, float],
    sides: Float64Array,
    picture: Float64Array,
) -> list[Float64Array]:
    """The pieces of an edge under a rolling shutter, exact at every line's centre.

    Args:
        view: The picture.
        edge: (2, 6) ends relative to ``view.origin_m``, and velocities.
        limits: Cosine of the cone to cut with, and tolerance (px).
        sides: See ``segments.line_pieces``.
        picture: (4,) u0, v0, u1, v1: what is outside is left out.

    Returns:
        (n, 3) u, v and share of the edge, never falling, of each piece.
    """
    pieces: list[Float64Array] = []
    open_ends: list[Float64Array] = []
    for time, band, packed in _lines(view):
        inside = np.concatenate(
            [np.maximum(band[:2], picture[:2]), np.minimum(band[2:], picture[2:])]
        )
        if (inside[:2] >= inside[2:]).any():
            continue
        still = np.zeros((2, 6))
        still[:, :3] = edge[:, :3] + 1e-9 * time * edge[:, 3:]
        fresh = _still_pieces(packed, still, limits, (sides, inside))
        still_open = []
        for part in fresh:
            grown = part
            for other in open_ends:
                joined = _gone_on(other, grown)
                if joined is not None:
                    grown = joined
                    open_ends = [piece for piece in open_ends if piece is not other]
                    break
            still_open.append(grown)
        pieces += open_ends
        open_ends = still_open
    return [_rising(piece) for piece in pieces + open_ends]


def _lines(view: View) -> Iterator[tuple[float, Float64Array, Packed]]:
    """Each line's time (ns after the image's), rectangle, and view with a global shutter."""
    camera, shutter = view.camera, view.shutter
    lines = shutter.line_count(camera.width, camera.height)
    edges = np.arange(lines + 1) - 0.5
    edges[0], edges[-1] = -_FAR, _FAR
    times = np.arange(lines, dtype=np.float64) * shutter.line_delay_ns
    positions, quats = view.poses.at(times)
    quats = multiply(quats, view.ego_from_camera.quat_xyzw)
    lens, rolling, _ = view.packed
    frame = rolling.copy()
    frame[2], frame[3:5], frame[8:10] = -1.0, 0.0, 0.0
    pose = np.zeros((1, 8))
    for row, time in enumerate(times.tolist()):
        pose[0, 1:4], pose[0, 4:] = positions[row], quats[row]
        yield time, _band(view, edges[row], edges[row + 1]), (lens, frame, pose)


def _add(parts: "list[BaseGeometry]", loops: list[Float64Array], rectangle: Float64Array) -> None:
    """Add what loops fill of a rectangle."""
    kept = _clipped(loops, rectangle)
    if len(kept) == 1:
        parts.append(Polygon(kept[0]))
    elif kept:
        parts.append(region_of(kept))


def _joined(parts: "list[BaseGeometry]") -> list[Float64Array]:
    if not parts:
        return []
    return loops_of(shapely.union_all(shapely.make_valid(np.array(parts))))


def _still_pieces(
    packed: Packed,
    edge: Float64Array,
    limits: tuple[float, float],
    within: tuple[Float64Array, Float64Array],
) -> list[Float64Array]:
    """(n, 3) of each piece of an edge (2, 6) at one line's time, within a rectangle."""
    joined: BoolArray = np.array([True, False])
    sides, rectangle = within
    room = 512
    while True:
        found, bounds = np.empty((room, 3)), np.empty(room, dtype=np.int64)
        count, pieces = segments.line_pieces(
            *packed, edge, joined, limits[0], sides, limits[1], found, bounds
        )
        if count >= 0:
            break
        room *= 4
    if not pieces:
        return []
    whole = found[:count], np.append(bounds[:pieces], count)
    parts, starts = clipped_pieces(packed, edge, whole, rectangle)
    return np.split(parts, starts[1:-1]) if len(starts) > 1 else []


def _gone_on(one: Float64Array, other: Float64Array) -> Float64Array | None:
    """Both pieces as one, if the one ends where the other begins; the places may go either way."""
    for a, b in ((one, other), (one[::-1], other), (one, other[::-1]), (one[::-1], other[::-1])):
        if np.hypot(*(a[-1, :2] - b[0, :2])) <= _NEXT_TO:
            return np.concatenate([a, b])
    return None


def _rising(piece: Float64Array) -> Float64Array:
    """A piece from its lesser to its greater place: lines see them a little to and fro."""
    ordered = piece if piece[0, 2] <= piece[-1, 2] else piece[::-1].copy()
    ordered[:, 2] = np.maximum.accumulate(ordered[:, 2])
    return ordered


def _band(view: View, low: float, high: float) -> Float64Array:
    """u0, v0, u1, v1 of the lines, counted as they are read out, from ``low`` to ``high``."""
    direction = view.shutter.direction
    if direction in ("bottom_to_top", "right_to_left"):
        last = view.shutter.line_count(view.camera.width, view.camera.height) - 1.0
        low, high = last - high, last - low
    if direction in ("left_to_right", "right_to_left"):
        return np.array([low, -_FAR, high, _FAR])
    return np.array([-_FAR, low, _FAR, high])


def _still_loops(
    view: View,
    packed: Packed,
    corners: Float64Array,
    limits: tuple[float, float],
) -> tuple[list[Float64Array], bool]:
    """The loops of a box at one line's time, and whether some of it has no pixel."""
    room = 1024
    while True:
        out, ends = np.empty((room, 2)), np.empty(_MOST_LOOPS, dtype=np.int64)
        count, cut, side, _ = boxes.box_outline(
            *packed, corners, *limits, boxes.SILHOUETTES, out, ends
        )
        if count != boxes.NO_ROOM:
            break
        room *= 4
    if side == boxes.INSIDE and limits[0] < -1.0:
        w, h = view.camera.width - 0.5, view.camera.height - 0.5
        return [np.array([[-0.5, -0.5], [-0.5, h], [w, h], [w, -0.5]])], True
    loops = np.split(out[: ends[count - 1]], ends[: count - 1]) if count else []
    all_round = side == boxes.INSIDE and view.camera.limit_rad > 0.5 * np.pi
    loops, crossed = on_cylinder(loops, view.camera, all_round=all_round)
    return loops, cut or crossed


def _clipped(loops: list[Float64Array], rectangle: Float64Array) -> list[Float64Array]:
    if not loops:
        return []
    pixels = np.concatenate(loops)
    ends = np.cumsum([len(loop) for loop in loops])
    kept = np.empty((8 * len(pixels) + 64, 2))
    count, _, _ = boxes.clip_loops(pixels, ends, rectangle, kept)
    return [part for part in np.split(kept[:count], ends[:-1]) if len(part) >= 3]
