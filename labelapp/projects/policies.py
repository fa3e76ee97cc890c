"""Who may do what in a project: the table of ``docs/api.md``, and nowhere else.

An action is a short text, so that apps above can name theirs without importing each other::

    project = project_for(user, slug)          # 404 unless they may see it
    require(user, project, "import_clip")      # 403 unless their role may do it
"""

from typing import Literal

from django.contrib.auth.models import AnonymousUser

from labelapp.accounts.models import User
from labelapp.common.errors import ForbiddenError, NotFoundError
from labelapp.projects.models import Project, Role
from labelapp.projects.selectors import role_in

Action = Literal[
    "see",
    "save_human_labels",
    "save_other_labels",
    "import_clip",
    "export",
    "read_audit",
    "manage_people",
]

_EVERYBODY = frozenset(Role)
_ROLES_THAT_MAY: dict[Action, frozenset[Role]] = {
    "see": _EVERYBODY,
    "save_human_labels": frozenset({Role.LABELLER, Role.REVIEWER, Role.ADMIN}),
    "save_other_labels": frozenset({Role.ENGINEER, Role.ADMIN}),
    "import_clip": frozenset({Role.ENGINEER, Role.ADMIN}),
    "export": frozenset({Role.REVIEWER, Role.ENGINEER, Role.ADMIN}),
    "read_audit": frozenset({Role.ADMIN}),
    "manage_people": frozenset({Role.ADMIN}),
}
_SENTENCES: dict[Action, str] = {
    "see": "see this project",
    "save_human_labels": "save labels to a label set of people's work",
    "save_other_labels": "save labels to a label set that is not people's work",
    "import_clip": "import clips",
    "export": "start, cancel or download exports",
    "read_audit": "read the project's audit log",
    "manage_people": "manage the project's people",
}


def may(user: User | AnonymousUser, project: Project, action: Action) -> bool:
    """Return whether a user may do something in a project."""
    return role_in(user, project) in _ROLES_THAT_MAY[action]


def require(user: User | AnonymousUser, project: Project, action: Action) -> Role:
    """Return the user's role if it may do this, and raise otherwise.

    Raises:
        NotFoundError: The user is no member: they may not know that the project exists.
        ForbiddenError: The user is a member whose role may not do this.
    """
    role = role_in(user, project)
    if role is None:
        msg = "There is no such project, or you are not a member of it."
        raise NotFoundError(msg)
    if role not in _ROLES_THAT_MAY[action]:
        who = f"As {role.label.lower()} of project '{project.slug}'"
        msg = f"{who} you may not {_SENTENCES[action]}."
        raise ForbiddenError(msg, details={"action": action, "role": role.value})
    return role
