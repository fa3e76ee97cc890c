"""What the camera all but touches while lines are read out: ``slices`` looks line by line.

So close, a place may be seen by several lines or jump over them, and neighbours of it by others:
there is nothing in space to follow.
"""

import math

from projection.arrays import BoolArray, Float64Array, Int64Array
from projection.kernels.compiled import compiled
from projection.kernels.motion import to_camera

#: What is nearer to the camera than this part of their motion against each other is close.
CLOSE = 0.75
_MOMENTS = 9


@compiled
def _square_off(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    """The distance of the origin from a straight edge, squared."""
    dx, dy, dz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    length = dx * dx + dy * dy + dz * dz
    share = 0.0
    if length > 0.0:
        share = min(max(-(a[0] * dx + a[1] * dy + a[2] * dz) / length, 0.0), 1.0)
    x, y, z = a[0] + share * dx, a[1] + share * dy, a[2] + share * dz
    return x * x + y * y + z * z


@compiled
def _at(
    frame: Float64Array, poses: Float64Array, vertices: Float64Array, row: int, moment: float
) -> tuple[float, float, float]:
    """A vertex (6,) in the camera frame at a moment."""
    t = 1e-9 * moment
    return to_camera(
        frame, poses, moment, vertices[row, 0] + t * vertices[row, 3],
        vertices[row, 1] + t * vertices[row, 4], vertices[row, 2] + t * vertices[row, 5],
    )  # fmt: skip


@compiled
def _motion(frame: Float64Array, vertices: Float64Array, a: int, b: int) -> float:
    """By how much camera and edge move against each other during the read-out, at most (m)."""
    fastest = 0.0
    for side in range(2):
        v = vertices[b if side else a]
        fastest = max(fastest, v[3] * v[3] + v[4] * v[4] + v[5] * v[5])
    moved: float = frame[9] + 1e-9 * frame[4] * math.sqrt(fastest)
    return moved


@compiled
def close_edges(
    frame: Float64Array,
    poses: Float64Array,
    vertices: Float64Array,
    joined: BoolArray,
    close: BoolArray,
) -> int:
    """Which edges the camera comes close to, and how many.

    Args:
        frame: See ``pack``.
        poses: See ``pack``.
        vertices: (n, 6) position relative to the view's origin, velocity.
        joined: (n,) whether an edge goes from a vertex to the next.
        close: (n,) written, by edges' first vertices.
    """
    found = 0
    for row in range(vertices.shape[0]):
        close[row] = False
        if row == vertices.shape[0] - 1 or not joined[row]:
            continue
        moved = _motion(frame, vertices, row, row + 1)
        a, b = vertices[row], vertices[row + 1]
        # The camera is at the origin at first, and stays within its motion of it.
        reach = (1.0 + CLOSE) * moved
        if not _square_off((a[0], a[1], a[2]), (b[0], b[1], b[2])) < reach * reach:
            continue
        least = math.inf
        for step in range(_MOMENTS):
            moment = frame[4] * step / (_MOMENTS - 1.0)
            here = _at(frame, poses, vertices, row, moment)
            least = min(least, _square_off(here, _at(frame, poses, vertices, row + 1, moment)))
        if math.sqrt(least) < CLOSE * moved:
            close[row] = True
            found += 1
    return found


@compiled
def _off_surface(
    frame: Float64Array,
    poses: Float64Array,
    vertices: Float64Array,
    ends: Int64Array,
    moment: float,
) -> float:
    """How far the camera is from a surface that stands, at a moment; holes count as surface."""
    least = math.inf
    start = 0
    nx, ny, nz = 0.0, 0.0, 0.0
    for ring in range(ends.shape[0]):
        a = _at(frame, poses, vertices, ends[ring] - 1, moment)
        for row in range(start, ends[ring]):
            b = _at(frame, poses, vertices, row, moment)
            least = min(least, _square_off(a, b))
            if ring == 0:
                nx += a[1] * b[2] - a[2] * b[1]
                ny += a[2] * b[0] - a[0] * b[2]
                nz += a[0] * b[1] - a[1] * b[0]
            a = b
        start = ends[ring]
    least = math.sqrt(least)
    normal = math.sqrt(nx * nx + ny * ny + nz * nz)
    if not normal > 0.0:
        return least
    nx, ny, nz = nx / normal, ny / normal, nz / normal
    height, turned = 0.0, 0.0
    ax, ay, az = _at(frame, poses, vertices, ends[0] - 1, moment)
    for row in range(ends[0]):
        bx, by, bz = _at(frame, poses, vertices, row, moment)
        height += (nx * bx + ny * by + nz * bz) / ends[0]
        # By how much the outer ring turns about the camera's foot on its plane.
        across = nx * (ay * bz - az * by) + ny * (az * bx - ax * bz) + nz * (ax * by - ay * bx)
        a_up, b_up = nx * ax + ny * ay + nz * az, nx * bx + ny * by + nz * bz
        turned += math.atan2(across, ax * bx + ay * by + az * bz - a_up * b_up)
        ax, ay, az = bx, by, bz
    if abs(turned) > math.pi:
        least = min(least, abs(height))
    return least


@compiled
def is_surface_close(
    frame: Float64Array, poses: Float64Array, vertices: Float64Array, ends: Int64Array
) -> bool:
    """Whether the camera comes close to a surface that stands.

    Args:
        frame: See ``pack``.
        poses: See ``pack``.
        vertices: (n, 6) of all rings, the outer one first.
        ends: (k,) where each ring ends.
    """
    moved = frame[9]
    if not _off_surface(frame, poses, vertices, ends, 0.0) < (1.0 + CLOSE) * moved:
        return False
    for step in range(_MOMENTS):
        moment = frame[4] * step / (_MOMENTS - 1.0)
        if _off_surface(frame, poses, vertices, ends, moment) < CLOSE * moved:
            return True
    return False
