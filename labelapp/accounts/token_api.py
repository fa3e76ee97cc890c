"""One's own password and API tokens."""

import uuid

from django.contrib.auth import update_session_auth_hash
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.accounts.selectors import api_tokens_of
from labelapp.accounts.serializers import (
    ApiTokenCreateInput,
    ApiTokenCreateOutput,
    ApiTokenOutput,
    PasswordChangeInput,
)
from labelapp.accounts.services import api_token_create, api_token_revoke, password_change
from labelapp.accounts.throttles import PasswordThrottle
from labelapp.common.schema import errors


class PasswordView(APIView):
    """One's own password."""

    throttle_classes = [PasswordThrottle]

    @extend_schema(
        operation_id="password_change",
        request=PasswordChangeInput,
        responses={204: None, **errors(400, 401, 403, 409, 429)},
    )
    def put(self, request: Request) -> Response:
        """Change one's own password; other sessions end."""
        sent = PasswordChangeInput(data=request.data)
        sent.is_valid(raise_exception=True)
        actor = actor_of(request)
        values = sent.validated_data
        password_change(actor=actor, old=values["old_password"], new=values["new_password"])
        update_session_auth_hash(request._request, actor)  # noqa: SLF001  Django's own request
        return Response(status=204)


class ApiTokenListView(APIView):
    """One's own API tokens."""

    @extend_schema(
        operation_id="api_token_list",
        responses={200: ApiTokenOutput(many=True), **errors(401, 403)},
    )
    def get(self, request: Request) -> Response:
        """List one's own API tokens that were not revoked, the newest first."""
        return Response(ApiTokenOutput(api_tokens_of(actor_of(request)), many=True).data)

    @extend_schema(
        operation_id="api_token_create",
        request=ApiTokenCreateInput,
        responses={201: ApiTokenCreateOutput, **errors(400, 401, 403)},
    )
    def post(self, request: Request) -> Response:
        """Make an API token; its text is in this answer and never again."""
        sent = ApiTokenCreateInput(data=request.data)
        sent.is_valid(raise_exception=True)
        token, text = api_token_create(actor=actor_of(request), **sent.validated_data)
        body = {**ApiTokenOutput(token).data, "text": text}
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


class ApiTokenView(APIView):
    """One of one's own API tokens."""

    @extend_schema(operation_id="api_token_revoke", responses={204: None, **errors(401, 403, 404)})
    def delete(self, request: Request, token_id: uuid.UUID) -> Response:
        """End an API token at once."""
        api_token_revoke(actor=actor_of(request), token_id=token_id)
        return Response(status=204)
