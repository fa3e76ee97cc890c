"""The list of projects. ``ontology`` answers a single one: it knows what is labelled in it."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.common.schema import errors
from labelapp.projects.selectors import projects_visible_to, roles_in
from labelapp.projects.serializers import ProjectOutput


class ProjectListView(APIView):
    @extend_schema(
        operation_id="project_list", responses={200: ProjectOutput(many=True), **errors(401)}
    )
    def get(self, request: Request) -> Response:
        """List the projects that the caller is a member of, by name."""
        projects = list(projects_visible_to(request.user))
        roles = roles_in(request.user, projects)
        return Response(
            [
                {"id": p.pk, "slug": p.slug, "name": p.name, "role": roles[p.pk].value}
                for p in projects
            ]
        )
