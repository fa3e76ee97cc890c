"""Clip folders over HTTP."""

import uuid
from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.models import User
from labelapp.clips.models import ClipUpload
from labelapp.clips.selectors import clip_upload_for
from labelapp.clips.services import (
    clip_upload_cancel,
    clip_upload_create,
    clip_upload_finish,
    clip_upload_put,
)
from labelapp.clips.uploads import PART_BYTES, part_count, parts_there
from labelapp.common.jobs import JobState
from labelapp.common.parsing import BytesParser
from labelapp.common.schema import errors
from labelapp.projects.selectors import project_for

_RECEIVING = "receiving"
#: A job's states, and before there is one.
STATES = [_RECEIVING, *JobState.values]


class ClipUploadInput(serializers.Serializer[Any]):
    """A tar file of a clip folder."""

    size = serializers.IntegerField(min_value=1, help_text="bytes of the whole tar file")
    name = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="of the clip; empty: its own"
    )


class ClipUploadOutput(serializers.Serializer[Any]):
    """An upload: which parts have come, and what became of it."""

    id = serializers.UUIDField()
    size = serializers.IntegerField()
    part_bytes = serializers.SerializerMethodField()
    part_count = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField(help_text="numbers of those that have come")
    state = serializers.SerializerMethodField()
    message = serializers.CharField(source="job.message", default="")
    done = serializers.IntegerField(source="job.done", default=0)
    total = serializers.IntegerField(source="job.total", default=None, allow_null=True)
    clip_id = serializers.UUIDField(allow_null=True)
    is_new = serializers.BooleanField(
        allow_null=True, help_text="false: the project has this recording already"
    )
    warnings = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(OpenApiTypes.INT)
    def get_part_bytes(self, upload: ClipUpload) -> int:  # noqa: ARG002
        """Return the size of all parts but the last."""
        return PART_BYTES

    @extend_schema_field(OpenApiTypes.INT)
    def get_part_count(self, upload: ClipUpload) -> int:
        """Return how many parts there are."""
        return part_count(upload.size)

    @extend_schema_field({"type": "array", "items": {"type": "integer"}})
    def get_parts(self, upload: ClipUpload) -> list[int]:
        """Return which parts have come."""
        return parts_there(upload.pk) if upload.job_id is None else []

    @extend_schema_field({"type": "string", "enum": STATES})
    def get_state(self, upload: ClipUpload) -> str:
        """Return the job's state, or that parts are awaited."""
        return _RECEIVING if upload.job is None else str(upload.job.state)


def _actor(request: Request) -> User:
    # The permission that every view has: a session or a token.
    assert request.user.is_authenticated  # noqa: S101
    return request.user


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
        upload = clip_upload_create(actor=_actor(request), project=project, **sent.validated_data)
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
        clip_upload_cancel(actor=_actor(request), upload=upload)
        return Response(status=204)


class ClipUploadPartView(APIView):
    parser_classes = (BytesParser,)

    @extend_schema(
        operation_id="clip_upload_put",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[
            OpenApiParameter(
                "X-Content-SHA256", str, OpenApiParameter.HEADER, description="of the part"
            )
        ],
        responses={204: None, **errors(400, 401, 403, 404, 409, 413)},
    )
    def put(self, request: Request, upload_id: uuid.UUID, number: int) -> Response:
        """Send a part: bytes `number * part_bytes` and on; sent again, it replaces the first."""
        upload = clip_upload_for(request.user, upload_id)
        clip_upload_put(
            actor=_actor(request),
            upload=upload,
            number=number,
            content=cast("bytes", request.data),
            sha256=request.headers.get("X-Content-SHA256"),
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
        made = clip_upload_finish(actor=_actor(request), upload=upload)
        return Response(ClipUploadOutput(made).data, status=202)
