"""Giving the same to several people, how far they agree, and what there is to decide between."""

import uuid
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.agreement.report_rows import COLUMNS as AGREEMENT_COLUMNS
from labelapp.agreement.report_rows import agreement_rows
from labelapp.agreement.selectors import (
    agreement_report,
    group_to_decide,
    groups_listed,
    versions_of,
)
from labelapp.agreement.serializers import (
    AgreementGroupOutput,
    AgreementGroupPageOutput,
    AgreementReportOutput,
    ClusterOutput,
    GroupsCreateInput,
    GroupsCreateOutput,
    VersionsOutput,
)
from labelapp.agreement.services import GroupRule, groups_create
from labelapp.common.csv_rows import csv_response
from labelapp.common.pagination import CursorPagination
from labelapp.common.schema import errors
from labelapp.projects.models import Project
from labelapp.projects.selectors import project_for
from labelapp.work.policies import is_manager, require_overview
from labelapp.work.selectors import task_for


def _overview(request: Request, slug: str) -> Project:
    project = project_for(request.user, slug)
    require_overview(request.user, project)
    return project


class AgreementView(APIView):
    @extend_schema(
        operation_id="agreement_report",
        responses={200: AgreementReportOutput, **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return how far people agree, by class, attribute and person."""
        return Response(AgreementReportOutput(agreement_report(_overview(request, slug))).data)

    @extend_schema(
        operation_id="agreement_groups_create",
        request=GroupsCreateInput,
        responses={201: GroupsCreateOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Give each of some clips to several people."""
        project = project_for(request.user, slug)
        sent = GroupsCreateInput(data=request.data)
        sent.is_valid(raise_exception=True)
        rule = GroupRule(**sent.validated_data)
        groups = groups_create(actor=actor_of(request), project=project, rule=rule)
        return Response(
            {"groups": len(groups), "tasks": sum(group.people for group in groups)}, status=201
        )


class AgreementFileView(APIView):
    @extend_schema(
        operation_id="agreement_file",
        responses={200: OpenApiTypes.BINARY, **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        """Return how far people agree as CSV: a line a class, attribute (of a class) and person."""
        report = agreement_report(_overview(request, slug))
        return csv_response(f"agreement-{slug}.csv", AGREEMENT_COLUMNS, agreement_rows(report))


class AgreementGroupListView(APIView):
    @extend_schema(
        operation_id="agreement_group_list",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)],
        responses={
            200: AgreementGroupPageOutput,
            **errors(401, 403, 404),
        },
    )
    def get(self, request: Request, slug: str) -> Response:
        """List the clips that several people got, the newest first, a page at a time."""
        paginator = CursorPagination()
        groups = groups_listed(_overview(request, slug))
        page: list[Any] = paginator.paginate_queryset(groups, request) or []
        return paginator.get_paginated_response(AgreementGroupOutput(page, many=True).data)


class VersionsView(APIView):
    @extend_schema(
        operation_id="task_versions",
        responses={200: VersionsOutput, 204: None, **errors(401, 403, 404)},
    )
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        """Return what a task is to decide between; 204: nothing, it is a task like others."""
        task = task_for(request.user, task_id)
        group = group_to_decide(actor_of(request), task)
        if group is None:
            return Response(status=204)
        with_names = is_manager(request.user, task.clip.project)
        versions = versions_of(group, with_names=with_names)
        for version in versions:
            person = version["person"]
            version["person"] = (
                None if person is None else {"id": person.pk, "name": person.shown_name}
            )
        # The labels go as they are in the database.
        return Response(
            {
                "group_id": group.pk,
                "score": group.score,
                "versions": versions,
                "clusters": ClusterOutput(group.clusters, many=True).data,
            }
        )
