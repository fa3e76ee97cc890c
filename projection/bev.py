"""Bird's-eye rasters: surfaces, lines and boxes from above, on any grid, in the world or the ego.

A cell belongs to a shape if its centre lies inside. Shapes that abut share no cell and leave none
out: both compute where their common edge crosses a line of cells from the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from projection.arrays import (
    Float32Array,
    Float64Array,
    Int32Array,
    Int64Array,
    UInt8Array,
    rows,
)
from projection.raster.tessellate import cuboids, polygon, ribbon_corners
from projection.rigid import RigidTransform

_MOST_CELLS = 1 << 28


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells on the x-y plane of a frame.

    Attributes:
        origin_m: (2,) x and y, in the grid's frame, of the outer corner of cell (0, 0).
        resolution_m: Side of a cell.
        size: How many cells along x and along y; rasters are indexed [x, y].
        world_from_grid: The frame: the identity for the world, ``world_from_ego`` for the ego.
    """

    origin_m: tuple[float, float]
    resolution_m: float
    size: tuple[int, int]
    world_from_grid: RigidTransform

    def __post_init__(self) -> None:
        if not (np.isfinite(self.resolution_m) and self.resolution_m > 0.0):
            message = f"resolution_m: expected a positive number, found {self.resolution_m}"
            raise ValueError(message)
        if not (min(self.size) > 0 and self.size[0] * self.size[1] <= _MOST_CELLS):
            message = f"size: expected 1 to {_MOST_CELLS} cells, found {self.size}"
            raise ValueError(message)
        if not np.isfinite(self.origin_m).all():
            message = f"origin_m: expected finite numbers, found {self.origin_m}"
            raise ValueError(message)

    def cells(self, points_world: Float64Array) -> Float64Array:
        """Points (..., 3) of the world as cells, whole numbers at centres, and height in metres."""
        # The frame's own position comes off first: coordinates of any size lose nothing.
        with np.errstate(invalid="ignore"):
            local = points_world - self.world_from_grid.position_m
            points = local @ self.world_from_grid.matrix
        xy = (points[..., :2] - np.asarray(self.origin_m)) / self.resolution_m - 0.5
        return np.concatenate([xy, points[..., 2:]], axis=-1)

    def centers_world(self, height_m: float = 0.0) -> Float64Array:
        """World points (x cells, y cells, 3) of the cells' centres, at a height in the frame."""
        x, y = (
            self.origin_m[axis] + (np.arange(self.size[axis]) + 0.5) * self.resolution_m
            for axis in (0, 1)
        )
        grid = np.stack(np.meshgrid(x, y, [height_m], indexing="ij"), axis=-1)[:, :, 0]
        return self.world_from_grid.apply(grid)


@dataclass(frozen=True, slots=True)
class Surface:
    """A polygon with holes: rings (n, 3) in the world, even-odd inside."""

    rings_m: Sequence[npt.ArrayLike]
    semantic: int
    instance: int


@dataclass(frozen=True, slots=True)
class Stripe:
    """A line (n, 3) in the world with a width."""

    vertices_m: npt.ArrayLike
    width_m: float
    semantic: int
    instance: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A box, drawn as its outline from above."""

    center_m: npt.ArrayLike
    quat_xyzw: npt.ArrayLike
    size_m: npt.ArrayLike
    semantic: int
    instance: int


Shape = Surface | Stripe | Box


@dataclass(frozen=True, slots=True)
class Bev:
    """A bird's-eye raster, indexed [x, y].

    Attributes:
        semantic: int32, -1 where nothing is.
        instance: int32, -1 where nothing is.
        height_m: float32, of the top surface of what is drawn, in the grid's frame; NaN where
            nothing is. None unless asked for.
    """

    semantic: Int32Array
    instance: Int32Array
    height_m: Float32Array | None


def rasterise_bev(grid: Grid, shapes: Sequence[Shape], *, height: bool = False) -> Bev:
    """Shapes from above; later ones cover earlier ones. What isn't finite is left out.

    Args:
        grid: The cells.
        shapes: In drawing order, with semantic values and instances of zero or more.
        height: Whether to give the height of the surface too.
    """
    drawn = np.full(grid.size, -1, dtype=np.int32)
    parity = np.zeros((grid.size[0], grid.size[1] + 1), dtype=np.uint8)
    heights = np.full(grid.size, np.nan, dtype=np.float32) if height else None
    for number, shape in enumerate(shapes):
        pieces, offsets = _outline(grid, shape)
        if not np.isfinite(pieces).all():
            continue
        for first, last in _groups(shape, offsets):
            _fill(pieces, offsets[first : last + 1], number, parity, drawn)
        if heights is not None:
            _raise_to(_triangles(grid, shape), number, parity, drawn, heights)
    semantic = np.array([shape.semantic for shape in shapes] + [-1], dtype=np.int32)
    instance = np.array([shape.instance for shape in shapes] + [-1], dtype=np.int32)
    return Bev(semantic[drawn], instance[drawn], heights)


def _groups(shape: Shape, offsets: Int64Array) -> list[tuple[int, int]]:
    """Which rings are filled together: a surface's all, a stripe's pieces each on its own."""
    if isinstance(shape, Surface):
        return [(0, len(offsets) - 1)]
    return [(ring, ring + 1) for ring in range(len(offsets) - 1)]


def _outline(grid: Grid, shape: Shape) -> tuple[Float64Array, Int64Array]:
    """Vertices (n, 2) in cells of all rings, and where each begins (rings + 1)."""
    if isinstance(shape, Surface):
        rings = [grid.cells(rows(ring, 3, "rings_m"))[:, :2] for ring in shape.rings_m]
    elif isinstance(shape, Stripe):
        rings = list(_stripe(grid, shape)[..., :2])
    else:
        corners = grid.cells(_box_triangles(shape).reshape(-1, 3))[:, :2]
        rings = [_hull(corners)] if len(corners) else []
    offsets = np.cumsum([0] + [len(ring) for ring in rings])
    vertices = np.concatenate(rings) if rings else np.zeros((0, 2))
    return np.ascontiguousarray(vertices), offsets.astype(np.int64)


def _stripe(grid: Grid, shape: Stripe) -> Float64Array:
    """(t, 3, 3) triangles of a stripe in cells; its width is across in the world's level plane."""
    line = rows(shape.vertices_m, 3, "vertices_m")
    origin = grid.world_from_grid.position_m
    corners = ribbon_corners(line - origin, shape.width_m, closed=shape.closed)
    return grid.cells(corners + origin)


