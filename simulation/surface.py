"""The street's surface as triangles, and the road labels that lie on their edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.mesh import Material, Mesh, grid, join
from simulation.road import (
    KERB_HEIGHT_M,
    KERB_LEFT_M,
    KERB_RIGHT_M,
    KERB_WIDTH_M,
    LANE_LINES,
    PAVEMENT_LEFT_M,
    PAVEMENT_RIGHT_M,
    VERGE_LEFT_M,
    VERGE_RIGHT_M,
    Street,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

ASPHALT = (0.105, 0.105, 0.11)
PAVING = (0.36, 0.345, 0.32)
KERB = (0.45, 0.44, 0.42)
GRASS = (0.075, 0.135, 0.04)
CROSSING_FROM_M = KERB_LEFT_M - 0.1
CROSSING_TO_M = KERB_RIGHT_M + 0.1


def _columns() -> list[float]:
    """Return the road's own places d from left to right; lane lines and crossings lie on them."""
    lines = [line.d_m for line in LANE_LINES]
    return sorted([KERB_LEFT_M, CROSSING_FROM_M, *lines, CROSSING_TO_M, KERB_RIGHT_M], reverse=True)


def street_mesh(street: Street) -> Mesh:
    """Return carriageway, kerbs, pavements and verges."""
    s = street.stations()

    def strip(columns: list[float], material: Material, colour: tuple[float, float, float]) -> Mesh:
        d = np.array(columns)
        points = street.point(s[:, None], d[None, :])
        uvs = np.stack(np.broadcast_arrays(s[:, None], d[None, :]), axis=-1)
        return grid(points[:, ::-1], material, colour, uvs=uvs[:, ::-1])

    step = 1e-9
    return join(
        [
            strip(_columns(), Material.ROAD, ASPHALT),
            *(
                _kerb(street, s, kerb, side)
                for kerb, side in ((KERB_LEFT_M, 1), (KERB_RIGHT_M, -1))
            ),
            strip([PAVEMENT_LEFT_M, KERB_LEFT_M + KERB_WIDTH_M], Material.PAVEMENT, PAVING),
            strip([KERB_RIGHT_M - KERB_WIDTH_M, PAVEMENT_RIGHT_M], Material.PAVEMENT, PAVING),
            strip([VERGE_LEFT_M, PAVEMENT_LEFT_M + step], Material.GRASS, GRASS),
            strip([PAVEMENT_RIGHT_M - step, VERGE_RIGHT_M], Material.GRASS, GRASS),
        ]
    )


def _kerb(street: Street, s: NDArray[np.float64], kerb_m: float, side: int) -> Mesh:
    """Return one kerb: its upright face and its top, with the joints between stones."""
    foot = street.point(s, np.full(len(s), kerb_m))
    head = foot + np.array([0.0, 0.0, KERB_HEIGHT_M])
    back = street.point(s, np.full(len(s), kerb_m + side * KERB_WIDTH_M))
    points = np.stack([foot, head, back], axis=1)
    across = np.array([0.0, KERB_HEIGHT_M, KERB_HEIGHT_M + KERB_WIDTH_M])
    uvs = np.stack(np.broadcast_arrays(s[:, None], across[None, :]), axis=-1)
    if side < 0:
        points, uvs = points[:, ::-1], uvs[:, ::-1]
    return grid(points, Material.KERB, KERB, uvs=uvs, smooth=False)


def terrain_mesh(street: Street) -> Mesh:
    """Return the land around: a coarse sheet a little below the street's own surface."""
    s = street.stations()
    corners = street.line.at(s[:, None], np.array([[VERGE_LEFT_M, VERGE_RIGHT_M]])).reshape(-1, 2)
    low, high = corners.min(axis=0) - 190.0, corners.max(axis=0) + 190.0
    counts = np.maximum(2, ((high - low) / 9.0).astype(int))
    x = np.linspace(low[0], high[0], counts[0])
    y = np.linspace(low[1], high[1], counts[1])
    xy = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
    z = street.ground_height(xy) - 0.32
    return grid(np.concatenate([xy, z[..., None]], axis=-1), Material.GRASS, GRASS, uvs=xy)


def crossing_ring(street: Street, first_m: float, last_m: float) -> NDArray[np.float64]:
    """Return the outline of a crossing, (n, 3) metres, along the edges of the surface."""
    columns = np.array([d for d in _columns() if CROSSING_TO_M <= d <= CROSSING_FROM_M])
    s = street.stations()
    between = s[(s > first_m) & (s < last_m)]
    return np.concatenate(
        [
            street.point(np.full(len(columns), first_m), columns),
            street.point(between, np.full(len(between), columns[-1])),
            street.point(np.full(len(columns), last_m), columns[::-1]),
            street.point(between[::-1], np.full(len(between), columns[0])),
        ]
    )


def surface_ring(street: Street, first_m: float, last_m: float) -> NDArray[np.float64]:
    """Return the outline of the carriageway between two stations, (n, 3) metres, kerb to kerb."""
    s = street.stations()
    s = s[(s >= first_m) & (s <= last_m)]
    columns = np.array(_columns())[1:-1]
    return np.concatenate(
        [
            street.point(s, np.full(len(s), KERB_LEFT_M)),
            street.point(np.full(len(columns), s[-1]), columns),
            street.point(s[::-1], np.full(len(s), KERB_RIGHT_M)),
            street.point(np.full(len(columns), s[0]), columns[::-1]),
        ]
    )


def line_vertices(
    street: Street, d_m: float, *, first_m: float, last_m: float, raised_m: float = 0.0
) -> NDArray[np.float64]:
    """Return the vertices, (n, 3) metres, of a line along the street at `d_m`."""
    s = street.stations()
    s = s[(s >= first_m) & (s <= last_m)]
    return np.asarray(street.point(s, np.full(len(s), d_m)) + np.array([0.0, 0.0, raised_m]))
