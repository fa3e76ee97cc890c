"""Reading the parts of a target spec: each right, or refused in a sentence that names the field."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from projection.spec import Fields, shown
from projection.target_spec.rules import (
    OCCLUDER_SCALE,
    ClassRule,
    Occluders,
    PlaneGrid,
    Sampling,
    Space,
    Sweeps,
    Visibility,
)

_INT64_MAX = (1 << 63) - 1
_MOST_CELLS = 1 << 26
_FRAMES = ("ego", "world")


class Checked(Fields):
    """Fields that are all known: a misspelt rule must not be taken for none."""

    def known(self, names: Sequence[str]) -> None:
        """Refuse any other field.

        Raises:
            SpecError: There is one.
        """
        for field_name in self.values:
            if field_name not in names:
                raise self.error(
                    str(field_name), "one of the fields " + ", ".join(names), "an unknown field"
                )

    def part(self, field_name: str) -> "Checked":
        """The fields of an object inside this one; empty where it isn't there."""
        values = self.values.get(field_name)
        if values is None:
            values = {}
        elif not isinstance(values, Mapping):
            raise self.error(field_name, "an object")
        return Checked(values, self.where, f"{self.prefix}{field_name}.")

    def flag(self, field_name: str, *, default: bool) -> bool:
        """True or false."""
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

    def counts(self, field_name: str, length: int) -> tuple[int, ...]:
        """A list of whole numbers above zero, whose product is bounded."""
        values = self.numbers(field_name, (length,))
        if not all(value.is_integer() and value >= 1.0 for value in values):
            raise self.error(field_name, f"{length} whole numbers from 1 on")
        if math.prod(values) > _MOST_CELLS:
            raise self.error(field_name, f"at most {_MOST_CELLS} cells", f"{math.prod(values):g}")
        return tuple(int(value) for value in values)


