"""Routes of proposals, below ``/api/``."""

from django.urls import path

from labelapp.autolabel.api import BoxFitView, TrackView

urlpatterns = [
    path("clips/<uuid:clip_id>/fit-box", BoxFitView.as_view(), name="box-fit"),
    path("clips/<uuid:clip_id>/track-box", TrackView.as_view(), name="box-track"),
]
