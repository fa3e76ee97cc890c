"""Who works in a project, as its admins see them: role, skills, when last, how much."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils import timezone

from labelapp.projects.models import Membership, Project
from labelapp.work.models import Lease, Qualification, TaskEvent
from labelapp.work.over_time import hours_by_person
from labelapp.work.stages import REVIEWING, Action

#: What people did is counted over so many days.
DAYS = 7
_DONE = [action.value for action in (Action.SUBMIT, Action.ACCEPT, Action.SEND_BACK)]


def people(project: Project) -> list[dict[str, Any]]:
    """Return a project's members by name, in a constant number of queries.

    Besides who they are: ``skills``; ``holds``, how many tasks they have now; ``last_seen``, when
    they logged in or were heard of; of the last ``DAYS`` days ``submitted``, ``reviewed``, what
    became of their own work (``accepted``, ``sent_back``), and ``hours``.
    """
    members = list(
        Membership.objects.filter(project=project).select_related("user").order_by("user__username")
    )
    skills = _skills(project)
    leases = _leases(project)
    done, fate = _done(project)
    hours = hours_by_person(project, days=DAYS)
    found = []
    for member in members:
        user = member.user
        holds, heard_at = leases.get(user.pk, (0, None))
        seen = [moment for moment in (user.last_login, heard_at) if moment is not None]
        found.append(
            {
                "id": user.pk,
                "username": user.username,
                "name": user.shown_name,
                "role": member.role,
                "is_active": user.is_active,
                "joined_at": member.created_at,
                "last_seen": max(seen, default=None),
                "skills": skills.get(user.pk, []),
                "holds": holds,
                "submitted": done.get((user.pk, Action.SUBMIT.value), 0),
                "reviewed": done.get((user.pk, Action.ACCEPT.value), 0)
                + done.get((user.pk, Action.SEND_BACK.value), 0),
                "accepted": fate.get((user.pk, Action.ACCEPT.value), 0),
                "sent_back": fate.get((user.pk, Action.SEND_BACK.value), 0),
                "hours": hours.get(user.pk, 0.0),
            }
        )
    return sorted(found, key=lambda one: (not one["is_active"], str(one["name"]).lower()))


def _skills(project: Project) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    rows = Qualification.objects.filter(skill__project=project).order_by("skill__name")
    for user_id, name in rows.values_list("user_id", "skill__name"):
        found.setdefault(user_id, []).append(name)
    return found


def _leases(project: Project) -> dict[UUID, tuple[int, datetime | None]]:
    rows = (
        Lease.objects.filter(task__project=project)
        .values("holder_id")
        .annotate(holds=Count("id", filter=Q(ended_at__isnull=True)), heard=Max("heard_at"))
        .order_by("holder_id")
    )
    return {row["holder_id"]: (row["holds"], row["heard"]) for row in rows}


def _done(project: Project) -> tuple[dict[Any, int], dict[Any, int]]:
    """What people did, and what became of their own work, by person and action."""
    since = timezone.now() - timedelta(days=DAYS)
    events = TaskEvent.objects.filter(
        task__project=project, created_at__gte=since, action__in=_DONE
    )
    done = events.values_list("actor_id", "action").annotate(count=Count("id"))
    fate = (
        events.filter(stage_before__in=[stage.value for stage in REVIEWING])
        .values_list("task__labeller_id", "action")
        .annotate(count=Count("id"))
    )
    return (
        {(person, action): count for person, action, count in done.order_by("actor_id", "action")},
        {
            (person, action): count
            for person, action, count in fate.order_by("task__labeller_id", "action")
        },
    )
