"""Members of a project: their role and skills, and letting go of what they have when they leave."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from labelapp.accounts.models import User
from labelapp.common.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from labelapp.projects.models import Membership, Project, Role
from labelapp.projects.policies import require
from labelapp.work.models import Lease, Qualification, Skill, Task
from labelapp.work.policies import STAGES_OF
from labelapp.work.services.tasks_bulk import MOST_TASKS, Change, tasks_change
from labelapp.work.stages import OPEN_STATES, TAKEN_STATES, Action

_MOST_SKILLS = 100


@transaction.atomic
def member_add(*, actor: User, project: Project, username: str, role: Role) -> Membership:
    """Make somebody who has an account a member.

    Raises:
        InvalidError: There is no such active account.
        ConflictError: They are a member already.
    """
    require(actor, project, "manage_people")
    user = User.objects.filter(username__iexact=username.strip(), is_active=True).first()
    if user is None:
        msg = f"username: there is no active account '{username[:150]}'. Invite them instead."
        raise InvalidError(msg, details={"fields": {"username": [msg]}})
    if Membership.objects.filter(project=project, user=user).exists():
        msg = f"{user.shown_name} is a member of the project already."
        raise ConflictError(msg)
    return Membership.objects.create(project=project, user=user, role=role.value)


@transaction.atomic
def member_change(
    *,
    actor: User,
    project: Project,
    user: User,
    role: Role | None = None,
    skills: Sequence[str] | None = None,
) -> Membership:
    """Give a member another role or other skills; what they may not do any more, they let go.

    Args:
        actor: An admin.
        project: Of which.
        user: The member.
        role: None: as it is.
        skills: All that they have from now on, by name; None: as they are.

    Raises:
        NotFoundError: They are no member.
        ConflictError: The project would be without an admin.
        InvalidError: Too many skills.
    """
    member = _member(actor, project, user)
    if role is not None and role.value != member.role:
        if member.role == Role.ADMIN:
            _require_another_admin(project, user)
        member.role = role.value
        member.save(update_fields=["role"])
        may = [stage.value for stage in STAGES_OF[role]]
        _let_go(actor, Task.objects.filter(project=project).exclude(stage__in=may), user)
    if skills is not None:
        _set_skills(project, user, skills)
    return member


@transaction.atomic
def member_remove(*, actor: User, project: Project, user: User) -> None:
    """End a membership: what they have goes back to the queues, their work stays theirs.

    Raises:
        NotFoundError: They are no member.
        ConflictError: The project would be without an admin.
    """
    member = _member(actor, project, user)
    if member.role == Role.ADMIN:
        _require_another_admin(project, user)
    _let_go(actor, Task.objects.filter(project=project), user)
    member.delete()


@transaction.atomic
def account_set_active(*, actor: User, project: Project, user: User, is_active: bool) -> None:
    """Have somebody's account end, or begin again; ended, they let go of all that they have.

    Who manages all projects that somebody is a member of may do that, and superusers.

    Raises:
        NotFoundError: They are no member of the project.
        ForbiddenError: They are in projects that the actor doesn't manage, or the actor themself.
        ConflictError: A project would be without an admin.
    """
    _member(actor, project, user)
    if user.pk == actor.pk:
        msg = "You can't end your own account: ask another admin."
        raise ForbiddenError(msg)
    memberships = list(Membership.objects.filter(user=user).select_related("project"))
    if not actor.is_superuser:
        _require_theirs(actor, user, memberships)
    if user.is_active == is_active:
        return
    if not is_active:
        for member in memberships:
            if member.role == Role.ADMIN:
                _require_another_admin(member.project, user)
            _let_go(actor, Task.objects.filter(project=member.project), user)
    user.is_active = is_active
    user.save(update_fields=["is_active"])


def _require_theirs(actor: User, user: User, memberships: Sequence[Membership]) -> None:
    managed = set(
        Membership.objects.filter(user=actor, role=Role.ADMIN).values_list("project_id", flat=True)
    )
    others = [member for member in memberships if member.project_id not in managed]
    if user.is_superuser or others:
        why = "runs the server" if user.is_superuser else "is in projects that you don't manage"
        msg = f"{user.shown_name} {why}: remove them from this project instead."
        raise ForbiddenError(msg)


def _member(actor: User, project: Project, user: User) -> Membership:
    require(actor, project, "manage_people")
    found = Membership.objects.select_for_update().filter(project=project, user=user).first()
    if found is None:
        msg = "There is no such member of this project."
        raise NotFoundError(msg)
    return found


def _require_another_admin(project: Project, user: User) -> None:
    # Locked, so that two admins don't remove each other at the same moment.
    admins = Membership.objects.select_for_update(of=("self",)).filter(
        project=project, role=Role.ADMIN, user__is_active=True
    )
    if not [member for member in admins if member.user_id != user.pk]:
        msg = f"Project '{project.slug}' would be without an admin: make somebody else one first."
        raise ConflictError(msg)


def _let_go(actor: User, tasks: QuerySet[Task], user: User) -> None:
    """Take back what somebody has of some tasks of one project, and have none wait for them."""
    held = Lease.objects.filter(holder=user, ended_at__isnull=True).values("task_id")
    taken = tasks.filter(pk__in=held, state__in=[state.value for state in TAKEN_STATES])
    meant = tasks.filter(assigned_to=user, state__in=[s.value for s in OPEN_STATES - TAKEN_STATES])
    note = f"{user.shown_name} left this work"
    for found, change in (
        (taken, Change(Action.TAKE_BACK, note=note)),
        (meant, Change(Action.ASSIGN, note=note)),
    ):
        while some := list(found.select_related("project")[:MOST_TASKS]):
            ids = [task.pk for task in some]
            tasks_change(actor=actor, project=some[0].project, task_ids=ids, change=change)
    tasks.filter(Q(preferred=user) | Q(assigned_to=user)).update(
        preferred=None, preferred_until=None, assigned_to=None
    )


def _set_skills(project: Project, user: User, names: Sequence[str]) -> None:
    if len(set(names)) > _MOST_SKILLS:
        msg = f"skills: expected at most {_MOST_SKILLS}, found {len(set(names))}."
        raise InvalidError(msg, details={"fields": {"skills": [msg]}})
    Qualification.objects.filter(user=user, skill__project=project).exclude(
        skill__name__in=names
    ).delete()
    for name in sorted(set(names)):
        skill, _ = Skill.objects.get_or_create(project=project, name=name)
        Qualification.objects.get_or_create(skill=skill, user=user)
