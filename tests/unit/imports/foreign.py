"""Clips as importers see them, without a database, and other people's folders for them."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from labelapp.clips.manifest import CameraImages, Manifest
from labelapp.imports.reading import Asked, ClipGeometry
from projection.io import read_clip_folder
from tests.integration.clip_folders import START_NS


def geometry_of(folder: Path, **asked) -> ClipGeometry:
    """A clip folder's cameras, times and trajectory."""
    clip = read_clip_folder(folder)
    cameras = []
    for spec in clip.document["cameras"]:
        images = clip.images_of(spec["name"])
        times = np.array([image.time_ns for image in images], dtype=np.int64)
        cameras.append(CameraImages(spec, "", times, [""] * len(times), [0] * len(times)))
    trajectory = clip.trajectory
    manifest = Manifest(
        name=clip.name,
        start_ns=trajectory.start_ns,
        end_ns=trajectory.end_ns,
        ticks_ns=clip.ticks_ns().tolist(),
        cameras=cameras,
        lidars=[],
        sweeps=[],
        origin=None,
        attributes={},
        ground_z_m=None,
    )
    return ClipGeometry(manifest, trajectory, Asked(**asked))


def nuscenes_folder(folder: Path, *, origin: tuple[float, float, float]) -> Path:
    """Two samples of one scene whose global frame is elsewhere, times in microseconds."""
    tables: dict[str, list[dict[str, Any]]] = {
        "category": [{"token": "c", "name": "vehicle.car"}],
        "attribute": [{"token": "a", "name": "vehicle.moving"}],
        "instance": [{"token": "i", "category_token": "c"}],
        "log": [{"token": "l", "logfile": "n015-2018"}],
        "scene": [{"token": "s", "name": "scene-0061", "log_token": "l"}],
        "sample": [], "sample_data": [], "ego_pose": [], "sample_annotation": [],
    }  # fmt: skip
    for tick in range(2):
        micro = START_NS // 1000 + tick * 100_000
        ego = [origin[0], origin[1] + tick, origin[2]]  # the clip's x is the data set's y
        quarter = [0.5**0.5, 0, 0, 0.5**0.5]
        tables["sample"].append({"token": f"s{tick}", "timestamp": micro, "scene_token": "s"})
        tables["ego_pose"].append(
            {"token": f"e{tick}", "timestamp": micro, "translation": ego, "rotation": quarter}
        )
        tables["sample_data"].append(
            {"token": f"d{tick}", "sample_token": f"s{tick}", "ego_pose_token": f"e{tick}",
             "is_key_frame": True}
        )  # fmt: skip
        tables["sample_annotation"].append(
            {"token": f"x{tick}", "sample_token": f"s{tick}", "instance_token": "i",
             "attribute_tokens": ["a"] if tick else [], "size": [2.0, 4.0, 1.5],
             "translation": [origin[0] - 3.0, origin[1] + 10.0, origin[2] + 1.0],
             "rotation": quarter, "num_lidar_pts": 5}
        )  # fmt: skip
    (folder / "v1.0-mini").mkdir(parents=True)
    for name, rows in tables.items():
        (folder / "v1.0-mini" / f"{name}.json").write_text(json.dumps(rows))
    return folder
