"""Ontology versions in Django's admin: to be read, never changed."""

from django.contrib import admin

from labelapp.common.admin import ReadOnlyAdmin
from labelapp.ontology.models import OntologyVersion


@admin.register(OntologyVersion)
class OntologyVersionAdmin(ReadOnlyAdmin):
    """Shows ontology versions. New ones come from ``manage.py load_ontology``."""

    list_display = ["project", "version", "created_by", "created_at"]
    list_filter = ["project"]
    list_select_related = ["project", "created_by"]
