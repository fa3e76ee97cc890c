"""What whoever has a task does with it: submit, accept, send back, pause, give away."""

import random
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.common import jobs
from labelapp.common.errors import InvalidError
from labelapp.common.prepared import Prepared
from labelapp.projects.models import Membership, Role
from labelapp.work.hooks import objections, reviewed_by_rule
from labelapp.work.journal import end_lease, move
from labelapp.work.models import Lease, Task, TaskEvent, Workflow
from labelapp.work.policies import STAGES_OF
from labelapp.work.services.leases import lease_hold, lease_length
from labelapp.work.stages import LABELLING, Action, Stage

#: What is done with a task once it is accepted; ``review`` knows how.
ACCEPTED_JOB = "review.score_correction"
_QUEUE = "projection"
_WITH_REASON = frozenset({Action.SKIP, Action.SEND_BACK})
_HANDED_ON = frozenset({Action.SUBMIT, Action.ACCEPT, Action.SEND_BACK})
MINE = (
    Action.SUBMIT, Action.ACCEPT, Action.SEND_BACK, Action.PAUSE, Action.RESUME, Action.RETURN,
    Action.SKIP, Action.HAND_OVER,
)  # fmt: skip

_workflow: Prepared[Workflow] = Prepared(
    lambda project_id: Workflow.objects.filter(project_id=project_id).order_by(), project_id=UUID
)


@transaction.atomic
def task_finish(
    *,
    actor: User,
    lease_id: UUID,
    token: int,
    action: Action,
    note: str = "",
    to: User | None = None,
) -> Lease:
    """Do something with a task that one has; returns the lease as it is then.

    Args:
        actor: Who has it.
        lease_id: Their lease.
        token: Its fencing token.
        action: One of ``MINE``.
        note: Why; needed to skip a task or to send it back.
        to: Who gets it, for handing it over.

    Raises:
        LeaseLostError: They don't have it any more.
        TransitionError: Not at this stage.
        InvalidError: No reason given where one is needed, nobody to hand over to.
    """
    if action not in MINE:
        msg = f"action: expected one of {', '.join(MINE)}, found '{action}'."
        raise InvalidError(msg)
    if action in _WITH_REASON and not note.strip():
        what = "skip it" if action == Action.SKIP else "send it back"
        msg = f"Say why you {what}: whoever gets it next needs to know."
        raise InvalidError(msg, details={"fields": {"note": [msg]}})
    lease = lease_hold(actor=actor, lease_id=lease_id, token=token)
    task = lease.task
    if action in {Action.PAUSE, Action.RESUME}:
        length = lease_length(task)
        lease.expires_at = None if action == Action.PAUSE else timezone.now() + length
        lease.save(update_fields=["expires_at"])
        move(task, action, actor, note=note)
        return lease
    ended_at = end_lease(task, action)
    _DO[action](task, actor, to)
    (workflow,) = _workflow.all(project_id=task.project_id)
    move(
        task,
        action,
        actor,
        note=note,
        is_reviewed=action != Action.SUBMIT or _is_reviewed(task, actor, workflow),
        is_reviewed_twice=_drawn(workflow.second_review_share),
        settle=partial(_settle, workflow=workflow) if action in _HANDED_ON else None,
        **({"to": str(to.pk)} if to is not None else {}),
    )
    if task.stage == Stage.ACCEPTED and action in _HANDED_ON:
        jobs.enqueue(ACCEPTED_JOB, queue=_QUEUE, task_id=task.pk)
    lease.ended_at, lease.ended_by = ended_at, action.value
    return lease


def _submit(task: Task, actor: User, to: User | None) -> None:
    del to
    task.labeller = actor
    task.assigned_to = None
    task.submitted_revision = task.label_set.revision
    task.skipped_by = []


def _accept(task: Task, actor: User, to: User | None) -> None:
    del to
    task.reviewer = actor
    task.assigned_to = None


def _send_back(task: Task, actor: User, to: User | None) -> None:
    _accept(task, actor, to)
    task.sent_back_count += 1


def _return(task: Task, actor: User, to: User | None) -> None:
    del actor, to
    task.preferred, task.preferred_until = None, None


