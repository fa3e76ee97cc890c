"""What an ontology says, checked and ready to be asked.

The JSON is described in ``docs/api.md``. A defect raises ``FieldError`` with the path of the field,
such as ``layers[0].classes[2].color``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from labelapp.common.checking import (
    MISSING,
    FieldError,
    as_boolean,
    as_list,
    as_number,
    as_object,
    as_text,
    refuse_unknown,
)

GEOMETRIES = ("cuboid", "polyline", "polygon", "keypoints", "points")
ATTRIBUTE_TYPES = ("boolean", "select", "number", "text")

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_TITLE_LENGTH = 80
_NAME_LENGTH = 64
_TEXT_ATTRIBUTE_LENGTH = 1000

AttributeValue = str | float | bool


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a class.

    ``required`` is for whoever checks finished work: labels are saved while they are still being
    made, so a required attribute may be absent from a saved label.
    """

    name: str
    title: str
    type: str
    per_keyframe: bool
    required: bool
    options: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    default: AttributeValue | None

    def check(self, value: object, field: str) -> AttributeValue:
        """Return the value if the attribute may have it; raise ``FieldError`` otherwise."""
        if self.type == "boolean":
            return as_boolean(value, field)
        if self.type == "number":
            return self._checked_number(value, field)
        if self.type == "select":
            if not isinstance(value, str) or value not in self.options:
                raise FieldError(field, f"one of {', '.join(self.options)}", value)
            return value
        if not isinstance(value, str) or len(value) > _TEXT_ATTRIBUTE_LENGTH:
            raise FieldError(field, f"a text of at most {_TEXT_ATTRIBUTE_LENGTH} characters", value)
        return value

    def _checked_number(self, value: object, field: str) -> float:
        limits = [
            *([] if self.minimum is None else [f"at least {self.minimum:g}"]),
            *([] if self.maximum is None else [f"at most {self.maximum:g}"]),
        ]
        expected = " ".join(["a finite number", " and ".join(limits)]).strip()
        number = as_number(value, field, expected=expected)
        too_low = self.minimum is not None and number < self.minimum
        if too_low or (self.maximum is not None and number > self.maximum):
            raise FieldError(field, expected, value)
        return number


