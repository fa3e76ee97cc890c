"""What comments and changes look like in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.review.models import CommentEvent
from labelapp.work.serializers import PersonOutput

#: As the API's description names them.
CHANGE_KINDS = [(kind, kind) for kind in ("added", "removed", "changed")]
_LEAST_NS, _MOST_NS = -(2**63), 2**63 - 1


class CommentOutput(serializers.Serializer[Any]):
    """A word about a task, and what it is pinned to."""

    id = serializers.UUIDField()
    task_id = serializers.UUIDField()
    parent_id = serializers.UUIDField(allow_null=True, help_text="what it answers to")
    author = PersonOutput()
    body = serializers.CharField()
    label_id = serializers.CharField(help_text="empty: no label")
    from_ns = serializers.CharField(allow_null=True)
    to_ns = serializers.CharField(allow_null=True)
    position_m = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="x, y, z in the world frame"
    )
    camera = serializers.CharField(help_text="empty: no camera")
    created_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolved_by = PersonOutput(allow_null=True)


class CommentWriteInput(serializers.Serializer[Any]):
    """A new comment."""

    body = serializers.CharField(max_length=10_000)
    parent_id = serializers.UUIDField(allow_null=True, default=None)
    label_id = serializers.CharField(max_length=200, allow_blank=True, default="")
    from_ns = serializers.IntegerField(
        allow_null=True, default=None, min_value=_LEAST_NS, max_value=_MOST_NS
    )
    to_ns = serializers.IntegerField(
        allow_null=True, default=None, min_value=_LEAST_NS, max_value=_MOST_NS
    )
    position_m = serializers.ListField(
        child=serializers.FloatField(min_value=-1e7, max_value=1e7),
        min_length=3,
        max_length=3,
        allow_null=True,
        default=None,
    )
    camera = serializers.CharField(max_length=200, allow_blank=True, default="")


class CommentChangeInput(serializers.Serializer[Any]):
    """Other words, or whether it is resolved; what is left out stays."""

    body = serializers.CharField(max_length=10_000, required=False)
    is_resolved = serializers.BooleanField(required=False)


class CommentEventOutput(serializers.ModelSerializer[CommentEvent]):
    """Something that happened to a comment."""

    actor = PersonOutput()

    class Meta:
        model = CommentEvent
        fields = ["id", "kind", "actor", "body", "created_at"]


class ChangeOutput(serializers.Serializer[Any]):
    """What became of a label."""

    label_id = serializers.CharField()
    kind = serializers.ChoiceField(choices=CHANGE_KINDS)
    before = serializers.DictField(allow_null=True, help_text="the label as it was")
    author = serializers.CharField(allow_null=True)


class ChangesOutput(serializers.Serializer[Any]):
    """What changed since a revision."""

    since_revision = serializers.IntegerField(allow_null=True, help_text="null: nothing to compare")
    since = serializers.CharField(help_text="what that revision was, in words")
    changes = ChangeOutput(many=True)


class CorrectionOutput(serializers.Serializer[Any]):
    """What review changed, and what the first submission is worth."""

    score = serializers.FloatField(help_text="0 to 1; 1: nothing had to be changed")
    kinds = serializers.DictField(child=serializers.IntegerField())
    comparison = serializers.DictField()
    submitted_revision = serializers.IntegerField()
    accepted_revision = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class ComparisonOfSetsOutput(serializers.Serializer[Any]):
    """How a label set differs from another that is taken for right."""

    score = serializers.FloatField(help_text="0 to 1; 1: they are the same")
    reference_revision = serializers.IntegerField()
    revision = serializers.IntegerField()
    objects = serializers.DictField(allow_null=True, help_text="boxes; null: neither has any")
    polylines = serializers.DictField(allow_null=True)
    polygons = serializers.DictField(allow_null=True)
    keypoints = serializers.DictField(allow_null=True)
    points = serializers.DictField(allow_null=True)
