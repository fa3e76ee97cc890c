"""Points as small squares that face the camera: what hides, and what is hidden, as surfaces are."""

import numpy as np

from projection.arrays import Float64Array, Int32Array
from projection.raster.points import MOST_RADIUS_PX, pixels_per_radian
from projection.raster.tessellate import Triangles, concatenate, surface
from projection.rigid import rotate
from projection.status import Status
from projection.view import View

#: Half the side of the smallest square, px: it covers a pixel's centre wherever it lies.
_LEAST_PX = 0.6


def point_quads(
    view: View, points_world: Float64Array, owners: Int32Array, spacing_m: float
) -> Triangles:
    """Two triangles for each point that is the nearest of its owner in its pixel.

    Args:
        view: The view.
        points_world: (n, 3) at the image's time; those that aren't finite are left out.
        owners: (n,) ids.
        spacing_m: Side of the squares, as far as that is from ``_LEAST_PX`` to
            ``MOST_RADIUS_PX`` to either side.
    """
    uv, _, status = view.project_world(points_world)
    there = np.flatnonzero(status == Status.OK)
    if not len(there):
        return concatenate([], view.origin_m)
    local = points_world[there] - view.origin_m
    range_m = np.maximum(np.sqrt((local * local).sum(axis=1)), 1e-6)
    pixel = np.rint(uv[there]).astype(np.int64)
    order = np.lexsort((range_m, pixel[:, 0], pixel[:, 1], owners[there]))
    key = np.column_stack([owners[there], pixel])[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (key[1:] != key[:-1]).any(axis=1)
    kept = np.sort(order[first])
    local, range_m = local[kept], range_m[kept]
    px = range_m / pixels_per_radian(view.camera)
    half = np.clip(0.5 * spacing_m, _LEAST_PX * px, (MOST_RADIUS_PX + 0.5) * px)
    direction = local / range_m[:, None]
    down = rotate(view.world_from_camera.quat_xyzw, np.array([0.0, 1.0, 0.0]))
    right = np.cross(down, direction)
    length = np.sqrt((right * right).sum(axis=1))
    level = length > 1e-6
    ahead = rotate(view.world_from_camera.quat_xyzw, np.array([1.0, 0.0, 0.0]))
    right = np.where(level[:, None], right / np.maximum(length, 1e-6)[:, None], ahead)
    below = np.cross(direction, right)
    a, b = right * half[:, None], below * half[:, None]
    corners = np.stack([local - a - b, local + a - b, local + a + b, local - a + b], axis=1)
    triangles = corners[:, [[0, 1, 2], [0, 2, 3]]].reshape(-1, 3, 3) + view.origin_m
    return surface(view.origin_m, triangles, np.repeat(owners[there][kept], 2))
