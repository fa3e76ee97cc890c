"""What helps to put a data set together looks like this in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.labels.models import Source


class SpecTextInput(serializers.Serializer[Any]):
    """A target spec as somebody writes it."""

    text = serializers.CharField(
        max_length=100_000, allow_blank=True, trim_whitespace=False, help_text="YAML or JSON"
    )


class SpecProblemOutput(serializers.Serializer[Any]):
    """What is wrong with a target spec, and where."""

    line = serializers.IntegerField(help_text="from 1")
    field = serializers.CharField(help_text="dotted; empty: the text itself")
    message = serializers.CharField()


class CheckedSpecOutput(serializers.Serializer[Any]):
    """What a target spec's text says."""

    problems = SpecProblemOutput(many=True, help_text="by line; empty: it is right")
    notes = SpecProblemOutput(
        many=True, help_text="what is right, but may not be meant: classes that are unknown"
    )
    document = serializers.JSONField(
        allow_null=True, help_text="as it is written; null: nothing is, or it is no YAML"
    )
    heads = serializers.ListField(child=serializers.CharField(), help_text="a single one is ''")
    formats = serializers.ListField(
        child=serializers.CharField(), help_text="those that can hold some of it"
    )


class FacetValueOutput(serializers.Serializer[Any]):
    """A value of a clip attribute, and how many clips have it."""

    value = serializers.JSONField(help_text="a text, a number or a boolean")
    clips = serializers.IntegerField()


class FacetAttributeOutput(serializers.Serializer[Any]):
    """A clip attribute."""

    name = serializers.CharField()
    min = serializers.FloatField(allow_null=True, help_text="of numbers")
    max = serializers.FloatField(allow_null=True, help_text="of numbers")
    values = FacetValueOutput(many=True, help_text="the most frequent first, at most 50")
    is_cut = serializers.BooleanField(help_text="there are more values")


class FacetPlaceOutput(serializers.Serializer[Any]):
    """Around the origins of all clips, degrees."""

    south = serializers.FloatField()
    west = serializers.FloatField()
    north = serializers.FloatField()
    east = serializers.FloatField()


class FacetLabelSetsOutput(serializers.Serializer[Any]):
    """How many label sets there are of a layer from a source."""

    layer = serializers.CharField()
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]  # so called
    count = serializers.IntegerField()


class FacetsOutput(serializers.Serializer[Any]):
    """What a query of a project may ask for."""

    clips = serializers.IntegerField()
    first_start_ns = serializers.CharField(allow_null=True, help_text="of the clips' starts")
    last_start_ns = serializers.CharField(allow_null=True)
    place = FacetPlaceOutput(allow_null=True, help_text="null: no clip has one")
    attributes = FacetAttributeOutput(many=True)
    label_sets = FacetLabelSetsOutput(many=True)
