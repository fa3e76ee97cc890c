"""Cutting points in memory into an octree of tiles in which each point is in exactly one tile.

A tile shows its cube at one density: of each cell of a fine grid over the cube one point stays, the
others go down to the eight children (Schütz, Ohrhallinger, Wimmer: Fast Out-of-Core Octree
Generation for Massive Point Clouds, 2020). A tile is drawn together with all above it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from projection.arrays import BoolArray, Float64Array
from projection.clouds.glb import Cube
from projection.kernels.compiled import compiled

#: Cells along a cube's edge: surfaces fill some 16,000 to 40,000 of them.
GRID = 128
#: So few points are not worth cutting further.
LEAF_POINTS = 30_000
#: Cubes of the deepest level are some 2^-24 of the cloud: what is left there lies on one spot.
MAX_LEVEL = 24


@dataclass(slots=True)
class Node:
    """A tile and what is below it.

    Attributes:
        cube: Of the octree, counted from the cloud's origin.
        number: Names its file; -1 where it has no points of its own.
        children: Its parts that have any points.
        lowest_m: (3,) of all points here and below.
        highest_m: (3,)
        records: Its points while they are still to be written, else None.
    """

    cube: Cube
    number: int = -1
    children: "list[Node]" = field(default_factory=list)
    lowest_m: Float64Array = field(default_factory=lambda: np.full(3, np.inf))
    highest_m: Float64Array = field(default_factory=lambda: np.full(3, -np.inf))
    records: np.ndarray | None = None

    @property
    def spacing_m(self) -> float:
        """How far apart this tile's points are, about."""
        return self.cube.size_m / GRID

    def bound(self) -> None:
        """Find the extent from its own points and its children's."""
        if self.records is not None and len(self.records):
            positions = self.records["position"].astype(np.float64)
            self.lowest_m = np.minimum(self.lowest_m, positions.min(axis=0))
            self.highest_m = np.maximum(self.highest_m, positions.max(axis=0))
        for child in self.children:
            self.lowest_m = np.minimum(self.lowest_m, child.lowest_m)
            self.highest_m = np.maximum(self.highest_m, child.highest_m)


#: Writes a node's points and gives it its number; nodes without points are passed over.
WriteNode = Callable[[Node], None]


class Cutter:
    """Cuts points that fit into memory; keeps the grid that it works with.

    Args:
        write: Called for every finished node but the topmost one.
    """

    def __init__(self, write: WriteNode) -> None:
        self._write = write
        self._stamps = np.zeros(GRID**3, dtype=np.int64)
        self._stamp = 0

    def cut(self, records: np.ndarray, cube: Cube, level: int) -> Node:
        """The node of a cube with all below it; its own points are still in it, not written.

        Args:
            records: (n,), in an order that has nothing to do with their place.
            cube: Holds them.
            level: How often the cloud was halved to get here.
        """
        node = Node(cube)
        if len(records) <= LEAF_POINTS or level >= MAX_LEVEL:
            # At the last level they are the same to within micrometres: a tile's worth says it all.
            node.records = records[: 4 * LEAF_POINTS]
            node.bound()
            return node
        chosen = self.choose(records, cube)
        node.records = records[chosen]
        rest = records[~chosen]
        del records
        for octant, part in octants(rest, cube):
            child = self.cut(part, octant, level + 1)
            self._write(child)
            node.children.append(child)
        node.bound()
        return node

    def choose(self, records: np.ndarray, cube: Cube) -> BoolArray:
        """(n,) whether a point is the first one in its cell of the cube's grid."""
        self._stamp += 1
        chosen = np.empty(len(records), dtype=np.bool_)
        positions = np.ascontiguousarray(records["position"])
        _choose(positions, cube.corner_m, GRID / cube.size_m, self._stamps, self._stamp, chosen)
        return chosen


def octants(records: np.ndarray, cube: Cube) -> list[tuple[Cube, np.ndarray]]:
    """The halves of halves of halves of a cube that have points, with these."""
    half = cube.size_m / 2
    above = records["position"] >= (cube.corner_m + half).astype(np.float32)
    codes = above[:, 0] | (above[:, 1].astype(np.uint8) << 1) | (above[:, 2].astype(np.uint8) << 2)
    parts = []
    for code in np.flatnonzero(np.bincount(codes, minlength=8)):
        offset = np.array([code & 1, code >> 1 & 1, code >> 2 & 1], dtype=np.float64) * half
        parts.append((Cube(cube.corner_m + offset, half), records[codes == code]))
    return parts


@compiled
def _choose(
    positions: npt.NDArray[np.float32],
    corner_m: Float64Array,
    cells_per_m: float,
    stamps: npt.NDArray[np.int64],
    stamp: int,
    chosen: BoolArray,
) -> None:
    """Mark the first point of every cell; a cell is taken where it holds the present stamp."""
    last = GRID - 1
    for row in range(positions.shape[0]):
        cell = 0
        for axis in range(3):
            place = int((positions[row, axis] - corner_m[axis]) * cells_per_m)
            cell = cell * GRID + min(max(place, 0), last)
        chosen[row] = stamps[cell] != stamp
        stamps[cell] = stamp
