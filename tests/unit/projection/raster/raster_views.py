"""Small views through every kind of lens and shutter, from a vehicle that drives and turns."""

from typing import Any

import numpy as np

from projection.camera import Camera
from projection.raster.tessellate import Triangles, concatenate, cuboids, mesh
from projection.rigid import RigidTransform
from projection.trajectory import Trajectory
from projection.view import View

ORIGIN = np.array([500_123.4, 5_400_321.9, 312.6])
FORWARD = [-0.5, 0.5, -0.5, 0.5]
MODELS: dict[str, dict[str, Any]] = {
    "pinhole": {"params": {"fx": 70.0, "fy": 71.0, "cx": 47.3, "cy": 31.8}},
    "opencv": {
        "params": {
            "fx": 62.0,
            "fy": 63.0,
            "cx": 48.1,
            "cy": 30.7,
            "distortion": [-0.28, 0.07, 0.001, -0.0008, 0.0],
        }
    },
    "opencv_fisheye": {
        "params": {
            "fx": 26.0,
            "fy": 26.4,
            "cx": 47.9,
            "cy": 32.2,
            "distortion": [0.04, -0.006, 0.0008, -0.0003],
        },
        "max_angle_rad": 1.8,
    },
    "ftheta": {
        "params": {
            "cx": 47.6,
            "cy": 31.3,
            "reference": "forward",
            "angle_to_pixeldist": [0.0, 30.0, 0.4, -0.9],
        },
        "max_angle_rad": 1.5,
    },
    "mei": {
        "params": {
            "fx": 62.0,
            "fy": 61.0,
            "cx": 47.0,
            "cy": 33.0,
            "xi": 1.4,
            "distortion": [-0.1, 0.05, 0.0004, 0.0007],
        }
    },
    "double_sphere": {
        "params": {"fx": 25.0, "fy": 25.5, "cx": 48.0, "cy": 32.0, "xi": -0.2, "alpha": 0.6}
    },
    "cylindrical": {"params": {"fx": 24.0, "fy": 24.0, "cx": 47.5, "cy": 31.5}},
}
DIRECTIONS = ("top_to_bottom", "bottom_to_top", "left_to_right", "right_to_left")


def view(
    model: str = "pinhole",
    direction: str | None = None,
    *,
    size: tuple[int, int] = (96, 64),
    scale: float = 1.0,
    line_delay_ns: float = 400_000.0,
    position_m: Any = (1.2, 0.2, 1.5),
) -> View:
    """A view at 12 m/s and 0.4 rad/s; a rolling one takes tens of milliseconds."""
    spec = {"name": model, "model": model, "width": size[0], "height": size[1], **MODELS[model]}
    lengths = ("fx", "fy", "cx", "cy")
    spec["params"] = {
        name: value * scale if name in lengths else value for name, value in spec["params"].items()
    }
    line_delay_ns /= scale
    times = np.arange(-1, 3) * 50_000_000
    turn = np.array([-0.02, 0.0, 0.02, 0.05]) / 2
    quats = np.stack([0 * turn, 0.1 * turn, np.sin(turn), np.cos(turn)], axis=1)
    quats /= np.linalg.norm(quats, axis=1, keepdims=True)
    positions = ORIGIN + np.array([[-0.6, 0, 0], [0, 0, 0], [0.6, 0.01, 0.02], [1.2, 0.03, 0.0]])
    shutter = None
    if direction is not None:
        shutter = {"type": "rolling", "direction": direction, "line_delay_ns": line_delay_ns}
    mount = RigidTransform(position_m, FORWARD)
    return View(Camera.from_dict(spec), mount, Trajectory(times, positions, quats), 0, shutter)


def boxes(count: int, seed: int = 0, *, moving: bool = False, spread_m: float = 14.0) -> Triangles:
    """Boxes all round the vehicle, near and far, also beside and behind the camera."""
    rng = np.random.default_rng(seed)
    quats = rng.normal(size=(count, 4))
    speeds = {
        "velocities_mps": rng.normal(0.0, 8.0, (count, 3)),
        "turn_rates_radps": rng.normal(0.0, 0.5, (count, 3)),
    }
    return cuboids(
        ORIGIN,
        ORIGIN + rng.normal(0.0, spread_m, (count, 3)) * [1.0, 1.0, 0.2],
        quats / np.linalg.norm(quats, axis=1, keepdims=True),
        rng.uniform(0.2, 4.0, (count, 3)),
        np.arange(count),
        **(speeds if moving else {}),
    )


def scene(count: int = 12, seed: int = 0, *, moving: bool = False) -> Triangles:
    """Boxes on a tilted ground of eight triangles, which has the next id."""
    xs = np.linspace(-60.0, 60.0, 3)
    x, y = (values.ravel() for values in np.meshgrid(xs, xs, indexing="ij"))
    vertices = ORIGIN + np.stack([x, y, -0.5 + 0.01 * x + 0.3 * np.sin(y)], axis=1)
    number = np.arange(9).reshape(3, 3)
    a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
    faces = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    ground = mesh(ORIGIN, vertices, faces, count)
    return concatenate([boxes(count, seed, moving=moving), ground])
