"""Argoverse 2 (sensor data set): a folder a clip, with tables in Feather files.

Annotations are at the ticks that the spec takes, in the vehicle's frame at that time; quaternions
are (w, x, y, z). Layout: https://argoverse.github.io/user-guide/datasets/sensor.html.
"""

import io
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import feather

from labelapp.datasets.formats.archive import FolderZip
from labelapp.datasets.formats.argoverse2_map import holds_map, map_name, map_of
from labelapp.datasets.formats.losses import Keeping, note_at_ticks
from labelapp.datasets.formats.pictures import jpeg_of, recorded_picture
from labelapp.datasets.formats.sweeps import ClipSweeps, counts_inside, report_sweeps
from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.formats.world import (
    ClipWorld,
    RigCamera,
    WorldBox,
    holds_boxes,
    mount_of,
    report_cameras,
)
from labelapp.datasets.source import LabelOutline
from projection import RigidTransform
from projection.target_spec import TargetSpec

NAME = "argoverse2"
_UNSPLIT = "train"
_ATTRIBUTES = "boxes whose attributes are left out"
_SHARED = "labels whose id one of another layer has: their track_uuid is another one"
#: What tracks of later layers are called by whose id is taken.
_TRACKS = uuid.UUID("6f3b5f7a-7d0e-5c58-9f0d-2f9d3b1c4e21")
#: What its two lidars are called, whose points are in one file.
_LIDARS = ("up_lidar", "down_lidar")
_MORE_LIDARS = "lidars beyond two, which have no calibration"
_QUATERNION = ("qx", "qy", "qz", "qw")
_PLACE = ("tx_m", "ty_m", "tz_m")
_INTRINSICS = pa.schema(
    [
        ("sensor_name", pa.string()),
        *((name, pa.float64()) for name in ("fx_px", "fy_px", "cx_px", "cy_px", "k1", "k2", "k3")),
        ("height_px", pa.int64()),
        ("width_px", pa.int64()),
    ]
)
_POSE = [(name, pa.float64()) for name in ("qw", "qx", "qy", "qz", *_PLACE)]
_EXTRINSICS = pa.schema([("sensor_name", pa.string()), *_POSE])
_POSES = pa.schema([("timestamp_ns", pa.int64()), *_POSE])
_ANNOTATIONS = pa.schema(
    [
        ("timestamp_ns", pa.int64()),
        ("track_uuid", pa.string()),
        ("category", pa.string()),
        ("length_m", pa.float64()),
        ("width_m", pa.float64()),
        ("height_m", pa.float64()),
        *_POSE,
        ("num_interior_pts", pa.int64()),
    ]
)
_SWEEP = pa.schema(
    [
        ("x", pa.float32()),
        ("y", pa.float32()),
        ("z", pa.float32()),
        ("intensity", pa.uint8()),
        ("laser_number", pa.uint8()),
        ("offset_ns", pa.int32()),
    ]
)
_MOST_OFFSET_NS = 2**31 - 1


def holds(spec: TargetSpec) -> bool:
    """Return whether a spec is of boxes, or of what maps have."""
    return holds_boxes(spec) or holds_map(spec)


