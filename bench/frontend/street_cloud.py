"""A clip folder with one huge sweep: a street of some kilometres with house fronts and trees."""

import csv
import json
from pathlib import Path

import numpy as np

START_NS = 1_700_000_000_000_000_000
LENGTH_M = 2000.0


def write_street_clip(folder: Path, points: int, *, seed: int = 0) -> Path:
    """Write a clip of 10 s along a street, whose only sweep (frame ``world``) has so many points."""
    folder.mkdir(parents=True)
    clip = {
        "format": "labelapp-clip/1",
        "name": folder.name,
        "cameras": [],
        "lidars": [
            {
                "name": "survey",
                "ego_from_lidar": {"position_m": [0, 0, 2], "quat_xyzw": [0, 0, 0, 1]},
            }
        ],
        "origin": None,
        "attributes": {},
    }
    (folder / "clip.json").write_text(json.dumps(clip))
    with (folder / "trajectory.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow("time_ns,x_m,y_m,z_m,qx,qy,qz,qw".split(","))
        for second in range(11):
            writer.writerow([START_NS + second * 10**9, 10.0 * second, 0, 0, 0, 0, 0, 1])
    (folder / "images.csv").write_text("camera,time_ns,path\n")
    (folder / "sweeps").mkdir()
    (folder / "sweeps.csv").write_text(
        f"lidar,time_ns,path,frame\nsurvey,{START_NS + 10**9},sweeps/0.npy,world\n"
    )
    target = np.lib.format.open_memmap(
        folder / "sweeps" / "0.npy", mode="w+", dtype=np.float32, shape=(points, 4)
    )
    random = np.random.default_rng(seed)
    for first in range(0, points, 1_000_000):
        count = min(1_000_000, points - first)
        target[first : first + count] = _street(random, count)
    target.flush()
    return folder


def _street(random: np.random.Generator, count: int) -> np.ndarray:
    kind = random.random(count)
    x = random.uniform(0, LENGTH_M, count)
    y = random.uniform(-14, 14, count)
    z = random.normal(0, 0.015, count) + 0.12 * (np.abs(y) > 6)
    front = kind < 0.35
    y[front] = np.sign(y[front]) * (14 + random.normal(0, 0.01, front.sum()))
    z[front] = random.uniform(0, 11 + 3 * np.sin(x[front] / 23), front.sum())
    tree = kind > 0.9
    spot = np.rint(x[tree] / 18) * 18
    direction = random.normal(size=(tree.sum(), 3))
    crown = direction / np.linalg.norm(direction, axis=1, keepdims=True)
    radius = random.uniform(1.2, 2.2, tree.sum())
    x[tree] = spot + crown[:, 0] * radius
    y[tree] = np.sign(y[tree]) * 8 + crown[:, 1] * radius
    z[tree] = 5 + crown[:, 2] * radius
    return np.stack([x, y, z, random.uniform(0, 255, count)], axis=1).astype(np.float32)
