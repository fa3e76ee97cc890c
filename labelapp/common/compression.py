"""Compression of text. Pictures and sweeps are left alone: they are dense, and have ranges."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class GzipTextMiddleware(GZipMiddleware):
    """Compress JSON and HTML answers where the browser accepts it."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress ``response`` if it is text and whole."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if not isinstance(response, HttpResponse) or kind not in {"application/json", "text/html"}:
            return response
        return super().process_response(request, response)
