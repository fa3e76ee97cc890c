"""The browser tool's one page. Its assets are static files; its own router reads the path."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_NOT_BUILT = (
    "<!doctype html><title>labelapp</title><p>The browser tool has not been built: "
    "run <code>make setup</code>.</p>"
)


@require_safe
def page(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Django passes it
    """Answer every path that is not the API's with the browser tool."""
    try:
        content = (settings.FRONTEND_DIST / "index.html").read_bytes()
    except FileNotFoundError:
        return HttpResponse(_NOT_BUILT, status=503)
    return HttpResponse(content, headers={"Cache-Control": "no-cache"})
