"""Clip folders over HTTP: announced, sent part by part in any order, imported by a worker."""

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.clips.errors import UploadNotWholeError
from labelapp.clips.models import ClipUpload
from labelapp.clips.services.clip_import import clip_import
from labelapp.clips.storage import clip_storage
from labelapp.clips.uploads import (
    MAX_BYTES,
    keep_part,
    missing_parts,
    parts_prefix,
    unpack,
)
from labelapp.common import jobs
from labelapp.common.errors import DomainError, InvalidError
from labelapp.common.jobs import FINAL_STATES, JobContext
from labelapp.common.storage import delete_folder
from labelapp.projects.models import Project
from labelapp.projects.policies import require

JOB_KIND = "clips.upload"
QUEUE = "ingest"
#: Parts of uploads that nobody finished are deleted after this long.
_KEPT = dt.timedelta(days=7)
#: Missing parts that a sentence names.
_NAMED = 20


def clip_upload_create(*, actor: User, project: Project, size: int, name: str = "") -> ClipUpload:
    """Return a new upload that waits for its parts.

    Args:
        actor: who sends.
        project: where to.
        size: bytes of the whole tar file.
        name: what to call the clip; empty: as its folder says.

    Raises:
        ForbiddenError: the actor's role may not import clips.
        InvalidError: it is too big.
    """
    require(actor, project, "import_clip")
    _clear_old()
    if not 1 <= size <= MAX_BYTES:
        msg = f"size: expected 1 to {MAX_BYTES:,} bytes, found {size:,}."
        raise InvalidError(msg, details={"fields": {"size": [msg]}})
    return ClipUpload.objects.create(project=project, created_by=actor, size=size, name=name)


def clip_upload_put(
    *, actor: User, upload: ClipUpload, number: int, content: bytes, sha256: str | None
) -> None:
    """Keep a part; sent again, it takes the place of the one before.

    Args:
        actor: who sends.
        upload: of which file.
        number: which part, from 0.
        content: all of it.
        sha256: of the content, hexadecimal, as the sender counted it; None: not counted.

    Raises:
        ForbiddenError: the actor's role may not import clips.
        InvalidError: there is no such part, or it has other bytes.
        UploadNotWholeError: the upload is being imported already.
    """
    require(actor, upload.project, "import_clip")
    if upload.job_id is not None:
        msg = "This upload is whole already; its parts can't be changed any more."
        raise UploadNotWholeError(msg)
    keep_part(upload.pk, upload.size, number, content, sha256)


def clip_upload_finish(*, actor: User, upload: ClipUpload, send: bool = True) -> ClipUpload:
    """Have a worker import what was sent; finishing twice is finishing once.

    Args:
        actor: who sends.
        upload: which.
        send: False where the caller runs the job itself.

    Raises:
        ForbiddenError: the actor's role may not import clips.
        UploadNotWholeError: parts are missing; ``details.missing`` has the first of them.
    """
    require(actor, upload.project, "import_clip")
    with transaction.atomic():
        upload = ClipUpload.objects.select_for_update().get(pk=upload.pk)
        if upload.job_id is not None:
            return upload
        missing = missing_parts(upload.pk, upload.size)
        if missing:
            msg = f"{len(missing)} parts are missing, the first of them is part {missing[0]}."
            raise UploadNotWholeError(msg, details={"missing": missing[:_NAMED]})
        upload.job = jobs.enqueue(JOB_KIND, queue=QUEUE, send=send, upload_id=upload.pk)
        upload.save(update_fields=["job"])
    return upload


def clip_upload_cancel(*, actor: User, upload: ClipUpload) -> None:
    """Forget an upload and its parts; a clip that came of it stays.

    Raises:
        ForbiddenError: the actor's role may not import clips.
    """
    require(actor, upload.project, "import_clip")
    if upload.job_id is not None:
        jobs.cancel(upload.job_id)
    delete_folder(clip_storage(), parts_prefix(upload.pk))
    upload.delete()


def clip_upload_import(context: JobContext, *, upload: ClipUpload) -> None:
    """Unpack and import an upload; its parts go when that is decided.

    Raises:
        ClipFolderError: it is no clip folder, or one that breaks the format.
    """

    def progress(stage: str, done: int, total: int) -> None:
        context.progress(done, total, stage)

    work = settings.DATA_DIR / "work"
    work.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(prefix="upload-", dir=work) as name:
            folder = unpack(
                upload.pk,
                upload.size,
                Path(name),
                lambda written: context.progress(written, upload.size, "unpacking"),
            )
            imported = clip_import(
                actor=upload.created_by,
                project=upload.project,
                folder=folder,
                progress=progress,
                name=upload.name or None,
            )
    except DomainError:
        delete_folder(clip_storage(), parts_prefix(upload.pk))
        raise
    with context.publish():
        ClipUpload.objects.filter(pk=upload.pk).update(
            clip=imported.clip, is_new=imported.is_new, warnings=list(imported.warnings)
        )
    delete_folder(clip_storage(), parts_prefix(upload.pk))


def _clear_old() -> None:
    """Forget uploads that nobody finished."""
    old = ClipUpload.objects.filter(created_at__lt=timezone.now() - _KEPT)
    for upload in old.filter(Q(job__isnull=True) | Q(job__state__in=FINAL_STATES)):
        delete_folder(clip_storage(), parts_prefix(upload.pk))
        ClipUpload.objects.filter(pk=upload.pk).delete()
