"""nuScenes: its thirteen tables. Samples are the ticks that the spec takes; boxes are in the world.

Schema: https://github.com/nutonomy/nuscenes-devkit/blob/master/docs/schema_nuscenes.md. Rotations
are [w, x, y, z], sizes [width, length, height], times microseconds.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import orjson

from labelapp.datasets.formats.archive import FolderZip
from labelapp.datasets.formats.json_lists import JsonLists
from labelapp.datasets.formats.losses import Keeping, note_at_ticks
from labelapp.datasets.formats.pictures import jpeg_of, recorded_picture
from labelapp.datasets.formats.sweeps import ClipSweeps, bin_bytes, counts_inside, report_sweeps
from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.formats.world import (
    ClipWorld,
    RigCamera,
    WorldBox,
    holds_boxes,
    mount_of,
    nearest_places,
    report_cameras,
)
from labelapp.datasets.source import ClipSource
from projection import RigidTransform
from projection.tracks import CuboidState

NAME = "nuscenes"
VERSION = "v1.0-labelapp"
_TABLES = (
    "category", "attribute", "visibility", "instance", "sensor", "calibrated_sensor", "ego_pose",
    "log", "scene", "sample", "sample_data", "sample_annotation", "map",
)  # fmt: skip
#: nuScenes's own levels; boxes come from the world, whoever sees them, and say none of these.
_VISIBILITIES = (
    ("1", "v0-40", "visibility of whole object is between 0 and 40%"),
    ("2", "v40-60", "visibility of whole object is between 40 and 60%"),
    ("3", "v60-80", "visibility of whole object is between 60 and 80%"),
    ("4", "v80-100", "visibility of whole object is between 80 and 100%"),
)
_MAP = "maps/empty.png"
#: What the devkit's evaluation calls the lidar that samples are of.
_FIRST_LIDAR = "LIDAR_TOP"
#: Values of a point: x, y, z, intensity, ring.
_POINT_COLUMNS = 5

holds = holds_boxes


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write ``nuscenes.zip``; a clip is held in memory at a time.

    Splits have tables of their own, below ``v1.0-<split>``.
    """
    if not holds(targets.spec):
        return []
    name = targets.file_name(f"{NAME}.zip")
    version = f"v1.0-{targets.split}" if targets.split else VERSION
    with (
        FolderZip(folder / name, targets.folder_name(NAME)) as archive,
        JsonLists(targets.scratch, _TABLES) as tables,
    ):
        _Writer(targets, archive, tables).write()
        _, blank = cv2.imencode(".png", np.zeros((1, 1), dtype=np.uint8))
        archive.add(_MAP, blank.tobytes())
        for table, path in tables.done():
            archive.add_file(f"{version}/{table}.json", path)
    return [name]


@dataclass(frozen=True, slots=True)
class _Channel:
    """One sensor of a clip.

    Attributes:
        name: the channel's.
        folder: its name as a part of file names.
        modality: ``camera`` or ``lidar``.
        mount: where it sits on the vehicle.
        times_ns: of its data, rising.
        matrix: (3, 3) of a camera.
        size_px: width and height of a camera's images.
        extension: of its files.
        content: the file of one of its times; None: it isn't kept, or not wanted.
    """

    name: str
    folder: str
    modality: str
    mount: RigidTransform
    times_ns: list[int]
    matrix: list[list[float]]
    size_px: tuple[int, int]
    extension: str
    content: Callable[[int], bytes | None]


