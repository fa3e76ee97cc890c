"""One shape for every error that leaves by HTTP: ``{code, message, details, request_id}``."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from labelapp.common.errors import DomainError
from labelapp.common.middleware import request_id_of
from labelapp.common.rendering import to_json

logger = logging.getLogger(__name__)

#: Status, code, message and details.
Described = tuple[int, str, str, dict[str, Any]]

_NOT_FOUND = "There is no such thing here, or not for you."
_MALFORMED = "The request is malformed or too big."
_SERVER_ERROR = (
    "Something went wrong on the server. Nothing of this request was kept; try again, and give the"
    " request id to whoever runs this server if it happens again."
)


def _first_sentence(detail: Any) -> str:
    """Return the first text in a validation error, with the path of the field it is about."""
    path: list[str] = []
    while isinstance(detail, list | tuple | Mapping) and detail:
        if isinstance(detail, Mapping):
            key, detail = next(iter(detail.items()))
            if key != "non_field_errors":
                path.append(str(key))
            continue
        index = next((i for i, part in enumerate(detail) if part), 0)
        if isinstance(detail[index], Mapping):
            path.append(str(index))
        detail = detail[index]
    return f"{'.'.join(path)}: {detail}" if path else str(detail)


def _domain(error: DomainError) -> Described:
    return error.http_status, error.code, error.message, error.details


def _validation(error: exceptions.ValidationError) -> Described:
    return 400, "invalid", _first_sentence(error.detail), {"fields": error.detail}


def _model_validation(error: ModelValidationError) -> Described:
    return 400, "invalid", error.messages[0], {"fields": error.messages}


def _throttled(error: exceptions.Throttled) -> Described:
    wait = getattr(error, "wait", None)
    wait_s = None if wait is None else max(1, round(wait))
    when = "later" if wait_s is None else f"in {wait_s} s"
    return 429, "throttled", f"Too many attempts: try again {when}.", {"wait_s": wait_s}


def _forbidden(error: Exception) -> Described:
    sentence = str(error)
    if sentence.startswith("CSRF Failed"):
        return 403, "csrf_failed", f"{sentence} Reload the page and try again.", {}
    return 403, "forbidden", "You may not do this.", {}


def _other(error: exceptions.APIException) -> Described:
    code = str(error.default_code)
    return error.status_code, "invalid" if code == "parse_error" else code, str(error.detail), {}


#: In order: the first class that fits describes the error.
_DESCRIPTIONS: tuple[tuple[tuple[type[Exception], ...], Callable[[Any], Described]], ...] = (
    ((DomainError,), _domain),
    ((Http404, exceptions.NotFound), lambda _: (404, "not_found", _NOT_FOUND, {})),
    ((exceptions.ValidationError,), _validation),
    ((ModelValidationError,), _model_validation),
    (
        (exceptions.NotAuthenticated, exceptions.AuthenticationFailed),
        lambda _: (401, "not_authenticated", "Log in first: there is no session.", {}),
    ),
    ((exceptions.Throttled,), _throttled),
    ((exceptions.PermissionDenied, PermissionDenied), _forbidden),
    ((exceptions.APIException,), _other),
    ((SuspiciousOperation,), lambda _: (400, "invalid", _MALFORMED, {})),
)


def _described(error: Exception) -> Described | None:
    """Return status, code, message and details of an expected error, None for a bug."""
    for classes, describe in _DESCRIPTIONS:
        if isinstance(error, classes):
            return describe(error)
    return None


def error_body(
    request: HttpRequest, code: str, message: str, details: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the one shape of an error."""
    return {
        "code": code,
        "message": message,
        "details": dict(details or {}),
        "request_id": request_id_of(request),
    }


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Return the answer to an exception of a DRF view; None lets Django log it and answer 500."""
    described = _described(error)
    if described is None:
        return None
    status, code, message, details = described
    set_rollback()
    request = context["request"]
    django_request = getattr(request, "_request", request)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Session"
    if status == 429 and details.get("wait_s"):
        headers["Retry-After"] = str(details["wait_s"])
    return Response(error_body(django_request, code, message, details), status, headers=headers)


def _answer(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    """Return an error outside DRF: JSON below ``/api/``, a plain sentence elsewhere."""
    if request.path.startswith("/api/"):
        body = to_json(error_body(request, code, message))
        return HttpResponse(body, status=status, content_type="application/json")
    return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Answer what Django itself refuses: a body that is too big, a host that is not ours."""
    return _answer(request, 400, "invalid", _MALFORMED)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a refusal outside DRF."""
    return _answer(request, 403, "forbidden", "You may not do this.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a failed CSRF check outside DRF."""
    return _answer(
        request, 403, "csrf_failed", f"CSRF Failed: {reason} Reload the page and try again."
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer an address that no route knows."""
    return _answer(request, 404, "not_found", "There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a bug; Django has logged it with its trace."""
    logger.error("request %s failed: %s %s", request_id_of(request), request.method, request.path)
    return _answer(request, 500, "server_error", _SERVER_ERROR)
