"""What of the exports somebody may see."""

import uuid
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from labelapp.accounts.models import User
from labelapp.datasets.errors import ExportNotDoneError, ExportNotFoundError
from labelapp.datasets.models import Export
from labelapp.projects.models import Project
from labelapp.projects.policies import require
from labelapp.projects.selectors import projects_visible_to


def exports_of(project: Project) -> QuerySet[Export]:
    """Return a project's exports, newest first, as the API lists them."""
    return Export.objects.filter(project=project).select_related("job", "created_by")


def export_for(user: User | AnonymousUser, export_id: uuid.UUID) -> Export:
    """Return an export, as somebody who may start, cancel and download it.

    Raises:
        ExportNotFoundError: there is none, or the user is no member of its project.
        ForbiddenError: the user's role has nothing to do with exports.
    """
    found = (
        Export.objects.filter(pk=export_id, project__in=projects_visible_to(user))
        .select_related("job", "project", "created_by")
        .first()
    )
    if found is None:
        msg = f"There is no export {export_id}, or you are not a member of its project."
        raise ExportNotFoundError(msg)
    require(user, found.project, "export")
    return found


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of an export: where it lies, and what it must be."""

    name: str
    path: str
    size: int
    sha256: str


def export_file(export: Export, name: str) -> ExportFile:
    """Return a file of an export that is done. The name is looked up, never made into a path.

    Raises:
        ExportNotDoneError: it is not done.
        ExportNotFoundError: it has no such file.
    """
    if not export.files:
        msg = f"This export is {export.job.state}: it has no files yet."
        raise ExportNotDoneError(msg)
    for file in export.files:
        if file["name"] == name:
            path = f"{export.files_prefix}/{file['name']}"
            return ExportFile(file["name"], path, file["size"], file["sha256"])
    known = ", ".join(file["name"] for file in export.files)
    msg = f"This export has no file '{name}'; it has {known}."
    raise ExportNotFoundError(msg)
