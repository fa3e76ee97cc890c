"""The manifest: what images and sweeps a clip has. Columns, not rows, so that it opens at once.

Stored as gzipped JSON below the clip's prefix, written once, never changed; what is read is kept in
memory by prefix, which is therefore never stale.
"""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from labelapp.clips.errors import ClipNotFoundError, StoredFileMissingError
from labelapp.clips.storage import MANIFEST, clip_storage
from labelapp.common.storage import put_bytes, read_all

FORMAT = "labelapp-manifest/1"
#: Clips whose manifests a process keeps: one of 17,000 images takes about 2 MB.
_KEPT = 48


@dataclass(frozen=True, slots=True)
class CameraImages:
    """A camera and its images in order of time.

    Attributes:
        spec: the camera as in ``clip.json``.
        calibration_hash: of all that decides where a point lands.
        times_ns: (n,) int64.
        extensions: n times ``jpg``, ``png`` or nothing where no picture is kept.
        sizes: n times the picture's bytes, 0 where none is kept.
    """

    spec: dict[str, Any]
    calibration_hash: str
    times_ns: npt.NDArray[np.int64]
    extensions: Sequence[str]
    sizes: Sequence[int]

    @property
    def name(self) -> str:
        """The camera's name."""
        return str(self.spec["name"])


@dataclass(frozen=True, slots=True)
class SweepEntry:
    """A stored sweep: of which lidar, when, and how big it is in points and bytes.

    Attributes:
        frame: in which the recorder gave it: ``lidar``, ``ego`` or ``world``.
        tile_count: tiles that have all of its points, 0 where its one file has.
    """

    lidar: str
    time_ns: int
    point_count: int
    size: int
    frame: str = "lidar"
    tile_count: int = 0


@dataclass(frozen=True)
class Manifest:
    """All that is known of a clip's sensors and their data, without the data."""

    name: str
    start_ns: int
    end_ns: int
    ticks_ns: Sequence[int]
    cameras: Sequence[CameraImages]
    lidars: Sequence[dict[str, Any]]
    sweeps: Sequence[SweepEntry]
    origin: dict[str, Any] | None
    attributes: dict[str, Any]
    ground_z_m: float | None
    _camera_index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {camera.name: number for number, camera in enumerate(self.cameras)}
        object.__setattr__(self, "_camera_index", index)

    def camera_number(self, name: str) -> int:
        """Return a camera's place in the manifest.

        Raises:
            ClipNotFoundError: there is none of that name.
        """
        number = self._camera_index.get(name)
        if number is None:
            msg = f"This clip has no camera '{name}'; it has {', '.join(self._camera_index)}."
            raise ClipNotFoundError(msg)
        return number

    @cached_property
    def public(self) -> dict[str, Any]:
        """The part of the API's manifest that is the same for everybody, as JSON fragments."""
        return {
            "start_ns": str(self.start_ns),
            "end_ns": str(self.end_ns),
            "ticks_ns": orjson.Fragment(_times_json(self.ticks_ns)),
            "cameras": [_public_camera(camera) for camera in self.cameras],
            "lidars": list(self.lidars),
            "sweeps": orjson.Fragment(orjson.dumps([_public_sweep(s) for s in self.sweeps])),
            "origin": self.origin,
            "attributes": self.attributes,
            "ground_z_m": self.ground_z_m,
        }


def manifest_write(prefix: str, manifest: Manifest) -> int:
    """Store a manifest; returns its size in bytes. The bytes depend on the manifest alone."""
    content = gzip.compress(orjson.dumps(_to_stored(manifest)), compresslevel=6, mtime=0)
    put_bytes(clip_storage(), f"{prefix}/{MANIFEST}", content)
    return len(content)


@lru_cache(maxsize=_KEPT)
def manifest_read(prefix: str) -> Manifest:
    """Return a stored manifest, from memory where it was read lately.

    Raises:
        StoredFileMissingError: somebody took it out of the storage.
    """
    try:
        content = read_all(clip_storage(), f"{prefix}/{MANIFEST}")
    except FileNotFoundError as error:
        msg = f"The storage has lost the manifest of clip {prefix}."
        raise StoredFileMissingError(msg) from error
    return _from_stored(orjson.loads(gzip.decompress(content)))


def _to_stored(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "name": manifest.name,
        "start_ns": manifest.start_ns,
        "end_ns": manifest.end_ns,
        "ticks_ns": [int(time) for time in manifest.ticks_ns],
        "cameras": [
            {
                "spec": camera.spec,
                "calibration_hash": camera.calibration_hash,
                "times_ns": camera.times_ns.tolist(),
                "extensions": list(camera.extensions),
                "sizes": list(camera.sizes),
            }
            for camera in manifest.cameras
        ],
        "lidars": list(manifest.lidars),
        "sweeps": {
            "lidar": [sweep.lidar for sweep in manifest.sweeps],
            "time_ns": [sweep.time_ns for sweep in manifest.sweeps],
            "point_count": [sweep.point_count for sweep in manifest.sweeps],
            "size": [sweep.size for sweep in manifest.sweeps],
            "frame": [sweep.frame for sweep in manifest.sweeps],
            "tile_count": [sweep.tile_count for sweep in manifest.sweeps],
        },
        "origin": manifest.origin,
        "attributes": manifest.attributes,
        "ground_z_m": manifest.ground_z_m,
    }


def _from_stored(stored: dict[str, Any]) -> Manifest:
    if stored.get("format") != FORMAT:
        msg = f"manifest: expected format {FORMAT}, found {stored.get('format')!r}"
        raise ValueError(msg)
    sweeps = stored["sweeps"]
    # Clips of before say neither their sweeps' frame nor tiles.
    count = len(sweeps["lidar"])
    columns = (
        *(sweeps["lidar"], sweeps["time_ns"], sweeps["point_count"], sweeps["size"]),
        *(sweeps.get("frame", ["lidar"] * count), sweeps.get("tile_count", [0] * count)),
    )
    return Manifest(
        name=stored["name"],
        start_ns=stored["start_ns"],
        end_ns=stored["end_ns"],
        ticks_ns=stored["ticks_ns"],
        cameras=[
            CameraImages(
                spec=camera["spec"],
                calibration_hash=camera["calibration_hash"],
                times_ns=np.array(camera["times_ns"], dtype=np.int64),
                extensions=camera["extensions"],
                sizes=camera["sizes"],
            )
            for camera in stored["cameras"]
        ],
        lidars=stored["lidars"],
        sweeps=[SweepEntry(*row) for row in zip(*columns, strict=True)],
        origin=stored["origin"],
        attributes=stored["attributes"],
        ground_z_m=stored["ground_z_m"],
    )


def _public_camera(camera: CameraImages) -> orjson.Fragment:
    head = orjson.dumps({**camera.spec, "calibration_hash": camera.calibration_hash})
    times = _times_json(camera.times_ns.tolist())
    has_picture = orjson.dumps([bool(extension) for extension in camera.extensions])
    return orjson.Fragment(
        head[:-1] + b',"times_ns":' + times + b',"has_picture":' + has_picture + b"}"
    )


def _public_sweep(sweep: SweepEntry) -> dict[str, Any]:
    return {
        "lidar": sweep.lidar,
        "time_ns": str(sweep.time_ns),
        "point_count": sweep.point_count,
        "tile_count": sweep.tile_count,
    }


def _times_json(times_ns: Sequence[int]) -> bytes:
    """Return times as JSON strings, since JavaScript's numbers lose nanoseconds."""
    return ('["' + '","'.join(map(str, times_ns)) + '"]').encode() if times_ns else b"[]"
