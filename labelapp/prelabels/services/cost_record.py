"""Counting what had to be corrected about a machine's labels."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from labelapp.labels.models import LabelEvent
from labelapp.labels.selectors import labels_parsed_at
from labelapp.prelabels.kinds import kinds_of_correction
from labelapp.prelabels.models import Cost, CostCount, Start, Uncounted
from labelapp.work.models import Task, TaskEvent
from labelapp.work.stages import Action
from projection.io import read_label
from projection.labels import Cuboid
from projection.tracks import Track

#: So many tasks are counted together.
BATCH = 200


@transaction.atomic
def costs_record_next() -> int:
    """Count the next tasks that wait for it; return how many they were."""
    task_ids = uncounted_take()
    costs_record(task_ids)
    return len(task_ids)


def uncounted_take() -> list[UUID]:
    """Take the next tasks that wait to be counted; they wait on if the transaction fails."""
    waiting = Uncounted.objects.select_for_update(skip_locked=True).order_by("task_id")
    task_ids = list(waiting.values_list("task_id", flat=True)[:BATCH])
    Uncounted.objects.filter(task_id__in=task_ids).delete()
    return task_ids


@transaction.atomic
def costs_record(task_ids: Collection[UUID]) -> list[Cost]:
    """Count what the labels of tasks needed until they were first submitted, and keep it.

    The machine's labels are those of the copy's events; what became of them is read from the
    events up to the submission. Done again it finds the same and changes nothing. Of a part of a
    clip those labels count whose life begins in it, so that each counts once.

    Returns:
        What was not counted before: nothing of tasks that were never submitted.
    """
    counted = Cost.objects.filter(task__in=task_ids).values_list("task_id", flat=True)
    tasks = Task.objects.filter(pk__in=set(task_ids) - set(counted)).order_by("pk")
    tasks = tasks.select_related("label_set", "clip")
    submits = TaskEvent.objects.filter(
        task__in=tasks, action=Action.SUBMIT.value, revision__isnull=False
    )
    submitted = {
        event.task_id: event for event in submits.order_by("task_id", "id").distinct("task_id")
    }
    copied = Start.objects.filter(
        task__label_set__in=[task.label_set_id for task in tasks],
        copied_revision__isnull=False,
        copied_count__gt=0,
    )
    starts = {start.task.label_set_id: start for start in copied.select_related("task")}
    found = [_cost_of(task, submitted[task.pk], starts) for task in tasks if task.pk in submitted]
    made = Cost.objects.bulk_create([cost for cost, _ in found])
    CostCount.objects.bulk_create(
        CostCount(cost=cost, class_name=class_name, kind=kind, count=count)
        for cost, counts in found
        for (class_name, kind), count in sorted(counts.items())
    )
    return made


def _cost_of(
    task: Task, submitted: TaskEvent, starts: Mapping[UUID, Start]
) -> tuple[Cost, Counter[tuple[str, str]]]:
    start, revision = starts.get(task.label_set_id), submitted.revision or 0
    proposed = {} if start is None else _proposed(task, start.copied_revision or 0)
    labels = {found.label_id: found.label for found in labels_parsed_at(task.label_set, revision)}
    cost = Cost(
        task=task,
        project_id=task.project_id,
        label_set=task.label_set,
        layer=task.layer,
        labeller_id=submitted.actor_id,
        source="" if start is None else start.source,
        name="" if start is None else start.name,
        revision=revision,
        label_count=sum(_is_of(task, label) for label in labels.values()),
        proposed_count=sum(_is_of(task, label) for label in proposed.values()),
    )
    return cost, _counted(task, proposed, labels)


def _proposed(task: Task, revision: int) -> dict[str, dict[str, Any]]:
    events = LabelEvent.objects.filter(label_set=task.label_set_id, revision=revision)
    return {event.label_id: event.body for event in events if event.body is not None}


def _counted(
    task: Task, proposed: dict[str, dict[str, Any]], labels: dict[str, dict[str, Any]]
) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for label_id, before in proposed.items():
        if not _is_of(task, before):
            continue
        kinds = ["proposed", *kinds_of_correction(before, labels.get(label_id))]
        counts.update((before["class"], kind) for kind in kinds)
    for label_id, label in labels.items():
        if label_id not in proposed and _is_of(task, label):
            counts[label["class"], "added"] += 1
    return counts


def _is_of(task: Task, body: dict[str, Any]) -> bool:
    """Whether a label's life begins in the part of the clip that a task is about."""
    if task.from_ns is None or task.to_ns is None:
        return True
    label = read_label(body)
    first = Track(label).life_ns[0] if isinstance(label, Cuboid) else None
    begin = task.clip.start_ns if first is None else max(first, task.clip.start_ns)
    return task.from_ns <= begin < task.to_ns
