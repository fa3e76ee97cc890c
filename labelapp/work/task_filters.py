"""What lists, the board, files and bulk actions may be narrowed to: one reading for all of them."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from labelapp.common.errors import InvalidError
from labelapp.work.models import Lease, Task
from labelapp.work.stages import Stage, State

TASK_FILTERS = [
    OpenApiParameter("stage", str, many=True, enum=[s.value for s in Stage]),
    OpenApiParameter("state", str, many=True, enum=[s.value for s in State]),
    OpenApiParameter("layer", str, many=True),
    OpenApiParameter("holder", OpenApiTypes.UUID, description="who has it now"),
    OpenApiParameter("labeller", OpenApiTypes.UUID),
    OpenApiParameter("reviewer", OpenApiTypes.UUID),
    OpenApiParameter("assigned_to", str, description="a user's id, or none: nobody in person"),
    OpenApiParameter("clip", OpenApiTypes.UUID),
    OpenApiParameter("skill", str),
    OpenApiParameter("priority_from", int),
    OpenApiParameter("priority_to", int),
    OpenApiParameter("sent_back_from", int, description="sent back so often or more"),
    OpenApiParameter("older_than_h", int, description="ready at its stage for so many hours"),
    OpenApiParameter("search", str, description="in the clip's name"),
]
_PEOPLE = ("holder", "labeller", "reviewer", "clip")
_NUMBERS = ("priority_from", "priority_to", "sent_back_from", "older_than_h")
_MANY = ("stage", "state", "layer")
_KNOWN = {*_PEOPLE, *_NUMBERS, *_MANY, "skill", "search", "assigned_to"}
#: A hundred years.
_MOST_HOURS = 876_000


def filters_of(query: QueryDict) -> dict[str, Any]:
    """Read filters from an address's query; what is empty or no filter is left out.

    Raises:
        InvalidError: A value that isn't of its kind.
    """
    found: dict[str, Any] = {name: query.getlist(name) for name in _MANY}
    for name, known in (("stage", list(Stage)), ("state", list(State))):
        for text in found[name]:
            if text not in known:
                raise _wrong(name, f"one of {', '.join(known)}", text)
    found |= {name: query.get(name, "").replace("\0", "") for name in ("skill", "search")}
    found["layer"] = [text.replace("\0", "") for text in found["layer"]]
    for name in _PEOPLE:
        if text := query.get(name):
            found[name] = _id(name, text)
    if text := query.get("assigned_to"):
        found["assigned_to"] = "none" if text == "none" else _id("assigned_to", text)
    for name in _NUMBERS:
        if text := query.get(name):
            found[name] = _number(name, text)
    return {name: value for name, value in found.items() if value not in ("", [])}


def filters_of_text(text: str) -> dict[str, Any]:
    """Read filters from the text of an address's query, in which every name must be a filter's.

    Raises:
        InvalidError: A name that is none, or a value that isn't of its kind.
    """
    try:
        query = QueryDict(text)
    except ValueError:  # too many fields
        raise _wrong("query", "filters as in the address of a list", text) from None
    for name in query:
        if name not in _KNOWN:
            raise _wrong("query", f"filters out of {', '.join(sorted(_KNOWN))}", name)
    return filters_of(query)


def narrowed(tasks: QuerySet[Task], filters: Mapping[str, Any]) -> QuerySet[Task]:
    """Return those of some tasks that pass filters, as ``filters_of`` reads them."""
    for name in _MANY:
        if filters.get(name):
            tasks = tasks.filter(**{f"{name}__in": filters[name]})
    for name, field in _FIELDS.items():
        if filters.get(name) is not None:
            tasks = tasks.filter(**{field: filters[name]})
    if (hours := filters.get("older_than_h")) is not None:
        long_ago = timezone.now() - timedelta(hours=hours)
        tasks = tasks.filter(state=State.READY.value, ready_since__lt=long_ago)
    if (person := filters.get("assigned_to")) is not None:
        meant = Q(assigned_to__isnull=True) if person == "none" else Q(assigned_to_id=person)
        tasks = tasks.filter(meant)
    if filters.get("holder"):
        held = Lease.objects.filter(
            task=OuterRef("pk"), ended_at__isnull=True, holder_id=filters["holder"]
        )
        tasks = tasks.filter(Exists(held))
    return tasks


_FIELDS = {
    "skill": "skill__name",
    "search": "clip__name__icontains",
    "labeller": "labeller_id",
    "reviewer": "reviewer_id",
    "clip": "clip_id",
    "priority_from": "priority__gte",
    "priority_to": "priority__lte",
    "sent_back_from": "sent_back_count__gte",
}


def _id(name: str, text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        what = "a clip's id" if name == "clip" else "a user's id"
        raise _wrong(name, what, text) from None


def _number(name: str, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 10):
        raise _wrong(name, "a whole number", text)
    least, most = (0, _MOST_HOURS) if name == "older_than_h" else (-(2**31), 2**31 - 1)
    if not least <= int(text) <= most:
        raise _wrong(name, f"a whole number from {least} to {most}", text)
    return int(text)


def _wrong(name: str, expected: str, found: str) -> InvalidError:
    msg = f"{name}: expected {expected}, found '{found[:40]}'."
    return InvalidError(msg, details={"fields": {name: [msg]}})
