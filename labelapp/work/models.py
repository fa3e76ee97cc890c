"""Workflows, tasks, leases, and everything that ever happened to a task."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from labelapp.common.models import BaseModel
from labelapp.work.stages import Action, Stage, State

_SHARE = [MinValueValidator(0.0), MaxValueValidator(1.0)]


def _choices(values: type[Stage] | type[State] | type[Action]) -> list[tuple[str, str]]:
    return [(one.value, one.value.replace("_", " ").capitalize()) for one in values]


class Workflow(BaseModel):
    """How work goes in a project. A project without one is labelled without tasks."""

    project = models.OneToOneField(
        "projects.Project", on_delete=models.CASCADE, related_name="workflow"
    )
    #: Share of submitted tasks that somebody reviews.
    review_share = models.FloatField(default=1.0, validators=_SHARE)
    #: The same for labellers with a good record.
    trusted_review_share = models.FloatField(default=1.0, validators=_SHARE)
    #: A record is good from so many reviewed tasks on, ...
    trusted_from_tasks = models.PositiveIntegerField(default=20)
    #: ... of which this share was accepted at once.
    trusted_from_share = models.FloatField(default=0.95, validators=_SHARE)
    #: Share of accepted reviews that somebody else looks at once more.
    second_review_share = models.FloatField(default=0.0, validators=_SHARE)
    #: A lease that isn't heard of for so long ends.
    lease_s = models.PositiveIntegerField(
        default=900, validators=[MinValueValidator(30), MaxValueValidator(7 * 86400)]
    )
    #: Sent-back work waits so long for who labelled it before others may take it.
    preferred_s = models.PositiveIntegerField(default=86400)
    #: Of people's time, against other projects with tasks of the same priority.
    share = models.FloatField(default=1.0, validators=[MinValueValidator(0.001)])

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="workflow_shares_are_shares",
                condition=Q(review_share__range=(0, 1))
                & Q(trusted_review_share__range=(0, 1))
                & Q(trusted_from_share__range=(0, 1))
                & Q(second_review_share__range=(0, 1))
                & Q(share__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"workflow of {self.project_id}"


class Skill(BaseModel):
    """Something one must have shown to be able to, before one gets tasks that ask for it."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="skills")
    name = models.CharField(max_length=64)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="skill_named_once_in_project"),
            models.CheckConstraint(
                name="skill_is_a_name", condition=Q(name__regex=r"^[a-z][a-z0-9_]*$")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Qualification(BaseModel):
    """One user has one skill."""

    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="qualifications")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="qualifications"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["skill", "user"], name="qualification_once_per_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} has {self.skill_id}"


