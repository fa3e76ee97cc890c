"""Labels that come from elsewhere: files that were sent, and what was made of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelapp.common.models import BaseModel, Job
from labelapp.projects.models import Project


class LabelImport(BaseModel):
    """Files of labels: sent part by part, or lying in the storage's inbox."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="label_imports")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    #: What the file is called; its end says what it is where its content doesn't.
    file_name = models.CharField(max_length=200)
    #: Bytes of the file that is sent; None: it lies at ``location``.
    size = models.PositiveBigIntegerField(null=True)
    #: Path below the project's inbox; empty: it is sent.
    location = models.CharField(max_length=1000, blank=True, default="")
    #: The last job that reads it; None: none has yet.
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    #: What that job was asked for, and whether it only looks.
    options = models.JSONField(default=dict)
    is_dry_run = models.BooleanField(default=True)
    #: What the last job that got through found, see ``Plan.to_dict``.
    report = models.JSONField(null=True)
    #: Ids of the label sets that were made.
    label_sets = models.JSONField(default=list)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="label_import_is_sent_or_lies_somewhere",
                condition=Q(size__gte=1, location="") | (Q(size=None) & ~Q(location="")),
            ),
        ]

    def __str__(self) -> str:
        return f"labels of {self.file_name}"
