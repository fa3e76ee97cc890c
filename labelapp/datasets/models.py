"""Data sets, their frozen versions, and exports: what was asked for, and the files that came."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labelapp.common.models import BaseModel, Job
from labelapp.projects.models import Project


class Dataset(BaseModel):
    """A name under which versions are frozen, one after the other."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="datasets")
    name = models.SlugField(max_length=80)
    description = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="dataset_named_once_in_project"
            ),
            models.CheckConstraint(
                name="dataset_name_is_lower_case_words",
                condition=Q(name__regex=r"^[a-z0-9]+([-_][a-z0-9]+)*$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DatasetVersion(BaseModel):
    """A frozen list of label sets at their revisions. Append-only: a trigger refuses changes."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    #: As it was asked, complete.
    query = models.JSONField()
    #: Target specs, complete; None: all that is known of labels.
    spec = models.JSONField(null=True)
    #: The split rule with its final salt; None: no splits.
    split = models.JSONField(null=True)
    #: SHA-256 of all that decides about the targets: see ``freezing.py``.
    content_hash = models.CharField(max_length=64)
    #: Counts: clips, label sets, labels, by class, by split; what was left out.
    sums = models.JSONField()
    note = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["dataset", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "number"], name="dataset_version_numbered_once"
            ),
            models.CheckConstraint(
                name="dataset_version_counts_from_1", condition=Q(number__gte=1)
            ),
            models.CheckConstraint(
                name="dataset_version_hash_is_sha256",
                condition=Q(content_hash__regex="^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class DatasetItem(models.Model):
    """One label set of a version. Append-only, like the version."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="items")
    #: The clip's place, the same for all of its label sets.
    position = models.PositiveIntegerField()
    clip = models.ForeignKey("clips.Clip", on_delete=models.PROTECT, related_name="+")
    label_set = models.ForeignKey("labels.LabelSet", on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveBigIntegerField()
    ontology = models.ForeignKey(
        "ontology.OntologyVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: Of all cameras of the clip.
    calibration_hash = models.CharField(max_length=64)
    #: Of all labels at the revision.
    labels_hash = models.CharField(max_length=64)
    #: Labels by class.
    class_counts = models.JSONField()
    #: What the clip is not torn apart from, and where both went; empty without splits.
    group = models.CharField(max_length=300, blank=True, default="")
    split = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        ordering = ["version", "position", "label_set__layer"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "label_set"], name="dataset_item_label_set_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label_set_id} at revision {self.revision}"


class DatasetDeprecation(models.Model):
    """Why a version should not be used any more. Append-only: it is never edited either."""

    version = models.OneToOneField(
        DatasetVersion, on_delete=models.PROTECT, related_name="deprecation"
    )
    reason = models.TextField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="deprecation_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.reason


class DatasetCard(models.Model):
    """What a version looks like in numbers and pictures; it lies in storage when its job is done.

    Versions of the same content have the same card.
    """

    #: Of the version.
    content_hash = models.CharField(max_length=64, primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="dataset_card_hash_is_sha256",
                condition=Q(content_hash__regex="^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"card of {self.content_hash[:12]}"


class HoldOut(BaseModel):
    """Recordings that are never trained on: no version puts them where they might be."""

    class Kind(models.TextChoices):
        """What is held out."""

        CLIP = "clip", "A clip"
        TRIP = "trip", "Clips with one value of an attribute"
        PLACE = "place", "Clips that start around a point"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="hold_outs")
    kind = models.CharField(max_length=10, choices=Kind)
    #: ``{"clip_id"}``, ``{"attribute", "value"}`` or ``{"latitude_deg", "longitude_deg",
    #: "radius_m"}``.
    what = models.JSONField()
    reason = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "what"], name="hold_out_once_in_project"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.what}"


class Export(BaseModel):
    """Targets of the labels of some clips, written in some formats.

    What it is made from is fixed when it is asked for: the same input gives the same bytes, whoever
    works on it and however often it is interrupted. Its state is its job's.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="exports")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="export")
    #: What it is of; None: of a layer and a source as they were when it was asked for.
    version = models.ForeignKey(
        DatasetVersion, on_delete=models.PROTECT, null=True, related_name="exports"
    )
    layer = models.CharField(max_length=64, blank=True, default="")
    source = models.CharField(max_length=20, blank=True, default="")
    formats = models.JSONField()
    include_images = models.BooleanField(default=False)
    #: Whether the version's card comes along.
    include_card = models.BooleanField(default=False)
    #: What is asked for, complete; None: all that is known of labels.
    spec = models.JSONField(null=True, blank=True)
    #: Gives classes their numbers; None where the project has none.
    ontology = models.ForeignKey(
        "ontology.OntologyVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: Empty until it is done, then ``[{"name", "size", "sha256"}]``, which lie below the prefix.
    files = models.JSONField(default=list, blank=True)
    files_prefix = models.CharField(max_length=200, blank=True)
    #: Whether lists of its pieces, or an attempt's files, may lie in storage that nobody needs once
    #: it is over.
    has_pieces = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(name="export_has_formats", condition=~Q(formats=[])),
            models.CheckConstraint(
                name="export_has_a_layer_or_a_version",
                condition=Q(version__isnull=True) & ~Q(layer="")
                | Q(version__isnull=False, layer="", source=""),
            ),
            models.CheckConstraint(
                name="export_card_is_of_a_version",
                condition=Q(include_card=False) | Q(version__isnull=False),
            ),
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
    #: Of the version's; empty without splits.
    split = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        ordering = ["export", "position", "label_set__layer"]
        constraints = [
            models.UniqueConstraint(
                fields=["export", "label_set"], name="export_item_label_set_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clip_id} at revision {self.revision}"
