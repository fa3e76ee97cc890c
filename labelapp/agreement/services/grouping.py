"""Giving the same to several people, and none of them two of it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from labelapp.accounts.models import User
from labelapp.agreement.errors import SeatTakenError
from labelapp.agreement.models import MOST_PEOPLE, AgreementGroup, Member, Seat
from labelapp.clips.models import Clip
from labelapp.common.errors import InvalidError
from labelapp.common.prepared import Prepared
from labelapp.labels.checks import layer_of
from labelapp.labels.models import LabelSet, Source
from labelapp.labels.selectors import COPY_MARK
from labelapp.projects.models import Project
from labelapp.work import hooks
from labelapp.work.models import Skill, Task, TaskEvent
from labelapp.work.policies import require_manager, require_works_by_tasks
from labelapp.work.stages import Action, Stage, State

_BATCH = 1000
_MOST_CLIPS = 2000


@dataclass(frozen=True, slots=True)
class GroupRule:
    """What several people get.

    Attributes:
        layer: Of the project's ontology.
        clip_ids: Which clips.
        people: How many get the same, 2 to 10.
        priority: Greater comes first.
        skill: Name of the skill that one needs to have; empty: none.
        from_ns: Where the part begins that is labelled; None: all of the clip.
        to_ns: Where it ends, not part of it any more.
        start_from: What the labels begin as, see ``prelabels``.
    """

    layer: str
    clip_ids: Sequence[UUID]
    people: int = 2
    priority: int = 0
    skill: str = ""
    from_ns: int | None = None
    to_ns: int | None = None
    start_from: Mapping[str, Any] | None = None


@transaction.atomic
def groups_create(*, actor: User, project: Project, rule: GroupRule) -> list[AgreementGroup]:
    """Make a group of tasks for each clip that has no task in the layer yet.

    Each task has a label set of its own. What is decided in the end goes into the clip's ordinary
    one.

    Raises:
        InvalidError: No such layer, a clip that isn't the project's, too few or too many people, a
            part that isn't within a clip.
        ConflictError: The project has no workflow.
    """
    clips = _clips(actor, project, rule)
    taken = set(
        Task.objects.filter(project=project, layer=rule.layer, clip__in=clips).values_list(
            "clip_id", flat=True
        )
    )
    groups = [
        AgreementGroup(
            project=project,
            clip=clip,
            layer=rule.layer,
            from_ns=rule.from_ns,
            to_ns=rule.to_ns,
            people=rule.people,
            created_by=actor,
        )
        for clip in clips
        if clip.pk not in taken
    ]
    AgreementGroup.objects.bulk_create(groups, batch_size=_BATCH)
    wanted = None
    if rule.skill:
        wanted, _ = Skill.objects.get_or_create(project=project, name=rule.skill)
    tasks = _tasks(groups, priority=rule.priority, skill=wanted)
    _write(tasks, actor)
    hooks.tell_made(tasks, {"start_from": rule.start_from})
    return groups


def _clips(actor: User, project: Project, rule: GroupRule) -> list[Clip]:
    """The clips that a rule names, locked, so that two admins don't make two groups of one."""
    require_manager(actor, project)
    require_works_by_tasks(project)
    if layer_of(project, rule.layer) is None:
        raise _wrong("layer", f"The project's ontology has no layer '{rule.layer}'.")
    if not 2 <= rule.people <= MOST_PEOPLE:
        raise _wrong("people", f"people: expected 2 to {MOST_PEOPLE}, found {rule.people}.")
    if len(rule.clip_ids) > _MOST_CLIPS:
        msg = f"clip_ids: expected at most {_MOST_CLIPS}, found {len(rule.clip_ids)}."
        raise _wrong("clip_ids", msg)
    clips = list(
        Clip.objects.select_for_update(of=("self",))
        .filter(project=project, pk__in=rule.clip_ids)
        .order_by("created_at", "id")
    )
    if missing := len(set(rule.clip_ids)) - len(clips):
        msg = f"{missing} of these clips are not in project '{project.slug}'."
        raise _wrong("clip_ids", msg)
    _check_part(clips, rule.from_ns, rule.to_ns)
    return clips


def _check_part(clips: Sequence[Clip], from_ns: int | None, to_ns: int | None) -> None:
    if (from_ns is None) != (to_ns is None):
        raise _wrong("to_ns", "from_ns and to_ns: expected both or neither.")
    if from_ns is None or to_ns is None:
        return
    for clip in clips:
        if not clip.start_ns <= from_ns < to_ns <= clip.end_ns + 1:
            msg = (
                f"from_ns, to_ns: expected a part of clip '{clip.name}', which goes from"
                f" {clip.start_ns} to {clip.end_ns}, found {from_ns} to {to_ns}."
            )
            raise _wrong("from_ns", msg)


def _tasks(groups: Sequence[AgreementGroup], *, priority: int, skill: Skill | None) -> list[Task]:
    tasks, members, label_sets = [], [], []
    for group in groups:
        for position in range(1, group.people + 1):
            label_set = LabelSet(
                clip=group.clip,
                layer=group.layer,
                source=Source.HUMAN,
                name=f"{COPY_MARK}{uuid.uuid4().hex}",
            )
            task = Task(
                project_id=group.project_id,
                clip=group.clip,
                label_set=label_set,
                layer=group.layer,
                from_ns=group.from_ns,
                to_ns=group.to_ns,
                priority=priority,
                skill=skill,
            )
            label_sets.append(label_set)
            tasks.append(task)
            members.append(Member(group=group, task=task, position=position))
    LabelSet.objects.bulk_create(label_sets, batch_size=_BATCH)
    Task.objects.bulk_create(tasks, batch_size=_BATCH)
    Member.objects.bulk_create(members, batch_size=_BATCH)
    return tasks


def _write(tasks: Sequence[Task], actor: User) -> None:
    TaskEvent.objects.bulk_create(
        (
            TaskEvent(
                task=task,
                action=Action.CREATE.value,
                actor=actor,
                stage_before=Stage.LABEL.value,
                stage=Stage.LABEL.value,
                state_before=State.READY.value,
                state=State.READY.value,
                revision=0,
            )
            for task in tasks
        ),
        batch_size=_BATCH,
    )


_member_of: Prepared[Member] = Prepared(
    lambda task_id: Member.objects.filter(task_id=task_id).order_by(), task_id=UUID
)


def member_of(task: Task) -> Member | None:
    """Return which version of a group a task is, None for one like any other."""
    return _member_of.first(task_id=task.pk)


def seat_take(task: Task, user: User) -> None:
    """Write down that somebody has a version, so that they get no other of the same.

    Raises:
        SeatTakenError: They have had another one.
    """
    member = member_of(task)
    if member is None:
        return
    seat, _ = Seat.objects.get_or_create(
        group_id=member.group_id, user=user, defaults={"member": member}
    )
    if seat.member_id != member.pk:
        msg = f"{user.shown_name} has labelled the same for comparison already."
        raise SeatTakenError(msg)


def _wrong(name: str, sentence: str) -> InvalidError:
    return InvalidError(sentence, details={"fields": {name: [sentence]}})
