"""Reading label sets (``labelapp-labels/1``)."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from projection.io.cuboids import read_cuboid
from projection.io.errors import Defect, FormatError, defect_of
from projection.io.json_file import read_json
from projection.io.values import attributes, positions, time_ns
from projection.labels import (
    Keypoints,
    Label,
    LabelSet,
    Points,
    PointSelection,
    Polygon,
    Polyline,
)
from projection.spec import Fields, SpecError, shown

FORMAT = "labelapp-labels/1"
SOURCES = ("human", "model", "gold", "simulation", "import")


def read_label_set(source: str | os.PathLike[str] | Mapping[str, Any], name: str = "") -> LabelSet:
    """A label set from a file, or from its parsed JSON.

    Args:
        source: Path of the file, or the object it holds.
        name: What errors call it; by default the file's name.

    Raises:
        FormatError: With every label that is wrong.
    """
    if isinstance(source, Mapping):
        document: Mapping[str, Any] = source
    else:
        path = Path(source)
        name = name or path.name
        document = read_json(path, name)
    defects: list[Defect] = []
    try:
        layer, kind, specs = _header(document)
    except SpecError as error:
        raise FormatError([defect_of(error, name)]) from error
    labels: list[Label] = []
    seen: set[str] = set()
    for index, spec in enumerate(specs):
        try:
            label = _label(Fields(spec, f"labels[{index}]"))
            if label.id in seen:
                raise SpecError(  # noqa: TRY301  joins the other defects of this label
                    "id", "ids that are unique", f"{shown(label.id)} twice", f"labels[{index}]"
                )
        except SpecError as error:
            defects.append(defect_of(error, name))
            continue
        seen.add(label.id)
        labels.append(label)
    if defects:
        raise FormatError(defects)
    return LabelSet(layer, kind, tuple(labels), name or None)


def read_label(spec: Any) -> Label:
    """One label from its parsed JSON.

    Raises:
        FormatError: With one defect; its ``field`` is dotted (``keyframes[3].size_m``).
    """
    try:
        return _label(Fields(spec, ""))
    except SpecError as error:
        raise FormatError([defect_of(error, "")]) from error


def _header(document: Mapping[str, Any]) -> tuple[str, str, list[Any]]:
    fields = Fields(document, "")
    if document.get("format") != FORMAT:
        raise fields.error("format", f'"{FORMAT}"')
    layer = fields.text("layer")
    source = fields.choice("source", SOURCES)
    labels = document.get("labels")
    if not isinstance(labels, list):
        raise fields.error("labels", "a list of labels")
    return layer, source, labels


def _label(fields: Fields) -> Label:
    geometry = fields.choice("geometry", tuple(_READERS))
    common = {
        "id": fields.text("id"),
        "class_name": fields.text("class"),
        "attributes": attributes(fields),
        "spec": fields.values,
    }
    return _READERS[geometry](fields, common)


def _polyline(fields: Fields, common: dict[str, Any]) -> Label:
    closed = _flag(fields, "closed")
    vertices = positions(fields, "vertices_m", 3 if closed else 2)
    width = fields.number("width_m", above=0.0) if fields.has("width_m") else None
    return Polyline(**common, vertices_m=vertices, closed=closed, width_m=width)


def _polygon(fields: Fields, common: dict[str, Any]) -> Label:
    rings = fields.values.get("rings_m")
    if not isinstance(rings, list) or not rings:
        raise fields.error("rings_m", "a list of rings, the outer one first")
    holder = {f"rings_m[{index}]": ring for index, ring in enumerate(rings)}
    inner = Fields(holder, fields.where, fields.prefix)
    return Polygon(**common, rings_m=tuple(positions(inner, name, 3) for name in holder))


def _keypoints(fields: Fields, common: dict[str, Any]) -> Label:
    points = fields.child("points")
    if not points.values:
        raise fields.error("points", "at least one point")
    found: list[tuple[float, ...]] = []
    visible: list[bool] = []
    for name in points.values:
        point = points.child(name)
        found.append(point.numbers("position_m", (3,)))
        visible.append(_flag(point, "visible", default=True))
    names = tuple(str(name) for name in points.values)
    return Keypoints(**common, names=names, positions_m=np.array(found), visible=np.array(visible))


def _points(fields: Fields, common: dict[str, Any]) -> Label:
    selections: list[PointSelection] = []
    sweeps = fields.values.get("sweeps", [])
    if not isinstance(sweeps, list):
        raise fields.error("sweeps", "a list of {lidar, time_ns, indices}")
    for index, spec in enumerate(sweeps):
        place = Fields(spec, fields.where, f"{fields.prefix}sweeps[{index}].")
        numbers = place.values.get("indices")
        if not isinstance(numbers, list) or any(
            type(number) is not int or number < 0 for number in numbers
        ):
            raise place.error("indices", "a list of whole numbers, at least 0")
        selections.append(
            PointSelection(
                place.text("lidar"), time_ns(place, "time_ns"), np.array(numbers, dtype=np.int64)
            )
        )
    own = positions(fields, "positions_m", 0) if fields.has("positions_m") else np.zeros((0, 3))
    return Points(**common, selections=tuple(selections), positions_m=own)


def _flag(fields: Fields, field: str, *, default: bool = False) -> bool:
    value = fields.values.get(field, default)
    if not isinstance(value, bool):
        raise fields.error(field, "true or false")
    return value


_READERS: dict[str, Callable[[Fields, dict[str, Any]], Label]] = {
    "cuboid": read_cuboid,
    "polyline": _polyline,
    "polygon": _polygon,
    "keypoints": _keypoints,
    "points": _points,
}
