"""Starting and cancelling exports."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.common import jobs
from labelapp.common.errors import InvalidError
from labelapp.common.jobs import JobState
from labelapp.datasets.errors import (
    ExportOverError,
    NothingToExportError,
    VersionDeprecatedError,
)
from labelapp.datasets.formats import FORMATS
from labelapp.datasets.models import (
    Dataset,
    DatasetCard,
    DatasetDeprecation,
    DatasetVersion,
    Export,
    ExportItem,
)
from labelapp.labels.models import LabelSet, Source
from labelapp.ontology.selectors import ontology_current
from labelapp.projects.models import Project
from labelapp.projects.policies import require
from projection.spec import SpecError
from projection.target_spec import TargetSpecs

JOB_KIND = "datasets.export"
CARD_KIND = "datasets.card"
QUEUE = "export"


@transaction.atomic
def export_create(  # noqa: PLR0913  what an export is made of
    *,
    actor: User | None,
    project: Project,
    clip_ids: Sequence[uuid.UUID] | None,
    layer: str,
    source: str,
    formats: Sequence[str],
    include_images: bool = False,
    spec: Any = None,
    send: bool = True,
) -> Export:
    """Return a new export whose job waits.

    The revisions are those of this moment; what is saved from now on does not change it.

    Args:
        actor: who asks; None for a command.
        project: whose clips.
        clip_ids: which; None for all that have labels of this layer from this source.
        layer: of the ontology.
        source: one of ``Source``.
        formats: some of ``FORMATS``.
        include_images: whether the pictures come along.
        spec: a target spec in its JSON form; None for all that is known of labels.
        send: False where the caller runs the job itself.

    Raises:
        ForbiddenError: the actor's role may not export.
        InvalidError: an unknown format or source, a clip that is not the project's, a spec that is
            wrong or that one of the formats can hold nothing of.
        NothingToExportError: there are no such labels.
    """
    if actor is not None:
        require(actor, project, "export")
    chosen = _chosen_formats(formats)
    specs = _checked_spec(spec, chosen)
    if source not in Source.values:
        msg = f"source: expected one of {', '.join(Source.values)}, found '{source}'."
        raise InvalidError(msg, details={"fields": {"source": [msg]}})
    label_sets = _label_sets(project, clip_ids, layer, source)
    export_id = uuid.uuid4()
    export = Export.objects.create(
        id=export_id,
        project=project,
        job=jobs.enqueue(JOB_KIND, queue=QUEUE, send=send, export_id=export_id),
        layer=layer,
        source=source,
        formats=chosen,
        include_images=include_images,
        spec=None if specs is None else specs.to_dict(),
        ontology=ontology_current(project),
        created_by=actor,
    )
    ExportItem.objects.bulk_create(
        ExportItem(
            export=export,
            position=position,
            clip_id=label_set.clip_id,
            label_set=label_set,
            revision=label_set.revision,
        )
        for position, label_set in enumerate(label_sets)
    )
    return export


@transaction.atomic
def version_export(
    *,
    actor: User | None,
    version: DatasetVersion,
    formats: Sequence[str],
    include_images: bool = False,
    include_card: bool = True,
    send: bool = True,
) -> Export:
    """Return a new export of a data set version, whose job waits.

    Args:
        actor: who asks; None for a command.
        version: of which data set.
        formats: some of ``FORMATS``.
        include_images: whether the pictures come along.
        include_card: whether the version's card comes along, as JSON and as a page.
        send: False where the caller runs the job itself.

    Raises:
        ForbiddenError: the actor's role may not export.
        InvalidError: an unknown format, or one that can hold nothing of the version's spec.
        VersionDeprecatedError: nobody should use it any more.
    """
    project = version.dataset.project
    if actor is not None:
        require(actor, project, "export")
    deprecation = DatasetDeprecation.objects.filter(version=version).first()
    if deprecation is not None:
        msg = f"Version {version.number} is deprecated: {deprecation.reason}"
        raise VersionDeprecatedError(msg)
    chosen = _chosen_formats(formats)
    _checked_spec(version.spec, chosen)
    export_id = uuid.uuid4()
    export = Export.objects.create(
        id=export_id,
        project=project,
        version=version,
        job=jobs.enqueue(JOB_KIND, queue=QUEUE, send=send, export_id=export_id),
        formats=chosen,
        include_images=include_images,
        include_card=include_card,
        spec=version.spec,
        created_by=actor,
    )
    ExportItem.objects.bulk_create(
        (
            ExportItem(
                export=export,
                position=item.position,
                clip_id=item.clip_id,
                label_set_id=item.label_set_id,
                revision=item.revision,
                split=item.split,
            )
            for item in version.items.all()
        ),
        batch_size=1000,
    )
    return export


def export_cancel(*, actor: User | None, export: Export) -> None:
    """Cancel an export that waits or runs.

    Raises:
        ForbiddenError: the actor's role may not.
        ExportOverError: it is over.
    """
    if actor is not None:
        require(actor, export.project, "export")
    if not jobs.cancel(export.job_id):
        export.job.refresh_from_db()
        msg = f"This export is {export.job.state} already; it can't be cancelled any more."
        raise ExportOverError(msg)
    export.job.refresh_from_db()


@transaction.atomic
def card_ensure(*, actor: User | None, version: DatasetVersion, send: bool = True) -> DatasetCard:
    """Return a version's card: the one that is there or being made, else a new one's job waits.

    Args:
        actor: who asks; None for a command.
        version: of which data set.
        send: False where the caller runs the job itself.

    Raises:
        ForbiddenError: the actor's role may not.
    """
    if actor is not None:
        require(actor, version.dataset.project, "export")
    # Whoever asks at the same time waits here, and finds the other's.
    Dataset.objects.select_for_update().get(pk=version.dataset_id)
    found = (
        DatasetCard.objects.select_related("job").filter(content_hash=version.content_hash).first()
    )
    if found is not None and found.job.state not in (JobState.FAILED, JobState.CANCELLED):
        return found
    job = jobs.enqueue(CARD_KIND, queue=QUEUE, send=send, version_id=version.pk)
    card, _ = DatasetCard.objects.update_or_create(
        content_hash=version.content_hash, defaults={"job": job}
    )
    return card


def _chosen_formats(formats: Sequence[str]) -> list[str]:
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        found = f"'{unknown[0]}'" if unknown else "none"
        msg = f"formats: expected some of {', '.join(FORMATS)}, found {found}."
        raise InvalidError(msg, details={"fields": {"formats": [msg]}})
    return sorted(set(formats))


def _checked_spec(spec: Any, formats: Sequence[str]) -> TargetSpecs | None:
    """Return a spec that is right, and that every chosen format can hold some of."""
    if spec is None:
        return None
    try:
        specs = TargetSpecs.from_dict(spec, "spec")
    except SpecError as error:
        msg = f"{error}."
        raise InvalidError(msg, details={"fields": {"spec": [msg]}}) from error
    for name in formats:
        if not any(FORMATS[name].holds(head) for _, head in specs.heads):
            msg = f"formats: the spec asks for nothing that {name} can hold."
            raise InvalidError(msg, details={"fields": {"formats": [msg]}})
    return specs


def _label_sets(
    project: Project, clip_ids: Sequence[uuid.UUID] | None, layer: str, source: str
) -> list[LabelSet]:
    """Return what is exported, in the order of clips' names."""
    clips = Clip.objects.filter(project=project)
    if clip_ids is not None:
        clips = clips.filter(pk__in=clip_ids)
        missing = set(clip_ids) - set(clips.values_list("pk", flat=True))
        if missing:
            msg = f"clip_ids: project '{project.slug}' has no clip {min(map(str, missing))}."
            raise InvalidError(msg, details={"fields": {"clip_ids": [msg]}})
    found = list(
        LabelSet.objects.filter(clip__in=clips, layer=layer, source=source, name="")
        .select_related("clip")
        .order_by("clip__name", "clip_id")
    )
    if clip_ids is not None and len(found) < len(set(clip_ids)):
        labelled = {label_set.clip_id for label_set in found}
        bare = next(clip for clip in clips.order_by("name") if clip.pk not in labelled)
        msg = f"clip_ids: clip '{bare.name}' has no labels of layer '{layer}' from '{source}'."
        raise NothingToExportError(msg, details={"fields": {"clip_ids": [msg]}})
    if not found:
        msg = f"No clip of project '{project.slug}' has labels of layer '{layer}' from '{source}'."
        raise NothingToExportError(msg)
    return found
