"""Exports: starting, watching, cancelling, downloading."""

import uuid

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.common.schema import errors
from labelapp.datasets.downloads import download
from labelapp.datasets.selectors import export_file, export_for, exports_of
from labelapp.datasets.serializers import ExportCreateInput, ExportOutput
from labelapp.datasets.services import export_cancel, export_create
from labelapp.projects.policies import require
from labelapp.projects.selectors import project_for

#: The newest are what anybody looks for.
_LISTED = 100


class ExportListView(APIView):
    @extend_schema(
        operation_id="export_list",
        responses={200: ExportOutput(many=True), **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """List a project's exports, newest first, at most 100."""
        project = project_for(request.user, slug)
        require(request.user, project, "export")
        return Response(ExportOutput(exports_of(project)[:_LISTED], many=True).data)

    @extend_schema(
        operation_id="export_create",
        request=ExportCreateInput,
        responses={201: ExportOutput, **errors(400, 401, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Start an export of the labels as they are now."""
        project = project_for(request.user, slug)
        require(request.user, project, "export")
        sent = ExportCreateInput(data=request.data)
        sent.is_valid(raise_exception=True)
        # The permission that every view has: a session.
        assert request.user.is_authenticated  # noqa: S101
        export = export_create(actor=request.user, project=project, **sent.validated_data)
        return Response(ExportOutput(export).data, status=201)


class ExportDetailView(APIView):
    @extend_schema(
        operation_id="export_get", responses={200: ExportOutput, **errors(401, 403, 404)}
    )
    def get(self, request: Request, export_id: uuid.UUID) -> Response:
        """Return an export: how far it is, and its files when it is done."""
        return Response(ExportOutput(export_for(request.user, export_id)).data)


class ExportCancelView(APIView):
    @extend_schema(
        operation_id="export_cancel",
        request=None,
        responses={200: ExportOutput, **errors(401, 403, 404, 409)},
    )
    def post(self, request: Request, export_id: uuid.UUID) -> Response:
        """Cancel an export that waits or runs."""
        export = export_for(request.user, export_id)
        assert request.user.is_authenticated  # noqa: S101
        export_cancel(actor=request.user, export=export)
        return Response(ExportOutput(export).data)


class ExportFileView(APIView):
    @extend_schema(
        operation_id="export_file",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            **errors(401, 403, 404, 409, 416),
        },
    )
    def get(self, request: Request, export_id: uuid.UUID, name: str) -> HttpResponseBase:
        """Download a file of an export; ranges go on with one that broke off."""
        return download(request, export_file(export_for(request.user, export_id), name))
