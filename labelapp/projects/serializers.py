"""What projects look like in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.projects.models import Role


class ProjectOutput(serializers.Serializer[Any]):
    """One project that the caller is a member of, and as what."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
