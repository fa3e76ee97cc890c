"""Reading the audit log: a project's by its admins, the whole server's by superusers."""

import csv
import io
import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.audit.models import AuditEntry
from labelapp.audit.selectors import audit_entries, entries_as_rows
from labelapp.common.errors import ForbiddenError, InvalidError
from labelapp.common.pagination import CursorPagination
from labelapp.common.rendering import to_json
from labelapp.common.schema import errors
from labelapp.projects.audit_serializers import AuditEntryOutput, AuditPageOutput
from labelapp.projects.policies import require
from labelapp.projects.selectors import project_for

_FILTERS = [
    OpenApiParameter("kind", str, many=True, description="task, label_set, membership, ..."),
    OpenApiParameter("action", str, many=True, description="create, change, delete, submit, ..."),
    OpenApiParameter("actor", OpenApiTypes.UUID, description="who did it"),
    OpenApiParameter("target", str, description="the id of what it was done to"),
    OpenApiParameter("since", OpenApiTypes.DATETIME),
    OpenApiParameter("until", OpenApiTypes.DATETIME),
]
_PAGES = [OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)]
_AS = OpenApiParameter("as", str, enum=["csv", "jsonl"], default="csv")
#: A spreadsheet would take these for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ProjectAuditView(APIView):
    """A project's log."""

    @extend_schema(
        operation_id="project_audit_list",
        parameters=[*_FILTERS, *_PAGES],
        responses={200: AuditPageOutput, **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """List what was done in a project, the newest first; for its admins."""
        return _page(request, self, _of_project(request, slug))


class ProjectAuditFileView(APIView):
    """A project's log as a file."""

    @extend_schema(
        operation_id="project_audit_download",
        parameters=[*_FILTERS, _AS],
        responses={200: OpenApiTypes.BINARY, **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        """Return what was done in a project as CSV or as lines of JSON."""
        return _file(request, _of_project(request, slug), f"audit-{slug}")


class ServerAuditView(APIView):
    """The whole server's log."""

    @extend_schema(
        operation_id="audit_list",
        parameters=[*_FILTERS, *_PAGES],
        responses={200: AuditPageOutput, **errors(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        """List what was done on the server, accounts included; for superusers."""
        if not request.user.is_superuser:
            msg = "The server's audit log is for superusers; a project's is for its admins."
            raise ForbiddenError(msg)
        return _page(request, self, _entries(request, None))


def _of_project(request: Request, slug: str) -> QuerySet[AuditEntry]:
    project = project_for(request.user, slug)
    require(request.user, project, "read_audit")
    return _entries(request, project.pk)


def _entries(request: Request, project_id: uuid.UUID | None) -> QuerySet[AuditEntry]:
    query = request.query_params
    filters: dict[str, Any] = {name: query.getlist(name) for name in ("kind", "action")}
    if text := query.get("actor"):
        try:
            filters["actor"] = uuid.UUID(text)
        except ValueError:
            raise _invalid("actor", "a user's id", text) from None
    filters["target"] = query.get("target", "").replace("\0", "")
    times = {}
    for name in ("since", "until"):
        if text := query.get(name):
            try:
                times[name] = parse_datetime(text)
            except ValueError:
                times[name] = None
            if (found := times[name]) is None or is_naive(found):
                raise _invalid(name, "a time with its zone such as 2026-11-21T14:00:00Z", text)
    return audit_entries(project_id=project_id, filters=filters, **times)


def _invalid(name: str, expected: str, found: str) -> InvalidError:
    msg = f"{name}: expected {expected}, found '{found[:40]}'."
    return InvalidError(msg, details={"fields": {name: [msg]}})


def _page(request: Request, view: APIView, entries: QuerySet[AuditEntry]) -> Response:
    paginator = CursorPagination()
    paginator.ordering = ("-id",)  # type: ignore[assignment]  # DRF takes any sequence
    page = paginator.paginate_queryset(entries, request, view) or []
    return paginator.get_paginated_response(AuditEntryOutput(page, many=True).data)


def _file(request: Request, entries: QuerySet[AuditEntry], name: str) -> StreamingHttpResponse:
    kind = request.query_params.get("as", "csv")
    if kind not in ("csv", "jsonl"):
        raise _invalid("as", "csv or jsonl", kind)
    rows = entries_as_rows(entries)
    lines = _csv(rows) if kind == "csv" else (to_json(row) + b"\n" for row in rows)
    content_type = "text/csv; charset=utf-8" if kind == "csv" else "application/x-ndjson"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return StreamingHttpResponse(lines, content_type=content_type, headers=headers)


def _csv(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    names = [
        *("at", "actor", "kind", "action", "target_id", "target_name"),
        *("before", "after", "request_id"),
    ]
    yield (",".join(names) + "\r\n").encode()
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([_cell(row[name]) for name in names])
        yield line.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else to_json(value).decode()
    return f"'{text}" if text.startswith(_FORMULA) else text
