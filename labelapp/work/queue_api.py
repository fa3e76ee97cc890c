"""A project's tasks for those who manage them: the list, its file, the board, bulk changes."""

import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.accounts.models import User
from labelapp.common.checking import FieldError
from labelapp.common.csv_rows import csv_response
from labelapp.common.errors import InvalidError
from labelapp.common.keyset import page_after
from labelapp.common.schema import errors
from labelapp.projects.models import Project
from labelapp.projects.selectors import project_for
from labelapp.work.board import board
from labelapp.work.clip_rule import ClipRule
from labelapp.work.policies import require_manager, require_overview
from labelapp.work.selectors import SORTS, in_order, leases_of, tasks_listed
from labelapp.work.serializers import (
    BoardOutput,
    TaskPageOutput,
    TasksChangeInput,
    TasksChangeOutput,
    TasksCreateInput,
    TasksCreateOutput,
    task_json,
)
from labelapp.work.services import (
    Change,
    tasks_change,
    tasks_create,
    tasks_preview,
    tasks_to_create,
)
from labelapp.work.services.tasks_bulk import MOST_TASKS
from labelapp.work.stages import Action, Stage
from labelapp.work.task_filters import TASK_FILTERS, filters_of, filters_of_text
from labelapp.work.task_rows import TASK_COLUMNS, task_rows

_SORT = OpenApiParameter("sort", str, enum=list(SORTS), default="-priority")
_PAGES = [OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)]
_PAGE_SIZE = 50
_LARGEST_PAGE = 200


class TaskListView(APIView):
    @extend_schema(
        operation_id="task_list",
        parameters=[*TASK_FILTERS, _SORT, *_PAGES],
        responses={200: TaskPageOutput, **errors(400, 401, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """List a project's tasks that the caller may see, a page at a time."""
        project = project_for(request.user, slug)
        query = request.query_params
        tasks = tasks_listed(project, filters_of(query), user=request.user)
        cursor = query.get("cursor") or None
        ordered, order = in_order(tasks, query.get("sort", "-priority"), project=project)
        page, next_cursor = page_after(ordered, order, cursor=cursor, size=_page_size(request))
        leases = leases_of(page)
        for task in page:
            task.clip.project = project
        following = query.copy()
        following["cursor"] = next_cursor or ""
        return Response(
            {
                "results": [task_json(task, leases.get(task.pk)) for task in page],
                "next": None if next_cursor is None else f"{request.path}?{following.urlencode()}",
                "count": tasks.count() if cursor is None else None,
            }
        )

    @extend_schema(
        operation_id="tasks_create",
        request=TasksCreateInput,
        responses={
            200: TasksCreateOutput,
            201: TasksCreateOutput,
            **errors(400, 401, 403, 404, 409),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        """Make tasks of the clips that have none in a layer, about 10,000 at once."""
        project = project_for(request.user, slug)
        sent = TasksCreateInput(data=request.data)
        sent.is_valid(raise_exception=True)
        rule = dict(sent.validated_data)
        rule["stage"] = Stage(rule["stage"])
        # As it was sent: the serializer would take what it doesn't know away.
        rule["clips"] = _clip_rule(sent.initial_data.get("clips"))
        is_dry = rule.pop("dry_run")
        actor = actor_of(request)
        if is_dry:
            left = tasks_to_create(actor=actor, project=project, **rule)
            return Response({"created": 0, "left": left})
        made = tasks_create(actor=actor, project=project, **rule)
        left = tasks_to_create(actor=actor, project=project, **rule)
        return Response({"created": len(made), "left": left}, status=201)


def _clip_rule(document: object) -> ClipRule:
    try:
        return ClipRule() if document is None else ClipRule.from_dict(document)
    except FieldError as error:
        raise InvalidError(f"{error}.", details={"fields": {error.field: [str(error)]}}) from error


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size")
    if not text:
        return _PAGE_SIZE
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and int(text) > 0):
        msg = f"page_size: expected 1 to {_LARGEST_PAGE}, found '{text[:40]}'."
        raise InvalidError(msg, details={"fields": {"page_size": [msg]}})
    return min(int(text), _LARGEST_PAGE)


class TaskFileView(APIView):
    @extend_schema(
        operation_id="task_file",
        parameters=[*TASK_FILTERS, _SORT],
        responses={200: OpenApiTypes.BINARY, **errors(400, 401, 404)},
    )
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        """Return all tasks of a list, not a page of it, as CSV."""
        project = project_for(request.user, slug)
        tasks = tasks_listed(project, filters_of(request.query_params), user=request.user)
        sort = request.query_params.get("sort", "-priority")
        ordered, _ = in_order(tasks, sort, project=project)
        return csv_response(f"tasks-{slug}.csv", TASK_COLUMNS, task_rows(ordered))


class TasksChangeView(APIView):
    @extend_schema(
        operation_id="tasks_change",
        request=TasksChangeInput,
        responses={200: TasksChangeOutput, **errors(400, 401, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Assign, prioritise, hold, release, take back, reopen, cancel or split many tasks."""
        project = project_for(request.user, slug)
        require_manager(request.user, project)
        sent = TasksChangeInput(data=request.data)
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        task_ids = _task_ids(request, project, data)
        change = Change(
            action=Action(data["action"]),
            note=data["note"],
            to=person_of(data["to"]),
            priority=data["priority"],
            parts=data["parts"],
        )
        do = tasks_preview if data["dry_run"] else tasks_change
        refused = do(actor=actor_of(request), project=project, task_ids=task_ids, change=change)
        reasons = Counter(refused.values()).most_common()
        return Response(
            {
                "changed": len(set(task_ids)) - len(refused),
                "refused": [{"task_id": key, "message": why} for key, why in refused.items()],
                "reasons": [{"message": why, "count": count} for why, count in reasons],
            }
        )


def _task_ids(request: Request, project: Project, data: Mapping[str, Any]) -> list[uuid.UUID]:
    """Those named, or all that the filters find."""
    ids, query = data.get("task_ids"), data["query"]
    if (ids is None) == (query is None):
        msg = "task_ids: expected either these or query, found both or neither."
        raise InvalidError(msg, details={"fields": {"task_ids": [msg]}})
    if ids is not None:
        return list(ids)
    found = tasks_listed(project, filters_of_text(query), user=request.user)
    ids = list(found.order_by().values_list("pk", flat=True)[: MOST_TASKS + 1])
    if len(ids) > MOST_TASKS:
        msg = f"query: expected to find at most {MOST_TASKS:,} tasks, found more: narrow it."
        raise InvalidError(msg, details={"fields": {"query": [msg]}})
    return ids


def person_of(user_id: uuid.UUID | None) -> User | None:
    """Return somebody by their id; None for nobody.

    Raises:
        InvalidError: There is no such user.
    """
    if user_id is None:
        return None
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        msg = f"to: there is no user {user_id}."
        raise InvalidError(msg, details={"fields": {"to": [msg]}})
    return found


class BoardView(APIView):
    @extend_schema(
        operation_id="task_board",
        parameters=TASK_FILTERS,
        responses={200: BoardOutput, **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return how many tasks are where, how old they are, and how fast they go."""
        project = project_for(request.user, slug)
        require_overview(request.user, project)
        return Response(board(project, filters_of(request.query_params)))
