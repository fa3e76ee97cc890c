"""What ontologies look like in the API, see ``docs/api.md``."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelapp.ontology.schema import ATTRIBUTE_TYPES, GEOMETRIES
from labelapp.projects.serializers import ProjectOutput

_VALUE = {"oneOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}


@extend_schema_field(_VALUE)
class AttributeValueField(serializers.JSONField):
    """A text, a number, or true or false."""


class AttributeOutput(serializers.Serializer[Any]):
    """One attribute of a class."""

    name = serializers.CharField()
    title = serializers.CharField()
    type = serializers.ChoiceField(choices=ATTRIBUTE_TYPES)
    options = serializers.ListField(child=serializers.CharField(), required=False)
    per_keyframe = serializers.BooleanField(required=False)
    default = AttributeValueField(required=False)
    required = serializers.BooleanField(required=False)  # type: ignore[assignment]  # a field so called
    min = serializers.FloatField(required=False)
    max = serializers.FloatField(required=False)


class LabelClassOutput(serializers.Serializer[Any]):
    """One class of a layer."""

    name = serializers.CharField()
    title = serializers.CharField()
    color = serializers.CharField()
    geometries = serializers.ListField(child=serializers.ChoiceField(choices=GEOMETRIES))
    hotkey = serializers.CharField(required=False)
    size_m = serializers.ListField(
        child=serializers.FloatField(), min_length=3, max_length=3, required=False
    )
    attributes = AttributeOutput(many=True, required=False)


class LayerOutput(serializers.Serializer[Any]):
    """One layer of an ontology."""

    name = serializers.CharField()
    title = serializers.CharField()
    classes = LabelClassOutput(many=True)


class OntologyOutput(serializers.Serializer[Any]):
    """One ontology version."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    layers = LayerOutput(many=True)


class ProjectDetailOutput(ProjectOutput):
    """A project with what is labelled in it; null where it has no ontology yet."""

    ontology = OntologyOutput(allow_null=True)
