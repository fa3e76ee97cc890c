"""Checking a clip folder to its last byte, before anything of it is stored."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import orjson

from labelapp.clips.errors import ClipFolderError
from labelapp.clips.ground import combine, ground_height
from labelapp.clips.pictures import Picture, PictureError, picture_check
from labelapp.clips.sweeps import Points, finite_points, joined, robust_maximum
from labelapp.common.parallel import map_in_order
from labelapp.common.parsing import holds_nul
from projection.io import ClipFolder, FormatError, ImageRow, SweepRow, read_clip_folder, read_sweep
from projection.io.clip_json import Lidar
from projection.io.sweep_blocks import SweepBlocks, sweep_blocks
from projection.io.sweeps import Sweep

#: ``progress(stage, done, total)``, called often.
Progress: TypeAlias = Callable[[str, int, int], None]

Result = TypeVar("Result")

WORKERS = min(8, os.cpu_count() or 2)
_MAX_NAME = 200
#: A sweep with more points is worked on block by block, and stored as tiles.
HUGE_POINTS = 5_000_000
#: A file of that many points is not smaller, also when it is compressed.
HUGE_BYTES = 4_000_000
#: So many of a huge sweep's points have to do for its ground and brightness.
_SAMPLED_POINTS = 2_000_000
#: Points that are coarser than this for their distance from the origin are worth a line, metres.
_COARSEST_M = 0.001
#: With so many broken files the rest is not worth waiting for.
_ENOUGH_DEFECTS = 10


@dataclass(frozen=True, slots=True)
class CheckedSweep:
    """What is known of a sweep after reading it once."""

    sha256: str
    point_count: int
    left_out: int
    robust_maximum: float
    ground_z_m: float | None


@dataclass(frozen=True, slots=True)
class CheckedClip:
    """A clip folder in which every file is what it should be.

    Attributes:
        folder: what it says.
        name: of the clip.
        pictures: one for each of the folder's images; None where none is kept.
        sweeps: one for each of the folder's sweeps.
        content_hash: of the recording, whatever it is called.
        ground_z_m: height of the ground near the ego, world; None where no sweep shows it.
        intensity_scales: by lidar, the intensity that becomes 1.
    """

    folder: ClipFolder
    name: str
    pictures: list[Picture | None]
    sweeps: list[CheckedSweep]
    content_hash: str
    ground_z_m: float | None
    intensity_scales: dict[str, float]

    @property
    def warnings(self) -> list[str]:
        """What was ignored or left out, a line each."""
        lines = [*self.folder.warnings, *far_from_origin(self.folder.trajectory.positions_m)]
        for row, sweep in zip(self.folder.sweeps, self.sweeps, strict=True):
            if sweep.left_out:
                lines.append(
                    f"{row.path}: {sweep.left_out} points without a finite position left out"
                )
        return lines


def far_from_origin(positions_m: npt.NDArray[np.float64]) -> list[str]:
    """Return a line that says so where a path lies too far from the world's origin.

    Points are stored as 32-bit numbers of the world frame: 100 km away their steps are 8 mm, at the
    coordinates of a map projection half a metre.

    Args:
        positions_m: (n, 3) places of the ego, world.
    """
    farthest = int(np.argmax(np.abs(positions_m).max(axis=1)))
    step_m = float(np.spacing(np.float32(np.abs(positions_m[farthest]).max())))
    if step_m <= _COARSEST_M:
        return []
    x, y, z = positions_m[farthest]
    line = (
        f"trajectory.csv: line {farthest + 2}: expected a place near the world's origin, which is"
        f" near the first ego pose; found ({x:.0f}, {y:.0f}, {z:.0f}) m: points are kept, shown and"
        f" fitted in steps of {step_m * 1000:.0f} mm only. Subtract the first place from the"
        " trajectory, the labels and world-frame sweeps"
    )
    return [line]


def clip_check(path: Path, *, name: str | None, progress: Progress) -> CheckedClip:
    """Return what a folder holds, after reading all of it.

    Args:
        path: the folder.
        name: what to call the clip; None for the folder's own name of it.
        progress: told how far it is.

    Raises:
        ClipFolderError: something is not as the format says; nothing was stored.
    """
    try:
        folder = read_clip_folder(path)
    except FormatError as error:
        defects = [str(defect) for defect in error.defects]
        raise ClipFolderError(str(error), details={"defects": defects}) from error
    name = folder.name if name is None else name
    _check_storable(folder, name)
    total = len(folder.images) + len(folder.sweeps)
    defects = []
    pictures = list(_pictures(folder, defects, lambda done: progress("checking", done, total)))
    before = len(folder.images)
    sweeps = list(_sweeps(folder, defects, lambda done: progress("checking", before + done, total)))
    _refuse(defects)
    return CheckedClip(
        folder=folder,
        name=name,
        pictures=pictures,
        sweeps=sweeps,
        content_hash=_content_hash(folder, pictures, sweeps),
        ground_z_m=combine([sweep.ground_z_m for sweep in sweeps]),
        intensity_scales=_intensity_scales(folder, sweeps),
    )


def world_points(folder: ClipFolder, row: SweepRow) -> tuple[Points, int]:
    """Return a sweep's points in the world frame, and how many had to be left out.

    Raises:
        FormatError: the file is not what its name says.
    """
    lidar = lidar_of(folder, row)
    return to_world(folder, row, read_sweep(folder.path / row.path, lidar.fields, name=row.path))


def lidar_of(folder: ClipFolder, row: SweepRow) -> Lidar:
    """Return a sweep's lidar."""
    return next(lidar for lidar in folder.lidars if lidar.name == row.lidar)


