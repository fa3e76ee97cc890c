"""Routes of projects, below ``/api/``."""

from django.urls import path

from labelapp.projects.api import ProjectListView
from labelapp.projects.audit_api import ProjectAuditFileView, ProjectAuditView, ServerAuditView

urlpatterns = [
    path("projects", ProjectListView.as_view(), name="project-list"),
    path("projects/<slug:slug>/audit", ProjectAuditView.as_view(), name="project-audit"),
    path(
        "projects/<slug:slug>/audit/file", ProjectAuditFileView.as_view(), name="project-audit-file"
    ),
    path("audit", ServerAuditView.as_view(), name="server-audit"),
]
