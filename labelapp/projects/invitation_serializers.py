"""What invitations look like in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.projects.models import Invitation, Role
from labelapp.projects.services import LONGEST_DAYS


class InvitationCreateInput(serializers.Serializer[Any]):
    """Whom to invite, and as what."""

    role = serializers.ChoiceField(choices=Role.choices)
    note = serializers.CharField(default="", allow_blank=True, max_length=200)
    days = serializers.IntegerField(default=7, min_value=1, max_value=LONGEST_DAYS)


class InvitationOutput(serializers.ModelSerializer[Invitation]):
    """An invitation that nobody has taken yet."""

    created_by = serializers.CharField(source="created_by.shown_name", default="")

    class Meta:
        model = Invitation
        fields = ["id", "role", "note", "created_by", "created_at", "expires_at"]


class InvitationCreateOutput(InvitationOutput):
    """A new invitation with its text, told once: it goes behind `/join#`."""

    text = serializers.CharField()

    class Meta(InvitationOutput.Meta):
        fields = [*InvitationOutput.Meta.fields, "text"]


class InvitationTextInput(serializers.Serializer[Any]):
    """The text of an invitation."""

    text = serializers.CharField(max_length=200)


class InvitationShownOutput(serializers.Serializer[Any]):
    """To what somebody is invited."""

    project = serializers.SlugField()
    project_name = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    expires_at = serializers.DateTimeField()


class InvitationAcceptInput(InvitationTextInput):
    """Who joins: a new account, or whoever is logged in."""

    username = serializers.CharField(max_length=150, required=False)
    display_name = serializers.CharField(max_length=150, default="", allow_blank=True)
    password = serializers.CharField(
        max_length=1000, trim_whitespace=False, write_only=True, required=False
    )