def to_world(folder: ClipFolder, row: SweepRow, sweep: Sweep) -> tuple[Points, int]:
    """Return points of a sweep, or of a part of it, in the world frame, and how many it loses."""
    offsets = sweep.time_offset_ns
    intensity = sweep.intensity
    points = finite_points(
        Points(
            sweep.positions_m,
            None if intensity is None else intensity.astype(np.float64),
            None if offsets is None else offsets / 1e9,
        )
    )
    if row.frame == "world":
        return points, len(sweep) - len(points)
    world_from_sensor = folder.trajectory.at(row.time_ns)
    if row.frame == "lidar":
        world_from_sensor = world_from_sensor @ lidar_of(folder, row).ego_from_lidar
    positions = world_from_sensor.apply(points.positions_m)
    # So far out that they can't be told from nowhere in the world's own single precision.
    points = finite_points(Points(positions, points.intensity, points.time_offsets_s))
    return points, len(sweep) - len(points)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_storable(folder: ClipFolder, name: str) -> None:
    """Refuse what JSON may say and a database cannot keep."""
    if not name.strip() or len(name) > _MAX_NAME or not name.isprintable():
        msg = (
            f"clip.json: name: expected 1 to {_MAX_NAME} printable characters, found {name[:80]!r}"
        )
        raise ClipFolderError(msg, details={"defects": [msg]})
    labels = [dict(label.spec) for labels in folder.label_sets for label in labels.labels]
    for file, value in (("clip.json", folder.document), ("labels", labels)):
        try:
            orjson.dumps(value)
        except TypeError as error:
            msg = f"{file}: expected texts of Unicode and whole numbers of 64 bits, found: {error}"
            raise ClipFolderError(msg, details={"defects": [msg]}) from error
        if holds_nul(value):
            msg = f"{file}: expected texts without the character U+0000, found one with it"
            raise ClipFolderError(msg, details={"defects": [msg]})


def _pictures(
    folder: ClipFolder, defects: list[str], progress: Callable[[int], None]
) -> Iterator[Picture | None]:
    cameras = {camera.name: camera for camera in folder.cameras}

    def check(image: ImageRow) -> Picture | str | None:
        if image.path is None:
            return None
        camera = cameras[image.camera]
        try:
            return picture_check(folder.path / image.path, width=camera.width, height=camera.height)
        except PictureError as error:
            return f"{image.path}: {error}"

    yield from _gather(map_in_order(check, folder.images, workers=WORKERS), defects, progress)


