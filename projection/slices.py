"""Boxes that the camera nearly touches, or enters, while lines are read out: line by line.

So close, a point of the box may be seen by several lines, or jump over them: there is no outline
in space to follow. But each line by itself is a picture with a global shutter.
"""

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import Polygon

from projection.arrays import Float64Array
from projection.kernels import boxes
from projection.regions import loops_of, on_cylinder, region_of
from projection.rigid import multiply
from projection.view import View

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: Slices of a line: within one, nothing moves.
_PER_LINE = 2
_FAR = 1e7
_MOST_LOOPS = 16


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
    camera, shutter = view.camera, view.shutter
    lines = shutter.line_count(camera.width, camera.height)
    edges = np.arange(lines * _PER_LINE + 1) / _PER_LINE - 0.5
    middles = np.clip(0.5 * (edges[1:] + edges[:-1]), 0.0, lines - 1.0)
    edges[0], edges[-1] = -_FAR, _FAR
    times = middles * shutter.line_delay_ns
    positions, quats = view.poses.at(times)
    quats = multiply(quats, view.ego_from_camera.quat_xyzw)
    lens, rolling, _ = view.packed
    frame = rolling.copy()
    frame[2], frame[3:5], frame[8:10] = -1.0, 0.0, 0.0
    pose = np.zeros((1, 8))
    corners = np.zeros((8, 6))
    parts: list[BaseGeometry] = []
    any_cut = False
    for row, time in enumerate(times.tolist()):
        pose[0, 1:4], pose[0, 4:] = positions[row], quats[row]
        corners[:, :3] = moving[:, :3] + 1e-9 * time * moving[:, 3:]
        rectangle = _band(view, edges[row], edges[row + 1])
        loops, cut = _still_loops(view, (lens, frame, pose), corners, (cosine, tolerance_px))
        any_cut |= cut
        kept = _clipped(loops, rectangle)
        if len(kept) == 1:
            parts.append(Polygon(kept[0]))
        elif kept:
            parts.append(region_of(kept))
    if not parts:
        return [], any_cut
    return loops_of(shapely.union_all(shapely.make_valid(np.array(parts)))), any_cut


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
    packed: tuple[Float64Array, Float64Array, Float64Array],
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
