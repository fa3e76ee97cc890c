"""What labellers come to: their home, the task on the screen, their colleagues."""

import uuid
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.common.errors import InvalidError
from labelapp.common.schema import errors
from labelapp.labels.selectors import label_set_for
from labelapp.projects.models import Membership
from labelapp.projects.policies import require
from labelapp.projects.selectors import project_for
from labelapp.work.home import home, reasons_of, task_of_label_set
from labelapp.work.models import Workflow
from labelapp.work.serializers import (
    HomeOutput,
    LabelSetTaskOutput,
    MemberOutput,
    home_task_json,
)

_LONGEST = timedelta(days=7)


class HomeView(APIView):
    @extend_schema(
        operation_id="work_home",
        parameters=[
            OpenApiParameter(
                "since",
                OpenApiTypes.DATETIME,
                description="when the caller's day began; default: 24 hours ago",
            )
        ],
        responses={200: HomeOutput, **errors(400, 401)},
    )
    def get(self, request: Request) -> Response:
        """Return what is the caller's, what waits for them, and what they did today."""
        user = actor_of(request)
        found = home(user, since=_since(request.query_params.get("since")))
        reasons = found["reasons"]
        return Response(
            {
                "works_by_tasks": found["works_by_tasks"],
                "held": [
                    home_task_json(lease.task, lease, reasons.get(lease.task_id))
                    for lease in found["held"]
                ],
                "waiting": [
                    home_task_json(task, None, reasons.get(task.pk)) for task in found["waiting"]
                ],
                "queues": found["queues"],
                "today": found["today"],
            }
        )


def _since(text: str | None) -> datetime:
    now = timezone.now()
    if text is None:
        return now - timedelta(days=1)
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        msg = f"since: expected a time such as 2026-11-21T06:00:00Z, found '{text[:40]}'."
        raise InvalidError(msg, details={"fields": {"since": [msg]}})
    return max(found, now - _LONGEST)


def _id_of(name: str, text: str | None) -> uuid.UUID | None:
    if text is None:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        msg = f"{name}: expected an id, found '{text[:40]}'."
        raise InvalidError(msg, details={"fields": {name: [msg]}}) from None


class LabelSetTaskView(APIView):
    @extend_schema(
        operation_id="label_set_task",
        parameters=[OpenApiParameter("task", OpenApiTypes.UUID, description="of several, this")],
        responses={200: LabelSetTaskOutput, **errors(400, 401, 404)},
    )
    def get(self, request: Request, label_set_id: uuid.UUID) -> Response:
        """Return the task on a label set: the caller's own, else an open one, else the last."""
        label_set = label_set_for(request.user, label_set_id)
        task_id = _id_of("task", request.query_params.get("task"))
        task, lease = task_of_label_set(label_set.pk, actor_of(request), task_id)
        reason = None if task is None else reasons_of([task.pk]).get(task.pk)
        works_by_tasks = Workflow.objects.filter(project=label_set.clip.project_id).exists()
        return Response(
            {
                "works_by_tasks": works_by_tasks,
                "task": None if task is None else home_task_json(task, lease, reason),
            }
        )


class MemberListView(APIView):
    @extend_schema(
        operation_id="member_list", responses={200: MemberOutput(many=True), **errors(401, 404)}
    )
    def get(self, request: Request, slug: str) -> Response:
        """List a project's active members by name: whom one can hand a task over to."""
        project = project_for(request.user, slug)
        require(request.user, project, "see")
        found = Membership.objects.filter(project=project, user__is_active=True)
        people = [
            {"id": one.user_id, "name": one.user.shown_name, "role": one.role}
            for one in found.select_related("user")
        ]
        return Response(sorted(people, key=lambda one: str(one["name"]).lower()))
