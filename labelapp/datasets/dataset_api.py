"""Data sets: making, freezing, comparing, deprecating, exporting; and what is held out."""

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.models import User
from labelapp.common.errors import InvalidError
from labelapp.common.schema import errors
from labelapp.datasets.dataset_serializers import (
    ComparisonOutput,
    DatasetCreateInput,
    DatasetOutput,
    DeprecateInput,
    FreezeInput,
    HoldOutInput,
    HoldOutOutput,
    ItemOutput,
    SelectionInput,
    SelectionOutput,
    VersionExportInput,
    VersionOutput,
)
from labelapp.datasets.selectors import (
    dataset_for,
    datasets_of,
    hold_out_for,
    hold_outs_of,
    items_page,
    version_for,
    versions_of,
)
from labelapp.datasets.serializers import ExportOutput
from labelapp.datasets.services import version_export
from labelapp.datasets.versions.comparing import versions_compare
from labelapp.datasets.versions.freezing import Asked, selection_of, version_freeze
from labelapp.datasets.versions.managing import (
    dataset_create,
    hold_out_create,
    hold_out_remove,
    version_deprecate,
)
from labelapp.projects.policies import require
from labelapp.projects.selectors import project_for


def _actor(request: Request) -> User:
    # The permission that every view has: a session or a token.
    assert request.user.is_authenticated  # noqa: S101
    return request.user


class DatasetListView(APIView):
    @extend_schema(
        operation_id="dataset_list",
        responses={200: DatasetOutput(many=True), **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """List a project's data sets by name, each with its newest version."""
        project = project_for(request.user, slug)
        require(request.user, project, "export")
        return Response(DatasetOutput(datasets_of(project), many=True).data)

    @extend_schema(
        operation_id="dataset_create",
        request=DatasetCreateInput,
        responses={201: DatasetOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Make a data set without versions."""
        project = project_for(request.user, slug)
        sent = DatasetCreateInput(data=request.data)
        sent.is_valid(raise_exception=True)
        made = dataset_create(actor=_actor(request), project=project, **sent.validated_data)
        return Response(DatasetOutput(made).data, status=201)


class DatasetPreviewView(APIView):
    @extend_schema(
        operation_id="dataset_preview",
        request=SelectionInput,
        responses={200: SelectionOutput, **errors(400, 401, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Say how much a version would have if it were frozen now."""
        project = project_for(request.user, slug)
        require(request.user, project, "export")
        sent = SelectionInput(data=request.data)
        sent.is_valid(raise_exception=True)
        asked = Asked.of(_actor(request), project, **sent.validated_data)
        return Response(SelectionOutput(selection_of(asked).sums).data)


class VersionListView(APIView):
    @extend_schema(
        operation_id="version_list",
        responses={200: VersionOutput(many=True), **errors(401, 403, 404)},
    )
    def get(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """List a data set's versions, newest first."""
        dataset = dataset_for(request.user, dataset_id)
        return Response(VersionOutput(versions_of(dataset), many=True).data)

    @extend_schema(
        operation_id="version_freeze",
        request=FreezeInput,
        responses={201: VersionOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Freeze what a query finds now as the next version."""
        dataset = dataset_for(request.user, dataset_id)
        sent = FreezeInput(data=request.data)
        sent.is_valid(raise_exception=True)
        made = version_freeze(actor=_actor(request), dataset=dataset, **sent.validated_data)
        return Response(VersionOutput(made).data, status=201)


class VersionDetailView(APIView):
    @extend_schema(
        operation_id="version_get", responses={200: VersionOutput, **errors(401, 403, 404)}
    )
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        """Return a version."""
        return Response(VersionOutput(version_for(request.user, version_id)).data)


class VersionItemsView(APIView):
    @extend_schema(
        operation_id="version_items",
        parameters=[
            OpenApiParameter("after", int, description="place of the last clip of the page before"),
        ],
        responses={200: ItemOutput(many=True), **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        """List a version's label sets by clip, those of 200 clips at a time."""
        version = version_for(request.user, version_id)
        after = request.query_params.get("after", "-1")
        if not after.removeprefix("-").isdecimal() or len(after) > 9:
            msg = f"after: expected the place of a clip, found '{after[:40]}'."
            raise InvalidError(msg, details={"fields": {"after": [msg]}})
        return Response(ItemOutput(items_page(version, int(after)), many=True).data)


class VersionCompareView(APIView):
    @extend_schema(
        operation_id="version_compare", responses={200: ComparisonOutput, **errors(401, 403, 404)}
    )
    def get(self, request: Request, version_id: uuid.UUID, other_id: uuid.UUID) -> Response:
        """Say what came, went and changed from another version to this one."""
        version = version_for(request.user, version_id)
        other = version_for(request.user, other_id)
        return Response(ComparisonOutput(versions_compare(other, version)).data)


class VersionDeprecateView(APIView):
    @extend_schema(
        operation_id="version_deprecate",
        request=DeprecateInput,
        responses={200: VersionOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, version_id: uuid.UUID) -> Response:
        """Say that a version should not be used any more."""
        version = version_for(request.user, version_id)
        sent = DeprecateInput(data=request.data)
        sent.is_valid(raise_exception=True)
        version_deprecate(actor=_actor(request), version=version, **sent.validated_data)
        return Response(VersionOutput(version_for(request.user, version_id)).data)


class VersionExportView(APIView):
    @extend_schema(
        operation_id="version_export",
        request=VersionExportInput,
        responses={201: ExportOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, version_id: uuid.UUID) -> Response:
        """Start an export of a version."""
        version = version_for(request.user, version_id)
        sent = VersionExportInput(data=request.data)
        sent.is_valid(raise_exception=True)
        made = version_export(actor=_actor(request), version=version, **sent.validated_data)
        return Response(ExportOutput(made).data, status=201)


class HoldOutListView(APIView):
    @extend_schema(
        operation_id="hold_out_list",
        responses={200: HoldOutOutput(many=True), **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """List what a project holds out."""
        project = project_for(request.user, slug)
        require(request.user, project, "export")
        return Response(HoldOutOutput(hold_outs_of(project), many=True).data)

    @extend_schema(
        operation_id="hold_out_create",
        request=HoldOutInput,
        responses={201: HoldOutOutput, **errors(400, 401, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Hold something out of training, from now on."""
        project = project_for(request.user, slug)
        sent = HoldOutInput(data=request.data)
        sent.is_valid(raise_exception=True)
        made = hold_out_create(actor=_actor(request), project=project, **sent.validated_data)
        return Response(HoldOutOutput(made).data, status=201)


class HoldOutDetailView(APIView):
    @extend_schema(operation_id="hold_out_remove", responses={204: None, **errors(401, 403, 404)})
    def delete(self, request: Request, hold_out_id: uuid.UUID) -> Response:
        """Forget that something is held out; frozen versions stay as they are."""
        hold_out_remove(actor=_actor(request), hold_out=hold_out_for(request.user, hold_out_id))
        return Response(status=204)
