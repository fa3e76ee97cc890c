"""Writing clips."""

from labelapp.clips.services.clip_import import ImportedClip, clip_import
from labelapp.clips.services.clip_upload import (
    clip_upload_cancel,
    clip_upload_create,
    clip_upload_finish,
    clip_upload_put,
)
from labelapp.clips.services.cloud_prepare import static_cloud_build, static_cloud_request

__all__ = [
    "ImportedClip",
    "clip_import",
    "clip_upload_cancel",
    "clip_upload_create",
    "clip_upload_finish",
    "clip_upload_put",
    "static_cloud_build",
    "static_cloud_request",
]
