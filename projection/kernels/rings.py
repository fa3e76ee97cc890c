"""Closed rings of any shape in a picture: what lies outside the cone is laid onto its rim.

Outside the cone, directions can be slid along their meridians to its rim without touching what is
inside, all but the one straight behind. So a ring's winding around every pixel stays what it was,
up to one constant: whether the ring holds the direction straight behind. That is asked separately.
"""

import math

import numpy as np

from projection.arrays import Float64Array, Int64Array
from projection.kernels.compiled import compiled, inlined
from projection.kernels.cutting import (
    PARTS,
    PLACES,
    inside_parts,
    is_clear,
    speed_of,
    spot_of,
    stays_inside,
    whole_part,
)
from projection.kernels.edges import (
    STACK,
    edge_between,
    is_inside,
    is_plain,
    rim,
    spot,
    trace,
    unwrapped,
)
from projection.kernels.motion import to_camera

_TURN = 2.0 * math.pi


@inlined
def _azimuth_step(ax: float, ay: float, bx: float, by: float) -> float:
    """By how much the azimuth turns on a straight way from one place to another."""
    return math.atan2(ax * by - ay * bx, ax * bx + ay * by)


@inlined
def _ending_at(turned: float, left_at: float, azimuth: float) -> float:
    """A turn that began at an azimuth, mended so that it ends at another exactly."""
    gap = azimuth - (left_at + turned)
    mended: float = turned + gap - _TURN * np.round(gap / _TURN)
    return mended


@compiled
def _place(
    frame: Float64Array, poses: Float64Array, vertices: Float64Array, row: int, moment: float
) -> tuple[float, float, float]:
    """A vertex in the camera frame at one moment of the read-out."""
    t = moment * 1e-9
    return to_camera(
        frame, poses, moment, vertices[row, 0] + t * vertices[row, 3],
        vertices[row, 1] + t * vertices[row, 4], vertices[row, 2] + t * vertices[row, 5],
    )  # fmt: skip


@compiled
def ring_loop(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  a kernel: one walk around the ring
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    vertices: Float64Array,
    cosine: float,
    tolerance: float,
    moment: float,
    out: Float64Array,
) -> tuple[int, bool]:
    """A ring's loop in the picture, for an even-odd fill.

    Args:
        lens: See ``pack``.
        frame: See ``pack``.
        poses: See ``pack``.
        vertices: (n, 6) position relative to the view's origin, velocity; the last joins the first.
        cosine: Of the cone; below -1: none.
        tolerance: px.
        moment: ns after the image's time at which what has no pixel is looked at.
        out: (m, 2) px, written.

    Returns:
        How many pixels (-1: no room), and whether the cone has cut anything.
    """
    size = vertices.shape[0]
    places, parts, stack = np.empty(PLACES), np.empty(PARTS), np.empty(STACK)
    no_sides = np.empty((0, 3))
    count = 0
    # Since when it is outside, at which azimuth it left, and how far it has turned since then.
    here = _place(frame, poses, vertices, 0, moment)
    first = spot(lens, frame, poses, edge_between(vertices, 0, 0), 0.0, moment)
    was_inside = is_inside(first, cosine)
    first_azimuth = math.atan2(here[1], here[0])
    left_at, turned = first_azimuth, 0.0
    began_outside = not was_inside
    any_inside, cut = was_inside, not was_inside
    if out.shape[0] == 0:
        return -1, True
    if was_inside:
        out[0, 0], out[0, 1] = first[0], first[1]
        count = 1
    a, known = first, True
    for row in range(size):
        following = (row + 1) % size
        edge = edge_between(vertices, row, following)
        there = _place(frame, poses, vertices, following, moment)
        if not was_inside and is_clear(lens, frame, here, there, speed_of(edge), cosine, no_sides):
            turned += _azimuth_step(here[0], here[1], there[0], there[1])
            here, known = there, False
            continue
        if not known:
            a = spot(lens, frame, poses, edge, 0.0, moment)
        b = first
        if following:
            b = spot(lens, frame, poses, edge, 1.0, a[6])
        if stays_inside(lens, frame, edge, a, b, cosine):
            found = whole_part(parts, a, b)
        else:
            found = inside_parts(lens, frame, poses, edge, a, b, cosine, places, parts)
        x, y = here[0], here[1]
        for part in range(found):
            start, end = parts[part, 0], parts[part, 1]
            begin, finish = spot_of(parts, part, 0), spot_of(parts, part, 1)
            if not was_inside:
                bx, by = (
                    here[0] + start * (there[0] - here[0]),
                    here[1] + start * (there[1] - here[1]),
                )
                turned += _azimuth_step(x, y, bx, by)
                # The arc ends where the edge enters.
                turned = _ending_at(turned, left_at, math.atan2(begin[3], begin[2]))
                if turned != 0.0:
                    count = rim(lens, frame, cosine, left_at, -turned, tolerance, out, count)
                if count < 0 or count >= out.shape[0]:
                    return -1, True
                out[count, 0], out[count, 1] = begin[0], begin[1]
                count += 1
                any_inside = True
            if count < out.shape[0] and is_plain(lens, frame, begin, finish, tolerance):
                out[count, 0] = unwrapped(lens, finish[0], out[count - 1, 0])
                out[count, 1] = finish[1]
                count += 1
            else:
                count = trace(
                lens, frame, poses, edge, (start, begin), (end, finish), tolerance, stack, out,
                count, 0.0,
            )  # fmt: skip
            if count < 0:
                return -1, True
            was_inside = end == 1.0
            if not was_inside:
                left_at, turned = math.atan2(finish[3], finish[2]), 0.0
                x, y = here[0] + end * (there[0] - here[0]), here[1] + end * (there[1] - here[1])
        if found == 0:
            if was_inside:
                # It left at the very vertex.
                left_at, turned = math.atan2(a[3], a[2]), 0.0
            was_inside = False
        if not was_inside:
            cut = True
            turned += _azimuth_step(x, y, there[0], there[1])
        here, a, known = there, b, True
    if not any_inside:
        if cosine < -1.0 or round(turned / _TURN) % 2 == 0:
            return 0, True
        return rim(lens, frame, cosine, math.pi, _TURN, tolerance, out, 0), True
    if not was_inside and began_outside:
        turned = _ending_at(turned, left_at, first_azimuth)
        if turned != 0.0:
            count = rim(lens, frame, cosine, left_at, -turned, tolerance, out, count)
    return count, cut


