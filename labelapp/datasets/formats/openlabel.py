"""ASAM OpenLABEL 1.0: one JSON file a clip, with labels of every geometry in the world.

Frames are the ticks that the spec takes. Boxes are in frames, everything that doesn't move is in
``objects`` alone. Schema: https://openlabel.asam.net/V1-0-0/schema/openlabel_json_schema.json.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson

from labelapp.datasets.formats.archive import FolderZip
from labelapp.datasets.formats.losses import Keeping, note_at_ticks, note_copy
from labelapp.datasets.formats.targets_reader import TargetsReader
from labelapp.datasets.formats.world import ClipWorld, RigCamera, mount_of, nearest_places
from labelapp.datasets.source import LabelOutline
from projection import RigidTransform
from projection.io import read_label
from projection.labels import AttributeValue, Cuboid, Keypoints, Label, Points, Polygon, Polyline
from projection.target_spec import TargetSpec
from projection.tracks import CuboidState
from quality import Resolution

NAME = "openlabel"
_WORLD, _EGO = "world", "ego"
#: Fields of labels that don't move which are written.
_KEPT = (
    *("id", "class", "geometry", "attributes", "closed", "vertices_m", "width_m", "rings_m"),
    *("points", "positions_m"),
)
#: OpenCV's coefficients are as long as OpenLABEL's, but for the shortest.
_LEAST_COEFFICIENTS = 5


def holds(spec: TargetSpec) -> bool:
    """Return whether a spec is of labels in images: their places in the world come with it."""
    return spec.has_images


def leaves_out(outline: LabelOutline) -> bool:
    """Return whether a label is a selection of a sweep's points, which has no place of its own."""
    return not outline.has_place


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write ``openlabel.zip``; a frame is held in memory at a time."""
    if not holds(targets.spec):
        return []
    name = targets.file_name(f"{NAME}.zip")
    with FolderZip(folder / name, targets.folder_name(NAME)) as archive:
        for world in ClipWorld.all_of(targets):
            with archive.writing(f"{world.clip.folder}.json") as file:
                _write_clip(targets, world, file)
            note_at_ticks(targets, world, Keeping())
            _note_placed(targets, world)
    return [name]


def _note_placed(targets: TargetsReader, world: ClipWorld) -> None:
    """Note what is lost of labels that don't move: fields that are none of their geometry's."""
    for versioned in world.clip.labels:
        label = versioned.label
        name = world.spec.class_of_label(label, versioned.layer)
        if name is None or leaves_out(versioned.outline) or isinstance(label, Cuboid):
            continue
        kept = {field: value for field, value in label.spec.items() if field in _KEPT}
        note_copy(targets, world.clip, label, read_label(kept), Resolution())


def _write_clip(targets: TargetsReader, world: ClipWorld, file: IO[bytes]) -> None:
    ticks = world.ticks_ns
    head = {
        "metadata": {
            "schema_version": "1.0.0",
            "name": world.clip.clip.name,
            "comment": f"labelapp: {targets.source.title()}",
            "clip_id": str(world.clip.clip.pk),
        },
        "coordinate_systems": _coordinate_systems(world),
        "streams": {camera.camera.name: _stream(world, camera) for camera in world.cameras},
        "frame_intervals": _intervals([True] * len(ticks)),
    }
    file.write(b'{"openlabel":' + orjson.dumps(head)[:-1])
    file.write(b',\n"objects":')
    _write_object(file, _objects(world))
    file.write(b',\n"frames":')
    _write_object(file, _frames(world))
    file.write(b"}}\n")


def _write_object(file: IO[bytes], entries: Iterable[tuple[str, Any]]) -> None:
    file.write(b"{")
    for place, (key, value) in enumerate(entries):
        file.write(b",\n" if place else b"\n")
        file.write(orjson.dumps(key) + b":" + orjson.dumps(value))
    file.write(b"}")


def _coordinate_systems(world: ClipWorld) -> dict[str, Any]:
    cameras = [camera.camera for camera in world.cameras]
    names = [_camera_frame(camera.name) for camera in cameras]
    sensors = {
        name: {
            "type": "sensor_cs",
            "parent": _EGO,
            "children": [],
            "pose_wrt_parent": _pose(mount_of(camera)),
        }
        for name, camera in zip(names, cameras, strict=True)
    }
    return {
        _WORLD: {"type": "scene_cs", "parent": "", "children": [_EGO]},
        _EGO: {"type": "local_cs", "parent": _WORLD, "children": names},
        **sensors,
    }


def _camera_frame(name: str) -> str:
    """Return what a camera's frame is called: never the world's or the vehicle's name."""
    return f"camera/{name}"


def _pose(transform: RigidTransform) -> dict[str, Any]:
    return {
        "quaternion": transform.quat_xyzw.tolist(),
        "translation": transform.position_m.tolist(),
    }


