"""Whoever saves labels of a task needs its lease: a late one is told, and changes nothing."""

from uuid import UUID

from labelapp.accounts.models import User
from labelapp.common.prepared import Prepared
from labelapp.labels import guards
from labelapp.labels.models import LabelSet, Source
from labelapp.work.errors import LeaseLostError
from labelapp.work.models import Lease, Task, Workflow
from labelapp.work.policies import is_manager
from labelapp.work.services.leases import lost
from labelapp.work.stages import State

# Locked until the save is done: nobody ends the lease in between.
_lease_locked: Prepared[Lease] = Prepared(
    lambda lease_id, token, holder_id, label_set_id: (
        Lease.objects.select_for_update(of=("self",))
        .filter(pk=lease_id, token=token, holder_id=holder_id, task__label_set_id=label_set_id)
        .order_by()
    ),
    lease_id=UUID,
    token=int,
    holder_id=UUID,
    label_set_id=UUID,
)
_has_workflow: Prepared[UUID] = Prepared(
    lambda project_id: (
        Workflow.objects.filter(project_id=project_id).order_by().values_list("pk", flat=True)
    ),
    project_id=UUID,
)


def register() -> None:
    """Have the labels app ask here before it saves."""
    guards.register(require_lease)


def require_lease(actor: User, label_set: LabelSet, proof: str) -> None:
    """Raise unless somebody holds the lease of the task that a label set belongs to.

    Projects without a workflow, and label sets that aren't people's work, have no tasks. Admins may
    correct what nobody has at the moment.

    Raises:
        LeaseLostError: Without a lease, or with one that has ended.
    """
    project = label_set.clip.project
    if label_set.source != Source.HUMAN or not _has_workflow.all(project_id=project.pk):
        return
    if not proof:
        if is_manager(actor, project) and not _is_taken(label_set):
            return
        msg = "These labels are worked on by tasks: get the task first, under «Next task»."
        raise LeaseLostError(msg)
    lease_id, token = _parsed(proof)
    lease = _lease_locked.first(
        lease_id=lease_id, token=token, holder_id=actor.pk, label_set_id=label_set.pk
    )
    if lease is None or lease.ended_at is not None:
        raise lost(lease)


def _is_taken(label_set: LabelSet) -> bool:
    return Task.objects.filter(
        label_set=label_set, state__in=[State.LEASED.value, State.PAUSED.value]
    ).exists()


def _parsed(proof: str) -> tuple[UUID, int]:
    lease_id, _, token = proof.partition(":")
    try:
        return UUID(lease_id), int(token) if token.isascii() and len(token) <= 18 else -1
    except ValueError:
        msg = "X-Lease: expected «lease id:token», as the claim gave them."
        raise LeaseLostError(msg) from None
