"""Where a view's camera is while each of its lines is read out."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from projection.arrays import Float64Array
from projection.raster.bare import bare_inlined
from projection.raster.rays import BLOCK, STRIP
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
    table = camera_poses(view.poses, view.ego_from_camera)
    poses, strips = np.empty((padded, POSE)), np.empty((padded // STRIP, POSE * STRIP))
    _at_lines(table.offsets_ns, table.positions_m, table.quats_xyzw, offsets_ns, poses, strips)
    spreads = _spreads(poses, count, BLOCK)
    whole = _spreads(poses, count, count)[0]
    return Lines(strips, spreads, whole, count // 2, rolling=True)


@bare_inlined
def middle_line(block: int, side: int, lines: int) -> int:
    """The line that stands for a block of ``side`` lines."""
    return (block * side + min((block + 1) * side, lines)) // 2


@njit(cache=True)
def _at_lines(
    knots_ns: Float64Array,
    positions_m: Float64Array,
    quats_xyzw: Float64Array,
    offsets_ns: Float64Array,
    poses: Float64Array,
    strips: Float64Array,
) -> None:
    """Write the poses of lines: what ``PoseTable.at`` says, as rotations, both ways round.

    Args:
        knots_ns: (k,) times of the table.
        positions_m: (k, 3) of the camera.
        quats_xyzw: (k, 4) world_from_camera.
        offsets_ns: (lines,) when each line is exposed.
        poses: (lines, POSE) written.
        strips: (lines / 8, POSE * 8) written: the same, entry by entry of eight lines.
    """
    last = len(knots_ns) - 1
    after = min(1, last)
    for line in range(len(offsets_ns)):
        time = offsets_ns[line]
        while after < last and knots_ns[after] <= time:
            after += 1
        while after > 1 and knots_ns[after - 1] > time:
            after -= 1
        before = max(after - 1, 0)
        share = 0.0
        if last > 0:
            share = (time - knots_ns[before]) / (knots_ns[after] - knots_ns[before])
        rest = 1.0 - share
        x = rest * quats_xyzw[before, 0] + share * quats_xyzw[after, 0]
        y = rest * quats_xyzw[before, 1] + share * quats_xyzw[after, 1]
        z = rest * quats_xyzw[before, 2] + share * quats_xyzw[after, 2]
        w = rest * quats_xyzw[before, 3] + share * quats_xyzw[after, 3]
        length = math.sqrt(x * x + y * y + z * z + w * w)
        x, y, z, w = x / length, y / length, z / length, w / length
        row = poses[line]
        # The transposed matrix: camera from world.
        row[0], row[3], row[6] = (
            1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)
        )  # fmt: skip
        row[1], row[4], row[7] = (
            2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)
        )  # fmt: skip
        row[2], row[5], row[8] = (
            2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)
        )  # fmt: skip
        for axis in range(3):
            row[_PLACE + axis] = rest * positions_m[before, axis] + share * positions_m[after, axis]
        row[_TIME] = time * 1e-9
        for entry in range(POSE):
            strips[line // STRIP, entry * STRIP + line % STRIP] = row[entry]


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
