"""Work over time: what was done each day, and how long people were at it."""

import datetime as dt
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from labelapp.projects.models import Project

LONGEST_DAYS = 366
#: What says nothing about who is at a task.
_BESIDE = "('create', 'prioritise', 'assign', 'split', 'release', 'reopen', 'cancel')"
#: Each event with the next one of its task: between claiming or resuming and what comes then,
#: somebody is at it. Of who just went away it counts when they were last heard.
_MOVES = f"""
    moves AS (
        SELECT e.task_id, e.actor_id, e.action, e.stage_before, e.created_at,
               lead(e.created_at) OVER w AS next_at, lead(e.action) OVER w AS next_action
        FROM work_taskevent e JOIN work_task t ON t.id = e.task_id
        WHERE t.project_id = %(project)s AND e.created_at >= %(since)s
          AND e.action NOT IN {_BESIDE}
        WINDOW w AS (PARTITION BY e.task_id ORDER BY e.id)
    ),
    worked AS (
        SELECT m.*, CASE WHEN m.action NOT IN ('claim', 'resume') THEN 0 ELSE
            extract(epoch FROM greatest(
                CASE WHEN m.next_at IS NOT NULL AND m.next_action <> 'expire' THEN m.next_at
                ELSE coalesce((
                    SELECT max(l.heard_at) FROM work_lease l
                    WHERE l.task_id = m.task_id AND l.holder_id = m.actor_id
                      AND l.heard_at <= coalesce(m.next_at, now())
                ), m.created_at) END, m.created_at) - m.created_at)
        END AS seconds
        FROM moves m
    )"""  # noqa: S608  made of constants
_BY_DAY = f"""
    WITH {_MOVES}
    SELECT (created_at AT TIME ZONE 'UTC')::date AS day,
           count(*) FILTER (WHERE action = 'submit') AS submitted,
           count(*) FILTER (WHERE action = 'accept') AS accepted,
           count(*) FILTER (WHERE action = 'send_back') AS sent_back,
           coalesce(sum(seconds) FILTER (WHERE stage_before IN ('label', 'fix')), 0)
               AS labelling_s,
           coalesce(sum(seconds) FILTER (WHERE stage_before IN ('review', 'second_review')), 0)
               AS reviewing_s
    FROM worked GROUP BY day"""  # noqa: S608  made of constants
_BY_PERSON = f"""
    WITH {_MOVES}
    SELECT actor_id, sum(seconds) FROM worked WHERE actor_id IS NOT NULL
    GROUP BY actor_id"""  # noqa: S608  made of constants
#: What the labels of the label sets that were submitted first that day cost until now.
_COST = """
    WITH submitted AS (
        SELECT t.label_set_id, min(e.created_at) AS at
        FROM work_taskevent e JOIN work_task t ON t.id = e.task_id
        WHERE t.project_id = %(project)s AND e.action = 'submit' AND e.stage_before = 'label'
          AND e.created_at >= %(since)s
        GROUP BY t.label_set_id
    )
    SELECT (s.at AT TIME ZONE 'UTC')::date AS day, sum(cost.actions), sum(made.labels)
    FROM submitted s
    CROSS JOIN LATERAL (
        SELECT sum(actions) AS actions FROM labels_effort WHERE label_set_id = s.label_set_id
    ) cost
    CROSS JOIN LATERAL (
        SELECT count(*) AS labels FROM labels_label
        WHERE label_set_id = s.label_set_id AND body IS NOT NULL
    ) made
    WHERE cost.actions IS NOT NULL GROUP BY day"""

DAY_COLUMNS: Sequence[str] = (
    *("day", "submitted", "accepted", "sent_back", "labelling_h", "reviewing_h"),
    *("actions", "labels"),
)


def work_by_day(project: Project, *, days: int) -> list[dict[str, Any]]:
    """Return what was done on each of the last days (UTC), the oldest first, today included.

    Each has ``day``; ``submitted``, ``accepted``, ``sent_back`` tasks; ``labelling_h`` and
    ``reviewing_h``, hours for which people had tasks and didn't pause, by the day they took them;
    ``actions`` and ``labels`` of the label sets that were first submitted that day.
    """
    today = timezone.now().astimezone(dt.UTC).date()
    first = today - timedelta(days=days - 1)
    values = _values(project, first)
    worked = {row[0]: row[1:] for row in _rows(_BY_DAY, values)}
    cost = {row[0]: row[1:] for row in _rows(_COST, values)}
    found = []
    for number in range(days):
        day = first + timedelta(days=number)
        submitted, accepted, sent_back, labelling_s, reviewing_s = worked.get(day, (0,) * 5)
        actions, labels = cost.get(day, (0, 0))
        found.append(
            {
                "day": day,
                "submitted": submitted,
                "accepted": accepted,
                "sent_back": sent_back,
                "labelling_h": float(labelling_s) / 3600,
                "reviewing_h": float(reviewing_s) / 3600,
                "actions": int(actions),
                "labels": int(labels),
            }
        )
    return found


def hours_by_person(project: Project, *, days: int) -> dict[UUID, float]:
    """Return for how many hours of the last days people had tasks and didn't pause."""
    first = timezone.now().astimezone(dt.UTC).date() - timedelta(days=days - 1)
    rows = _rows(_BY_PERSON, _values(project, first))
    return {person: float(seconds) / 3600 for person, seconds in rows}


def _values(project: Project, first: dt.date) -> dict[str, UUID | dt.datetime]:
    since = dt.datetime.combine(first, dt.time(), dt.UTC)
    return {"project": project.pk, "since": since}


def _rows(statement: str, values: dict[str, UUID | dt.datetime]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
