"""A small clip, as an engineer would write it: two cameras, five seconds, labels of every kind."""

import json
from pathlib import Path
from typing import Any

import numpy as np

START_NS = 1_700_000_000_000_000_000
STEP_NS = 50_000_000
IMAGES = 70
FRONT = {"position_m": [1.5, 0.0, 1.4], "quat_xyzw": [-0.5, 0.5, -0.5, 0.5]}
REAR = {"position_m": [-1.0, 0.0, 1.4], "quat_xyzw": [-0.5, -0.5, 0.5, 0.5]}
CAMERAS: list[dict[str, Any]] = [
    {
        "name": "front",
        "width": 160,
        "height": 100,
        "model": "pinhole",
        "params": {"fx": 100.0, "fy": 100.0, "cx": 79.5, "cy": 49.5},
        "ego_from_camera": FRONT,
        "shutter": {"type": "global"},
    },
    {
        "name": "rear wide",
        "width": 240,
        "height": 180,
        "model": "opencv_fisheye",
        "params": {
            "fx": 90.0,
            "fy": 90.0,
            "cx": 119.5,
            "cy": 89.5,
            "distortion": [0.02, -0.004, 0.0, 0.0],
        },
        "max_angle_rad": 1.6,
        "ego_from_camera": REAR,
        "shutter": {"type": "rolling", "direction": "top_to_bottom", "line_delay_ns": 100000},
    },
]


def cuboid(label_id: str, class_name: str, path: list[list[float]], **more: Any) -> dict[str, Any]:
    """A box that drives through positions, one a second; a single one stands."""
    keyframes = [
        {
            "time_ns": str(START_NS - 200_000_000 + second * 1_000_000_000),
            "position_m": position,
            "quat_xyzw": [0.0, 0.0, 0.1, 0.99498743710662],
        }
        for second, position in enumerate(path)
    ]
    return {
        "id": label_id,
        "class": class_name,
        "geometry": "cuboid",
        "attributes": {"parked": len(path) == 1},
        "static": len(path) == 1,
        "size_m": [4.2, 1.8, 1.6],
        "interpolation": "linear",
        "keyframes": keyframes,
        **more,
    }


def labels() -> list[dict[str, Any]]:
    """Boxes ahead and behind, a line with a width, a bare line, a surface with a hole, points."""
    drive = [[9.0 + 3.2 * second, 0.4, 0.8] for second in range(7)]
    chase = [[-14.0 + 3.0 * second, -0.5, 0.8] for second in range(7)]
    return [
        cuboid("ahead", "car", drive),
        cuboid(
            "hidden",
            "truck",
            [[x + 9.0, y - 0.9 - 0.3 * second, 0.7] for second, (x, y, _) in enumerate(drive)],
        ),
        cuboid("behind", "car", chase),
        cuboid("parked", "van", [[26.0, 4.0, 0.8]]),
        {
            "id": "mark",
            "class": "lane_boundary",
            "geometry": "polyline",
            "vertices_m": [[-30.0, 1.8, 0.0], [5.0, 1.8, 0.0], [60.0, 1.9, 0.0]],
            "closed": False,
            "width_m": 0.3,
            "attributes": {"style": "solid"},
        },
        {
            "id": "kerb",
            "class": "kerb",
            "geometry": "polyline",
            "vertices_m": [[-30.0, -3.5, 0.1], [60.0, -3.5, 0.1]],
            "closed": False,
            "attributes": {},
        },
        {
            "id": "road",
            "class": "road_surface",
            "geometry": "polygon",
            "rings_m": [
                [[-40.0, -4.0, 0.0], [80.0, -4.0, 0.0], [80.0, 4.0, 0.0], [-40.0, 4.0, 0.0]],
                [[10.0, 2.2, 0.0], [14.0, 2.2, 0.0], [14.0, 3.6, 0.0], [10.0, 3.6, 0.0]],
            ],
            "attributes": {},
        },
        {
            "id": "sign",
            "class": "sign",
            "geometry": "keypoints",
            "points": {
                "top": {"position_m": [30.0, 5.0, 2.5], "visible": True},
                "foot": {"position_m": [30.0, 5.0, 0.0], "visible": True},
            },
            "attributes": {},
        },
    ]


def label_set(entries: list[dict[str, Any]], layer: str = "all") -> dict[str, Any]:
    """A label set of labels in their JSON form."""
    return {"format": "labelapp-labels/1", "layer": layer, "source": "gold", "labels": entries}


def write_clip(folder: Path, entries: list[dict[str, Any]] | None = None) -> Path:
    """Write the clip; no pictures are kept."""
    (folder / "labels").mkdir(parents=True)
    write_cameras(folder, CAMERAS)
    times = START_NS + 10_000_000 * np.arange(-30, 560)
    write_trajectory(folder, times)
    rows = ["camera,time_ns,path"]
    for camera in CAMERAS:
        rows += [f"{camera['name']},{START_NS + STEP_NS * index}," for index in range(IMAGES)]
    (folder / "images.csv").write_text("\n".join(rows) + "\n")
    write_labels(folder, labels() if entries is None else entries)
    return folder


def write_cameras(folder: Path, cameras: list[dict[str, Any]]) -> None:
    """Write clip.json."""
    document = {
        "format": "labelapp-clip/1",
        "name": "small",
        "cameras": cameras,
        "lidars": [],
        "origin": None,
        "attributes": {},
    }
    (folder / "clip.json").write_text(json.dumps(document))


def write_trajectory(folder: Path, times: Any, *, sway_from_ns: int | None = None) -> None:
    """Write trajectory.csv: 3 m/s straight on; from a time on, a little to the left."""
    rows = ["time_ns,x_m,y_m,z_m,qx,qy,qz,qw"]
    for time in times.tolist():
        y = 0.01 if sway_from_ns is not None and time >= sway_from_ns else 0.0
        rows.append(f"{time},{3.0 * (time - START_NS) * 1e-9:.6f},{y},0.0,0,0,0,1")
    (folder / "trajectory.csv").write_text("\n".join(rows) + "\n")


def write_labels(folder: Path, entries: list[dict[str, Any]]) -> None:
    """Write the clip's label set."""
    (folder / "labels" / "all.json").write_text(json.dumps(label_set(entries)))
