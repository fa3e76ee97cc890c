"""A project with its ontology."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.common.schema import errors
from labelapp.ontology.selectors import ontology_as_json, ontology_current
from labelapp.ontology.serializers import ProjectDetailOutput
from labelapp.projects.policies import require
from labelapp.projects.selectors import project_for


class ProjectDetailView(APIView):
    @extend_schema(
        operation_id="project_get", responses={200: ProjectDetailOutput, **errors(401, 404)}
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return a project with the ontology version that it is labelled by now."""
        project = project_for(request.user, slug)
        role = require(request.user, project, "see")
        return Response(
            {
                "id": project.pk,
                "slug": project.slug,
                "name": project.name,
                "role": role.value,
                "ontology": ontology_as_json(ontology_current(project)),
            }
        )
