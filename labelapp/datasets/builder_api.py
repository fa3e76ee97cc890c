"""What helps to put a data set together: what there is to ask for, and whether a spec is right."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.common.schema import errors
from labelapp.datasets.builder_serializers import CheckedSpecOutput, FacetsOutput, SpecTextInput
from labelapp.datasets.spec_text import class_notes, formats_of, spec_text_check
from labelapp.datasets.versions.facets import facets_of
from labelapp.ontology.selectors import ontology_now
from labelapp.projects.policies import require
from labelapp.projects.selectors import project_for


class DatasetFacetsView(APIView):
    @extend_schema(
        operation_id="dataset_facets", responses={200: FacetsOutput, **errors(401, 403, 404)}
    )
    def get(self, request: Request, slug: str) -> Response:
        """Say what a query of this project may ask for."""
        project = project_for(request.user, slug)
        require(request.user, project, "export")
        return Response(FacetsOutput(facets_of(project)).data)


class TargetSpecCheckView(APIView):
    @extend_schema(
        operation_id="target_spec_check",
        request=SpecTextInput,
        responses={200: CheckedSpecOutput, **errors(400, 401, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Say what is wrong with a target spec, line by line; nothing is kept."""
        project = project_for(request.user, slug)
        require(request.user, project, "export")
        sent = SpecTextInput(data=request.data)
        sent.is_valid(raise_exception=True)
        text = sent.validated_data["text"]
        checked = spec_text_check(text)
        ontology = ontology_now(project)
        layers = ontology.layers.values() if ontology else ()
        known = {name for layer in layers for name in layer.classes}
        body = {
            "problems": checked.problems,
            "notes": class_notes(text, checked, known),
            "document": checked.document,
            "heads": [name for name, _ in checked.specs.heads] if checked.specs else [],
            "formats": [] if checked.problems else formats_of(checked.specs),
        }
        return Response(CheckedSpecOutput(body).data)
