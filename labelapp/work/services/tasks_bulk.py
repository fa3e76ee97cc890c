"""One thing done to many tasks: what is refused is known before anything is changed.

All rules are looked at in memory, for all tasks together; then one statement a group of alike
tasks moves them. A preview is the same without the second half.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.common.errors import InvalidError
from labelapp.projects.models import Membership, Project, Role
from labelapp.work import hooks
from labelapp.work.models import Lease, Task, TaskEvent
from labelapp.work.policies import require_manager
from labelapp.work.services.task_finish import why_not_for
from labelapp.work.services.task_split import split, why_not_split
from labelapp.work.stages import TAKEN_STATES, Action, Place, RefusedError, Stage, State, after

#: What can be done to many tasks at once.
BULK = (
    Action.ASSIGN, Action.PRIORITISE, Action.HOLD, Action.RELEASE, Action.TAKE_BACK,
    Action.REOPEN, Action.CANCEL, Action.SPLIT,
)  # fmt: skip
MOST_TASKS = 10_000
_PARTS = range(2, 21)
_TOGETHER = 1000
_NO_SUCH = "There is no such task in this project."


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to many tasks.

    Attributes:
        action: One of ``BULK``.
        note: Why, in the actor's words.
        to: Who gets them, for assigning; None: anybody.
        priority: For prioritising.
        parts: For splitting.
    """

    action: Action
    note: str = ""
    to: User | None = None
    priority: int | None = None
    parts: int = 2

    def check(self) -> None:
        """Refuse what can be done to no task at all.

        Raises:
            InvalidError: An action that isn't an admin's, a missing or wrong value.
        """
        if self.action not in BULK:
            raise _wrong("action", f"one of {', '.join(BULK)}", f"'{self.action}'")
        if self.action == Action.PRIORITISE and self.priority is None:
            raise _wrong("priority", "a whole number", "nothing")
        if self.action == Action.SPLIT and self.parts not in _PARTS:
            raise _wrong("parts", f"{_PARTS[0]} to {_PARTS[-1]}", str(self.parts))


def tasks_preview(
    *, actor: User, project: Project, task_ids: Sequence[UUID], change: Change
) -> dict[UUID, str]:
    """Return why something can't be done, by task, where it can't; changes nothing.

    Raises:
        InvalidError: It can be done to no task at all, or these are too many.
    """
    _require(actor, project, task_ids, change)
    tasks = Task.objects.filter(project=project, pk__in=task_ids)
    if change.action == Action.SPLIT:
        tasks = tasks.select_related("clip")
    return _refused(tasks, project, task_ids, change)[0]


@transaction.atomic
def tasks_change(
    *, actor: User, project: Project, task_ids: Sequence[UUID], change: Change
) -> dict[UUID, str]:
    """Do one thing to many tasks; returns why it could not be done, by task, where it couldn't.

    Raises:
        InvalidError: It can be done to no task at all, or these are too many.
    """
    _require(actor, project, task_ids, change)
    locked = Task.objects.select_for_update(of=("self",)).filter(project=project, pk__in=task_ids)
    # Who is told of what they get reads the clip's name.
    has_clip = change.action in {Action.ASSIGN, Action.SPLIT}
    parts = ("label_set", "clip") if has_clip else ("label_set",)
    refused, tasks = _refused(locked.select_related(*parts), project, task_ids, change)
    if change.action == Action.SPLIT:
        for task in tasks:
            split(task, actor, change.parts)
    else:
        _move(tasks, actor, change)
    return refused


def _require(actor: User, project: Project, task_ids: Sequence[UUID], change: Change) -> None:
    require_manager(actor, project)
    change.check()
    if len(task_ids) > MOST_TASKS:
        raise _wrong("task_ids", f"at most {MOST_TASKS}", str(len(task_ids)))


def _refused(
    found: QuerySet[Task], project: Project, task_ids: Sequence[UUID], change: Change
) -> tuple[dict[UUID, str], list[Task]]:
    """What can't be done and why, and the tasks to which it can."""
    refused: dict[UUID, str] = dict.fromkeys(task_ids, _NO_SUCH)
    able = []
    tasks = list(found.order_by("id"))
    role = _role(project, change.to)
    crowded = _crowded(tasks) if change.action == Action.REOPEN else set()
    to = change.to if change.action == Action.ASSIGN else None
    objections = {} if to is None else hooks.objections(tasks, to)
    for task in tasks:
        task.project = project
        why = _why_not(task, change, role, is_crowded=task.pk in crowded)
        why = why or objections.get(task.pk)
        if why is None:
            able.append(task)
            del refused[task.pk]
        else:
            refused[task.pk] = why
    return refused, able


