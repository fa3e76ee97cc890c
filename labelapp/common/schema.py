"""What the OpenAPI schema says about errors."""

from typing import Any

from rest_framework import serializers

_MEANINGS = {
    400: "The input is not right; `details` says where.",
    401: "There is no session.",
    403: "The caller may not do this.",
    404: "It does not exist, or the caller may not know that it does.",
    409: "It contradicts the state that the server has now.",
    412: "It was changed meanwhile: `details` has the newest.",
    413: "The body is too big.",
    416: "The file has no such range.",
    429: "Too many attempts.",
    503: "Another server that is needed for it does not answer.",
}


class ErrorOutput(serializers.Serializer[Any]):
    """Every error; programs switch on `code`, people read `message`."""

    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField()
    request_id = serializers.CharField()


def errors(*statuses: int) -> dict[int, Any]:
    """Return the answers of these statuses, for ``responses={200: ..., **errors(404)}``."""
    from drf_spectacular.utils import OpenApiResponse  # noqa: PLC0415  0.1 s that only the schema needs

    return {
        status: OpenApiResponse(ErrorOutput, description=_MEANINGS[status]) for status in statuses
    }
