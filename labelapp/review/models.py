"""Comments pinned to the world, what happened to them, and what review changed."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from labelapp.common.models import BaseModel


class Comment(BaseModel):
    """A word about a task, pinned to a label, a time, a place, a camera, or to none of them."""

    task = models.ForeignKey("work.Task", on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments"
    )
    #: What it answers to.
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    body = models.TextField()
    label_id = models.CharField(max_length=200, blank=True, default="")
    from_ns = models.BigIntegerField(null=True, blank=True)
    to_ns = models.BigIntegerField(null=True, blank=True)
    #: In the world frame, metres.
    position_m = ArrayField(models.FloatField(), size=3, null=True, blank=True)
    camera = models.CharField(max_length=200, blank=True, default="")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(name="comment_says_something", condition=~Q(body="")),
            models.CheckConstraint(
                name="comment_time_is_a_span",
                condition=Q(from_ns__isnull=True, to_ns__isnull=True)
                | Q(from_ns__isnull=False, to_ns__isnull=False, from_ns__lte=F("to_ns")),
            ),
            models.CheckConstraint(
                name="comment_resolved_by_somebody",
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_id} on {self.task_id}"


class CommentEvent(models.Model):
    """What happened to a comment. Append-only: a trigger refuses to change or remove it."""

    class Kind(models.TextChoices):
        """What was done."""

        WRITE = "write", "Write"
        EDIT = "edit", "Edit"
        RESOLVE = "resolve", "Resolve"
        REOPEN = "reopen", "Reopen"

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: As it read from then on.
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["CommentEvent"]] = models.Manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.comment_id}"


class Correction(BaseModel):
    """How far what was first submitted is from what was accepted: what review changed."""

    task = models.ForeignKey("work.Task", on_delete=models.CASCADE, related_name="corrections")
    labeller = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="corrections"
    )
    submitted_revision = models.PositiveBigIntegerField()
    accepted_revision = models.PositiveBigIntegerField()
    #: 0 to 1, see ``quality.compare``; 1: nothing had to be changed.
    score = models.FloatField()
    #: By kind of correction, how many labels: added, removed, moved, class, attributes, same.
    kinds = models.JSONField(default=dict)
    #: ``quality.Comparison.to_dict()``.
    comparison = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "accepted_revision"], name="correction_once_per_acceptance"
            ),
            models.CheckConstraint(
                name="correction_score_is_a_share", condition=Q(score__range=(0, 1))
            ),
        ]
        indexes = [models.Index(fields=["labeller", "-created_at"], name="correction_of_labeller")]

    def __str__(self) -> str:
        return f"{self.score:.2f} for {self.task_id}"
