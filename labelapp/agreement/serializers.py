"""What agreement looks like in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.agreement.models import MOST_PEOPLE
from labelapp.labels.serializers import LabelField
from labelapp.work.serializers import PersonOutput, StartFromInput

_WORDS = (
    *("missing", "class", "front", "position", "heading", "size", "life", "attributes"),
    "shape",
)
_MOST_NS = 2**63 - 1


class GroupsCreateInput(serializers.Serializer[Any]):
    """Which clips several people get."""

    layer = serializers.CharField(max_length=64)
    clip_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=2000)
    people = serializers.IntegerField(default=2, min_value=2, max_value=MOST_PEOPLE)
    priority = serializers.IntegerField(default=0, min_value=-(2**31), max_value=2**31 - 1)
    skill = serializers.RegexField(
        r"^[a-z][a-z0-9_]*$", default="", allow_blank=True, max_length=64
    )
    from_ns = serializers.IntegerField(
        allow_null=True,
        default=None,
        min_value=-_MOST_NS,
        max_value=_MOST_NS,
        help_text="or as text; null: all of the clip",
    )
    to_ns = serializers.IntegerField(
        allow_null=True, default=None, min_value=-_MOST_NS, max_value=_MOST_NS
    )
    start_from = StartFromInput(
        allow_null=True, default=None, help_text="null: nothing is there at first"
    )


class GroupsCreateOutput(serializers.Serializer[Any]):
    """How many groups and tasks were made: clips that have a task in the layer get none."""

    groups = serializers.IntegerField()
    tasks = serializers.IntegerField()


class ClassAgreementOutput(serializers.Serializer[Any]):
    """How far pairs of people agree on things of a class; null: nothing to compare."""

    class_name = serializers.CharField()
    things = serializers.FloatField(help_text="called so by either; a half where only by one")
    found = serializers.FloatField(allow_null=True, help_text="share that both have")
    class_share = serializers.FloatField(allow_null=True, help_text="of these, called the same")
    common = serializers.FloatField(allow_null=True, help_text="share of moments that match")
    iou = serializers.FloatField(allow_null=True)
    centre_m = serializers.FloatField(allow_null=True)
    heading_rad = serializers.FloatField(allow_null=True)


class AttributeOfClassOutput(serializers.Serializer[Any]):
    """How far pairs of people agree on an attribute of things of a class."""

    class_name = serializers.CharField(help_text="empty: things that the two call differently")
    compared = serializers.IntegerField(help_text="moments")
    share = serializers.FloatField(allow_null=True)


class AttributeAgreementOutput(serializers.Serializer[Any]):
    """How far pairs of people agree on an attribute, over all classes and by class."""

    name = serializers.CharField()
    compared = serializers.IntegerField(help_text="moments")
    share = serializers.FloatField(allow_null=True)
    classes = AttributeOfClassOutput(many=True)


class PersonAgreementOutput(serializers.Serializer[Any]):
    """How far somebody agrees with those who labelled the same."""

    user = PersonOutput()
    pairs = serializers.IntegerField()
    score = serializers.FloatField()


class AgreementReportOutput(serializers.Serializer[Any]):
    """How far people agree in a project."""

    groups = serializers.IntegerField()
    compared = serializers.IntegerField()
    decided = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True)
    classes = ClassAgreementOutput(many=True)
    attributes = AttributeAgreementOutput(many=True)
    people = PersonAgreementOutput(many=True)


class AgreementGroupOutput(serializers.Serializer[Any]):
    """One clip given to several people."""

    id = serializers.UUIDField()
    clip_id = serializers.UUIDField()
    clip_name = serializers.CharField(source="clip.name")
    layer = serializers.CharField()
    from_ns = serializers.CharField(allow_null=True, help_text="null: all of the clip")
    to_ns = serializers.CharField(allow_null=True)
    people = serializers.IntegerField()
    done_count = serializers.IntegerField()
    open_count = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True, help_text="null: not compared yet")
    compared_at = serializers.DateTimeField(allow_null=True)
    adjudication_task_id = serializers.UUIDField(source="adjudication_id", allow_null=True)
    adjudication_label_set_id = serializers.UUIDField(
        source="adjudication.label_set_id", default=None, allow_null=True
    )
    adjudication_stage = serializers.CharField(
        source="adjudication.stage", default=None, allow_null=True
    )


class AgreementGroupPageOutput(serializers.Serializer[Any]):
    """A page of groups, the newest first."""

    results = AgreementGroupOutput(many=True)
    next = serializers.CharField(allow_null=True, help_text="path of that page, or null")
    previous = serializers.CharField(allow_null=True)


class LabelVersionOutput(serializers.Serializer[Any]):
    """What one person made of it."""

    position = serializers.IntegerField(help_text="from 1")
    person = PersonOutput(allow_null=True, help_text="told to admins only")
    label_set_id = serializers.UUIDField()
    revision = serializers.IntegerField()
    labels = serializers.ListField(child=LabelField())


class ClusterOutput(serializers.Serializer[Any]):
    """Labels of the versions that are the same thing, at most one of each."""

    members = serializers.DictField(
        child=serializers.CharField(), help_text="label ids by the version's position"
    )
    agreement = serializers.FloatField(help_text="0 to 1")
    differs = serializers.ListField(child=serializers.ChoiceField(choices=_WORDS))


class VersionsOutput(serializers.Serializer[Any]):
    """All that one needs to decide between versions; the least agreed on comes first."""

    group_id = serializers.UUIDField()
    score = serializers.FloatField(allow_null=True)
    versions = LabelVersionOutput(many=True)
    clusters = ClusterOutput(many=True)
