"""Rows of targets as our exports write them: a box in a camera's frame, at an image's time."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from labelapp.imports.errors import blaming, defect
from labelapp.imports.reading import ClipGeometry
from projection import RigidTransform
from projection.io.values import attributes, time_ns
from projection.sampled import Sampling, Seen, cuboids_of, usual_step_ns
from projection.spec import Fields

#: What a row needs for its box to have a place in the world.
PLACED = ("position_camera_m", "quat_xyzw", "size_m")
_OTHERS = "rows of labels without a box: a place in images alone says nothing of the world"
_WITHIN_M = 1e-6
_MISSING = 1.5


@dataclass(frozen=True, slots=True)
class ImageRow:
    """A row of targets, and where it stands."""

    file: str
    place: int | str
    camera: str
    time_ns: int
    values: Mapping[str, Any]


def boxes_of_rows(
    rows: Iterable[ImageRow],
    geometry: ClipGeometry,
    report: Counter[str],
    images: Iterable[tuple[str, int]] = (),
) -> list[dict[str, Any]]:
    """Return the rows' boxes as tracks in the world, by the clip's calibration and poses.

    Args:
        rows: Of one clip.
        geometry: That clip.
        report: Told what was odd.
        images: Camera and time of images that may have no row.
    """
    seen: list[Seen] = []
    times: dict[str, set[int]] = {}
    for camera, at_ns in images:
        times.setdefault(camera, set()).add(at_ns)
    listed = list(rows)
    said = {at_ns for of_camera in times.values() for at_ns in of_camera}
    said |= {row.time_ns for row in listed}
    inside = geometry.inside(said, listed[0].file if listed else "", report)
    times = {camera: of_camera & inside for camera, of_camera in times.items()}
    for row in listed:
        if row.time_ns not in inside:
            continue
        times.setdefault(row.camera, set()).add(row.time_ns)
        if any(row.values.get(name) is None for name in PLACED):
            report[_OTHERS] += 1
            continue
        seen.append(_seen(row, geometry))
    steps = [usual_step_ns(sorted(of_camera)) for of_camera in times.values()]
    known = [step for step in steps if step is not None]
    every = sorted({at_ns for of_camera in times.values() for at_ns in of_camera})
    # Not every camera sees everything: of several, only a long time without it is a gap.
    ends = every if len(times) == 1 else [*every[:1], *every[-1:]]
    longest = int(_MISSING * max(known)) if known else None
    return cuboids_of(seen, Sampling(ends, longest, _WITHIN_M), report)


def _seen(row: ImageRow, geometry: ClipGeometry) -> Seen:
    if not geometry.has_camera(row.camera):
        expected = f"a camera of the clip ({', '.join(geometry.camera_names)})"
        raise defect(row.file, expected, row.camera, row=row.place, field="camera")
    mount = geometry.camera(row.camera).ego_from_camera
    if mount is None:
        expected = f"a place of camera '{row.camera}' on the vehicle"
        raise defect(row.file, expected, None, row=row.place)
    with blaming(row.file, row.place):
        fields = Fields(row.values, "")
        size = fields.numbers("size_m", (3,))
        if min(size) <= 0.0:
            raise fields.error("size_m", "three numbers above 0")
        place = fields.numbers("position_camera_m", (3,))
        pose = RigidTransform(place, fields.numbers("quat_xyzw", (4,)))
        name = fields.text("label_id")
        label_class = fields.text("label_class" if fields.has("label_class") else "class")
        said = row.values.get("attributes")
        if isinstance(said, str):
            try:
                said = orjson.loads(said)
            except orjson.JSONDecodeError as error:
                raise fields.error("attributes", "JSON") from error
        told = attributes(Fields({"attributes": said}, ""))
    world_from_ego = geometry.world_from_ego(row.time_ns, row.file, row.place)
    world_from_box = world_from_ego @ mount @ pose
    return Seen(name, label_class, row.time_ns, world_from_box, (size[0], size[1], size[2]), told)


def time_of(values: Mapping[str, Any], file: str, place: int | str) -> int:
    """Return a row's time."""
    with blaming(file, place):
        return time_ns(Fields(values, ""), "time_ns")
