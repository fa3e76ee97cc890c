"""What of the exports somebody may see."""

import uuid
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from labelapp.accounts.models import User
from labelapp.common.errors import NotFoundError
from labelapp.datasets.errors import ExportNotDoneError, ExportNotFoundError
from labelapp.datasets.models import (
    Dataset,
    DatasetCard,
    DatasetItem,
    DatasetVersion,
    Export,
    HoldOut,
)
from labelapp.projects.models import Project
from labelapp.projects.policies import require
from labelapp.projects.selectors import projects_visible_to

_CLIPS_OF_PAGE = 200


def exports_of(project: Project) -> QuerySet[Export]:
    """Return a project's exports, newest first, as the API lists them."""
    return Export.objects.filter(project=project).select_related(
        "job", "created_by", "version__dataset"
    )


def datasets_of(project: Project) -> list[Dataset]:
    """Return a project's data sets by name, each with its newest version as ``newest``."""
    datasets = list(Dataset.objects.filter(project=project).select_related("created_by"))
    newest = {
        version.dataset_id: version
        for version in DatasetVersion.objects.filter(dataset__in=datasets)
        .order_by("dataset_id", "-number")
        .distinct("dataset_id")
        .select_related("deprecation", "created_by", "dataset")
    }
    for dataset in datasets:
        dataset.newest = newest.get(dataset.pk)  # type: ignore[attr-defined]
    return datasets


def dataset_for(user: User | AnonymousUser, dataset_id: uuid.UUID) -> Dataset:
    """Return a data set, as somebody who may freeze and export it.

    Raises:
        NotFoundError: there is none, or the user is no member of its project.
        ForbiddenError: the user's role has nothing to do with data sets.
    """
    found = (
        Dataset.objects.filter(pk=dataset_id, project__in=projects_visible_to(user))
        .select_related("project", "created_by")
        .first()
    )
    if found is None:
        msg = f"There is no data set {dataset_id}, or you are not a member of its project."
        raise NotFoundError(msg)
    require(user, found.project, "export")
    return found


def versions_of(dataset: Dataset) -> QuerySet[DatasetVersion]:
    """Return a data set's versions, newest first."""
    return (
        DatasetVersion.objects.filter(dataset=dataset)
        .select_related("deprecation", "created_by", "dataset")
        .order_by("-number")
    )


def version_for(user: User | AnonymousUser, version_id: uuid.UUID) -> DatasetVersion:
    """Return a version, as somebody who may export it.

    Raises:
        NotFoundError: there is none, or the user is no member of its project.
        ForbiddenError: the user's role has nothing to do with data sets.
    """
    found = (
        DatasetVersion.objects.filter(pk=version_id, dataset__project__in=projects_visible_to(user))
        .select_related("dataset__project", "deprecation", "created_by")
        .first()
    )
    if found is None:
        msg = f"There is no version {version_id}, or you are not a member of its project."
        raise NotFoundError(msg)
    require(user, found.dataset.project, "export")
    return found


def card_of(version: DatasetVersion) -> DatasetCard | None:
    """Return a version's card with its job; None: nobody asked for it yet."""
    return (
        DatasetCard.objects.filter(content_hash=version.content_hash).select_related("job").first()
    )


def items_page(version: DatasetVersion, after: int) -> QuerySet[DatasetItem]:
    """Return the label sets of the next 200 clips after a place."""
    return (
        DatasetItem.objects.filter(
            version=version, position__gt=after, position__lte=after + _CLIPS_OF_PAGE
        )
        .select_related("clip", "label_set")
        .order_by("position", "label_set__layer")
    )


def hold_outs_of(project: Project) -> QuerySet[HoldOut]:
    """Return what a project holds out, oldest first."""
    return HoldOut.objects.filter(project=project).select_related("created_by")


def hold_out_for(user: User | AnonymousUser, hold_out_id: uuid.UUID) -> HoldOut:
    """Return something that is held out, as somebody who may change it.

    Raises:
        NotFoundError: there is none, or the user is no member of its project.
        ForbiddenError: the user's role has nothing to do with data sets.
    """
    found = (
        HoldOut.objects.filter(pk=hold_out_id, project__in=projects_visible_to(user))
        .select_related("project")
        .first()
    )
    if found is None:
        msg = f"Nothing is held out by the id {hold_out_id}."
        raise NotFoundError(msg)
    require(user, found.project, "export")
    return found


def export_for(user: User | AnonymousUser, export_id: uuid.UUID) -> Export:
    """Return an export, as somebody who may start, cancel and download it.

    Raises:
        ExportNotFoundError: there is none, or the user is no member of its project.
        ForbiddenError: the user's role has nothing to do with exports.
    """
    found = (
        Export.objects.filter(pk=export_id, project__in=projects_visible_to(user))
        .select_related("job", "project", "created_by", "version__dataset")
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
