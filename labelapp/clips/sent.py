"""What files that are sent part by part have in common over HTTP, whatever they are for."""

from dataclasses import dataclass
from typing import Any, Protocol, cast
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from labelapp.clips import uploads
from labelapp.common.jobs import Job, JobState
from labelapp.common.schema import errors

_RECEIVING = "receiving"
#: A job's states, and before there is one.
STATES = [_RECEIVING, *JobState.values]
#: What the schema says of sending a part.
PART_SCHEMA: dict[str, Any] = {
    "request": {"application/octet-stream": OpenApiTypes.BINARY},
    "parameters": [
        OpenApiParameter(
            "X-Content-SHA256", str, OpenApiParameter.HEADER, description="of the part"
        )
    ],
    "responses": {204: None, **errors(400, 401, 403, 404, 409, 413)},
}


@dataclass(frozen=True, slots=True)
class SentPart:
    """A part as it was sent: its bytes, and their SHA-256 where the sender counted it."""

    content: bytes
    sha256: str | None

    @classmethod
    def of(cls, request: Request) -> "SentPart":
        """Return the part of a request whose view reads bytes."""
        return cls(cast("bytes", request.data), request.headers.get("X-Content-SHA256"))


class SentFile(Protocol):
    """A row of a file that is sent, and of the job that reads it then."""

    pk: UUID
    size: int | None
    job: Job | None


class SentFileOutput(serializers.Serializer[Any]):
    """Which parts of a file have come, and how far its job is."""

    id = serializers.UUIDField()
    size = serializers.IntegerField()
    part_bytes = serializers.SerializerMethodField()
    part_count = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField(help_text="numbers of those that have come")
    state = serializers.SerializerMethodField()
    message = serializers.CharField(source="job.message", default="")
    done = serializers.IntegerField(source="job.done", default=0)
    total = serializers.IntegerField(source="job.total", default=None, allow_null=True)

    @extend_schema_field(OpenApiTypes.INT)
    def get_part_bytes(self, sent: SentFile) -> int:  # noqa: ARG002
        """Return the size of all parts but the last."""
        return uploads.PART_BYTES

    @extend_schema_field(OpenApiTypes.INT)
    def get_part_count(self, sent: SentFile) -> int:
        """Return how many parts there are; of a file that isn't sent, none."""
        return 0 if sent.size is None else uploads.part_count(sent.size)

    @extend_schema_field({"type": "array", "items": {"type": "integer"}})
    def get_parts(self, sent: SentFile) -> list[int]:
        """Return which parts have come, while they are awaited."""
        is_receiving = sent.job is None and sent.size is not None
        return uploads.parts_there(sent.pk) if is_receiving else []

    @extend_schema_field({"type": "string", "enum": STATES})
    def get_state(self, sent: SentFile) -> str:
        """Return the job's state, or that parts are awaited."""
        return _RECEIVING if sent.job is None else str(sent.job.state)
