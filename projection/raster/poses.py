"""Where a view's camera is while each of its lines is read out."""

from typing import NamedTuple

import numpy as np
from numba import njit

from projection.arrays import Float64Array
from projection.raster.bare import bare_inlined
from projection.raster.rays import BLOCK, STRIP
from projection.rigid import matrices
from projection.rolling import camera_poses
from projection.view import View

#: Of each line in a strip's poses: rotation (camera from world, row after row), position in metres
#: relative to the view's origin, seconds after the image's time; one entry of all eight lines
#: after the other.
POSE = 13
_PLACE, _TIME = 9, 12


class Lines(NamedTuple):
    """Poses of all lines, padded to whole strips by repeating the last.

    Attributes:
        strips: (strips, POSE * 8), see ``POSE``.
        spreads: (blocks, 3) how far a block's lines are from its middle one: radians, metres,
            seconds.
        spread: (3,) the same of all lines.
        middle: Of all lines.
        rolling: Whether lines differ; else there is one pose, for all lines.
    """

    strips: Float64Array
    spreads: Float64Array
    spread: Float64Array
    middle: int
    rolling: bool


def line_poses(view: View, count: int, *, by_rows: bool) -> Lines:
    """Poses and times of a view's lines, and how much they vary within blocks."""
    if not view.shutter.is_rolling:
        strips = np.zeros((1, POSE * STRIP))
        strips[0, : _PLACE * STRIP] = view.world_from_camera.matrix.T.repeat(STRIP)
        return Lines(strips, np.zeros((1, 3)), np.zeros(3), 0, rolling=False)
    padded = -(-count // STRIP) * STRIP
    line = np.minimum(np.arange(padded, dtype=np.float64), count - 1)
    still = np.zeros_like(line)
    uv = np.stack([still, line] if by_rows else [line, still], axis=1)
    offsets_ns = view.shutter.offset_ns(uv, view.camera.width, view.camera.height)
    positions, quats = camera_poses(view.poses, view.ego_from_camera).at(offsets_ns)
    poses = np.empty((padded, POSE))
    poses[:, :_PLACE] = matrices(quats).transpose(0, 2, 1).reshape(padded, _PLACE)
    poses[:, _PLACE:_TIME] = positions
    poses[:, _TIME] = offsets_ns * 1e-9
    strips = poses.reshape(-1, STRIP, POSE).transpose(0, 2, 1).reshape(-1, POSE * STRIP)
    spreads = _spreads(poses, count, BLOCK)
    whole = _spreads(poses, count, count)[0]
    return Lines(np.ascontiguousarray(strips), spreads, whole, count // 2, rolling=True)


@bare_inlined
def middle_line(block: int, side: int, lines: int) -> int:
    """The line that stands for a block of ``side`` lines."""
    return (block * side + min((block + 1) * side, lines)) // 2


@njit(cache=True)
def _spreads(poses: Float64Array, lines: int, side: int) -> Float64Array:
    """(blocks, 3) how far a block's lines are from its middle one: radians, metres, seconds."""
    blocks = -(-lines // side)
    spreads = np.zeros((blocks, 3))
    for block in range(blocks):
        middle = poses[middle_line(block, side, lines)]
        turned, moved, late = 0.0, 0.0, 0.0
        for line in range(block * side, min((block + 1) * side, lines)):
            # |R - R'| in Frobenius' norm bounds how far a unit vector's images are apart.
            turn, way = 0.0, 0.0
            for entry in range(_PLACE):
                turn += (poses[line, entry] - middle[entry]) ** 2
            for entry in range(_PLACE, _TIME):
                way += (poses[line, entry] - middle[entry]) ** 2
            turned, moved = max(turned, turn), max(moved, way)
            late = max(late, abs(poses[line, _TIME] - middle[_TIME]))
        spreads[block, 0], spreads[block, 1] = np.sqrt(turned), np.sqrt(moved)
        spreads[block, 2] = late
    return spreads
