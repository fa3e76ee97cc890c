"""Reading clip folders (``labelapp-clip/1``): all of it is checked before any of it is believed."""

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from projection.arrays import Int64Array
from projection.camera import Camera
from projection.io.clip_json import NAME, ClipDescription, Lidar, Origin, read_description
from projection.io.errors import Defect, FormatError, defect_of
from projection.io.json_file import read_json
from projection.io.label_set import read_label_set
from projection.io.paths import ClipPaths
from projection.io.tables import Table, read_table
from projection.labels import Attributes, LabelSet
from projection.rigid import UNIT_TOLERANCE
from projection.spec import SpecError, shown
from projection.trajectory import Trajectory

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png")
SWEEP_SUFFIXES = (".npy", ".bin", ".pcd", ".ply", ".las", ".laz")
FRAMES = ("lidar", "ego", "world")
_POSE_COLUMNS = ("x_m", "y_m", "z_m", "qx", "qy", "qz", "qw")
_TABLES = ("trajectory.csv", "images.csv", "sweeps.csv")
_IGNORED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ImageRow:
    """One exposure of one camera; ``path`` is None where the picture isn't kept."""

    camera: str
    time_ns: int
    path: str | None


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One point cloud, and the frame its numbers are in: ``lidar``, ``ego`` or ``world``."""

    lidar: str
    time_ns: int
    path: str
    frame: str


@dataclass(frozen=True, slots=True)
class ClipFolder:
    """A clip folder that was found right. Pictures and sweeps are not opened.

    Attributes:
        path: The folder.
        document: ``clip.json`` as it is.
        name: The clip's name.
        cameras: With their places and shutters.
        lidars: With their places.
        origin: Where on Earth, if known.
        attributes: Free ones.
        trajectory: world_from_ego.
        images: By camera (as in ``cameras``), then by time.
        sweeps: By time.
        label_sets: Those that came with the clip, by file name.
        warnings: What was ignored, a line each.
    """

    path: Path
    document: dict[str, Any]
    name: str
    cameras: tuple[Camera, ...]
    lidars: tuple[Lidar, ...]
    origin: Origin | None
    attributes: Attributes
    trajectory: Trajectory
    images: tuple[ImageRow, ...]
    sweeps: tuple[SweepRow, ...]
    label_sets: tuple[LabelSet, ...]
    warnings: tuple[str, ...]

    def camera(self, name: str) -> Camera:
        """The camera of that name."""
        return next(camera for camera in self.cameras if camera.name == name)

    def images_of(self, camera: str) -> tuple[ImageRow, ...]:
        """The exposures of one camera, by time."""
        return tuple(image for image in self.images if image.camera == camera)

    def ticks_ns(self) -> Int64Array:
        """The timeline, int64 (n,), rising.

        The sweeps of the first lidar. Where they cover less than half of the time that the clip's
        images cover (a long film with two sweeps in its middle), and where there are none, the
        images of the first camera.
        """
        lidar = self.lidars[0].name if self.lidars else None
        sweeps = [sweep.time_ns for sweep in self.sweeps if sweep.lidar == lidar]
        first = self.cameras[0].name if self.cameras else ""
        images = [image.time_ns for image in self.images_of(first)]
        spans = 2 * _span_ns(sweeps) >= _span_ns([image.time_ns for image in self.images])
        chosen = sweeps if sweeps and (spans or not images) else images
        return np.array(chosen, dtype=np.int64)


def _span_ns(times_ns: list[int]) -> int:
    return max(times_ns) - min(times_ns) if times_ns else 0


def read_clip_folder(path: str | os.PathLike[str]) -> ClipFolder:
    """A clip folder, checked: description, trajectory, tables, paths, and label sets.

    Raises:
        FormatError: With what is wrong, as many defects at once as can be told.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise FormatError.of(str(path), "", "a clip folder", "none")
    paths = ClipPaths(folder)
    for name in (NAME, *_TABLES):
        paths.require_inside(name)
    document = read_json(folder / NAME, NAME)
    defects: list[Defect] = []
    description = read_description(document, defects)
    trajectory = _gather(defects, lambda: _trajectory(folder))
    images = _gather(defects, lambda: _images(folder, description, paths)) or ()
    sweeps = _gather(defects, lambda: _sweeps(folder, description, paths)) or ()
    if trajectory is not None:
        _check_coverage(trajectory, description, images, sweeps, defects)
    label_sets = _label_sets(folder, paths, defects)
    if defects or trajectory is None:
        raise FormatError(defects)
    order = {camera.name: place for place, camera in enumerate(description.cameras)}
    return ClipFolder(
        path=folder,
        document=document,
        name=description.name,
        cameras=description.cameras,
        lidars=description.lidars,
        origin=description.origin,
        attributes=description.attributes,
        trajectory=trajectory,
        images=tuple(sorted(images, key=lambda row: (order[row.camera], row.time_ns))),
        sweeps=tuple(sorted(sweeps, key=lambda row: (row.time_ns, row.lidar))),
        label_sets=label_sets,
        warnings=tuple(_ignored(folder, paths)),
    )


