"""Writing a checked clip's files into storage."""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from labelapp.clips.checking import (
    WORKERS,
    CheckedClip,
    CheckedSweep,
    Progress,
    file_hash,
    huge_sweep,
    world_points,
)
from labelapp.clips.errors import ClipFolderError
from labelapp.clips.huge_sweeps import huge_sweep_write
from labelapp.clips.manifest import CameraImages, Manifest, SweepEntry, manifest_write
from labelapp.clips.pictures import Picture, read_picture, thumbnail_make
from labelapp.clips.storage import (
    TRAJECTORY,
    clip_storage,
    image_name,
    sweep_name,
    thumbnail_name,
)
from labelapp.clips.sweeps import encode_sweep
from labelapp.common.parallel import map_in_order
from labelapp.common.storage import put_bytes
from projection import Trajectory
from projection.io import ImageRow, SweepRow


@dataclass(frozen=True, slots=True)
class WrittenClip:
    """What lies in storage now."""

    manifest: Manifest
    stored_bytes: int


def clip_write(prefix: str, checked: CheckedClip, *, progress: Progress) -> WrittenClip:
    """Write all files of a clip below a prefix, the manifest last.

    Raises:
        ClipFolderError: a file is another one than a moment ago.
    """
    total = len(checked.folder.images) + len(checked.folder.sweeps)
    done = stored_bytes = 0
    for size in _write_pictures(prefix, checked):
        done, stored_bytes = done + 1, stored_bytes + size
        progress("storing", done, total)
    entries = []
    for entry in _write_sweeps(prefix, checked):
        entries.append(entry)
        done, stored_bytes = done + 1, stored_bytes + entry.size
        progress("storing", done, total)
    trajectory = encode_trajectory(checked.folder.trajectory)
    put_bytes(clip_storage(), f"{prefix}/{TRAJECTORY}", trajectory)
    manifest = _manifest(checked, entries)
    stored_bytes += len(trajectory) + manifest_write(prefix, manifest)
    return WrittenClip(manifest, stored_bytes)


def encode_trajectory(trajectory: Trajectory) -> bytes:
    """Return a trajectory as ``LAT1``: times, positions, quaternions, little-endian."""
    return b"".join(
        [
            struct.pack("<4sI", b"LAT1", len(trajectory)),
            trajectory.times_ns.astype("<i8").tobytes(),
            trajectory.positions_m.astype("<f8").tobytes(),
            trajectory.quats_xyzw.astype("<f8").tobytes(),
        ]
    )


def decode_trajectory(content: bytes) -> Trajectory:
    """Return the trajectory of a ``LAT1`` file.

    Raises:
        ValueError: it is none, or cut off.
    """
    magic, count = struct.unpack_from("<4sI", content)
    if magic != b"LAT1" or len(content) != 8 + count * 64:
        msg = f"trajectory: expected {count} poses in LAT1, found {len(content)} bytes of {magic!r}"
        raise ValueError(msg)
    times = np.frombuffer(content, "<i8", count, 8)
    positions = np.frombuffer(content, "<f8", 3 * count, 8 + 8 * count).reshape(count, 3)
    quats = np.frombuffer(content, "<f8", 4 * count, 8 + 32 * count).reshape(count, 4)
    return Trajectory(times, positions, quats)


def _write_pictures(prefix: str, checked: CheckedClip) -> Iterator[int]:
    """Store pictures and thumbnails; yields each image's bytes."""
    folder = checked.folder
    numbers = {camera.name: number for number, camera in enumerate(folder.cameras)}

    def write(item: tuple[int, ImageRow, Picture | None]) -> int:
        index, image, picture = item
        if picture is None or image.path is None:
            return 0
        content = read_picture(folder.path / image.path)
        if hashlib.sha256(content).hexdigest() != picture.sha256:
            raise _changed(image.path)
        number = numbers[image.camera]
        small = thumbnail_make(content)
        name = image_name(number, index, picture.extension)
        put_bytes(clip_storage(), f"{prefix}/{name}", content)
        put_bytes(clip_storage(), f"{prefix}/{thumbnail_name(number, index)}", small)
        return len(content) + len(small)

    yield from map_in_order(write, _indexed(checked), workers=WORKERS)


def _indexed(checked: CheckedClip) -> Iterator[tuple[int, ImageRow, Picture | None]]:
    """Yield images with their index in their camera; the folder has them by camera, then time."""
    pairs = zip(checked.folder.images, checked.pictures, strict=True)
    for _, images in groupby(pairs, key=lambda pair: pair[0].camera):
        for index, (image, picture) in enumerate(images):
            yield index, image, picture


def _write_sweeps(prefix: str, checked: CheckedClip) -> Iterator[SweepEntry]:
    folder = checked.folder

    def write(item: tuple[int, SweepRow, CheckedSweep]) -> SweepEntry:
        index, row, known = item
        if file_hash(folder.path / row.path) != known.sha256:
            raise _changed(row.path)
        scale = checked.intensity_scales[row.lidar]
        blocks = huge_sweep(folder, row)
        tiles = 0
        if blocks is None:
            points, _ = world_points(folder, row)
        else:
            tileset, points = huge_sweep_write(prefix, index, folder, row, blocks, scale)
            tiles = tileset.tile_count
        content = encode_sweep(points, intensity_scale=scale)
        put_bytes(clip_storage(), f"{prefix}/{sweep_name(index)}", content)
        count = known.point_count
        return SweepEntry(row.lidar, row.time_ns, count, len(content), row.frame, tiles)

    numbered = zip(range(len(folder.sweeps)), folder.sweeps, checked.sweeps, strict=True)
    yield from map_in_order(write, numbered, workers=min(2, WORKERS))


def _manifest(checked: CheckedClip, sweeps: list[SweepEntry]) -> Manifest:
    folder = checked.folder
    by_camera: dict[str, list[tuple[ImageRow, Picture | None]]] = {
        camera.name: [] for camera in folder.cameras
    }
    for image, picture in zip(folder.images, checked.pictures, strict=True):
        by_camera[image.camera].append((image, picture))
    cameras = []
    for camera, spec in zip(folder.cameras, folder.document["cameras"], strict=True):
        images = by_camera[camera.name]
        # The pose as it was understood: quaternions of length one.
        pose = camera.spec["ego_from_camera"]
        cameras.append(
            CameraImages(
                spec={**spec, "ego_from_camera": pose},
                calibration_hash=camera.calibration_hash,
                times_ns=np.array([image.time_ns for image, _ in images], dtype=np.int64),
                extensions=[picture.extension if picture else "" for _, picture in images],
                sizes=[picture.size if picture else 0 for _, picture in images],
            )
        )
    return Manifest(
        name=checked.name,
        start_ns=folder.trajectory.start_ns,
        end_ns=folder.trajectory.end_ns,
        ticks_ns=folder.ticks_ns().tolist(),
        cameras=cameras,
        lidars=list(folder.document.get("lidars") or []),
        sweeps=sweeps,
        origin=folder.document.get("origin"),
        attributes=dict(folder.attributes),
        ground_z_m=checked.ground_z_m,
    )


def _changed(path: str) -> ClipFolderError:
    msg = f"{path}: expected the file that was checked a moment ago, found another: it was changed"
    return ClipFolderError(msg, details={"defects": [msg]})
