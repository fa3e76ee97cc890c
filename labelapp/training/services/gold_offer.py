"""Handing out hidden gold, in between and like any other task."""

import random
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, When

from labelapp.accounts.models import User
from labelapp.common.prepared import Prepared
from labelapp.projects.models import Membership, Project, Role
from labelapp.training.models import Attempt, Gold, GoldSettings
from labelapp.training.selectors import running_score
from labelapp.work.copies import copy_task
from labelapp.work.models import Lease, Task, TaskEvent
from labelapp.work.stages import Action, Stage, State

_settings_for: Prepared[GoldSettings] = Prepared(
    lambda user_id: GoldSettings.objects.filter(
        Exists(
            Membership.objects.filter(
                project=OuterRef("project"),
                user_id=user_id,
                role=Role.LABELLER,
                project__workflow__isnull=False,
            )
        )
    ),
    user_id=UUID,
)


def gold_offer(user: User, project: Project | None) -> bool:
    """Make a hidden gold task for a labeller who wants their next one, if it is drawn.

    Only labellers get it: everybody else could look the gold up. Nobody gets a clip twice, or one
    that they had as an ordinary task.

    Returns:
        Whether one was made, which only they get.
    """
    for settings in _settings_of(user, project):
        record = running_score(user, settings)
        is_watched = record.tasks < settings.watched_tasks or (
            record.score is not None and record.score < settings.pass_score
        )
        rate = max(settings.rate, settings.watched_rate) if is_watched else settings.rate
        if random.random() >= rate:  # noqa: S311  drawn, not a secret: nobody sees the numbers
            continue
        gold = _candidate(user, settings)
        if gold is not None:
            task = _task_like_others(gold, user)
            Attempt.objects.create(gold=gold, task=task, user=user)
            return True
    return False


def _settings_of(user: User, project: Project | None) -> list[GoldSettings]:
    """The settings of the projects that somebody labels in, or of this one if they do."""
    found = _settings_for.all(user_id=user.pk)
    return [one for one in found if project is None or one.project_id == project.pk]


def _candidate(user: User, settings: GoldSettings) -> Gold | None:
    had = Lease.objects.filter(task__clip=OuterRef("clip"), holder=user)
    theirs = Task.objects.filter(clip=OuterRef("clip")).filter(
        Q(labeller=user) | Q(assigned_to=user) | Q(attempt__user=user)
    )
    free = Gold.objects.filter(project=settings.project_id, is_hidden_check=True).exclude(
        Exists(had) | Exists(theirs)
    )
    return free.select_related("project", "clip").order_by("?").first()


def _task_like_others(gold: Gold, user: User) -> Task:
    """Make a task that reads like those beside it: as urgent, as old, made by the same admin."""
    able = Q(skill__isnull=True) | Q(skill__qualifications__user=user)
    others = Task.objects.filter(
        able, project=gold.project_id, layer=gold.layer, stage=Stage.LABEL, attempt__isnull=True
    )
    other = others.order_by(
        Case(When(state=State.READY.value, then=0), default=1), "-priority", "ready_since", "id"
    ).first()
    since = gold.created_at if other is None else other.ready_since
    task = copy_task(
        project=gold.project,
        clip=gold.clip,
        layer=gold.layer,
        priority=0 if other is None else other.priority,
        skill_id=None if other is None else other.skill_id,
        # Not assigned, which is shown: `taking_part` keeps others from it.
        preferred=user,
        ready_since=since,
        changed_at=since,
    )
    made = TaskEvent.objects.filter(task=other, action=Action.CREATE.value).first()
    TaskEvent.objects.create(
        task=task,
        action=Action.CREATE.value,
        actor_id=gold.created_by_id if made is None else made.actor_id,
        stage_before=Stage.LABEL.value,
        stage=Stage.LABEL.value,
        state_before=State.READY.value,
        state=State.READY.value,
        revision=0,
        created_at=since if made is None else made.created_at,
    )
    return task
