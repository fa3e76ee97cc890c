"""Notices for people, webhooks for programs, and what became of each delivery."""

import secrets

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labelapp.common.models import BaseModel

#: What a webhook may be told of.
EVENTS = (
    *("task.submit", "task.accept", "task.send_back", "task.skip", "task.reopen", "task.cancel"),
    *("export.done", "export.failed"),
)


def new_salt() -> str:
    """Return what makes a webhook's secret its own."""
    return secrets.token_hex(16)


class Notice(BaseModel):
    """Something that one person should know."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    #: As task.send_back, comment, export.done, skill.lost.
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=500)
    #: Where it leads to in the browser tool; empty: nowhere.
    link = models.CharField(max_length=300, blank=True, default="")
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notice_of_user"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Webhook(BaseModel):
    """An address that is told of a project's events."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.CharField(max_length=1000)
    events = ArrayField(models.CharField(max_length=40))
    is_active = models.BooleanField(default=True)
    #: The secret is made of it and the server's own key: it is kept nowhere.
    salt = models.CharField(max_length=32, default=new_salt)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(name="webhook_is_told_something", condition=~Q(events=[])),
        ]

    def __str__(self) -> str:
        return self.url


class Delivery(BaseModel):
    """One event for one webhook, until its receiver has said yes or we gave up."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Failed"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    #: What is sent, byte for byte, however often.
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    #: Of the last answer; None: there was none.
    status = models.PositiveIntegerField(null=True)
    #: Why it was no yes, as a sentence.
    problem = models.CharField(max_length=500, blank=True, default="")
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                name="delivery_state_is_known",
                condition=Q(state__in=["waiting", "delivered", "failed"]),
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_of_webhook"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook_id}: {self.state}"
