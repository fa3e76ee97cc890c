"""All routes."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path, re_path

from labelapp.config import frontend

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    # What is not the API, the admin or a static file belongs to the browser tool.
    re_path(r"^(?!(?:api|admin|static|assets)(?:/|$))", frontend.page),
]
handler400 = "labelapp.common.error_responses.bad_request"
handler403 = "labelapp.common.error_responses.permission_denied"
handler404 = "labelapp.common.error_responses.page_not_found"
handler500 = "labelapp.common.error_responses.server_error"
