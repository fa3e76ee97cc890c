"""What accounts look like in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelapp.accounts.models import ApiToken, User
from labelapp.accounts.scopes import Scope
from labelapp.accounts.second_factor import needs_second_factor
from labelapp.accounts.services import LONGEST_TOKEN_DAYS


class UserOutput(serializers.ModelSerializer[User]):
    """Who somebody is."""

    display_name = serializers.CharField(source="shown_name", read_only=True)

    class Meta:
        model = User
        fields = ["id", "username", "display_name"]
        read_only_fields = ["username"]


class SessionCreateInput(serializers.Serializer[Any]):
    """Who wants to log in."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False, write_only=True)


class SessionUserOutput(UserOutput):
    """Who is logged in."""

    needs_second_factor = serializers.SerializerMethodField(
        help_text="their role asks for one, and they can do nothing before they have set it up"
    )

    class Meta(UserOutput.Meta):
        fields = [*UserOutput.Meta.fields, "needs_second_factor"]

    def get_needs_second_factor(self, user: User) -> bool:
        """Whether they must set one up first."""
        return needs_second_factor(user)


class SessionOutput(serializers.Serializer[Any]):
    """Who is logged in; null: nobody."""

    user = SessionUserOutput(allow_null=True)
    needs_code = serializers.BooleanField(
        default=False, help_text="the password was right; send a code to `/api/session/code`"
    )


class CodeInput(serializers.Serializer[Any]):
    """A code of one's app, or a recovery code."""

    code = serializers.CharField(max_length=40)


class OpenidOutput(serializers.Serializer[Any]):
    """Whether, and how, one logs in by OpenID Connect."""

    name = serializers.CharField(allow_null=True, help_text="of the provider; null: one can't")
    refusal = serializers.CharField(
        allow_null=True, help_text="why whoever came back last to this browser wasn't let in"
    )
    needs_code = serializers.BooleanField(
        help_text="the provider vouched for them; send a code to `/api/session/code`"
    )


class OpenidBeginInput(serializers.Serializer[Any]):
    """A login that begins."""

    page = serializers.CharField(
        default="/", max_length=2000, help_text="a path of ours, to come out at"
    )


class OpenidBeginOutput(serializers.Serializer[Any]):
    """Where a browser goes."""

    url = serializers.CharField()


class SessionDeleteOutput(serializers.Serializer[Any]):
    """Where a browser goes to log out at the provider as well."""

    url = serializers.CharField()


class SecondFactorOutput(serializers.Serializer[Any]):
    """How it is with one's second factor."""

    since = serializers.DateTimeField(allow_null=True, help_text="null: none is set up")
    recovery_codes_left = serializers.IntegerField()
    is_demanded = serializers.BooleanField()


class SecondFactorSecretOutput(serializers.Serializer[Any]):
    """What an app that makes codes is set up with."""

    secret = serializers.CharField()
    url = serializers.CharField(help_text="the same as `otpauth://`")
    svg = serializers.CharField(help_text="the same as a QR code")


class RecoveryCodesOutput(serializers.Serializer[Any]):
    """Codes that count once each, told once."""

    codes = serializers.ListField(child=serializers.CharField())


@extend_schema_field({"type": "object", "additionalProperties": {}, "nullable": True})
class SectionField(serializers.JSONField):
    """A section of preferences: an object, free inside."""


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
        "nullable": True,
    }
)
class KeysField(serializers.JSONField):
    """Chords by operation id."""


class PreferencesChangeInput(serializers.Serializer[Any]):
    """Sections to set whole, or null to remove."""

    layout = SectionField(required=False)
    keys = KeysField(required=False)
    theme = SectionField(required=False)
    view = SectionField(required=False)
    tour = SectionField(required=False)
    cloud = SectionField(required=False)
    board = SectionField(required=False)


class PreferencesOutput(serializers.Serializer[Any]):
    """A user's preferences; a section that is missing is as it comes."""

    revision = serializers.IntegerField()
    preferences = PreferencesChangeInput()


class PasswordChangeInput(serializers.Serializer[Any]):
    """One's own password, and the next."""

    old_password = serializers.CharField(
        max_length=1000, trim_whitespace=False, write_only=True, allow_blank=True
    )
    new_password = serializers.CharField(max_length=1000, trim_whitespace=False, write_only=True)


class ApiTokenCreateInput(serializers.Serializer[Any]):
    """A new API token."""

    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=[scope.value for scope in Scope]), min_length=1
    )
    days = serializers.IntegerField(default=90, min_value=1, max_value=LONGEST_TOKEN_DAYS)


class ApiTokenOutput(serializers.ModelSerializer[ApiToken]):
    """An API token; its text is told once, when it is made."""

    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=[scope.value for scope in Scope])
    )

    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at"]


class ApiTokenCreateOutput(ApiTokenOutput):
    """A new API token with its text, to be sent as `Authorization: Bearer <text>`."""

    text = serializers.CharField()

    class Meta(ApiTokenOutput.Meta):
        fields = [*ApiTokenOutput.Meta.fields, "text"]
