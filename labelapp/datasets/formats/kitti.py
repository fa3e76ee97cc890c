"""KITTI's lines of labels and calibrations, which its object and tracking layouts share.

A camera's frame is KITTI's rectified one, x right, y down, z forward. A label's place is the middle
of its lower side, its turn about the vertical alone.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from labelapp.datasets.formats.coco import box_of
from labelapp.datasets.formats.losses import WHOLE, Keeping, seen_at
from labelapp.datasets.formats.sweeps import ClipSweeps, bin_bytes
from labelapp.datasets.formats.targets_reader import PieceReader, TargetsReader
from labelapp.datasets.formats.world import mount_of, pinhole_matrix
from labelapp.datasets.source import ClipSource
from projection import Camera, RigidTransform, Track
from projection.arrays import Float64Array
from projection.batch.plan import Chunk
from projection.io import read_label
from projection.labels import Cuboid
from projection.rigid import multiply
from projection.sampled import Sampling, Seen, cuboids_of
from quality import Resolution, fields_lost

#: Shares of a box that is hidden up to which KITTI's "fully visible" and "partly occluded" reach.
_FULLY, _PARTLY = 0.1, 0.5
_UNKNOWN_OCCLUSION = 3
_ROUNDED = Resolution(within_m=1e-3, within_rad=1e-3)
KEEPING = Keeping(attributes=False, resolution=_ROUNDED)
#: That boxes at several moments are of one thing.
TRACK = "track"
#: What a box says at its own moment, whatever comes before and after.
_AT_MOMENTS = frozenset({"class", "attributes", "heading", "tilt", "size", "score", "origin"})
#: More than so, a box's own vertical and the camera's differ too much to be called one turn.
_TILT_RAD = math.radians(0.5)
_TILTED = "boxes tilted by more than 0.5 degrees against the camera: KITTI holds one turn alone"


@dataclass(frozen=True, slots=True)
class KittiImage:
    """An image with its labels as KITTI has them.

    Attributes:
        camera: its camera.
        time_ns: its time.
        image: its name in exports.
        rows: (track's number, the line without it).
        written: The boxes as they can be read from these lines, by layer and id.
    """

    camera: Camera
    time_ns: int
    image: str
    rows: list[tuple[int, str]]
    written: list[tuple[tuple[str, str], Seen]]


def images_of(targets: TargetsReader, reader: PieceReader) -> list[KittiImage]:
    """Return the images of a piece; none where its camera's lens isn't a plain pinhole."""
    camera = camera_of(reader)
    if pinhole_matrix(camera.spec) is None:
        return []
    rows = {
        time_ns: list(found)
        for time_ns, found in groupby(reader.targets().to_pylist(), key=itemgetter("time_ns"))
    }
    tracks = {
        (versioned.layer, versioned.label.id): Track(versioned.label)
        for versioned in reader.clip.labels
        if isinstance(versioned.label, Cuboid)
    }
    found = []
    for image in reader.images().select(["time_ns", "image"]).to_pylist():
        time_ns = image["time_ns"]
        world_from_ego = reader.clip.trajectory.at(time_ns)
        camera_from_world = (world_from_ego @ mount_of(camera)).inverse()
        lines, written = [], []
        for row in rows.get(time_ns, []):
            whose = (row["layer"], row["label_id"])
            track = tracks.get(whose)
            line = None if track is None else _line(targets, camera_from_world, track, row)
            if line is None or track is None:
                continue
            lines.append((row["track"], line))
            if not row["ignored"]:
                seen = _written(camera_from_world, track, time_ns, str(row["track"]))
                written.append((whose, seen))
        found.append(KittiImage(camera, time_ns, image["image"], lines, written))
    return found


def camera_of(reader: PieceReader) -> Camera:
    """Return the camera of a piece of images."""
    if not isinstance(reader.piece, Chunk):
        msg = f"{reader.piece.name} is of ticks, not of a camera"
        raise TypeError(msg)
    return reader.piece.camera


def _line(
    targets: TargetsReader, camera_from_world: RigidTransform, track: Track, row: dict[str, Any]
) -> str | None:
    box = box_of(row)
    state = track.at(row["time_ns"])
    if box is None or state is None:
        return None
    camera_from_box = camera_from_world @ state.world_from_box
    x_axis, z_axis = camera_from_box.matrix[:, 0], camera_from_box.matrix[:, 2]
    if math.acos(min(1.0, max(-1.0, -float(z_axis[1])))) > _TILT_RAD:
        targets.report[_TILTED] += 1
    length, width, height = state.size_m.tolist()
    x, y, z = camera_from_box.position_m.tolist()
    turn = math.atan2(-x_axis[2], x_axis[0])
    alpha = _wrapped(turn - math.atan2(x, z))
    last = (row["width"] - 1, row["height"] - 1)
    sides = [min(max(side, 0.0), float(last[n % 2])) for n, side in enumerate(box)]
    # What a visibility rule sets to be ignored is KITTI's own class for that.
    name = "DontCare" if row["ignored"] else plain_type(row["class"])
    truncation = row.get("truncation")
    values = [
        "-1" if truncation is None else f"{truncation:.3f}",
        str(_occlusion(row.get("occlusion"))),
        *(f"{value:.6f}" for value in (alpha,)),
        *(f"{side:.3f}" for side in sides),
        *(f"{value:.4f}" for value in (height, width, length, x, y + height / 2, z)),
        f"{turn:.6f}",
    ]
    return " ".join([name, *values])


def plain_type(name: str) -> str:
    """Return a class as KITTI can have it: one word, which isn't KITTI's own for the rest."""
    word = "_".join(name.split())
    return f"{word}_" if word == "DontCare" else word


def _written(camera_from_world: RigidTransform, track: Track, time_ns: int, name: str) -> Seen:
    """Return a box as its line says it: upright before the camera, without attributes."""
    (seen,) = seen_at(track, [time_ns], name)
    camera_from_box = camera_from_world @ seen.world_from_box
    half = 0.5 * math.atan2(-camera_from_box.matrix[2, 0], camera_from_box.matrix[0, 0])
    # Turned by 0, its x is the camera's, its z the camera's up: a quarter turn about x.
    about_y = np.array([0.0, math.sin(half), 0.0, math.cos(half)])
    level = np.array([math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5)])
    upright = RigidTransform.unchecked(camera_from_box.position_m, multiply(about_y, level))
    return replace(
        seen,
        class_name=plain_type(track.class_name),
        world_from_box=camera_from_world.inverse() @ upright,
        attributes={},
    )


def note_single(
    targets: TargetsReader,
    clip: ClipSource,
    written: Mapping[tuple[str, str], Sequence[Seen]],
) -> None:
    """Note what is lost of a clip's boxes each of which is a label of its own."""
    for versioned in clip.labels:
        label = versioned.label
        if targets.spec.class_of_label(label, versioned.layer) is None:
            continue
        if not isinstance(label, Cuboid):
            continue
        boxes = written.get((versioned.layer, label.id), ())
        if not boxes:
            targets.lost[WHOLE] += 1
            continue
        times = sorted({box.time_ns for box in boxes})
        moments = Sampling([times[0], times[-1] + 1], None, _ROUNDED.within_m)
        (copy,) = cuboids_of(boxes, moments, Counter())
        span = (times[0], times[-1])
        lost = fields_lost(label, read_label(copy), span, _ROUNDED)
        if len(boxes) > 1:
            # Each is there at its own moment, and nothing says that they are one thing.
            lost = (lost & _AT_MOMENTS) | {"id", "life", "keyframes", TRACK}
        else:
            whole = clip.trajectory
            span = (whole.start_ns, whole.end_ns)
            lost = fields_lost(label, read_label(copy), span, _ROUNDED)
        targets.lost.update(lost)


def _occlusion(share: float | None) -> int:
    if share is None:
        return _UNKNOWN_OCCLUSION
    return 0 if share <= _FULLY else 1 if share <= _PARTLY else 2


def _wrapped(angle: float) -> float:
    return (angle + math.pi) % (2 * math.pi) - math.pi


def calibration(camera: Camera, *, separator: str = ":") -> str:
    """Return a calibration file: all four of KITTI's cameras are this one, its lidar is the ego.

    Args:
        camera: without distortion.
        separator: after a name; tracking files have none after three of them.
    """
    matrix = pinhole_matrix(camera.spec)
    if matrix is None:
        msg = f"camera '{camera.name}': expected a plain pinhole, found {camera.model}"
        raise ValueError(msg)
    projection = _numbers(np.column_stack([matrix, np.zeros(3)]))
    camera_from_ego = mount_of(camera).inverse()
    from_ego = np.column_stack([camera_from_ego.matrix, camera_from_ego.position_m])
    still = np.column_stack([np.eye(3), np.zeros(3)])
    tracking = separator == ""
    names = ("R_rect", "Tr_velo_cam", "Tr_imu_velo") if tracking else (
        "R0_rect", "Tr_velo_to_cam", "Tr_imu_to_velo"
    )  # fmt: skip
    lines = [f"P{number}: {projection}" for number in range(4)]
    turned = (np.eye(3), from_ego, still)
    lines += [f"{n}{separator} {_numbers(m)}" for n, m in zip(names, turned, strict=True)]
    return "\n".join(lines) + "\n"


def _numbers(matrix: Float64Array) -> str:
    return " ".join(f"{value:.12e}" for value in matrix.ravel())


def dont_care_last(rows: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return rows with what is to be ignored at the end, as KITTI has it."""
    return sorted(rows, key=lambda row: row[1].startswith("DontCare"))


def velodyne(sweeps: ClipSweeps, time_ns: int) -> bytes | None:
    """Return the points of the sweeps nearest to an image, before the ego at the image's time.

    None: the clip has no sweeps.
    """
    if not any(sweeps.by_lidar):
        return None
    return bin_bytes(sweeps.cloud(time_ns), sweeps.clip.trajectory.at(time_ns).inverse())
