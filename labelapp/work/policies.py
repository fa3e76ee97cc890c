"""Who may do what with tasks, by their role; the SQL of ``services.task_claim`` says the same."""

from django.contrib.auth.models import AnonymousUser

from labelapp.accounts.models import User
from labelapp.common.errors import ConflictError, ForbiddenError
from labelapp.projects.models import Project, Role
from labelapp.projects.policies import require
from labelapp.projects.selectors import role_in
from labelapp.work.models import Workflow
from labelapp.work.stages import LABELLING, REVIEWING, Stage

#: Who gets tasks of which stages.
STAGES_OF: dict[Role, frozenset[Stage]] = {
    Role.LABELLER: LABELLING,
    Role.REVIEWER: LABELLING | REVIEWING,
    Role.ADMIN: LABELLING | REVIEWING,
    Role.ENGINEER: frozenset(),
}


def is_manager(user: User | AnonymousUser, project: Project) -> bool:
    """Whether somebody manages a project's tasks."""
    return role_in(user, project) == Role.ADMIN


def require_manager(user: User | AnonymousUser, project: Project) -> None:
    """Raise unless somebody manages a project's tasks."""
    role = require(user, project, "see")
    if role != Role.ADMIN:
        msg = f"As {role.label.lower()} of project '{project.slug}' you may not manage its tasks."
        raise ForbiddenError(msg, details={"role": role.value})


def require_overview(user: User | AnonymousUser, project: Project) -> None:
    """Raise unless somebody may see all tasks of a project: labellers see their own."""
    role = require(user, project, "see")
    if role == Role.LABELLER:
        msg = "As labeller you see your own tasks, under «My tasks»."
        raise ForbiddenError(msg, details={"role": role.value})


def require_works_by_tasks(project: Project) -> None:
    """Raise unless a project works by tasks at all.

    Raises:
        ConflictError: It has no workflow.
    """
    if not Workflow.objects.filter(project=project).exists():
        msg = f"Project '{project.slug}' works without tasks: set its workflow first."
        raise ConflictError(msg)
