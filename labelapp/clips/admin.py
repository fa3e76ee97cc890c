"""Clips in Django's admin: to be read; they come from ``manage.py import_clip``."""

from django.contrib import admin

from labelapp.clips.models import Clip
from labelapp.common.admin import ReadOnlyAdmin


@admin.register(Clip)
class ClipAdmin(ReadOnlyAdmin):
    """Shows clips."""

    list_display = ["name", "project", "camera_count", "image_count", "sweep_count", "created_at"]
    list_filter = ["project"]
    list_select_related = ["project"]
    search_fields = ["name", "id"]
    date_hierarchy = "created_at"
