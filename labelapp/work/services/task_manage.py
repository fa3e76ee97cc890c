"""What admins do: workflows, making tasks, and changing many at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.common.errors import ConflictError, InvalidError
from labelapp.labels.checks import layer_of
from labelapp.labels.models import LabelSet, Source
from labelapp.projects.models import Project
from labelapp.work.errors import TransitionError
from labelapp.work.journal import end_lease, move
from labelapp.work.models import Skill, Task, TaskEvent, Workflow
from labelapp.work.policies import require_manager
from labelapp.work.services.task_finish import require_can_get
from labelapp.work.stages import Action, Place, Stage, State

#: What can be done to many tasks at once.
BULK = (
    Action.ASSIGN, Action.PRIORITISE, Action.HOLD, Action.RELEASE, Action.TAKE_BACK,
    Action.REOPEN, Action.CANCEL,
)  # fmt: skip
_MOST = 10_000


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


@transaction.atomic
def tasks_create(
    *,
    actor: User,
    project: Project,
    layer: str,
    clip_ids: Sequence[UUID] | None = None,
    priority: int = 0,
    skill: str = "",
) -> list[Task]:
    """Make a task for each clip that has none in this layer yet.

    Args:
        actor: An admin.
        project: Whose clips.
        layer: Of its ontology.
        clip_ids: Which clips; None: all.
        priority: Greater comes first.
        skill: Name of the skill that one needs to have; empty: none.

    Raises:
        InvalidError: No such layer, a clip that isn't the project's.
        ConflictError: The project has no workflow.
    """
    require_manager(actor, project)
    if not Workflow.objects.filter(project=project).exists():
        msg = f"Project '{project.slug}' works without tasks: set its workflow first."
        raise ConflictError(msg)
    if layer_of(project, layer) is None:
        msg = f"The project's ontology has no layer '{layer}'."
        raise InvalidError(msg, details={"fields": {"layer": [msg]}})
    wanted = None
    if skill:
        wanted, _ = Skill.objects.get_or_create(project=project, name=skill)
    clips = Clip.objects.filter(project=project)
    if clip_ids is not None:
        clips = clips.filter(pk__in=clip_ids)
        if (found := clips.count()) != len(set(clip_ids)):
            msg = (
                f"{len(set(clip_ids)) - found} of these clips are not in project '{project.slug}'."
            )
            raise InvalidError(msg, details={"fields": {"clip_ids": [msg]}})
    without = clips.exclude(tasks__layer=layer).order_by("created_at", "id")
    tasks = []
    # Locked, so that two admins at once don't make two tasks of one clip.
    for clip in without.select_for_update(of=("self",)):
        label_set, _ = LabelSet.objects.get_or_create(
            clip=clip, layer=layer, source=Source.HUMAN, name="", defaults={"created_by": actor}
        )
        tasks.append(
            Task(
                project=project,
                clip=clip,
                label_set=label_set,
                layer=layer,
                priority=priority,
                skill=wanted,
            )
        )
    Task.objects.bulk_create(tasks, batch_size=1000)
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
                revision=task.label_set.revision,
            )
            for task in tasks
        ),
        batch_size=1000,
    )
    return tasks


@transaction.atomic
def tasks_change(
    *,
    actor: User,
    project: Project,
    task_ids: Sequence[UUID],
    action: Action,
    note: str = "",
    to: User | None = None,
    priority: int | None = None,
) -> dict[UUID, str]:
    """Do one thing to many tasks; returns why it could not be done, by task, where it couldn't.

    Raises:
        InvalidError: An action that isn't an admin's, too many tasks, a missing value.
    """
    require_manager(actor, project)
    if action not in BULK:
        msg = f"action: expected one of {', '.join(BULK)}, found '{action}'."
        raise InvalidError(msg, details={"fields": {"action": [msg]}})
    if len(task_ids) > _MOST:
        msg = f"task_ids: expected at most {_MOST}, found {len(task_ids)}."
        raise InvalidError(msg, details={"fields": {"task_ids": [msg]}})
    if action == Action.PRIORITISE and priority is None:
        msg = "priority: expected a whole number, found nothing."
        raise InvalidError(msg, details={"fields": {"priority": [msg]}})
    refused: dict[UUID, str] = dict.fromkeys(task_ids, "There is no such task in this project.")
    tasks = (
        Task.objects.select_for_update(of=("self",))
        .select_related("label_set")
        .filter(project=project, pk__in=task_ids)
        .order_by("id")
    )
    for task in tasks:
        try:
            _change(task, actor, action, note=note, to=to, priority=priority)
        except (TransitionError, InvalidError) as error:
            refused[task.pk] = error.message
        else:
            del refused[task.pk]
    return refused


def _change(
    task: Task, actor: User, action: Action, *, note: str, to: User | None, priority: int | None
) -> None:
    details: dict[str, Any] = {}
    if action == Action.ASSIGN:
        if to is not None:
            require_can_get(task, to)
        task.assigned_to = to
        details = {"to": None if to is None else str(to.pk)}
    elif action == Action.PRIORITISE and priority is not None:
        details = {"from": task.priority, "to": priority}
        task.priority = priority
    elif action == Action.REOPEN:
        task.accepted_revision = None
        task.preferred_id = task.labeller_id
        _refuse_second_open(task)
    if action in {Action.HOLD, Action.TAKE_BACK}:
        # The move below says whether this may be; on a refusal the caller keeps nothing.
        before = Place(Stage(task.stage), State(task.state))
        move(task, action, actor, note=note, **details)
        if before.state in {State.LEASED, State.PAUSED}:
            end_lease(task, action)
        return
    move(task, action, actor, note=note, **details)


def _refuse_second_open(task: Task) -> None:
    others = Task.objects.filter(label_set=task.label_set_id).exclude(pk=task.pk)
    if task.from_ns is not None and task.to_ns is not None:
        others = others.filter(
            Q(from_ns__isnull=True) | Q(from_ns__lt=task.to_ns, to_ns__gt=task.from_ns)
        )
    if others.exclude(state=State.CLOSED).exists():
        raise TransitionError("Another task on the same labels is open.")