class Task(BaseModel):
    """One unit of work on a label set."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="tasks")
    label_set = models.ForeignKey("labels.LabelSet", on_delete=models.CASCADE, related_name="tasks")
    #: Repeated from the label set, so that queues can be searched without joins.
    clip = models.ForeignKey("clips.Clip", on_delete=models.CASCADE, related_name="tasks")
    layer = models.CharField(max_length=64)
    #: The part of the clip that is to be labelled; NULL: all of it.
    from_ns = models.BigIntegerField(null=True, blank=True)
    to_ns = models.BigIntegerField(null=True, blank=True)
    stage = models.CharField(max_length=20, choices=_choices(Stage), default=Stage.LABEL.value)
    state = models.CharField(max_length=10, choices=_choices(State), default=State.READY.value)
    #: Greater comes first.
    priority = models.IntegerField(default=0)
    skill = models.ForeignKey(Skill, null=True, blank=True, on_delete=models.PROTECT)
    #: Only they get it.
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: They get it first, until ``preferred_until``: work comes back to who did it.
    preferred = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    preferred_until = models.DateTimeField(null=True)
    labeller = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: Who skipped it and doesn't get it again.
    skipped_by = ArrayField(models.UUIDField(), default=list)
    #: Rises with every lease: the fencing token.
    lease_count = models.PositiveBigIntegerField(default=0)
    #: How often it was sent back.
    sent_back_count = models.PositiveIntegerField(default=0)
    #: The label set's revision when it was last submitted, and when it was accepted.
    submitted_revision = models.PositiveBigIntegerField(null=True)
    accepted_revision = models.PositiveBigIntegerField(null=True)
    #: Since when it is at this stage and waits for somebody.
    ready_since = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-priority", "ready_since", "id"]
        constraints = [
            models.CheckConstraint(
                name="task_stage_is_known", condition=Q(stage__in=[s.value for s in Stage])
            ),
            models.CheckConstraint(
                name="task_state_is_known", condition=Q(state__in=[s.value for s in State])
            ),
            models.CheckConstraint(
                name="task_accepted_is_closed", condition=~Q(stage="accepted") | Q(state="closed")
            ),
            models.CheckConstraint(
                name="task_part_is_a_span_of_time",
                condition=Q(from_ns__isnull=True, to_ns__isnull=True)
                | Q(from_ns__isnull=False, to_ns__isnull=False, from_ns__lt=F("to_ns")),
            ),
            # Parts of a clip are tasks of their own; services see to it that they don't overlap.
            models.UniqueConstraint(
                fields=["label_set"],
                name="task_one_open_per_label_set",
                condition=~Q(state="closed") & Q(from_ns__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["label_set", "from_ns"],
                name="task_one_open_per_part",
                condition=~Q(state="closed") & Q(from_ns__isnull=False),
            ),
        ]
        indexes = [
            # The next task of a stage. By the priority's negative, which no other index is sorted
            # by: a planner that takes ``task_listed`` for a stage that has none reads all of them.
            models.Index(
                F("project"),
                F("stage"),
                F("priority") * -1,
                "ready_since",
                "id",
                name="task_head",
                condition=Q(state="ready"),
            ),
            # What waits for somebody in person.
            models.Index(fields=["assigned_to"], name="task_assigned", condition=Q(state="ready")),
            models.Index(fields=["preferred"], name="task_preferred", condition=Q(state="ready")),
            # The lists and the board.
            models.Index(fields=["project", "stage", "state"], name="task_board"),
            models.Index(fields=["project", "-changed_at", "id"], name="task_changed"),
            models.Index(
                F("project"), F("priority").desc(), "ready_since", "id", name="task_listed"
            ),
            models.Index(fields=["project", "ready_since", "id"], name="task_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.layer} of {self.clip_id}: {self.stage}, {self.state}"


class Lease(BaseModel):
    """Somebody has a task until they are done, give it back, or are not heard of any more."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="leases")
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="leases"
    )
    #: The task's ``lease_count`` when it began: whoever has a smaller one is too late.
    token = models.PositiveBigIntegerField()
    stage = models.CharField(max_length=20, choices=_choices(Stage))
    heard_at = models.DateTimeField(default=timezone.now)
    #: NULL while paused.
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: The action that ended it.
    ended_by = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            # Whatever the code does: nobody gets what somebody has.
            models.UniqueConstraint(
                fields=["task"], name="lease_one_per_task", condition=Q(ended_at__isnull=True)
            ),
            models.UniqueConstraint(fields=["task", "token"], name="lease_token_used_once"),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], name="lease_running_out", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["holder"], name="lease_held", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.holder_id} has {self.task_id}"


class TaskEvent(models.Model):
    """What happened to a task. Append-only: a trigger refuses to change or remove it."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="events")
    action = models.CharField(max_length=20, choices=_choices(Action))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    stage_before = models.CharField(max_length=20)
    stage = models.CharField(max_length=20)
    state_before = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    #: Why, in the actor's words.
    note = models.TextField(blank=True, default="")
    #: The label set's revision at that moment.
    revision = models.PositiveBigIntegerField(null=True)
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["TaskEvent"]] = models.Manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["created_at"], name="task_event_time")]

    def __str__(self) -> str:
        return f"{self.action} of {self.task_id}"
