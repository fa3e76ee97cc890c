"""Exports: what was asked for, of which clips and revisions, and the files that came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelapp.common.models import BaseModel, Job
from labelapp.projects.models import Project


class Export(BaseModel):
    """Targets of the labels of some clips, written in some formats.

    What it is made from is fixed when it is asked for: the same input gives the same bytes, whoever
    works on it and however often it is interrupted. Its state is its job's.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="exports")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="export")
    layer = models.CharField(max_length=64)
    source = models.CharField(max_length=20)
    formats = models.JSONField()
    include_images = models.BooleanField(default=False)
    #: What is asked for, complete; None: all that is known of labels.
    spec = models.JSONField(null=True, blank=True)
    #: Gives classes their numbers; None where the project has none.
    ontology = models.ForeignKey(
        "ontology.OntologyVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: Empty until it is done, then ``[{"name", "size", "sha256"}]``, which lie below the prefix.
    files = models.JSONField(default=list, blank=True)
    files_prefix = models.CharField(max_length=200, blank=True)
    #: Whether lists of its pieces may lie in storage that nobody needs once it is over.
    has_pieces = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(name="export_has_formats", condition=~Q(formats=[])),
            models.CheckConstraint(name="export_has_a_layer", condition=~Q(layer="")),
            models.CheckConstraint(
                name="export_files_lie_below_a_prefix",
                condition=Q(files=[], files_prefix="") | (~Q(files=[]) & ~Q(files_prefix="")),
            ),
        ]
        indexes = [
            # The list of a project's exports, newest first.
            models.Index(fields=["project", "-created_at", "-id"], name="export_list_of_project"),
        ]

    def __str__(self) -> str:
        return f"export {self.id} of {self.layer} {self.source}"


class ExportItem(models.Model):
    """One label set of a clip of an export, at the revision that is exported."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="items")
    #: The clip's place in the files, the same for all of its label sets.
    position = models.PositiveIntegerField()
    clip = models.ForeignKey("clips.Clip", on_delete=models.PROTECT, related_name="+")
    label_set = models.ForeignKey("labels.LabelSet", on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["export", "position", "label_set__layer"]
        constraints = [
            models.UniqueConstraint(
                fields=["export", "label_set"], name="export_item_label_set_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clip_id} at revision {self.revision}"
