"""Background work of clips."""

import uuid

from labelapp.clips.models import Clip
from labelapp.clips.services import static_cloud_build
from labelapp.clips.services.cloud_prepare import JOB_KIND
from labelapp.common.jobs import JobContext, job


@job(JOB_KIND)
def static_cloud(context: JobContext, *, clip_id: str) -> None:
    """Make a clip's static cloud; interrupted, it begins anew."""
    static_cloud_build(context, clip=Clip.objects.get(pk=uuid.UUID(clip_id)))
