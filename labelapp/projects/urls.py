"""Routes of projects, below ``/api/``."""

from django.urls import path

from labelapp.projects.api import ProjectListView

urlpatterns = [path("projects", ProjectListView.as_view(), name="project-list")]
