"""Logging in by OpenID Connect."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from labelapp.accounts.oidc_login import owes_code, refusal_of, way_back, way_there
from labelapp.accounts.serializers import (
    OpenidBeginInput,
    OpenidBeginOutput,
    OpenidOutput,
)
from labelapp.accounts.throttles import LoginAddressThrottle
from labelapp.common.schema import errors

_NO_STORE = {"Cache-Control": "no-store"}


# As with passwords: another site must not begin it.
@method_decorator(csrf_protect, name="dispatch")
class OpenidView(APIView):
    permission_classes = [AllowAny]

    def get_throttles(self) -> list[BaseThrottle]:
        """Only beginning is counted."""
        return [LoginAddressThrottle()] if self.request.method == "POST" else []

    @extend_schema(operation_id="openid_get", responses={200: OpenidOutput})
    def get(self, request: Request) -> Response:
        """Say whether one may log in by OpenID Connect, and what became of the last attempt."""
        browser = request._request  # noqa: SLF001  Django's own request
        get_token(browser)
        config = settings.OIDC
        body = {
            "name": None if config is None else config.name,
            "refusal": refusal_of(browser),
            "needs_code": owes_code(browser),
        }
        return Response(OpenidOutput(body).data, headers=_NO_STORE)

    @extend_schema(
        operation_id="openid_begin",
        request=OpenidBeginInput,
        responses={200: OpenidBeginOutput, **errors(400, 403, 404, 429, 503)},
    )
    def post(self, request: Request) -> Response:
        """Get the provider's address to log in at, for this browser and ten minutes."""
        sent = OpenidBeginInput(data=request.data)
        sent.is_valid(raise_exception=True)
        url = way_there(request._request, page=sent.validated_data["page"])  # noqa: SLF001
        return Response(OpenidBeginOutput({"url": url}).data, headers=_NO_STORE)


class OpenidCallbackView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="openid_callback",
        parameters=[
            OpenApiParameter("state", OpenApiTypes.STR, required=True),
            OpenApiParameter("code", OpenApiTypes.STR),
            OpenApiParameter("error", OpenApiTypes.STR),
            OpenApiParameter("error_description", OpenApiTypes.STR),
            OpenApiParameter("iss", OpenApiTypes.STR),
        ],
        responses={302: None, **errors(404)},
    )
    def get(self, request: Request) -> HttpResponseRedirect:
        """Come back from the provider: a browser is sent here, and on to the page it came from."""
        page = way_back(request._request)  # noqa: SLF001  Django's own request
        return HttpResponseRedirect(page, headers=_NO_STORE)
