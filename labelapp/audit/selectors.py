"""Reading the log."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from labelapp.audit.models import AuditEntry

_READ_AT_ONCE = 2000


def audit_entries(
    *,
    project_id: UUID | None,
    filters: Mapping[str, Any],
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[AuditEntry]:
    """Return entries, the newest first, with who did it.

    Args:
        project_id: Of which project; None: of all, and what belongs to none.
        filters: ``kind`` and ``action`` (lists), ``actor`` (a user's id), ``target``; what is empty
            filters nothing.
        since: Not before.
        until: Before.
    """
    found = AuditEntry.objects.select_related("actor").order_by("-id")
    if project_id is not None:
        found = found.filter(project_id=project_id)
    for name in ("kind", "action"):
        if filters.get(name):
            found = found.filter(**{f"{name}__in": filters[name]})
    if filters.get("actor"):
        found = found.filter(actor_id=filters["actor"])
    if filters.get("target"):
        found = found.filter(target_id=filters["target"])
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return found


def entries_as_rows(entries: QuerySet[AuditEntry]) -> Iterator[dict[str, Any]]:
    """Yield entries as flat rows for files, however many there are."""
    for entry in entries.iterator(chunk_size=_READ_AT_ONCE):
        yield {
            "at": entry.at.isoformat(),
            "actor": "" if entry.actor is None else entry.actor.get_username(),
            "kind": entry.kind,
            "action": entry.action,
            "target_id": entry.target_id,
            "target_name": entry.target_name,
            "before": entry.before,
            "after": entry.after,
            "request_id": entry.request_id,
        }
