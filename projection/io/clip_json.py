"""Reading ``clip.json``: the rig, and what else is said about a clip."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from projection.camera import Camera
from projection.io.errors import Defect, defect_of
from projection.io.values import attributes
from projection.labels import Attributes
from projection.rigid import RigidTransform
from projection.spec import Fields, SpecError, shown

FORMAT = "labelapp-clip/1"
NAME = "clip.json"
SWEEP_FIELDS = ("x", "y", "z", "intensity", "time_offset_ns", "ring")
#: Not only dots: it becomes a part of addresses.
_SENSOR_NAME = re.compile(r"(?!\.{1,2}$)[^\x00-\x1f\x7f/\\]{1,100}")

Sensor = TypeVar("Sensor", "Camera", "Lidar")


@dataclass(frozen=True, slots=True)
class Lidar:
    """A lidar, radar or reconstruction of the rig.

    Attributes:
        name: Its name.
        ego_from_lidar: Where it sits.
        fields: Columns of its .npy and .bin files; None: x y z, then intensity if there's a fourth.
    """

    name: str
    ego_from_lidar: RigidTransform
    fields: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where on Earth the world's origin lies."""

    latitude_deg: float
    longitude_deg: float
    altitude_m: float | None


@dataclass(frozen=True, slots=True)
class ClipDescription:
    """What ``clip.json`` says; ``is_whole`` is False where a defect left something out."""

    name: str
    cameras: tuple[Camera, ...]
    lidars: tuple[Lidar, ...]
    origin: Origin | None
    attributes: Attributes
    is_whole: bool


def read_description(document: Any, defects: list[Defect]) -> ClipDescription:
    """The checked content of ``clip.json``; defects are added, and what is wrong left out."""
    fields = Fields(document, "")
    if fields.values.get("format") != FORMAT:
        defects.append(defect_of(fields.error("format", f'"{FORMAT}"'), NAME))
    name = _try(lambda: fields.text("name"), defects) or ""
    cameras = _sensors(fields, "cameras", _camera, defects)
    lidars = _sensors(fields, "lidars", _lidar, defects)
    origin = _try(lambda: _origin(fields), defects)
    extra = _try(lambda: attributes(fields), defects) or {}
    if not cameras and not lidars and not defects:
        defects.append(Defect(NAME, "cameras", "at least one camera or lidar", "none"))
    return ClipDescription(name, cameras, lidars, origin, extra, is_whole=not defects)


Result = TypeVar("Result")


def _try(read: Callable[[], Result], defects: list[Defect]) -> Result | None:
    try:
        return read()
    except SpecError as error:
        defects.append(defect_of(error, NAME))
        return None


def _sensors(
    fields: Fields, field: str, read: Callable[[Any, str], Sensor], defects: list[Defect]
) -> tuple[Sensor, ...]:
    specs = fields.values.get(field)
    if specs is None and field == "lidars":
        return ()
    if not isinstance(specs, list):
        defects.append(defect_of(fields.error(field, f"a list of {field}"), NAME))
        return ()
    sensors: list[Sensor] = []
    for index, spec in enumerate(specs):
        place = f"{field}[{index}]"
        sensor = _try(partial(read, spec, place), defects)
        if sensor is None:
            continue
        if any(other.name == sensor.name for other in sensors):
            defects.append(Defect(NAME, f"{place}.name", "names that are unique", sensor.name))
            continue
        sensors.append(sensor)
    return tuple(sensors)


def _name(spec: Any, place: str) -> Fields:
    fields = Fields(spec, place)
    name = fields.text("name")
    if not _SENSOR_NAME.fullmatch(name):
        raise fields.error("name", "up to 100 characters without slashes, not . or ..", shown(name))
    return Fields(spec, f"{place} ({name})")


def _camera(spec: Any, place: str) -> Camera:
    fields = _name(spec, place)
    try:
        camera = Camera.from_dict(spec)
    except SpecError as error:
        raise SpecError(error.field, error.expected, error.found, fields.where) from error
    if camera.ego_from_camera is None:
        raise fields.error("ego_from_camera", "an object")
    if not fields.has("shutter"):
        raise fields.error("shutter", "an object")
    return camera


def _lidar(spec: Any, place: str) -> Lidar:
    fields = _name(spec, place)
    pose = RigidTransform.from_fields(fields.child("ego_from_lidar"))
    columns: tuple[str, ...] | None = None
    if fields.has("fields"):
        value = fields.values["fields"]
        known = isinstance(value, list) and all(entry in SWEEP_FIELDS for entry in value)
        if not known or len(set(value)) != len(value) or not {"x", "y", "z"} <= set(value):
            expected = "x, y, z and some of intensity, time_offset_ns, ring, each once"
            raise fields.error("fields", expected)
        columns = tuple(value)
    return Lidar(fields.text("name"), pose, columns)


def _origin(fields: Fields) -> Origin | None:
    if not fields.has("origin"):
        return None
    place = fields.child("origin")
    latitude, longitude = place.number("latitude_deg"), place.number("longitude_deg")
    if abs(latitude) > 90.0:
        raise place.error("latitude_deg", "a number from -90 to 90")
    if abs(longitude) > 360.0:
        raise place.error("longitude_deg", "a number from -180 to 180")
    altitude = place.number("altitude_m") if place.has("altitude_m") else None
    return Origin(latitude, longitude, altitude)
