"""Reading tasks: lists, the board, and one task with its history."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.common.errors import InvalidError
from labelapp.projects.models import Project, Role
from labelapp.projects.selectors import projects_visible_to, role_in
from labelapp.work.errors import TaskNotFoundError
from labelapp.work.models import Lease, Task, TaskEvent
from labelapp.work.stages import Stage, State

#: What a list may be sorted by, each with an index behind it.
SORTS: dict[str, tuple[str, ...]] = {
    "-priority": ("-priority", "ready_since", "id"),
    "-changed_at": ("-changed_at", "id"),
}


#: What the API shows of a task comes with it in one query.
TASK_PARTS = (
    *("clip__project", "label_set", "skill"),
    *("labeller", "reviewer", "assigned_to"),
)


def tasks_visible_to(user: User | AnonymousUser, project: Project) -> QuerySet[Task]:
    """Return a project's tasks that somebody may see: labellers those that they have or had."""
    tasks = Task.objects.filter(project=project)
    if role_in(user, project) == Role.LABELLER:
        had = Lease.objects.filter(task=OuterRef("pk"), holder_id=user.pk)
        tasks = tasks.filter(Q(assigned_to_id=user.pk) | Exists(had))
    return tasks


def task_for(user: User | AnonymousUser, task_id: UUID) -> Task:
    """Return a task with its clip, as somebody who may see it.

    Raises:
        TaskNotFoundError: There is none, or it is not theirs to know of.
    """
    task = (
        Task.objects.select_related(*TASK_PARTS)
        .filter(pk=task_id, project__in=projects_visible_to(user))
        .first()
    )
    if task is None or not tasks_visible_to(user, task.clip.project).filter(pk=task.pk).exists():
        msg = "There is no such task, or it is not yours to see."
        raise TaskNotFoundError(msg)
    return task


def tasks_listed(
    project: Project, filters: Mapping[str, Any], *, user: User | AnonymousUser
) -> QuerySet[Task]:
    """Return tasks by filters, with all that a row shows, in a constant number of queries.

    Args:
        project: Whose.
        filters: ``stage``, ``state``, ``layer``, ``holder``, ``labeller`` (user ids), ``skill``,
            ``search`` (in the clip's name), ``priority_from``; what is empty filters nothing.
        user: Who looks.
    """
    tasks = tasks_visible_to(user, project).select_related(
        "clip", "skill", "labeller", "reviewer", "assigned_to", "label_set"
    )
    for name in ("stage", "state", "layer"):
        if filters.get(name):
            tasks = tasks.filter(**{f"{name}__in": filters[name]})
    if filters.get("skill"):
        tasks = tasks.filter(skill__name=filters["skill"])
    if filters.get("search"):
        tasks = tasks.filter(clip__name__icontains=filters["search"])
    if filters.get("labeller"):
        tasks = tasks.filter(labeller_id=filters["labeller"])
    if filters.get("priority_from") is not None:
        tasks = tasks.filter(priority__gte=filters["priority_from"])
    if filters.get("holder"):
        held = Lease.objects.filter(
            task=OuterRef("pk"), ended_at__isnull=True, holder_id=filters["holder"]
        )
        tasks = tasks.filter(Exists(held))
    return tasks


def sort_of(name: str) -> tuple[str, ...]:
    """Return the fields to sort a list by.

    Raises:
        InvalidError: Nothing a list can be sorted by.
    """
    if name not in SORTS:
        msg = f"sort: expected one of {', '.join(SORTS)}, found '{name}'."
        raise InvalidError(msg, details={"fields": {"sort": [msg]}})
    return SORTS[name]


def leases_of(tasks: list[Task]) -> dict[UUID, Lease]:
    """Return the running leases of tasks, by task, in one query."""
    found = Lease.objects.filter(task__in=tasks, ended_at__isnull=True).select_related("holder")
    return {lease.task_id: lease for lease in found}


def board(project: Project) -> dict[str, Any]:
    """Return how many tasks are where, since when the oldest waits, and what was done lately."""
    rows = (
        Task.objects.filter(project=project)
        .values("layer", "stage", "state")
        .annotate(count=Count("id"), oldest=Min("ready_since"))
        .order_by("layer", "stage", "state")
    )
    day_ago = timezone.now() - timedelta(days=1)
    done = (
        TaskEvent.objects.filter(
            task__project=project, created_at__gte=day_ago, action__in=("submit", "accept")
        )
        .values("stage_before")
        .annotate(count=Count("id"))
    )
    return {
        "columns": [
            {
                "layer": row["layer"],
                "stage": row["stage"],
                "state": row["state"],
                "count": row["count"],
                "waiting_since": row["oldest"] if row["state"] == State.READY else None,
            }
            for row in rows
        ],
        "done_last_day": {row["stage_before"]: row["count"] for row in done},
        "stages": [stage.value for stage in Stage],
    }


def people_at_work(project: Project) -> QuerySet[Lease]:
    """Return the leases that somebody holds now: who works on what, since when."""
    return (
        Lease.objects.filter(task__project=project, ended_at__isnull=True)
        .select_related("holder", "task__clip")
        .order_by(F("heard_at").desc(), "id")
    )


def events_of(task: Task) -> QuerySet[TaskEvent]:
    """Return what happened to a task, in order."""
    return TaskEvent.objects.filter(task=task).select_related("actor").order_by("id")