@compiled
def _is_around_axis(
    frame: Float64Array, poses: Float64Array, vertices: Float64Array, moment: float
) -> bool:
    """Whether a ring goes round the camera's axis, before or behind it, an odd number of times."""
    odd = False
    size = vertices.shape[0]
    x, y, _ = _place(frame, poses, vertices, size - 1, moment)
    for row in range(size):
        bx, by, _ = _place(frame, poses, vertices, row, moment)
        if (y > 0.0) != (by > 0.0):
            odd ^= x - y * (bx - x) / (by - y) > 0.0
        x, y = bx, by
    return odd


@compiled
def _is_behind(
    frame: Float64Array, poses: Float64Array, vertices: Float64Array, moment: float
) -> int:
    """Whether the axis meets a ring's plane behind the camera: 1 or 0; -1: it has no plane."""
    size = vertices.shape[0]
    mx, my, mz, nx, ny, nz, extent = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for row in range(size):
        x, y, z = _place(frame, poses, vertices, row, moment)
        mx, my, mz = mx + x / size, my + y / size, mz + z / size
    ax, ay, az = _place(frame, poses, vertices, size - 1, moment)
    ax, ay, az = ax - mx, ay - my, az - mz
    for row in range(size):
        bx, by, bz = _place(frame, poses, vertices, row, moment)
        bx, by, bz = bx - mx, by - my, bz - mz
        cx, cy, cz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        nx, ny, nz = nx + cx, ny + cy, nz + cz
        extent += math.sqrt(cx * cx + cy * cy + cz * cz)
        ax, ay, az = bx, by, bz
    if not math.sqrt(nx * nx + ny * ny + nz * nz) > 0.2 * extent:
        return -1
    if nz == 0.0:
        return 0
    return 1 if (nx * mx + ny * my + nz * mz) / nz < 0.0 else 0


@compiled
def surface_loops(  # noqa: PLR0913, PLR0917  what goes in, what comes out
    lens: Float64Array,
    frame: Float64Array,
    poses: Float64Array,
    vertices: Float64Array,
    ends: Int64Array,
    cosine: float,
    tolerance: float,
    moment: float,
    out: Float64Array,
    loops: Int64Array,
) -> tuple[int, int]:
    """The loops of a surface's rings in the picture: their even-odd fill is the surface.

    Args:
        lens: See ``pack``.
        frame: See ``pack``.
        poses: See ``pack``.
        vertices: (n, 6) of all rings, the outer one first, see ``ring_loop``.
        ends: (k,) where each ring ends.
        cosine: Of the cone; below -1: none.
        tolerance: px.
        moment: See ``ring_loop``.
        out: (m, 2) px, written.
        loops: (k + 1,) written: where each loop ends in ``out``.

    Returns:
        How many loops (-1: no room), and whether the rim of the cone must be one of them (it is,
        then): 1, 0, or -1: not known, since the rings go round the axis but lie in no plane.
    """
    count, found, start = 0, 0, 0
    around = False
    for row in range(ends.shape[0]):
        ring = vertices[start : ends[row]]
        start = ends[row]
        added, _ = ring_loop(lens, frame, poses, ring, cosine, tolerance, moment, out[count:])
        if added < 0:
            return -1, 0
        if added >= 3:
            count += added
            loops[found] = count
            found += 1
        if cosine >= -1.0 and _is_around_axis(frame, poses, ring, moment):
            around = not around
    behind = 0
    if around:
        behind = _is_behind(frame, poses, vertices[: ends[0]], moment)
        if behind == 1:
            added = whole_rim(lens, frame, cosine, tolerance, out[count:])
            if added < 0:
                return -1, 0
            count += added
            loops[found] = count
            found += 1
    return found, behind


@compiled
def whole_rim(
    lens: Float64Array, frame: Float64Array, cosine: float, tolerance: float, out: Float64Array
) -> int:
    """All of the cone's rim as a loop; returns how many pixels (-1: no room)."""
    return rim(lens, frame, cosine, math.pi, _TURN, tolerance, out, 0)
