"""Which parts of space are free, occupied, or were never seen: from sweeps and boxes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from projection.arrays import BoolArray, Float64Array, Int32Array, Int64Array, UInt8Array, rows
from projection.rigid import RigidTransform, conjugate, matrices, multiply, rotate

#: States of a cell.
UNKNOWN, FREE, OCCUPIED = 0, 1, 2
_MOST_CELLS = 1 << 28


@dataclass(frozen=True, slots=True)
class SpaceGrid:
    """Cells in space.

    Attributes:
        origin_m: (3,) outer corner of cell (0, 0, 0) in the grid's frame.
        resolution_m: (3,) sides of a cell.
        size: Cells along x, y, z; arrays are indexed [x, y, z].
        world_from_grid: The frame: the identity for the world, ``world_from_ego`` for the ego.
    """

    origin_m: tuple[float, float, float]
    resolution_m: tuple[float, float, float]
    size: tuple[int, int, int]
    world_from_grid: RigidTransform

    def __post_init__(self) -> None:
        if not (np.isfinite(self.resolution_m).all() and min(self.resolution_m) > 0.0):
            message = f"resolution_m: expected positive numbers, found {self.resolution_m}"
            raise ValueError(message)
        if not (min(self.size) > 0 and math.prod(self.size) <= _MOST_CELLS):
            message = f"size: expected 1 to {_MOST_CELLS} cells, found {self.size}"
            raise ValueError(message)
        if not np.isfinite(self.origin_m).all():
            message = f"origin_m: expected finite numbers, found {self.origin_m}"
            raise ValueError(message)

    def cells(self, points_world: Float64Array) -> Float64Array:
        """Points (n, 3) of the world in cells: cell i reaches from i to i + 1."""
        # The frame's own position comes off first: coordinates of any size lose nothing.
        with np.errstate(invalid="ignore"):
            points = (points_world - self.world_from_grid.position_m) @ self.world_from_grid.matrix
            return np.ascontiguousarray((points - self.origin_m) / self.resolution_m)


@dataclass(frozen=True, slots=True)
class Beams:
    """One sweep: what was hit, and from where.

    Attributes:
        origins_m: (3,) or (n, 3) the sensor, world, at each point's own time.
        points_m: (n, 3) world.
        solid: (n,) whether the point makes its cell occupied; false for points on things that have
            moved since: their beams clear the way all the same. None: all do.
    """

    origins_m: npt.ArrayLike
    points_m: npt.ArrayLike
    solid: BoolArray | None = None


@dataclass(frozen=True, slots=True)
class OccupiedBoxes:
    """Boxes that fill their cells, whatever sweeps say.

    Attributes:
        centers_m: (k, 3) world.
        quats_xyzw: (k, 4) world_from_box.
        sizes_m: (k, 3).
        classes: (k,) integers, zero or more.
    """

    centers_m: npt.ArrayLike
    quats_xyzw: npt.ArrayLike
    sizes_m: npt.ArrayLike
    classes: npt.ArrayLike


@dataclass(frozen=True, slots=True)
class Occupancy:
    """What is known of each cell, indexed [x, y, z].

    Attributes:
        state: uint8 ``UNKNOWN``, ``FREE`` or ``OCCUPIED``.
        hits: int32, how many solid points lie in it.
        passes: int32, how many beams went through it to something beyond.
        box_class: int32, class of the box that its centre is in; -1 for none. Of several boxes
            the last one counts.
    """

    state: UInt8Array
    hits: Int32Array
    passes: Int32Array
    box_class: Int32Array


def occupancy(
    grid: SpaceGrid,
    sweeps: Sequence[Beams],
    boxes: OccupiedBoxes | None = None,
    *,
    least_hits: int = 1,
) -> Occupancy:
    """Free, occupied, unknown.

    A cell is occupied if it holds points or its centre lies in a box, free if beams went through it
    and it isn't occupied, and unknown otherwise. Beams are followed cell by cell, also where they
    begin or end outside of the grid. Points and boxes that aren't finite are passed over.

    Args:
        grid: The cells.
        sweeps: What sensors saw.
        boxes: What is known to be there.
        least_hits: How many points make a cell occupied.
    """
    hits = np.zeros(grid.size, dtype=np.int32)
    passes = np.zeros(grid.size, dtype=np.int32)
    box_class = np.full(grid.size, -1, dtype=np.int32)
    for sweep in sweeps:
        ends = grid.cells(rows(sweep.points_m, 3, "points_m"))
        starts = grid.cells(rows(sweep.origins_m, 3, "origins_m"))
        if len(starts) not in (1, len(ends)):
            message = f"origins_m: expected 1 or {len(ends)} rows, found {len(starts)}"
            raise ValueError(message)
        solid = np.ones(len(ends), dtype=np.bool_) if sweep.solid is None else sweep.solid
        if len(solid) != len(ends):
            message = f"solid: expected {len(ends)} values, found {len(solid)}"
            raise ValueError(message)
        _follow(starts, ends, np.asarray(solid, dtype=np.bool_), hits, passes)
    if boxes is not None:
        _place_boxes(grid, boxes, box_class)
    occupied = (hits >= least_hits) | (box_class >= 0)
    state = np.where(occupied, OCCUPIED, np.where(passes > 0, FREE, UNKNOWN)).astype(np.uint8)
    return Occupancy(state, hits, passes, box_class)


def _place_boxes(grid: SpaceGrid, boxes: OccupiedBoxes, box_class: Int32Array) -> None:
    centers = rows(boxes.centers_m, 3, "centers_m")
    quats = rows(boxes.quats_xyzw, 4, "quats_xyzw")
    halves = 0.5 * rows(boxes.sizes_m, 3, "sizes_m")
    classes = np.asarray(boxes.classes, dtype=np.int32).ravel()
    turned = multiply(conjugate(grid.world_from_grid.quat_xyzw), quats)
    places = rotate(
        conjugate(grid.world_from_grid.quat_xyzw), centers - grid.world_from_grid.position_m
    )
    table = np.hstack([places, turned, halves])
    usable = np.isfinite(table).all(axis=1) & (halves >= 0.0).all(axis=1)
    _fill_boxes(
        places[usable],
        np.ascontiguousarray(matrices(turned[usable])),
        halves[usable],
        classes[usable],
        (np.asarray(grid.origin_m), np.asarray(grid.resolution_m)),
        box_class,
    )


@njit(cache=True)
def _fill_boxes(
    places: Float64Array,
    rotations: Float64Array,
    halves: Float64Array,
    classes: Int32Array,
    cells: tuple[Float64Array, Float64Array],
    box_class: Int32Array,
) -> None:
    origin, side = cells
    first, last = np.empty(3, dtype=np.int64), np.empty(3, dtype=np.int64)
    offset = np.empty(3)
    for box in range(len(places)):
        for axis in range(3):
            reach = 0.0
            for own in range(3):
                reach += abs(rotations[box, axis, own]) * halves[box, own]
            low = (places[box, axis] - reach - origin[axis]) / side[axis] - 0.5
            high = (places[box, axis] + reach - origin[axis]) / side[axis] - 0.5
            count = float(box_class.shape[axis])
            first[axis] = int(min(max(math.floor(low), 0.0), count))
            last[axis] = int(min(max(math.ceil(high) + 1.0, 0.0), count))
        for x in range(first[0], last[0]):
            offset[0] = origin[0] + (x + 0.5) * side[0] - places[box, 0]
            for y in range(first[1], last[1]):
                offset[1] = origin[1] + (y + 0.5) * side[1] - places[box, 1]
                for z in range(first[2], last[2]):
                    offset[2] = origin[2] + (z + 0.5) * side[2] - places[box, 2]
                    inside = True
                    for own in range(3):
                        along = 0.0
                        for axis in range(3):
                            along += rotations[box, axis, own] * offset[axis]
                        inside = inside and abs(along) <= halves[box, own]
                    if inside:
                        box_class[x, y, z] = classes[box]


@njit(cache=True)
def _enters(start: Float64Array, end: Float64Array, size: tuple[int, int, int]) -> float:
    """The part of the way from start to end after which a beam is inside the grid; 2: never."""
    enter, leave = 0.0, 1.0
    for axis in range(3):
        step = end[axis] - start[axis]
        if step == 0.0:
            if not 0.0 <= start[axis] < size[axis]:
                return 2.0
            continue
        near, far = -start[axis] / step, (size[axis] - start[axis]) / step
        enter, leave = max(enter, min(near, far)), min(leave, max(near, far))
    return enter if enter <= leave else 2.0


@njit(cache=True)
def _follow(
    starts: Float64Array,
    ends: Float64Array,
    solid: BoolArray,
    hits: Int32Array,
    passes: Int32Array,
) -> None:
    """Count what beams pass and hit."""
    size = hits.shape
    goal = np.empty(3, dtype=np.int64)
    for row in range(len(ends)):
        start, end = starts[row if len(starts) > 1 else 0], ends[row]
        if not (np.isfinite(start).all() and np.isfinite(end).all()):
            continue
        inside = True
        for axis in range(3):
            inside = inside and 0.0 <= end[axis] < size[axis]
            goal[axis] = int(min(max(math.floor(end[axis]), -1.0), float(size[axis])))
        entered = _enters(start, end, size)
        if entered <= 1.0:
            _walk(start, end, entered, goal, passes)
        if inside and solid[row]:
            hits[goal[0], goal[1], goal[2]] += 1


@njit(cache=True)
def _walk(
    start: Float64Array, end: Float64Array, entered: float, goal: Int64Array, passes: Int32Array
) -> None:
    """Count a beam in every cell that it goes through before its goal (Amanatides and Woo)."""
    size = passes.shape
    cell, step = np.empty(3, dtype=np.int64), np.empty(3, dtype=np.int64)
    next_at, apart = np.full(3, math.inf), np.full(3, math.inf)
    for axis in range(3):
        way = end[axis] - start[axis]
        # On the grid's far face the way in begins one cell beyond.
        cell[axis] = int(min(max(math.floor(start[axis] + entered * way), 0.0), size[axis] - 1.0))
        step[axis] = 1 if way > 0.0 else -1
        if way != 0.0:
            border = cell[axis] + (1.0 if way > 0.0 else 0.0)
            next_at[axis], apart[axis] = (border - start[axis]) / way, abs(1.0 / way)
    while not (cell[0] == goal[0] and cell[1] == goal[1] and cell[2] == goal[2]):
        passes[cell[0], cell[1], cell[2]] += 1
        axis = 0 if next_at[0] <= next_at[1] else 1
        axis = axis if next_at[axis] <= next_at[2] else 2
        cell[axis] += step[axis]
        if next_at[axis] > 1.0 or not 0 <= cell[axis] < size[axis]:
            break
        next_at[axis] += apart[axis]