def _stream(world: ClipWorld, rig_camera: RigCamera) -> dict[str, Any]:
    camera = rig_camera.camera
    params = camera.spec["params"]
    size = {"width_px": camera.width, "height_px": camera.height}
    if camera.model in {"pinhole", "opencv"}:
        matrix = [params["fx"], 0, params["cx"], 0, 0, params["fy"], params["cy"], 0, 0, 0, 1, 0]
        coefficients = [*params.get("distortion", ())]
        missing = max(0, _LEAST_COEFFICIENTS - len(coefficients))
        coefficients += [0.0] * missing
        properties = {
            "intrinsics_pinhole": {
                **size, "camera_matrix": matrix, "distortion_coeffs": coefficients
            }
        }  # fmt: skip
    elif camera.model == "opencv_fisheye":
        properties = {
            "intrinsics_fisheye": {
                **size,
                "center_x_px": params["cx"],
                "center_y_px": params["cy"],
                "focal_length_x": params["fx"],
                "focal_length_y": params["fy"],
                "lens_coeffs": list(params["distortion"]),
            }
        }
    else:
        properties = {"intrinsics_custom": {**size, "model": camera.model, "params": params}}
    shutter = camera.shutter.to_dict()
    return {
        "type": "camera",
        "uri": f"images/{world.clip.folder}/{rig_camera.folder}",
        "stream_properties": {**properties, "shutter": shutter},
    }


def _uid(world: ClipWorld, layer: str, label_id: str) -> str:
    """Return a label's UUID: its own where it is one, else one that never changes."""
    try:
        return str(uuid.UUID(label_id))
    except ValueError:
        return str(uuid.uuid5(world.clip.clip.pk, f"{layer}/{label_id}"))


def _objects(world: ClipWorld) -> Iterator[tuple[str, dict[str, Any]]]:
    boxes = {(box.layer, box.track.id): box for box in world.boxes}
    ticks = np.array(world.ticks_ns, dtype=np.int64)
    for versioned in world.clip.labels:
        name = world.spec.class_of_label(versioned.label, versioned.layer)
        if name is None or leaves_out(versioned.outline):
            continue
        label = versioned.label
        about: dict[str, Any] = {"name": label.id, "type": name, "coordinate_system": _WORLD}
        box = boxes.get((versioned.layer, label.id))
        if box is None:
            about["object_data"] = _placed(label)
        elif len(ticks):
            about["frame_intervals"] = _intervals(box.track.exists(ticks).tolist())
        yield _uid(world, versioned.layer, label.id), about


def _intervals(there: list[bool]) -> list[dict[str, int]]:
    edges = np.flatnonzero(np.diff([False, *there, False])).reshape(-1, 2)
    return [{"frame_start": int(a), "frame_end": int(b) - 1} for a, b in edges]


def _placed(label: Label) -> dict[str, Any]:
    """Return the data of a label that doesn't move."""
    data: dict[str, Any] = _attributes(label.attributes)
    if isinstance(label, Polyline):
        line = _poly3d("line", label.vertices_m, is_closed=label.closed)
        if label.width_m is not None:
            line["attributes"] = {"num": [{"name": "width_m", "val": label.width_m}]}
        data["poly3d"] = [line]
    elif isinstance(label, Polygon):
        data["poly3d"] = [
            _poly3d(f"hole {number}" if number else "outline", ring, is_closed=True)
            for number, ring in enumerate(label.rings_m)
        ]
    elif isinstance(label, Keypoints):
        points = zip(label.names, label.positions_m.tolist(), label.visible.tolist(), strict=True)
        data["point3d"] = [
            {
                "name": name,
                "val": position,
                "attributes": {"boolean": [{"name": "visible", "val": visible}]},
            }
            for name, position, visible in points
        ]
    elif isinstance(label, Points):
        data["point3d"] = [
            {"name": str(number), "val": position}
            for number, position in enumerate(label.positions_m.tolist())
        ]
    return data


def _poly3d(name: str, vertices_m: Any, *, is_closed: bool) -> dict[str, Any]:
    return {"name": name, "closed": is_closed, "val": vertices_m.ravel().tolist()}


def _attributes(attributes: Mapping[str, AttributeValue]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in sorted(attributes.items()):
        kind = "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "num"
        found.setdefault(kind, []).append({"name": name, "val": value})
    return found


def _frames(world: ClipWorld) -> Iterator[tuple[str, dict[str, Any]]]:
    nearest = {camera.camera.name: _nearest(camera, world.ticks_ns) for camera in world.cameras}
    for number, time_ns in enumerate(world.ticks_ns):
        streams = {
            name: {"uri": found[number][1], "stream_properties": {"sync": {
                "timestamp": str(found[number][0])}}}
            for name, found in nearest.items()
            if found
        }  # fmt: skip
        yield (
            str(number),
            {
                "frame_properties": {
                    "timestamp": str(time_ns),
                    "streams": streams,
                    "transforms": {
                        "ego_to_world": {
                            "src": _EGO,
                            "dst": _WORLD,
                            "transform_src_to_dst": _pose(world.clip.trajectory.at(time_ns)),
                        }
                    },
                },
                "objects": {
                    _uid(world, box.layer, box.track.id): {"object_data": _cuboid(state)}
                    for box, state in world.at(time_ns)
                },
            },
        )


def _nearest(rig_camera: RigCamera, ticks_ns: list[int]) -> list[tuple[int, str]]:
    """Return for each tick the time and name of the camera's nearest image."""
    kept = [image for image in rig_camera.images if image.path is not None]
    if not kept:
        return []
    places = nearest_places([image.time_ns for image in kept], ticks_ns)
    return [(kept[index].time_ns, str(kept[index].path)) for index in places]


def _cuboid(state: CuboidState) -> dict[str, Any]:
    return {
        "cuboid": [
            {
                "name": "box",
                "val": [
                    *state.position_m.tolist(),
                    *state.quat_xyzw.tolist(),
                    *state.size_m.tolist(),
                ],
                "coordinate_system": _WORLD,
            }
        ],
        **_attributes(state.attributes),
    }
