"""A clip folder of a flat street with boxes that a lidar sees: one parks, one drives by."""

import math
from pathlib import Path

import numpy as np

from tests.integration.clip_folders import (
    GROUND_Z_M,
    START_NS,
    TICK_NS,
    write_clip_folder,
    write_csv,
)

TICKS = 10
SIZE_M = (4.5, 1.9, 1.6)
PARKED_XY = (14.0, -4.0)
PARKED_HEADING = 0.1
#: The other drives along x, five metres to the left, against the ego.
MOVING_START = (30.0, 5.0)
MOVING_MPS = -8.0
SENSOR_Z_M = 1.5


def moving_x_m(time_ns: int) -> float:
    return MOVING_START[0] + MOVING_MPS * (time_ns - START_NS) * 1e-9


def boxes_at(time_ns: int) -> list[tuple[float, float, float]]:
    """(x, y, heading) of all boxes at a time."""
    moving = (moving_x_m(time_ns), MOVING_START[1], math.pi)
    return [(*PARKED_XY, PARKED_HEADING), moving]


def seen_points(sensor: np.ndarray, boxes: list[tuple[float, float, float]]) -> np.ndarray:
    """Where the rays of a lidar at a place end: on the ground and on the boxes. (n, 3) world."""
    azimuth = np.radians(np.arange(0.0, 360.0, 0.4))
    elevation = np.radians(np.arange(-20.0, 4.0, 0.8))
    a, e = (grid.ravel() for grid in np.meshgrid(azimuth, elevation))
    rays = np.c_[np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)]
    down = np.where(rays[:, 2] < -1e-3, rays[:, 2], np.nan)
    ranges = (GROUND_Z_M - sensor[2]) / down
    ranges = np.where(ranges < 60.0, ranges, np.inf)
    ranges = np.where(np.isnan(ranges), np.inf, ranges)
    for x, y, heading in boxes:
        hit = _box_ranges(sensor, rays, np.array([x, y, GROUND_Z_M + SIZE_M[2] / 2]), heading)
        ranges = np.minimum(ranges, hit)
    kept = np.isfinite(ranges)
    return sensor + rays[kept] * ranges[kept, None]


def _box_ranges(
    sensor: np.ndarray, rays: np.ndarray, centre: np.ndarray, heading: float
) -> np.ndarray:
    cosine, sine = math.cos(heading), math.sin(heading)
    box_from_world = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    origin = box_from_world @ (sensor - centre)
    directions = rays @ box_from_world.T
    half = np.array(SIZE_M) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = (-half - origin) / directions, (half - origin) / directions
    near = np.minimum(first, second).max(axis=1)
    far = np.maximum(first, second).min(axis=1)
    return np.where((near > 0) & (near < far), near, np.inf)


def write_street(folder: Path) -> Path:
    """Write the clip: ten sweeps in the world frame, 0.1 s apart, the ego at 10 m/s."""
    write_clip_folder(folder, ticks=TICKS, labels=False)
    rows = []
    for tick in range(TICKS):
        time_ns = START_NS + tick * TICK_NS
        sensor = np.array([float(tick), 0.0, SENSOR_Z_M])
        path = f"sweeps/{tick}.npy"
        np.save(folder / path, seen_points(sensor, boxes_at(time_ns)).astype(np.float32))
        rows.append(("roof", time_ns, path, "world"))
    write_csv(folder / "sweeps.csv", "lidar,time_ns,path,frame", rows)
    clip = (folder / "clip.json").read_text()
    (folder / "clip.json").write_text(clip.replace("[0.0, 0.0, 0.0]", f"[0.0, 0.0, {SENSOR_Z_M}]"))
    return folder
