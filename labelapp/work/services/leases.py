"""Keeping a lease alive, and ending those nobody has been heard of."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.common.prepared import Prepared
from labelapp.projects.selectors import projects_visible_to
from labelapp.work.errors import LeaseLostError, TaskNotFoundError
from labelapp.work.journal import end_lease, move
from labelapp.work.models import Lease, Task, Workflow
from labelapp.work.stages import Action

#: Work whose lease ran out waits so long for who had it.
_GRACE = timedelta(hours=1)


def _locked(user: User, lease_id: UUID) -> QuerySet[Lease]:
    return (
        Lease.objects.select_for_update(of=("self", "task"))
        .select_related("task__label_set", "task__project")
        .filter(pk=lease_id, task__project__in=projects_visible_to(user))
        .order_by()
    )


_locked_for_member: Prepared[Lease] = Prepared(
    lambda user_id, lease_id: _locked(User(pk=user_id), lease_id), user_id=UUID, lease_id=UUID
)
_lease_s: Prepared[int] = Prepared(
    lambda project_id: (
        Workflow.objects.filter(project_id=project_id).order_by().values_list("lease_s", flat=True)
    ),
    project_id=UUID,
)
_late: Prepared[UUID] = Prepared(
    lambda now: (
        Lease.objects.filter(ended_at__isnull=True, expires_at__lt=now)
        .order_by()
        .values_list("task_id", flat=True)[:1]
    ),
    now=datetime,
)


def lease_hold(*, actor: User, lease_id: UUID, token: int) -> Lease:
    """Lock somebody's lease and its task, and return it while it is theirs.

    A lease that has run out, but that nobody else has got since, is still theirs.

    Raises:
        TaskNotFoundError: There is none that they may know of.
        LeaseLostError: It has ended, or it is somebody else's.
    """
    if actor.is_active and not actor.is_superuser:
        found = _locked_for_member.first(user_id=actor.pk, lease_id=lease_id)
    else:
        found = _locked(actor, lease_id).first()
    if found is None:
        msg = "There is no such lease, or you are not a member of its project."
        raise TaskNotFoundError(msg)
    if found.holder_id != actor.pk or found.token != token:
        raise lost(None)
    if found.ended_at is not None:
        raise lost(found)
    found.holder = actor
    return found


def lost(lease: Lease | None) -> LeaseLostError:
    """The error that says why somebody's lease is theirs no more."""
    if lease is None:
        return LeaseLostError("This task is not yours, or your lease of it was replaced.")
    reasons = {
        Action.EXPIRE: "was not heard of for too long",
        Action.TAKE_BACK: "was ended by an admin",
        Action.HOLD: "was ended by an admin, who holds the task",
        Action.CANCEL: "was ended by an admin, who cancelled the task",
    }
    why = reasons.get(Action(lease.ended_by), "has ended")
    return LeaseLostError(
        f"Your lease of this task {why}. What you saved before is kept.",
        details={"ended_at": lease.ended_at, "ended_by": lease.ended_by},
    )


@transaction.atomic
def lease_heartbeat(*, actor: User, lease_id: UUID, token: int) -> Lease:
    """Keep a lease alive and return it.

    Raises:
        LeaseLostError: It has ended.
    """
    lease = lease_hold(actor=actor, lease_id=lease_id, token=token)
    lease.heard_at = timezone.now()
    if lease.expires_at is not None:  # a paused one doesn't run out
        lease.expires_at = lease.heard_at + lease_length(lease.task)
    lease.save(update_fields=["heard_at", "expires_at"])
    return lease


def lease_length(task: Task) -> timedelta:
    """How long a lease lasts without being heard of."""
    (seconds,) = _lease_s.all(project_id=task.project_id)
    return timedelta(seconds=seconds)


def leases_expire(*, limit: int = 1000) -> int:
    """End leases that have run out and give their tasks back to the queue; return how many.

    Who had such a task is preferred for an hour: they may just have been at lunch.
    """
    # Nearly always there is none, which one look tells: each claim asks first.
    return _expire(limit) if _late.all(now=timezone.now()) else 0


@transaction.atomic
def _expire(limit: int) -> int:
    late = list(
        Task.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("label_set")
        .filter(leases__ended_at__isnull=True, leases__expires_at__lt=timezone.now())
        .order_by("id")[:limit]
    )
    for task in late:
        lease = task.leases.filter(ended_at__isnull=True).first()
        if lease is None or lease.expires_at is None or lease.expires_at >= timezone.now():
            continue
        end_lease(task, Action.EXPIRE)
        task.preferred_id = lease.holder_id
        task.preferred_until = timezone.now() + _GRACE
        move(task, Action.EXPIRE, None, holder=str(lease.holder_id))
    return len(late)
