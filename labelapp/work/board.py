"""The queues at a glance: how much is where, since when, and how fast it goes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from labelapp.projects.models import Project
from labelapp.work.models import Task, TaskEvent
from labelapp.work.stages import Action, Stage, State
from labelapp.work.task_filters import narrowed

#: Priorities of which the board tells: more would be no overview.
_MOST_PRIORITIES = 30
#: What moves a task on.
_DONE = [action.value for action in (Action.SUBMIT, Action.ACCEPT, Action.SEND_BACK)]


def board(project: Project, filters: Mapping[str, Any]) -> dict[str, Any]:
    """Return how many tasks are where, since when the oldest waits, and what was done lately.

    Args:
        project: Whose.
        filters: As ``task_filters.filters_of`` reads them.
    """
    tasks = narrowed(Task.objects.filter(project=project), filters)
    rows = list(
        tasks.values("layer", "stage", "state")
        .annotate(count=Count("id"), oldest=Min("ready_since"))
        .order_by("layer", "stage", "state")
    )
    done = _done(project, tasks, is_narrowed=bool(filters))
    totals: dict[str, int] = {}
    for row in done:
        totals[row["stage"]] = totals.get(row["stage"], 0) + row["last_day"]
    return {
        "count": sum(row["count"] for row in rows),
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
        "priorities": _priorities(tasks),
        "done": done,
        "done_last_day": {stage: count for stage, count in totals.items() if count},
        "stages": [stage.value for stage in Stage],
    }


def _priorities(tasks: QuerySet[Task]) -> list[dict[str, Any]]:
    """Open tasks by priority, the most urgent first."""
    is_taken = Q(state__in=[State.LEASED.value, State.PAUSED.value])
    rows = (
        tasks.exclude(state=State.CLOSED.value)
        .values("priority")
        .annotate(
            ready=Count("id", filter=Q(state=State.READY.value)),
            taken=Count("id", filter=is_taken),
            held=Count("id", filter=Q(state=State.HELD.value)),
            waiting_since=Min("ready_since", filter=Q(state=State.READY.value)),
        )
        .order_by("-priority")
    )
    return [dict(row) for row in rows[:_MOST_PRIORITIES]]


def _done(project: Project, tasks: QuerySet[Task], *, is_narrowed: bool) -> list[dict[str, Any]]:
    """What was finished at each stage of each layer: in the last day, and in the last week."""
    now = timezone.now()
    events = TaskEvent.objects.filter(
        task__project=project, created_at__gte=now - timedelta(days=7), action__in=_DONE
    )
    if is_narrowed:
        events = events.filter(task__in=tasks.values("pk"))
    rows = (
        events.values("stage_before", "task__layer")
        .annotate(
            last_week=Count("id"),
            last_day=Count("id", filter=Q(created_at__gte=now - timedelta(days=1))),
        )
        .order_by("task__layer", "stage_before")
    )
    return [
        {
            "layer": row["task__layer"],
            "stage": row["stage_before"],
            "last_day": row["last_day"],
            "last_week": row["last_week"],
        }
        for row in rows
    ]
