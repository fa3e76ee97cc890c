"""Labelled clips as the algorithms take them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from autolabel import SweepPoints
from projection.arrays import Float64Array
from projection.io.clip_folder import SweepRow, read_clip_folder
from projection.io.sweeps import read_sweep
from projection.labels import Cuboid
from projection.tracks import CuboidState, Track

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data" / "clips"
REAL_NAMES = ("ddad_scene_02", "kitti_tracking_0001", "nuscenes_bevdet", "av2_7fab2350")


@dataclass(frozen=True, slots=True)
class Click:
    """A point of an object that somebody could click on, and the box that is right."""

    sweep: int
    track: Track
    truth: CuboidState
    point_m: Float64Array
    points_in_box: int


class LabelledClip:
    """A clip folder with its object labels, all sweeps in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = read_clip_folder(folder)
        self.sweeps = [self._read(row) for row in self.folder.sweeps]

    def _read(self, row: SweepRow) -> SweepPoints:
        lidar = next(lidar for lidar in self.folder.lidars if lidar.name == row.lidar)
        sweep = read_sweep(self.folder.path / row.path, lidar.fields)
        points = sweep.positions_m
        world_from_ego = self.folder.trajectory.at(row.time_ns)
        if row.frame == "lidar":
            points = lidar.ego_from_lidar.apply(points)
        if row.frame != "world":
            points = world_from_ego.apply(points)
        finite = np.isfinite(points).all(axis=1)
        sensor = world_from_ego.apply(lidar.ego_from_lidar.position_m)
        offsets = sweep.time_offset_ns
        return SweepPoints(
            row.time_ns,
            points[finite].astype(np.float32),
            sensor,
            None if offsets is None else (offsets[finite] * 1e-9).astype(np.float32),
        )

    @cached_property
    def tracks(self) -> list[Track]:
        """The boxes."""
        labels = [label for found in self.folder.label_sets for label in found.labels]
        return [Track(label) for label in labels if isinstance(label, Cuboid)]

    def clicks(self, *, seed: int = 0, min_points: int = 20, every: int = 1) -> Iterator[Click]:
        """Yield a click on a random point of each object of each sweep that shows it well."""
        rng = np.random.default_rng(seed)
        for index in range(0, len(self.sweeps), every):
            sweep = self.sweeps[index]
            for track in self.tracks:
                truth = track.at(sweep.time_ns)
                if truth is None:
                    continue
                inside = points_inside(sweep, truth)
                if len(inside) < min_points:
                    continue
                # Not what may be the ground below it.
                low = truth.position_m[2] + (-0.5 + 0.15) * truth.size_m[2]
                high = inside[inside[:, 2] > low]
                if len(high):
                    point = high[rng.integers(len(high))]
                    yield Click(index, track, truth, point, len(inside))


def points_inside(sweep: SweepPoints, state: CuboidState) -> Float64Array:
    """Return a sweep's points in a box, (n, 3) float64 world."""
    reach = 0.5 * float(np.linalg.norm(state.size_m)) + 0.1
    offsets = sweep.points_m - state.position_m.astype(np.float32)
    near = np.flatnonzero((np.abs(offsets) < reach).all(axis=1))
    points = sweep.points_m[near].astype(np.float64)
    local = state.world_from_box.inverse().apply(points)
    return points[(np.abs(local) <= 0.5 * state.size_m).all(axis=1)]


def default_sizes() -> dict[str, Float64Array]:
    """Return the usual size of each class of the ontology that comes along."""
    text = (ROOT / "labelapp" / "ontology" / "default.json").read_text()
    classes = json.loads(text)["layers"][0]["classes"]
    return {found["name"]: np.array(found["size_m"]) for found in classes}
