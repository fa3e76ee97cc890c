"""Gold label sets, what people made of the same, courses, and skills that were lost again."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labelapp.common.models import BaseModel

_SHARE = [MinValueValidator(0.0), MaxValueValidator(1.0)]


class GoldSettings(BaseModel):
    """How a project checks its labellers with gold; without a row: not at all."""

    project = models.OneToOneField(
        "projects.Project", on_delete=models.CASCADE, related_name="gold_settings"
    )
    #: Share of a labeller's new tasks that are hidden gold ...
    rate = models.FloatField(default=0.05, validators=_SHARE)
    #: ... and for whom is new, or whose score is below ``pass_score``.
    watched_rate = models.FloatField(default=0.2, validators=_SHARE)
    #: One is new until so many gold tasks were scored.
    watched_tasks = models.PositiveIntegerField(default=5)
    #: From this score on a gold task is done well.
    pass_score = models.FloatField(default=0.8, validators=_SHARE)
    #: Whose running score falls below this loses the skills that a course gives.
    keep_score = models.FloatField(default=0.6, validators=_SHARE)
    #: The running score is the mean of so many last gold tasks; with fewer nobody loses anything.
    window = models.PositiveIntegerField(default=5, validators=[MinValueValidator(1)])
    #: So long after it was submitted a hidden gold task is still not told to be one.
    reveal_after_s = models.PositiveIntegerField(default=86400)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="gold_settings_shares_are_shares",
                condition=Q(rate__range=(0, 1))
                & Q(watched_rate__range=(0, 1))
                & Q(pass_score__range=(0, 1))
                & Q(keep_score__range=(0, 1))
                & Q(window__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"gold settings of {self.project_id}"


class Gold(BaseModel):
    """A label set, at a revision, that is taken for right."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="golds")
    clip = models.ForeignKey("clips.Clip", on_delete=models.CASCADE, related_name="golds")
    layer = models.CharField(max_length=64)
    label_set = models.ForeignKey("labels.LabelSet", on_delete=models.CASCADE, related_name="golds")
    revision = models.PositiveBigIntegerField()
    #: Whether it is given out as a hidden check; courses may use it in any case.
    is_hidden_check = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["label_set", "revision"], name="gold_once_per_label_set_and_revision"
            ),
        ]

    def __str__(self) -> str:
        return f"gold {self.layer} of {self.clip_id}"


class Course(BaseModel):
    """Clips to learn by, in order; who passes all has a skill."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="courses"
    )
    title = models.CharField(max_length=200)
    instructions = models.TextField(blank=True, default="")
    skill = models.ForeignKey("work.Skill", on_delete=models.PROTECT, related_name="courses")
    pass_score = models.FloatField(default=0.8, validators=_SHARE)
    is_open = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="course_pass_score_is_a_share", condition=Q(pass_score__range=(0, 1))
            ),
            models.CheckConstraint(name="course_has_a_title", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return self.title


class CourseStep(BaseModel):
    """One clip of a course."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="steps")
    #: From 1.
    position = models.PositiveIntegerField()
    gold = models.ForeignKey(Gold, on_delete=models.PROTECT, related_name="steps")
    instructions = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["course", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "position"], name="course_step_place_taken_once"
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.position} of {self.course_id}"


class Attempt(BaseModel):
    """Somebody labels what gold exists of: as a hidden check, or as a step of a course."""

    gold = models.ForeignKey(Gold, on_delete=models.CASCADE, related_name="attempts")
    task = models.OneToOneField("work.Task", on_delete=models.CASCADE, related_name="attempt")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attempts"
    )
    #: None: a hidden check.
    step = models.ForeignKey(
        CourseStep, null=True, on_delete=models.CASCADE, related_name="attempts"
    )
    submitted_at = models.DateTimeField(null=True)
    scored_at = models.DateTimeField(null=True)
    #: From when on its labeller may know, and see why.
    told_at = models.DateTimeField(null=True)
    #: 0 to 1, see ``quality.compare``.
    score = models.FloatField(null=True)
    #: ``quality.Comparison.to_dict`` and the findings that people read.
    report = models.JSONField(null=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["gold", "user"],
                name="attempt_hidden_once_per_gold_and_user",
                condition=Q(step__isnull=True),
            ),
            models.CheckConstraint(
                name="attempt_score_is_a_share",
                condition=Q(score__isnull=True) | Q(score__range=(0, 1)),
            ),
            models.CheckConstraint(
                name="attempt_scored_has_a_score",
                condition=Q(scored_at__isnull=True, score__isnull=True)
                | Q(scored_at__isnull=False, score__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-scored_at"], name="attempt_record"),
            # What is to be told now.
            models.Index(fields=["told_at"], name="attempt_untold", condition=Q(step__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"attempt of {self.user_id} at {self.gold_id}"


class SkillLoss(BaseModel):
    """A running score fell, and a skill was taken: what was passed before counts no more."""

    skill = models.ForeignKey("work.Skill", on_delete=models.CASCADE, related_name="losses")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="skill_losses"
    )
    score = models.FloatField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "id"]
        indexes = [models.Index(fields=["user", "skill", "-at"], name="skill_loss_newest")]

    def __str__(self) -> str:
        return f"{self.user_id} lost {self.skill_id}"
