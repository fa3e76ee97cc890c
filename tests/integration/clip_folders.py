"""Small clip folders, made by the tests: two cameras, a lidar on a flat street, a parked car."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

START_NS = 1_700_000_000_000_000_000
TICK_NS = 100_000_000
TICKS = 3
GROUND_Z_M = -0.4
#: x right, y down, z forward of a camera that looks along the ego's x.
FORWARD = [-0.5, 0.5, -0.5, 0.5]
#: ... and of one that looks back.
BACKWARD = [0.5, 0.5, -0.5, -0.5]


def camera(name: str, quat_xyzw: Sequence[float], **changes) -> dict:
    return {
        "name": name,
        "width": 64,
        "height": 48,
        "model": "pinhole",
        "params": {"fx": 40.0, "fy": 40.0, "cx": 31.5, "cy": 23.5},
        "ego_from_camera": {"position_m": [1.0, 0.0, 1.5], "quat_xyzw": list(quat_xyzw)},
        "shutter": {"type": "global"},
        **changes,
    }


def cuboid(label_id: str = "car-1", **changes) -> dict:
    return {
        "id": label_id,
        "class": "car",
        "geometry": "cuboid",
        "attributes": {},
        "static": True,
        "size_m": [4.5, 1.9, 1.6],
        "keyframes": [
            {
                "time_ns": str(START_NS),
                "position_m": [12.0, 1.0, GROUND_Z_M + 0.8],
                "quat_xyzw": [0.0, 0.0, 0.0, 1.0],
            }
        ],
        **changes,
    }


def write_csv(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)


def picture(seed: int, size=(64, 48), kind: str = "JPEG") -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    return out.getvalue()


def street_points(seed: int, ego_x_m: float) -> np.ndarray:
    """(n, 4) float32 in the ego frame, the ego at ``ego_x_m`` in the world, intensity to 255."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(-20, 20, (4000, 2))
    z = rng.normal(GROUND_Z_M, 0.02, 4000)
    return np.c_[xy, z, rng.uniform(0, 255, 4000)].astype(np.float32)


def write_clip_folder(
    folder: Path, *, name: str = "street", seed: int = 0, ticks: int = TICKS, labels: bool = True
) -> Path:
    """Write a right clip folder: the ego drives along x at 10 m/s; tests then spoil it."""
    folder.mkdir(parents=True)
    cameras = [
        camera("front", FORWARD),
        camera(
            "rear",
            BACKWARD,
            shutter={"type": "rolling", "direction": "top_to_bottom", "line_delay_ns": 100_000},
        ),
    ]
    lidar = {
        "name": "roof",
        "ego_from_lidar": {"position_m": [0.0, 0.0, 0.0], "quat_xyzw": [0.0, 0.0, 0.0, 1.0]},
    }
    clip = {
        "format": "labelapp-clip/1",
        "name": name,
        "cameras": cameras,
        "lidars": [lidar],
        "origin": {"latitude_deg": 48.1, "longitude_deg": 11.6, "altitude_m": None},
        "attributes": {"weather": "dry", "seed": seed},
    }
    (folder / "clip.json").write_text(json.dumps(clip))
    write_csv(
        folder / "trajectory.csv",
        "time_ns,x_m,y_m,z_m,qx,qy,qz,qw",
        [
            (START_NS + tick * TICK_NS, tick * 1.0, 0, 0, 0, 0, 0, 1)
            for tick in range(-1, ticks + 1)
        ],
    )
    images = []
    for number, spec in enumerate(cameras):
        (folder / "images" / spec["name"]).mkdir(parents=True)
        for tick in range(ticks):
            time_ns = START_NS + tick * TICK_NS + 7_000_000 * number
            path = f"images/{spec['name']}/{time_ns}.jpg"
            (folder / path).write_bytes(picture(1000 * seed + 100 * number + tick))
            images.append((spec["name"], time_ns, path))
    write_csv(folder / "images.csv", "camera,time_ns,path", images)
    (folder / "sweeps").mkdir()
    sweeps = []
    for tick in range(ticks):
        path = f"sweeps/{tick}.npy"
        np.save(folder / path, street_points(seed + tick, float(tick)))
        sweeps.append(("roof", START_NS + tick * TICK_NS, path, "ego"))
    write_csv(folder / "sweeps.csv", "lidar,time_ns,path,frame", sweeps)
    if labels:
        write_labels(folder, [cuboid()])
    return folder


def write_labels(
    folder: Path, labels: list[dict], *, source: str = "gold", layer: str = "objects"
) -> None:
    (folder / "labels").mkdir(exist_ok=True)
    content = {"format": "labelapp-labels/1", "layer": layer, "source": source, "labels": labels}
    (folder / "labels" / f"{layer}-{source}.json").write_text(json.dumps(content))


def edit_json(path: Path, **changes) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def edit_rows(path: Path, edit) -> None:
    """Change a CSV file's rows (lists of texts, without the header) in place."""
    header, *rows = list(csv.reader(path.read_text().splitlines()))
    write_csv(path, ",".join(header), edit(rows) or rows)
