"""Blocks of a rolling shutter's lines: what a triangle surely misses in all of them."""

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from projection.arrays import BoolArray, Float32Array, Float64Array, Int32Array
from projection.raster.cones import beyond, cap_of
from projection.raster.planes import edge_planes
from projection.raster.rays import TILES
from projection.rigid import matrices
from projection.rolling import camera_poses
from projection.view import View

Int8Array = npt.NDArray[np.int8]

_MIDDLE, _FINE = TILES[1], TILES[2]
_STRIPS = _MIDDLE[0] // _FINE[0]
TILE_RUNS = _MIDDLE[1] // _FINE[1]

#: Sides of a triangle: its front (seen anticlockwise) in all lines of a block, its back in all
#: lines, or not the same in all. BACK also says: not to be drawn.
FRONT, BACK, EITHER = -1, 1, 0

#: Of all triangles: corners (n, 3, 3) relative to the view's origin at the image's time, velocities
#: (n, 3, 3) in metres a second, edge directions (n, 3).
Moving = tuple[Float64Array, Float64Array, BoolArray]
#: Of all lines: rotations (camera from world), positions, times in seconds; of the blocks of 64 and
#: of 8 lines: how far their lines are from their middle one, in radians, metres and seconds; the
#: same of all lines.
Lines = tuple[Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
#: Memory of the inner loops: corners, normals, 1/range, slack, planes, floors and cone of one
#: triangle.
Scratch = tuple[
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float32Array,
    Float32Array,
    Float64Array,
]


def line_poses(view: View, count: int, *, by_rows: bool) -> Lines:
    """Poses and times of a view's lines, and how much they vary within blocks."""
    line = np.arange(count, dtype=np.float64)
    still = np.zeros_like(line)
    uv = np.stack([still, line] if by_rows else [line, still], axis=1)
    offsets_ns = view.shutter.offset_ns(uv, view.camera.width, view.camera.height)
    positions, quats = camera_poses(view.poses, view.ego_from_camera).at(offsets_ns)
    rotations = np.ascontiguousarray(np.swapaxes(matrices(quats), 1, 2))
    positions = np.ascontiguousarray(positions)
    times_s = offsets_ns * 1e-9
    wide, narrow = (_spread(rotations, positions, times_s, side) for side in (_MIDDLE[0], _FINE[0]))
    whole = _spread(rotations, positions, times_s, count)
    return rotations, positions, times_s, wide, narrow, whole


def _spread(
    rotations: Float64Array, positions: Float64Array, times_s: Float64Array, side: int
) -> Float64Array:
    """(blocks, 3) how far a block's lines are from its middle one: radians, metres, seconds."""
    lines = len(times_s)
    spread = np.zeros((-(-lines // side), 3))
    for block in range(len(spread)):
        part = slice(block * side, min((block + 1) * side, lines))
        middle = _middle_line(block, side, lines)
        # |R - R'| in Frobenius' norm bounds how far a unit vector's images are apart.
        turned = np.linalg.norm(rotations[part] - rotations[middle], axis=(1, 2)).max()
        moved = np.linalg.norm(positions[part] - positions[middle], axis=1).max()
        spread[block] = turned, moved, np.abs(times_s[part] - times_s[middle]).max()
    return spread


@njit(cache=True)
def _middle_line(block: int, side: int, lines: int) -> int:
    return (block * side + min((block + 1) * side, lines)) // 2


@njit(cache=True)
def scratch() -> Scratch:
    """Memory for the kernels here, to be made once."""
    return (
        np.empty((3, 3)),
        np.empty((3, 3)),
        np.empty(3),
        np.empty(3),
        np.empty((4, 3), dtype=np.float32),
        np.empty(3, dtype=np.float32),
        np.empty(4),
    )


@njit(cache=True)
def at_line(moving: Moving, row: int, lines: Lines, line: int, moved: Float64Array) -> None:
    """Write the corners (3, 3) of a triangle as a line's camera sees them to ``moved``."""
    corners, velocities = moving[0][row], moving[1][row]
    rotation, position, time_s = lines[0][line], lines[1][line], lines[2][line]
    for corner in range(3):
        x = corners[corner, 0] + velocities[corner, 0] * time_s - position[0]
        y = corners[corner, 1] + velocities[corner, 1] * time_s - position[1]
        z = corners[corner, 2] + velocities[corner, 2] * time_s - position[2]
        for axis in range(3):
            moved[corner, axis] = (
                rotation[axis, 0] * x + rotation[axis, 1] * y + rotation[axis, 2] * z
            )


@njit(cache=True)
def _length(vector: Float64Array) -> float:
    return math.sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2])


@njit(cache=True)
def _distance(a: Float64Array, b: Float64Array) -> float:
    x, y, z = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return math.sqrt(x * x + y * y + z * z)


@njit(cache=True)
def _step(velocities: Float64Array, spread: Float64Array) -> float:
    """How far camera and corners may come from where they are at a block's middle line."""
    speed = max(_length(velocities[0]), _length(velocities[1]), _length(velocities[2]))
    return float(spread[1] + speed * spread[2])


@njit(cache=True)
def cap_in_all(moving: Moving, row: int, lines: Lines, cap: Float64Array) -> None:
    """Write a cone that holds a triangle in all lines, see ``cap_of``, to ``cap``."""
    moved = np.empty((3, 3))
    count, whole = len(lines[2]), lines[5][0]
    at_line(moving, row, lines, _middle_line(0, count, count), moved)
    cap_of(moved, _step(moving[1][row], whole), whole[0], cap)


@njit(cache=True, error_model="numpy")
def _slack(
    moved: Float64Array,
    normals: Float64Array,
    velocities: Float64Array,
    spread: Float64Array,
    slack: Float64Array,
) -> float:
    """How much the planes of a triangle vary within a block of lines.

    An edge's plane is corner x edge. Turning the camera turns it; moving camera and corner by at
    most ``step`` changes it by step * |edge|; an edge that itself changes by ``bend`` does so by
    |corner| * bend. The volume doesn't know turns, and changes by step * |triangle's normal|.

    Args:
        moved: (3, 3) corners at the block's middle line, camera frame.
        normals: (3, 3) cross products of the edges there.
        velocities: (3, 3) metres a second.
        spread: (3,) of the block: radians, metres, seconds.
        slack: (3,) written: bound on the change of each edge's cross product.

    Returns:
        A bound on the change of the signed volume of triangle and camera.
    """
    turn, seconds = spread[0], spread[2]
    step = _step(velocities, spread)
    longest, widest_bend = 0.0, 0.0
    for edge in range(3):
        after = (edge + 1) % 3
        side = _distance(moved[edge], moved[after])
        bend = _distance(velocities[edge], velocities[after]) * seconds
        change = step * side + (_length(moved[edge]) + step) * bend
        slack[edge] = turn * _length(normals[edge]) + (1.0 + turn) * change
        longest, widest_bend = max(longest, side), max(widest_bend, bend)
    reach = _length(moved[0]) + step
    bent = widest_bend * (2.0 * longest + widest_bend)
    # Rounding counts too, when seen edge on.
    return float(step * (_area(moved) + bent) + reach * bent + 1e-13 * reach * longest * longest)


@njit(cache=True)
def _area(corners: Float64Array) -> float:
    """Length of a triangle's normal as its edges' cross product: twice its area."""
    ax, ay, az = corners[0]
    bx, by, bz = corners[1, 0] - ax, corners[1, 1] - ay, corners[1, 2] - az
    cx, cy, cz = corners[2, 0] - ax, corners[2, 1] - ay, corners[2, 2] - az
    x, y, z = by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx
    return math.sqrt(x * x + y * y + z * z)


@njit(cache=True, error_model="numpy")
def _side(
    place: tuple[int, int, int],
    row: int,
    moving: Moving,
    lines: Lines,
    memory: Scratch,
) -> int:
    """Planes of a triangle at a block's middle line, and which side it shows in all its lines."""
    block, side, level = place
    moved, normals, inverse, slack, _, _, cap = memory
    velocities = moving[1][row]
    at_line(moving, row, lines, _middle_line(block, side, len(lines[2])), moved)
    volume = edge_planes(moved, moving[2][row], normals, inverse)
    spread = lines[3][block] if level == 0 else lines[4][block]
    cap_of(moved, _step(velocities, spread), spread[0], cap)
    turns = _slack(moved, normals, velocities, spread, slack)
    if not abs(volume) > turns:
        return EITHER
    # Unit normals, so that tiles are tested without a root.
    for edge in range(3):
        part = 1.0 / max(_length(normals[edge]), 1e-300)
        slack[edge] *= part
        for axis in range(3):
            normals[edge, axis] *= part
    return BACK if volume > 0.0 else FRONT


@njit(cache=True, error_model="numpy")
def sides(moving: Moving, solids: Int32Array, lines: Lines) -> Int8Array:
    """(n, blocks of 64 lines) the side each triangle shows; BACK only where it needn't be drawn."""
    count, blocks = len(solids), len(lines[3])
    shown = np.zeros((count, blocks), dtype=np.int8)
    bodies = 0
    for solid in solids:
        bodies = max(bodies, int(solid) + 1)
    outside = np.zeros((bodies, blocks), dtype=np.bool_)
    memory = scratch()
    for row in range(count):
        for block in range(blocks):
            if solids[row] >= 0:
                side = _side((block, _MIDDLE[0], 0), row, moving, lines, memory)
                shown[row, block] = side
                outside[solids[row], block] |= side == FRONT
    for row in range(count):
        for block in range(blocks):
            if shown[row, block] == BACK and not outside[solids[row], block]:
                shown[row, block] = EITHER
    return shown


@njit(cache=True)
def _touches(cone: Float64Array, memory: Scratch, undecided: bool) -> bool:  # noqa: FBT001
    """Whether some ray of a tile may meet the triangle in some line of the block."""
    normals, slack = memory[1], memory[3]
    if beyond(cone, memory[6]):
        return False
    if undecided:
        return True
    x, y, z, reach = cone[0], cone[1], cone[2], cone[3]
    for edge in range(3):
        height = x * normals[edge, 0] + y * normals[edge, 1] + z * normals[edge, 2]
        if height < -reach - slack[edge]:
            return False
    return True


@njit(cache=True)
def reaches(cones: Float64Array, row: int, cap: Float64Array, within: Int32Array) -> bool:
    """Whether a triangle's cone meets one of a row's tiles: four for each place of ``within``."""
    x, y, z, reach = cap[0], cap[1], cap[2], cap[3]
    if reach >= 2.0:
        return True
    for place in within:
        for tile in range(place * TILE_RUNS, min((place + 1) * TILE_RUNS, cones.shape[1])):
            a, b, c, other = cones[row, tile]
            off = (a - x) * (a - x) + (b - y) * (b - y) + (c - z) * (c - z)
            if other >= 0.0 and off <= (reach + other) * (reach + other):
                return True
    return False


@njit(cache=True, error_model="numpy")
def choose_middle(
    block: int,
    row: int,
    moving: Moving,
    lines: Lines,
    cones: Float64Array,
    chosen: Int32Array,
    memory: Scratch,
) -> int:
    """Write which tiles of a block of 64 lines a triangle may touch to ``chosen``; how many."""
    undecided = _side((block, _MIDDLE[0], 0), row, moving, lines, memory) == EITHER
    count = 0
    for tile in range(cones.shape[1]):
        if _touches(cones[block, tile], memory, undecided):
            chosen[count] = tile
            count += 1
    return count


@njit(cache=True, error_model="numpy")
def choose_fine(  # noqa: PLR0913, PLR0917  as above
    strip: int,
    row: int,
    moving: Moving,
    lines: Lines,
    cones: Float64Array,
    within: Int32Array,
    chosen: Int32Array,
    memory: Scratch,
) -> int:
    """Write which runs of a strip of 8 lines, within some tiles, may be touched; how many."""
    undecided = _side((strip, _FINE[0], 1), row, moving, lines, memory) == EITHER
    count = 0
    for tile in within:
        for run in range(tile * TILE_RUNS, min((tile + 1) * TILE_RUNS, cones.shape[1])):
            if _touches(cones[strip, run], memory, undecided):
                chosen[count] = run
                count += 1
    return count
