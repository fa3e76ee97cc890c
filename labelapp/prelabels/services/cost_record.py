"""Counting what had to be corrected about a machine's labels."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.db import transaction

from labelapp.labels.models import LabelEvent
from labelapp.labels.selectors import labels_parsed_at
from labelapp.prelabels.kinds import kinds_of_correction
from labelapp.prelabels.models import Cost, CostCount, Start
from labelapp.work.models import Task, TaskEvent
from labelapp.work.stages import Action
from projection.io import read_label
from projection.labels import Cuboid
from projection.tracks import Track


def cost_record(*, task_id: UUID) -> Cost | None:
    """Count what a task's labels needed until it was first submitted, and keep it.

    The machine's labels are those of the copy's events; what became of them is read from the
    events up to the submission. Done again it finds the same and changes nothing. Of a part of a
    clip those labels count whose life begins in it, so that each counts once.

    Returns None for a task that was never submitted.
    """
    task = Task.objects.select_related("label_set", "clip").get(pk=task_id)
    submitted = (
        TaskEvent.objects.filter(task=task, action=Action.SUBMIT.value).order_by("id").first()
    )
    if submitted is None or submitted.revision is None:
        return None
    start = Start.objects.filter(
        task__label_set=task.label_set_id, copied_revision__isnull=False, copied_count__gt=0
    ).first()
    proposed = {} if start is None else _proposed(task, start.copied_revision or 0)
    labels = {
        found.label_id: found.label
        for found in labels_parsed_at(task.label_set, submitted.revision)
    }
    counts = _counted(task, proposed, labels)
    with transaction.atomic():
        cost, is_new = Cost.objects.get_or_create(
            task=task,
            defaults={
                "project_id": task.project_id,
                "label_set": task.label_set,
                "layer": task.layer,
                "labeller_id": submitted.actor_id,
                "source": "" if start is None else start.source,
                "name": "" if start is None else start.name,
                "revision": submitted.revision,
                "label_count": sum(_is_of(task, label) for label in labels.values()),
                "proposed_count": sum(_is_of(task, label) for label in proposed.values()),
            },
        )
        if is_new:
            CostCount.objects.bulk_create(
                CostCount(cost=cost, class_name=class_name, kind=kind, count=count)
                for (class_name, kind), count in sorted(counts.items())
            )
    return cost


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
