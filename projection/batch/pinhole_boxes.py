"""The 2D boxes of cuboids in a pinhole's picture, exactly, a few million a second.

# HOT: bench/projection/clip_boxes.py. A cuboid's silhouette is a loop of corners, and the picture's
four sides are planes through the camera: the loop is clipped in space, before anything is divided.
"""

import math

import numpy as np

from projection.arrays import Float64Array, Int64Array, UInt8Array
from projection.batch.kernels import (
    CLIPPED,
    FULL,
    OFF,
    SPECIAL,
    SURFACE_STEPS,
    THERE,
    TRUNCATION,
    Packed,
    Sights,
    packed_of,
)
from projection.kernels.boxes import INSIDE, surface_outside
from projection.kernels.compiled import compiled, inlined
from projection.kernels.motion import to_camera

#: A loop of six corners has at most so many after four cuts.
_MOST = 12


@compiled
def pinhole_boxes(  # noqa: C901, PLR0912, PLR0915  a numeric kernel
    packed: Packed,
    corners: Float64Array,
    limit_cosine: float,
    tables: tuple[Int64Array, Int64Array],
    with_truncation: bool,  # noqa: FBT001
    outcome: UInt8Array,
    numbers: Float64Array,
) -> None:
    """All boxes of a picture, for a pinhole with a global shutter; see ``project_boxes``.

    Args:
        packed: The view.
        corners: (n, 8, 6) relative to the view's origin; the velocities don't matter.
        limit_cosine: Of the lens's domain.
        tables: ``SILHOUETTES`` and ``FACES``.
        with_truncation: Whether to find it too.
        outcome: (n,) written: OFF, THERE, or SPECIAL where the camera is inside the box.
        numbers: (n, 9) written.
    """
    lens, frame, poses = packed
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    left, top, right, bottom = -0.5, -0.5, frame[0] - 0.5, frame[1] - 0.5
    sx, sy, sz = to_camera(frame, poses, 0.0, 0.0, 0.0, 0.0)
    ax, ay, az = to_camera(frame, poses, 0.0, 1.0, 0.0, 0.0)
    bx, by, bz = to_camera(frame, poses, 0.0, 0.0, 1.0, 0.0)
    cx_, cy_, cz_ = to_camera(frame, poses, 0.0, 0.0, 0.0, 1.0)
    ax, ay, az, bx, by, bz = ax - sx, ay - sy, az - sz, bx - sx, by - sy, bz - sz
    cx_, cy_, cz_ = cx_ - sx, cy_ - sy, cz_ - sz
    seen = np.empty((8, 3))
    loop, other = np.empty((_MOST, 3)), np.empty((_MOST, 3))
    for row in range(corners.shape[0]):
        u0, v0, u1, v1 = math.inf, math.inf, -math.inf, -math.inf
        whole = True
        out_left, out_right, out_top, out_bottom = True, True, True, True
        for corner in range(8):
            p, q, r = corners[row, corner, 0], corners[row, corner, 1], corners[row, corner, 2]
            x = ax * p + bx * q + cx_ * r + sx
            y = ay * p + by * q + cy_ * r + sy
            z = az * p + bz * q + cz_ * r + sz
            seen[corner, 0], seen[corner, 1], seen[corner, 2] = x, y, z
            out_left &= fx * x + (cx - left) * z < 0.0
            out_right &= fx * x + (cx - right) * z >= 0.0
            out_top &= fy * y + (cy - top) * z < 0.0
            out_bottom &= fy * y + (cy - bottom) * z >= 0.0
            if z > 0.0 and z * z > limit_cosine * limit_cosine * (x * x + y * y + z * z):
                u, v = fx * x / z + cx, fy * y / z + cy
                u0, u1, v0, v1 = min(u0, u), max(u1, u), min(v0, v), max(v1, v)
            else:
                whole = False
        outcome[row] = OFF
        if out_left or out_right or out_top or out_bottom:
            continue
        if whole and (u1 < left or u0 >= right or v1 < top or v0 >= bottom):
            continue
        numbers[row, TRUNCATION] = 0.0
        if whole:
            numbers[row, FULL], numbers[row, FULL + 1] = u0, v0
            numbers[row, FULL + 2], numbers[row, FULL + 3] = u1, v1
            if u0 >= left and u1 <= right and v0 >= top and v1 <= bottom:
                numbers[row, CLIPPED], numbers[row, CLIPPED + 1] = u0, v0
                numbers[row, CLIPPED + 2], numbers[row, CLIPPED + 3] = u1, v1
                # A box seen as a line has no area: nothing of it is in the picture.
                outcome[row] = THERE if u1 > u0 and v1 > v0 else OFF
                continue
        else:
            numbers[row, FULL : FULL + 4] = math.nan
        code = _side_of(seen)
        if code == INSIDE:
            outcome[row] = SPECIAL
            continue
        count = tables[0][code, 0]
        for place in range(count):
            corner = tables[0][code, 1 + place]
            loop[place, 0], loop[place, 1], loop[place, 2] = (
                seen[corner, 0],
                seen[corner, 1],
                seen[corner, 2],
            )
        area = _area_px(loop, count, fx, fy) if whole and with_truncation else 0.0
        count = _cut(loop, count, other, 0, fx, cx - left, 1.0)
        count = _cut(other, count, loop, 0, fx, cx - right, -1.0)
        count = _cut(loop, count, other, 1, fy, cy - top, 1.0)
        count = _cut(other, count, loop, 1, fy, cy - bottom, -1.0)
        if count < 3:
            continue
        within = _area_px(loop, count, fx, fy)
        if not within > 0.0:
            continue
        u0, v0, u1, v1 = math.inf, math.inf, -math.inf, -math.inf
        for place in range(count):
            u = fx * loop[place, 0] / loop[place, 2] + cx
            v = fy * loop[place, 1] / loop[place, 2] + cy
            u0, u1, v0, v1 = min(u0, u), max(u1, u), min(v0, v), max(v1, v)
        numbers[row, CLIPPED] = min(max(u0, left), right)
        numbers[row, CLIPPED + 1] = min(max(v0, top), bottom)
        numbers[row, CLIPPED + 2] = min(max(u1, left), right)
        numbers[row, CLIPPED + 3] = min(max(v1, top), bottom)
        outcome[row] = THERE
        if with_truncation:
            share = 1.0 - within / area if area > 0.0 else 0.0
            if not whole:
                share = surface_outside(lens, frame, poses, corners[row], tables[1], SURFACE_STEPS)
            numbers[row, TRUNCATION] = min(max(share, 0.0), 1.0)


