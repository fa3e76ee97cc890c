"""People of a project for its admins, and what was done over time."""

import uuid
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.accounts.models import User
from labelapp.common.csv_rows import csv_response
from labelapp.common.errors import InvalidError, NotFoundError
from labelapp.common.schema import errors
from labelapp.projects.models import Project, Role
from labelapp.projects.policies import require
from labelapp.projects.selectors import project_for
from labelapp.work.models import Skill
from labelapp.work.over_time import DAY_COLUMNS, LONGEST_DAYS, work_by_day
from labelapp.work.people import people
from labelapp.work.policies import require_overview
from labelapp.work.services.members import (
    account_set_active,
    member_add,
    member_change,
    member_remove,
)

_SKILL = r"^[a-z][a-z0-9_]*$"


class PersonRowOutput(serializers.Serializer[Any]):
    """A member, and what they did in the last seven days."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    is_active = serializers.BooleanField()
    joined_at = serializers.DateTimeField()
    last_seen = serializers.DateTimeField(allow_null=True)
    skills = serializers.ListField(child=serializers.CharField())
    holds = serializers.IntegerField(help_text="tasks that they have now")
    submitted = serializers.IntegerField()
    reviewed = serializers.IntegerField()
    accepted = serializers.IntegerField(help_text="of their own work")
    sent_back = serializers.IntegerField(help_text="of their own work")
    hours = serializers.FloatField(help_text="for which they had tasks and didn't pause")


class PeopleOutput(serializers.Serializer[Any]):
    """A project's members, and the skills that there are."""

    people = PersonRowOutput(many=True)
    skills = serializers.ListField(child=serializers.CharField())


class MemberAddInput(serializers.Serializer[Any]):
    """Who becomes a member, and as what."""

    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=Role.choices)


class MemberChangeInput(serializers.Serializer[Any]):
    """What changes about a member; what is left out stays."""

    role = serializers.ChoiceField(choices=Role.choices, required=False)
    skills = serializers.ListField(
        child=serializers.RegexField(_SKILL, max_length=64), required=False
    )
    is_active = serializers.BooleanField(
        required=False, help_text="whether their account may log in at all"
    )


class WorkDayOutput(serializers.Serializer[Any]):
    """What was done on one day (UTC)."""

    day = serializers.DateField()
    submitted = serializers.IntegerField()
    accepted = serializers.IntegerField()
    sent_back = serializers.IntegerField()
    labelling_h = serializers.FloatField()
    reviewing_h = serializers.FloatField()
    actions = serializers.IntegerField(help_text="for the labels of what was first submitted then")
    labels = serializers.IntegerField()


class PeopleView(APIView):
    """All members of a project."""

    @extend_schema(
        operation_id="people_list", responses={200: PeopleOutput, **errors(401, 403, 404)}
    )
    def get(self, request: Request, slug: str) -> Response:
        """List a project's members with skills, when they were last seen, and what they did."""
        return Response(PeopleOutput(_people(request, slug)).data)

    @extend_schema(
        operation_id="member_add",
        request=MemberAddInput,
        responses={201: PeopleOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Make somebody who has an account a member."""
        project = project_for(request.user, slug)
        sent = MemberAddInput(data=request.data)
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        member_add(
            actor=actor_of(request),
            project=project,
            username=values["username"],
            role=Role(values["role"]),
        )
        return Response(PeopleOutput(_people(request, slug)).data, status=201)


def _people(request: Request, slug: str) -> dict[str, Any]:
    project = project_for(request.user, slug)
    require(request.user, project, "manage_people")
    names = Skill.objects.filter(project=project).values_list("name", flat=True)
    return {"people": people(project), "skills": list(names)}


class PeopleFileView(APIView):
    """All members of a project as a file."""

    @extend_schema(
        operation_id="people_file",
        responses={200: OpenApiTypes.BINARY, **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        """Return a project's members as CSV."""
        rows = _people(request, slug)["people"]
        names = list(PersonRowOutput().fields)
        lines = [[_cell(row[name]) for name in names] for row in rows]
        return csv_response(f"people-{slug}.csv", names, lines)


def _cell(value: Any) -> object:
    if isinstance(value, list):
        return " ".join(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


class PersonView(APIView):
    """One member."""

    @extend_schema(
        operation_id="member_change",
        request=MemberChangeInput,
        responses={200: PeopleOutput, **errors(400, 401, 403, 404, 409)},
    )
    def patch(self, request: Request, slug: str, user_id: uuid.UUID) -> Response:
        """Change a member's role or skills, or end their account; what they have goes back."""
        project = project_for(request.user, slug)
        sent = MemberChangeInput(data=request.data)
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        actor, user = actor_of(request), _user(request, project, user_id)
        role = Role(values["role"]) if "role" in values else None
        member_change(
            actor=actor, project=project, user=user, role=role, skills=values.get("skills")
        )
        if "is_active" in values:
            account_set_active(
                actor=actor, project=project, user=user, is_active=values["is_active"]
            )
        return Response(PeopleOutput(_people(request, slug)).data)

    @extend_schema(
        operation_id="member_remove", responses={204: None, **errors(401, 403, 404, 409)}
    )
    def delete(self, request: Request, slug: str, user_id: uuid.UUID) -> Response:
        """End a membership; what they have goes back to the queues."""
        project = project_for(request.user, slug)
        user = _user(request, project, user_id)
        member_remove(actor=actor_of(request), project=project, user=user)
        return Response(status=204)


def _user(request: Request, project: Project, user_id: uuid.UUID) -> User:
    require(request.user, project, "manage_people")
    found = project.members.filter(pk=user_id).first()
    if found is None:
        msg = "There is no such member of this project."
        raise NotFoundError(msg)
    return found


class WorkByDayView(APIView):
    """What was done over time."""

    @extend_schema(
        operation_id="work_by_day",
        parameters=[
            OpenApiParameter("days", int, default=30, description=f"1 to {LONGEST_DAYS}"),
        ],
        responses={200: WorkDayOutput(many=True), **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return what was done on each of the last days (UTC), the oldest first."""
        return Response(WorkDayOutput(_days(request, slug), many=True).data)


class WorkByDayFileView(APIView):
    """What was done over time as a file."""

    @extend_schema(
        operation_id="work_by_day_file",
        parameters=[OpenApiParameter("days", int, default=30)],
        responses={200: OpenApiTypes.BINARY, **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        """Return what was done on each of the last days as CSV."""
        rows = [[_cell(row[name]) for name in DAY_COLUMNS] for row in _days(request, slug)]
        return csv_response(f"work-{slug}.csv", DAY_COLUMNS, rows)


def _days(request: Request, slug: str) -> list[dict[str, Any]]:
    project = project_for(request.user, slug)
    require_overview(request.user, project)
    text = request.query_params.get("days", "30")
    is_number = text.isascii() and text.isdecimal() and len(text) < 5
    if not is_number or not 1 <= int(text) <= LONGEST_DAYS:
        msg = f"days: expected 1 to {LONGEST_DAYS}, found '{text[:40]}'."
        raise InvalidError(msg, details={"fields": {"days": [msg]}})
    return work_by_day(project, days=int(text))
