"""Cameras and views as flat arrays, the form that kernels read.

``lens``: float64 (48,). Slots 0 to 3: fx fy cx cy, 4: limit_rad, 5: kind, then by kind from slot 8.
``frame``: float64 (16,). Width, height, direction of the shutter, line delay, length of read-out,
then where the camera sits on the vehicle: position (3), quaternion (4).
``poses``: float64 (k, 8). Offset in ns, ego's position (3) and quaternion (4), see ``PoseTable``.
"""

from functools import lru_cache, singledispatch
from typing import Any

import numpy as np

from projection.arrays import Float64Array
from projection.camera import Camera
from projection.cameras.brown import Brown
from projection.cameras.cylindrical import Cylindrical
from projection.cameras.double_sphere import DoubleSphere
from projection.cameras.ftheta import FTheta
from projection.cameras.mei import Mei
from projection.cameras.opencv import OpenCV
from projection.cameras.opencv_fisheye import OpenCVFisheye
from projection.cameras.pinhole import Pinhole
from projection.cameras.woodscape import WoodScape
from projection.shutter import DIRECTIONS
from projection.view import View

LENS_SIZE = 48
PINHOLE, OPENCV, THETA, BACKWARD, MEI, DOUBLE_SPHERE, CYLINDRICAL = range(7)
#: Slot from which a kind's own parameters start.
OWN = 8


@singledispatch
def _slots(lens: Any) -> tuple[int, tuple[float, ...], Any]:
    """Kind, (fx, fy, cx, cy), and the kind's own parameters."""
    message = f"no kernel for the lens {type(lens).__name__}"
    raise TypeError(message)


@_slots.register
def _(lens: Pinhole) -> tuple[int, tuple[float, ...], Any]:
    return PINHOLE, (lens.fx, lens.fy, lens.cx, lens.cy), ()


@_slots.register
def _(lens: OpenCV) -> tuple[int, tuple[float, ...], Any]:
    return OPENCV, (lens.fx, lens.fy, lens.cx, lens.cy), _brown(lens.brown)


@_slots.register
def _(lens: OpenCVFisheye) -> tuple[int, tuple[float, ...], Any]:
    own = (1.0, 0.0, 0.0, 1.0, len(lens.polynomial), *lens.polynomial)
    return THETA, (lens.fx, lens.fy, lens.cx, lens.cy), own


@_slots.register
def _(lens: WoodScape) -> tuple[int, tuple[float, ...], Any]:
    own = (1.0, 0.0, 0.0, 1.0, 5, 0.0, *lens.k)
    return THETA, (1.0, lens.aspect_ratio, lens.cx, lens.cy), own


@_slots.register
def _(lens: FTheta) -> tuple[int, tuple[float, ...], Any]:
    c, d, e = lens.linear_cde
    own = (c, d, e, 1.0, len(lens.polynomial), *lens.polynomial)
    kind = THETA if lens.is_forward else BACKWARD
    own += (0.0,) * (LENS_SIZE - OWN - 1 - len(own)) + (min(lens.limit_px, 1e300),)
    return kind, (1.0, 1.0, lens.cx, lens.cy), own


@_slots.register
def _(lens: Mei) -> tuple[int, tuple[float, ...], Any]:
    return MEI, (lens.fx, lens.fy, lens.cx, lens.cy), (*_brown(lens.brown), lens.xi)


@_slots.register
def _(lens: DoubleSphere) -> tuple[int, tuple[float, ...], Any]:
    return DOUBLE_SPHERE, (lens.fx, lens.fy, lens.cx, lens.cy), (lens.xi, lens.alpha)


@_slots.register
def _(lens: Cylindrical) -> tuple[int, tuple[float, ...], Any]:
    return CYLINDRICAL, (lens.fx, lens.fy, lens.cx, lens.cy), ()


def _brown(brown: Brown) -> tuple[float, ...]:
    """Limit radius, k (6), p (2), s (4), whether tilted, the tilt's matrix (9): 23 slots."""
    tilted = float(any(brown.tilt))
    limit = min(brown.limit_radius, 1e150)
    return (limit, *brown.k, *brown.p, *brown.s, tilted, *brown.tilt_matrix.ravel().tolist())


@lru_cache(maxsize=256)
def pack_lens(camera: Camera) -> Float64Array:
    """The ``lens`` array of a camera.

    Raises:
        TypeError: Something bends rays in front of the lens: kernels don't know it.
    """
    if camera.ray_warp is not None:
        message = "ray_warp: expected no ray warp for outlines and rasters, found one"
        raise TypeError(message)
    kind, linear, own = _slots(camera.lens)
    packed = np.zeros(LENS_SIZE)
    packed[:4] = linear
    packed[4] = camera.limit_rad
    packed[5] = kind
    packed[OWN : OWN + len(own)] = own
    packed.flags.writeable = False
    return packed


def pack_frame(view: View) -> Float64Array:
    """The ``frame`` array of a view."""
    frame = np.zeros(16)
    shutter = view.shutter
    direction = -1 if shutter.direction is None else DIRECTIONS.index(shutter.direction)
    frame[:5] = (
        view.camera.width,
        view.camera.height,
        direction if shutter.is_rolling else -1,
        shutter.line_delay_ns,
        view.duration_ns,
    )
    frame[5:8] = view.ego_from_camera.position_m
    frame[8:12] = view.ego_from_camera.quat_xyzw
    return frame


def pack_poses(view: View) -> Float64Array:
    """The ``poses`` array of a view."""
    table = view.poses
    return np.ascontiguousarray(
        np.concatenate([table.offsets_ns[:, None], table.positions_m, table.quats_xyzw], axis=1)
    )