def _box_triangles(shape: Box) -> Float64Array:
    """(12, 3, 3) in the world, none for a box that isn't finite."""
    centre = np.asarray(shape.center_m, dtype=np.float64)
    triangles = cuboids(centre, centre, shape.quat_xyzw, shape.size_m, [0])
    return triangles.vertices_m + triangles.origin_m


def _triangles(grid: Grid, shape: Shape) -> Float64Array:
    """(t, 3, 3) surface of a shape in cells, with heights."""
    if isinstance(shape, Surface):
        flat = polygon(grid.world_from_grid.position_m, shape.rings_m, 0)
        return grid.cells(flat.vertices_m + flat.origin_m)
    if isinstance(shape, Stripe):
        return _stripe(grid, shape)
    return grid.cells(_box_triangles(shape))


def _hull(points: Float64Array) -> Float64Array:
    """Convex hull (k, 2) of points (n, 2), anticlockwise (Andrew's monotone chain)."""
    ordered = sorted(set(map(tuple, points.tolist())))
    chains: list[list[tuple[float, float]]] = []
    for sequence in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for x, y in sequence:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], (x, y)) <= 0.0:
                chain.pop()
            chain.append((x, y))
        chains.append(chain[:-1])
    return np.array(chains[0] + chains[1]).reshape(-1, 2)


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


@njit(cache=True)
def toggle_edges(
    vertices: Float64Array, offsets: Int64Array, parity: UInt8Array
) -> tuple[int, int, int, int]:
    """Mark where rings are crossed along each line of cells.

    Args:
        vertices: (n, 2) in cells.
        offsets: Where each ring begins in ``vertices``, and where the last one ends.
        parity: (x, y + 1) toggled at the first cell beyond each crossing.

    Returns:
        Region of the cells that may be inside: x from, to, y from, to.
    """
    lines, length = parity.shape[0], parity.shape[1] - 1
    left, right, bottom, top = lines, 0, length, 0
    for ring in range(len(offsets) - 1):
        for row in range(offsets[ring], offsets[ring + 1]):
            after = row + 1 if row + 1 < offsets[ring + 1] else offsets[ring]
            ax, ay = vertices[row, 0], vertices[row, 1]
            bx, by = vertices[after, 0], vertices[after, 1]
            if ax > bx:
                ax, ay, bx, by = bx, by, ax, ay
            first = int(np.ceil(min(max(ax, 0.0), float(lines))))
            last = int(np.ceil(min(max(bx, 0.0), float(lines))))
            for line in range(first, last):
                crossing = ay + (line - ax) * ((by - ay) / (bx - ax))
                cell = int(np.ceil(min(max(crossing, 0.0), float(length))))
                parity[line, cell] ^= 1
                bottom, top = min(bottom, cell), max(top, cell)
            if first < last:
                left, right = min(left, first), max(right, last)
    return left, right, bottom, top


@njit(cache=True)
def _fill(
    vertices: Float64Array,
    offsets: Int64Array,
    number: int,
    parity: UInt8Array,
    drawn: Int32Array,
) -> None:
    """Give cells that an odd number of rings encloses to a shape; ``parity`` is clear again."""
    left, right, bottom, top = toggle_edges(vertices, offsets, parity)
    for line in range(left, right):
        inside = 0
        for cell in range(bottom, top + 1):
            inside ^= parity[line, cell]
            parity[line, cell] = 0
            if inside:
                drawn[line, cell] = number


@njit(cache=True)
def _raise_to(
    triangles: Float64Array,
    number: int,
    parity: UInt8Array,
    drawn: Int32Array,
    heights: Float32Array,
) -> None:
    """Write the height of a shape's highest triangle in each of its cells."""
    offsets = np.array([0, 3])
    for line in range(drawn.shape[0]):
        for cell in range(drawn.shape[1]):
            if drawn[line, cell] == number:
                heights[line, cell] = np.nan
    for row in range(len(triangles)):
        a, b, c = triangles[row, 0], triangles[row, 1], triangles[row, 2]
        area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
        if area == 0.0:
            continue
        left, right, bottom, top = toggle_edges(triangles[row, :, :2], offsets, parity)
        rise, lift = b[2] - a[2], c[2] - a[2]
        by_x = (rise * (c[1] - a[1]) - lift * (b[1] - a[1])) / area
        by_y = (lift * (b[0] - a[0]) - rise * (c[0] - a[0])) / area
        for line in range(left, right):
            inside = 0
            for cell in range(bottom, top + 1):
                inside ^= parity[line, cell]
                parity[line, cell] = 0
                if inside and drawn[line, cell] == number:
                    height = np.float32(a[2] + by_x * (line - a[0]) + by_y * (cell - a[1]))
                    if not heights[line, cell] >= height:
                        heights[line, cell] = height
