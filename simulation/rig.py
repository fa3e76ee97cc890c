"""Camera rigs: specifications as `clip.json` has them, and when each camera fires."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scipy.spatial.transform import Rotation

from simulation.lenses import LENSES, WIDE_LENSES

if TYPE_CHECKING:
    from collections.abc import Mapping

CAMERA_AXES = Rotation.from_matrix([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
FULL_WIDTH = 1920
READ_OUT_S = 0.028


@dataclass(frozen=True, slots=True)
class Mount:
    """One camera of a car.

    Attributes:
        name: Of the camera.
        lens: See `LENSES`.
        size: Width and height where the widest cameras have 1920 columns.
        view_deg: Horizontal field of view.
        position_m: In the ego frame (the middle of the rear axle).
        yaw_deg: Where it looks, to the left of ahead.
        down_deg: And how far down.
        shutter: `global` or the direction of the read-out.
        phase: When it fires, as a part of the time from one picture to the next.
    """

    name: str
    lens: str
    size: tuple[int, int]
    view_deg: float
    position_m: tuple[float, float, float]
    yaw_deg: float
    down_deg: float
    shutter: str
    phase: float


CAR_MOUNTS = (
    Mount(
        "front_main",
        "opencv",
        (1920, 1200),
        58.0,
        (1.72, 0.0, 1.05),
        0.0,
        2.0,
        "top_to_bottom",
        0.02,
    ),
    Mount(
        "front_narrow", "pinhole", (1920, 1200), 30.0, (1.72, 0.06, 1.05), 0.0, 1.0, "global", 0.07
    ),
    Mount(
        "front_wide",
        "opencv_fisheye",
        (1600, 1200),
        135.0,
        (1.74, -0.06, 1.04),
        0.0,
        4.0,
        "global",
        0.13,
    ),
    Mount(
        "left_forward",
        "opencv_rational",
        (1920, 1200),
        86.0,
        (1.12, 0.88, 0.98),
        57.0,
        3.0,
        "global",
        0.21,
    ),
    Mount(
        "right_forward",
        "pinhole",
        (1920, 1200),
        84.0,
        (1.12, -0.88, 0.98),
        -57.0,
        3.0,
        "global",
        0.28,
    ),
    Mount(
        "left_rearward",
        "opencv_4",
        (1920, 1200),
        74.0,
        (2.05, 0.97, 0.55),
        146.0,
        3.0,
        "left_to_right",
        0.35,
    ),
    Mount(
        "right_rearward",
        "pinhole",
        (1920, 1200),
        72.0,
        (2.05, -0.97, 0.55),
        -146.0,
        3.0,
        "global",
        0.42,
    ),
    Mount(
        "rear",
        "opencv_fisheye",
        (1600, 1200),
        192.0,
        (-1.02, 0.0, 0.62),
        180.0,
        12.0,
        "bottom_to_top",
        0.48,
    ),
)


@dataclass(frozen=True, slots=True)
class Rig:
    """Cameras with their phases.

    Attributes:
        cameras: As `clip.json` has them.
        phases: By camera name: when it fires, as a part of the time between two pictures; else 0.
    """

    cameras: tuple[dict[str, Any], ...]
    phases: Mapping[str, float] = field(default_factory=dict)


def camera_spec(mount: Mount, scale: float = 1.0) -> dict[str, Any]:
    """Return the specification of a mounted camera, its picture scaled.

    Raises:
        ValueError: A lens that isn't there, or that can't see that wide.
    """
    if mount.lens not in LENSES:
        raise ValueError(f"lens: expected one of {', '.join(LENSES)}, found {mount.lens!r}")
    if mount.view_deg > 150.0 and mount.lens not in WIDE_LENSES:
        raise ValueError(
            f"view_deg of {mount.name}: expected at most 150 with {mount.lens}, "
            f"found {mount.view_deg}"
        )
    width, height = (max(8, round(side * scale)) for side in mount.size)
    model, params = LENSES[mount.lens]
    half = math.radians(mount.view_deg) / 2.0
    turn = Rotation.from_euler("ZY", [mount.yaw_deg, mount.down_deg], degrees=True) * CAMERA_AXES
    spec: dict[str, Any] = {
        "name": mount.name,
        "width": width,
        "height": height,
        "model": model,
        "params": params(width, height, half),
        "ego_from_camera": {
            "position_m": list(mount.position_m),
            "quat_xyzw": [float(q) for q in turn.as_quat()],
        },
        "shutter": _shutter(mount.shutter, width, height),
    }
    if mount.lens in WIDE_LENSES and mount.lens != "cylindrical":
        # Calibrated to a little beyond the nominal view; the corners of a wide lens stay dark.
        spec["max_angle_rad"] = round(min(half * 1.32, max(half + 0.05, 1.70)), 4)
    return spec


def _shutter(kind: str, width: int, height: int) -> dict[str, Any]:
    if kind == "global":
        return {"type": "global"}
    lines = width if kind in {"left_to_right", "right_to_left"} else height
    return {"type": "rolling", "direction": kind, "line_delay_ns": int(READ_OUT_S * 1e9 / lines)}


def car_rig(width: int = 480, *, lenses: Mapping[str, str] | None = None) -> Rig:
    """Return the eight cameras of a car.

    Args:
        width: Columns of the main camera; the others in proportion.
        lenses: By camera name: another lens than its own, see `LENSES`.

    Raises:
        ValueError: A width below 32, a camera or a lens that isn't there.
    """
    if width < 32:
        raise ValueError(f"width: expected at least 32, found {width}")
    names = [mount.name for mount in CAR_MOUNTS]
    for name in lenses or {}:
        if name not in names:
            raise ValueError(f"lenses: expected cameras among {', '.join(names)}, found {name!r}")
    cameras = []
    for mount in CAR_MOUNTS:
        other = (lenses or {}).get(mount.name, mount.lens)
        changed = Mount(
            mount.name,
            other,
            mount.size,
            mount.view_deg,
            mount.position_m,
            mount.yaw_deg,
            mount.down_deg,
            mount.shutter,
            mount.phase,
        )
        cameras.append(camera_spec(changed, width / FULL_WIDTH))
    return Rig(tuple(cameras), {mount.name: mount.phase for mount in CAR_MOUNTS})
