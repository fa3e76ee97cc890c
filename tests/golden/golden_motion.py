"""Vectors of things that move: poses between poses, and rolling shutters."""

import math
from typing import Any

import numpy as np

from projection import Camera, RigidTransform, Shutter, Status, Trajectory, View

SEED = 77_001

EPOCH_NS = 1_718_000_000_123_456_789


def _quaternion(generator: np.random.Generator) -> np.ndarray:
    values = generator.normal(size=4)
    return values / np.linalg.norm(values)


def _turned(start: np.ndarray, angle: float, generator: np.random.Generator) -> np.ndarray:
    axis = generator.normal(size=3)
    axis *= math.sin(angle / 2) / np.linalg.norm(axis)
    turn = RigidTransform([0, 0, 0], [*axis, math.cos(angle / 2)])
    return (RigidTransform([0, 0, 0], start) @ turn).quat_xyzw


def poses() -> dict[str, Any]:
    """The document ``poses.json``: trajectories and what they are in between."""
    generator = np.random.default_rng(SEED)
    cases = []
    for name, angles, far in (
        ("small turns", [0.02, 0.05, 0.01], 0.0),
        ("tiny turns", [1e-7, 3e-9, 0.0], 0.0),
        ("large turns", [2.9, 1.7, 3.1], 0.0),
        ("far from the origin", [0.1, 0.02, 0.2], 5.4e6),
        ("sign changes", [0.3, 0.4, 0.5], 0.0),
    ):
        quats = [_quaternion(generator)]
        for angle in angles:
            quats.append(_turned(quats[-1], angle, generator))
        if name == "sign changes":
            quats[1], quats[3] = -quats[1], -quats[3]
        steps = generator.integers(5, 200_000_000, len(angles))
        times = EPOCH_NS + np.concatenate([[0], np.cumsum(steps)])
        positions = far + generator.normal(size=(len(quats), 3)) * 10.0
        trajectory = Trajectory(times, positions, quats)
        queries = np.concatenate([times, generator.integers(times[0], times[-1], 8)])
        result = trajectory.at(queries)
        cases.append(
            {
                "name": name,
                "times_ns": [str(time) for time in times],
                "positions_m": positions.tolist(),
                "quats_xyzw": [quat.tolist() for quat in trajectory.quats_xyzw],
                "queries": [
                    {"time_ns": str(time), "position_m": place.tolist(), "quat_xyzw": quat.tolist()}
                    for time, place, quat in zip(
                        queries, result.position_m, result.quat_xyzw, strict=True
                    )
                ],
            }
        )
    return {"schema": "labelapp-golden-poses/1", "cases": cases}


FRONT = {"position_m": [1.6, 0.1, 1.5], "quat_xyzw": [-0.5, 0.5, -0.5, 0.5]}
SIDE = {"position_m": [0.4, 0.9, 1.2], "quat_xyzw": [-math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5)]}

WIDE = {
    "width": 1280,
    "height": 800,
    "model": "opencv",
    "params": {
        "fx": 760.0, "fy": 758.0, "cx": 642.0, "cy": 398.0,
        "distortion": [-0.31, 0.09, 0.0004, -0.0002, -0.012],
    },
}  # fmt: skip
FISHEYE = {
    "width": 1280,
    "height": 1080,
    "model": "opencv_fisheye",
    "params": {
        "fx": 318.4, "fy": 317.9, "cx": 641.2, "cy": 538.6,
        "distortion": [0.081, -0.021, 0.0064, -0.0011],
    },
    "max_angle_rad": 1.75,
}  # fmt: skip


def _shutter(direction: str, delay_ns: float) -> dict[str, Any]:
    return {"type": "rolling", "direction": direction, "line_delay_ns": delay_ns}


