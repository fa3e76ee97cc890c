"""A clip's sweeps as formats hold them: one point cloud a moment, and how much of it is in a box.

Points are where they were measured: nothing is moved to the moment but the vehicle.
"""

from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from labelapp.clips.selectors import sweep_file
from labelapp.clips.storage import clip_storage
from labelapp.clips.sweeps import Points, decode_sweep
from labelapp.common.storage import read_all
from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.source import ClipSource
from projection import RigidTransform
from projection.arrays import Float64Array, Int64Array
from projection.rigid import conjugate, rotate
from projection.tracks import CuboidState

#: What is farther from a moment than this says nothing about it.
_NEAR_NS = 200_000_000
#: Decoded sweeps that are kept: neighbours in time are asked for one after the other.
_KEPT = 8
_THINNED = "sweeps too large for one file, of which a part of the points is held"


@dataclass(frozen=True, slots=True)
class Sweep:
    """Which sweep: of which lidar, and when.

    Attributes:
        number: its place in the manifest.
        lidar: the lidar's place in the manifest.
        time_ns: when.
    """

    number: int
    lidar: int
    time_ns: int


@dataclass(frozen=True, slots=True)
class Cloud:
    """Points of one moment, of all lidars.

    Attributes:
        positions_m: (n, 3) world.
        intensity: (n,) 0 to 1; 0 where nobody measured it.
        lidar: (n,) places of the lidars in the manifest.
        time_ns: (n,) when each was measured.
    """

    positions_m: Float64Array
    intensity: Float64Array
    lidar: Int64Array
    time_ns: Int64Array

    def __len__(self) -> int:
        return len(self.positions_m)


class ClipSweeps:
    """The sweeps of a clip.

    Args:
        clip: which.
    """

    def __init__(self, clip: ClipSource) -> None:
        self.clip = clip
        self._decoded: OrderedDict[int, Points] = OrderedDict()

    @cached_property
    def by_lidar(self) -> list[list[Sweep]]:
        """The sweeps of each lidar, by time."""
        manifest = self.clip.manifest
        names = [str(lidar["name"]) for lidar in manifest.lidars]
        found: list[list[Sweep]] = [[] for _ in names]
        for number, entry in enumerate(manifest.sweeps):
            lidar = names.index(entry.lidar)
            found[lidar].append(Sweep(number, lidar, entry.time_ns))
        return [sorted(sweeps, key=lambda sweep: sweep.time_ns) for sweeps in found]

    @property
    def thinned(self) -> int:
        """How many sweeps have more points than their file."""
        return sum(entry.tile_count > 0 for entry in self.clip.manifest.sweeps)

    def mount(self, lidar: int) -> RigidTransform:
        """Return where a lidar sits on the vehicle."""
        return RigidTransform.from_dict(self.clip.manifest.lidars[lidar]["ego_from_lidar"])

    def points(self, sweep: Sweep) -> Points:
        """Return a sweep's points, in the world."""
        found = self._decoded.get(sweep.number)
        if found is None:
            file = sweep_file(self.clip.clip, sweep.number)
            found = decode_sweep(read_all(clip_storage(), file.name))
            self._decoded[sweep.number] = found
            while len(self._decoded) > _KEPT:
                self._decoded.popitem(last=False)
        return found

    def nearest(self, time_ns: int) -> list[Sweep]:
        """Return the sweep of each lidar that is nearest to a time, if it is within 0.2 s."""
        found = []
        for sweeps in self.by_lidar:
            place = bisect_left(sweeps, time_ns, key=lambda sweep: sweep.time_ns)
            around = sweeps[max(place - 1, 0) : place + 1]
            closest = min(around, key=lambda sweep: abs(sweep.time_ns - time_ns), default=None)
            if closest is not None and abs(closest.time_ns - time_ns) <= _NEAR_NS:
                found.append(closest)
        return found

    def cloud(self, time_ns: int) -> Cloud:
        """Return the points of all lidars' sweeps that are nearest to a time."""
        return self.cloud_of(self.nearest(time_ns))

    def cloud_of(self, sweeps: list[Sweep]) -> Cloud:
        """Return the points of some sweeps."""
        positions, intensities = [np.zeros((0, 3))], [np.zeros(0)]
        lidars, times = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for sweep in sweeps:
            points = self.points(sweep)
            count = len(points)
            offsets = points.time_offsets_s
            positions.append(points.positions_m)
            intensities.append(np.zeros(count) if points.intensity is None else points.intensity)
            lidars.append(np.full(count, sweep.lidar, dtype=np.int64))
            later = np.zeros(count) if offsets is None else np.rint(offsets * 1e9)
            times.append(sweep.time_ns + later.astype(np.int64))
        return Cloud(
            np.concatenate(positions),
            np.concatenate(intensities),
            np.concatenate(lidars),
            np.concatenate(times),
        )


def report_sweeps(targets: TargetsReader, sweeps: ClipSweeps) -> None:
    """Say in the report which sweeps are not held as they are."""
    if sweeps.thinned:
        targets.report[_THINNED] += sweeps.thinned


def counts_inside(positions_m: Float64Array, states: list[CuboidState]) -> list[int]:
    """Return how many points lie in each of some boxes.

    Args:
        positions_m: (n, 3) world.
        states: the boxes.
    """
    ordered = positions_m[np.argsort(positions_m[:, 0])]
    found = []
    for state in states:
        half, centre = 0.5 * state.size_m, state.world_from_box.position_m
        reach = float(np.sqrt(half @ half))
        first, last = np.searchsorted(ordered[:, 0], [centre[0] - reach, centre[0] + reach])
        away = ordered[first : last + 1] - centre
        near = away[(np.abs(away) <= reach).all(axis=1)]
        local = rotate(conjugate(state.world_from_box.quat_xyzw), near)
        found.append(int((np.abs(local) <= half).all(axis=1).sum()))
    return found


def bin_bytes(cloud: Cloud, frame_from_world: RigidTransform, *, columns: int = 4) -> bytes:
    """Return points as rows of float32: x, y, z, intensity, then zeros.

    Args:
        cloud: the points.
        frame_from_world: takes them where they are wanted.
        columns: of a row.
    """
    rows = np.zeros((len(cloud), columns), dtype="<f4")
    rows[:, :3] = frame_from_world.apply(cloud.positions_m)
    rows[:, 3] = cloud.intensity
    return rows.tobytes()
