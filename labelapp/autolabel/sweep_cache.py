"""Sweeps in memory, for those who click again in the same clip: bounded, the oldest go first."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from autolabel import SweepPoints
from labelapp.clips.errors import StoredFileMissingError
from labelapp.clips.manifest import Manifest
from labelapp.clips.storage import TRAJECTORY, clip_storage, sweep_name
from labelapp.clips.sweeps import sweep_positions
from labelapp.clips.writing import decode_trajectory
from labelapp.common.storage import read_all
from projection.rigid import RigidTransform
from projection.trajectory import Trajectory

#: Bytes of points that one process keeps: some 180 sweeps of 120,000 points.
KEPT_BYTES = 256 * 1024 * 1024
#: Trajectories that one process keeps: a minute at 200 Hz takes under 1 MB.
_KEPT_TRAJECTORIES = 32


class SweepCache:
    """Sweeps by key, as many as fit.

    Args:
        kept_bytes: How much their points may take together.
    """

    def __init__(self, kept_bytes: int) -> None:
        self._kept_bytes = kept_bytes
        self._sweeps: OrderedDict[tuple[str, int], SweepPoints] = OrderedDict()
        self._lock = threading.Lock()
        self.bytes = 0

    def get(self, key: tuple[str, int], read: Callable[[], SweepPoints]) -> SweepPoints:
        """Return a sweep, from memory or as it is read now."""
        with self._lock:
            found = self._sweeps.get(key)
            if found is not None:
                self._sweeps.move_to_end(key)
                return found
        # Without the lock: two that want the same read it twice, and nobody waits for another.
        sweep = read()
        size = sweep.nbytes
        with self._lock:
            if key not in self._sweeps and size <= self._kept_bytes:
                self._sweeps[key] = sweep
                self.bytes += size
                while self.bytes > self._kept_bytes:
                    _, oldest = self._sweeps.popitem(last=False)
                    self.bytes -= oldest.nbytes
        return sweep


_cache = SweepCache(KEPT_BYTES)


def sweep_read(prefix: str, manifest: Manifest, index: int) -> SweepPoints:
    """Return a sweep of a clip, and where its lidar was.

    Args:
        prefix: Where the clip lies in the storage; its files never change.
        manifest: The clip's.
        index: Of the sweep in the manifest.

    Raises:
        StoredFileMissingError: The storage has lost it.
    """
    return _cache.get((prefix, index), lambda: _read(prefix, manifest, index))


def _read(prefix: str, manifest: Manifest, index: int) -> SweepPoints:
    entry = manifest.sweeps[index]
    points, offsets = sweep_positions(_file(prefix, sweep_name(index)))
    lidar = next(spec for spec in manifest.lidars if spec["name"] == entry.lidar)
    ego_from_lidar = RigidTransform.from_dict(lidar["ego_from_lidar"])
    sensor = trajectory_read(prefix).at(entry.time_ns).apply(ego_from_lidar.position_m)
    return SweepPoints(entry.time_ns, points, np.asarray(sensor, dtype=np.float64), offsets)


@lru_cache(maxsize=_KEPT_TRAJECTORIES)
def trajectory_read(prefix: str) -> Trajectory:
    """Return a clip's trajectory, from memory where it was read lately."""
    return decode_trajectory(_file(prefix, TRAJECTORY))


def _file(prefix: str, name: str) -> bytes:
    try:
        return read_all(clip_storage(), f"{prefix}/{name}")
    except FileNotFoundError as error:
        msg = f"The storage has lost {name} of clip {prefix}."
        raise StoredFileMissingError(msg) from error
