"""Routes of pre-labels, below ``/api/``."""

from django.urls import path

from labelapp.prelabels import api

urlpatterns = [
    path("projects/<slug:slug>/pre-labels", api.PrelabelsView.as_view(), name="pre-labels"),
]
