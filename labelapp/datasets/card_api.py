"""Cards of versions: asking for one, watching it, and the file."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.common.jobs import JobState
from labelapp.common.schema import errors
from labelapp.datasets.card_serializers import CardOutput
from labelapp.datasets.cards.files import card_page, card_read
from labelapp.datasets.errors import ExportNotDoneError
from labelapp.datasets.models import DatasetCard, DatasetVersion
from labelapp.datasets.selectors import card_of, version_for
from labelapp.datasets.services import card_ensure

#: Nothing of the page runs, and nothing is fetched.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


class CardView(APIView):
    @extend_schema(
        operation_id="version_card", responses={200: CardOutput, **errors(401, 403, 404)}
    )
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        """Return what a version looks like, or how far counting it is."""
        version = version_for(request.user, version_id)
        return Response(CardOutput(_shown(version, card_of(version))).data)

    @extend_schema(
        operation_id="version_card_make",
        request=None,
        responses={200: CardOutput, **errors(401, 403, 404)},
    )
    def post(self, request: Request, version_id: uuid.UUID) -> Response:
        """Have a version's card made, where there is none."""
        version = version_for(request.user, version_id)
        assert request.user.is_authenticated  # noqa: S101  the permission that every view has
        card = card_ensure(actor=request.user, version=version)
        return Response(CardOutput(_shown(version, card)).data)


class CardFileView(APIView):
    @extend_schema(
        operation_id="version_card_file",
        responses={(200, "text/html"): OpenApiTypes.STR, **errors(401, 403, 404, 409)},
    )
    def get(self, request: Request, version_id: uuid.UUID) -> HttpResponseBase:
        """Download a version's card as one HTML file."""
        version = version_for(request.user, version_id)
        card = card_of(version)
        if card is None or card.job.state != JobState.DONE:
            msg = "This version's card is not made yet."
            raise ExportNotDoneError(msg)
        name = f"{version.dataset.name}-{version.number}.html"
        return HttpResponse(
            _html(version, whole=True),
            content_type="text/html; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Content-Security-Policy": _POLICY,
            },
        )


def _shown(version: DatasetVersion, card: DatasetCard | None) -> dict[str, Any]:
    if card is None:
        return {"state": "none", "progress": None, "message": "", "html": None, "file_url": None}
    is_done = card.job.state == JobState.DONE
    return {
        "state": card.job.state,
        "progress": card.job,
        "message": card.job.message,
        "html": _html(version, whole=False) if is_done else None,
        "file_url": f"/api/dataset-versions/{version.pk}/card/file" if is_done else None,
    }


def _html(version: DatasetVersion, *, whole: bool) -> str:
    deprecation = getattr(version, "deprecation", None)
    reason = deprecation.reason if deprecation else None
    return card_page(card_read(version), version, whole=whole, deprecated=reason)
