"""Routes of data sets, below ``/api/``."""

from django.urls import path

from labelapp.datasets.api import (
    ExportCancelView,
    ExportDetailView,
    ExportFileView,
    ExportListView,
)

urlpatterns = [
    path("projects/<slug:slug>/exports", ExportListView.as_view(), name="export-list"),
    path("exports/<uuid:export_id>", ExportDetailView.as_view(), name="export-detail"),
    path("exports/<uuid:export_id>/cancel", ExportCancelView.as_view(), name="export-cancel"),
    path("exports/<uuid:export_id>/files/<str:name>", ExportFileView.as_view(), name="export-file"),
]
