"""What admins set up: how work goes in a project, and which clips get tasks."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.common.errors import InvalidError
from labelapp.labels.checks import layer_of
from labelapp.labels.models import LabelSet, Source
from labelapp.projects.models import Project
from labelapp.work import hooks
from labelapp.work.clip_rule import ClipRule
from labelapp.work.models import Skill, Task, TaskEvent, Workflow
from labelapp.work.policies import require_manager, require_works_by_tasks
from labelapp.work.services.task_split import SHORTEST_PIECE_S, pieces
from labelapp.work.stages import Action, Stage, State

#: Tasks that are made at once; whoever wants more asks again.
MOST_MADE = 10_000
#: Where a new task may begin.
FIRST_STAGES = (Stage.LABEL, Stage.REVIEW)


@transaction.atomic
def workflow_save(*, actor: User, project: Project, **settings: Any) -> Workflow:
    """Set how work goes in a project; the first time turns tasks on.

    Raises:
        InvalidError: A setting out of its range.
    """
    require_manager(actor, project)
    workflow = Workflow.objects.select_for_update().filter(project=project).first()
    workflow = workflow or Workflow(project=project)
    for name, value in settings.items():
        setattr(workflow, name, value)
    try:
        workflow.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise InvalidError(
            "The workflow has settings out of range.", details={"fields": error.message_dict}
        ) from error
    workflow.save()
    return workflow


@dataclass(frozen=True, slots=True)
class TaskRule:
    """Which clips get a task, and what it is like.

    Attributes:
        layer: Of the project's ontology; clips that have a task in it get no other.
        clip_ids: Only these clips; None: all.
        clips: What they have to be.
        stage: Where the tasks begin: ``review`` for labels that are there already.
        priority: Greater comes first.
        skill: Name of the skill that one needs to have; empty: none.
        start_from: What the labels begin as, which the apps above know of; see ``prelabels``.
        piece_s: A clip that is longer gets several tasks on the same labels, parts of the same
            length, as few as are at most so long, seconds; None: one for all of it.
    """

    layer: str
    clip_ids: Sequence[UUID] | None = None
    clips: ClipRule = field(default_factory=ClipRule)
    stage: Stage = Stage.LABEL
    priority: int = 0
    skill: str = ""
    start_from: Mapping[str, Any] | None = None
    piece_s: float | None = None


def tasks_to_create(*, actor: User, project: Project, **rule: Any) -> int:
    """Return how many tasks a rule would make; makes none.

    Raises:
        InvalidError: No such layer, a clip that isn't the project's.
        ConflictError: The project has no workflow.
    """
    like = TaskRule(**rule)
    clips = _without_task(actor, project, like)
    if like.piece_s is None:
        return clips.count()
    spans = clips.order_by().values_list("start_ns", "end_ns")
    return sum(len(pieces(start_ns, end_ns, like.piece_s)) for start_ns, end_ns in spans)


@transaction.atomic
def tasks_create(*, actor: User, project: Project, **rule: Any) -> list[Task]:
    """Make the tasks of the clips that a rule means, of the oldest clips, about ``MOST_MADE``.

    The tasks of a clip are made together.

    Args:
        actor: An admin.
        project: Whose clips.
        rule: Which clips, and what the tasks are like: the fields of ``TaskRule``.

    Raises:
        InvalidError: No such layer, a clip that isn't the project's.
        ConflictError: The project has no workflow.
    """
    like = TaskRule(**rule)
    without = _without_task(actor, project, like).order_by("created_at", "id")
    # Locked, so that two admins at once don't make two tasks of one clip.
    parts = _parts_of(without.select_for_update(of=("self",))[:MOST_MADE], like)
    clips = [clip for clip, _ in parts]
    skill = None
    if like.skill:
        skill, _ = Skill.objects.get_or_create(project=project, name=like.skill)
    label_sets = _label_sets(clips, like.layer, actor)
    tasks = [
        Task(
            project=project,
            clip=clip,
            label_set=label_sets[clip.pk],
            layer=like.layer,
            from_ns=from_ns,
            to_ns=to_ns,
            stage=like.stage.value,
            priority=like.priority,
            skill=skill,
            submitted_revision=(
                label_sets[clip.pk].revision if like.stage == Stage.REVIEW else None
            ),
        )
        for clip, spans in parts
        for from_ns, to_ns in spans
    ]
    Task.objects.bulk_create(tasks, batch_size=1000)
    TaskEvent.objects.bulk_create(
        (
            TaskEvent(
                task=task,
                action=Action.CREATE.value,
                actor=actor,
                stage_before=task.stage,
                stage=task.stage,
                state_before=State.READY.value,
                state=State.READY.value,
                revision=task.label_set.revision,
            )
            for task in tasks
        ),
        batch_size=1000,
    )
    hooks.tell_made(tasks, {"start_from": like.start_from})
    return tasks


def _parts_of(
    clips: Iterable[Clip], rule: TaskRule
) -> list[tuple[Clip, list[tuple[int | None, int | None]]]]:
    """The first clips and the parts of each that get a task, about ``MOST_MADE`` in all."""
    found: list[tuple[Clip, list[tuple[int | None, int | None]]]] = []
    count = 0
    for clip in clips:
        if count >= MOST_MADE:
            break
        spans = pieces(clip.start_ns, clip.end_ns, rule.piece_s)
        found.append((clip, spans))
        count += len(spans)
    return found


def _without_task(actor: User, project: Project, rule: TaskRule) -> QuerySet[Clip]:
    """The clips that a rule means and that have no task in its layer."""
    require_manager(actor, project)
    require_works_by_tasks(project)
    if layer_of(project, rule.layer) is None:
        raise _wrong("layer", f"The project's ontology has no layer '{rule.layer}'.")
    if rule.stage not in FIRST_STAGES:
        raise _wrong("stage", f"stage: expected label or review, found {rule.stage}.")
    if rule.piece_s is not None and rule.stage != Stage.LABEL:
        raise _wrong("piece_s", "piece_s: only what is to be labelled is split by time.")
    if rule.piece_s is not None and not SHORTEST_PIECE_S <= rule.piece_s < math.inf:
        raise _wrong(
            "piece_s",
            f"piece_s: expected {SHORTEST_PIECE_S:g} s or more, found {rule.piece_s:g}.",
        )
    clips = Clip.objects.filter(project=project)
    if rule.clip_ids is not None:
        clips = clips.filter(pk__in=rule.clip_ids)
        if (found := clips.count()) != len(set(rule.clip_ids)):
            missing = len(set(rule.clip_ids)) - found
            raise _wrong(
                "clip_ids", f"{missing} of these clips are not in project '{project.slug}'."
            )
    return rule.clips.clips(clips, rule.layer).exclude(
        pk__in=Task.objects.filter(project=project, layer=rule.layer).values("clip_id")
    )


def _label_sets(clips: list[Clip], layer: str, actor: User) -> dict[UUID, LabelSet]:
    """The label sets of people's work of clips, by clip; made where there are none."""
    wanted = {"layer": layer, "source": Source.HUMAN, "name": ""}
    have = set(LabelSet.objects.filter(clip__in=clips, **wanted).values_list("clip_id", flat=True))
    LabelSet.objects.bulk_create(
        (LabelSet(clip=clip, created_by=actor, **wanted) for clip in clips if clip.pk not in have),
        batch_size=1000,
        # Somebody may open a clip this very moment.
        ignore_conflicts=True,
    )
    return {found.clip_id: found for found in LabelSet.objects.filter(clip__in=clips, **wanted)}


def _wrong(name: str, sentence: str) -> InvalidError:
    return InvalidError(sentence, details={"fields": {name: [sentence]}})
