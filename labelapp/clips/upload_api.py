"""Clip folders over HTTP."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.clips.selectors import clip_upload_for
from labelapp.clips.sent import PART_SCHEMA, SentFileOutput, SentPart
from labelapp.clips.services import (
    clip_upload_cancel,
    clip_upload_create,
    clip_upload_finish,
    clip_upload_put,
)
from labelapp.common.parsing import BytesParser
from labelapp.common.schema import errors
from labelapp.projects.selectors import project_for


class ClipUploadInput(serializers.Serializer[Any]):
    """A tar file of a clip folder."""

    size = serializers.IntegerField(min_value=1, help_text="bytes of the whole tar file")
    name = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="of the clip; empty: its own"
    )


class ClipUploadOutput(SentFileOutput):
    """An upload: which parts have come, and what became of it."""

    clip_id = serializers.UUIDField(allow_null=True)
    is_new = serializers.BooleanField(
        allow_null=True, help_text="false: the project has this recording already"
    )
    warnings = serializers.ListField(child=serializers.CharField())


class ClipUploadListView(APIView):
    @extend_schema(
        operation_id="clip_upload_create",
        request=ClipUploadInput,
        responses={201: ClipUploadOutput, **errors(400, 401, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Announce a tar file of a clip folder."""
        project = project_for(request.user, slug)
        sent = ClipUploadInput(data=request.data)
        sent.is_valid(raise_exception=True)
        upload = clip_upload_create(actor=actor_of(request), project=project, **sent.validated_data)
        return Response(ClipUploadOutput(upload).data, status=201)


class ClipUploadDetailView(APIView):
    @extend_schema(
        operation_id="clip_upload_get",
        responses={200: ClipUploadOutput, **errors(401, 403, 404)},
    )
    def get(self, request: Request, upload_id: uuid.UUID) -> Response:
        """Return an upload: which parts have come, how far the import is."""
        return Response(ClipUploadOutput(clip_upload_for(request.user, upload_id)).data)

    @extend_schema(
        operation_id="clip_upload_cancel", responses={204: None, **errors(401, 403, 404)}
    )
    def delete(self, request: Request, upload_id: uuid.UUID) -> Response:
        """Forget an upload and its parts."""
        upload = clip_upload_for(request.user, upload_id)
        clip_upload_cancel(actor=actor_of(request), upload=upload)
        return Response(status=204)


class ClipUploadPartView(APIView):
    parser_classes = (BytesParser,)

    @extend_schema(operation_id="clip_upload_put", **PART_SCHEMA)
    def put(self, request: Request, upload_id: uuid.UUID, number: int) -> Response:
        """Send a part: bytes `number * part_bytes` and on; sent again, it replaces the first."""
        upload = clip_upload_for(request.user, upload_id)
        part = SentPart.of(request)
        clip_upload_put(
            actor=actor_of(request),
            upload=upload,
            number=number,
            content=part.content,
            sha256=part.sha256,
        )
        return Response(status=204)


class ClipUploadFinishView(APIView):
    @extend_schema(
        operation_id="clip_upload_finish",
        request=None,
        responses={202: ClipUploadOutput, **errors(401, 403, 404, 409)},
    )
    def post(self, request: Request, upload_id: uuid.UUID) -> Response:
        """Have what was sent imported."""
        upload = clip_upload_for(request.user, upload_id)
        made = clip_upload_finish(actor=actor_of(request), upload=upload)
        return Response(ClipUploadOutput(made).data, status=202)
