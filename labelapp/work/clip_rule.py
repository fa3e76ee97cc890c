"""Which clips get tasks: a rule on what they are, checked, and asked of the database."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from labelapp.clips.models import Clip
from labelapp.common.checking import (
    FieldError,
    as_list,
    as_number,
    as_object,
    as_text,
    refuse_unknown,
)
from labelapp.labels.models import LabelSet, Source

Value = str | float | bool
_FIELDS = ("search", "attributes", "place", "simulated", "labelled_by")
_SIDES = {"south": 90.0, "north": 90.0, "west": 180.0, "east": 180.0}
_MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class ClipRule:
    """Clips that are all of this; empty or None: whatever it is.

    Attributes:
        search: in the clip's name.
        attributes: for each name, the clip's attribute has one of the values.
        place: south, west, north, east, degrees, around the clip's origin; may cross the 180th
            meridian.
        simulated: whether the simulator made it: its truth is among the clip's label sets.
        labelled_by: the clip has a label set of this source in the tasks' layer.
    """

    search: str = ""
    attributes: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    place: tuple[float, float, float, float] | None = None
    simulated: bool | None = None
    labelled_by: str = ""

    @classmethod
    def from_dict(cls, document: object) -> "ClipRule":
        """From its JSON form, see ``docs/api.md``.

        Raises:
            FieldError: with the field, what was expected and what was found.
        """
        body = as_object(document, "clips")
        refuse_unknown(body, "clips", _FIELDS)
        simulated = body.get("simulated")
        if simulated is not None and not isinstance(simulated, bool):
            raise FieldError("clips.simulated", "true, false or null", simulated)
        search = body.get("search") or ""
        labelled_by = body.get("labelled_by") or ""
        if labelled_by and labelled_by not in Source.values:
            raise FieldError("clips.labelled_by", f"one of {', '.join(Source.values)}", labelled_by)
        return cls(
            search=as_text(search, "clips.search", at_most=200) if search else "",
            attributes=_attributes(body.get("attributes")),
            place=_place(body.get("place")),
            simulated=simulated,
            labelled_by=str(labelled_by),
        )

    def clips(self, clips: QuerySet[Clip], layer: str) -> QuerySet[Clip]:
        """Return those of some clips that the rule means, for tasks of a layer."""
        if self.search:
            clips = clips.filter(name__icontains=self.search)
        for name, values in self.attributes:
            # Containment compares as JSON does: 1 is 1.0, and neither is "1" or true.
            meant = Q()
            for value in values:
                meant |= Q(attributes__contains={name: value})
            clips = clips.filter(meant)
        if self.place is not None:
            clips = clips.filter(_within(*self.place))
        if self.simulated is not None:
            truth = LabelSet.objects.filter(clip=OuterRef("pk"), source=Source.SIMULATION)
            clips = clips.filter(Exists(truth) if self.simulated else ~Exists(truth))
        if self.labelled_by:
            sets = LabelSet.objects.filter(
                clip=OuterRef("pk"), source=self.labelled_by, layer=layer
            )
            clips = clips.filter(Exists(sets))
        return clips


def _within(south: float, west: float, north: float, east: float) -> Q:
    longitude = "origin__longitude_deg"
    above, below = Q(**{f"{longitude}__gte": west}), Q(**{f"{longitude}__lte": east})
    across = above & below if west <= east else above | below
    return Q(origin__latitude_deg__gte=south, origin__latitude_deg__lte=north) & across


def _attributes(value: object) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    if value is None:
        return ()
    found = as_object(value, "clips.attributes")
    return tuple((name, _values(one, f"clips.attributes.{name}")) for name, one in found.items())


def _values(value: object, field: str) -> tuple[Value, ...]:
    found = as_list(value, field, of="texts, numbers or booleans", at_least=1)
    if len(found) > _MOST_VALUES:
        raise FieldError(field, f"at most {_MOST_VALUES} values", len(found))
    values: list[Value] = []
    for i, one in enumerate(found):
        if isinstance(one, str | bool):
            values.append(one.replace("\0", "") if isinstance(one, str) else one)
        else:
            expected = "a text, a number or a boolean"
            values.append(as_number(one, f"{field}[{i}]", expected=expected))
    return tuple(values)


def _place(value: object) -> tuple[float, float, float, float] | None:
    if value is None:
        return None
    body = as_object(value, "clips.place")
    refuse_unknown(body, "clips.place", tuple(_SIDES))
    sides: dict[str, Any] = {}
    for name, most in _SIDES.items():
        field, expected = f"clips.place.{name}", f"degrees from {-most:.0f} to {most:.0f}"
        sides[name] = as_number(body.get(name), field, expected=expected)
        if abs(sides[name]) > most:
            raise FieldError(field, expected, sides[name])
    if sides["south"] > sides["north"]:
        raise FieldError("clips.place.south", "at most north", sides["south"])
    return sides["south"], sides["west"], sides["north"], sides["east"]
