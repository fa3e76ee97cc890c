"""Background work of clips."""

import uuid

from labelapp.clips.models import Clip, ClipUpload
from labelapp.clips.services import static_cloud_build
from labelapp.clips.services.clip_upload import JOB_KIND as UPLOAD_KIND
from labelapp.clips.services.clip_upload import clip_upload_import
from labelapp.clips.services.cloud_prepare import JOB_KIND
from labelapp.common.jobs import JobContext, job


@job(JOB_KIND)
def static_cloud(context: JobContext, *, clip_id: str) -> None:
    """Make a clip's static cloud; interrupted, it begins anew."""
    static_cloud_build(context, clip=Clip.objects.get(pk=uuid.UUID(clip_id)))


@job(UPLOAD_KIND)
def upload(context: JobContext, *, upload_id: str) -> None:
    """Import a clip folder that came over HTTP; interrupted, it begins anew."""
    uploads = ClipUpload.objects.select_related("project", "created_by")
    clip_upload_import(context, upload=uploads.get(pk=uuid.UUID(upload_id)))