def names(
    fields: Fields, field_name: str, choice: Sequence[str] | None = None
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


def classes(fields: Fields) -> tuple[ClassRule, ...] | None:
    """The rules about classes; None: all classes, as they are."""
    if not fields.has("classes"):
        return None
    entries = fields.values["classes"]
    if not isinstance(entries, list | tuple) or not entries:
        raise fields.error("classes", "a list of classes, or null for all of them")
    rules: list[ClassRule] = []
    taken: dict[str, str] = {}
    for index, entry in enumerate(entries):
        place = f"classes[{index}]"
        rule = _class_rule(fields, entry, place)
        if any(rule.name == other.name for other in rules):
            raise fields.error(f"{place}.name", "each name once", f"{shown(rule.name)} twice")
        for class_name in rule.of:
            if class_name in taken:
                found = f"{shown(class_name)} also in {shown(taken[class_name])}"
                raise fields.error(f"{place}.of", "each class once", found)
            taken[class_name] = rule.name
        rules.append(rule)
    return tuple(rules)


def _class_rule(holder: Fields, entry: Any, place: str) -> ClassRule:
    if isinstance(entry, str) and entry.strip():
        return ClassRule(entry, (entry,))
    if not isinstance(entry, Mapping):
        raise holder.error(place, "a class, or an object with name and of", shown(entry))
    fields = Checked(entry, holder.where, f"{holder.prefix}{place}.")
    fields.known(("name", "of"))
    name = fields.text("name")
    return ClassRule(name, names(fields, "of") or (name,))


def sampling(fields: Checked) -> Sampling:
    """Which images."""
    fields.known(Sampling.__slots__)
    every = fields.integer("every", minimum=1, maximum=1_000_000) if fields.has("every") else 1
    rate = fields.optional("max_rate_hz", least=1e-6, most=1e6)
    from_ns, to_ns = (_time(fields, name) for name in ("from_ns", "to_ns"))
    if from_ns is not None and to_ns is not None and to_ns < from_ns:
        raise fields.error("to_ns", f"a time from {from_ns} on")
    return Sampling(every, rate, from_ns, to_ns, fields.flag("only_pictures", default=False))


def _time(fields: Fields, field_name: str) -> int | None:
    if not fields.has(field_name):
        return None
    value = fields.values[field_name]
    whole = isinstance(value, int) and not isinstance(value, bool)
    if isinstance(value, str) and value.strip().lstrip("-").isascii():
        whole = value.strip().removeprefix("-").isdigit() and len(value) < 40
    if not whole or abs(int(value)) > _INT64_MAX:
        raise fields.error(field_name, "a whole number of nanoseconds, as text")
    return int(value)


def visibility(fields: Checked) -> Visibility:
    """Which labels are left out."""
    fields.known(Visibility.__slots__)
    pixels = None
    if fields.has("min_visible_px"):
        pixels = fields.integer("min_visible_px", minimum=0, maximum=1 << 32)
    otherwise = "drop"
    if fields.has("otherwise"):
        otherwise = fields.choice("otherwise", ("drop", "ignore"))
    return Visibility(
        min_visible_fraction=fields.optional("min_visible_fraction", least=0.0, most=1.0),
        min_visible_px=pixels,
        min_distance_m=fields.optional("min_distance_m", least=0.0, most=1e9),
        max_distance_m=fields.optional("max_distance_m", least=0.0, most=1e9),
        max_truncation=fields.optional("max_truncation", least=0.0, most=1.0),
        min_box_height_px=fields.optional("min_box_height_px", least=0.0, most=1e6),
        otherwise=otherwise,
    )


def occluders(fields: Checked) -> Occluders:
    """What hides labels."""
    fields.known(Occluders.__slots__)
    scale = OCCLUDER_SCALE
    if fields.has("cuboid_scale"):
        length, width, height = fields.numbers("cuboid_scale", (3,))
        if not all(0.0 < factor <= 1.0 for factor in (length, width, height)):
            raise fields.error("cuboid_scale", "three factors above 0 and at most 1")
        scale = (length, width, height)
    return Occluders(
        cuboids=fields.flag("cuboids", default=True),
        cuboid_scale=scale,
        polygons=fields.flag("polygons", default=True),
        scenery=fields.flag("scenery", default=True),
        sweeps=fields.flag("sweeps", default=False),
    )


def sweeps(fields: Checked) -> Sweeps | None:
    """Which points of sweeps; None where the spec doesn't ask for any."""
    if not fields.has("sweeps"):
        return None
    part = fields.part("sweeps")
    part.known(Sweeps.__slots__)
    within = part.optional("within_s", least=0.0, most=3600.0)
    spacing = part.optional("spacing_m", least=0.0, most=100.0)
    usual = Sweeps()
    return Sweeps(
        usual.within_s if within is None else within,
        usual.spacing_m if spacing is None else spacing,
    )


def plane_grid(fields: Checked) -> PlaneGrid | None:
    """The cells of ``bev`` and ``flow``."""
    if not fields.has("grid"):
        return None
    part = fields.part("grid")
    part.known(PlaneGrid.__slots__)
    x, y = part.numbers("origin_m", (2,))
    columns, rows = part.counts("size", 2)
    return PlaneGrid(
        frame=part.choice("frame", _FRAMES),
        origin_m=(x, y),
        resolution_m=part.number("resolution_m", above=0.0, at_most=1e6),
        size=(columns, rows),
        height=part.flag("height", default=False),
        later_s=part.number("later_s", default=0.1, above=0.0, at_most=3600.0),
    )


def space(fields: Checked) -> Space | None:
    """The cells of ``occupancy``."""
    if not fields.has("space"):
        return None
    part = fields.part("space")
    part.known(Space.__slots__)
    x, y, z = part.numbers("origin_m", (3,))
    if isinstance(part.values.get("resolution_m"), list | tuple):
        sides = part.numbers("resolution_m", (3,))
        if min(sides) <= 0.0:
            raise part.error("resolution_m", "three numbers above 0")
    else:
        sides = (part.number("resolution_m", above=0.0, at_most=1e6),) * 3
    columns, rows, layers = part.counts("size", 3)
    hits = 1
    if part.has("least_hits"):
        hits = part.integer("least_hits", minimum=1, maximum=1_000_000)
    return Space(
        frame=part.choice("frame", _FRAMES),
        origin_m=(x, y, z),
        resolution_m=(sides[0], sides[1], sides[2]),
        size=(columns, rows, layers),
        least_hits=hits,
    )
