"""Getting the next task: one SQL statement chooses, takes and leases it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.common.prepared import Prepared
from labelapp.projects.models import Project
from labelapp.work import hooks
from labelapp.work.journal import write
from labelapp.work.models import Lease, Task
from labelapp.work.policies import STAGES_OF
from labelapp.work.services.leases import leases_expire
from labelapp.work.stages import Action, Place, Stage, State

#: Another claim may take the last task of the chosen project in between.
_ATTEMPTS = 5
_NEARLY_DONE_FIRST = (Stage.SECOND_REVIEW, Stage.REVIEW, Stage.FIX, Stage.LABEL)

_STAGES = " ".join(
    "WHEN '{}' THEN t.stage IN ({})".format(
        role.value, ", ".join(f"'{stage.value}'" for stage in sorted(stages)) or "NULL"
    )
    for role, stages in STAGES_OF.items()
)
#: Where the conditions of ``hooks`` go.
_AND_MORE = "/* and more */"
#: What of a project's tasks ``t`` a member ``mine`` may get.
_FOR_ME = f"""
    t.state = 'ready'
    AND (CASE mine.role {_STAGES} ELSE false END)
    AND (t.assigned_to_id IS NULL OR t.assigned_to_id = %(user)s)
    AND (t.preferred_id IS NULL OR t.preferred_id = %(user)s OR t.preferred_until < now())
    AND NOT (t.stage IN ('review', 'second_review')
             AND t.labeller_id IS NOT DISTINCT FROM %(user)s)
    AND NOT (t.stage = 'second_review' AND t.reviewer_id IS NOT DISTINCT FROM %(user)s)
    AND NOT (%(user)s = ANY (t.skipped_by))
    AND (t.skill_id IS NULL OR EXISTS (
        SELECT 1 FROM work_qualification q WHERE q.skill_id = t.skill_id AND q.user_id = %(user)s))
    {_AND_MORE}
"""  # noqa: S608  made of constants
_MINE = """
    mine AS MATERIALIZED (
        SELECT m.project_id, m.role, w.share, w.lease_s
        FROM projects_membership m JOIN work_workflow w ON w.project_id = m.project_id
        WHERE m.user_id = %(user)s AND (%(project)s::uuid IS NULL OR m.project_id = %(project)s)
    )"""
_TAKE = """
    taken AS (
        UPDATE work_task t
        SET state = 'leased', lease_count = t.lease_count + 1, changed_at = now()
        FROM next WHERE t.id = next.id
        RETURNING t.id, t.stage, t.lease_count, next.lease_s
    )
    INSERT INTO work_lease
        (id, created_at, task_id, holder_id, token, stage, heard_at, expires_at, ended_by)
    SELECT gen_random_uuid(), now(), id, %(user)s, lease_count, stage, now(),
           now() + make_interval(secs => lease_s), ''
    FROM taken
    RETURNING id, task_id, token, stage, expires_at"""
#: What waits for somebody in person comes first.
_CLAIM_OWN = f"""
    WITH {_MINE},
    next AS (
        SELECT t.id, mine.lease_s FROM work_task t JOIN mine USING (project_id)
        WHERE (t.assigned_to_id = %(user)s OR t.preferred_id = %(user)s) AND {_FOR_ME}
        ORDER BY t.assigned_to_id = %(user)s DESC NULLS LAST, t.priority DESC, t.ready_since, t.id
        LIMIT 1 FOR UPDATE OF t SKIP LOCKED
    ), {_TAKE}"""  # noqa: S608  made of constants
#: A certain one: what waits for somebody in person, or for an admin any.
_CLAIM_THIS = f"""
    WITH {_MINE},
    next AS (
        SELECT t.id, mine.lease_s FROM work_task t JOIN mine USING (project_id)
        WHERE t.id = %(task)s AND {_FOR_ME}
          AND (t.assigned_to_id = %(user)s OR t.preferred_id = %(user)s OR mine.role = 'admin')
        FOR UPDATE OF t SKIP LOCKED
    ), {_TAKE}"""  # noqa: S608  made of constants
_MAY_DO_STAGE = f"(CASE mine.role {_STAGES.replace('t.stage', 'at.stage')} ELSE false END)"
#: Then what is nearly done, and of that the most urgent; of projects with tasks as urgent, that
#: which has least of its share. What a member may do at all is asked before their tasks are looked
#: at, and of each queue only its head is read, in the order of the index ``task_head``: joined to
#: the project instead, the whole queue would be sorted for each claim.
_CLAIM_ANY = f"""
    WITH {_MINE},
    chosen AS MATERIALIZED (
        SELECT mine.project_id, mine.role, mine.lease_s, at.stage
        FROM unnest(%(stages)s::text[]) WITH ORDINALITY AS at (stage, rank)
        JOIN mine ON {_MAY_DO_STAGE}
        CROSS JOIN LATERAL (
            SELECT t.priority FROM work_task t
            WHERE t.project_id = mine.project_id AND t.stage = at.stage AND {_FOR_ME}
            ORDER BY (t.priority * -1), t.ready_since, t.id LIMIT 1
        ) best
        CROSS JOIN LATERAL (
            SELECT count(*) AS leased FROM work_lease l JOIN work_task held ON held.id = l.task_id
            WHERE l.ended_at IS NULL AND held.project_id = mine.project_id
              AND (SELECT count(*) FROM mine) > 1
        ) busy
        ORDER BY at.rank, best.priority DESC, busy.leased / mine.share, mine.project_id
        LIMIT 1
    ),
    next AS (
        SELECT first.id, mine.lease_s
        FROM chosen AS mine
        CROSS JOIN LATERAL (
            SELECT t.id FROM work_task t
            WHERE t.project_id = mine.project_id AND t.stage = mine.stage AND {_FOR_ME}
            ORDER BY (t.priority * -1), t.ready_since, t.id
            LIMIT 1 FOR UPDATE OF t SKIP LOCKED
        ) first
    ), {_TAKE}"""  # noqa: S608  made of constants

_ANY_LEFT = f"""
    WITH {_MINE}
    SELECT 1 FROM mine JOIN unnest(%(stages)s::text[]) AS at (stage) ON {_MAY_DO_STAGE}
    CROSS JOIN LATERAL (
        SELECT FROM work_task t
        WHERE t.project_id = mine.project_id AND t.stage = at.stage AND {_FOR_ME} LIMIT 1
    ) one LIMIT 1"""  # noqa: S608  made of constants

_taken: Prepared[Task] = Prepared(
    lambda task_id: Task.objects.select_related("label_set").filter(pk=task_id).order_by(),
    task_id=UUID,
)
Row = tuple[UUID, UUID, int, str, datetime]
Values = Mapping[str, UUID | list[str] | None]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A lease that has just begun.

    Attributes:
        lease_id: Of the lease.
        task_id: What is to be done.
        token: The fencing token, to be sent with all that is saved.
        stage: What is to be done with it.
        expires_at: Until when, unless the holder is heard of.
    """

    lease_id: UUID
    task_id: UUID
    token: int
    stage: Stage
    expires_at: datetime


