"""The cone of rays that can reach a camera's picture: what is outside can be left out early."""

import math
from functools import lru_cache

import numpy as np

from projection.camera import Camera
from projection.cameras.cylindrical import Cylindrical
from projection.status import Status

#: Rays at the very limit of a lens have no neighbours to one side: cut this share before it.
LIMIT_SHARE = 1.0 - 1e-6
_BORDER_SAMPLES = 64
_MARGIN_RAD = 0.02


@lru_cache(maxsize=256)
def picture_cone_rad(camera: Camera) -> float:
    """Angle off the axis that holds all of the picture, within the lens's domain.

    Where the picture's corners have no ray (the lens folds before), it is the domain itself.
    """
    limit = camera.limit_rad * LIMIT_SHARE
    if isinstance(camera.lens, Cylindrical):
        # Its picture isn't bounded by a cone: straight up and down are infinitely far off.
        return limit if camera.limit_rad < math.pi else math.pi
    across = np.linspace(-0.5, camera.width - 0.5, _BORDER_SAMPLES)
    down = np.linspace(-0.5, camera.height - 0.5, _BORDER_SAMPLES)
    border = np.concatenate(
        [np.stack([across, np.full_like(across, v)], axis=1) for v in down[[0, -1]]]
        + [np.stack([np.full_like(down, u), down], axis=1) for u in across[[0, -1]]]
    )
    rays, status = camera.unproject(border)
    if (status == Status.OUTSIDE_DOMAIN).any():
        return limit
    widest = float(np.arccos(np.clip(rays[:, 2], -1.0, 1.0)).max())
    # Between two samples the border bulges outwards by less than a twentieth.
    return min(limit, 1.05 * widest + _MARGIN_RAD)


def cone_cosine(angle_rad: float) -> float:
    """Cosine of a cone for clipping; -2, so that all is inside, for half a turn."""
    return math.cos(angle_rad) if angle_rad < math.pi else -2.0
