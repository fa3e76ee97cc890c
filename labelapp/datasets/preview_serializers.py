"""What a look at targets takes and gives in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.labels.models import Source


class PreviewInput(serializers.Serializer[Any]):
    """Which image, whose labels, and which head's targets."""

    clip_id = serializers.UUIDField(
        allow_null=True, default=None, help_text="null: the first clip of the query that has labels"
    )
    query = serializers.JSONField(
        allow_null=True,
        default=None,
        help_text="as a data set's, without layers and sources: which clips to begin with;"
        " null: all of the project",
    )
    camera = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="empty: one that shows some labels"
    )
    index = serializers.IntegerField(
        min_value=0,
        allow_null=True,
        default=None,
        help_text="the image's number, of the camera's; null: one that shows some labels",
    )
    layers = serializers.ListField(child=serializers.CharField(max_length=64), min_length=1)
    sources = serializers.ListField(
        child=serializers.ChoiceField(choices=Source.choices), min_length=1
    )
    text = serializers.CharField(
        max_length=100_000,
        allow_blank=True,
        trim_whitespace=False,
        default="",
        help_text="a target spec in YAML; empty: all that is known of labels",
    )
    head = serializers.CharField(
        max_length=64, allow_blank=True, default="", help_text="unknown: the first"
    )


class PreviewOutput(serializers.Serializer[Any]):
    """A head's targets over an image."""

    clip_id = serializers.UUIDField()
    clip = serializers.CharField(help_text="its name")
    camera = serializers.CharField()
    index = serializers.IntegerField(help_text="the image's number, of the camera's")
    head = serializers.CharField(allow_blank=True)
    heads = serializers.ListField(child=serializers.CharField(allow_blank=True))
    time_ns = serializers.CharField()
    is_tick = serializers.BooleanField(help_text="from above, at the nearest tick")
    picture = serializers.CharField(help_text="a data URL of a JPEG")
    count = serializers.IntegerField(help_text="of all targets")
    targets = serializers.ListField(
        child=serializers.DictField(), help_text="at most 500, with some of their columns"
    )


class PreviewReadinessOutput(serializers.Serializer[Any]):
    """How soon targets can be had."""

    is_compiled = serializers.BooleanField(
        help_text="whether the server's machine has compiled what projects; else the first looks"
        " wait for it"
    )
