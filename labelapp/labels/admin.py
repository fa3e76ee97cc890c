"""Label sets in Django's admin: to be read; they are changed by operations."""

from django.contrib import admin

from labelapp.common.admin import ReadOnlyAdmin
from labelapp.labels.models import LabelEvent, LabelSet


@admin.register(LabelSet)
class LabelSetAdmin(ReadOnlyAdmin):
    """Shows label sets."""

    list_display = ["clip", "layer", "source", "name", "revision", "created_by", "created_at"]
    list_filter = ["source", "layer", "clip__project"]
    list_select_related = ["clip", "created_by"]
    search_fields = ["clip__name", "id"]


@admin.register(LabelEvent)
class LabelEventAdmin(ReadOnlyAdmin):
    """Shows who changed which label when."""

    list_display = ["label_set", "revision", "kind", "label_id", "version", "author", "created_at"]
    list_filter = ["kind", "label_set__source"]
    list_select_related = ["label_set", "author"]
    search_fields = ["label_id", "=label_set__id", "author__username"]
    show_full_result_count = False
