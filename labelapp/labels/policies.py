"""Who may save labels."""

from django.contrib.auth.models import AnonymousUser

from labelapp.accounts.models import User
from labelapp.labels.models import Source
from labelapp.projects.models import Project
from labelapp.projects.policies import Action, require


def require_save(user: User | AnonymousUser, project: Project, source: str) -> None:
    """Raise unless a user may make and change label sets of a source in a project."""
    action: Action = "save_human_labels" if source == Source.HUMAN else "save_other_labels"
    require(user, project, action)
