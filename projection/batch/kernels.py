"""Kernels of the batch: what may be in a picture, and all its boxes at once.

# HOT: bench/projection/clip_boxes.py. They do what ``projection.cuboids`` does box by box.
"""

import math

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array, UInt8Array
from projection.kernels.boxes import (
    INSIDE,
    box_outline,
    clip_loops,
    pixel_extent,
    surface_outside,
)
from projection.kernels.compiled import compiled
from projection.kernels.motion import see_point, to_camera

#: What became of a box: nothing of it is in the picture, it is, or ``project_cuboid`` must look.
OFF, THERE, SPECIAL = 0, 1, 2
#: Columns of the numbers of a box: ``box_full``, ``box_clipped``, truncation.
FULL, CLIPPED, TRUNCATION, NUMBERS = 0, 4, 8, 9
_MOST_LOOPS = 16
_LOOP_ROOM = 1024
SURFACE_STEPS = 8
_NEAR = 1e-6
_OK, _OUT_OF_IMAGE = 0, 3

#: Camera, place and poses as kernels read them, see ``projection.kernels.pack``.
Packed = tuple[Float64Array, Float64Array, Float64Array]
#: Many images of a camera: its lens; each one's frame, or one for all; the poses of all, one image
#: after the other, and (images,) where each one's end.
Sights = tuple[Float64Array, Float64Array, Float64Array, Int64Array]


@compiled
def may_be_seen(packed: Packed, balls: Float64Array, cone_rad: float, out: BoolArray) -> None:
    """Which balls come near the cone around the picture during its read-out.

    Args:
        packed: The view.
        balls: (n, 7) centre relative to the view's origin, velocity, radius.
        cone_rad: Half the cone's angle; half a turn: everything may be seen.
        out: (n,) written.
    """
    _, frame, poses = packed
    moments = 3 if frame[2] >= 0.0 and frame[4] > 0.0 else 1
    seen = np.empty((3, 3))
    for row in range(balls.shape[0]):
        out[row] = True
        if cone_rad >= math.pi:
            continue
        radius = balls[row, 6]
        moved = 0.0
        for moment in range(moments):
            time = frame[4] * 0.5 * moment
            place = balls[row, :3] + time * 1e-9 * balls[row, 3:6]
            seen[moment] = to_camera(frame, poses, time, place[0], place[1], place[2])
            if moment:
                moved = max(moved, np.abs(seen[moment] - seen[moment - 1]).sum())
        # Between the moments it may have moved by as much as between two of them.
        radius += moved
        off = True
        for moment in range(moments):
            across = math.hypot(seen[moment, 0], seen[moment, 1])
            distance = math.hypot(across, seen[moment, 2])
            if not distance > radius:
                off = False
                break
            angle = math.atan2(across, seen[moment, 2])
            if angle - math.asin(radius / distance) <= cone_rad + _NEAR:
                off = False
                break
        out[row] = not off


@compiled
def may_be_seen_in(
    sights: Sights,
    balls: Float64Array,
    firsts: Int64Array,
    cone_rad: float,
    out: BoolArray,
) -> None:
    """As ``may_be_seen``, of many images of a camera: which of each one's own balls.

    Args:
        sights: The images.
        balls: (n, 7) relative to each image's own origin.
        firsts: (images + 1,) where each image's balls begin.
        cone_rad: Half the cone's angle.
        out: (n,) written.
    """
    for image in range(len(firsts) - 1):
        first, last = firsts[image], firsts[image + 1]
        may_be_seen(packed_of(sights, image), balls[first:last], cone_rad, out[first:last])


@compiled
def packed_of(sights: Sights, image: int) -> Packed:
    """One of many images."""
    lens, frames, poses, ends = sights
    first = ends[image - 1] if image else 0
    return lens, frames[min(image, len(frames) - 1)], poses[first : ends[image]]


@compiled
def project_boxes(  # noqa: C901, PLR0913, PLR0917  a numeric kernel
    packed: Packed,
    corners: Float64Array,
    cosines: tuple[float, float],
    tolerance: float,
    tables: tuple[Int64Array, Int64Array],
    outcome: UInt8Array,
    numbers: Float64Array,
    pixels: Float64Array,
    loops: Int64Array,
    spans: Int64Array,
) -> int:
    """All boxes of a picture.

    Args:
        packed: The view.
        corners: (n, 8, 6) relative to the view's origin, and velocities.
        cosines: Of the cone around the picture, and of the lens's domain.
        tolerance: px.
        tables: ``SILHOUETTES`` and ``FACES``.
        outcome: (n,) written: OFF, THERE or SPECIAL.
        numbers: (n, 9) written, see ``NUMBERS``; NaN for a ``box_full`` that isn't there.
        pixels: (room, 2) written: the outlines' vertices.
        loops: (room,) written: where each loop ends in ``pixels``.
        spans: (n + 1,) written: where each box's loops end in ``loops``, after a zero.

    Returns:
        Vertices written, -1: no room.
    """
    frame = packed[1]
    rectangle = np.array([-0.5, -0.5, frame[0] - 0.5, frame[1] - 0.5])
    out, ends = np.empty((_LOOP_ROOM, 2)), np.empty(_MOST_LOOPS, dtype=np.int64)
    kept = np.empty((8 * _LOOP_ROOM + 64, 2))
    count, loop_count = 0, 0
    spans[0] = 0
    for row in range(corners.shape[0]):
        spans[row + 1] = loop_count
        found, cut, begin, end = box_outline(
            packed[0], frame, packed[2], corners[row], cosines[0], tolerance, tables[0], out, ends
        )
        outcome[row] = OFF
        if found < 0 or INSIDE in (begin, end):
            outcome[row] = SPECIAL
            continue
        if found == 0:
            continue
        bounds = ends[:found].copy()
        last = bounds[found - 1]
        size, whole, within = clip_loops(out[:last], bounds, rectangle, kept)
        if not within > 0.0:
            continue
        if size < 0 or count + size > pixels.shape[0] or loop_count + found > loops.shape[0]:
            return -1
        start, first = 0, count
        for loop in range(found):
            length = bounds[loop] - start
            if length >= 3:
                pixels[count : count + length] = kept[start : bounds[loop]]
                count += length
                loops[loop_count] = count
                loop_count += 1
            start = bounds[loop]
        spans[row + 1] = loop_count
        if count == first:
            continue
        outcome[row] = THERE
        clipped = pixel_extent(pixels[first:count])
        for axis in range(4):
            numbers[row, CLIPPED + axis] = clipped[axis]
        special = _whole(
            packed, corners[row], (cut, found, whole, within), cosines, tolerance, tables,
            (out, ends, kept, rectangle), numbers[row],
        )  # fmt: skip
        if special:
            outcome[row] = SPECIAL
    return count


