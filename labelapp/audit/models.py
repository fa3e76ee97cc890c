"""One row for each thing that somebody did."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class AuditEntry(models.Model):
    """What was done, by whom, to what. Append-only: a trigger refuses to change or remove it.

    Triggers on the tables concerned write these rows, whatever code does the change; see
    ``migrations``. Nothing here is a foreign key: entries outlive what they tell of.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    #: None: the server's own business, such as accounts.
    project_id = models.UUIDField(null=True)
    #: None: a command, or the product itself.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    #: Of the HTTP request, as in logs and error answers.
    request_id = models.CharField(max_length=64, blank=True, default="")
    #: What it was done to: task, label_set, membership, ontology, export ...
    kind = models.CharField(max_length=30)
    #: create, change or delete; for tasks what happened to it, as submit.
    action = models.CharField(max_length=30)
    target_id = models.CharField(max_length=64)
    #: As people know it: its name at that time.
    target_name = models.CharField(max_length=300, blank=True, default="")
    #: What changed: the fields before, and from then on.
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects: ClassVar[models.Manager["AuditEntry"]] = models.Manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["project_id", "-id"], name="audit_of_project"),
            models.Index(fields=["project_id", "kind", "-id"], name="audit_of_kind"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["target_id", "-id"], name="audit_of_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.kind} {self.target_name or self.target_id}"
