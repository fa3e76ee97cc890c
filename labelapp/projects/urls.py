"""Routes of projects, below ``/api/``."""

from django.urls import path

from labelapp.projects.api import ProjectListView
from labelapp.projects.audit_api import ProjectAuditFileView, ProjectAuditView, ServerAuditView
from labelapp.projects.invitation_api import (
    InvitationAcceptView,
    InvitationListView,
    InvitationLookView,
    InvitationView,
)

urlpatterns = [
    path(
        "projects/<slug:slug>/invitations",
        InvitationListView.as_view(),
        name="invitation-list",
    ),
    path(
        "projects/<slug:slug>/invitations/<uuid:invitation_id>",
        InvitationView.as_view(),
        name="invitation",
    ),
    path("invitations/look", InvitationLookView.as_view(), name="invitation-look"),
    path("invitations/accept", InvitationAcceptView.as_view(), name="invitation-accept"),
    path("projects", ProjectListView.as_view(), name="project-list"),
    path("projects/<slug:slug>/audit", ProjectAuditView.as_view(), name="project-audit"),
    path(
        "projects/<slug:slug>/audit/file", ProjectAuditFileView.as_view(), name="project-audit-file"
    ),
    path("audit", ServerAuditView.as_view(), name="server-audit"),
]
