"""OpenLABEL's data of objects: boxes, lines, surfaces, points, attributes."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from projection import RigidTransform
from projection.labels import AttributeValue
from projection.spec import Fields, SpecError

if TYPE_CHECKING:
    from labelapp.imports.formats.openlabel_frames import Frames

_LINE, _OUTLINE, _HOLE, _WIDTH = "line", "outline", "hole", "width_m"
_VECTORS = "attributes that are lists of values"
_MORE_LINES = "objects of several open lines: the first is taken"


def attributes_of(data: Fields, report: Counter[str]) -> dict[str, AttributeValue]:
    """Return texts, numbers and truth values by their names."""
    found: dict[str, AttributeValue] = {}
    for kind in ("boolean", "num", "text"):
        for index, entry in enumerate(data.values.get(kind) or ()):
            fields = Fields(entry, data.where, f"{data.prefix}{kind}[{index}].")
            name = fields.text("name")
            if kind == "num":
                number = fields.number("val")
                value: Any = entry["val"]
                found[name] = value if isinstance(value, int) else number
            elif not isinstance(fields.values.get("val"), bool if kind == "boolean" else str):
                raise fields.error("val", "true or false" if kind == "boolean" else "a text")
            else:
                found[name] = fields.values["val"]
    report[_VECTORS] += len(data.values.get("vec") or ())
    return found


def box_of(fields: Fields) -> tuple[RigidTransform, tuple[float, float, float]]:
    """Return a cuboid's place and size: centre, quaternion or angles about z, y', x'', lengths."""
    values = fields.numbers("val", (9, 10))
    size = values[-3:]
    if min(size) <= 0.0:
        raise fields.error("val", "lengths above 0")
    quat: Any = values[3:7]
    if len(values) == 9:
        from scipy.spatial.transform import Rotation  # noqa: PLC0415  few need it

        quat = Rotation.from_euler("ZYX", values[5:2:-1]).as_quat()
    try:
        return RigidTransform(values[:3], quat), (size[0], size[1], size[2])
    except SpecError as error:
        raise fields.error("val", "a unit quaternion in places 3 to 6", error.found) from None


def placed_label(
    about: Fields, data: Fields, frames: "Frames", report: Counter[str]
) -> dict[str, Any] | None:
    """Return geometry and attributes of what doesn't move, None where nothing has a place."""
    attributes = attributes_of(data, report)
    lines = _entries(data, "poly3d")
    points = _entries(data, "point3d")
    boxes = _entries(data, "cuboid")
    if boxes:
        pose, size = box_of(boxes[0])
        placed = _world(boxes[0], about, frames) @ pose
        return {"geometry": "cuboid", "attributes": attributes, **_standing(placed, size, frames)}
    if lines:
        return _line(lines, about, frames, attributes, report)
    if points:
        return _points(points, about, frames, attributes)
    return None


def _entries(data: Fields, kind: str) -> list[Fields]:
    entries = data.values.get(kind) or []
    if not isinstance(entries, list):
        raise data.error(kind, "a list")
    return [
        Fields(entry, data.where, f"{data.prefix}{kind}[{index}].")
        for index, entry in enumerate(entries)
    ]


def _world(entry: Fields, about: Fields, frames: "Frames") -> RigidTransform:
    system = entry.values.get("coordinate_system") or about.values.get("coordinate_system")
    return frames.world_from(system, None, entry)


def _standing(
    pose: RigidTransform, size: tuple[float, float, float], frames: "Frames"
) -> dict[str, Any]:
    time_ns = frames.times_ns[0] if frames.times_ns else frames.start_ns
    keyframe = {"time_ns": str(time_ns), **pose.to_dict()}
    return {
        "static": True,
        "size_m": list(size),
        "interpolation": "linear",
        "keyframes": [keyframe],
    }


def _vertices(entry: Fields, about: Fields, frames: "Frames") -> list[list[float]]:
    value: Any = entry.values.get("val")
    if not isinstance(value, list) or len(value) % 3:
        raise entry.error("val", "x, y, z of each vertex")
    flat = entry.numbers("val", [len(value)])
    world = _world(entry, about, frames)
    vertices = np.array(flat, dtype=np.float64).reshape(-1, 3)
    # Where it is the world already, not even the last digit changes.
    same = not world.position_m.any() and not world.quat_xyzw[:3].any()
    found: list[list[float]] = (vertices if same else world.apply(vertices)).tolist()
    return found


def _line(
    lines: list[Fields],
    about: Fields,
    frames: "Frames",
    attributes: dict[str, AttributeValue],
    report: Counter[str],
) -> dict[str, Any]:
    first = lines[0]
    is_closed = bool(first.values.get("closed"))
    if first.values.get("name") == _LINE or not is_closed:
        if len(lines) > 1:
            report[_MORE_LINES] += 1
        label: dict[str, Any] = {
            "geometry": "polyline",
            "attributes": attributes,
            "closed": is_closed,
            "vertices_m": _vertices(first, about, frames),
        }
        inside = first.child("attributes") if first.has("attributes") else Fields({}, "")
        own = attributes_of(inside, report)
        width = own.get(_WIDTH)
        if isinstance(width, int | float) and not isinstance(width, bool) and width > 0:
            label["width_m"] = width
        return label
    rings = [_vertices(entry, about, frames) for entry in lines]
    return {"geometry": "polygon", "attributes": attributes, "rings_m": rings}


def _points(
    points: list[Fields],
    about: Fields,
    frames: "Frames",
    attributes: dict[str, AttributeValue],
) -> dict[str, Any]:
    for entry in points:
        entry.numbers("val", (3,))
    places = [_vertices(entry, about, frames)[0] for entry in points]
    names = [entry.text("name") for entry in points]
    if names == [str(number) for number in range(len(names))] and not any(
        entry.has("attributes") for entry in points
    ):
        return {"geometry": "points", "attributes": attributes, "positions_m": places}
    found = {}
    for name, place, entry in zip(names, places, points, strict=True):
        told = entry.child("attributes") if entry.has("attributes") else Fields({}, "")
        visible = attributes_of(told, Counter()).get("visible", True)
        found[name] = {"position_m": place, "visible": visible is True}
    return {"geometry": "keypoints", "attributes": attributes, "points": found}
