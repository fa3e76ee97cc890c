"""Labels over HTTP: files announced, sent part by part, looked at, and imported by a worker."""

import datetime as dt
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.clips.storage import clip_storage
from labelapp.clips.uploads import (
    keep_part,
    missing_parts,
    part_count,
    part_name,
    parts_prefix,
)
from labelapp.common import jobs
from labelapp.common.errors import InvalidError
from labelapp.common.jobs import FINAL_STATES, JobContext
from labelapp.common.parsing import holds_nul
from labelapp.common.storage import delete_folder
from labelapp.imports.classes import ClassMapping
from labelapp.imports.errors import ImportBusyError
from labelapp.imports.files import Files
from labelapp.imports.formats import FORMATS
from labelapp.imports.importing import Options, plan, store
from labelapp.imports.models import LabelImport
from labelapp.imports.reading import Asked
from labelapp.labels.models import Source
from labelapp.projects.models import Project
from labelapp.projects.policies import require

JOB_KIND = "imports.labels"
QUEUE = "ingest"
#: Of a file of labels; pictures beside them are not read, but they are sent.
MAX_BYTES = 16 * 1024 * 1024 * 1024
#: Where files lie that are imported from storage, below it the project's slug.
INBOX = "inbox"
_KEPT = dt.timedelta(days=7)
_NAMED = 20
_COPY_BYTES = 1024 * 1024


def label_import_create(
    *,
    actor: User,
    project: Project,
    file_name: str,
    size: int | None = None,
    location: str = "",
) -> LabelImport:
    """Return a new import that waits for its parts, or whose file lies in the project's inbox.

    Args:
        actor: Who imports.
        project: Where to.
        file_name: What the file is called.
        size: Its bytes, where it is sent.
        location: Else its path below ``inbox/<project>`` in the storage of clips.

    Raises:
        ForbiddenError: The actor's role may not import labels.
        InvalidError: It is too big, lies elsewhere, or isn't there.
    """
    require(actor, project, "save_other_labels")
    _clear_old()
    if (size is None) == (location == ""):
        msg = "size: expected either the size of a file that is sent, or where it lies (location)."
        raise InvalidError(msg, details={"fields": {"size": [msg]}})
    if size is not None and not 1 <= size <= MAX_BYTES:
        msg = f"size: expected 1 to {MAX_BYTES:,} bytes, found {size:,}."
        raise InvalidError(msg, details={"fields": {"size": [msg]}})
    if location:
        _check_location(project, location)
    name = file_name or PurePosixPath(location).name
    return LabelImport.objects.create(
        project=project, created_by=actor, file_name=name, size=size, location=location
    )


def _check_location(project: Project, location: str) -> None:
    path = PurePosixPath(location)
    if path.is_absolute() or ".." in path.parts or "\\" in location or "\0" in location:
        msg = f"location: expected a path below the project's inbox, found '{location[:100]}'."
        raise InvalidError(msg, details={"fields": {"location": [msg]}})
    name = _stored_name(project, location)
    if not clip_storage().exists(name):
        msg = f"location: expected a file {name} in the storage of clips, found none."
        raise InvalidError(msg, details={"fields": {"location": [msg]}})


def _stored_name(project: Project, location: str) -> str:
    return f"{INBOX}/{project.slug}/{PurePosixPath(location)}"


def label_import_put(
    *, actor: User, label_import: LabelImport, number: int, content: bytes, sha256: str | None
) -> None:
    """Keep a part; sent again, it takes the place of the one before.

    Args:
        actor: Who sends.
        label_import: Of which file.
        number: Which part, from 0.
        content: All of it.
        sha256: Of the content, hexadecimal, as the sender counted it; None: not counted.

    Raises:
        ForbiddenError: The actor's role may not import labels.
        InvalidError: There is no such part, or it has other bytes.
        ImportBusyError: The file is being read already.
    """
    require(actor, label_import.project, "save_other_labels")
    if label_import.job_id is not None or label_import.size is None:
        msg = "This file is whole already; its parts can't be changed any more."
        raise ImportBusyError(msg)
    keep_part(label_import.pk, label_import.size, number, content, sha256)


