"""Static clouds: asking for one, making it, and making it visible."""

import contextlib
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction

from labelapp.accounts.models import User
from labelapp.clips.errors import NoSweepsError, StoredFileMissingError
from labelapp.clips.extensions import moving_tracks
from labelapp.clips.manifest import manifest_read
from labelapp.clips.models import Clip, StaticCloud
from labelapp.clips.preparing import PreparedCloud, static_cloud_make
from labelapp.clips.storage import CLOUDS, TRAJECTORY, clip_storage, cloud_file_name
from labelapp.clips.writing import decode_trajectory
from labelapp.common import jobs
from labelapp.common.jobs import JobContext
from labelapp.common.storage import delete_folder, list_folders, put_file, read_all
from labelapp.projects.policies import require
from projection.clouds.tileset import TILESET

JOB_KIND = "clips.static_cloud"
QUEUE = "ingest"


@transaction.atomic
def static_cloud_request(*, actor: User | None, clip: Clip) -> StaticCloud:
    """Return a clip's static cloud, which is being made anew from now on.

    Where a job waits for a worker already, that one does it.

    Args:
        actor: who asks; None for a command or an import.
        clip: whose.

    Raises:
        ForbiddenError: the actor's role may not.
        NoSweepsError: the clip has no points.
    """
    if actor is not None:
        require(actor, clip.project, "import_clip")
    if not clip.sweep_count:
        msg = f"Clip '{clip.name}' has no sweeps that a cloud could be made of."
        raise NoSweepsError(msg)
    Clip.objects.select_for_update().get(pk=clip.pk)
    cloud = StaticCloud.objects.select_related("job").filter(clip=clip).first()
    if cloud is not None and cloud.job.state == jobs.JobState.QUEUED:
        return cloud
    if cloud is not None:
        jobs.cancel(cloud.job_id)
    job = jobs.enqueue(JOB_KIND, queue=QUEUE, clip_id=clip.pk)
    if cloud is None:
        return StaticCloud.objects.create(clip=clip, job=job)
    cloud.job = job
    cloud.save(update_fields=["job"])
    return cloud


def static_cloud_build(context: JobContext, *, clip: Clip) -> None:
    """Make a clip's static cloud, store it, and point to it.

    What a killed worker leaves: a folder of temporary files, which the next attempt deletes, and
    tiles in storage that nothing points to, which the next one that ends deletes.

    Raises:
        StoredFileMissingError: the storage has lost a file of the clip.
    """
    folder = _work_folder(context)
    try:
        with _named(clip):
            made = static_cloud_make(
                clip.storage_prefix,
                manifest_read(clip.storage_prefix),
                decode_trajectory(read_all(clip_storage(), f"{clip.storage_prefix}/{TRAJECTORY}")),
                moving_tracks(clip),
                folder,
                context.progress,
            )
        _store(context, clip, folder / "tiles", made)
        _publish(context, clip, made)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _named(clip: Clip) -> Iterator[None]:
    """Say of which clip a file is missing."""
    try:
        yield
    except FileNotFoundError as error:
        msg = f"The storage has lost a file of clip {clip.pk}: {error.filename or error}."
        raise StoredFileMissingError(msg) from error


def _work_folder(context: JobContext) -> Path:
    """Return a new folder for temporary files; those of attempts that died are deleted."""
    work: Path = settings.DATA_DIR / "work"
    work.mkdir(parents=True, exist_ok=True)
    for left in work.glob(f"cloud-{context.job_id}-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = work / f"cloud-{context.job_id}-{context.attempt}-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    return folder


def _store(context: JobContext, clip: Clip, tiles: Path, made: PreparedCloud) -> None:
    """Put the files under the version's name, the tileset last."""
    for path in sorted(tiles.iterdir(), key=lambda path: path.name == TILESET):
        context.check()
        name = cloud_file_name(made.tileset.version, path.name)
        put_file(clip_storage(), f"{clip.storage_prefix}/{name}", path)


def _publish(context: JobContext, clip: Clip, made: PreparedCloud) -> None:
    with context.publish(f"{made.tileset.point_count} points"):
        cloud = StaticCloud.objects.select_for_update().get(clip=clip)
        before = cloud.version
        cloud.version = made.tileset.version
        cloud.point_count = made.tileset.point_count
        cloud.moved_count = made.moved_count
        cloud.tile_count = made.tileset.tile_count
        cloud.stored_bytes = made.tileset.size
        cloud.save()
    # The one before stays for those who look at it just now.
    kept = {before, made.tileset.version}
    for version in list_folders(clip_storage(), f"{clip.storage_prefix}/{CLOUDS}"):
        if version not in kept:
            delete_folder(clip_storage(), f"{clip.storage_prefix}/{CLOUDS}/{version}")
