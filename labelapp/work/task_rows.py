"""Tasks as rows of a table that people open elsewhere."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf

from labelapp.work.models import Task

_TOGETHER = 2000


def _name_of(person: str) -> Combinable:
    return Coalesce(NullIf(F(f"{person}__display_name"), Value("")), F(f"{person}__username"))


_COLUMNS: dict[str, Any] = {
    "task_id": F("id"),
    "clip": F("clip__name"),
    "clip_id": F("clip_id"),
    "layer": F("layer"),
    "from_ns": F("from_ns"),
    "to_ns": F("to_ns"),
    "stage": F("stage"),
    "state": F("state"),
    "priority": F("priority"),
    "skill": F("skill__name"),
    "assigned_to": _name_of("assigned_to"),
    "labeller": _name_of("labeller"),
    "reviewer": _name_of("reviewer"),
    "sent_back_count": F("sent_back_count"),
    "ready_since": F("ready_since"),
    "changed_at": F("changed_at"),
}
TASK_COLUMNS = list(_COLUMNS)


def task_rows(tasks: QuerySet[Task]) -> Iterator[tuple[object, ...]]:
    """Return the tasks' values by ``TASK_COLUMNS``, as they come; times in UTC, ISO 8601."""
    # Names that the model has itself can't be annotations.
    named = {f"column_{name}": value for name, value in _COLUMNS.items()}
    rows = tasks.select_related(None).annotate(**named).values_list(*named)
    for row in rows.iterator(chunk_size=_TOGETHER):
        *most, ready_since, changed_at = row
        yield (*most, ready_since.isoformat(), changed_at.isoformat())
