"""What of the clips somebody may see."""

import re
import uuid
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from labelapp.accounts.models import User
from labelapp.accounts.narrowing import Narrowing
from labelapp.clips.errors import ClipNotFoundError, StoredFileMissingError
from labelapp.clips.manifest import manifest_read
from labelapp.clips.models import Clip, ClipUpload, StaticCloud
from labelapp.clips.storage import (
    TRAJECTORY,
    clip_storage,
    cloud_file_name,
    image_name,
    sweep_name,
    sweep_tile_name,
    thumbnail_name,
)
from labelapp.projects.models import Project
from labelapp.projects.policies import require
from labelapp.projects.selectors import projects_visible_to

_BINARY = "application/octet-stream"
_CLOUD_TYPES = {"json": "application/json", "glb": "model/gltf-binary"}
_CLOUD_FILE = re.compile(r"tileset\.json|[0-9]{1,9}\.glb")
_CLOUD_VERSION = re.compile(r"[0-9a-f]{32}")
_IMAGE_TYPES = {"jpg": "image/jpeg", "png": "image/png"}

#: Apps above take away from this what somebody isn't to see.
clips_shown: Narrowing[Clip] = Narrowing()


def clips_visible_to(user: User | AnonymousUser) -> QuerySet[Clip]:
    """Return the clips of all projects that a user is a member of, as far as they see them."""
    return clips_shown(Clip.objects.filter(project__in=projects_visible_to(user)), user)


def clip_for(user: User | AnonymousUser, clip_id: uuid.UUID) -> Clip:
    """Return a clip with its project, as somebody who may see it.

    Raises:
        ClipNotFoundError: there is none, or it is not theirs to know of.
    """
    clip = clips_visible_to(user).select_related("project").filter(pk=clip_id).first()
    if clip is None:
        msg = f"There is no clip {clip_id}, or you are not a member of its project."
        raise ClipNotFoundError(msg)
    return clip


def clip_by_name(project: Project, name: str) -> Clip:
    """Return a project's clip by its name or its id.

    Raises:
        ClipNotFoundError: none has it, or several have this name.
    """
    found = list(Clip.objects.filter(project=project, name=name)[:2])
    if not found:
        try:
            found = list(Clip.objects.filter(project=project, pk=uuid.UUID(name)))
        except ValueError:
            found = []
    if len(found) != 1:
        many = "Several clips have" if found else "No clip has"
        msg = f"{many} the name '{name}' in project '{project.slug}'; name one by its id."
        raise ClipNotFoundError(msg)
    return found[0]


def clip_upload_for(user: User | AnonymousUser, upload_id: uuid.UUID) -> ClipUpload:
    """Return an upload, as somebody who may import clips into its project.

    Raises:
        ClipNotFoundError: there is none, or the user is no member of its project.
        ForbiddenError: the user's role has nothing to do with imports.
    """
    found = (
        ClipUpload.objects.filter(pk=upload_id, project__in=projects_visible_to(user))
        .select_related("project", "job")
        .first()
    )
    if found is None:
        msg = f"There is no upload {upload_id}, or you are not a member of its project."
        raise ClipNotFoundError(msg)
    require(user, found.project, "import_clip")
    return found


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a clip, as it is to be served.

    Attributes:
        name: where it lies in the storage.
        size: bytes.
        etag: names this version of it; there is only one.
        content_type: of the file.
    """

    name: str
    size: int
    etag: str
    content_type: str


def trajectory_file(clip: Clip) -> StoredFile:
    """Return where a clip's trajectory lies."""
    return _stored(clip, TRAJECTORY, None, _BINARY)


def image_file(clip: Clip, camera: str, index: int, *, is_thumbnail: bool) -> StoredFile:
    """Return where a picture lies.

    Raises:
        ClipNotFoundError: the clip has no such camera or image, or no picture of it was kept.
    """
    manifest = manifest_read(clip.storage_prefix)
    number = manifest.camera_number(camera)
    images = manifest.cameras[number]
    if not 0 <= index < len(images.extensions):
        msg = f"Camera '{camera}' has {len(images.extensions)} images, counted from 0; not {index}."
        raise ClipNotFoundError(msg)
    extension = images.extensions[index]
    if not extension:
        msg = f"The picture of image {index} of camera '{camera}' was not kept by the recorder."
        raise ClipNotFoundError(msg)
    if is_thumbnail:
        return _stored(clip, thumbnail_name(number, index), None, "image/jpeg")
    name = image_name(number, index, extension)
    return _stored(clip, name, images.sizes[index], _IMAGE_TYPES[extension])


def sweep_file(clip: Clip, index: int) -> StoredFile:
    """Return where a sweep lies.

    Raises:
        ClipNotFoundError: the clip has no such sweep.
    """
    sweeps = manifest_read(clip.storage_prefix).sweeps
    if not 0 <= index < len(sweeps):
        msg = f"This clip has {len(sweeps)} sweeps, counted from 0; not {index}."
        raise ClipNotFoundError(msg)
    return _stored(clip, sweep_name(index), sweeps[index].size, _BINARY)


def static_cloud_of(clip: Clip) -> StaticCloud | None:
    """Return a clip's static cloud with its job, None where nobody asked for one yet."""
    return StaticCloud.objects.select_related("job").filter(clip=clip).first()


def cloud_file(clip: Clip, version: str, name: str) -> StoredFile:
    """Return where a file of a static cloud lies.

    Raises:
        ClipNotFoundError: there is no such file.
    """
    if _CLOUD_VERSION.fullmatch(version) and _CLOUD_FILE.fullmatch(name):
        path = cloud_file_name(version, name)
        try:
            size = clip_storage().size(f"{clip.storage_prefix}/{path}")
        except FileNotFoundError:
            pass
        else:
            return _stored(clip, path, size, _CLOUD_TYPES[name.rpartition(".")[2]])
    msg = f"Clip {clip.pk} has no file '{name[:40]}' in version '{version[:40]}' of its cloud."
    raise ClipNotFoundError(msg)


def sweep_tile_file(clip: Clip, index: int, name: str) -> StoredFile:
    """Return where a file of a huge sweep's tiles lies.

    Raises:
        ClipNotFoundError: there is no such file.
    """
    sweeps = manifest_read(clip.storage_prefix).sweeps
    if 0 <= index < len(sweeps) and sweeps[index].tile_count and _CLOUD_FILE.fullmatch(name):
        number = name.removesuffix(".glb")
        if name.endswith(".json") or int(number) < sweeps[index].tile_count:
            path = sweep_tile_name(index, name)
            return _stored(clip, path, None, _CLOUD_TYPES[name.rpartition(".")[2]])
    msg = f"Sweep {index} of clip {clip.pk} has no tile '{name[:40]}'."
    raise ClipNotFoundError(msg)


def _stored(clip: Clip, name: str, size: int | None, content_type: str) -> StoredFile:
    path = f"{clip.storage_prefix}/{name}"
    try:
        known = clip_storage().size(path) if size is None else size
    except FileNotFoundError as error:
        msg = f"The storage has lost {name} of clip {clip.pk}."
        raise StoredFileMissingError(msg) from error
    # A clip's files never change, so that its id and their name are as good as a hash of them.
    return StoredFile(path, known, f"{clip.pk}/{name}", content_type)