VIEWS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], float]] = [
    ("global", WIDE, FRONT, {"type": "global"}, 0.0),
    ("top_to_bottom", WIDE, FRONT, _shutter("top_to_bottom", 37_500.0), 0.0),
    ("bottom_to_top", WIDE, FRONT, _shutter("bottom_to_top", 41_250.5), 0.0),
    ("left_to_right", WIDE, SIDE, _shutter("left_to_right", 26_000.0), 0.0),
    ("right_to_left", WIDE, SIDE, _shutter("right_to_left", 26_000.0), 0.0),
    ("fisheye", FISHEYE, SIDE, _shutter("top_to_bottom", 30_000.0), 0.0),
    ("far from the origin", WIDE, FRONT, _shutter("top_to_bottom", 37_500.0), 4.7e6),
    ("slow read-out", WIDE, FRONT, _shutter("top_to_bottom", 210_000.0), 0.0),
]


def motion(far: float) -> Trajectory:
    """A car at 14 m/s in a bend, on a road that isn't quite flat; a pose every 10 ms or so."""
    generator = np.random.default_rng(SEED + 1)
    times = np.sort(generator.integers(-100_000_000, 400_000_000, 50))
    times[0], times[-1] = -100_000_000, 400_000_000
    seconds = times * 1e-9
    yaw, pitch = 0.3 + 0.5 * seconds, 0.02 * np.sin(50.0 * seconds)
    half_yaw, half_pitch = yaw / 2, pitch / 2
    quats = np.stack(
        [
            -np.sin(half_yaw) * np.sin(half_pitch),
            np.cos(half_yaw) * np.sin(half_pitch),
            np.sin(half_yaw) * np.cos(half_pitch),
            np.cos(half_yaw) * np.cos(half_pitch),
        ],
        axis=1,
    )
    positions = np.stack(
        [28.0 * (np.sin(yaw) - math.sin(0.3)), 28.0 * (math.cos(0.3) - np.cos(yaw)), 0.1 * pitch],
        axis=1,
    )
    return Trajectory(times + EPOCH_NS, positions + far, quats)


def views() -> dict[str, Any]:
    """The document ``views.json``: world points through shutters of every direction."""
    generator = np.random.default_rng(SEED + 2)
    cases = []
    for name, lens, mount, shutter, far in VIEWS:
        spec = {"name": name, **lens, "ego_from_camera": mount, "shutter": shutter}
        camera = Camera.from_dict(spec)
        trajectory = motion(far)
        view = View(camera, None, trajectory, EPOCH_NS, Shutter.from_dict(shutter))
        pixels = generator.uniform((-60, -60), (camera.width + 60, camera.height + 60), (14, 2))
        origins, rays, status = view.unproject(pixels)
        seen = status != Status.OUTSIDE_DOMAIN
        depths = generator.uniform(3.0, 80.0, (14, 1))
        points = (origins + depths * np.where(seen[:, None], rays, 0.3))[seen]
        behind = view.world_from_camera.apply(generator.normal(size=(4, 3)) * 8.0)
        points = np.concatenate([points, behind])
        velocities = generator.normal(size=points.shape) * np.array([9.0, 9.0, 0.3])
        velocities[::2] = 0.0
        uv, depth_m, status, offset_ns = view.project_world_timed(points, velocities)
        cases.append(
            {
                "name": name,
                "camera": spec,
                "time_ns": str(EPOCH_NS),
                "trajectory": {
                    "times_ns": [str(time) for time in trajectory.times_ns],
                    "positions_m": trajectory.positions_m.tolist(),
                    "quats_xyzw": trajectory.quats_xyzw.tolist(),
                },
                "points": [
                    {
                        "point_world": point.tolist(),
                        "velocity_mps": velocity.tolist(),
                        "uv": pixel.tolist() if np.isfinite(pixel).all() else None,
                        "depth_m": float(depth) if np.isfinite(pixel).all() else None,
                        "offset_ns": float(offset) if np.isfinite(pixel).all() else None,
                        "status": int(code),
                    }
                    for point, velocity, pixel, depth, code, offset in zip(
                        points, velocities, uv, depth_m, status, offset_ns, strict=True
                    )
                ],
            }
        )
    return {"schema": "labelapp-golden-views/1", "cases": cases}