def _skip(task: Task, actor: User, to: User | None) -> None:
    _return(task, actor, to)
    task.skipped_by = sorted({*task.skipped_by, actor.pk}, key=str)
    task.assigned_to = None


def _hand_over(task: Task, actor: User, to: User | None) -> None:
    if to is None or to.pk == actor.pk:
        msg = "Name somebody else to hand the task over to."
        raise InvalidError(msg, details={"fields": {"to": [msg]}})
    require_can_get(task, to)
    task.assigned_to = to
    # It waits for nobody else.
    task.preferred, task.preferred_until = None, None


_DO = {
    Action.SUBMIT: _submit,
    Action.ACCEPT: _accept,
    Action.SEND_BACK: _send_back,
    Action.RETURN: _return,
    Action.SKIP: _skip,
    Action.HAND_OVER: _hand_over,
}


def require_can_get(task: Task, user: User) -> None:
    """Raise unless a task at its stage could go to somebody.

    Raises:
        InvalidError: They are no member, their role doesn't do this, or it is their own work.
    """
    member = Membership.objects.filter(project=task.project_id, user=user).first()
    role = None if member is None or not user.is_active else Role(member.role)
    why = why_not_for(task, user, role) or objections([task], user).get(task.pk)
    if why is not None:
        raise InvalidError(why, details={"fields": {"to": [why]}})


def why_not_for(task: Task, user: User, role: Role | None) -> str | None:
    """Return why a task at its stage can't go to somebody; None: it can.

    Args:
        task: Which.
        user: Who.
        role: What they are in its project; None: they are no member, or not active.
    """
    stage = Stage(task.stage)
    reason = None
    if role is None:
        reason = "is not a member of the project"
    elif stage not in STAGES_OF[role]:
        reason = f"is {role.label.lower()}, who does no {stage.replace('_', ' ')}"
    elif stage not in LABELLING and user.pk == task.labeller_id:
        reason = "labelled it; nobody reviews their own work"
    elif stage == Stage.SECOND_REVIEW and user.pk == task.reviewer_id:
        reason = "reviewed it already; the second look is somebody else's"
    return None if reason is None else f"{user.shown_name} {reason}."


def _drawn(share: float) -> bool:
    return random.random() < share  # noqa: S311  nobody gains by guessing it


def _is_reviewed(task: Task, labeller: User, workflow: Workflow) -> bool:
    """Whether somebody looks at submitted work: always where it was sent back before."""
    if (by_rule := reviewed_by_rule(task)) is not None:
        return by_rule
    if task.sent_back_count > 0:
        return True
    share = workflow.review_share
    if workflow.trusted_review_share != share and _is_trusted(labeller, workflow):
        share = workflow.trusted_review_share
    return _drawn(share)


def _is_trusted(labeller: User, workflow: Workflow) -> bool:
    """Whether a labeller's last reviewed tasks were nearly all accepted at once."""
    outcomes = list(
        TaskEvent.objects.filter(
            Q(action=Action.ACCEPT.value) | Q(action=Action.SEND_BACK.value),
            stage_before=Stage.REVIEW.value,
            task__labeller=labeller,
            task__project=workflow.project_id,
        )
        .order_by("-id")
        .values_list("action", flat=True)[: workflow.trusted_from_tasks]
    )
    if len(outcomes) < workflow.trusted_from_tasks:
        return False
    accepted = sum(action == Action.ACCEPT.value for action in outcomes)
    return accepted >= workflow.trusted_from_share * len(outcomes)


def _settle(task: Task, workflow: Workflow) -> None:
    """Say who is first in line for a task at its new stage, and what was accepted."""
    first_in_line = {Stage.FIX: task.labeller_id, Stage.REVIEW: task.reviewer_id}
    task.preferred_id = first_in_line.get(Stage(task.stage)) or task.preferred_id
    if task.stage in {Stage.SECOND_REVIEW, Stage.ACCEPTED}:
        task.preferred_id = None
    task.preferred_until = (
        None
        if task.preferred_id is None
        else timezone.now() + timedelta(seconds=workflow.preferred_s)
    )
    if task.stage == Stage.ACCEPTED:
        task.accepted_revision = task.label_set.revision