def _sweeps(
    folder: ClipFolder, defects: list[str], progress: Callable[[int], None]
) -> Iterator[CheckedSweep]:
    def check(row: SweepRow) -> CheckedSweep | str:
        try:
            return _checked_sweep(folder, row)
        except FormatError as error:
            return str(error)

    # Two at a time: a sweep may have millions of points.
    yield from _gather(
        map_in_order(check, folder.sweeps, workers=min(2, WORKERS)), defects, progress
    )


def _checked_sweep(folder: ClipFolder, row: SweepRow) -> CheckedSweep:
    blocks = huge_sweep(folder, row)
    if blocks is not None:
        return _checked_blocks(folder, row, blocks)
    points, left_out = world_points(folder, row)
    ego_xy_m = folder.trajectory.at(row.time_ns).position_m[:2]
    return CheckedSweep(
        sha256=file_hash(folder.path / row.path),
        point_count=len(points),
        left_out=left_out,
        robust_maximum=robust_maximum(points.intensity),
        ground_z_m=ground_height(points.positions_m, ego_xy_m),
    )


def huge_sweep(folder: ClipFolder, row: SweepRow) -> SweepBlocks | None:
    """Return a sweep's blocks where it is too big to be read at once, else None."""
    path = folder.path / row.path
    if path.is_file() and path.stat().st_size < HUGE_BYTES:
        return None
    blocks = sweep_blocks(path, lidar_of(folder, row).fields, name=row.path)
    return blocks if blocks is not None and blocks.count > HUGE_POINTS else None


def _checked_blocks(folder: ClipFolder, row: SweepRow, blocks: SweepBlocks) -> CheckedSweep:
    """Check a huge sweep in bounded memory; brightness and ground are found on a sample."""
    step = -(-blocks.count // _SAMPLED_POINTS)
    samples: list[Points] = []
    count = left_out = 0
    for block in blocks.read():
        points, lost = to_world(folder, row, block)
        count, left_out = count + len(points), left_out + lost
        samples.append(points.take(slice(None, None, step)))
    sample = joined(samples)
    ego_xy_m = folder.trajectory.at(row.time_ns).position_m[:2]
    return CheckedSweep(
        sha256=file_hash(folder.path / row.path),
        point_count=count,
        left_out=left_out,
        robust_maximum=robust_maximum(sample.intensity),
        ground_z_m=ground_height(sample.positions_m, ego_xy_m),
    )


def _gather(
    results: Iterable[Result | str], defects: list[str], progress: Callable[[int], None]
) -> Iterator[Result]:
    """Yield what was right and keep the sentences of what was wrong."""
    for done, result in enumerate(results, start=1):
        progress(done)
        if isinstance(result, str):
            defects.append(result)
            if len(defects) >= _ENOUGH_DEFECTS:
                _refuse(defects)
        else:
            yield result


def _refuse(defects: list[str]) -> None:
    if not defects:
        return
    lines = list(defects)
    if len(lines) >= _ENOUGH_DEFECTS:
        lines.append("and perhaps more: the rest was not looked at")
    raise ClipFolderError("\n".join(lines), details={"defects": defects})


def _content_hash(
    folder: ClipFolder, pictures: list[Picture | None], sweeps: list[CheckedSweep]
) -> str:
    document = {key: value for key, value in folder.document.items() if key != "name"}
    digest = hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS))
    trajectory = folder.trajectory
    for array in (trajectory.times_ns, trajectory.positions_m, trajectory.quats_xyzw):
        digest.update(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes())
    for image, picture in zip(folder.images, pictures, strict=True):
        content = picture.sha256 if picture else ""
        digest.update(orjson.dumps([image.camera, image.time_ns, content]))
    for row, sweep in zip(folder.sweeps, sweeps, strict=True):
        digest.update(orjson.dumps([row.lidar, row.time_ns, row.frame, sweep.sha256]))
    return digest.hexdigest()


def _intensity_scales(folder: ClipFolder, sweeps: list[CheckedSweep]) -> dict[str, float]:
    """Return one scale for all sweeps of a lidar, so that nothing flickers."""
    maxima: dict[str, list[float]] = defaultdict(list)
    for row, sweep in zip(folder.sweeps, sweeps, strict=True):
        maxima[row.lidar].append(sweep.robust_maximum)
    return {lidar: float(np.median(values)) for lidar, values in maxima.items()}
