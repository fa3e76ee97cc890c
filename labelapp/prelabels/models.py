"""What tasks begin with, and what it cost to make it right."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from labelapp.common.models import BaseModel
from labelapp.labels.models import MACHINES


class Start(BaseModel):
    """What the labels of a task begin as: a copy of a machine's, made when it is first taken."""

    task = models.OneToOneField("work.Task", on_delete=models.CASCADE, related_name="start")
    #: Which label set of the clip and layer; looked for when the task is first taken.
    source = models.CharField(max_length=20, choices=MACHINES, default="model")
    name = models.CharField(max_length=100, blank=True, default="")
    #: Labels of which the model was less sure are left out; 0: none.
    min_score = models.FloatField(
        default=0.0, validators=[MinValueValidator(0.0), MaxValueValidator(1.0)]
    )
    #: NULL until then.
    copied_at = models.DateTimeField(null=True)
    #: What was copied, NULL where there was none.
    label_set = models.ForeignKey(
        "labels.LabelSet", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    revision = models.PositiveBigIntegerField(null=True)
    #: The revision of the task's label set that the copy became.
    copied_revision = models.PositiveBigIntegerField(null=True)
    copied_count = models.PositiveIntegerField(default=0)
    #: Why labels weren't copied, and how many: score, ontology, there.
    left_out = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="start_min_score_is_a_share", condition=Q(min_score__range=(0, 1))
            ),
            models.CheckConstraint(
                name="start_source_is_a_machine", condition=Q(source__in=["model", "import"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} from {self.source} {self.name}".rstrip()


class Cost(BaseModel):
    """What a task was when it was first submitted: from a machine's labels, or from nothing."""

    task = models.OneToOneField("work.Task", on_delete=models.CASCADE, related_name="cost")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    label_set = models.ForeignKey("labels.LabelSet", on_delete=models.CASCADE, related_name="+")
    layer = models.CharField(max_length=64)
    labeller = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: Empty: from nothing.
    source = models.CharField(max_length=20, blank=True, default="")
    name = models.CharField(max_length=100, blank=True, default="")
    revision = models.PositiveBigIntegerField()
    #: Labels that were there then.
    label_count = models.PositiveIntegerField()
    #: Labels of the machine that it began with.
    proposed_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["project", "source", "name"], name="cost_of_a_model"),
            models.Index(fields=["label_set"], name="cost_label_set"),
        ]

    def __str__(self) -> str:
        return f"{self.label_count} labels of {self.task_id}"


class Uncounted(models.Model):
    """A task that was submitted for the first time and whose cost is still to be counted."""

    task = models.OneToOneField(
        "work.Task", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.task_id)


class CostCount(models.Model):
    """How many labels of a class needed a kind of correction."""

    cost = models.ForeignKey(Cost, on_delete=models.CASCADE, related_name="counts")
    #: As the machine said it; of added labels, as people did.
    class_name = models.CharField(max_length=64)
    kind = models.CharField(max_length=20)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cost", "class_name", "kind"], name="cost_count_once_per_class_and_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.class_name} {self.kind}"
