"""Who may ask for proposals: whoever may save people's labels."""

from django.contrib.auth.models import AnonymousUser

from labelapp.accounts.models import User
from labelapp.projects.models import Project
from labelapp.projects.policies import require


def require_propose(user: User | AnonymousUser, project: Project) -> None:
    """Raise unless a user may ask for proposals in a project."""
    require(user, project, "save_human_labels")
