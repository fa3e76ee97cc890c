"""Label sets, their labels as they are now, and all that ever happened to them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labelapp.common.models import BaseModel


class Source(models.TextChoices):
    """Where the labels of a label set come from."""

    HUMAN = "human", "Human"
    MODEL = "model", "Model"
    GOLD = "gold", "Gold"
    SIMULATION = "simulation", "Simulation"
    IMPORT = "import", "Import"


#: Whose labels people may start from.
MACHINES = [(Source.MODEL.value, "Model"), (Source.IMPORT.value, "Import")]


class LabelSet(BaseModel):
    """The labels of one layer of one clip from one source."""

    clip = models.ForeignKey("clips.Clip", on_delete=models.CASCADE, related_name="label_sets")
    layer = models.CharField(max_length=64)
    source = models.CharField(max_length=20, choices=Source)
    #: Tells several sets of one layer and source apart; empty for the first.
    name = models.CharField(max_length=100, blank=True, default="")
    #: Counts the batches that have landed. Whoever raises it holds the row's lock.
    revision = models.PositiveBigIntegerField(default=0)
    #: SHA-256 of the content that was imported as a whole; empty for sets made here.
    import_hash = models.CharField(max_length=64, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["layer", "source", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["clip", "layer", "source", "name"],
                name="label_set_unique_layer_source_name_in_clip",
            ),
            models.CheckConstraint(
                name="label_set_source_is_known", condition=Q(source__in=[*Source.values])
            ),
            models.CheckConstraint(
                name="label_set_layer_is_a_name", condition=Q(layer__regex=r"^[a-z][a-z0-9_]*$")
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.layer, self.source, self.name) if part)


class Label(models.Model):
    """One label as it is now.

    A deleted label leaves its row without a body, so that its version goes on if it is put again.
    """

    label_set = models.ForeignKey(LabelSet, on_delete=models.CASCADE, related_name="labels")
    label_id = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    #: The label as in ``labelapp-labels/1``; NULL: deleted.
    body = models.JSONField(null=True)

    class Meta:
        ordering = ["label_set", "label_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["label_set", "label_id"], name="label_id_unique_in_label_set"
            ),
            models.CheckConstraint(name="label_version_counts_from_1", condition=Q(version__gte=1)),
            models.CheckConstraint(name="label_id_is_not_empty", condition=~Q(label_id="")),
        ]
        indexes = [
            # Counting the labels of a label set: the lists of label sets.
            models.Index(
                fields=["label_set"], name="label_not_deleted", condition=Q(body__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label_id} version {self.version}"


class LabelEvent(models.Model):
    """One operation that landed. Append-only: a trigger refuses to change or remove it."""

    class Kind(models.TextChoices):
        """What an operation did."""

        PUT = "put", "Put"
        DELETE = "delete", "Delete"

    label_set = models.ForeignKey(LabelSet, on_delete=models.CASCADE, related_name="events")
    #: The label set's revision that the operation is part of.
    revision = models.PositiveBigIntegerField()
    #: Its place in the batch.
    position = models.PositiveIntegerField()
    batch_id = models.UUIDField()
    operation_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind)
    label_id = models.CharField(max_length=200)
    #: The label's version from here on; it was made on the one before.
    version = models.PositiveIntegerField()
    body = models.JSONField(null=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["LabelEvent"]] = models.Manager()

    class Meta:
        ordering = ["label_set", "revision", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["label_set", "operation_id"],
                name="label_event_operation_lands_once",
            ),
            models.UniqueConstraint(
                fields=["label_set", "label_id", "version"],
                name="label_event_version_made_once",
            ),
            models.UniqueConstraint(
                fields=["label_set", "revision", "position"],
                name="label_event_place_in_order",
            ),
            models.CheckConstraint(
                name="label_event_put_has_a_body",
                condition=Q(kind="put", body__isnull=False) | Q(kind="delete", body__isnull=True),
            ),
            models.CheckConstraint(
                name="label_event_counts_from_1", condition=Q(revision__gte=1, version__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label_id} version {self.version}"


class Effort(models.Model):
    """What one visit to a label set cost its author: sums, never which keys or when."""

    label_set = models.ForeignKey(LabelSet, on_delete=models.CASCADE, related_name="efforts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="efforts"
    )
    #: Made by the browser when it opens the label set, so that sums can be sent again.
    visit_id = models.UUIDField(unique=True)
    #: Clicks, drags and key presses that did something.
    actions = models.PositiveIntegerField()
    #: Time with the hands at it.
    active_ms = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["label_set", "author"]

    def __str__(self) -> str:
        return f"{self.actions} actions, {self.active_ms / 1000:.0f} s"


class Presence(models.Model):
    """One open tab with a clip in it: who, and what they have selected; soon worth nothing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    #: Made by the browser; a person may have several.
    tab_id = models.UUIDField()
    clip = models.ForeignKey("clips.Clip", on_delete=models.CASCADE, related_name="+")
    label_set = models.ForeignKey(LabelSet, on_delete=models.CASCADE, related_name="+")
    #: Label ids, the first few of many.
    selected = models.JSONField(default=list)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "tab_id"], name="presence_unique_tab_of_user"),
        ]
        # For `presence_tell`: who is on this clip now, and what is old.
        indexes = [models.Index(fields=["clip", "seen_at"], name="presence_clip_seen_at")]

    def __str__(self) -> str:
        return f"{self.user} on {self.clip}"