@dataclass(frozen=True, slots=True)
class LabelClass:
    """One class of a layer."""

    name: str
    title: str
    color: str
    geometries: tuple[str, ...]
    hotkey: str | None
    size_m: tuple[float, float, float] | None
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: the classes that are labelled as one job."""

    name: str
    title: str
    classes: Mapping[str, LabelClass]


@dataclass(frozen=True, slots=True)
class Ontology:
    """A whole ontology."""

    layers: Mapping[str, Layer]

    @classmethod
    def from_body(cls, body: object) -> "Ontology":
        """Return the ontology that a body describes; raise ``FieldError`` at the first defect."""
        fields = as_object(body, "")
        refuse_unknown(fields, "", ["layers"])
        layers = as_list(fields.get("layers", MISSING), "layers", of="layers", at_least=1)
        parsed = [_layer(layer, f"layers[{i}]") for i, layer in enumerate(layers)]
        _refuse_twice([layer.name for layer in parsed], "layers", "name")
        return cls(MappingProxyType({layer.name: layer for layer in parsed}))


def _name(fields: Mapping[str, object], path: str) -> str:
    value = fields.get("name", MISSING)
    if not isinstance(value, str) or not _NAME.fullmatch(value) or len(value) > _NAME_LENGTH:
        expected = f"lower-case letters, digits and _, a letter first, at most {_NAME_LENGTH} long"
        raise FieldError(f"{path}.name", expected, value)
    return value


def _title(fields: Mapping[str, object], path: str) -> str:
    return as_text(fields.get("title", MISSING), f"{path}.title", at_most=_TITLE_LENGTH)


def _refuse_twice(values: list[str], path: str, key: str) -> None:
    """Refuse a list of things two of which share what must tell them apart."""
    seen: dict[str, int] = {}
    for index, value in enumerate(values):
        if value in seen:
            raise FieldError(
                f"{path}[{index}].{key}", f"another one than {path}[{seen[value]}] has", value
            )
        seen[value] = index


def _layer(value: object, path: str) -> Layer:
    fields = as_object(value, path)
    refuse_unknown(fields, path, ["name", "title", "classes"])
    name, title = _name(fields, path), _title(fields, path)
    field = f"{path}.classes"
    classes = as_list(fields.get("classes", MISSING), field, of="classes", at_least=1)
    parsed = [_label_class(item, f"{field}[{i}]") for i, item in enumerate(classes)]
    _refuse_twice([item.name for item in parsed], field, "name")
    # A class without a hotkey must not shift the index of the others.
    hotkeys = [item.hotkey or f"none for class {i}" for i, item in enumerate(parsed)]
    _refuse_twice(hotkeys, field, "hotkey")
    return Layer(name, title, MappingProxyType({item.name: item for item in parsed}))


def _label_class(value: object, path: str) -> LabelClass:
    fields = as_object(value, path)
    known = ["name", "title", "color", "geometries", "hotkey", "size_m", "attributes"]
    refuse_unknown(fields, path, known)
    color = fields.get("color", MISSING)
    if not isinstance(color, str) or not _COLOR.fullmatch(color):
        raise FieldError(f"{path}.color", 'a colour such as "#0072B2"', color)
    hotkey = fields.get("hotkey")
    if hotkey is not None and (
        not isinstance(hotkey, str) or len(hotkey) != 1 or not hotkey.isprintable()
    ):
        raise FieldError(f"{path}.hotkey", "one character", hotkey)
    attributes = as_list(fields.get("attributes", []), f"{path}.attributes", of="attributes")
    parsed = [_attribute(item, f"{path}.attributes[{i}]") for i, item in enumerate(attributes)]
    _refuse_twice([item.name for item in parsed], f"{path}.attributes", "name")
    return LabelClass(
        name=_name(fields, path),
        title=_title(fields, path),
        color=color,
        geometries=_geometries(fields.get("geometries", MISSING), f"{path}.geometries"),
        hotkey=hotkey,
        size_m=_size_m(fields["size_m"], f"{path}.size_m") if "size_m" in fields else None,
        attributes=MappingProxyType({item.name: item for item in parsed}),
    )


def _geometries(value: object, path: str) -> tuple[str, ...]:
    kinds = as_list(value, path, of="geometries", at_least=1)
    for index, kind in enumerate(kinds):
        if kind not in GEOMETRIES or kind in kinds[:index]:
            raise FieldError(f"{path}[{index}]", f"one of {', '.join(GEOMETRIES)}, once", kind)
    return tuple(str(kind) for kind in kinds)


def _size_m(value: object, path: str) -> tuple[float, float, float]:
    expected = "three numbers > 0: length, width, height in metres"
    if not isinstance(value, list) or len(value) != 3:
        raise FieldError(path, expected, value)
    length, width, height = (as_number(part, path, expected=expected) for part in value)
    if min(length, width, height) <= 0:
        raise FieldError(path, expected, value)
    return length, width, height


def _attribute(value: object, path: str) -> Attribute:
    fields = as_object(value, path)
    known = [
        "name",
        "title",
        "type",
        "options",
        "per_keyframe",
        "default",
        "required",
        "min",
        "max",
    ]
    refuse_unknown(fields, path, known)
    kind = fields.get("type", MISSING)
    if not isinstance(kind, str) or kind not in ATTRIBUTE_TYPES:
        raise FieldError(f"{path}.type", f"one of {', '.join(ATTRIBUTE_TYPES)}", kind)
    minimum, maximum = _limits(fields, path, kind)
    attribute = Attribute(
        name=_name(fields, path),
        title=_title(fields, path),
        type=kind,
        per_keyframe=as_boolean(fields.get("per_keyframe", False), f"{path}.per_keyframe"),
        required=as_boolean(fields.get("required", False), f"{path}.required"),
        options=_options(fields, path, kind),
        minimum=minimum,
        maximum=maximum,
        default=None,
    )
    if "default" not in fields:
        return attribute
    default = attribute.check(fields["default"], f"{path}.default")
    values = {name: getattr(attribute, name) for name in Attribute.__slots__}
    return Attribute(**{**values, "default": default})


def _options(fields: Mapping[str, object], path: str, kind: str) -> tuple[str, ...]:
    if kind != "select":
        if "options" in fields:
            raise FieldError(f"{path}.options", "no options for this type", fields["options"])
        return ()
    field = f"{path}.options"
    found = as_list(fields.get("options", MISSING), field, of="texts", at_least=1)
    options = [
        as_text(option, f"{field}[{i}]", at_most=_TITLE_LENGTH) for i, option in enumerate(found)
    ]
    for index, option in enumerate(options):
        if option in options[:index]:
            raise FieldError(f"{field}[{index}]", "every option once", option)
    return tuple(options)


def _limits(
    fields: Mapping[str, object], path: str, kind: str
) -> tuple[float | None, float | None]:
    limits: list[float | None] = []
    for key in ("min", "max"):
        if key not in fields:
            limits.append(None)
        elif kind != "number":
            raise FieldError(f"{path}.{key}", "limits only for a number", fields[key])
        else:
            limits.append(as_number(fields[key], f"{path}.{key}"))
    minimum, maximum = limits
    if minimum is not None and maximum is not None and minimum > maximum:
        raise FieldError(f"{path}.max", f"at least min, which is {minimum:g}", maximum)
    return minimum, maximum
