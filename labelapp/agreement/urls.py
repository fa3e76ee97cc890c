"""Routes of agreement, below ``/api/``."""

from django.urls import path

from labelapp.agreement import api

urlpatterns = [
    path("projects/<slug:slug>/agreement", api.AgreementView.as_view(), name="agreement"),
    path(
        "projects/<slug:slug>/agreement/groups",
        api.AgreementGroupListView.as_view(),
        name="agreement-group-list",
    ),
    path(
        "projects/<slug:slug>/agreement/file",
        api.AgreementFileView.as_view(),
        name="agreement-file",
    ),
    path("tasks/<uuid:task_id>/versions", api.VersionsView.as_view(), name="task-versions"),
]
