"""What somebody finds when they come to work: what is theirs, what waits, what they did today."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q

from labelapp.accounts.models import User
from labelapp.projects.models import Membership, Role
from labelapp.work.models import Lease, Task, TaskEvent
from labelapp.work.policies import STAGES_OF
from labelapp.work.selectors import TASK_PARTS, leases_of
from labelapp.work.services import held_by
from labelapp.work.stages import REVIEWING, Action, Stage, State

#: So many of the tasks that wait for somebody in person are listed.
_MOST = 50
_DONE = (Action.SUBMIT, Action.ACCEPT, Action.SEND_BACK)


def home(user: User, *, since: datetime) -> dict[str, Any]:
    """Return what somebody's day looks like, in a constant number of queries.

    Args:
        user: Whose.
        since: When their day began.

    Returns:
        ``held``: leases that they have, newest first; ``waiting``: tasks that wait for them in
        person, sent-back ones first; ``reasons``: by task id, why it was last sent back or handed
        on; ``queues``: what else they could get, by project, layer and stage; ``today``: what they
        did; ``works_by_tasks``: whether any of their projects does.
    """
    roles = _projects_of(user)
    held = held_by(user)
    waiting = _waiting_for(user, roles)
    task_ids = [lease.task_id for lease in held] + [task.pk for task in waiting]
    return {
        "works_by_tasks": bool(roles),
        "held": held,
        "waiting": waiting,
        "reasons": reasons_of(task_ids),
        "queues": _queues_of(user, roles),
        "today": _done_since(user, since),
    }


def _projects_of(user: User) -> dict[UUID, Role]:
    """The projects with a workflow that somebody is a member of, with their role."""
    found = Membership.objects.filter(user=user, project__workflow__isnull=False)
    return {key: Role(role) for key, role in found.values_list("project_id", "role")}


def _may_get(user: User, roles: dict[UUID, Role]) -> Q:
    """Tasks that ``services.task_claim`` would give to somebody, but for whom they wait."""
    by_role = Q(pk__in=[])
    for role in set(roles.values()):
        projects = [key for key, value in roles.items() if value == role]
        by_role |= Q(project__in=projects, stage__in=[s.value for s in STAGES_OF[role]])
    own_work = Q(stage__in=[s.value for s in REVIEWING], labeller=user) | Q(
        stage=Stage.SECOND_REVIEW.value, reviewer=user
    )
    has_skill = Q(skill__isnull=True) | Q(skill__qualifications__user=user)
    return (
        Q(state=State.READY.value)
        & by_role
        & has_skill
        & ~own_work
        & ~Q(skipped_by__contains=[user.pk])
    )


def _waiting_for(user: User, roles: dict[UUID, Role]) -> list[Task]:
    theirs = Q(assigned_to=user) | Q(preferred=user, assigned_to__isnull=True)
    tasks = Task.objects.filter(_may_get(user, roles), theirs).select_related(*TASK_PARTS)
    found = list(tasks.order_by("-priority", "ready_since", "id")[:_MOST])
    return sorted(found, key=lambda task: task.stage != Stage.FIX.value)


def _queues_of(user: User, roles: dict[UUID, Role]) -> list[dict[str, Any]]:
    tasks = Task.objects.filter(_may_get(user, roles)).filter(
        Q(assigned_to__isnull=True) | Q(assigned_to=user)
    )
    rows = (
        tasks.values("layer", "stage", project_slug=F("project__slug"))
        .annotate(count=Count("id"), project_name=F("project__name"))
        .order_by("project_name", "layer", "stage")
    )
    return [
        {
            "project": row["project_slug"],
            "project_name": row["project_name"],
            "layer": row["layer"],
            "stage": row["stage"],
            "count": row["count"],
        }
        for row in rows
    ]


def reasons_of(task_ids: Iterable[UUID]) -> dict[UUID, TaskEvent]:
    """Return the last event of each task in which somebody said why it goes to somebody else."""
    said = (
        TaskEvent.objects.filter(
            task__in=list(task_ids),
            action__in=[Action.SEND_BACK.value, Action.HAND_OVER.value, Action.REOPEN.value],
        )
        .exclude(note="")
        .select_related("actor")
        .order_by("task_id", "-id")
        .distinct("task_id")
    )
    return {event.task_id: event for event in said}


def _done_since(user: User, since: datetime) -> dict[str, int]:
    """What somebody did since then, and what became of their own work meanwhile."""
    recent = TaskEvent.objects.filter(created_at__gte=since, action__in=[a.value for a in _DONE])
    own = dict(
        recent.filter(actor=user)
        .values_list("action")
        .annotate(count=Count("id"))
        .order_by("action")
    )
    theirs = dict(
        recent.filter(task__labeller=user, stage_before__in=[s.value for s in REVIEWING])
        .exclude(actor=user)
        .values_list("action")
        .annotate(count=Count("id"))
        .order_by("action")
    )
    return {
        "submitted": own.get(Action.SUBMIT.value, 0),
        "reviewed": own.get(Action.ACCEPT.value, 0) + own.get(Action.SEND_BACK.value, 0),
        "accepted": theirs.get(Action.ACCEPT.value, 0),
        "sent_back": theirs.get(Action.SEND_BACK.value, 0),
    }


def task_of_label_set(
    label_set_id: UUID, user: User, task_id: UUID | None
) -> tuple[Task | None, Lease | None]:
    """Return the task on a label set that matters to somebody, and its lease.

    That is the one asked for, else one that they have, else an open one, else what ended last.
    """
    tasks = list(
        Task.objects.filter(label_set=label_set_id)
        .select_related(*TASK_PARTS)
        .order_by("-changed_at", "id")[:_MOST]
    )
    leases = leases_of(tasks)

    def rank(task: Task) -> tuple[bool, bool, bool]:
        lease = leases.get(task.pk)
        is_theirs = lease is not None and lease.holder_id == user.pk
        return task.pk != task_id, not is_theirs, task.state == State.CLOSED.value

    if not tasks:
        return None, None
    chosen = min(tasks, key=rank)
    return chosen, leases.get(chosen.pk)
