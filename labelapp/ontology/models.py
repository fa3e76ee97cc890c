"""Ontology versions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelapp.common.models import BaseModel
from labelapp.projects.models import Project


class OntologyVersion(BaseModel):
    """What can be labelled in a project, as of one version.

    The row is written once (a trigger holds that): what was labelled by version 3 can be read by
    version 3 for ever. A change is a new version; the newest one is the one to label by.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ontology_versions")
    version = models.PositiveIntegerField()
    body = models.JSONField(help_text="See docs/api.md, Ontology.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["project", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "version"], name="ontology_version_unique_in_project"
            ),
            models.CheckConstraint(
                name="ontology_version_counts_from_1", condition=Q(version__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"
