"""The browser tool's page: addresses that are not the API's or the admin's are its own business."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

#: All comes from here, and nobody may frame it. Mantine writes its styles into the page.
_CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self' 'unsafe-inline'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


@require_safe
def page(request: HttpRequest, path: str = "") -> HttpResponse:  # noqa: ARG001  the page reads it
    """Return the page; it is never cached, as it names the files of the newest build."""
    index = settings.FRONTEND_DIST / "index.html"
    try:
        body = index.read_bytes()
    except FileNotFoundError:
        sentence = "The browser tool is not built yet: run `make setup`, then start again."
        return HttpResponse(sentence, status=503, content_type="text/plain; charset=utf-8")
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    }
    return HttpResponse(body, headers=headers)