@compiled
def project_boxes_in(  # noqa: PLR0913, PLR0917  a numeric kernel
    sights: Sights,
    corners: Float64Array,
    firsts: Int64Array,
    cosines: tuple[float, float],
    tolerance: float,
    tables: tuple[Int64Array, Int64Array],
    outcome: UInt8Array,
    numbers: Float64Array,
    pixels: Float64Array,
    loops: Int64Array,
) -> bool:
    """All boxes of many images of a camera; whether the memory for one's outlines was enough.

    Args:
        sights: The images.
        corners: (n, 8, 6) relative to each image's own origin, and velocities.
        firsts: (images + 1,) where each image's boxes begin.
        cosines: As of ``project_boxes``.
        tolerance: px.
        tables: ``SILHOUETTES`` and ``FACES``.
        outcome: (n,) written.
        numbers: (n, 9) written.
        pixels: (room, 2) memory.
        loops: (room,) memory.
    """
    spans = np.empty(len(corners) + 1, dtype=np.int64)
    for image in range(len(firsts) - 1):
        first, last = firsts[image], firsts[image + 1]
        if first == last:
            continue
        done = project_boxes(
            packed_of(sights, image), corners[first:last], cosines, tolerance, tables,
            outcome[first:last], numbers[first:last], pixels, loops, spans,
        )  # fmt: skip
        if done < 0:
            return False
    return True


@compiled
def _whole(  # noqa: PLR0913, PLR0917  what goes in, what comes out
    packed: Packed,
    corners: Float64Array,
    seen: tuple[bool, int, float, float],
    cosines: tuple[float, float],
    tolerance: float,
    tables: tuple[Int64Array, Int64Array],
    scratch: tuple[Float64Array, Int64Array, Float64Array, Float64Array],
    numbers: Float64Array,
) -> bool:
    """Write ``box_full`` and the truncation of a box; returns whether that can't be done here."""
    cut, found, whole, within = seen
    out, ends, kept, rectangle = scratch
    if cut and cosines[1] != cosines[0]:
        found, cut, begin, end = box_outline(
            packed[0], packed[1], packed[2], corners, cosines[1], tolerance, tables[0], out, ends
        )
        if found < 0 or INSIDE in (begin, end):
            return True
        if not cut and found:
            bounds = ends[:found].copy()
            _, whole, _ = clip_loops(out[: bounds[found - 1]], bounds, rectangle, kept)
    if cut or found == 0 or not math.isfinite(whole):
        numbers[FULL : FULL + 4] = math.nan
        share = surface_outside(packed[0], packed[1], packed[2], corners, tables[1], SURFACE_STEPS)
    else:
        full = pixel_extent(out[: ends[found - 1]])
        for axis in range(4):
            numbers[FULL + axis] = full[axis]
        share = 1.0 - within / whole if whole > 0.0 else 0.0
    numbers[TRUNCATION] = min(max(share, 0.0), 1.0)
    return False


@compiled
def surfaces_outside(
    packed: Packed, corners: Float64Array, faces: Int64Array, out: Float64Array
) -> None:
    """Share (n,) of the surface of boxes (n, 8, 6) that isn't in the picture."""
    for row in range(corners.shape[0]):
        out[row] = surface_outside(
            packed[0], packed[1], packed[2], corners[row], faces, SURFACE_STEPS
        )


@compiled
def see_corners(
    packed: Packed, corners: Float64Array, uv: Float64Array, status: UInt8Array
) -> None:
    """Pixels (n, 8, 2) and statuses (n, 8) of corners (n, 8, 6)."""
    lens, frame, poses = packed
    for row in range(corners.shape[0]):
        for corner in range(8):
            u, v, _, _, _, _, code = see_point(lens, frame, poses, corners[row, corner])
            if code == _OK and not (-0.5 <= u < frame[0] - 0.5 and -0.5 <= v < frame[1] - 0.5):
                code = _OUT_OF_IMAGE
            uv[row, corner, 0], uv[row, corner, 1], status[row, corner] = u, v, code
