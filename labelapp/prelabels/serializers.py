"""What pre-labels look like in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.labels.models import MACHINES
from labelapp.work.serializers import StartFromInput


class StartsSetInput(StartFromInput):
    """Which tasks start from what."""

    layer = serializers.CharField(max_length=64)
    task_ids = serializers.ListField(
        child=serializers.UUIDField(),
        allow_null=True,
        default=None,
        max_length=10_000,
        help_text="null: all that nobody has begun",
    )


class StartsSetOutput(serializers.Serializer[Any]):
    """How many tasks will start from it."""

    changed = serializers.IntegerField()


class ModelKeyOutput(serializers.Serializer[Any]):
    """Which label sets of machines."""

    layer = serializers.CharField()
    source = serializers.ChoiceField(choices=MACHINES)  # type: ignore[assignment]  # so called
    name = serializers.CharField()


class CorrectionKindsOutput(serializers.Serializer[Any]):
    """How many labels were proposed, left as they were, and needed what; some count twice."""

    proposed = serializers.IntegerField()
    accepted = serializers.IntegerField()
    moved = serializers.IntegerField()
    turned = serializers.IntegerField()
    resized = serializers.IntegerField()
    retracked = serializers.IntegerField()
    reclassed = serializers.IntegerField()
    attributes = serializers.IntegerField()
    deleted = serializers.IntegerField()
    added = serializers.IntegerField()


class ClassKindsOutput(serializers.Serializer[Any]):
    """Of one class, as the machine said it; of added labels, as people did."""

    class_name = serializers.CharField()
    kinds = CorrectionKindsOutput()


class LabelCostOutput(serializers.Serializer[Any]):
    """What labels cost who labelled them."""

    tasks = serializers.IntegerField()
    labels = serializers.IntegerField()
    actions = serializers.IntegerField()
    active_s = serializers.FloatField()
    actions_per_label = serializers.FloatField(allow_null=True)
    active_s_per_label = serializers.FloatField(allow_null=True)


class SavedOutput(serializers.Serializer[Any]):
    """What as many labels cost from nothing, less what they did cost; may be below 0."""

    actions = serializers.FloatField()
    active_s = serializers.FloatField()


class PrelabelModelOutput(ModelKeyOutput):
    """What tasks cost that began with one model's labels."""

    kinds = CorrectionKindsOutput()
    classes = ClassKindsOutput(many=True)
    cost = LabelCostOutput()
    saved = SavedOutput(allow_null=True, help_text="null: nothing was labelled from nothing")


class FromNothingOutput(serializers.Serializer[Any]):
    """What labels of a layer cost without a machine's."""

    layer = serializers.CharField()
    cost = LabelCostOutput()


class AvailableOutput(ModelKeyOutput):
    """Label sets of machines that tasks could start from."""

    clips = serializers.IntegerField()


class WaitingStartOutput(ModelKeyOutput):
    """Tasks that will start from a machine's labels once somebody takes them."""

    tasks = serializers.IntegerField()
    without_labels = serializers.IntegerField(help_text="whose clip has no such label set yet")


class PrelabelReportOutput(serializers.Serializer[Any]):
    """What machines' labels saved people."""

    models = PrelabelModelOutput(many=True)
    from_nothing = FromNothingOutput(many=True)
    available = AvailableOutput(many=True)
    waiting = WaitingStartOutput(many=True)
