"""All routes."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from labelapp.accounts.admin_login import admin_login
from labelapp.config import frontend

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
    path("api/", include("labelapp.accounts.urls")),
    path("api/", include("labelapp.projects.urls")),
    path("api/", include("labelapp.ontology.urls")),
    path("api/", include("labelapp.clips.urls")),
    path("api/", include("labelapp.labels.urls")),
    path("api/", include("labelapp.work.urls")),
    path("api/", include("labelapp.notices.urls")),
    path("api/", include("labelapp.training.urls")),
    path("api/", include("labelapp.review.urls")),
    path("api/", include("labelapp.prelabels.urls")),
    path("api/", include("labelapp.agreement.urls")),
    path("api/", include("labelapp.autolabel.urls")),
    path("api/", include("labelapp.datasets.urls")),
    path("api/", include("labelapp.imports.urls")),
    # The pages of the browser tool; a name with a dot is a file that is not there.
    re_path(r"^(?!api/|admin/|static/)(?P<path>[^.]*)$", frontend.page, name="frontend"),
]
handler400 = "labelapp.common.error_responses.bad_request"
handler403 = "labelapp.common.error_responses.permission_denied"
handler404 = "labelapp.common.error_responses.page_not_found"
handler500 = "labelapp.common.error_responses.server_error"