def leaves_out(outline: LabelOutline) -> bool:
    """Return whether a label is neither a box nor anything that a map has."""
    return outline.geometry not in ("cuboid", "polyline", "polygon")


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write ``argoverse2.zip``; a clip is held in memory at a time."""
    if not holds(targets.spec):
        return []
    name = targets.file_name(f"{NAME}.zip")
    with FolderZip(folder / name, targets.folder_name(NAME)) as archive:
        for world in ClipWorld.all_of(targets):
            root = f"{targets.split or _UNSPLIT}/{world.clip.clip.pk}"
            cameras = report_cameras(targets, world.cameras)
            sweeps = ClipSweeps(world.clip)
            names = _track_names(world.boxes)
            targets.report[_SHARED] += sum(name != box[1] for box, name in names.items())
            annotations = _annotations(targets, world, sweeps, names)
            archive.add(f"{root}/annotations.feather", annotations)
            archive.add(f"{root}/city_SE3_egovehicle.feather", _poses(world, cameras))
            _add_calibration(archive, f"{root}/calibration", cameras, sweeps)
            vector_map = map_of(targets, world)
            if vector_map is not None:
                archive.add(f"{root}/map/{map_name(str(world.clip.clip.pk))}", vector_map)
            if targets.has_pictures:
                _add_pictures(archive, f"{root}/sensors/cameras", world, cameras)
                _add_sweeps(archive, f"{root}/sensors/lidar", world, sweeps)
            note_at_ticks(targets, world, Keeping(attributes=False), names)
            report_sweeps(targets, sweeps)
            if len(sweeps.by_lidar) > len(_LIDARS):
                targets.report[_MORE_LIDARS] += len(sweeps.by_lidar) - len(_LIDARS)
    return [name]


def _feather(rows: list[dict[str, Any]], schema: pa.Schema) -> bytes:
    out = io.BytesIO()
    feather.write_feather(pa.Table.from_pylist(rows, schema=schema), out, compression="lz4")
    return out.getvalue()


def _pose(transform: RigidTransform) -> dict[str, float]:
    return {
        **dict(zip(_QUATERNION, transform.quat_xyzw.tolist(), strict=True)),
        **dict(zip(_PLACE, transform.position_m.tolist(), strict=True)),
    }


def _track_names(boxes: Sequence[WorldBox]) -> dict[tuple[str, str], str]:
    """Return what tracks are called, by layer and id: layers may share ids, files have none."""
    names: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for layer, own in sorted((box.layer, box.track.id) for box in boxes):
        name = own if own not in taken else str(uuid.uuid5(_TRACKS, f"{layer}/{own}"))
        taken.add(name)
        names[layer, own] = name
    return names


def _annotations(
    targets: TargetsReader,
    world: ClipWorld,
    sweeps: ClipSweeps,
    names: Mapping[tuple[str, str], str],
) -> bytes:
    rows = []
    for time_ns in world.ticks_ns:
        ego_from_world = world.clip.trajectory.at(time_ns).inverse()
        there = list(world.at(time_ns))
        states = [state for _, state in there]
        inside = counts_inside(sweeps.cloud(time_ns).positions_m, states)
        for (box, state), points in zip(there, inside, strict=True):
            length, width, height = state.size_m.tolist()
            rows.append(
                {
                    "timestamp_ns": time_ns,
                    "track_uuid": names[box.layer, box.track.id],
                    "category": box.class_name,
                    "length_m": length,
                    "width_m": width,
                    "height_m": height,
                    **_pose(ego_from_world @ state.world_from_box),
                    "num_interior_pts": points,
                }
            )
            if state.attributes:
                targets.report[_ATTRIBUTES] += 1
    return _feather(rows, _ANNOTATIONS)


def _poses(world: ClipWorld, cameras: list[RigCamera]) -> bytes:
    """Return the vehicle's poses at all times that anything is of."""
    times = {image.time_ns for camera in cameras for image in camera.images}
    ordered = sorted(times | set(world.ticks_ns))
    poses = world.clip.trajectory.at(np.array(ordered, dtype=np.int64))
    rows = [
        {"timestamp_ns": time_ns, **_pose(poses[place])} for place, time_ns in enumerate(ordered)
    ]
    return _feather(rows, _POSES)


def _add_calibration(
    archive: FolderZip, folder: str, cameras: list[RigCamera], sweeps: ClipSweeps
) -> None:
    intrinsics, extrinsics = [], []
    for rig_camera in cameras:
        camera, matrix = rig_camera.camera, rig_camera.matrix
        if matrix is None:
            continue
        intrinsics.append(
            {
                "sensor_name": rig_camera.folder,
                "fx_px": matrix[0, 0], "fy_px": matrix[1, 1],
                "cx_px": matrix[0, 2], "cy_px": matrix[1, 2],
                "k1": 0.0, "k2": 0.0, "k3": 0.0,
                "height_px": camera.height, "width_px": camera.width,
            }
        )  # fmt: skip
        mount = mount_of(camera)
        extrinsics.append({"sensor_name": rig_camera.folder, **_pose(mount)})
    lidars = range(len(sweeps.by_lidar))
    for place, name in enumerate(_LIDARS if lidars else ()):
        # Its reader wants both; where there is one lidar, it is both.
        mount = sweeps.mount(min(place, lidars[-1]))
        extrinsics.append({"sensor_name": name, **_pose(mount)})
    archive.add(f"{folder}/intrinsics.feather", _feather(intrinsics, _INTRINSICS))
    archive.add(f"{folder}/egovehicle_SE3_sensor.feather", _feather(extrinsics, _EXTRINSICS))


def _add_pictures(
    archive: FolderZip, folder: str, world: ClipWorld, cameras: list[RigCamera]
) -> None:
    for rig_camera in cameras:
        for image in rig_camera.images:
            picture = recorded_picture(world.clip, rig_camera.camera.name, image.time_ns)
            if picture is not None:
                place = f"{folder}/{rig_camera.folder}/{image.time_ns}.jpg"
                archive.add(place, jpeg_of(*picture))


def _add_sweeps(archive: FolderZip, folder: str, world: ClipWorld, sweeps: ClipSweeps) -> None:
    """Add the points of all lidars at each tick, in the vehicle's frame at that time."""
    for time_ns in world.ticks_ns if any(sweeps.by_lidar) else ():
        cloud = sweeps.cloud(time_ns)
        positions = world.clip.trajectory.at(time_ns).inverse().apply(cloud.positions_m)
        offsets = np.clip(cloud.time_ns - time_ns, -_MOST_OFFSET_NS, _MOST_OFFSET_NS)
        columns = [
            *positions.T.astype(np.float32),
            np.rint(255 * np.clip(cloud.intensity, 0.0, 1.0)).astype(np.uint8),
            cloud.lidar.astype(np.uint8),
            offsets.astype(np.int32),
        ]
        arrays = [pa.array(np.ascontiguousarray(column)) for column in columns]
        out = io.BytesIO()
        table = pa.Table.from_arrays(arrays, schema=_SWEEP)
        feather.write_feather(table, out, compression="lz4")
        archive.add(f"{folder}/{time_ns}.feather", out.getvalue())