@transaction.atomic
def task_claim(
    *, actor: User, project: Project | None = None, task_id: UUID | None = None
) -> Claimed | None:
    """Lease the next task to somebody, or return None where there is none for them.

    What is assigned to them or comes back to them is first, then what is nearly done (reviews
    before new labels), then by priority, the projects' shares, and age. Two claims never get the
    same task: the statement locks the row it takes and skips rows that others have locked; a
    partial unique index would refuse a second lease all the same.

    Args:
        actor: Who wants to work.
        project: Only this one's tasks; None: of all projects that they are a member of.
        task_id: This one and no other: it has to wait for them in person, or they are admin.
    """
    # One claim of a person at a time, so that what they have already keeps them from more of it.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=actor.pk)
    leases_expire(limit=20)
    values = {"user": actor.pk, "project": None if project is None else project.pk}
    row = (
        _next_row(actor, project, values)
        if task_id is None
        else _first_row(_CLAIM_THIS, {**values, "task": task_id})
    )
    if row is None:
        return None
    claimed = Claimed(row[0], row[1], row[2], Stage(row[3]), row[4])
    (task,) = _taken.all(task_id=claimed.task_id)
    write(task, Action.CLAIM, actor, Place(claimed.stage, State.READY), token=claimed.token)
    return claimed


def _next_row(actor: User, project: Project | None, values: Values) -> Row | None:
    row = _first_row(_CLAIM_OWN, values)
    if row is None and hooks.has_offer(actor, project):
        row = _first_row(_CLAIM_OWN, values)
    if row is None:
        row = _at_stages(values, _NEARLY_DONE_FIRST)
    return row


def _at_stages(values: Values, stages: Sequence[Stage]) -> Row | None:
    asked = {**values, "stages": [stage.value for stage in stages]}
    row = _first_row(_CLAIM_ANY, asked)
    if row is not None or _first_row(_ANY_LEFT, asked) is None:
        return row
    # Others are just taking the best: it, or what comes after it at a later stage, may be left.
    for stage in stages:
        asked = {**values, "stages": [stage.value]}
        for _ in range(_ATTEMPTS):
            row = _first_row(_CLAIM_ANY, asked)
            if row is not None:
                return row
            if _first_row(_ANY_LEFT, asked) is None:
                break
    return None


def _first_row(statement: str, values: Values) -> Row | None:
    # Apps above say more about who gets what.
    more = "".join(f" AND ({condition})" for condition in hooks.claim_conditions)
    with connection.cursor() as cursor:
        cursor.execute(statement.replace(_AND_MORE, more), values)
        row: Row | None = cursor.fetchone()
        return row


_SHOWN = (
    *("holder", "task__clip__project", "task__label_set", "task__skill"),
    *("task__labeller", "task__reviewer", "task__assigned_to"),
)


def held_by(user: User) -> list[Lease]:
    """Return the leases that somebody has now, the newest first."""
    running = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    found = Lease.objects.filter(running, holder=user, ended_at__isnull=True)
    return list(found.select_related(*_SHOWN))
