"""Small clip folders, written as an engineer would."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest_labels import cuboid, label_set

CAMERA: dict[str, Any] = {
    "name": "front",
    "width": 640,
    "height": 480,
    "model": "pinhole",
    "params": {"fx": 400.0, "fy": 400.0, "cx": 319.5, "cy": 239.5},
    "ego_from_camera": {"position_m": [1.5, 0.0, 1.4], "quat_xyzw": [-0.5, 0.5, -0.5, 0.5]},
    "shutter": {"type": "rolling", "direction": "top_to_bottom", "line_delay_ns": 20000},
}


def write_clip(folder: Path) -> Path:
    """A right clip: one camera, one lidar, two images, two sweeps, one label set."""
    (folder / "images").mkdir(parents=True)
    (folder / "sweeps").mkdir()
    (folder / "labels").mkdir()
    document = {
        "format": "labelapp-clip/1",
        "name": "small",
        "cameras": [CAMERA],
        "lidars": [
            {
                "name": "top",
                "ego_from_lidar": {"position_m": [0, 0, 1.8], "quat_xyzw": [0, 0, 0, 1]},
            }
        ],
        "origin": {"latitude_deg": 48.1, "longitude_deg": 11.5, "altitude_m": None},
        "attributes": {"weather": "dry", "speed": 12.5, "night": False},
    }
    (folder / "clip.json").write_text(json.dumps(document))
    (folder / "trajectory.csv").write_text(
        "time_ns,x_m,y_m,z_m,qx,qy,qz,qw\n0,0,0,0,0,0,0,1\n200000000,2,0,0,0,0,0,1\n"
    )
    (folder / "images.csv").write_text(
        "camera,time_ns,path\nfront,0,images/0.png\nfront,100000000,\n"
    )
    (folder / "sweeps.csv").write_text(
        "lidar,time_ns,path,frame\ntop,0,sweeps/0.npy,lidar\ntop,100000000,sweeps/1.npy,ego\n"
    )
    (folder / "images" / "0.png").write_bytes(b"not opened here")
    for name in ("0.npy", "1.npy"):
        np.save(folder / "sweeps" / name, np.ones((5, 4), dtype=np.float32))
    (folder / "labels" / "gold.json").write_text(json.dumps(label_set(cuboid())))
    return folder


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip")


@pytest.fixture
def edit_json(clip: Path) -> Callable[[Callable[[dict[str, Any]], None]], None]:
    """Changes ``clip.json`` of the clip by a function."""

    def edit(change: Callable[[dict[str, Any]], None]) -> None:
        document = json.loads((clip / "clip.json").read_text())
        change(document)
        (clip / "clip.json").write_text(json.dumps(document))

    return edit
