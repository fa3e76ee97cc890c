"""A stored clip's sweeps, as the projection reads them."""

from collections.abc import Sequence
from functools import cached_property

from labelapp.clips.manifest import Manifest
from labelapp.clips.models import Clip
from labelapp.clips.selectors import sweep_file
from labelapp.clips.storage import clip_storage
from labelapp.clips.sweeps import decode_sweep
from labelapp.common.storage import read_all
from projection import RigidTransform, Trajectory
from projection.batch.sweeps import SweepRef, WorldSweep


class StoredSweeps:
    """The sweeps of a clip.

    Args:
        clip: the clip.
        manifest: its manifest.
        trajectory: its trajectory.
    """

    def __init__(self, clip: Clip, manifest: Manifest, trajectory: Trajectory) -> None:
        self._clip = clip
        self._trajectory = trajectory
        self._entries = manifest.sweeps
        self._mounts = {
            str(lidar["name"]): RigidTransform.from_dict(lidar["ego_from_lidar"])
            for lidar in manifest.lidars
        }

    @cached_property
    def refs(self) -> Sequence[SweepRef]:
        """All sweeps, by time, then lidar."""
        found = [
            SweepRef(number, entry.lidar, entry.time_ns)
            for number, entry in enumerate(self._entries)
        ]
        return tuple(sorted(found, key=lambda ref: (ref.time_ns, ref.lidar)))

    def load(self, ref: SweepRef) -> WorldSweep:
        """Return one sweep, in the world as it is stored."""
        file = sweep_file(self._clip, ref.number)
        points = decode_sweep(read_all(clip_storage(), file.name))
        seconds = points.time_offsets_s
        offsets_ns = None if seconds is None else seconds * 1e9
        mount = self._mounts[ref.lidar]
        return WorldSweep.of(ref, points.positions_m, offsets_ns, self._trajectory, mount)

    def content_hash(self, ref: SweepRef) -> str:
        """Return what never changes: clips don't."""
        return f"{self._clip.content_hash}/{ref.number}"
