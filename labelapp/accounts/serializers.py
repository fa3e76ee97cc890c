"""What accounts look like in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.accounts.models import User


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


class SessionOutput(serializers.Serializer[Any]):
    """Who is logged in; null: nobody."""

    user = UserOutput(allow_null=True)
