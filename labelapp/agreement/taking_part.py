"""How agreement takes part in the life of tasks: one version a person, compared when all are in.

Until it is decided, nobody who labelled a version sees the others', whatever their role.
"""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet

from labelapp.accounts.models import User
from labelapp.agreement.models import AgreementGroup, Member, Seat
from labelapp.agreement.services import member_of, seat_take
from labelapp.agreement.services.comparing import done_members
from labelapp.common import jobs
from labelapp.common.prepared import Prepared
from labelapp.labels.models import LabelSet
from labelapp.labels.selectors import label_sets_shown
from labelapp.work import hooks
from labelapp.work.models import Task
from labelapp.work.stages import Action, Stage, State

COMPARE_KIND = "agreement.compare"
#: Where comparing takes long, it must keep nothing short waiting.
QUEUE = "projection"

# Nobody gets two versions of the same, or decides about their own.
_CONDITION = """NOT EXISTS (
    SELECT 1 FROM agreement_member m JOIN agreement_seat s ON s.group_id = m.group_id
    WHERE m.task_id = t.id AND s.user_id = %(user)s AND s.member_id <> m.id)
    AND NOT EXISTS (
    SELECT 1 FROM agreement_agreementgroup g JOIN agreement_seat s ON s.group_id = g.id
    WHERE g.adjudication_id = t.id AND s.user_id = %(user)s)"""

_group_of: Prepared[AgreementGroup] = Prepared(
    lambda task_id: (
        AgreementGroup.objects.select_for_update(of=("self",))
        .filter(members__task_id=task_id)
        .order_by()
    ),
    task_id=UUID,
)
_ENDS = frozenset({Action.SUBMIT, Action.CANCEL})


def register() -> None:
    """Have the tasks app ask and tell here."""
    label_sets_shown.register(_without_others)
    hooks.register(
        condition=_CONDITION, listener=_hear, review_rule=_is_reviewed, objector=_objections
    )


def _without_others(
    label_sets: QuerySet[LabelSet], user: User | AnonymousUser
) -> QuerySet[LabelSet]:
    if not isinstance(user, User):
        return label_sets.none()
    others = (
        Seat.objects.filter(user_id=user.pk, group__members__task__label_set=OuterRef("pk"))
        .exclude(member__task__label_set=OuterRef("pk"))
        .exclude(group__adjudication__stage=Stage.ACCEPTED.value)
    )
    return label_sets.filter(~Exists(others))


def _is_reviewed(task: Task) -> bool | None:
    """A version is compared with the others instead."""
    return None if member_of(task) is None else False


def _hear(task: Task, action: Action, actor: User | None) -> None:
    if action == Action.CLAIM and actor is not None:
        seat_take(task, actor)
    if action not in _ENDS:
        return
    # Locked, so that of the last two at once one sees the other's.
    group = _group_of.first(task_id=task.pk)
    if group is None:
        return
    done = done_members(group)
    if done is not None and len(done) > 1:
        jobs.enqueue(COMPARE_KIND, queue=QUEUE, group_id=group.pk)


def _objections(tasks: Sequence[Task], user: User) -> dict[UUID, str]:
    """Why tasks can't go to somebody who has another version of the same, in three queries."""
    ids = [task.pk for task in tasks]
    members = {m.task_id: m for m in Member.objects.filter(task__in=ids)}
    decided = dict(
        AgreementGroup.objects.filter(adjudication__in=ids).values_list("adjudication_id", "pk")
    )
    groups = {member.group_id for member in members.values()} | set(decided.values())
    if not groups:
        return {}
    has = dict(Seat.objects.filter(group__in=groups, user=user).values_list("group", "member"))
    waiting = Member.objects.filter(group__in=groups, task__assigned_to=user).exclude(
        task__state=State.CLOSED.value
    )
    for group_id, member_id in waiting.values_list("group", "pk"):
        has.setdefault(group_id, member_id)
    found: dict[UUID, str] = {}
    for task_id in ids:
        member = members.get(task_id)
        if member is not None and has.setdefault(member.group_id, member.pk) != member.pk:
            found[task_id] = f"{user.shown_name} labels the same for comparison already."
        elif task_id in decided and decided[task_id] in has:
            found[task_id] = f"{user.shown_name} labelled it; somebody else decides."
    return found
