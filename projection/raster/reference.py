"""What ``rasterise`` does, written plainly: every ray against every triangle. For tests."""

import numpy as np

from projection.arrays import Float64Array, Int32Array
from projection.raster.tessellate import Triangles
from projection.status import Status
from projection.view import View


def rasterise_reference(
    view: View, triangles: Triangles
) -> tuple[Int32Array, Float64Array, Float64Array]:
    """The nearest surface along the ray of every pixel's centre, by brute force in float64.

    Returns:
        owner (h, w), -1 for none; depth_m and range_m (h, w), inf for none. Pixels on an edge, to
        the last bit, may belong to both sides.
    """
    height, width = view.camera.height, view.camera.width
    uv = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).reshape(-1, 2)
    pixels = uv.astype(np.float64)
    origins, rays, status = view.unproject(pixels)
    seconds = view.shutter.offset_ns(pixels, width, height) * 1e-9
    seen = status == Status.OK
    rays = np.where(seen[:, None], rays, 0.0)
    nearest = np.full(len(uv), np.inf)
    reach_m = np.full(len(uv), np.inf)
    owner = np.full(len(uv), -1, dtype=np.int32)
    for row in np.argsort(triangles.owners, kind="stable"):
        corners = triangles.vertices_m[row][:, None, :] + (triangles.origin_m - origins)
        if triangles.velocities_mps is not None:
            corners = corners + triangles.velocities_mps[row][:, None, :] * seconds[:, None]
        reach = _reach(rays, corners)
        compared = reach / (1.0 + float(triangles.nearer[row]))
        closer = seen & (compared < nearest)
        nearest[closer], reach_m[closer] = compared[closer], reach[closer]
        owner[closer] = triangles.owners[row]
    forward = view.camera.unproject(pixels)[0][:, 2]
    depth = np.where(np.isfinite(reach_m), reach_m * np.where(seen, forward, 1.0), np.inf)
    size = height, width
    return owner.reshape(size), depth.reshape(size), reach_m.reshape(size)


def _reach(rays: Float64Array, corners: Float64Array) -> Float64Array:
    """(n,) how far along rays (n, 3) from the origin triangles (3, n, 3) lie; inf: not met."""
    a, b, c = corners
    with np.errstate(all="ignore"):
        volume = np.einsum("ni,ni->n", a, np.cross(b, c))
        weights = [
            np.einsum("ni,ni->n", rays, np.cross(first, second)) / volume
            for first, second in ((b, c), (c, a), (a, b))
        ]
        reach = 1.0 / (weights[0] + weights[1] + weights[2])
        inside = (np.stack(weights) >= 0.0).all(axis=0) & np.isfinite(reach)
    return np.where(inside, reach, np.inf)
