"""What gold, courses and scores look like in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.training.findings import KIND_CHOICES
from labelapp.training.models import GoldSettings
from labelapp.work.serializers import PersonOutput, TaskOutput


class GoldSettingsFields(serializers.ModelSerializer[GoldSettings]):
    """How labellers are checked with gold; all fields may be left out."""

    class Meta:
        model = GoldSettings
        fields = [
            *("rate", "watched_rate", "watched_tasks", "pass_score", "keep_score"),
            *("window", "reveal_after_s"),
        ]


class GoldCreateInput(serializers.Serializer[Any]):
    """A label set that is taken for right, as it is now."""

    label_set_id = serializers.UUIDField()
    is_hidden_check = serializers.BooleanField(default=True)


class GoldOutput(serializers.Serializer[Any]):
    """A gold label set, and how people did."""

    id = serializers.UUIDField()
    clip_id = serializers.UUIDField()
    clip_name = serializers.CharField(source="clip.name")
    layer = serializers.CharField()
    label_set_id = serializers.UUIDField()
    source = serializers.CharField(  # type: ignore[assignment]  # DRF has an attribute so called
        source="label_set.source"
    )
    revision = serializers.IntegerField()
    is_hidden_check = serializers.BooleanField()
    attempt_count = serializers.IntegerField()
    mean_score = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()


class GoldCandidateOutput(serializers.Serializer[Any]):
    """A label set that may be taken for gold."""

    label_set_id = serializers.UUIDField()
    clip_id = serializers.UUIDField()
    clip_name = serializers.CharField()
    layer = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # DRF has an attribute so called
    revision = serializers.IntegerField()
    label_count = serializers.IntegerField()


class CourseStepInput(serializers.Serializer[Any]):
    """One clip of a course."""

    gold_id = serializers.UUIDField()
    instructions = serializers.CharField(allow_blank=True, default="", max_length=10_000)


class CourseCreateInput(serializers.Serializer[Any]):
    """A new course."""

    title = serializers.CharField(max_length=200)
    instructions = serializers.CharField(allow_blank=True, default="", max_length=10_000)
    skill = serializers.RegexField(r"^[a-z][a-z0-9_]*$", max_length=64)
    pass_score = serializers.FloatField(default=0.8, min_value=0.0, max_value=1.0)
    steps = CourseStepInput(many=True)


class CourseChangeInput(serializers.Serializer[Any]):
    """What is changed of a course; what is left out stays."""

    title = serializers.CharField(max_length=200, required=False)
    instructions = serializers.CharField(allow_blank=True, required=False, max_length=10_000)
    pass_score = serializers.FloatField(required=False, min_value=0.0, max_value=1.0)
    is_open = serializers.BooleanField(required=False)


class StepAttemptOutput(serializers.Serializer[Any]):
    """One's own attempt at a step; `score` null: not compared yet."""

    id = serializers.UUIDField()
    score = serializers.FloatField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)


class CourseStepOutput(serializers.Serializer[Any]):
    """One clip of a course, and how one did."""

    position = serializers.IntegerField()
    instructions = serializers.CharField()
    clip_name = serializers.CharField()
    layer = serializers.CharField()
    best_score = serializers.FloatField(allow_null=True)
    is_passed = serializers.BooleanField()
    attempts = StepAttemptOutput(many=True)


class CourseOutput(serializers.Serializer[Any]):
    """A course, and how far one is."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    instructions = serializers.CharField()
    skill = serializers.CharField()
    pass_score = serializers.FloatField()
    is_open = serializers.BooleanField()
    has_skill = serializers.BooleanField()
    lost_skill_at = serializers.DateTimeField(allow_null=True)
    steps = CourseStepOutput(many=True)


class CourseStartInput(serializers.Serializer[Any]):
    """Which step."""

    position = serializers.IntegerField(min_value=1)


class CourseStartOutput(serializers.Serializer[Any]):
    """The task to open: it is leased to the caller."""

    task = TaskOutput()


class FindingOutput(serializers.Serializer[Any]):
    """One fault, as a sentence."""

    kind = serializers.ChoiceField(choices=KIND_CHOICES)
    reference_id = serializers.CharField(allow_null=True, help_text="of the gold's labels")
    candidate_id = serializers.CharField(allow_null=True, help_text="of one's own labels")
    text = serializers.CharField()


class AttemptOutput(serializers.Serializer[Any]):
    """What somebody made of gold; without `report` it isn't compared yet."""

    id = serializers.UUIDField()
    user = PersonOutput()
    clip_id = serializers.UUIDField(source="gold.clip_id")
    clip_name = serializers.CharField(source="gold.clip.name")
    layer = serializers.CharField(source="gold.layer")
    label_set_id = serializers.UUIDField(source="task.label_set_id")
    is_hidden_check = serializers.BooleanField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    pass_score = serializers.FloatField()
    findings = FindingOutput(many=True)
    report = serializers.DictField(
        allow_null=True, help_text="matched pairs with their errors, see docs/work.md"
    )


class AttemptRowOutput(serializers.Serializer[Any]):
    """A scored attempt in a list."""

    id = serializers.UUIDField()
    user = PersonOutput()
    clip_name = serializers.CharField(source="gold.clip.name")
    layer = serializers.CharField(source="gold.layer")
    is_hidden_check = serializers.SerializerMethodField()
    score = serializers.FloatField()
    submitted_at = serializers.DateTimeField()

    def get_is_hidden_check(self, attempt: Any) -> bool:
        """Whether it was no step of a course."""
        return attempt.step_id is None


class AttemptPageOutput(serializers.Serializer[Any]):
    """A page of scored attempts, the newest first."""

    results = AttemptRowOutput(many=True)
    next = serializers.CharField(allow_null=True, help_text="path of that page, or null")
    previous = serializers.CharField(allow_null=True, help_text="path of that page, or null")


class KindCountOutput(serializers.Serializer[Any]):
    """How often one kind of fault was found."""

    kind = serializers.CharField()
    count = serializers.IntegerField()


class CheckOutput(serializers.Serializer[Any]):
    """A check that one may know of."""

    id = serializers.UUIDField()
    clip_name = serializers.CharField()
    layer = serializers.CharField()
    score = serializers.FloatField()
    submitted_at = serializers.DateTimeField()


class OwnScoreOutput(serializers.Serializer[Any]):
    """How one does, and why; of checks that one may know of by now."""

    score = serializers.FloatField(allow_null=True)
    tasks = serializers.IntegerField()
    window = serializers.IntegerField()
    pass_score = serializers.FloatField()
    keep_score = serializers.FloatField()
    findings = KindCountOutput(many=True)
    checks = CheckOutput(many=True)
    skills = serializers.ListField(child=serializers.CharField())


class PersonScoreOutput(serializers.Serializer[Any]):
    """How somebody does, for admins."""

    user = PersonOutput()
    score = serializers.FloatField(allow_null=True)
    tasks = serializers.IntegerField()
    skills = serializers.ListField(child=serializers.CharField())
