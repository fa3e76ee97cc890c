"""Routes of data sets, below ``/api/``."""

from django.urls import path

from labelapp.datasets.api import (
    ExportCancelView,
    ExportDetailView,
    ExportFileView,
    ExportListView,
)
from labelapp.datasets.builder_api import DatasetFacetsView, TargetSpecCheckView
from labelapp.datasets.card_api import CardFileView, CardView
from labelapp.datasets.dataset_api import (
    DatasetListView,
    DatasetPreviewView,
    HoldOutDetailView,
    HoldOutListView,
    VersionCompareView,
    VersionDeprecateView,
    VersionDetailView,
    VersionExportView,
    VersionItemsView,
    VersionListView,
)
from labelapp.datasets.link_api import ExportLinksView, SignedFileView
from labelapp.datasets.preview_api import TargetPreviewView

urlpatterns = [
    path("projects/<slug:slug>/datasets", DatasetListView.as_view(), name="dataset-list"),
    path(
        "projects/<slug:slug>/datasets/preview",
        DatasetPreviewView.as_view(),
        name="dataset-preview",
    ),
    path(
        "projects/<slug:slug>/datasets/facets", DatasetFacetsView.as_view(), name="dataset-facets"
    ),
    path(
        "projects/<slug:slug>/target-specs/check",
        TargetSpecCheckView.as_view(),
        name="target-spec-check",
    ),
    path(
        "projects/<slug:slug>/target-preview",
        TargetPreviewView.as_view(),
        name="target-preview",
    ),
    path("projects/<slug:slug>/hold-outs", HoldOutListView.as_view(), name="hold-out-list"),
    path("hold-outs/<uuid:hold_out_id>", HoldOutDetailView.as_view(), name="hold-out-detail"),
    path("datasets/<uuid:dataset_id>/versions", VersionListView.as_view(), name="version-list"),
    path("dataset-versions/<uuid:version_id>", VersionDetailView.as_view(), name="version-detail"),
    path("dataset-versions/<uuid:version_id>/card", CardView.as_view(), name="version-card"),
    path(
        "dataset-versions/<uuid:version_id>/card/file",
        CardFileView.as_view(),
        name="version-card-file",
    ),
    path(
        "dataset-versions/<uuid:version_id>/items",
        VersionItemsView.as_view(),
        name="version-items",
    ),
    path(
        "dataset-versions/<uuid:version_id>/since/<uuid:other_id>",
        VersionCompareView.as_view(),
        name="version-compare",
    ),
    path(
        "dataset-versions/<uuid:version_id>/deprecate",
        VersionDeprecateView.as_view(),
        name="version-deprecate",
    ),
    path(
        "dataset-versions/<uuid:version_id>/exports",
        VersionExportView.as_view(),
        name="version-export",
    ),
    path("projects/<slug:slug>/exports", ExportListView.as_view(), name="export-list"),
    path("exports/<uuid:export_id>", ExportDetailView.as_view(), name="export-detail"),
    path("exports/<uuid:export_id>/links", ExportLinksView.as_view(), name="export-links"),
    path("signed-files/<str:token>", SignedFileView.as_view(), name="signed-file"),
    path("exports/<uuid:export_id>/cancel", ExportCancelView.as_view(), name="export-cancel"),
    path("exports/<uuid:export_id>/files/<str:name>", ExportFileView.as_view(), name="export-file"),
]
