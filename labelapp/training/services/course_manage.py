"""Courses: made by admins, taken by everybody who labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from labelapp.accounts.models import User
from labelapp.common.errors import ConflictError, InvalidError
from labelapp.projects.models import Project
from labelapp.projects.policies import require
from labelapp.training.errors import CourseClosedError
from labelapp.training.models import Attempt, Course, CourseStep, Gold
from labelapp.training.selectors import steps_passed
from labelapp.work.copies import copy_task, take
from labelapp.work.models import Lease, Skill, Task, Workflow
from labelapp.work.policies import require_manager
from labelapp.work.stages import State

_MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step as it is asked for: which gold, and what to mind."""

    gold_id: UUID
    instructions: str


@transaction.atomic
def course_create(
    *,
    actor: User,
    project: Project,
    title: str,
    instructions: str,
    skill: str,
    pass_score: float,
    steps: Sequence[NewStep],
) -> Course:
    """Return a new course.

    Raises:
        ConflictError: The project works without tasks.
        InvalidError: No steps, too many, or a gold that is not the project's.
    """
    require_manager(actor, project)
    if not Workflow.objects.filter(project=project).exists():
        msg = f"Project '{project.slug}' works without tasks: set its workflow first."
        raise ConflictError(msg)
    if not 1 <= len(steps) <= _MOST_STEPS:
        msg = f"steps: expected 1 to {_MOST_STEPS}, found {len(steps)}."
        raise InvalidError(msg, details={"fields": {"steps": [msg]}})
    golds = {
        gold.pk: gold
        for gold in Gold.objects.filter(project=project, pk__in=[step.gold_id for step in steps])
    }
    for number, step in enumerate(steps):
        if step.gold_id not in golds:
            msg = f"steps[{number}].gold_id: project '{project.slug}' has no such gold."
            raise InvalidError(msg, details={"fields": {"steps": [msg]}})
    wanted, _ = Skill.objects.get_or_create(project=project, name=skill)
    course = Course.objects.create(
        project=project,
        title=title,
        instructions=instructions,
        skill=wanted,
        pass_score=pass_score,
        created_by=actor,
    )
    CourseStep.objects.bulk_create(
        CourseStep(
            course=course,
            position=number,
            gold=golds[step.gold_id],
            instructions=step.instructions,
        )
        for number, step in enumerate(steps, start=1)
    )
    return course


@transaction.atomic
def course_change(*, actor: User, course: Course, **values: Any) -> Course:
    """Change a course's texts, its pass mark, or whether it is open."""
    require_manager(actor, course.project)
    for name, value in values.items():
        setattr(course, name, value)
    course.save()
    return course


@transaction.atomic
def course_start(*, actor: User, course: Course, position: int) -> tuple[Task, Lease]:
    """Return a task on a step of a course, leased to the actor: what they have, or a new one.

    Raises:
        ForbiddenError: The actor's role doesn't label.
        InvalidError: There is no such step.
        CourseClosedError: The course is closed, or a step before isn't passed.
    """
    require(actor, course.project, "save_human_labels")
    if not course.is_open:
        msg = f"The course '{course.title}' is closed."
        raise CourseClosedError(msg)
    steps = {
        step.position: step for step in course.steps.select_related("gold__clip", "gold__project")
    }
    step = steps.get(position)
    if step is None:
        msg = f"position: expected 1 to {len(steps)}, found {position}."
        raise InvalidError(msg, details={"fields": {"position": [msg]}})
    passed = steps_passed(actor, course)
    missing = [place for place in range(1, position) if steps[place].pk not in passed]
    if missing:
        msg = f"Pass step {missing[0]} of '{course.title}' first."
        raise CourseClosedError(msg, details={"missing": missing})
    # One of the actor's requests at a time, so that two clicks don't make two tasks.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    task = _open_task(actor, step)
    if task is None:
        gold = step.gold
        task = copy_task(project=gold.project, clip=gold.clip, layer=gold.layer, assigned_to=actor)
        Attempt.objects.create(gold=gold, task=task, user=actor, step=step)
    lease = Lease.objects.filter(task=task, ended_at__isnull=True).first()
    return task, lease or take(task, actor)


def _open_task(actor: User, step: CourseStep) -> Task | None:
    return (
        Task.objects.select_for_update(of=("self",))
        .select_related("label_set")
        .filter(attempt__step=step, attempt__user=actor)
        .exclude(state=State.CLOSED.value)
        .order_by("created_at")
        .first()
    )
