"""What of the imports somebody may see."""

import uuid

from django.contrib.auth.models import AnonymousUser

from labelapp.accounts.models import User
from labelapp.imports.errors import ImportNotFoundError
from labelapp.imports.models import LabelImport
from labelapp.projects.policies import require
from labelapp.projects.selectors import projects_visible_to


def label_import_for(user: User | AnonymousUser, import_id: uuid.UUID) -> LabelImport:
    """Return an import, as somebody who may import labels into its project.

    Raises:
        ImportNotFoundError: There is none, or the user is no member of its project.
        ForbiddenError: The user's role has nothing to do with imports.
    """
    found = (
        LabelImport.objects.filter(pk=import_id, project__in=projects_visible_to(user))
        .select_related("project", "job", "created_by")
        .first()
    )
    if found is None:
        msg = f"There is no import {import_id}, or you are not a member of its project."
        raise ImportNotFoundError(msg)
    require(user, found.project, "save_other_labels")
    return found
