"""Links to an export's files that need no account, for as long as they last."""

import datetime as dt
import uuid

from django.core import signing
from django.core.files.storage import FileSystemStorage
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.common.schema import errors
from labelapp.datasets.downloads import download
from labelapp.datasets.errors import ExportNotFoundError
from labelapp.datasets.link_serializers import LinkInput, LinkOutput
from labelapp.datasets.models import Export
from labelapp.datasets.selectors import ExportFile, export_file, export_for
from labelapp.datasets.storage import export_storage

_SALT = "labelapp.datasets.links"


class ExportLinksView(APIView):
    @extend_schema(
        operation_id="export_links",
        request=LinkInput,
        responses={200: LinkOutput(many=True), **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, export_id: uuid.UUID) -> Response:
        """Return a link to each file that anybody can follow until it expires."""
        export = export_for(request.user, export_id)
        sent = LinkInput(data=request.data)
        sent.is_valid(raise_exception=True)
        expires_s = int(sent.validated_data["expires_s"])
        until = timezone.now() + dt.timedelta(seconds=expires_s)
        # An export that is not done says so.
        names = [str(file["name"]) for file in export.files] or [""]
        files = [export_file(export, name) for name in names]
        links = [
            {
                "name": file.name,
                "size": file.size,
                "sha256": file.sha256,
                "url": _url(request, export, file, until, expires_s),
                "expires_at": until,
            }
            for file in files
        ]
        return Response(LinkOutput(links, many=True).data)


class SignedFileView(APIView):
    """What a link of a storage on disk leads to; those of S3 lead there."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="signed_file",
        auth=[],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            **errors(404, 416),
        },
    )
    def get(self, request: Request, token: str) -> HttpResponseBase:
        """Download the file of a link, while it lasts; ranges go on with one that broke off."""
        return download(request, _signed(token))


def _url(
    request: Request, export: Export, file: ExportFile, until: dt.datetime, expires_s: int
) -> str:
    storage = export_storage()
    if isinstance(storage, FileSystemStorage):
        about = {"export": str(export.pk), "name": file.name, "until": int(until.timestamp())}
        token = signing.dumps(about, salt=_SALT)
        return request.build_absolute_uri(reverse("signed-file", args=[token]))
    saved_as = {"ResponseContentDisposition": f'attachment; filename="{file.name}"'}
    url: str = storage.url(file.path, parameters=saved_as, expire=expires_s)  # type: ignore[call-arg]
    return url


def _signed(token: str) -> ExportFile:
    """Return the file that a token names.

    Raises:
        ExportNotFoundError: the token is not ours, it has expired, or the file is gone.
    """
    msg = "This link is not valid, or it has expired."
    try:
        about = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise ExportNotFoundError(msg) from error
    if timezone.now().timestamp() >= about["until"]:
        raise ExportNotFoundError(msg)
    export = Export.objects.select_related("job").filter(pk=about["export"]).first()
    if export is None or not export.files:
        raise ExportNotFoundError(msg)
    return export_file(export, about["name"])
