"""What links to an export's files look like in the API."""

from typing import Any

from rest_framework import serializers

#: S3 signs links for a week at most.
_WEEK_S = 7 * 24 * 3600


class LinkInput(serializers.Serializer[Any]):
    """How long links shall last."""

    expires_s = serializers.IntegerField(min_value=1, max_value=_WEEK_S, default=3600)


class LinkOutput(serializers.Serializer[Any]):
    """A link to a file that anybody can follow until it expires."""

    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    url = serializers.CharField()
    expires_at = serializers.DateTimeField()
