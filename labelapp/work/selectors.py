"""Reading tasks: lists, the board, and one task with its history."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from labelapp.accounts.models import User
from labelapp.common.errors import InvalidError
from labelapp.common.prepared import Prepared
from labelapp.projects.models import Project, Role
from labelapp.projects.selectors import projects_visible_to, role_in
from labelapp.work.errors import TaskNotFoundError
from labelapp.work.models import Lease, Task, TaskEvent
from labelapp.work.task_filters import narrowed

#: What a list may be sorted by, each with an index behind it (some are read backwards).
SORTS: dict[str, tuple[str, ...]] = {
    "-priority": ("-priority", "ready_since", "id"),
    "priority": ("priority", "-ready_since", "-id"),
    "-changed_at": ("-changed_at", "id"),
    "changed_at": ("changed_at", "-id"),
    "ready_since": ("ready_since", "id"),
    "-ready_since": ("-ready_since", "-id"),
    # Up and down: so that names alone can be looked for in the clips' index.
    "clip": ("clip_name", "-id"),
    "-clip": ("-clip_name", "id"),
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


def _tasks_by_id(user: User | AnonymousUser, task_id: UUID) -> QuerySet[Task]:
    return Task.objects.select_related(*TASK_PARTS).filter(
        pk=task_id, project__in=projects_visible_to(user)
    )


_of_member: Prepared[Task] = Prepared(
    lambda user_id, task_id: _tasks_by_id(User(pk=user_id), task_id).order_by(),
    user_id=UUID,
    task_id=UUID,
)
_had_by: Prepared[UUID] = Prepared(
    lambda user_id, task_id: (
        Lease.objects.filter(task_id=task_id, holder_id=user_id)
        .order_by()
        .values_list("pk", flat=True)[:1]
    ),
    user_id=UUID,
    task_id=UUID,
)


def _may_see(user: User | AnonymousUser, task: Task) -> bool:
    """Whether a member of its project may see a task, as ``tasks_visible_to`` says it of many."""
    if role_in(user, task.clip.project) != Role.LABELLER or task.assigned_to_id == user.pk:
        return True
    return _had_by.first(user_id=user.pk, task_id=task.pk) is not None


def task_for(user: User | AnonymousUser, task_id: UUID) -> Task:
    """Return a task with its clip, as somebody who may see it.

    Raises:
        TaskNotFoundError: There is none, or it is not theirs to know of.
    """
    if user.is_active and not user.is_superuser:
        task = _of_member.first(user_id=user.pk, task_id=task_id)
    else:
        task = _tasks_by_id(user, task_id).first()
    if task is None or not _may_see(user, task):
        msg = "There is no such task, or it is not yours to see."
        raise TaskNotFoundError(msg)
    return task


def tasks_listed(
    project: Project, filters: Mapping[str, Any], *, user: User | AnonymousUser
) -> QuerySet[Task]:
    """Return tasks by filters, with all that a row shows, in a constant number of queries.

    Args:
        project: Whose.
        filters: As ``task_filters.filters_of`` reads them.
        user: Who looks.
    """
    tasks = tasks_visible_to(user, project).select_related(
        "clip", "skill", "labeller", "reviewer", "assigned_to", "label_set"
    )
    return narrowed(tasks, filters)


def in_order(
    tasks: QuerySet[Task], name: str, *, project: Project
) -> tuple[QuerySet[Task], tuple[str, ...]]:
    """Return tasks of a project and the fields to sort them by.

    Args:
        tasks: As ``tasks_listed`` returns them.
        name: One of ``SORTS``.
        project: Whose tasks they are.

    Raises:
        InvalidError: Nothing a list can be sorted by.
    """
    if name not in SORTS:
        msg = f"sort: expected one of {', '.join(SORTS)}, found '{name}'."
        raise InvalidError(msg, details={"fields": {"sort": [msg]}})
    order = SORTS[name]
    if name.removeprefix("-") == "clip":
        # The clip's project says nothing new, but lets names be read in order from their index.
        tasks = tasks.filter(clip__project=project).annotate(clip_name=F("clip__name"))
    return tasks.order_by(*order), order


def leases_of(tasks: list[Task]) -> dict[UUID, Lease]:
    """Return the running leases of tasks, by task, in one query."""
    found = Lease.objects.filter(task__in=tasks, ended_at__isnull=True).select_related("holder")
    return {lease.task_id: lease for lease in found}


_lease: Prepared[Lease] = Prepared(
    lambda lease_id: Lease.objects.select_related("holder").filter(pk=lease_id).order_by(),
    lease_id=UUID,
)


def lease_of(lease_id: UUID) -> Lease:
    """Return a lease that is known to be there, with its holder."""
    (found,) = _lease.all(lease_id=lease_id)
    return found


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
