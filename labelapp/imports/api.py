"""Labels of other formats over HTTP."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.clips.sent import PART_SCHEMA, SentPart
from labelapp.common.parsing import BytesParser
from labelapp.common.schema import errors
from labelapp.imports.selectors import label_import_for
from labelapp.imports.serializers import (
    LabelImportInput,
    LabelImportOutput,
    LabelImportRunInput,
)
from labelapp.imports.services import (
    label_import_create,
    label_import_forget,
    label_import_put,
    label_import_run,
)
from labelapp.projects.selectors import project_for


class LabelImportListView(APIView):
    @extend_schema(
        operation_id="label_import_create",
        request=LabelImportInput,
        responses={201: LabelImportOutput, **errors(400, 401, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Announce a file of labels: a zip file of a folder, or a single file."""
        project = project_for(request.user, slug)
        sent = LabelImportInput(data=request.data)
        sent.is_valid(raise_exception=True)
        made = label_import_create(actor=actor_of(request), project=project, **sent.validated_data)
        return Response(LabelImportOutput(made).data, status=201)


class LabelImportDetailView(APIView):
    @extend_schema(
        operation_id="label_import_get",
        responses={200: LabelImportOutput, **errors(401, 403, 404)},
    )
    def get(self, request: Request, import_id: uuid.UUID) -> Response:
        """Return an import: which parts have come, how far its job is, what was found."""
        return Response(LabelImportOutput(label_import_for(request.user, import_id)).data)

    @extend_schema(
        operation_id="label_import_forget", responses={204: None, **errors(401, 403, 404)}
    )
    def delete(self, request: Request, import_id: uuid.UUID) -> Response:
        """Forget an import and its parts; label sets that came of it stay."""
        found = label_import_for(request.user, import_id)
        label_import_forget(actor=actor_of(request), label_import=found)
        return Response(status=204)


class LabelImportPartView(APIView):
    parser_classes = (BytesParser,)

    @extend_schema(operation_id="label_import_put", **PART_SCHEMA)
    def put(self, request: Request, import_id: uuid.UUID, number: int) -> Response:
        """Send a part: bytes `number * part_bytes` and on; sent again, it replaces the first."""
        found = label_import_for(request.user, import_id)
        part = SentPart.of(request)
        label_import_put(
            actor=actor_of(request),
            label_import=found,
            number=number,
            content=part.content,
            sha256=part.sha256,
        )
        return Response(status=204)


class LabelImportRunView(APIView):
    @extend_schema(
        operation_id="label_import_run",
        request=LabelImportRunInput,
        responses={202: LabelImportOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Have the file looked at, or its labels imported; may be said again with other options."""
        found = label_import_for(request.user, import_id)
        sent = LabelImportRunInput(data=request.data)
        sent.is_valid(raise_exception=True)
        options = dict(sent.validated_data)
        is_dry_run = options.pop("dry_run")
        if options["clip_id"] is not None:
            options["clip_id"] = str(options["clip_id"])
        made = label_import_run(
            actor=actor_of(request), label_import=found, options=options, is_dry_run=is_dry_run
        )
        return Response(LabelImportOutput(made).data, status=202)
