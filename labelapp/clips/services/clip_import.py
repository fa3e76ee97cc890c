"""Putting a clip folder in: checked whole, stored whole, or nothing of it."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction

from labelapp.accounts.models import User
from labelapp.clips.calibration import calibration_hash
from labelapp.clips.checking import CheckedClip, Progress, clip_check
from labelapp.clips.importing import label_sinks
from labelapp.clips.models import Clip
from labelapp.clips.poster import poster_of
from labelapp.clips.services.cloud_prepare import static_cloud_request
from labelapp.clips.staging import clear_dead_imports, require_staging, staging
from labelapp.clips.storage import prefix_of
from labelapp.clips.writing import WrittenClip, clip_write
from labelapp.projects.models import Project
from labelapp.projects.policies import require

_ONCE = "clip_content_once_per_project"


@dataclass(frozen=True, slots=True)
class ImportedClip:
    """What became of a folder.

    Attributes:
        clip: the clip, new or found.
        is_new: False when the project has this recording already.
        warnings: what was ignored, a line each.
    """

    clip: Clip
    is_new: bool
    warnings: list[str]


def clip_import(
    *,
    actor: User | None,
    project: Project,
    folder: Path,
    progress: Progress,
    name: str | None = None,
) -> ImportedClip:
    """Return the clip of a folder, which the project has from now on.

    Everything is checked before anything is stored. The same recording twice is one clip, whatever
    it is called; label sets that it did not come with before are added to it.

    Args:
        actor: who imports; None for a command.
        project: where to.
        folder: a clip folder, ``labelapp-clip/1``.
        progress: told the stage and how far it is.
        name: what to call the clip; None for the folder's own name of it.

    Raises:
        ForbiddenError: the actor's role may not import clips.
        ClipFolderError: the folder breaks the format; nothing of it stays.
        InvalidError: one of its label files cannot be taken; nothing of it stays.
    """
    if actor is not None:
        require(actor, project, "import_clip")
    clear_dead_imports()
    checked = clip_check(folder, name=name, progress=progress)
    found = _already_there(actor, project, checked)
    if found is not None:
        return found
    clip_id = uuid.uuid4()
    prefix = prefix_of(clip_id)
    try:
        with staging(prefix):
            written = clip_write(prefix, checked, progress=progress)
            clip = _commit(actor, project, clip_id, checked, written)
    except IntegrityError as error:
        if _ONCE not in str(error):
            raise
        # Somebody imported the same recording meanwhile.
        found = _already_there(actor, project, checked)
        if found is None:
            raise
        return found
    return ImportedClip(clip, is_new=True, warnings=checked.warnings)


def _already_there(
    actor: User | None, project: Project, checked: CheckedClip
) -> ImportedClip | None:
    with transaction.atomic():
        clip = Clip.objects.filter(project=project, content_hash=checked.content_hash).first()
        if clip is None:
            return None
        _take_label_sets(actor, clip, checked)
    return ImportedClip(clip, is_new=False, warnings=checked.warnings)


@transaction.atomic
def _commit(
    actor: User | None,
    project: Project,
    clip_id: uuid.UUID,
    checked: CheckedClip,
    written: WrittenClip,
) -> Clip:
    manifest = written.manifest
    poster = poster_of(manifest)
    clip = Clip.objects.create(
        id=clip_id,
        project=project,
        name=checked.name,
        content_hash=checked.content_hash,
        calibration_hash=calibration_hash(manifest),
        storage_prefix=prefix_of(clip_id),
        start_ns=manifest.start_ns,
        end_ns=manifest.end_ns,
        camera_count=len(manifest.cameras),
        image_count=sum(len(camera.times_ns) for camera in manifest.cameras),
        picture_count=sum(map(bool, checked.pictures)),
        sweep_count=len(manifest.sweeps),
        tick_count=len(manifest.ticks_ns),
        stored_bytes=written.stored_bytes,
        poster_camera=poster[0] if poster else "",
        poster_index=poster[1] if poster else 0,
        ground_z_m=manifest.ground_z_m,
        origin=manifest.origin,
        attributes=manifest.attributes,
        created_by=actor,
    )
    _take_label_sets(actor, clip, checked)
    if clip.sweep_count:
        static_cloud_request(actor=None, clip=clip)
    require_staging(clip.storage_prefix)
    return clip


def _take_label_sets(actor: User | None, clip: Clip, checked: CheckedClip) -> None:
    for label_set in checked.folder.label_sets:
        for sink in label_sinks():
            sink(clip=clip, label_set=label_set, actor=actor)
