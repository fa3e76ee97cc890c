"""How a file of an export is answered, whoever may have it."""

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from labelapp.common.http import REVALIDATE, file_response
from labelapp.common.storage import open_part
from labelapp.datasets.selectors import ExportFile
from labelapp.datasets.storage import export_storage


def download(request: Request, file: ExportFile) -> HttpResponseBase:
    """Return a file, or the range of it that is asked for."""
    return file_response(
        request._request,  # noqa: SLF001  DRF's own is no Django request
        lambda part: open_part(export_storage(), file.path, part),
        size=file.size,
        etag=file.sha256,
        content_type="application/octet-stream",
        cache_control=REVALIDATE,
        attachment_name=file.name,
    )
