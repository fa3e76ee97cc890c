"""Splitting a clip by time: several people label it, each a part."""

from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

from django.db import transaction

from labelapp.accounts.models import User
from labelapp.common.errors import InvalidError
from labelapp.projects.models import Project
from labelapp.work.errors import TransitionError
from labelapp.work.journal import move, write
from labelapp.work.models import Task
from labelapp.work.policies import require_manager
from labelapp.work.stages import Action, Place, Stage, State

_PARTS = range(2, 21)
#: A part shorter than this is no work of its own.
_SHORTEST_NS = 100_000_000


@transaction.atomic
def tasks_split(
    *, actor: User, project: Project, task_ids: Sequence[UUID], parts: int
) -> dict[UUID, str]:
    """Split tasks into parts of the same length; returns why not, by task, where it couldn't be.

    A task becomes its first part; the others are new tasks on the same label set, at the same
    stage, with the same priority and skill. Parts touch, and don't overlap.

    Raises:
        InvalidError: Too few or too many parts.
    """
    require_manager(actor, project)
    if parts not in _PARTS:
        msg = f"parts: expected {_PARTS[0]} to {_PARTS[-1]}, found {parts}."
        raise InvalidError(msg, details={"fields": {"parts": [msg]}})
    refused = dict.fromkeys(task_ids, "There is no such task in this project.")
    tasks = (
        Task.objects.select_for_update(of=("self",))
        .select_related("label_set", "clip")
        .filter(project=project, pk__in=task_ids)
        .order_by("id")
    )
    for task in tasks:
        try:
            _split(task, actor, parts)
        except TransitionError as error:
            refused[task.pk] = error.message
        else:
            del refused[task.pk]
    return refused


def _split(task: Task, actor: User, parts: int) -> None:
    if task.stage != Stage.LABEL:
        msg = f"Only what is to be labelled can be split; this is at the stage {task.stage}."
        raise TransitionError(msg)
    begin = task.clip.start_ns if task.from_ns is None else task.from_ns
    # What is there at the very end of the clip belongs to its last part.
    end = task.clip.end_ns + 1 if task.to_ns is None else task.to_ns
    if (end - begin) // parts < _SHORTEST_NS:
        msg = f"In {parts} parts each would be shorter than {_SHORTEST_NS / 1e9:g} s."
        raise TransitionError(msg)
    spans = list(pairwise(begin + (end - begin) * i // parts for i in range(parts + 1)))
    task.from_ns, task.to_ns = spans[0]
    move(task, Action.SPLIT, actor, parts=parts)
    for from_ns, to_ns in spans[1:]:
        part = Task.objects.create(
            project_id=task.project_id,
            clip=task.clip,
            label_set=task.label_set,
            layer=task.layer,
            from_ns=from_ns,
            to_ns=to_ns,
            priority=task.priority,
            skill_id=task.skill_id,
        )
        at = Place(Stage.LABEL, State.READY)
        write(part, Action.CREATE, actor, at, split_from=str(task.pk))
