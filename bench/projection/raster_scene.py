"""The scene of the raster benchmarks: 100 boxes that don't touch on a bumpy road, and cameras."""

from typing import Any

import numpy as np

from projection.camera import Camera
from projection.raster.tessellate import Triangles, concatenate, cuboids, mesh
from projection.rigid import RigidTransform
from projection.trajectory import Trajectory
from projection.view import View

ORIGIN = np.array([412_345.25, 5_467_890.5, 210.0])
GROUND = 100
#: The camera looks along the vehicle's x.
MOUNT = {"position_m": [1.5, 0.1, 1.6], "quat_xyzw": [-0.5, 0.5, -0.5, 0.5]}
SIZE = {"width": 1280, "height": 960}
LENSES: dict[str, dict[str, Any]] = {
    "pinhole": {
        "model": "pinhole",
        "params": {"fx": 1000.0, "fy": 1001.0, "cx": 639.3, "cy": 479.6},
    },
    "opencv": {
        "model": "opencv",
        "params": {
            "fx": 900.0,
            "fy": 905.0,
            "cx": 641.0,
            "cy": 477.0,
            "distortion": [-0.3, 0.1, 0.0007, -0.0004, -0.015],
        },
    },
    "opencv_fisheye": {
        "model": "opencv_fisheye",
        "params": {
            "fx": 330.0,
            "fy": 331.0,
            "cx": 640.7,
            "cy": 481.2,
            "distortion": [0.05, -0.008, 0.001, -0.0004],
        },
        "max_angle_rad": 1.75,
    },
}


def view(lens: str, shutter: dict[str, Any] | None = None, **size: int) -> View:
    """A view from a vehicle that drives and turns, at UTM-sized coordinates."""
    camera = Camera.from_dict({"name": lens, **SIZE, **size, **LENSES[lens]})
    times = np.arange(3) * 100_000_000
    positions = ORIGIN + np.array([[-1.2, 0.0, 0.0], [0.0, 0.0, 0.0], [1.2, 0.1, 0.0]])
    half = np.array([-0.01, 0.0, 0.01])
    quats = np.stack([0 * half, 0.002 + 0 * half, np.sin(half), np.cos(half)], axis=1)
    quats /= np.linalg.norm(quats, axis=1, keepdims=True)
    trajectory = Trajectory(times, positions, quats)
    return View(camera, RigidTransform.from_dict(MOUNT, "mount"), trajectory, 100_000_000, shutter)


def boxes(count: int = 100, *, around: bool = False) -> dict[str, np.ndarray]:
    """Boxes on a jittered grid: table with centers_m, quats_xyzw, sizes_m, owners."""
    rng = np.random.default_rng(7)
    columns = int(np.ceil(np.sqrt(count)))
    step = 90.0 / columns
    grid = np.stack(np.meshgrid(np.arange(columns), np.arange(columns)), axis=-1).reshape(-1, 2)
    xy = (grid[:count] + 0.5) * step + np.array([4.0, -45.0])
    if around:
        xy[:, 0] -= 45.0
        xy[np.hypot(xy[:, 0], xy[:, 1]) < 4.0] += 6.0
    xy += rng.uniform(-0.12, 0.12, xy.shape) * step
    sizes = rng.uniform([1.0, 0.6, 1.2], [4.5, 1.9, 2.2], (count, 3)) * min(step / 9.0, 1.0)
    angle = rng.uniform(-np.pi, np.pi, count) / 2
    tilt = rng.uniform(-0.02, 0.02, (count, 2))
    quats = np.concatenate([tilt, np.sin(angle)[:, None], np.cos(angle)[:, None]], axis=1)
    centers = np.concatenate([xy, sizes[:, 2:] / 2], axis=1)
    return {
        "centers_m": centers + ORIGIN,
        "quats_xyzw": quats / np.linalg.norm(quats, axis=1, keepdims=True),
        "sizes_m": sizes,
        "owners": np.arange(count),
        "velocities_mps": rng.normal(0.0, 6.0, (count, 3)) * [1.0, 1.0, 0.0],
        "turn_rates_radps": rng.normal(0.0, 0.2, (count, 3)) * [0.0, 0.0, 1.0],
    }


def ground(extent_m: float = 120.0, *, cells: tuple[int, int] = (16, 11)) -> Triangles:
    """A bumpy road surface of 352 triangles all round the vehicle."""
    xs = np.linspace(-extent_m, extent_m, cells[0] + 1)
    ys = np.linspace(-extent_m, extent_m, cells[1] + 1)
    x, y = (values.ravel() for values in np.meshgrid(xs, ys, indexing="ij"))
    vertices = np.stack([x, y, -0.3 + 0.1 * np.sin(x / 17.0) * np.cos(y / 13.0)], axis=1)
    number = np.arange(x.size).reshape(len(xs), len(ys))
    a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
    faces = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    return mesh(ORIGIN, vertices + ORIGIN, faces, GROUND)


def scene(count: int = 100, *, around: bool = False, moving: bool = False) -> Triangles:
    """All of it."""
    table = boxes(count, around=around)
    if not moving:
        table = {k: v for k, v in table.items() if k not in ("velocities_mps", "turn_rates_radps")}
    return concatenate([cuboids(ORIGIN, **table), ground()])
