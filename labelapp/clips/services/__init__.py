"""Writing clips."""

from labelapp.clips.services.clip_import import ImportedClip, clip_import

__all__ = ["ImportedClip", "clip_import"]
