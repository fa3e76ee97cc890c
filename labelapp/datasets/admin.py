"""Exports in Django's admin: to be read."""

from django.contrib import admin

from labelapp.common.admin import ReadOnlyAdmin
from labelapp.datasets.models import Export


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """Shows exports."""

    list_display = ["id", "project", "layer", "source", "job", "created_by", "created_at"]
    list_filter = ["project", "job__state"]
    list_select_related = ["project", "job", "created_by"]
    date_hierarchy = "created_at"