def _gather(defects: list[Defect], read: Any) -> Any:
    try:
        return read()
    except FormatError as error:
        defects.extend(error.defects)
        return None


def _trajectory(folder: Path) -> Trajectory:
    name = "trajectory.csv"
    table = read_table(folder / name, name, ("time_ns", *_POSE_COLUMNS))
    defects: list[Defect] = []
    if not len(table):
        raise FormatError.of(name, "", "at least one pose", "none")
    times = table.times("time_ns", defects)
    poses = table.numbers(_POSE_COLUMNS, defects)
    if not defects:
        for row in np.flatnonzero(times[1:] <= times[:-1]) + 1:
            expected = f"a time after the row before ({times[row - 1]})"
            defects.append(table.defect(int(row), "time_ns", expected))
        lengths = np.linalg.norm(poses[:, 3:], axis=1)
        for row in np.flatnonzero(~(np.abs(lengths - 1.0) <= UNIT_TOLERANCE)):
            found = shown(poses[row, 3:].tolist())
            defects.append(table.defect(int(row), "qx..qw", "a unit quaternion", found))
    if defects:
        raise FormatError(defects)
    try:
        return Trajectory(times, poses[:, :3], poses[:, 3:])
    except SpecError as error:
        raise FormatError([defect_of(error, name)]) from error


def _images(folder: Path, description: ClipDescription, paths: ClipPaths) -> tuple[ImageRow, ...]:
    table = read_table(folder / "images.csv", "images.csv", ("camera", "time_ns", "path"))
    defects: list[Defect] = []
    times = table.times("time_ns", defects)
    known = {camera.name for camera in description.cameras}
    if description.is_whole:
        _check_sensors(table, "camera", known, defects)
    if not defects:
        _check_unique(table, "camera", times, defects)
    for row, path in enumerate(table.columns["path"]):
        if path:
            _check_path(table, row, paths, IMAGE_SUFFIXES, defects)
    if defects:
        raise FormatError(defects)
    columns = zip(table.columns["camera"], times.tolist(), table.columns["path"], strict=True)
    return tuple(
        ImageRow(camera, time, path or None) for camera, time, path in columns if camera in known
    )


def _sweeps(folder: Path, description: ClipDescription, paths: ClipPaths) -> tuple[SweepRow, ...]:
    if not (folder / "sweeps.csv").exists():
        return ()
    table = read_table(folder / "sweeps.csv", "sweeps.csv", ("lidar", "time_ns", "path", "frame"))
    defects: list[Defect] = []
    times = table.times("time_ns", defects)
    known = {lidar.name for lidar in description.lidars}
    if description.is_whole:
        _check_sensors(table, "lidar", known, defects)
    if not defects:
        _check_unique(table, "lidar", times, defects)
    for row, frame in enumerate(table.columns["frame"]):
        if frame not in FRAMES:
            defects.append(table.defect(row, "frame", "one of " + ", ".join(FRAMES)))
        _check_path(table, row, paths, SWEEP_SUFFIXES, defects)
    if defects:
        raise FormatError(defects)
    columns = zip(
        table.columns["lidar"],
        times.tolist(),
        table.columns["path"],
        table.columns["frame"],
        strict=True,
    )
    return tuple(SweepRow(*values) for values in columns if values[0] in known)


