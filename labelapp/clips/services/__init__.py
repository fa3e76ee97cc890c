"""Writing clips."""

from labelapp.clips.services.clip_import import ImportedClip, clip_import
from labelapp.clips.services.cloud_prepare import static_cloud_build, static_cloud_request

__all__ = ["ImportedClip", "clip_import", "static_cloud_build", "static_cloud_request"]
