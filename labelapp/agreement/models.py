"""Groups of tasks on the same, who has which, and how far their labels agree."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labelapp.common.models import BaseModel

MOST_PEOPLE = 10


class AgreementGroup(BaseModel):
    """The same part of a clip given to several people, each with labels of their own."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="agreement_groups"
    )
    clip = models.ForeignKey(
        "clips.Clip", on_delete=models.CASCADE, related_name="agreement_groups"
    )
    layer = models.CharField(max_length=64)
    #: The part of the clip; NULL: all of it.
    from_ns = models.BigIntegerField(null=True, blank=True)
    to_ns = models.BigIntegerField(null=True, blank=True)
    people = models.PositiveSmallIntegerField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: NULL until all are done.
    compared_at = models.DateTimeField(null=True)
    #: Mean score of all pairs, 0 to 1.
    score = models.FloatField(null=True)
    #: Labels taken for the same thing: [{"members": {position: label id}, "agreement", "differs"}],
    #: what is agreed on least first.
    clusters = models.JSONField(default=list)
    #: Where somebody else decides.
    adjudication = models.OneToOneField(
        "work.Task", null=True, on_delete=models.SET_NULL, related_name="adjudicated_group"
    )

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="agreement_group_has_several_people",
                condition=Q(people__range=(2, MOST_PEOPLE)),
            ),
            models.CheckConstraint(
                name="agreement_group_score_is_a_share",
                condition=Q(score__isnull=True) | Q(score__range=(0, 1)),
            ),
        ]
        indexes = [models.Index(fields=["project", "-created_at", "-id"], name="agreement_listed")]

    def __str__(self) -> str:
        return f"{self.layer} of {self.clip_id} by {self.people} people"


class Member(BaseModel):
    """One of the tasks of a group."""

    group = models.ForeignKey(AgreementGroup, on_delete=models.CASCADE, related_name="members")
    task = models.OneToOneField(
        "work.Task", on_delete=models.CASCADE, related_name="agreement_member"
    )
    #: From 1.
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["group", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "position"], name="agreement_member_place_taken_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.group_id}"


class Seat(models.Model):
    """Who has had one task of a group never gets another of it."""

    group = models.ForeignKey(AgreementGroup, on_delete=models.CASCADE, related_name="seats")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "user"], name="agreement_seat_once_per_group_and_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}"


class Pair(models.Model):
    """How far two versions agree."""

    group = models.ForeignKey(AgreementGroup, on_delete=models.CASCADE, related_name="pairs")
    first = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    first_revision = models.PositiveBigIntegerField()
    second_revision = models.PositiveBigIntegerField()
    #: 0 to 1, see ``quality.compare``.
    score = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="agreement_pair_once"),
        ]

    def __str__(self) -> str:
        return f"{self.score:.2f} in {self.group_id}"


class ClassAgreement(models.Model):
    """Over all pairs of a group: how far they agree on things of a class. All are sums.

    A thing that the two call differently counts for both classes, with a half of everything.
    """

    group = models.ForeignKey(AgreementGroup, on_delete=models.CASCADE, related_name="classes")
    class_name = models.CharField(max_length=64)
    #: Things that at least one of a pair has, and those that both have.
    things = models.FloatField()
    found_by_both = models.FloatField()
    #: Of these, as many as are called the same.
    same_class = models.FloatField()
    #: Moments of both versions (of what has no life in time: 1 each), and those that match.
    moments = models.FloatField()
    common_moments = models.FloatField()
    #: Boxes: sums over ``box_moments``, where both have the box.
    box_moments = models.FloatField(default=0.0)
    iou = models.FloatField(default=0.0)
    centre_m = models.FloatField(default=0.0)
    heading_rad = models.FloatField(default=0.0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "class_name"], name="agreement_class_once_per_group"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_name} in {self.group_id}"


class AttributeAgreement(models.Model):
    """Over all pairs of a group: at how many moments an attribute could be compared, and agreed.

    Of what has no life in time each counts as one moment.
    """

    group = models.ForeignKey(AgreementGroup, on_delete=models.CASCADE, related_name="attributes")
    #: What both call the thing; empty: they call it differently.
    class_name = models.CharField(max_length=64, blank=True, default="")
    name = models.CharField(max_length=64)
    compared = models.PositiveBigIntegerField()
    agree = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "class_name", "name"],
                name="agreement_attribute_once_per_group_and_class",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} in {self.group_id}"
