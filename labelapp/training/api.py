"""Gold and scores for admins; courses and one's own score for everybody."""

import uuid

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.common.errors import InvalidError
from labelapp.common.pagination import CursorPagination
from labelapp.common.schema import errors
from labelapp.labels.selectors import label_set_for, labels_at
from labelapp.labels.serializers import LabelListOutput
from labelapp.projects.models import Project
from labelapp.projects.selectors import project_for
from labelapp.training.models import Attempt, GoldSettings
from labelapp.training.selectors import (
    attempt_for,
    attempts_listed,
    course_for,
    courses_as_json,
    gold_candidates,
    gold_for,
    golds_listed,
    own_score,
    scores_of_people,
)
from labelapp.training.serializers import (
    AttemptOutput,
    AttemptPageOutput,
    AttemptRowOutput,
    CourseChangeInput,
    CourseCreateInput,
    CourseOutput,
    CourseStartInput,
    CourseStartOutput,
    GoldCandidateOutput,
    GoldCreateInput,
    GoldOutput,
    GoldSettingsFields,
    OwnScoreOutput,
    PersonScoreOutput,
)
from labelapp.training.services import (
    course_change,
    course_create,
    course_start,
    gold_create,
    gold_remove,
    gold_settings_save,
)
from labelapp.training.services.course_manage import NewStep
from labelapp.work.policies import require_manager
from labelapp.work.selectors import leases_of, task_for
from labelapp.work.serializers import task_json


def _managed(request: Request, slug: str) -> Project:
    project = project_for(request.user, slug)
    require_manager(request.user, project)
    return project


