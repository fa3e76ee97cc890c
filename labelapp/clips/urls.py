"""Routes of clips, below ``/api/``."""

from django.urls import path

from labelapp.clips.api import (
    ClipDetailView,
    ClipImageView,
    ClipListView,
    ClipSweepTileView,
    ClipSweepView,
    ClipTrajectoryView,
    StaticCloudFileView,
    StaticCloudView,
)
from labelapp.clips.upload_api import (
    ClipUploadDetailView,
    ClipUploadFinishView,
    ClipUploadListView,
    ClipUploadPartView,
)

urlpatterns = [
    path(
        "projects/<slug:slug>/clip-uploads", ClipUploadListView.as_view(), name="clip-upload-list"
    ),
    path(
        "clip-uploads/<uuid:upload_id>", ClipUploadDetailView.as_view(), name="clip-upload-detail"
    ),
    path(
        "clip-uploads/<uuid:upload_id>/parts/<int:number>",
        ClipUploadPartView.as_view(),
        name="clip-upload-part",
    ),
    path(
        "clip-uploads/<uuid:upload_id>/finish",
        ClipUploadFinishView.as_view(),
        name="clip-upload-finish",
    ),
    path("projects/<slug:slug>/clips", ClipListView.as_view(), name="clip-list"),
    path("clips/<uuid:clip_id>", ClipDetailView.as_view(), name="clip-detail"),
    path("clips/<uuid:clip_id>/trajectory", ClipTrajectoryView.as_view(), name="clip-trajectory"),
    path(
        "clips/<uuid:clip_id>/images/<str:camera>/<int:index>",
        ClipImageView.as_view(),
        name="clip-image",
    ),
    path("clips/<uuid:clip_id>/sweeps/<int:index>", ClipSweepView.as_view(), name="clip-sweep"),
    path(
        "clips/<uuid:clip_id>/sweeps/<int:index>/tiles/<str:name>",
        ClipSweepTileView.as_view(),
        name="clip-sweep-tile",
    ),
    path("clips/<uuid:clip_id>/cloud", StaticCloudView.as_view(), name="static-cloud"),
    path(
        "clips/<uuid:clip_id>/cloud/<str:version>/<str:name>",
        StaticCloudFileView.as_view(),
        name="static-cloud-file",
    ),
]
