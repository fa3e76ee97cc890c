"""What of the projects somebody may see."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from labelapp.accounts.models import User
from labelapp.common.errors import NotFoundError
from labelapp.common.prepared import Prepared
from labelapp.projects.models import Membership, Project, Role

_role: Prepared[str] = Prepared(
    lambda user_id, project_id: (
        Membership.objects.filter(user_id=user_id, project_id=project_id)
        .order_by()
        .values_list("role", flat=True)
    ),
    user_id=UUID,
    project_id=UUID,
)


def projects_visible_to(user: User | AnonymousUser) -> QuerySet[Project]:
    """Return the projects that a user is a member of; all for superusers, none without a session.

    Everything that belongs to a project is found through this:
    ``Clip.objects.filter(project__in=projects_visible_to(user))``.
    """
    if not user.is_authenticated or not user.is_active:
        return Project.objects.none()
    if user.is_superuser:
        return Project.objects.all()
    return Project.objects.filter(memberships__user=user)


def project_for(user: User | AnonymousUser, slug: str) -> Project:
    """Return a project by its slug, as somebody who may see it."""
    project = projects_visible_to(user).filter(slug=slug).first()
    if project is None:
        msg = f"There is no project '{slug}', or you are not a member of it."
        raise NotFoundError(msg)
    return project


def role_in(user: User | AnonymousUser, project: Project) -> Role | None:
    """Return a user's role in a project, None where they have none; staff are admins everywhere."""
    if not user.is_authenticated or not user.is_active:
        return None
    if user.is_superuser:
        return Role.ADMIN
    found = _role.first(user_id=user.pk, project_id=project.pk)
    return None if found is None else Role(found)


def roles_in(user: User | AnonymousUser, projects: Iterable[Project]) -> dict[object, Role]:
    """Return a user's role by project id, where they have one, in one query."""
    if not user.is_authenticated or not user.is_active:
        return {}
    if user.is_superuser:
        return {project.pk: Role.ADMIN for project in projects}
    found = Membership.objects.filter(user=user, project__in=projects)
    return {project_id: Role(role) for project_id, role in found.values_list("project_id", "role")}
