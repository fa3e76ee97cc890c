"""Middleware of our own."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

#: What a proxy may send along as the request's id: short, and harmless in a log line.
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")
_ATTRIBUTE = "labelapp_request_id"


def request_id_of(request: HttpRequest) -> str:
    """Return the id of a request, making it at the first call."""
    found: str | None = getattr(request, _ATTRIBUTE, None)
    if found is None:
        sent = request.headers.get("X-Request-ID", "")
        found = sent if _ACCEPTED_ID.fullmatch(sent) else uuid.uuid4().hex
        setattr(request, _ATTRIBUTE, found)
    return found


class RequestIdMiddleware:
    """Gives every request an id: in error answers, in logs, and sent back as ``X-Request-ID``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        request_id = request_id_of(request)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response