def label_import_run(
    *,
    actor: User,
    label_import: LabelImport,
    options: Mapping[str, Any],
    is_dry_run: bool,
    send: bool = True,
) -> LabelImport:
    """Have a worker read the file, and where that is all that is wanted only say what it found.

    Args:
        actor: Who imports.
        label_import: Which file.
        options: See ``options_of``.
        is_dry_run: Whether nothing is stored.
        send: False where the caller runs the job itself.

    Raises:
        ForbiddenError: The actor's role may not import labels.
        InvalidError: An option is none.
        ImportBusyError: Parts are missing, or a job is at it.
    """
    require(actor, label_import.project, "save_other_labels")
    options_of(options)
    with transaction.atomic():
        found = LabelImport.objects.select_for_update(of=("self",)).get(pk=label_import.pk)
        if found.job is not None and found.job.state not in FINAL_STATES:
            msg = "A job is reading these files; wait until it is done."
            raise ImportBusyError(msg)
        if found.size is not None:
            missing = missing_parts(found.pk, found.size)
            if missing:
                msg = f"{len(missing)} parts are missing, the first of them is part {missing[0]}."
                raise ImportBusyError(msg, details={"missing": missing[:_NAMED]})
        found.options = dict(options)
        found.is_dry_run = is_dry_run
        found.job = jobs.enqueue(JOB_KIND, queue=QUEUE, send=send, import_id=found.pk)
        found.save(update_fields=["options", "is_dry_run", "job"])
    return found


def label_import_forget(*, actor: User, label_import: LabelImport) -> None:
    """Forget an import and its parts; label sets that came of it stay.

    Raises:
        ForbiddenError: The actor's role may not import labels.
    """
    require(actor, label_import.project, "save_other_labels")
    if label_import.job_id is not None:
        jobs.cancel(label_import.job_id)
    delete_folder(clip_storage(), parts_prefix(label_import.pk))
    label_import.delete()


def label_import_work(context: JobContext, *, label_import: LabelImport) -> None:
    """Read the file and store its labels, or say what they are; all of them land or none.

    Raises:
        ImportDefectError: The file can't be read as labels.
        InvalidError: What was asked for doesn't fit it.
    """
    options = options_of(label_import.options)
    with _local_file(label_import) as path, Files.at(path, label_import.file_name) as files:
        made = plan(
            files,
            label_import.project,
            options,
            lambda done, total, message: context.progress(done, total or None, message),
        )
    report = made.to_dict()
    if holds_nul(report):
        msg = f"{label_import.file_name}: expected names and classes without U+0000, found one."
        raise InvalidError(msg)
    with context.publish():
        label_sets = []
        if not label_import.is_dry_run:
            found = store(made, options, label_import.created_by)
            label_sets = [str(label_set.pk) for label_set in found]
        LabelImport.objects.filter(pk=label_import.pk).update(report=report, label_sets=label_sets)
    if not label_import.is_dry_run:
        delete_folder(clip_storage(), parts_prefix(label_import.pk))


def options_of(said: Mapping[str, Any]) -> Options:
    """Return options from their JSON form.

    Raises:
        InvalidError: One of them can't be.
    """
    source = said.get("source") or Source.IMPORT.value
    if source not in Source.values or source == Source.HUMAN:
        known = ", ".join(value for value in Source.values if value != Source.HUMAN)
        msg = f"source: expected one of {known}, found '{source}'."
        raise InvalidError(msg, details={"fields": {"source": [msg]}})
    name = said.get("format") or ""
    if name and name not in FORMATS:
        msg = f"format: expected one of {', '.join(FORMATS)}, found '{name}'."
        raise InvalidError(msg, details={"fields": {"format": [msg]}})
    clip_id = said.get("clip_id")
    rate_hz = said.get("rate_hz")
    return Options(
        format=name,
        clip_id=None if clip_id is None else uuid.UUID(str(clip_id)),
        recording=said.get("recording") or "",
        layer=said.get("layer") or "",
        source=source,
        name=said.get("name") or "",
        classes=ClassMapping(dict(said.get("classes") or {}), keep=bool(said.get("keep_classes"))),
        asked=Asked(said.get("camera") or "", None if rate_hz is None else float(rate_hz)),
    )


@contextmanager
def _local_file(label_import: LabelImport) -> Iterator[Path]:
    """Put the file together on this machine, where it can be read here and there."""
    work = settings.DATA_DIR / "work"
    work.mkdir(parents=True, exist_ok=True)
    storage = clip_storage()
    with TemporaryDirectory(prefix="labels-", dir=work) as folder:
        path = Path(folder) / "file"
        if label_import.size is None:
            names = [_stored_name(label_import.project, label_import.location)]
        else:
            count = part_count(label_import.size)
            names = [part_name(label_import.pk, number) for number in range(count)]
        with path.open("wb") as target:
            for name in names:
                try:
                    with storage.open(name, "rb") as part:
                        shutil.copyfileobj(part, target, _COPY_BYTES)
                except FileNotFoundError as error:
                    msg = f"{label_import.file_name}: it is not in the storage any more."
                    raise InvalidError(msg) from error
        yield path


def _clear_old() -> None:
    """Forget what was sent a week ago; label sets that came of it stay."""
    old = LabelImport.objects.filter(created_at__lt=timezone.now() - _KEPT)
    for label_import in old.filter(Q(job__isnull=True) | Q(job__state__in=FINAL_STATES)):
        delete_folder(clip_storage(), parts_prefix(label_import.pk))
        LabelImport.objects.filter(pk=label_import.pk).delete()
