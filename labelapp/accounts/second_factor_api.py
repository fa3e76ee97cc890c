"""One's own second factor."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.accounts.errors import CodeRefusedError
from labelapp.accounts.second_factor import (
    recovery_codes_renew,
    second_factor_end,
    second_factor_of,
    second_factor_start,
    secret_make,
)
from labelapp.accounts.serializers import (
    CodeInput,
    RecoveryCodesOutput,
    SecondFactorOutput,
    SecondFactorSecretOutput,
)
from labelapp.accounts.throttles import PasswordThrottle
from labelapp.accounts.token_auth import ScopePermission
from labelapp.common.schema import errors

_SECRET = "second_factor_secret"  # noqa: S105  where it waits in the session
_NO_STORE = {"Cache-Control": "no-store"}


class _OwnView(APIView):
    """Open to who must set up a second factor before anything else; guessing is slowed."""

    permission_classes = [IsAuthenticated, ScopePermission]

    def get_throttles(self) -> list[BaseThrottle]:
        """Only what takes a code is counted."""
        return [] if self.request.method == "GET" else [PasswordThrottle()]


class SecondFactorView(_OwnView):
    """The second factor itself."""

    @extend_schema(
        operation_id="second_factor_get", responses={200: SecondFactorOutput, **errors(401, 403)}
    )
    def get(self, request: Request) -> Response:
        """Say whether one logs in with a code."""
        return Response(SecondFactorOutput(second_factor_of(actor_of(request))).data)

    @extend_schema(
        operation_id="second_factor_begin",
        request=None,
        responses={200: SecondFactorSecretOutput, **errors(401, 403, 409, 429)},
    )
    def post(self, request: Request) -> Response:
        """Get a secret for an app that makes codes; it counts once a code of it was sent."""
        made = secret_make(actor_of(request), host=request.get_host())
        request.session[_SECRET] = made.secret
        return Response(SecondFactorSecretOutput(made).data, headers=_NO_STORE)

    @extend_schema(
        operation_id="second_factor_start",
        request=CodeInput,
        responses={200: RecoveryCodesOutput, **errors(400, 401, 403, 409, 429)},
    )
    def put(self, request: Request) -> Response:
        """Log in with codes from now on; the recovery codes are told once."""
        code = _code_in(request)
        secret = request.session.get(_SECRET)
        if secret is None:
            msg = "Set up an app first: this page's secret has ended."
            raise CodeRefusedError(msg)
        codes = second_factor_start(actor_of(request), secret=secret, code=code)
        del request.session[_SECRET]
        return Response({"codes": codes}, headers=_NO_STORE)


class SecondFactorEndView(_OwnView):
    """Doing without."""

    @extend_schema(
        operation_id="second_factor_end",
        request=CodeInput,
        responses={204: None, **errors(400, 401, 403, 429)},
    )
    def post(self, request: Request) -> Response:
        """Log in without a code again."""
        second_factor_end(actor_of(request), code=_code_in(request))
        return Response(status=204)


class RecoveryCodesView(_OwnView):
    """What helps when the phone is lost."""

    @extend_schema(
        operation_id="recovery_codes_renew",
        request=CodeInput,
        responses={200: RecoveryCodesOutput, **errors(400, 401, 403, 429)},
    )
    def post(self, request: Request) -> Response:
        """Get new recovery codes; the old ones end."""
        codes = recovery_codes_renew(actor_of(request), code=_code_in(request))
        return Response({"codes": codes}, headers=_NO_STORE)


def _code_in(request: Request) -> str:
    sent = CodeInput(data=request.data)
    sent.is_valid(raise_exception=True)
    return str(sent.validated_data["code"])
