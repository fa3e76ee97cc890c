"""Routes of ontologies, below ``/api/``."""

from django.urls import path

from labelapp.ontology.api import ProjectDetailView

urlpatterns = [path("projects/<slug:slug>", ProjectDetailView.as_view(), name="project-detail")]
