"""The cone of rays that can reach a camera's picture: what is outside can be left out early."""

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np

from projection.arrays import Float64Array, UInt8Array
from projection.camera import Camera
from projection.cameras.cylindrical import Cylindrical
from projection.status import Status

#: Rays at the very limit of a lens have no neighbours to one side: cut this share before it.
LIMIT_SHARE = 1.0 - 1e-6
_BORDER_SAMPLES = 64
_MARGIN_RAD = 0.02
#: Cosine of the angle off the axis up to which a picture may reach to have sides.
_LEAST_AHEAD = 0.05


@lru_cache(maxsize=256)
def picture_cone_rad(camera: Camera) -> float:
    """Angle off the axis that holds all of the picture, within the lens's domain.

    Where the picture's corners have no ray (the lens folds before), it is the domain itself. It is
    the lens's own: what bends rays in front of it doesn't count.
    """
    camera = replace(camera, ray_warp=None)
    limit = camera.limit_rad * LIMIT_SHARE
    if isinstance(camera.lens, Cylindrical):
        # Its picture isn't bounded by a cone: straight up and down are infinitely far off.
        return limit if camera.limit_rad < math.pi else math.pi
    rays, status = _border(camera)
    if (status == Status.OUTSIDE_DOMAIN).any():
        return limit
    widest = float(np.arccos(np.clip(rays[:, 2], -1.0, 1.0)).max())
    # Between two samples the border bulges outwards by less than a twentieth.
    return min(limit, 1.05 * widest + _MARGIN_RAD)


@lru_cache(maxsize=256)
def picture_sides(camera: Camera) -> Float64Array:
    """(4, 3) outer normals of planes through the camera with all of the picture on one side.

    None (0, 3) where the picture sees to the side or further, or has corners without a ray.
    """
    rays, status = _border(camera)
    ahead = float(rays[:, 2].min()) if len(rays) else 0.0
    if (status == Status.OUTSIDE_DOMAIN).any() or not ahead > _LEAST_AHEAD:
        return np.empty((0, 3))
    if isinstance(camera.lens, Cylindrical):
        return np.empty((0, 3))
    normals = []
    for axis in range(2):
        for sign in (-1.0, 1.0):
            angle = np.arctan2(sign * rays[:, axis], rays[:, 2])
            widest = float(angle.max())
            # Between two samples the border bulges outwards by less than a twentieth.
            reach = min(widest + 0.05 * abs(widest) + _MARGIN_RAD, 0.5 * math.pi)
            normal = [0.0, 0.0, -math.sin(reach)]
            normal[axis] = sign * math.cos(reach)
            normals.append(normal)
    sides = np.array(normals)
    sides.flags.writeable = False
    return sides


def _border(camera: Camera) -> tuple[Float64Array, UInt8Array]:
    """Rays (n, 3) and statuses (n,) of pixels all along the picture's border."""
    across = np.linspace(-0.5, camera.width - 0.5, _BORDER_SAMPLES)
    down = np.linspace(-0.5, camera.height - 0.5, _BORDER_SAMPLES)
    border = np.concatenate(
        [np.stack([across, np.full_like(across, v)], axis=1) for v in down[[0, -1]]]
        + [np.stack([np.full_like(down, u), down], axis=1) for u in across[[0, -1]]]
    )
    return camera.unproject(border)


def cone_cosine(angle_rad: float) -> float:
    """Cosine of a cone for clipping; -2, so that all is inside, for half a turn."""
    return math.cos(angle_rad) if angle_rad < math.pi else -2.0