class GoldSettingsView(APIView):
    @extend_schema(
        operation_id="gold_settings_get",
        responses={200: GoldSettingsFields, 204: None, **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return how labellers are checked with gold; 204: they aren't."""
        found = GoldSettings.objects.filter(project=_managed(request, slug)).first()
        return Response(status=204) if found is None else Response(GoldSettingsFields(found).data)

    @extend_schema(
        operation_id="gold_settings_save",
        request=GoldSettingsFields,
        responses={200: GoldSettingsFields, **errors(400, 401, 403, 404)},
    )
    def put(self, request: Request, slug: str) -> Response:
        """Set how labellers are checked with gold; what is left out stays."""
        project = _managed(request, slug)
        sent = GoldSettingsFields(data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        found = gold_settings_save(actor=actor_of(request), project=project, **sent.validated_data)
        return Response(GoldSettingsFields(found).data)


class GoldListView(APIView):
    @extend_schema(
        operation_id="gold_list",
        responses={200: GoldOutput(many=True), **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """List a project's gold, the newest first, up to 1,000."""
        found = golds_listed(_managed(request, slug))[:1000]
        return Response(GoldOutput(found, many=True).data)

    @extend_schema(
        operation_id="gold_create",
        request=GoldCreateInput,
        responses={201: GoldOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Take a label set, as it is now, for right."""
        project = _managed(request, slug)
        sent = GoldCreateInput(data=request.data)
        sent.is_valid(raise_exception=True)
        gold = gold_create(
            actor=actor_of(request),
            project=project,
            label_set=label_set_for(request.user, sent.validated_data["label_set_id"]),
            is_hidden_check=sent.validated_data["is_hidden_check"],
        )
        return Response(GoldOutput(golds_listed(project).get(pk=gold.pk)).data, status=201)


class GoldCandidateListView(APIView):
    @extend_schema(
        operation_id="gold_candidate_list",
        parameters=[OpenApiParameter("search", str, description="in the clip's name")],
        responses={200: GoldCandidateOutput(many=True), **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """List label sets that may be taken for gold, up to 50."""
        search = request.query_params.get("search", "").replace("\0", "")[:200]
        found = gold_candidates(_managed(request, slug), search)
        return Response(GoldCandidateOutput(found, many=True).data)


class GoldView(APIView):
    @extend_schema(operation_id="gold_remove", responses={204: None, **errors(401, 404, 409)})
    def delete(self, request: Request, gold_id: uuid.UUID) -> Response:
        """Hand it out no more; one that nobody ever got is forgotten."""
        gold_remove(actor=actor_of(request), gold=gold_for(request.user, gold_id))
        return Response(status=204)


class CourseListView(APIView):
    @extend_schema(
        operation_id="course_list",
        responses={200: CourseOutput(many=True), **errors(401, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """List a project's courses, and how far the caller is."""
        project = project_for(request.user, slug)
        return Response(CourseOutput(courses_as_json(actor_of(request), project), many=True).data)

    @extend_schema(
        operation_id="course_create",
        request=CourseCreateInput,
        responses={201: CourseOutput(many=True), **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Make a course; returns all of the project's."""
        project = _managed(request, slug)
        sent = CourseCreateInput(data=request.data)
        sent.is_valid(raise_exception=True)
        values = dict(sent.validated_data)
        values["steps"] = [NewStep(**step) for step in values["steps"]]
        actor = actor_of(request)
        course_create(actor=actor, project=project, **values)
        return Response(CourseOutput(courses_as_json(actor, project), many=True).data, status=201)


class CourseView(APIView):
    @extend_schema(
        operation_id="course_change",
        request=CourseChangeInput,
        responses={204: None, **errors(400, 401, 403, 404)},
    )
    def patch(self, request: Request, course_id: uuid.UUID) -> Response:
        """Change a course's texts or pass mark, close or open it."""
        course = course_for(request.user, course_id)
        require_manager(request.user, course.project)
        sent = CourseChangeInput(data=request.data)
        sent.is_valid(raise_exception=True)
        course_change(actor=actor_of(request), course=course, **sent.validated_data)
        return Response(status=204)


class CourseStartView(APIView):
    @extend_schema(
        operation_id="course_start",
        request=CourseStartInput,
        responses={200: CourseStartOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, course_id: uuid.UUID) -> Response:
        """Get the task of a step: the one that the caller has, or a new one."""
        course = course_for(request.user, course_id)
        sent = CourseStartInput(data=request.data)
        sent.is_valid(raise_exception=True)
        started, _ = course_start(actor=actor_of(request), course=course, **sent.validated_data)
        task = task_for(request.user, started.pk)
        return Response({"task": task_json(task, leases_of([task]).get(task.pk))})


class AttemptView(APIView):
    @extend_schema(operation_id="attempt_get", responses={200: AttemptOutput, **errors(401, 404)})
    def get(self, request: Request, attempt_id: uuid.UUID) -> Response:
        """Return how one's labels differ from the gold, once one may know."""
        return Response(AttemptOutput(_shown(attempt_for(request.user, attempt_id))).data)


def _shown(attempt: Attempt) -> Attempt:
    settings = GoldSettings.objects.filter(project=attempt.gold.project_id).first()
    step = attempt.step
    report = attempt.report
    attempt.is_hidden_check = step is None  # type: ignore[attr-defined]  # what the serializer reads
    attempt.findings = [] if report is None else report.pop("findings", [])  # type: ignore[attr-defined]
    attempt.pass_score = (  # type: ignore[attr-defined]
        (settings or GoldSettings()).pass_score if step is None else step.course.pass_score
    )
    return attempt


class AttemptGoldView(APIView):
    @extend_schema(
        operation_id="attempt_gold_labels", responses={200: LabelListOutput, **errors(401, 404)}
    )
    def get(self, request: Request, attempt_id: uuid.UUID) -> Response:
        """Return the gold that an attempt was compared with, to be laid over one's own labels."""
        gold = attempt_for(request.user, attempt_id).gold
        return Response(labels_at(gold.label_set, gold.revision))


class OwnScoreView(APIView):
    @extend_schema(operation_id="own_score", responses={200: OwnScoreOutput, **errors(401, 404)})
    def get(self, request: Request, slug: str) -> Response:
        """Return how one does in a project, and why."""
        project = project_for(request.user, slug)
        return Response(OwnScoreOutput(own_score(actor_of(request), project)).data)


class ScoreListView(APIView):
    @extend_schema(
        operation_id="score_list",
        responses={200: PersonScoreOutput(many=True), **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return how all who label in a project do, the worst first."""
        rows = scores_of_people(_managed(request, slug))
        return Response(PersonScoreOutput(rows, many=True).data)


class AttemptListView(APIView):
    @extend_schema(
        operation_id="attempt_list",
        parameters=[
            OpenApiParameter("user", OpenApiTypes.UUID, description="whose; default: all"),
            OpenApiParameter("cursor", str),
            OpenApiParameter("page_size", int),
        ],
        responses={200: AttemptPageOutput, **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """List a project's scored attempts, the newest first."""
        paginator = CursorPagination()
        paginator.ordering = ("-scored_at", "id")
        found = attempts_listed(_managed(request, slug), _user_asked_for(request))
        page = paginator.paginate_queryset(found, request) or []
        return paginator.get_paginated_response(AttemptRowOutput(page, many=True).data)


def _user_asked_for(request: Request) -> uuid.UUID | None:
    text = request.query_params.get("user")
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        msg = f"user: expected a user's id, found '{text[:40]}'."
        raise InvalidError(msg, details={"fields": {"user": [msg]}}) from None
