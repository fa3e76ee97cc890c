"""Target specs: which targets, of which classes, of which images, under which visibility rules.

A spec is a JSON object; every field but ``targets`` may be left out::

    {"name": "objects",
     "targets": ["box2d_clipped", "mask_visible", ...],        see ``LABEL_TARGETS`` and the others
     "classes": ["car", {"name": "truck", "of": ["truck", "bus"]}],  null: all, as they are
     "cameras": ["front"],                                      null: all
     "sampling": {"every": 3, "from_ns": "0", "to_ns": "90", "only_pictures": false},
     "visibility": {"min_visible_fraction": 0.1, "min_visible_px": 20,
                    "max_distance_m": 120, "max_truncation": 0.9},
     "occluders": {"cuboids": true, "cuboid_scale": [0.9, 0.9, 0.85], "polygons": true},
     "tolerance_px": 0.05}

What isn't asked for isn't computed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from projection.spec import Fields, SpecError, shown

#: Of a label in an image.
LABEL_TARGETS = (
    "box2d_full",
    "box2d_clipped",
    "box2d_visible",
    "outline",
    "mask_whole",
    "mask_visible",
    "polyline",
    "polygon",
    "keypoints",
    "corners",
    "truncation",
    "occlusion",
    "distance",
    "depth",
)
#: Of an image.
IMAGE_TARGETS = ("semantic", "id_picture", "depth_picture")
TARGETS = LABEL_TARGETS + IMAGE_TARGETS
#: What an engineer gets who asks for nothing in particular.
DEFAULT_TARGETS = tuple(name for name in LABEL_TARGETS if name != "corners")
#: A solid box hides more than the thing in it, so as an occluder it is smaller.
OCCLUDER_SCALE = (0.9, 0.9, 0.85)
#: px between straight pieces and true curves.
TOLERANCE_PX = 0.05
#: Which targets can't be had without drawing the picture.
_DRAWN = frozenset(
    {"box2d_visible", "mask_whole", "mask_visible", "occlusion", "polyline", "keypoints"}
) | frozenset(IMAGE_TARGETS)
_INT64_MAX = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One class of the targets: its name there, and the labels' classes that become it."""

    name: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which images.

    Attributes:
        every: Every so many images of each camera, from its first.
        from_ns: None: from the first.
        to_ns: Included; None: to the last.
        only_pictures: Leave out images whose picture wasn't kept.
    """

    every: int = 1
    from_ns: int | None = None
    to_ns: int | None = None
    only_pictures: bool = False

    def takes(self, index: int, time_ns: int, *, has_picture: bool) -> bool:
        """Whether the camera's image number ``index`` is asked for."""
        return (
            index % self.every == 0
            and (self.from_ns is None or time_ns >= self.from_ns)
            and (self.to_ns is None or time_ns <= self.to_ns)
            and (has_picture or not self.only_pictures)
        )


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which labels of an image are left out; a rule that is None leaves out none.

    Attributes:
        min_visible_fraction: Of the pixels in the picture, those that nothing hides.
        min_visible_px: Pixels that nothing hides.
        max_distance_m: From the camera to a box's centre, or to the nearest vertex.
        max_truncation: Share that isn't in the picture; of boxes.
    """

    min_visible_fraction: float | None = None
    min_visible_px: int | None = None
    max_distance_m: float | None = None
    max_truncation: float | None = None

    @property
    def needs_pixels(self) -> bool:
        """Whether a rule asks what is seen."""
        return self.min_visible_fraction is not None or self.min_visible_px is not None


@dataclass(frozen=True, slots=True)
class Occluders:
    """What hides labels.

    Attributes:
        cuboids: Boxes do.
        cuboid_scale: Factors on a box's length, width and height while it hides another.
        polygons: Surfaces do.
    """

    cuboids: bool = True
    cuboid_scale: tuple[float, float, float] = OCCLUDER_SCALE
    polygons: bool = True


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """A target spec, checked.

    Attributes:
        targets: Names, in the order of ``TARGETS``.
        name: What people call it; it decides nothing.
        classes: None: all classes, as they are.
        cameras: None: all.
        sampling: Which images.
        visibility: Which labels of an image are left out.
        occluders: What hides labels.
        tolerance_px: How far straight pieces may be off the true curves.
    """

    targets: tuple[str, ...] = DEFAULT_TARGETS
    name: str = "targets"
    classes: tuple[ClassRule, ...] | None = None
    cameras: tuple[str, ...] | None = None
    sampling: Sampling = field(default_factory=Sampling)
    visibility: Visibility = field(default_factory=Visibility)
    occluders: Occluders = field(default_factory=Occluders)
    tolerance_px: float = TOLERANCE_PX

    @classmethod
    def from_dict(cls, document: Any) -> "TargetSpec":
        """From its JSON form.

        Raises:
            SpecError: With the field's name, what was expected and what was found.
        """
        fields = _Checked(document, "target spec")
        fields.known(cls.__slots__)
        targets = _names(fields, "targets", choice=TARGETS)
        if targets is None:
            raise fields.error("targets", "a list of targets")
        return cls(
            targets=tuple(name for name in TARGETS if name in targets),
            name=fields.text("name", default="targets"),
            classes=_classes(fields),
            cameras=_names(fields, "cameras"),
            sampling=_sampling(fields.part("sampling")),
            visibility=_visibility(fields.part("visibility")),
            occluders=_occluders(fields.part("occluders")),
            tolerance_px=fields.number(
                "tolerance_px", default=TOLERANCE_PX, above=0.0, at_most=100.0
            ),
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, complete; ``from_dict`` of it gives the same spec."""
        document = asdict(self)
        for bound in ("from_ns", "to_ns"):
            value = document["sampling"][bound]
            document["sampling"][bound] = None if value is None else str(value)
        plain: dict[str, Any] = json.loads(json.dumps(document))
        return plain

    @property
    def content_hash(self) -> str:
        """SHA-256 (hexadecimal) of what decides about an image's targets: not which images."""
        decisive = self.to_dict()
        for other in ("name", "cameras", "sampling"):
            del decisive[other]
        text = json.dumps(decisive, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def wants(self, *names: str) -> bool:
        """Whether any of these targets is asked for."""
        return any(name in self.targets for name in names)

    @property
    def needs_drawing(self) -> bool:
        """Whether a target or a rule asks which pixels are seen."""
        return self.visibility.needs_pixels or not _DRAWN.isdisjoint(self.targets)

    @property
    def needs_silhouettes(self) -> bool:
        """Whether a target or a rule asks for a label's own pixels."""
        return self.visibility.needs_pixels or self.wants(
            "box2d_visible", "mask_whole", "mask_visible", "occlusion"
        )

    def class_of(self, class_name: str) -> str | None:
        """What a label's class is called among the targets; None: it is left out."""
        if self.classes is None:
            return class_name
        return next((rule.name for rule in self.classes if class_name in rule.of), None)


class _Checked(Fields):
    """Fields that are all known: a misspelt rule must not be taken for none."""

    def known(self, names: tuple[str, ...]) -> None:
        for field_name in self.values:
            if field_name not in names:
                raise self.error(
                    str(field_name), "one of the fields " + ", ".join(names), "an unknown field"
                )

    def part(self, field_name: str) -> "_Checked":
        values = self.values.get(field_name)
        if values is None:
            values = {}
        elif not isinstance(values, Mapping):
            raise self.error(field_name, "an object")
        return _Checked(values, self.where, f"{self.prefix}{field_name}.")

    def flag(self, field_name: str, *, default: bool) -> bool:
        value = self.values.get(field_name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.error(field_name, "true or false")
        return value

    def optional(self, field_name: str, *, least: float, most: float) -> float | None:
        """A number within bounds, both included; None where it isn't there."""
        if not self.has(field_name):
            return None
        value = self.number(field_name)
        if not least <= value <= most:
            raise self.error(field_name, f"a number from {least:g} to {most:g}")
        return value


def _names(
    fields: Fields, field_name: str, choice: tuple[str, ...] | None = None
) -> tuple[str, ...] | None:
    """A list of texts, each once, at least one; None where it isn't there."""
    if not fields.has(field_name):
        return None
    value = fields.values[field_name]
    wanted = f"a list of {field_name}"
    if not isinstance(value, list | tuple) or not value:
        raise fields.error(field_name, wanted)
    for index, entry in enumerate(value):
        if not isinstance(entry, str) or not entry.strip():
            raise fields.error(f"{field_name}[{index}]", "a text that isn't empty", shown(entry))
        if choice is not None and entry not in choice:
            raise fields.error(
                f"{field_name}[{index}]", "one of " + ", ".join(choice), shown(entry)
            )
        if entry in value[:index]:
            raise fields.error(f"{field_name}[{index}]", "each name once", f"{shown(entry)} twice")
    return tuple(value)


def _classes(fields: Fields) -> tuple[ClassRule, ...] | None:
    if not fields.has("classes"):
        return None
    entries = fields.values["classes"]
    if not isinstance(entries, list | tuple) or not entries:
        raise fields.error("classes", "a list of classes, or null for all of them")
    rules: list[ClassRule] = []
    taken: dict[str, str] = {}
    for index, entry in enumerate(entries):
        place = f"classes[{index}]"
        rule = _class_rule(entry, place)
        if any(rule.name == other.name for other in rules):
            raise fields.error(f"{place}.name", "each name once", f"{shown(rule.name)} twice")
        for class_name in rule.of:
            if class_name in taken:
                found = f"{shown(class_name)} also in {shown(taken[class_name])}"
                raise fields.error(f"{place}.of", "each class once", found)
            taken[class_name] = rule.name
        rules.append(rule)
    return tuple(rules)


def _class_rule(entry: Any, place: str) -> ClassRule:
    if isinstance(entry, str) and entry.strip():
        return ClassRule(entry, (entry,))
    if not isinstance(entry, Mapping):
        raise SpecError(
            place, "a class, or an object with name and of", shown(entry), "target spec"
        )
    fields = _Checked(entry, "target spec", f"{place}.")
    fields.known(("name", "of"))
    name = fields.text("name")
    return ClassRule(name, _names(fields, "of") or (name,))


def _sampling(fields: _Checked) -> Sampling:
    fields.known(Sampling.__slots__)
    every = fields.integer("every", minimum=1, maximum=1_000_000) if fields.has("every") else 1
    from_ns, to_ns = (_time(fields, name) for name in ("from_ns", "to_ns"))
    if from_ns is not None and to_ns is not None and to_ns < from_ns:
        raise fields.error("to_ns", f"a time from {from_ns} on")
    return Sampling(every, from_ns, to_ns, fields.flag("only_pictures", default=False))


def _time(fields: Fields, field_name: str) -> int | None:
    if not fields.has(field_name):
        return None
    value = fields.values[field_name]
    whole = isinstance(value, int) and not isinstance(value, bool)
    if isinstance(value, str) and value.strip().lstrip("-").isascii():
        whole = value.strip().removeprefix("-").isdigit()
    if not whole or abs(int(value)) > _INT64_MAX:
        raise fields.error(field_name, "a whole number of nanoseconds, as text")
    return int(value)


def _visibility(fields: _Checked) -> Visibility:
    fields.known(Visibility.__slots__)
    pixels = None
    if fields.has("min_visible_px"):
        pixels = fields.integer("min_visible_px", minimum=0, maximum=1 << 32)
    return Visibility(
        fields.optional("min_visible_fraction", least=0.0, most=1.0),
        pixels,
        fields.optional("max_distance_m", least=0.0, most=1e9),
        fields.optional("max_truncation", least=0.0, most=1.0),
    )


def _occluders(fields: _Checked) -> Occluders:
    fields.known(Occluders.__slots__)
    scale = OCCLUDER_SCALE
    if fields.has("cuboid_scale"):
        length, width, height = fields.numbers("cuboid_scale", (3,))
        if not all(0.0 < factor <= 1.0 for factor in (length, width, height)):
            raise fields.error("cuboid_scale", "three factors above 0 and at most 1")
        scale = (length, width, height)
    return Occluders(
        fields.flag("cuboids", default=True), scale, fields.flag("polygons", default=True)
    )