def _why_not(task: Task, change: Change, role: Role | None, *, is_crowded: bool) -> str | None:
    try:
        after(Place(Stage(task.stage), State(task.state)), change.action)
    except RefusedError as error:
        return str(error)
    if change.action == Action.ASSIGN and change.to is not None:
        return why_not_for(task, change.to, role)
    if change.action == Action.SPLIT:
        return why_not_split(task, change.parts)
    return "Another task on the same labels is open." if is_crowded else None


def _role(project: Project, user: User | None) -> Role | None:
    if user is None or not user.is_active:
        return None
    found = Membership.objects.filter(project=project, user=user).first()
    return None if found is None else Role(found.role)


def _crowded(tasks: list[Task]) -> set[UUID]:
    """Tasks that can't be open beside others on the same labels, or beside each other."""
    taken: dict[UUID, list[tuple[int | None, int | None]]] = {}
    open_ones = Task.objects.filter(label_set__in={task.label_set_id for task in tasks}).exclude(
        state=State.CLOSED.value
    )
    for label_set_id, *span in open_ones.values_list("label_set_id", "from_ns", "to_ns"):
        taken.setdefault(label_set_id, []).append((span[0], span[1]))
    crowded = set()
    for task in tasks:
        if task.state != State.CLOSED.value:
            continue
        spans = taken.setdefault(task.label_set_id, [])
        if any(_overlap((task.from_ns, task.to_ns), span) for span in spans):
            crowded.add(task.pk)
        else:
            spans.append((task.from_ns, task.to_ns))
    return crowded


def _overlap(one: tuple[int | None, int | None], other: tuple[int | None, int | None]) -> bool:
    if None in one or None in other:
        return True
    return one[0] < other[1] and other[0] < one[1]  # type: ignore[operator]  # none is None


def _move(tasks: list[Task], actor: User, change: Change) -> None:
    """Take tasks to where the action leads, end their leases, and write all of it down."""
    action, now = change.action, timezone.now()
    groups: dict[Place, list[Task]] = {}
    for task in tasks:
        groups.setdefault(Place(Stage(task.stage), State(task.state)), []).append(task)
    for before, alike in groups.items():
        place = after(before, action)
        values: dict[str, Any] = {
            "stage": place.stage.value,
            "state": place.state.value,
            "changed_at": now,
            **_values(change),
        }
        if place.state == State.READY and before.state != State.READY:
            values["ready_since"] = now
        details = [_details(task, change) for task in alike]
        for some in _batches(alike):
            Task.objects.filter(pk__in=[task.pk for task in some]).update(**values)
        if before.state in TAKEN_STATES and place.state not in TAKEN_STATES:
            _end_leases(alike, action)
        _set(alike, values)
        _write(alike, details, actor, change, before)


def _batches(tasks: list[Task]) -> Iterator[list[Task]]:
    return (tasks[at : at + _TOGETHER] for at in range(0, len(tasks), _TOGETHER))


def _values(change: Change) -> dict[str, Any]:
    if change.action == Action.ASSIGN:
        return {"assigned_to": change.to}
    if change.action == Action.PRIORITISE:
        return {"priority": change.priority}
    if change.action == Action.REOPEN:
        return {"accepted_revision": None, "preferred": F("labeller")}
    return {}


def _set(tasks: Iterable[Task], values: dict[str, Any]) -> None:
    """Have the objects say what the rows say, for those that listen."""
    for task in tasks:
        for name, value in values.items():
            if name == "preferred":
                task.preferred_id = task.labeller_id
            else:
                setattr(task, name, value)


def _details(task: Task, change: Change) -> dict[str, Any]:
    if change.action == Action.ASSIGN:
        return {"to": None if change.to is None else str(change.to.pk)}
    if change.action == Action.PRIORITISE:
        return {"from": task.priority, "to": change.priority}
    return {}


def _end_leases(tasks: list[Task], action: Action) -> None:
    for some in _batches(tasks):
        Lease.objects.filter(task__in=[task.pk for task in some], ended_at__isnull=True).update(
            ended_at=timezone.now(), ended_by=action.value
        )


def _write(
    tasks: list[Task], details: list[dict[str, Any]], actor: User, change: Change, before: Place
) -> None:
    TaskEvent.objects.bulk_create(
        (
            TaskEvent(
                task=task,
                action=change.action.value,
                actor=actor,
                stage_before=before.stage.value,
                stage=task.stage,
                state_before=before.state.value,
                state=task.state,
                note=change.note,
                revision=task.label_set.revision,
                details=said,
            )
            for task, said in zip(tasks, details, strict=True)
        ),
        batch_size=_TOGETHER,
    )
    for task in tasks:
        hooks.tell(task, change.action, actor)


def _wrong(field: str, expected: str, found: str) -> InvalidError:
    msg = f"{field}: expected {expected}, found {found}."
    return InvalidError(msg, details={"fields": {field: [msg]}})
