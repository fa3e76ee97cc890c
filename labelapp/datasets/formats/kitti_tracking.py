"""KITTI tracking: the images of a camera without distortion, in one clip, are a sequence."""

import math
from itertools import groupby
from pathlib import Path

import numpy as np

from labelapp.datasets.formats.archive import FolderZip
from labelapp.datasets.formats.kitti import (
    KEEPING,
    KittiImage,
    calibration,
    camera_of,
    dont_care_last,
    images_of,
    velodyne,
)
from labelapp.datasets.formats.kitti_object import holds
from labelapp.datasets.formats.losses import SeenInImages, note_tracks
from labelapp.datasets.formats.pictures import png_of, recorded_picture
from labelapp.datasets.formats.sweeps import ClipSweeps, report_sweeps
from labelapp.datasets.formats.targets_reader import PieceReader, TargetsReader
from labelapp.datasets.formats.world import pinhole_matrix
from labelapp.datasets.source import ClipSource
from projection.arrays import Float64Array

NAME = "kitti_tracking"
_BENT = "images of cameras whose lens isn't a plain pinhole"
_NOWHERE = "clips whose place on Earth isn't known: their poses are at 0 degrees north and east"
#: As KITTI's development kit has it.
_EARTH_RADIUS_M = 6378137.0
#: Speeds, accelerations, turn rates, accuracies, satellites: nobody recorded them.
_UNKNOWN = " 0" * 24


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write ``kitti_tracking.zip``; those of all splits are unpacked into one folder."""
    if not holds(targets.spec):
        return []
    name = targets.file_name(f"{NAME}.zip")
    sequence = _sequences_before(targets)
    listed = []
    with FolderZip(folder / name, targets.folder_name(NAME)) as archive:
        seen = SeenInImages(lambda *found: note_tracks(targets, found, KEEPING))
        for (clip, camera), readers in groupby(targets.pieces(), key=_sequence_of):
            lines: list[str] = []
            times: list[int] = []
            place = f"{sequence:04d}"
            text = ""
            sweeps = None
            for reader in readers:
                if pinhole_matrix(camera_of(reader).spec) is None:
                    targets.report[_BENT] += reader.images().num_rows
                    continue
                text = text or calibration(camera_of(reader), separator="")
                whose = reader.clip
                sweeps = sweeps or ClipSweeps(whose)
                for image in images_of(targets, reader):
                    seen.image(whose, camera, image.time_ns)
                    for label, box in image.written:
                        seen.box(label, box)
                    frame = len(times)
                    times.append(image.time_ns)
                    lines += [
                        f"{frame} {-1 if line.startswith('DontCare') else track} {line}\n"
                        for track, line in dont_care_last(image.rows)
                    ]
                    if targets.has_pictures:
                        _add_recorded(archive, image, sweeps, f"{place}/{frame:06d}")
            if not times or sweeps is None:
                continue
            report_sweeps(targets, sweeps)
            archive.add(f"training/label_02/{place}.txt", "".join(lines))
            archive.add(f"training/calib/{place}.txt", text)
            archive.add(f"training/oxts/{place}.txt", _oxts(targets, whose, times))
            archive.add(f"training/times/{place}.txt", "".join(f"{time}\n" for time in times))
            listed.append(f"{place} {clip} {camera}\n")
            sequence += 1
        seen.done()
        archive.add(f"sequences.{targets.split or 'all'}.txt", "".join(listed))
    return [name]


def _add_recorded(archive: FolderZip, image: KittiImage, sweeps: ClipSweeps, name: str) -> None:
    """Add an image's picture, and the points that were measured around it."""
    picture = recorded_picture(sweeps.clip, image.camera.name, image.time_ns)
    if picture is not None:
        archive.add(f"training/image_02/{name}.png", png_of(*picture))
    points = velodyne(sweeps, image.time_ns)
    if points is not None:
        archive.add(f"training/velodyne/{name}.bin", points)


def _sequence_of(reader: PieceReader) -> tuple[str, str]:
    return reader.clip.folder, camera_of(reader).name


def _sequences_before(targets: TargetsReader) -> int:
    splits = targets.source.splits()
    return sum(
        1
        for split in splits[: splits.index(targets.split)]
        for _, readers in groupby(targets.of_split(split).pieces(), key=_sequence_of)
        if any(pinhole_matrix(camera_of(reader).spec) is not None for reader in readers)
    )


def _oxts(targets: TargetsReader, clip: ClipSource, times_ns: list[int]) -> str:
    """Return the ego's poses: latitude, longitude, altitude, roll, pitch, yaw, then 24 unknowns.

    The Mercator projection of KITTI's development kit (``pykitti.utils.pose_from_oxts_packet``,
    scaled at the first pose's latitude) takes them back to metres.
    """
    origin = clip.manifest.origin
    if origin is None:
        targets.report[_NOWHERE] += 1
        origin = {"latitude_deg": 0.0, "longitude_deg": 0.0, "altitude_m": 0.0}
    poses = clip.trajectory.at(np.array(times_ns, dtype=np.int64))
    degrees = _geographic(poses.position_m, origin["latitude_deg"], origin["longitude_deg"])
    altitude_m = origin["altitude_m"] or 0.0
    lines = []
    for position, matrix, (north, east) in zip(
        poses.position_m, poses.matrix, degrees, strict=True
    ):
        roll = math.atan2(matrix[2, 1], matrix[2, 2])
        pitch = math.atan2(-matrix[2, 0], math.hypot(matrix[2, 1], matrix[2, 2]))
        yaw = math.atan2(matrix[1, 0], matrix[0, 0])
        values = (position[2] + altitude_m, roll, pitch, yaw)
        text = " ".join(f"{value:.9f}" for value in values)
        lines.append(f"{north:.14f} {east:.14f} {text}{_UNKNOWN}\n")
    return "".join(lines)


def _geographic(
    positions_m: Float64Array, latitude_deg: float, longitude_deg: float
) -> Float64Array:
    """Return latitudes and longitudes (n, 2), degrees, of places (n, 3) east and north of one."""
    per_radian = 180.0 / math.pi
    first = latitude_deg + positions_m[0, 1] / _EARTH_RADIUS_M * per_radian
    scale = math.cos(first / per_radian)
    metres = scale * _EARTH_RADIUS_M
    # Its inverse: north = scale * R * log(tan((90 + latitude) * pi / 360)), from the first pose on.
    north = (
        math.log(math.tan((90.0 + first) * math.pi / 360.0))
        + (positions_m[:, 1] - positions_m[0, 1]) / metres
    )
    latitudes = np.arctan(np.exp(north)) * 360.0 / math.pi - 90.0
    longitudes = longitude_deg + positions_m[:, 0] / metres * per_radian
    return np.column_stack([latitudes, longitudes])
