"""Having tasks begin with a machine's labels."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.common.prepared import Prepared
from labelapp.labels.models import Label, LabelSet
from labelapp.labels.services import label_set_copy
from labelapp.prelabels.models import Start
from labelapp.projects.models import Project
from labelapp.work.models import Task
from labelapp.work.policies import require_manager
from labelapp.work.stages import Stage, State
from projection.io import read_label
from projection.labels import Cuboid
from projection.tracks import Track

_BATCH = 1000


@transaction.atomic
def starts_set(
    *,
    actor: User,
    project: Project,
    layer: str,
    source: str = "model",
    name: str = "",
    min_score: float = 0.0,
    task_ids: Sequence[UUID] | None = None,
) -> int:
    """Have tasks that nobody has begun yet start from a machine's labels; returns how many.

    Those are tasks to be labelled, ready or held, whose labels nobody has saved anything to. What
    they were to start from before is forgotten.

    Args:
        actor: An admin.
        project: Whose tasks.
        layer: Of the tasks, and of the machine's label set.
        source: ``model`` or ``import``.
        name: Of the label set.
        min_score: Labels of which the model was less sure are left out; 0: none.
        task_ids: Which tasks; None: all.
    """
    require_manager(actor, project)
    tasks = Task.objects.filter(
        project=project,
        layer=layer,
        stage=Stage.LABEL.value,
        state__in=[State.READY.value, State.HELD.value],
        label_set__revision=0,
    )
    if task_ids is not None:
        tasks = tasks.filter(pk__in=task_ids)
    chosen = list(tasks.select_for_update(of=("self",)).order_by("id").values_list("pk", flat=True))
    starts_make(chosen, source=source, name=name, min_score=min_score)
    return len(chosen)


def starts_make(task_ids: Sequence[UUID], *, source: str, name: str, min_score: float) -> None:
    """Write down what tasks begin with, over what was written before."""
    Start.objects.bulk_create(
        (
            Start(task_id=task_id, source=source, name=name, min_score=min_score)
            for task_id in task_ids
        ),
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["task"],
        update_fields=["source", "name", "min_score"],
    )


_starts_of: Prepared[UUID] = Prepared(
    lambda label_set_id: (
        Start.objects.filter(task__label_set_id=label_set_id)
        .order_by()
        .values_list("pk", flat=True)[:1]
    ),
    label_set_id=UUID,
)
_next_start_of: Prepared[Start] = Prepared(
    lambda label_set_id: (
        Start.objects.select_for_update(of=("self",))
        .filter(task__label_set_id=label_set_id, copied_at__isnull=True)
        .order_by("created_at")
    ),
    label_set_id=UUID,
)


def start_copy(task: Task) -> None:
    """Copy what a task is to begin with, once, in the transaction in which it is first taken.

    Of several label sets that fit, it is the one of that name. Where there is none, the task begins
    with nothing, and one that comes later is not taken any more.
    """
    # Parts of a clip share a label set: whoever comes first has it copied for all.
    start = _next_start_of.first(label_set_id=task.label_set_id)
    if start is None:
        return
    start.copied_at = timezone.now()
    found = LabelSet.objects.filter(
        clip=task.clip_id, layer=task.layer, source=start.source, name=start.name
    ).first()
    if found is not None:
        copied = label_set_copy(source=found, target=task.label_set, min_score=start.min_score)
        start.label_set, start.revision = found, found.revision
        start.copied_revision, start.copied_count = copied.revision, copied.count
        start.left_out = copied.left_out
        task.label_set.revision = copied.revision
    start.save()


def proposals_left(task: Task) -> int:
    """Return how many proposals wait in a task: of a part of a clip, those that are there in it."""
    if not _starts_of.all(label_set_id=task.label_set_id):
        return 0
    waiting = Label.objects.filter(label_set=task.label_set_id, body__origin__accepted=False)
    if task.from_ns is None or task.to_ns is None:
        return waiting.count()
    bodies = waiting.values_list("body", flat=True)
    return sum(_is_within(body, task.from_ns, task.to_ns) for body in bodies if body is not None)


def _is_within(body: dict[str, Any], from_ns: int, to_ns: int) -> bool:
    label = read_label(body)
    if not isinstance(label, Cuboid):
        return True
    first, last = Track(label).life_ns
    return (first is None or first < to_ns) and (last is None or last >= from_ns)
