"""Imports of labels in Django's admin: to be read."""

from django.contrib import admin

from labelapp.common.admin import ReadOnlyAdmin
from labelapp.imports.models import LabelImport


@admin.register(LabelImport)
class LabelImportAdmin(ReadOnlyAdmin):
    """Shows imports of labels."""

    list_display = ["id", "project", "file_name", "job", "created_by", "created_at"]
    list_filter = ["project", "job__state"]
    list_select_related = ["project", "job", "created_by"]
    date_hierarchy = "created_at"
