"""Routes of imports, below ``/api/``."""

from django.urls import path

from labelapp.imports.api import (
    LabelImportDetailView,
    LabelImportListView,
    LabelImportPartView,
    LabelImportRunView,
)

urlpatterns = [
    path(
        "projects/<slug:slug>/label-imports",
        LabelImportListView.as_view(),
        name="label-import-list",
    ),
    path(
        "label-imports/<uuid:import_id>",
        LabelImportDetailView.as_view(),
        name="label-import-detail",
    ),
    path(
        "label-imports/<uuid:import_id>/parts/<int:number>",
        LabelImportPartView.as_view(),
        name="label-import-part",
    ),
    path(
        "label-imports/<uuid:import_id>/run",
        LabelImportRunView.as_view(),
        name="label-import-run",
    ),
]
