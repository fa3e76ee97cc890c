"""Tasks that start from a machine's labels, and what that saved."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.common.schema import errors
from labelapp.prelabels.selectors import prelabel_report
from labelapp.prelabels.serializers import (
    PrelabelReportOutput,
    StartsSetInput,
    StartsSetOutput,
)
from labelapp.prelabels.services import starts_set
from labelapp.projects.selectors import project_for
from labelapp.work.policies import require_overview


class PrelabelsView(APIView):
    @extend_schema(
        operation_id="prelabel_report",
        responses={200: PrelabelReportOutput, **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return what machines' labels saved people, by model and class."""
        project = project_for(request.user, slug)
        require_overview(request.user, project)
        return Response(PrelabelReportOutput(prelabel_report(project)).data)

    @extend_schema(
        operation_id="prelabel_starts_set",
        request=StartsSetInput,
        responses={200: StartsSetOutput, **errors(400, 401, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Have tasks that nobody has begun start from a machine's labels."""
        project = project_for(request.user, slug)
        sent = StartsSetInput(data=request.data)
        sent.is_valid(raise_exception=True)
        changed = starts_set(actor=actor_of(request), project=project, **sent.validated_data)
        return Response({"changed": changed})
