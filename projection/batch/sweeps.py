"""Sweeps as the batch wants them: points in the world, by time, a few of them in memory."""

import hashlib
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from projection.arrays import Float64Array, Int64Array
from projection.io.clip_folder import ClipFolder
from projection.io.sweeps import read_sweep
from projection.rigid import RigidTransform
from projection.trajectory import Trajectory

#: Sweeps that a process keeps: some 3 MB each.
_KEPT = 12


@dataclass(frozen=True, slots=True)
class SweepRef:
    """Which sweep: its number in its source, lidar and time."""

    number: int
    lidar: str
    time_ns: int


@dataclass(frozen=True, slots=True)
class WorldSweep:
    """One sweep in the world.

    Attributes:
        ref: Which.
        points_m: (n, 3) in the order of its file; not all need be finite.
        origins_m: (1, 3) or (n, 3) where the sensor was at each point's time.
        times_ns: (n,) when each point was seen; None: all at the sweep's time.
    """

    ref: SweepRef
    points_m: Float64Array
    origins_m: Float64Array
    times_ns: Int64Array | None = None

    @classmethod
    def of(
        cls,
        ref: SweepRef,
        points_m: Float64Array,
        offsets_ns: Float64Array | None,
        trajectory: Trajectory,
        mount: RigidTransform,
    ) -> "WorldSweep":
        """From points (n, 3) in the world, and how long after the sweep's time each was seen.

        Args:
            ref: Which sweep.
            points_m: Its points, wherever the vehicle was when it saw them.
            offsets_ns: (n,), what isn't a number counts as 0; None: all at once.
            trajectory: The clip's; nothing was seen before it or after it.
            mount: ego_from_lidar.
        """
        times = None
        if offsets_ns is not None and len(points_m):
            first, last = trajectory.start_ns - ref.time_ns, trajectory.end_ns - ref.time_ns
            # Twice: what an integer can't hold first, then to the nanosecond.
            offsets = np.clip(np.rint(np.nan_to_num(offsets_ns)), float(first), float(last))
            times = ref.time_ns + np.clip(offsets.astype(np.int64), first, last)
        moments = np.array([ref.time_ns], dtype=np.int64) if times is None else times
        origins = trajectory.at(moments).apply(mount.position_m[None])
        return cls(ref, points_m, origins, times)


class SweepSource(Protocol):
    """Where a clip's sweeps come from."""

    @property
    def refs(self) -> Sequence[SweepRef]:
        """All sweeps, by time, then lidar."""
        ...

    def load(self, ref: SweepRef) -> WorldSweep:
        """One of them."""
        ...

    def content_hash(self, ref: SweepRef) -> str:
        """Of what ``load`` depends on."""
        ...


class NoSweeps:
    """A clip without sweeps."""

    refs: Sequence[SweepRef] = ()

    def load(self, ref: SweepRef) -> WorldSweep:
        """Never called: there are none."""
        message = f"a sweep of {ref.lidar}, of a clip without sweeps"
        raise LookupError(message)

    def content_hash(self, ref: SweepRef) -> str:
        """Never called: there are none."""
        return self.load(ref).ref.lidar


class FolderSweeps:
    """The sweeps of a clip folder.

    Args:
        clip: The clip.
    """

    def __init__(self, clip: ClipFolder) -> None:
        self._clip = clip
        self._lidars = {lidar.name: lidar for lidar in clip.lidars}
        self.refs: Sequence[SweepRef] = tuple(
            SweepRef(number, row.lidar, row.time_ns) for number, row in enumerate(clip.sweeps)
        )
        self._hashes: dict[int, str] = {}

    @cached_property
    def _poses(self) -> bytes:
        """Of the whole drive: who knows when the points of a file were seen?"""
        path = self._clip.trajectory
        digest = hashlib.sha256(path.times_ns.tobytes())
        digest.update(path.positions_m.tobytes() + path.quats_xyzw.tobytes())
        return digest.digest()

    def load(self, ref: SweepRef) -> WorldSweep:
        """One sweep, read and taken to the world.

        Raises:
            FormatError: Its file isn't what its name says.
        """
        row, lidar = self._clip.sweeps[ref.number], self._lidars[ref.lidar]
        sweep = read_sweep(self._clip.path / row.path, lidar.fields, name=row.path)
        whole = self._clip.trajectory
        points = sweep.positions_m
        world_from_ego = whole.at(row.time_ns)
        if row.frame == "lidar":
            points = (world_from_ego @ lidar.ego_from_lidar).apply(points)
        elif row.frame == "ego":
            points = world_from_ego.apply(points)
        return WorldSweep.of(ref, points, sweep.time_offset_ns, whole, lidar.ego_from_lidar)

    def content_hash(self, ref: SweepRef) -> str:
        """SHA-256 of the sweep's file and of how it is read."""
        if ref.number not in self._hashes:
            row, lidar = self._clip.sweeps[ref.number], self._lidars[ref.lidar]
            with (self._clip.path / row.path).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256")
            pose = lidar.ego_from_lidar
            about = (lidar.fields, row.frame, pose.position_m.tolist(), pose.quat_xyzw.tolist())
            digest.update(repr(about).encode() + self._poses)
            self._hashes[ref.number] = digest.hexdigest()
        return self._hashes[ref.number]


class Sweeps:
    """A source whose sweeps are found by time, and kept for a while.

    Args:
        source: Where they come from.
    """

    def __init__(self, source: SweepSource) -> None:
        self._source = source
        self._times = [ref.time_ns for ref in source.refs]
        self._kept: OrderedDict[int, WorldSweep] = OrderedDict()

    def near(self, time_ns: int, within_s: float) -> Sequence[SweepRef]:
        """Sweeps at most ``within_s`` before or after a time."""
        reach = round(within_s * 1e9)
        first = bisect_left(self._times, time_ns - reach)
        return self._source.refs[first : bisect_right(self._times, time_ns + reach)]

    def find(self, lidar: str, time_ns: int) -> SweepRef | None:
        """The sweep of a lidar at exactly a time."""
        found = (ref for ref in self.near(time_ns, 0.0) if ref.lidar == lidar)
        return next(found, None)

    def load(self, ref: SweepRef) -> WorldSweep:
        """One sweep, from memory where it was read lately."""
        if ref.number in self._kept:
            self._kept.move_to_end(ref.number)
            return self._kept[ref.number]
        sweep = self._kept[ref.number] = self._source.load(ref)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return sweep

    def hashes(self, refs: Iterable[SweepRef]) -> list[list[object]]:
        """Of each sweep its lidar, time and content."""
        return [[ref.lidar, ref.time_ns, self._source.content_hash(ref)] for ref in refs]
