"""Cameras and views as flat arrays, the form that kernels read.

``lens``: float64 (96,). Slots 0 to 3: fx fy cx cy, 4: limit_rad, 5: kind, 6 and 7: of the limit,
by kind from slot 8, from slot 48 on how much the lens bends and stretches, see ``bends``; behind
something that bends rays, a table of that follows, see ``warp``.
``frame``: float64 (16,). Width, height, direction of the shutter (-1: global), line delay, length
of the read-out (ns), from the vehicle's origin to the camera (3, camera's axes), and by how much
the camera turns (rad) and how far it moves (m) during the read-out, at most.
``poses``: float64 (k, 8). Offset in ns, ego's position (3), and the quaternion world_from_camera
(4), neighbours in the same half-sphere, see ``PoseTable``.
"""

import math
from collections.abc import Sequence
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
from projection.cones import picture_cone_rad
from projection.rigid import conjugate, multiply, rotate
from projection.shutter import DIRECTIONS
from projection.view import View

LENS_SIZE = 96
#: Where a backward polynomial stops rising, px.
LIMIT_PX = 47
PINHOLE, OPENCV, THETA, BACKWARD, MEI, DOUBLE_SPHERE, CYLINDRICAL = range(7)
#: Slots of the limit's squared tangent (infinite from a right angle on) and of its cosine.
TAN2_LIMIT, COS_LIMIT = 6, 7
#: Slot from which a kind's own parameters start.
OWN = 8
#: Slots of what ``bends`` measures.
GAIN_U, GAIN_V, BEND_SCALE, BENDS = 48, 49, 50, 56
#: Slots of what bends rays in front of the lens: cells of its table each way (0: nothing does), and
#: by how much it bends any ray at most (rad); the table itself comes last.
WARP, WARP_RAD, WARP_TABLE = 51, 52, LENS_SIZE


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
    own += (0.0,) * (LIMIT_PX - OWN - len(own)) + (min(lens.limit_px, 1e300),)
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


def pack_points(camera: Camera) -> Float64Array:
    """The ``lens`` array as far as single points need it; without the ray warp."""
    kind, linear, own = _slots(camera.lens)
    packed = np.zeros(LENS_SIZE)
    packed[:4] = linear
    packed[4] = camera.limit_rad
    packed[5] = kind
    packed[TAN2_LIMIT] = math.inf
    if camera.limit_rad < 0.5 * math.pi:
        packed[TAN2_LIMIT] = math.tan(camera.limit_rad) ** 2
    packed[COS_LIMIT] = math.cos(camera.limit_rad)
    packed[OWN : OWN + len(own)] = own
    return packed


@lru_cache(maxsize=256)
def pack_lens(camera: Camera) -> Float64Array:
    """The ``lens`` array of a camera.

    Raises:
        ValueError: What bends rays in front of the lens isn't smooth.
    """
    from projection.kernels.bends import measure  # noqa: PLC0415  it needs the slots above
    from projection.kernels.warp import check, tabulated  # noqa: PLC0415  as above

    packed = pack_points(camera)
    measure(packed, picture_cone_rad(camera), float(camera.width), float(camera.height))
    if camera.ray_warp is not None:
        cells, most_rad, table = tabulated(camera.ray_warp)
        # How much both together bend and stretch isn't known: everything is looked at.
        packed[BENDS:LENS_SIZE] = packed[GAIN_U] = packed[GAIN_V] = math.inf
        packed[WARP], packed[WARP_RAD] = cells, most_rad
        packed = np.concatenate([packed, table])
        check(packed, camera)
    packed.flags.writeable = False
    return packed


def pack_frame(view: View) -> Float64Array:
    """The ``frame`` array of a view."""
    frame = np.zeros(16)
    shutter, mount, table = view.shutter, view.ego_from_camera, view.poses
    direction = -1 if shutter.direction is None else DIRECTIONS.index(shutter.direction)
    frame[:5] = (
        view.camera.width,
        view.camera.height,
        direction if shutter.is_rolling else -1,
        shutter.line_delay_ns,
        view.duration_ns,
    )
    arm = rotate(conjugate(mount.quat_xyzw), mount.position_m)
    frame[5:8] = arm
    if shutter.is_rolling:
        spans = np.diff(table.offsets_ns)
        chords = np.sqrt((np.diff(table.quats_xyzw, axis=0) ** 2).sum(axis=1))
        turns = 4.0 * np.arcsin(np.minimum(0.5 * chords, 1.0))
        steps = np.sqrt((np.diff(table.positions_m, axis=0) ** 2).sum(axis=1))
        # At the highest speed all the time.
        turn = float((turns / spans).max() * view.duration_ns)
        frame[8] = turn
        frame[9] = float((steps / spans).max() * view.duration_ns)
        frame[9] += turn * float(np.sqrt(arm @ arm))
    return frame


def pack_poses(view: View) -> Float64Array:
    """The ``poses`` array of a view."""
    table = view.poses
    quats = multiply(table.quats_xyzw, view.ego_from_camera.quat_xyzw)
    return np.ascontiguousarray(
        np.concatenate([table.offsets_ns[:, None], table.positions_m, quats], axis=1)
    )


def pack_instants(
    views: Sequence[View],
) -> list[tuple[Float64Array, Float64Array, Float64Array]]:
    """``lens``, ``frame`` and ``poses`` of views of one camera, whose shutter is global."""
    first = views[0]
    lens, frame = pack_lens(first.camera), pack_frame(first)
    tables = [view.poses for view in views]
    positions = np.concatenate([table.positions_m for table in tables])
    quats = np.concatenate([table.quats_xyzw for table in tables])
    turned = multiply(quats, first.ego_from_camera.quat_xyzw)
    poses = np.concatenate([np.zeros((len(views), 1)), positions, turned], axis=1)
    return [(lens, frame, poses[row : row + 1]) for row in range(len(views))]