def _check_sensors(table: Table, column: str, known: set[str], defects: list[Defect]) -> None:
    for row, name in enumerate(table.columns[column]):
        if name not in known:
            expected = f"a {column} of clip.json ({shown(', '.join(sorted(known)) or 'none')})"
            defects.append(table.defect(row, column, expected))


def _check_unique(table: Table, column: str, times: Int64Array, defects: list[Defect]) -> None:
    first: dict[tuple[str, int], int] = {}
    for row, key in enumerate(zip(table.columns[column], times.tolist(), strict=True)):
        earlier = first.setdefault(key, row)
        if earlier != row:
            expected = f"each {column} and time once"
            found = f"{key[0]} at {key[1]} also in line {table.lines[earlier]}"
            defects.append(table.defect(row, f"{column}, time_ns", expected, found))


def _check_path(
    table: Table, row: int, paths: ClipPaths, suffixes: tuple[str, ...], defects: list[Defect]
) -> None:
    problem = paths.problem(table.columns["path"][row], suffixes)
    if problem is not None:
        defects.append(table.defect(row, "path", *problem))


def _check_coverage(
    trajectory: Trajectory,
    description: ClipDescription,
    images: Iterable[ImageRow],
    sweeps: Iterable[SweepRow],
    defects: list[Defect],
) -> None:
    """Poses are never extrapolated: each image's whole read-out and each sweep must be covered."""
    span = f"a time that the trajectory covers ({trajectory.start_ns} to {trajectory.end_ns})"
    durations = {
        camera.name: math.floor(camera.shutter.duration_ns(camera.width, camera.height))
        for camera in description.cameras
    }
    for image in images:
        last_ns = image.time_ns + durations[image.camera]
        if not trajectory.covers(image.time_ns, last_ns):
            found = f"{image.time_ns}"
            if last_ns > image.time_ns:
                found += f" to {last_ns} (the last line read out)"
            defects.append(Defect("images.csv", f"{image.camera}, time_ns", span, found))
    for sweep in sweeps:
        if not trajectory.covers(sweep.time_ns, sweep.time_ns):
            found = f"{sweep.time_ns}"
            defects.append(Defect("sweeps.csv", f"{sweep.lidar}, time_ns", span, found))


def _label_sets(folder: Path, paths: ClipPaths, defects: list[Defect]) -> tuple[LabelSet, ...]:
    label_sets: list[LabelSet] = []
    labels = folder / "labels"
    if not labels.is_dir():
        return ()
    for path in sorted(labels.glob("*.json")):
        name = f"labels/{path.name}"
        problem = paths.problem(name, (".json",))
        if problem is not None:
            defects.append(Defect(name, "", *problem))
            continue
        try:
            label_sets.append(read_label_set(path, name))
        except FormatError as error:
            defects.extend(error.defects)
    return tuple(label_sets)


def _ignored(folder: Path, paths: ClipPaths) -> list[str]:
    """A line for each file that nothing names."""
    known = {NAME, *_TABLES, *paths.named}
    lines: list[str] = []
    count = 0
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for file in sorted(files):
            relative = (Path(parent) / file).relative_to(folder).as_posix()
            if relative not in known:
                count += 1
                if count <= _IGNORED_SHOWN:
                    lines.append(f"{relative}: not named by the clip, ignored")
    if count > _IGNORED_SHOWN:
        lines.append(f"and {count - _IGNORED_SHOWN} more files, ignored")
    return lines
