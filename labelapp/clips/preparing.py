"""Making a clip's static cloud: sweeps, pictures and labels in, a folder of 3D Tiles out."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from labelapp.clips.huge_sweeps import huge_sweep_read
from labelapp.clips.manifest import CameraImages, Manifest
from labelapp.clips.moving import in_moving_boxes
from labelapp.clips.storage import clip_storage, sweep_name, thumbnail_name
from labelapp.clips.sweeps import Points, decode_sweep
from labelapp.common.storage import read_all
from projection import Camera, RigidTransform, Trajectory, View
from projection.clouds.coloring import PictureView, colors_of, cone_cosine
from projection.clouds.static_cloud import StaticCloudBuilder, SweepForCloud
from projection.clouds.tileset import Tileset, TilesetWriter
from projection.clouds.visibility import MAX_SWEEPS
from projection.tracks import Track

#: Nearer to the lidar than this, across, is the recording car itself.
_OWN_CAR_M = 2.0
#: Where a recorder gives merged clouds in the ego frame, a lidar stands about this high.
_USUAL_HEIGHT_M = 1.8
#: A picture farther off in time shows another scene.
_MAX_PICTURE_S = 0.2

#: ``progress(done, total, what)``
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class PreparedCloud:
    """What was made.

    Attributes:
        tileset: the files.
        moved_count: points that were left out since something moved there.
    """

    tileset: Tileset
    moved_count: int


def static_cloud_make(
    prefix: str,
    manifest: Manifest,
    trajectory: Trajectory,
    tracks: Sequence[Track],
    folder: Path,
    progress: Progress,
) -> PreparedCloud:
    """Write a clip's static cloud into ``folder / "tiles"``.

    Memory is bounded whatever the clip's length: about 0.7 GB. The folder needs some 70 bytes of
    disk for each point of the clip while it works.

    Args:
        prefix: where the clip lies in the storage.
        manifest: the clip's.
        trajectory: the clip's.
        tracks: boxes that move: their points are left out.
        folder: an empty one.
        progress: told how far it is; what it raises ends the work.

    Raises:
        FileNotFoundError: the storage has lost a file.
    """
    tiles, squares, spool = folder / "tiles", folder / "squares", folder / "spool"
    for made in (tiles, squares, spool):
        made.mkdir()
    builder = StaticCloudBuilder(squares, every=max(1, -(-len(manifest.sweeps) // MAX_SWEEPS)))
    pictures = _Pictures(prefix, manifest, trajectory)
    total = 4 * len(manifest.sweeps)
    labelled = 0
    for index, entry in enumerate(manifest.sweeps):
        progress(index, total, "reading sweeps")
        if entry.tile_count:
            _add_huge(builder, prefix, manifest, index)
            continue
        points = decode_sweep(read_all(clip_storage(), f"{prefix}/{sweep_name(index)}"))
        moving = in_moving_boxes(points, entry.time_ns, tracks)
        labelled += int(moving.sum())
        sensor_m = _sensor(manifest, trajectory, index)
        keep = ~moving
        if sensor_m is not None:
            across = np.linalg.norm((points.positions_m - sensor_m)[:, :2], axis=1)
            keep &= across > _OWN_CAR_M
        positions = points.positions_m[keep]
        builder.add(
            SweepForCloud(
                positions,
                colors_of(positions, pictures.nearest(entry.time_ns)),
                _features(points, keep, _time_code(manifest, entry.time_ns)),
                sensor_m,
            )
        )

    def write(name: str, content: bytes) -> None:
        (tiles / name).write_bytes(content)

    def within(first: int, last: int, what: str) -> Callable[[int, int], None]:
        """Show progress of a part as so much of the whole."""

        def show(done: int, of: int) -> None:
            share = first + (last - first) * done // max(of, 1)
            progress(len(manifest.sweeps) * share // 100, total, what)

        return show

    writer = TilesetWriter(spool, write, within(300, 400, "cutting into tiles"))
    counts = builder.finish(writer, within(100, 300, "taking out what moved"))
    tileset = writer.finish()
    return PreparedCloud(tileset, counts.moved + labelled)


def _add_huge(builder: StaticCloudBuilder, prefix: str, manifest: Manifest, index: int) -> None:
    """Take a huge sweep, part by part: as a reconstruction, without a viewpoint or pictures."""
    entry = manifest.sweeps[index]
    time = _time_code(manifest, entry.time_ns)
    for points in huge_sweep_read(prefix, index, entry.tile_count):
        whole = np.ones(len(points), dtype=np.bool_)
        colors = np.zeros((len(points), 4), dtype=np.uint8)
        builder.add(SweepForCloud(points.positions_m, colors, _features(points, whole, time), None))


def _features(points: Points, keep: npt.NDArray[np.bool_], time: int) -> npt.NDArray[np.uint8]:
    features = np.zeros((int(keep.sum()), 4), dtype=np.uint8)
    if points.intensity is not None:
        features[:, 0] = np.rint(np.clip(points.intensity[keep], 0.0, 1.0) * 255).astype(np.uint8)
    features[:, 1] = time
    return features


def _time_code(manifest: Manifest, time_ns: int) -> int:
    """Return where in the clip a time lies, 0 to 255."""
    span = max(manifest.end_ns - manifest.start_ns, 1)
    return min(255, max(0, round(255 * (time_ns - manifest.start_ns) / span)))


def _sensor(
    manifest: Manifest, trajectory: Trajectory, index: int
) -> npt.NDArray[np.float64] | None:
    """Return from where a sweep was measured, world; None for one that nobody measured."""
    entry = manifest.sweeps[index]
    if entry.frame == "world":
        return None
    lidar = next(spec for spec in manifest.lidars if spec["name"] == entry.lidar)
    ego_from_lidar = RigidTransform.from_dict(lidar["ego_from_lidar"])
    world_from_ego = trajectory.at(entry.time_ns)
    sensor_m = np.array(world_from_ego.apply([ego_from_lidar.position_m])[0])
    if entry.frame == "ego" and not ego_from_lidar.position_m.any():
        # Several lidars merged: nobody says where they are, but not in the ego's origin.
        ground_m = manifest.ground_z_m
        sensor_m[2] = (sensor_m[2] if ground_m is None else ground_m) + _USUAL_HEIGHT_M
    return sensor_m


class _Pictures:
    """The small copies of a clip's pictures, each decoded once while it is the nearest one."""

    def __init__(self, prefix: str, manifest: Manifest, trajectory: Trajectory) -> None:
        self._prefix = prefix
        self._trajectory = trajectory
        self._cameras = [
            (number, images, Camera.from_dict(images.spec), _kept(images))
            for number, images in enumerate(manifest.cameras)
            if any(images.extensions)
        ]
        self._cosines = {number: cone_cosine(camera) for number, _, camera, _ in self._cameras}
        self._pixels = lru_cache(maxsize=2 * len(self._cameras) + 1)(self._decode)

    def nearest(self, time_ns: int) -> list[PictureView]:
        """Return each camera's picture nearest to a time, unless that is far off."""
        found = []
        for number, images, camera, kept in self._cameras:
            index = int(kept[np.argmin(np.abs(images.times_ns[kept] - time_ns))])
            image_ns = int(images.times_ns[index])
            if abs(image_ns - time_ns) > _MAX_PICTURE_S * 1e9:
                continue
            view = View(camera, None, self._trajectory, image_ns)
            found.append(PictureView(view, self._pixels(number, index), self._cosines[number]))
        return found

    def _decode(self, number: int, index: int) -> npt.NDArray[np.uint8]:
        content = read_all(clip_storage(), f"{self._prefix}/{thumbnail_name(number, index)}")
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
            return np.asarray(image.convert("RGB"))


def _kept(images: CameraImages) -> npt.NDArray[np.intp]:
    return np.flatnonzero([bool(extension) for extension in images.extensions])