@compiled
def pinhole_boxes_in(  # noqa: PLR0913, PLR0917  a numeric kernel
    sights: Sights,
    corners: Float64Array,
    firsts: Int64Array,
    limit_cosine: float,
    tables: tuple[Int64Array, Int64Array],
    with_truncation: bool,  # noqa: FBT001
    outcome: UInt8Array,
    numbers: Float64Array,
) -> None:
    """All boxes of many images of a pinhole with a global shutter.

    Args:
        sights: The images.
        corners: (n, 8, 6) relative to each image's own origin.
        firsts: (images + 1,) where each image's boxes begin.
        limit_cosine: Of the lens's domain.
        tables: ``SILHOUETTES`` and ``FACES``.
        with_truncation: Whether to find it too.
        outcome: (n,) written.
        numbers: (n, 9) written.
    """
    for image in range(len(firsts) - 1):
        first, last = firsts[image], firsts[image + 1]
        pinhole_boxes(
            packed_of(sights, image), corners[first:last], limit_cosine, tables, with_truncation,
            outcome[first:last], numbers[first:last],
        )  # fmt: skip


@inlined
def _side_of(seen: Float64Array) -> int:
    """On which side of a box (8, 3), camera frame, the camera is: 9 x + 3 y + z, each 0 to 2."""
    code = 0
    for axis in range(3):
        far = 1 << axis
        x, y, z = seen[far, 0] - seen[0, 0], seen[far, 1] - seen[0, 1], seen[far, 2] - seen[0, 2]
        along = -0.5 * (
            (seen[0, 0] + seen[7, 0]) * x
            + (seen[0, 1] + seen[7, 1]) * y
            + (seen[0, 2] + seen[7, 2]) * z
        )
        half = 0.5 * (x * x + y * y + z * z)
        code = 3 * code + (0 if along < -half else (2 if along > half else 1))
    return code


@inlined
def _cut(
    loop: Float64Array,
    count: int,
    kept: Float64Array,
    axis: int,
    focal: float,
    shift: float,
    sign: float,
) -> int:
    """Write what of a loop is on the inner side of a plane to ``kept``; returns how many."""
    found = 0
    for place in range(count):
        before = place - 1 if place else count - 1
        here = sign * (focal * loop[place, axis] + shift * loop[place, 2])
        there = sign * (focal * loop[before, axis] + shift * loop[before, 2])
        if (here >= 0.0) != (there >= 0.0) and found < _MOST:
            share = there / (there - here)
            for part in range(3):
                kept[found, part] = loop[before, part] + share * (
                    loop[place, part] - loop[before, part]
                )
            found += 1
        if here >= 0.0 and found < _MOST:
            kept[found, 0], kept[found, 1], kept[found, 2] = (
                loop[place, 0],
                loop[place, 1],
                loop[place, 2],
            )
            found += 1
    return found


@inlined
def _area_px(loop: Float64Array, count: int, fx: float, fy: float) -> float:
    """Area of a loop in front of the camera, px^2."""
    total = 0.0
    x0, y0 = loop[0, 0] / loop[0, 2], loop[0, 1] / loop[0, 2]
    x, y = loop[1, 0] / loop[1, 2] - x0, loop[1, 1] / loop[1, 2] - y0
    for place in range(2, count):
        p, q = loop[place, 0] / loop[place, 2] - x0, loop[place, 1] / loop[place, 2] - y0
        total += x * q - y * p
        x, y = p, q
    return abs(0.5 * total) * fx * fy
