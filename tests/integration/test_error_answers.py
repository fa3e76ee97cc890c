"""Every error below ``/api/`` has one shape, wherever it arises."""

import json
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from rest_framework.exceptions import ErrorDetail
from rest_framework.exceptions import ValidationError as ApiValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.common.errors import ConflictError, DomainError
from labelapp.config.urls import handler400, handler403, handler404, handler500
from labelapp.config.urls import urlpatterns as real_urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500"]


class TeapotError(DomainError):
    code = "teapot"
    http_status = 418


ERRORS: dict[str, Exception] = {
    "domain": TeapotError("It is a teapot.", details={"handle": "left"}),
    "conflict": ConflictError("It changed."),
    "model": ValidationError(["The name is taken."]),
    "nested": ApiValidationError(
        {"labels": [{}, {"size": [ErrorDetail("Too small.", code="min_value")]}]}
    ),
    "bug": ZeroDivisionError("division by zero"),
    "denied": PermissionDenied(),
    "suspicious": SuspiciousOperation("a secret path"),
}


class RaisingView(APIView):
    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Any, name: str) -> Response:
        raise ERRORS[name]

    def post(self, request: Any, name: str) -> Response:
        return Response({"got": request.data})


def plain(request: HttpRequest, name: str) -> HttpResponse:
    raise ERRORS[name]


urlpatterns = [
    path("api/raise/<str:name>", RaisingView.as_view()),
    path("api/plain/<str:name>", plain),
    path("page/<str:name>", plain),
    *real_urlpatterns,
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def client(db: None) -> Client:
    return Client(raise_request_exception=False)


def body_of(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    body: dict[str, Any] = response.json()
    assert set(body) == {"code", "message", "details", "request_id"}
    assert body["request_id"] == response["X-Request-ID"]
    return body


def test_a_domain_error_is_told_as_it_is(client) -> None:
    body = body_of(client.get("/api/raise/domain"), 418)
    assert (body["code"], body["message"]) == ("teapot", "It is a teapot.")
    assert body["details"] == {"handle": "left"}


@pytest.mark.parametrize(
    ("name", "status", "code", "message"),
    [
        ("conflict", 409, "conflict", "It changed."),
        ("model", 400, "invalid", "The name is taken."),
        ("nested", 400, "invalid", "labels.1.size: Too small."),
        ("denied", 403, "forbidden", "You may not do this."),
    ],
)
def test_expected_errors_have_a_code_and_a_sentence(client, name, status, code, message) -> None:
    body = body_of(client.get(f"/api/raise/{name}"), status)
    assert (body["code"], body["message"]) == (code, message)


@pytest.mark.parametrize("kind", ["raise", "plain"])
def test_a_bug_tells_nothing_of_itself(client, kind) -> None:
    body = body_of(client.get(f"/api/{kind}/bug"), 500)
    assert body["code"] == "server_error"
    assert "division" not in json.dumps(body)


@pytest.mark.parametrize("kind", ["raise", "plain"])
def test_a_suspicious_request_is_refused_without_saying_why(client, kind) -> None:
    body = body_of(client.get(f"/api/{kind}/suspicious"), 400)
    assert "secret" not in json.dumps(body)


def test_a_refusal_outside_drf_has_the_same_shape(client) -> None:
    assert body_of(client.get("/api/plain/denied"), 403)["code"] == "forbidden"


@pytest.mark.parametrize(
    "address",
    ["/api/nothing", "/api/", "/api/clips/no-uuid", "/api/projects/UPPER CASE", "/api/..%2f"],
)
def test_an_unknown_address_below_api_answers_json(client, address) -> None:
    assert body_of(client.get(address), 404)["code"] == "not_found"


def test_a_method_that_a_route_does_not_have_is_told(client) -> None:
    assert body_of(client.put("/api/raise/bug"), 405)["code"] == "method_not_allowed"


def test_without_a_session_the_answer_is_401(client) -> None:
    response = client.get("/api/projects")
    assert body_of(response, 401)["code"] == "not_authenticated"
    assert response["WWW-Authenticate"] == "Session"


def test_a_body_that_is_no_json_is_told(client) -> None:
    response = client.post("/api/raise/x", b"{", content_type="application/json")
    assert body_of(response, 400)["message"].startswith("The body is not JSON")


def test_a_body_of_another_kind_is_told(client) -> None:
    response = client.post("/api/raise/x", {"form": "data"})
    assert body_of(response, 415)["code"] == "unsupported_media_type"


def test_a_body_that_is_too_big_is_told(client, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = client.post("/api/raise/x", b'"%s"' % (b"x" * 200), content_type="application/json")
    assert body_of(response, 413)["code"] == "too_big"


def test_a_request_id_of_a_proxy_is_kept(client) -> None:
    sent = uuid.uuid4().hex
    response = client.get("/api/session", headers={"X-Request-ID": sent})
    assert response["X-Request-ID"] == sent


@pytest.mark.parametrize("sent", ["short", "x" * 100, "with space in it", "näh-nicht-ascii"])
def test_a_request_id_that_would_spoil_the_log_is_replaced(client, sent) -> None:
    response = client.get("/api/session", headers={"X-Request-ID": sent})
    assert response["X-Request-ID"] != sent
    assert len(response["X-Request-ID"]) == 32


def test_elsewhere_errors_are_a_plain_sentence(client) -> None:
    response = client.get("/page/denied")
    assert response.status_code == 403
    assert response["Content-Type"].startswith("text/plain")
    assert response.content == b"You may not do this."
