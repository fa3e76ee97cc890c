"""Vectors of boxes in pictures: tight 2D boxes, outlines, truncation."""

from typing import Any

import numpy as np
from golden_cameras import CAMERAS
from golden_motion import EPOCH_NS, FISHEYE, FRONT, SIDE, WIDE, motion

from projection import Camera, Track, View, project_cuboid

SEED = 4_321
EXACT_PX = 0.005

PINHOLE = {key: value for key, value in CAMERAS[0].items() if key != "name"}

CYLINDER = next(
    {key: value for key, value in camera.items() if key != "name"}
    for camera in CAMERAS
    if camera["name"] == "cylindrical"
)

RIGS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("pinhole", PINHOLE, FRONT, {"type": "global"}),
    ("distorted", WIDE, FRONT, {"type": "global"}),
    ("fisheye", FISHEYE, SIDE, {"type": "global"}),
    (
        "distorted, line by line",
        WIDE,
        FRONT,
        {"type": "rolling", "direction": "top_to_bottom", "line_delay_ns": 37_500.0},
    ),
    (
        "fisheye, line by line",
        FISHEYE,
        SIDE,
        {"type": "rolling", "direction": "right_to_left", "line_delay_ns": 24_000.0},
    ),
    ("cylinder", CYLINDER, FRONT, {"type": "global"}),
    ("part of a cylinder", {**CYLINDER, "max_angle_rad": 1.6}, SIDE, {"type": "global"}),
]

#: Where from the camera (its own axes, metres), and how large.
PLACES: list[tuple[str, list[float], list[float]]] = [
    ("ahead", [0.5, 0.6, 14.0], [4.5, 1.9, 1.5]),
    ("far", [-9.0, 1.0, 85.0], [4.5, 1.9, 1.5]),
    ("cut by the side", [-5.5, 0.5, 5.5], [5.0, 2.0, 1.7]),
    ("beside, behind and before", [4.6, 0.5, 0.4], [9.0, 2.4, 3.0]),
    ("larger than the picture", [0.1, 0.2, 3.2], [12.0, 12.0, 3.0]),
    ("around the camera", [0.1, 0.1, 0.2], [5.0, 3.0, 2.5]),
    ("behind", [0.4, 0.2, -7.0], [4.5, 1.9, 1.5]),
    ("touching the corner", [6.0, -3.9, 8.5], [2.0, 2.0, 2.0]),
]

#: The same where a cylinder's columns come round: nearly touched, overhead, across the seam.
NEAR: list[tuple[str, list[float], list[float]]] = [
    ("a hand away", [0.3, 1.1, 0.6], [0.5, 1.6, 1.0]),
    ("overhead", [0.2, -1.3, 0.3], [3.0, 2.0, 0.6]),
    ("behind, close", [0.1, 0.4, -1.4], [1.2, 1.1, 1.3]),
]


def _label(name: str, view: View, place: list[float], size: list[float], turn: float) -> dict:
    centre = view.world_from_camera.apply(place)
    yaw = [0.0, 0.0, float(np.sin(turn / 2)), float(np.cos(turn / 2))]
    later = centre + np.array([1.1, -0.6, 0.02])
    later_yaw = [0.0, 0.0, float(np.sin(turn / 2 + 0.02)), float(np.cos(turn / 2 + 0.02))]
    return {
        "id": name,
        "class": "car",
        "geometry": "cuboid",
        "attributes": {},
        "size_m": size,
        "keyframes": [
            {"time_ns": str(EPOCH_NS), "position_m": centre.tolist(), "quat_xyzw": yaw},
            {
                "time_ns": str(EPOCH_NS + 100_000_000),
                "position_m": later.tolist(),
                "quat_xyzw": later_yaw,
            },
        ],
    }


def outlines() -> dict[str, Any]:
    """The document ``outlines.json``."""
    generator = np.random.default_rng(SEED)
    cases = []
    for rig, lens, mount, shutter in RIGS:
        spec = {"name": rig, **lens, "ego_from_camera": mount, "shutter": shutter}
        camera = Camera.from_dict(spec)
        trajectory = motion(0.0)
        view = View(camera, None, trajectory, EPOCH_NS)
        boxes = []
        places = PLACES + (NEAR if lens["model"] == "cylindrical" else [])
        for name, place, size in places:
            label = _label(name, view, place, size, float(generator.uniform(-3.1, 3.1)))
            target = project_cuboid(view, Track.from_dict(label), tolerance_px=EXACT_PX)
            boxes.append({"label": label, "target": None if target is None else _target(target)})
        cases.append(
            {
                "name": rig,
                "camera": spec,
                "time_ns": str(EPOCH_NS),
                "trajectory": {
                    "times_ns": [str(time) for time in trajectory.times_ns],
                    "positions_m": trajectory.positions_m.tolist(),
                    "quats_xyzw": trajectory.quats_xyzw.tolist(),
                },
                "boxes": boxes,
            }
        )
    return {"schema": "labelapp-golden-outlines/1", "tolerance_px": EXACT_PX, "cases": cases}


def _target(target: Any) -> dict[str, Any]:
    return {
        "box_full": None if target.box_full is None else list(target.box_full),
        "box_clipped": list(target.box_clipped),
        "truncation": target.truncation,
        "distance_m": target.distance_m,
        "depth_m": target.depth_m,
        "corners": [
            {"uv": uv.tolist() if np.isfinite(uv).all() else None, "status": int(status)}
            for uv, status in zip(target.corners_uv, target.corners_status, strict=True)
        ],
        "outline": [np.round(loop, 4).tolist() for loop in target.outline],
    }
