"""What a data set is made of: a query over clips and their label sets, checked."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from labelapp.common.checking import (
    FieldError,
    as_list,
    as_number,
    as_object,
    as_text,
    refuse_unknown,
)

Value = str | float | bool
T = TypeVar("T")
_SLUG = re.compile(r"^[a-z0-9]+([-_][a-z0-9]+)*$")
_FIELDS = (
    "projects", "layers", "sources", "stages", "classes", "attributes", "recorded", "place",
    "clip_attributes", "clips", "min_score",
)  # fmt: skip
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from ``least`` to ``most``, both included; None: no bound."""

    least: float | None
    most: float | None

    def holds(self, value: object) -> bool:
        """Return whether it is a number of the span."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        above = self.least is None or value >= self.least
        return above and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle of latitudes and longitudes, degrees; it may cross the 180th meridian."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, latitude_deg: float, longitude_deg: float) -> bool:
        """Return whether a point lies in it."""
        if not self.south <= latitude_deg <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= longitude_deg <= self.east
        return longitude_deg >= self.west or longitude_deg <= self.east


@dataclass(frozen=True, slots=True)
class DatasetQuery:
    """Which label sets of which clips; None: whatever it is.

    Attributes:
        layers: at most one label set of each is taken of a clip.
        sources: the first that a clip has labels of a layer from is taken.
        projects: slugs; None: the data set's own.
        stages: of the label set's last task; ``accepted`` takes the accepted revision.
        classes: the clip has a label of one of these in the layers.
        attributes: for each name, a label of the clip has one of the values.
        recorded_from_ns: the clip starts then or later.
        recorded_to_ns: the clip starts before.
        place: where the clip's origin is.
        clip_attributes: for each name, one of the values, or a number in the span.
        clips: ids.
        min_score: review found the label set's last accepted work at least this good, 0 to 1.
    """

    layers: tuple[str, ...]
    sources: tuple[str, ...] = ("human",)
    projects: tuple[str, ...] | None = None
    stages: tuple[str, ...] | None = None
    classes: tuple[str, ...] | None = None
    attributes: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    recorded_from_ns: int | None = None
    recorded_to_ns: int | None = None
    place: Place | None = None
    clip_attributes: tuple[tuple[str, tuple[Value, ...] | Span], ...] = ()
    clips: tuple[uuid.UUID, ...] | None = None
    min_score: float | None = None

    @classmethod
    def from_dict(
        cls, document: object, *, sources: tuple[str, ...], stages: tuple[str, ...]
    ) -> "DatasetQuery":
        """From its JSON form, see ``docs/datasets.md``.

        Args:
            document: parsed JSON.
            sources: all there are.
            stages: all there are.

        Raises:
            FieldError: with the field, what was expected and what was found.
        """
        body = as_object(document, "query")
        refuse_unknown(body, "query", _FIELDS)
        from_ns, to_ns = _recorded(body.get("recorded"))
        return cls(
            layers=_names(body.get("layers"), "query.layers"),
            sources=_some_of(body.get("sources", ["human"]), "query.sources", sources),
            projects=_optional(body, "projects", _slugs),
            stages=_optional(body, "stages", lambda v, f: _some_of(v, f, stages)),
            classes=_optional(body, "classes", _names),
            attributes=_attributes(body.get("attributes")),
            recorded_from_ns=from_ns,
            recorded_to_ns=to_ns,
            place=_place(body.get("place")),
            clip_attributes=_clip_attributes(body.get("clip_attributes")),
            clips=_optional(body, "clips", _ids),
            min_score=_optional(body, "min_score", _share),
        )


def _optional(body: dict[str, object], name: str, read: Callable[[object, str], T]) -> T | None:
    value = body.get(name)
    return None if value is None else read(value, f"query.{name}")


def _names(value: object, field: str) -> tuple[str, ...]:
    found = as_list(value, field, of="names", at_least=1)
    names = [as_text(one, f"{field}[{i}]", at_most=200) for i, one in enumerate(found)]
    if len(set(names)) < len(names):
        raise FieldError(field, "names that are there once", value)
    return tuple(names)


def _slugs(value: object, field: str) -> tuple[str, ...]:
    names = _names(value, field)
    for i, name in enumerate(names):
        if not _SLUG.match(name):
            raise FieldError(f"{field}[{i}]", "a project's slug", name)
    return names


def _some_of(value: object, field: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = _names(value, field)
    for i, name in enumerate(names):
        if name not in known:
            raise FieldError(f"{field}[{i}]", f"one of {', '.join(known)}", name)
    return names


def _share(value: object, field: str) -> float:
    expected = "a score from 0 to 1"
    score = as_number(value, field, expected=expected)
    if not 0 <= score <= 1:
        raise FieldError(field, expected, score)
    return score


def _ids(value: object, field: str) -> tuple[uuid.UUID, ...]:
    found = as_list(value, field, of="ids of clips", at_least=1)
    if len(found) > _MOST:
        raise FieldError(field, f"at most {_MOST:,} ids", len(found))
    ids = []
    for i, one in enumerate(found):
        try:
            ids.append(uuid.UUID(str(one)))
        except ValueError as error:
            raise FieldError(f"{field}[{i}]", "the id of a clip (a UUID)", one) from error
    return tuple(sorted(set(ids)))


def _values(value: object, field: str) -> tuple[Value, ...]:
    found = as_list(value, field, of="texts, numbers or booleans", at_least=1)
    values: list[Value] = []
    for i, one in enumerate(found):
        if isinstance(one, str | bool):
            values.append(one)
        else:
            where = f"{field}[{i}]"
            values.append(as_number(one, where, expected="a text, a number or a boolean"))
    return tuple(values)


def _attributes(value: object) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    if value is None:
        return ()
    field = "query.attributes"
    found = as_object(value, field)
    return tuple((name, _values(one, f"{field}.{name}")) for name, one in sorted(found.items()))


def _clip_attributes(value: object) -> tuple[tuple[str, tuple[Value, ...] | Span], ...]:
    if value is None:
        return ()
    field = "query.clip_attributes"
    rules: list[tuple[str, tuple[Value, ...] | Span]] = []
    for name, one in sorted(as_object(value, field).items()):
        where = f"{field}.{name}"
        rules.append((name, _span(one, where) if isinstance(one, dict) else _values(one, where)))
    return tuple(rules)


def _span(value: dict[str, Any], field: str) -> Span:
    refuse_unknown(value, field, ("min", "max"))
    bounds = [
        None if value.get(name) is None else as_number(value[name], f"{field}.{name}")
        for name in ("min", "max")
    ]
    if bounds == [None, None]:
        raise FieldError(field, "min, max or both", value)
    return Span(*bounds)


def _recorded(value: object) -> tuple[int | None, int | None]:
    if value is None:
        return None, None
    body = as_object(value, "query.recorded")
    refuse_unknown(body, "query.recorded", ("from", "to"))
    return (
        _moment(body.get("from"), "query.recorded.from"),
        _moment(body.get("to"), "query.recorded.to"),
    )


def _moment(value: object, field: str) -> int | None:
    """Return a moment as nanoseconds since 1970 UTC; a time without a zone is taken as UTC."""
    if value is None:
        return None
    expected = 'a time such as "2026-03-01T12:00:00Z"'
    try:
        moment = dt.datetime.fromisoformat(as_text(value, field, at_most=40, what=expected))
    except ValueError as error:
        raise FieldError(field, expected, value) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    since = moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return (since // dt.timedelta(microseconds=1)) * 1000


def _place(value: object) -> Place | None:
    if value is None:
        return None
    field = "query.place"
    body = as_object(value, field)
    names = ("south", "west", "north", "east")
    refuse_unknown(body, field, names)
    limits = {"south": 90.0, "north": 90.0, "west": 180.0, "east": 180.0}
    numbers = {}
    for name in names:
        most = limits[name]
        expected = f"degrees from {-most:.0f} to {most:.0f}"
        numbers[name] = as_number(body.get(name), f"{field}.{name}", expected=expected)
        if abs(numbers[name]) > most:
            raise FieldError(f"{field}.{name}", expected, numbers[name])
    if numbers["south"] > numbers["north"]:
        raise FieldError(f"{field}.south", "at most north", numbers["south"])
    return Place(**numbers)
