"""What label sets and labels look like in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelapp.labels.format_check import MAX_ID_LENGTH
from labelapp.labels.models import LabelEvent, Source
from labelapp.labels.operations import MAX_OPERATIONS
from labelapp.ontology.schema import GEOMETRIES

#: In one import by HTTP; more go as operations.
MAX_LABELS = 20_000

_LABEL = {
    "type": "object",
    "description": "A label as in labelapp-labels/1, see docs/formats.md.",
    "required": ["id", "class", "geometry"],
    "properties": {
        "id": {"type": "string"},
        "class": {"type": "string"},
        "geometry": {"type": "string", "enum": list(GEOMETRIES)},
        "attributes": {"type": "object", "additionalProperties": True},
    },
    "additionalProperties": True,
}


@extend_schema_field(_LABEL)
class LabelField(serializers.JSONField):
    """A label."""


class LabelSetOutput(serializers.Serializer[Any]):
    """One label set of a clip."""

    id = serializers.UUIDField()
    layer = serializers.CharField()
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]  # so called
    name = serializers.CharField(help_text="Tells several of one layer and source apart.")
    revision = serializers.IntegerField()
    label_count = serializers.IntegerField()


class LabelSetCreateInput(serializers.Serializer[Any]):
    """Which label set to get or make."""

    layer = serializers.RegexField(r"^[a-z][a-z0-9_]*\Z", max_length=64)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]  # so called
    name = serializers.RegexField(
        r"^[A-Za-z0-9][^\x00-\x1f]*\Z",
        default="",
        allow_blank=True,
        max_length=100,
        help_text="Which model, for one; not for people's work.",
    )
    labels = serializers.ListField(
        child=LabelField(),
        allow_null=True,
        default=None,
        max_length=MAX_LABELS,
        help_text="All at once: not for people's work. null: get the label set, or make it.",
    )


class LabelOutput(serializers.Serializer[Any]):
    """One label in its version."""

    label_id = serializers.CharField()
    version = serializers.IntegerField()
    label = LabelField()  # type: ignore[assignment]  # a field so called


class LabelListOutput(serializers.Serializer[Any]):
    """All labels of a label set at one revision, by id."""

    revision = serializers.IntegerField()
    labels = LabelOutput(many=True)


class OperationInput(serializers.Serializer[Any]):
    """One operation. A put has a label, a delete has none."""

    operation_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=LabelEvent.Kind.choices)
    label_id = serializers.CharField(max_length=MAX_ID_LENGTH)
    base_version = serializers.IntegerField(min_value=0)
    label = LabelField(required=False)  # type: ignore[assignment]  # a field so called


class OperationsApplyInput(serializers.Serializer[Any]):
    """A batch: lands whole or not at all."""

    batch_id = serializers.UUIDField()
    operations = serializers.ListField(
        child=OperationInput(), min_length=1, max_length=MAX_OPERATIONS
    )


class OperationResultOutput(serializers.Serializer[Any]):
    """What became of one operation."""

    operation_id = serializers.UUIDField()
    label_id = serializers.CharField()
    version = serializers.IntegerField()


class OperationsApplyOutput(serializers.Serializer[Any]):
    """What became of a batch."""

    revision = serializers.IntegerField()
    results = OperationResultOutput(many=True)


class LabelEventOutput(serializers.Serializer[Any]):
    """One operation that landed."""

    revision = serializers.IntegerField()
    operation_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=LabelEvent.Kind.choices)
    label_id = serializers.CharField()
    version = serializers.IntegerField()
    label = LabelField(allow_null=True)  # type: ignore[assignment]  # a field so called
    author = serializers.CharField(allow_null=True, help_text="null: a command")
    created_at = serializers.DateTimeField()


class LabelEventListOutput(serializers.Serializer[Any]):
    """Events in order; `revision` is the label set's newest."""

    revision = serializers.IntegerField()
    events = LabelEventOutput(many=True)
    has_more = serializers.BooleanField(
        help_text="Ask again after the revision of the last event for more."
    )


class EffortInput(serializers.Serializer[Any]):
    """The sums of a visit so far."""

    actions = serializers.IntegerField(
        min_value=0, max_value=10**7, help_text="Clicks, drags and key presses that did something."
    )
    active_s = serializers.FloatField(
        min_value=0.0, max_value=1e7, help_text="Time with the hands at it."
    )


class EffortSumOutput(serializers.Serializer[Any]):
    """What work cost."""

    actions = serializers.IntegerField()
    active_s = serializers.FloatField()


class EffortOutput(serializers.Serializer[Any]):
    """What a label set cost so far, over all visits."""

    own = EffortSumOutput(help_text="Of the user who asks.")
    all = EffortSumOutput(help_text="Of everybody together.")


class PresenceInput(serializers.Serializer[Any]):
    """A tab, and what is selected in it."""

    tab_id = serializers.UUIDField()
    selected = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=20, default=list
    )
    leaves = serializers.BooleanField(default=False)


class PersonPresentOutput(serializers.Serializer[Any]):
    """Another tab on the clip."""

    tab_id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    display_name = serializers.CharField(source="user.shown_name")
    label_set_id = serializers.UUIDField()
    selected = serializers.ListField(child=serializers.CharField())


class PresenceOutput(serializers.Serializer[Any]):
    """Who else is on the clip, and the label set's newest revision."""

    revision = serializers.IntegerField()
    others = PersonPresentOutput(many=True)
