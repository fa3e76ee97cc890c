"""The row of a background job: the truth about it, of which the broker's message is only a hint."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class JobState(models.TextChoices):
    """Where a job is; the arrows are the only transitions there are.

    queued -> running -> done | failed; queued, running -> cancelled; running -> queued (rescued).
    """

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


FINAL_STATES = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Job(models.Model):
    """One piece of background work. Whoever runs it holds ``attempt`` as a fencing token."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=80)
    queue = models.CharField(max_length=40)
    #: Ids only, as text: what they name is read again when the job runs.
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=JobState, default=JobState.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    rate_per_s = models.FloatField(null=True, blank=True)
    message = models.TextField(blank=True)
    #: Rises by one with each claim; writes of an older attempt are refused.
    attempt = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="job_state_is_known", condition=Q(state__in=[*JobState.values])
            ),
            models.CheckConstraint(name="job_kind_is_not_empty", condition=~Q(kind="")),
            models.CheckConstraint(
                name="job_running_has_heartbeat_and_attempt",
                condition=~Q(state=JobState.RUNNING)
                | Q(heartbeat_at__isnull=False, attempt__gte=1),
            ),
            models.CheckConstraint(
                name="job_finished_at_iff_final",
                condition=Q(state__in=[*FINAL_STATES], finished_at__isnull=False)
                | (~Q(state__in=[*FINAL_STATES]) & Q(finished_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="job_progress_is_within_total",
                condition=Q(done__gte=0) & (Q(total__isnull=True) | Q(total__gte=F("done"))),
            ),
        ]
        indexes = [
            # The rescuer's two questions: whose heartbeat is old, what waits without a message.
            models.Index(
                fields=["state", "heartbeat_at"],
                name="job_live_by_state",
                condition=Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.state})"

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in FINAL_STATES

    @property
    def eta_s(self) -> float | None:
        """Seconds until the end at the present rate, None while that cannot be said."""
        if self.state != JobState.RUNNING or self.total is None or not self.rate_per_s:
            return None
        return (self.total - self.done) / self.rate_per_s

    @property
    def waiting_since(self) -> datetime:
        """When a message about it was last sent, or when it was made."""
        return self.sent_at or self.created_at
