"""Invitations: admins make them; who has the link looks at it and joins."""

import uuid

from django.contrib.auth import login
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.accounts.models import User
from labelapp.accounts.serializers import SessionOutput
from labelapp.accounts.throttles import LoginAddressThrottle
from labelapp.common.schema import errors
from labelapp.projects.invitation_serializers import (
    InvitationAcceptInput,
    InvitationCreateInput,
    InvitationCreateOutput,
    InvitationOutput,
    InvitationShownOutput,
    InvitationTextInput,
)
from labelapp.projects.models import Role
from labelapp.projects.policies import require
from labelapp.projects.selectors import project_for
from labelapp.projects.services import (
    NewAccount,
    invitation_accept,
    invitation_create,
    invitation_of,
    invitation_revoke,
    invitations_open,
)

#: Accounts are ours: that of a person who has just joined is of this kind.
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class InvitationListView(APIView):
    """A project's open invitations."""

    @extend_schema(
        operation_id="invitation_list",
        responses={200: InvitationOutput(many=True), **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """List the invitations that nobody has taken yet, the newest first."""
        project = project_for(request.user, slug)
        require(request.user, project, "manage_people")
        return Response(InvitationOutput(invitations_open(project), many=True).data)

    @extend_schema(
        operation_id="invitation_create",
        request=InvitationCreateInput,
        responses={201: InvitationCreateOutput, **errors(400, 401, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Make an invitation for one person; its text is in this answer and never again."""
        project = project_for(request.user, slug)
        sent = InvitationCreateInput(data=request.data)
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        made, text = invitation_create(
            actor=actor_of(request),
            project=project,
            role=Role(values["role"]),
            days=values["days"],
            note=values["note"],
        )
        body = {**InvitationOutput(made).data, "text": text}
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


class InvitationView(APIView):
    """One invitation."""

    @extend_schema(operation_id="invitation_revoke", responses={204: None, **errors(401, 403, 404)})
    def delete(self, request: Request, slug: str, invitation_id: uuid.UUID) -> Response:
        """End an invitation at once."""
        project = project_for(request.user, slug)
        invitation_revoke(actor=actor_of(request), project=project, invitation_id=invitation_id)
        return Response(status=204)


# DRF checks CSRF only for those who are logged in; logging in must be safe from other sites too.
@method_decorator(csrf_protect, name="dispatch")
class InvitationLookView(APIView):
    """To what an invitation invites."""

    permission_classes = [AllowAny]
    throttle_classes = [LoginAddressThrottle]

    @extend_schema(
        operation_id="invitation_look",
        request=InvitationTextInput,
        responses={200: InvitationShownOutput, **errors(400, 403, 404, 429)},
    )
    def post(self, request: Request) -> Response:
        """Say to which project an invitation invites, and as what."""
        sent = InvitationTextInput(data=request.data)
        sent.is_valid(raise_exception=True)
        found = invitation_of(sent.validated_data["text"])
        return Response(
            {
                "project": found.project.slug,
                "project_name": found.project.name,
                "role": found.role,
                "expires_at": found.expires_at,
            }
        )


@method_decorator(csrf_protect, name="dispatch")
class InvitationAcceptView(APIView):
    """Joining by an invitation."""

    permission_classes = [AllowAny]
    throttle_classes = [LoginAddressThrottle]

    @extend_schema(
        operation_id="invitation_accept",
        request=InvitationAcceptInput,
        responses={200: SessionOutput, **errors(400, 403, 404, 409, 429)},
    )
    def post(self, request: Request) -> Response:
        """Join a project: as who is logged in, or with a new account, which is then logged in."""
        sent = InvitationAcceptInput(data=request.data)
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        present = request.user if isinstance(request.user, User) else None
        account = None
        if "username" in values:
            account = NewAccount(
                username=values["username"],
                display_name=values["display_name"],
                password=values.get("password", ""),
            )
        user = invitation_accept(text=values["text"], user=present, account=account)
        if present is None:
            login(request._request, user, backend=_BACKEND)  # noqa: SLF001  Django's own request
        return Response(SessionOutput({"user": user}).data)
