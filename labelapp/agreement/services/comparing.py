"""Comparing what several people made of the same, and handing it to who decides."""

from itertools import combinations
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from labelapp.agreement.models import (
    AgreementGroup,
    AttributeAgreement,
    ClassAgreement,
    Member,
    Pair,
)
from labelapp.agreement.summing import Sums, add_pair, clusters_of
from labelapp.clips.manifest import manifest_read
from labelapp.labels.models import LabelSet, Source
from labelapp.labels.selectors import labels_parsed_at
from labelapp.work.journal import write
from labelapp.work.models import Task
from labelapp.work.stages import Action, Place, Stage, State
from projection.io import read_label
from projection.labels import Label
from quality import compare


def done_members(group: AgreementGroup) -> list[Member] | None:
    """Return the members whose labels can be compared; None while somebody isn't done yet."""
    members = list(group.members.select_related("task__label_set").order_by("position"))
    if any(member.task.state != State.CLOSED.value for member in members):
        return None
    return [member for member in members if member.task.stage == Stage.ACCEPTED.value]


def group_compare(*, group_id: UUID) -> AgreementGroup:
    """Compare all pairs of a group once all are done, and make the task to decide.

    Done again, as after a version was reopened, everything is found anew; the task stays.

    Raises:
        AgreementGroup.DoesNotExist: It was removed with its clip.
    """
    group = AgreementGroup.objects.select_related("clip").get(pk=group_id)
    members = done_members(group)
    if members is None or len(members) < 2:
        return group
    labels = {member.position: _labels(member.task) for member in members}
    ticks = [t for t in manifest_read(group.clip.storage_prefix).ticks_ns if _is_in(group, t)]
    sums = Sums()
    pairs = []
    for first, second in combinations(members, 2):
        left, right = labels[first.position], labels[second.position]
        found = compare(left, right, ticks)
        add_pair(sums, found, (first.position, left), (second.position, right))
        pairs.append(
            Pair(
                group=group,
                first=first,
                second=second,
                first_revision=first.task.accepted_revision or 0,
                second_revision=second.task.accepted_revision or 0,
                score=min(1.0, max(0.0, found.score)),
            )
        )
    clusters = clusters_of(
        {position: [label.id for label in found] for position, found in labels.items()},
        sums.matches,
    )
    return _keep(group_id, sums, pairs, clusters)


@transaction.atomic
def _keep(
    group_id: UUID, sums: Sums, pairs: list[Pair], clusters: list[dict[str, object]]
) -> AgreementGroup:
    group = (
        AgreementGroup.objects.select_for_update(of=("self",))
        .select_related("clip", "adjudication")
        .get(pk=group_id)
    )
    group.pairs.all().delete()
    group.classes.all().delete()
    group.attributes.all().delete()
    Pair.objects.bulk_create(pairs)
    ClassAgreement.objects.bulk_create(
        ClassAgreement(
            group=group,
            class_name=name,
            **{field: getattr(found, field) for field in found.__slots__},
        )
        for name, found in sorted(sums.classes.items())
    )
    AttributeAgreement.objects.bulk_create(
        AttributeAgreement(
            group=group,
            class_name=class_name,
            name=name,
            compared=found.compared,
            agree=found.agree,
        )
        for (class_name, name), found in sorted(sums.attributes.items())
    )
    group.compared_at = timezone.now()
    group.score = sum(pair.score for pair in pairs) / len(pairs)
    group.clusters = clusters
    if group.adjudication is None:
        group.adjudication = _adjudication(group)
    group.save(update_fields=["compared_at", "score", "clusters", "adjudication"])
    return group


def _adjudication(group: AgreementGroup) -> Task:
    """Make the task in which somebody else decides: a review of the clip's ordinary labels."""
    label_set, _ = LabelSet.objects.get_or_create(
        clip=group.clip, layer=group.layer, source=Source.HUMAN, name=""
    )
    like = group.members.select_related("task").order_by("position")[0].task
    task = Task.objects.create(
        project_id=group.project_id,
        clip=group.clip,
        label_set=label_set,
        layer=group.layer,
        from_ns=group.from_ns,
        to_ns=group.to_ns,
        stage=Stage.REVIEW.value,
        priority=like.priority,
        skill_id=like.skill_id,
        submitted_revision=label_set.revision,
    )
    write(task, Action.CREATE, None, Place(Stage.REVIEW, State.READY), group=str(group.pk))
    return task


def _labels(task: Task) -> list[Label]:
    found = labels_parsed_at(task.label_set, task.accepted_revision or 0)
    return [read_label(one.label) for one in found]


def _is_in(group: AgreementGroup, time_ns: int) -> bool:
    if group.from_ns is None or group.to_ns is None:
        return True
    return group.from_ns <= time_ns < group.to_ns
