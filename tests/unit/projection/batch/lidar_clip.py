"""A clip with a lidar: a car ahead, half of it behind a wall that only the lidar knows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from clip_on_disk import CAMERAS, START_NS, cuboid, label_set, write_trajectory

STEP_NS = 100_000_000
TICKS = 12
CAR_X, WALL_X = 20.0, 10.0
IDENTITY = [0.0, 0.0, 0.0, 1.0]


def wall() -> np.ndarray:
    """(n, 3) points, 5 cm apart: from the middle to the left, up to 4 m, in the world."""
    y, z = np.meshgrid(np.arange(0.0, 4.0, 0.05), np.arange(0.0, 4.0, 0.05))
    return np.stack([np.full(y.size, WALL_X), y.ravel(), z.ravel()], axis=1)


def ground() -> np.ndarray:
    """(n, 3) points every 20 cm."""
    x, y = np.meshgrid(np.arange(2.0, 40.0, 0.2), np.arange(-8.0, 8.0, 0.2))
    return np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)


def car_points(at: float) -> np.ndarray:
    """(n, 3) points of the driving car's back."""
    y, z = np.meshgrid(np.arange(-3.2, -1.8, 0.1), np.arange(0.2, 1.5, 0.1))
    return np.stack([np.full(y.size, at), y.ravel(), z.ravel()], axis=1)


def drive_at(seconds: float) -> float:
    """Where the driving car's middle is."""
    return 9.0 + 4.0 * (seconds + 0.2)


def labels() -> list[dict[str, Any]]:
    parked = cuboid("parked", "car", [[CAR_X, 0.0, 0.8]], size_m=[4.0, 2.0, 1.6])
    parked["keyframes"][0]["quat_xyzw"] = IDENTITY
    driving = cuboid(
        "driving", "truck", [[9.0 + 4.0 * s, -2.5, 0.8] for s in range(4)], size_m=[4.0, 2.0, 1.6]
    )
    for keyframe in driving["keyframes"]:
        keyframe["quat_xyzw"] = IDENTITY
    lane = {
        "id": "lane", "class": "lane", "geometry": "polyline", "closed": False, "attributes": {},
        "vertices_m": [[1.0, -1.0, 0.0], [40.0, -1.0, 0.0]], "width_m": 0.5,
    }  # fmt: skip
    road = {
        "id": "road", "class": "road", "geometry": "polygon", "attributes": {},
        "rings_m": [[[0, -5, 0], [50, -5, 0], [50, 5, 0], [0, 5, 0]]],
    }  # fmt: skip
    count = len(wall())
    some = {
        "id": "wall", "class": "wall", "geometry": "points", "attributes": {},
        "sweeps": [{"lidar": "top", "time_ns": str(START_NS + STEP_NS * tick),
                    "indices": list(range(count))} for tick in range(TICKS)],
    }  # fmt: skip
    return [parked, driving, lane, road, some]


def write(folder: Path) -> Path:
    """Write the clip: ego and camera stand; world and ego are the same."""
    (folder / "labels").mkdir(parents=True)
    (folder / "sweeps").mkdir()
    camera = {**CAMERAS[0], "ego_from_camera": {**CAMERAS[0]["ego_from_camera"],
                                                "position_m": [0.0, 0.0, 1.5]}}  # fmt: skip
    document = {
        "format": "labelapp-clip/1", "name": "lidar", "cameras": [camera],
        "lidars": [{"name": "top", "fields": ["x", "y", "z"],
                    "ego_from_lidar": {"position_m": [0.0, 0.0, 2.0], "quat_xyzw": IDENTITY}}],
        "origin": None, "attributes": {},
    }  # fmt: skip
    (folder / "clip.json").write_text(json.dumps(document))
    write_trajectory(folder, START_NS + 10_000_000 * np.arange(-30, 560))
    rows = (folder / "trajectory.csv").read_text().splitlines()
    stands = [rows[0]] + [f"{row.split(',')[0]},0,0,0,0,0,0,1" for row in rows[1:]]
    (folder / "trajectory.csv").write_text("\n".join(stands) + "\n")
    images, sweeps = ["camera,time_ns,path"], ["lidar,time_ns,path,frame"]
    for tick in range(TICKS):
        images.append(f"front,{START_NS + STEP_NS * tick},")
        seconds = 1e-9 * (STEP_NS * tick)
        points = np.concatenate([wall(), ground(), car_points(drive_at(seconds) - 2.0)])
        sensor = points - np.array([0.0, 0.0, 2.0])
        np.save(folder / f"sweeps/{tick}.npy", sensor.astype(np.float32))
        sweeps.append(f"top,{START_NS + STEP_NS * tick},sweeps/{tick}.npy,lidar")
    (folder / "images.csv").write_text("\n".join(images) + "\n")
    (folder / "sweeps.csv").write_text("\n".join(sweeps) + "\n")
    (folder / "labels/all.json").write_text(json.dumps(label_set(labels())))
    return folder