class _Writer:
    """Writes the tables of all clips.

    Args:
        targets: what is asked for.
        archive: takes the pictures.
        tables: take the rows.
    """

    def __init__(self, targets: TargetsReader, archive: FolderZip, tables: JsonLists) -> None:
        self._targets = targets
        self._archive = archive
        self._tables = tables
        self._attributes: dict[str, None] = {}
        self._categories: dict[str, None] = {}
        self._channels: dict[str, str] = {}

    def write(self) -> None:
        """Write everything."""
        logs = []
        for world in ClipWorld.all_of(self._targets):
            note_at_ticks(self._targets, world, Keeping())
            if world.ticks_ns:
                self._clip(world)
                logs.append(_token("log", str(world.clip.clip.pk)))
        self._tables.add(
            "map",
            {"token": _token("map"), "log_tokens": logs, "category": "semantic_prior",
             "filename": _MAP},
        )  # fmt: skip
        for token, level, text in _VISIBILITIES:
            row = {"token": token, "level": level, "description": text}
            self._tables.add("visibility", row)
        for name in self._categories:
            self._tables.add("category", {"token": _token("category", name), "name": name,
                                          "description": ""})  # fmt: skip
        for name in self._attributes:
            self._tables.add("attribute", {"token": _token("attribute", name), "name": name,
                                           "description": ""})  # fmt: skip
        for name, modality in self._channels.items():
            self._tables.add("sensor", {"token": _token("sensor", name), "channel": name,
                                        "modality": modality})  # fmt: skip

    def _clip(self, world: ClipWorld) -> None:
        clip = world.clip
        name, ticks = str(clip.clip.pk), world.ticks_ns
        samples = [_token("sample", name, time_ns) for time_ns in ticks]
        self._tables.add("log", {"token": _token("log", name), "logfile": clip.folder,
                                 "vehicle": "", "date_captured": "", "location": ""})  # fmt: skip
        scene = {
            "token": _token("scene", name),
            "log_token": _token("log", name),
            "nbr_samples": len(ticks),
            "first_sample_token": samples[0],
            "last_sample_token": samples[-1],
            "name": clip.folder,
            "description": clip.clip.name,
        }
        self._tables.add("scene", scene)
        for row, time_ns in zip(_linked(samples), ticks, strict=True):
            about = {"timestamp": time_ns // 1000, "time_ns": str(time_ns)}
            self._tables.add("sample", row | about | {"scene_token": scene["token"]})
        sweeps = ClipSweeps(clip)
        report_sweeps(self._targets, sweeps)
        channels = [
            *self._cameras(world, report_cameras(self._targets, world.cameras)),
            *self._lidars(sweeps),
        ]
        for channel in channels:
            if channel.times_ns:
                self._channel(world, channel, samples)
        points = _points(world, sweeps)
        for box in world.boxes:
            self._instance(world, box, samples, points)

    def _cameras(self, world: ClipWorld, cameras: list[RigCamera]) -> Iterator[_Channel]:
        for rig_camera in cameras:
            camera = rig_camera.camera
            if rig_camera.matrix is not None:
                yield _Channel(
                    name=camera.name,
                    folder=rig_camera.folder,
                    modality="camera",
                    mount=mount_of(camera),
                    times_ns=[image.time_ns for image in rig_camera.images],
                    matrix=rig_camera.matrix.tolist(),
                    size_px=(camera.width, camera.height),
                    extension="jpg",
                    content=partial(self._picture, world.clip, rig_camera),
                )

    def _picture(self, clip: ClipSource, rig_camera: RigCamera, index: int) -> bytes | None:
        image = rig_camera.images[index]
        if not self._targets.has_pictures or image.path is None:
            return None
        picture = recorded_picture(clip, rig_camera.camera.name, image.time_ns)
        return None if picture is None else jpeg_of(*picture)

    def _lidars(self, sweeps: ClipSweeps) -> Iterator[_Channel]:
        folders = sweeps.clip.lidar_folders
        for lidar, (own, folder) in enumerate(zip(sweeps.by_lidar, folders, strict=True)):
            yield _Channel(
                name=f"LIDAR_{folder}" if lidar else _FIRST_LIDAR,
                folder=folder,
                modality="lidar",
                mount=sweeps.mount(lidar),
                times_ns=[sweep.time_ns for sweep in own],
                matrix=[],
                size_px=(0, 0),
                extension="pcd.bin",
                content=partial(self._sweep, sweeps, lidar),
            )

    def _sweep(self, sweeps: ClipSweeps, lidar: int, index: int) -> bytes | None:
        if not self._targets.has_pictures:
            return None
        sweep = sweeps.by_lidar[lidar][index]
        world_from_lidar = sweeps.clip.trajectory.at(sweep.time_ns) @ sweeps.mount(lidar)
        cloud = sweeps.cloud_of([sweep])
        # nuScenes's intensities go from 0 to 255.
        scaled = replace(cloud, intensity=255.0 * cloud.intensity)
        return bin_bytes(scaled, world_from_lidar.inverse(), columns=_POINT_COLUMNS)

    def _channel(self, world: ClipWorld, channel: _Channel, samples: list[str]) -> None:
        clip, times = world.clip, channel.times_ns
        name = str(clip.clip.pk)
        self._channels[channel.name] = channel.modality
        calibrated = _token("calibrated_sensor", name, channel.name)
        self._tables.add(
            "calibrated_sensor",
            {"token": calibrated, "sensor_token": _token("sensor", channel.name),
             **_pose(channel.mount), "camera_intrinsic": channel.matrix},
        )  # fmt: skip
        tokens = [_token("sample_data", name, channel.name, time_ns) for time_ns in times]
        of_data = _key_frames(times, world.ticks_ns)
        belongs = nearest_places(world.ticks_ns, times)
        poses = clip.trajectory.at(np.array(times, dtype=np.int64))
        for index, row in enumerate(_linked(tokens)):
            is_key = index in of_data
            kind = "samples" if is_key else "sweeps"
            file = f"{clip.folder}__{channel.folder}__{times[index]}.{channel.extension}"
            filename = f"{kind}/{channel.name}/{file}"
            pose = _token("ego_pose", name, channel.name, times[index])
            about = {"timestamp": times[index] // 1000, "time_ns": str(times[index])}
            self._tables.add("ego_pose", {"token": pose, **about, **_pose(poses[index])})
            self._tables.add(
                "sample_data",
                row | about | {
                    "sample_token": samples[of_data[index] if is_key else belongs[index]],
                    "ego_pose_token": pose,
                    "calibrated_sensor_token": calibrated,
                    "fileformat": channel.extension.partition(".")[0],
                    "is_key_frame": is_key,
                    "height": channel.size_px[1],
                    "width": channel.size_px[0],
                    "filename": filename,
                },
            )  # fmt: skip
            content = channel.content(index)
            if content is not None:
                self._archive.add(filename, content)

    def _instance(
        self,
        world: ClipWorld,
        box: WorldBox,
        samples: list[str],
        points: dict[tuple[int, int], int],
    ) -> None:
        states = list(_states(world, box))
        if not states:
            return
        name = (str(world.clip.clip.pk), box.layer, box.track.id)
        self._categories[box.class_name] = None
        tokens = [_token("sample_annotation", *name, world.ticks_ns[tick]) for tick, _ in states]
        instance = {
            "token": _token("instance", *name),
            "category_token": _token("category", box.class_name),
            "nbr_annotations": len(tokens),
            "first_annotation_token": tokens[0],
            "last_annotation_token": tokens[-1],
            "label_id": box.track.id,
        }
        self._tables.add("instance", instance)
        for row, (tick, state) in zip(_linked(tokens), states, strict=True):
            attributes = [_attribute(key, value) for key, value in state.attributes.items()]
            self._attributes.update(dict.fromkeys(attributes))
            length, width, height = state.size_m.tolist()
            about = {
                "sample_token": samples[tick],
                "instance_token": instance["token"],
                "visibility_token": "",
                "attribute_tokens": [_token("attribute", text) for text in attributes],
                **_pose(state.world_from_box),
                "size": [width, length, height],
                "num_lidar_pts": points[box.number, tick],
                "num_radar_pts": 0,
            }
            self._tables.add("sample_annotation", row | about)


def _points(world: ClipWorld, sweeps: ClipSweeps) -> dict[tuple[int, int], int]:
    """Return how many points each box has, by its number and the tick's."""
    found: dict[tuple[int, int], int] = {}
    for tick, time_ns in enumerate(world.ticks_ns):
        there = list(world.at(time_ns))
        inside = counts_inside(sweeps.cloud(time_ns).positions_m, [state for _, state in there])
        found.update(
            ((box.number, tick), count) for (box, _), count in zip(there, inside, strict=True)
        )
    return found


def _key_frames(times_ns: list[int], ticks_ns: list[int]) -> dict[int, int]:
    """Return which of a sensor's data are key frames, and of which tick: of the nearest one."""
    found: dict[int, int] = {}
    for tick, index in enumerate(nearest_places(times_ns, ticks_ns)):
        other = found.setdefault(index, tick)
        off, off_other = (abs(ticks_ns[t] - times_ns[index]) for t in (tick, other))
        if off < off_other:
            found[index] = tick
    return found


def _states(world: ClipWorld, box: WorldBox) -> Iterator[tuple[int, CuboidState]]:
    for tick, time_ns in enumerate(world.ticks_ns):
        state = box.track.at(time_ns)
        if state is not None:
            yield tick, state


def _attribute(name: str, value: object) -> str:
    """Return ``name.value``, in JSON's quotes where it could be taken for something else."""
    is_plain = "." not in name and not name.startswith('"')
    shown = name if is_plain else orjson.dumps(name).decode()
    return f"{shown}.{_text(value)}"


def _text(value: object) -> str:
    if not isinstance(value, str):
        return orjson.dumps(value).decode()
    try:
        orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
    return orjson.dumps(value).decode()


def _token(kind: str, *parts: object) -> str:
    """Return a token of 32 hexadecimal digits that never changes."""
    text = "/".join([kind, *map(str, parts)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _linked(tokens: list[str]) -> Iterator[dict[str, str]]:
    """Yield rows that name themselves and their neighbours."""
    for (before, token), (_, after) in pairwise(pairwise(["", *tokens, ""])):
        yield {"token": token, "prev": before, "next": after}


def _pose(transform: RigidTransform) -> dict[str, list[float]]:
    x, y, z, w = transform.quat_xyzw.tolist()
    return {"translation": transform.position_m.tolist(), "rotation": [w, x, y, z]}
