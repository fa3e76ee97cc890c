"""The session (who is logged in, logging in, logging out), and everybody's own preferences."""

import re

from django.contrib.auth import authenticate, logout
from django.contrib.auth.models import AnonymousUser
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.accounts.errors import LoginFailedError
from labelapp.accounts.lockout import require_not_locked_out
from labelapp.accounts.models import Preferences, User
from labelapp.accounts.oidc_login import way_out
from labelapp.accounts.pending_login import login_begin, login_finish, pending_user
from labelapp.accounts.selectors import preferences_of
from labelapp.accounts.serializers import (
    CodeInput,
    PreferencesChangeInput,
    PreferencesOutput,
    SessionCreateInput,
    SessionDeleteOutput,
    SessionOutput,
)
from labelapp.accounts.services import preferences_change
from labelapp.accounts.throttles import CodeThrottle, LoginAddressThrottle, LoginThrottle
from labelapp.common.errors import InvalidError
from labelapp.common.schema import errors

_IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="the `ETag` that the change was made on; without it nobody else's is minded",
)
_ETAG = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


# DRF checks CSRF only for those who are logged in; logging in must be safe from other sites too.
@method_decorator(csrf_protect, name="dispatch")
class SessionView(APIView):
    permission_classes = [AllowAny]

    def get_throttles(self) -> list[BaseThrottle]:
        """Only attempts to log in are counted."""
        if self.request.method == "POST":
            return [LoginThrottle(), LoginAddressThrottle()]
        return []

    @extend_schema(operation_id="session_get", responses={200: SessionOutput})
    def get(self, request: Request) -> Response:
        """Say who is logged in, and set the CSRF cookie."""
        get_token(request._request)  # noqa: SLF001  Django's function wants Django's request
        return self._answer(request)

    @extend_schema(
        operation_id="session_create",
        request=SessionCreateInput,
        responses={200: SessionOutput, **errors(400, 403, 429)},
    )
    def post(self, request: Request) -> Response:
        """Log in; at most ten attempts a minute by user name and address, and then a lock-out."""
        sent = SessionCreateInput(data=request.data)
        sent.is_valid(raise_exception=True)
        require_not_locked_out(request._request, sent.validated_data["username"])  # noqa: SLF001
        # Django hashes a password also for a name that does not exist: the time says nothing.
        user = authenticate(request._request, **sent.validated_data)  # noqa: SLF001
        if not isinstance(user, User):
            msg = "No active account has this user name and password."
            raise LoginFailedError(msg)
        if not login_begin(request._request, user):  # noqa: SLF001
            request.user = AnonymousUser()
            return Response(SessionOutput({"user": None, "needs_code": True}).data)
        request.user = user
        return self._answer(request)

    @extend_schema(
        operation_id="session_delete",
        request=None,
        responses={200: SessionDeleteOutput, 204: None},
    )
    def delete(self, request: Request) -> Response:
        """Log out; nothing happens without a session.

        200: the browser is still logged in at the provider of OpenID Connect that it came from, and
        logs out there at the address.
        """
        url = way_out(request._request)  # noqa: SLF001
        logout(request._request)  # noqa: SLF001
        if url is None:
            return Response(status=204)
        body = SessionDeleteOutput({"url": url}).data
        return Response(body, headers={"Cache-Control": "no-store"})

    def _answer(self, request: Request) -> Response:
        user = request.user if request.user.is_authenticated else None
        owes = user is None and pending_user(request._request) is not None  # noqa: SLF001
        return Response(SessionOutput({"user": user, "needs_code": owes}).data)


@method_decorator(csrf_protect, name="dispatch")
class SessionCodeView(APIView):
    permission_classes = [AllowAny]
    throttle_classes = [LoginAddressThrottle, CodeThrottle]

    @extend_schema(
        operation_id="session_code",
        request=CodeInput,
        responses={200: SessionOutput, **errors(400, 403, 429)},
    )
    def post(self, request: Request) -> Response:
        """Log in with the code that the password wasn't enough without."""
        sent = CodeInput(data=request.data)
        sent.is_valid(raise_exception=True)
        user = login_finish(request._request, sent.validated_data["code"])  # noqa: SLF001
        request.user = user
        return Response(SessionOutput({"user": user}).data)


class PreferencesView(APIView):
    @extend_schema(
        operation_id="preferences_get", responses={200: PreferencesOutput, **errors(401)}
    )
    def get(self, request: Request) -> Response:
        """Return one's own preferences; the `ETag` is their revision."""
        return _answer(preferences_of(actor_of(request)))

    @extend_schema(
        operation_id="preferences_change",
        parameters=[_IF_MATCH],
        request=PreferencesChangeInput,
        responses={200: PreferencesOutput, **errors(400, 401, 403, 412)},
    )
    def patch(self, request: Request) -> Response:
        """Set the sections that are sent, each whole; null removes one; others stay as they are."""
        seen = _seen_revision(request)
        kept = preferences_change(actor=actor_of(request), body=request.data, seen_revision=seen)
        return _answer(kept)


def _seen_revision(request: Request) -> int | None:
    """Return the revision that a change says it was made on, None where it says nothing."""
    text = request.headers.get("If-Match")
    if text is None or text.strip() == "*":
        return None
    found = _ETAG.fullmatch(text.strip())
    if found is None:
        msg = f'If-Match: expected an ETag of the preferences such as "3", found {text[:40]}.'
        raise InvalidError(msg, details={"fields": {"If-Match": [msg]}})
    return int(found.group(1))


def _answer(kept: Preferences) -> Response:
    body = {"revision": kept.revision, "preferences": kept.sections}
    headers = {"ETag": f'"{kept.revision}"', "Cache-Control": "no-store"}
    return Response(body, headers=headers)
