"""Moving a task and writing down that it was moved: always both."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.work import hooks
from labelapp.work.errors import TransitionError
from labelapp.work.models import Lease, Task, TaskEvent
from labelapp.work.stages import Action, Place, RefusedError, Stage, State, after


def move(
    task: Task,
    action: Action,
    actor: User | None,
    *,
    note: str = "",
    is_reviewed: bool = True,
    is_reviewed_twice: bool = False,
    settle: Callable[[Task], None] | None = None,
    **details: Any,
) -> None:
    """Take a task, whose row the caller has locked, to where an action leads, and write it down.

    The caller saves nothing: the task is saved here with all that was set on it, and with what
    ``settle`` sets on it once it is there.

    Raises:
        TransitionError: This can't be done with a task that is there.
    """
    before = Place(Stage(task.stage), State(task.state))
    try:
        place = after(before, action, is_reviewed=is_reviewed, is_reviewed_twice=is_reviewed_twice)
    except RefusedError as error:
        raise TransitionError(
            str(error), details={"stage": task.stage, "state": task.state, "action": action.value}
        ) from error
    now = timezone.now()
    task.stage, task.state, task.changed_at = place.stage.value, place.state.value, now
    if place.state == State.READY and before.state != State.READY:
        task.ready_since = now
    if settle is not None:
        settle(task)
    task.save()
    write(task, action, actor, before, note=note, **details)


def write(
    task: Task,
    action: Action,
    actor: User | None,
    before: Place,
    *,
    note: str = "",
    **details: Any,
) -> None:
    """Write down what happened to a task."""
    TaskEvent.objects.create(
        task=task,
        action=action.value,
        actor=actor,
        stage_before=before.stage.value,
        stage=task.stage,
        state_before=before.state.value,
        state=task.state,
        note=note,
        revision=task.label_set.revision,
        details=details,
    )
    hooks.tell(task, action, actor)


def end_lease(task: Task, action: Action) -> datetime:
    """End the lease of a task that somebody has, if one does; returns when."""
    now = timezone.now()
    Lease.objects.filter(task=task, ended_at__isnull=True).update(
        ended_at=now, ended_by=action.value
    )
    return now
