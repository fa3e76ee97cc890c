"""Targets over an image before anything is frozen or exported."""

import base64
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.common.errors import InvalidError
from labelapp.common.schema import errors
from labelapp.datasets import warming
from labelapp.datasets.preview import preview_make, preview_source
from labelapp.datasets.preview_serializers import (
    PreviewInput,
    PreviewOutput,
    PreviewReadinessOutput,
)
from labelapp.datasets.preview_start import clip_to_look_at, image_to_look_at
from labelapp.datasets.source import specs_from
from labelapp.datasets.spec_text import spec_text_check
from labelapp.datasets.versions.freezing import Asked
from labelapp.labels.models import LabelSet
from labelapp.projects.models import Project
from labelapp.projects.policies import require
from labelapp.projects.selectors import project_for
from projection.target_spec import TargetSpecs


class TargetPreviewView(APIView):
    @extend_schema(
        operation_id="target_preview_readiness",
        responses={200: PreviewReadinessOutput, **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Say whether targets can be had at once, or kernels have to be compiled first."""
        require(request.user, project_for(request.user, slug), "export")
        return Response(PreviewReadinessOutput({"is_compiled": warming.are_compiled()}).data)

    @extend_schema(
        operation_id="target_preview",
        request=PreviewInput,
        responses={200: PreviewOutput, **errors(400, 401, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Return a head's targets over an image, made as an export makes them."""
        project = project_for(request.user, slug)
        require(request.user, project, "export")
        sent = PreviewInput(data=request.data)
        sent.is_valid(raise_exception=True)
        asked = sent.validated_data
        clip = _clip(request, project, asked)
        specs = _specs(asked["text"])
        names = [name for name, _ in specs.heads]
        head = asked["head"] if asked["head"] in names else names[0]
        spec = dict(specs.heads)[head]
        source = preview_source(clip, _label_sets(clip, asked["layers"], asked["sources"]))
        camera, index = asked["camera"], asked["index"]
        if index is None or not camera:
            camera, index = image_to_look_at(source, spec, camera)
        preview = preview_make(source, camera=camera, index=index, head=head, spec=spec)
        body = {
            "clip_id": clip.pk,
            "clip": clip.name,
            "camera": camera,
            "index": index,
            "head": head,
            "heads": names,
            "time_ns": str(preview.time_ns),
            "is_tick": preview.is_tick,
            "picture": "data:image/jpeg;base64," + base64.b64encode(preview.jpeg).decode(),
            "count": preview.count,
            "targets": preview.rows,
        }
        return Response(PreviewOutput(body).data)


def _clip(request: Request, project: Project, asked: dict[str, Any]) -> Clip:
    """Return the clip that is asked for, else the first of the selection that has labels."""
    clip_id = asked["clip_id"]
    if clip_id is None:
        query = {} if asked["query"] is None else asked["query"]
        if isinstance(query, dict):
            query = {**query, "layers": asked["layers"], "sources": asked["sources"]}
        user = request.user if isinstance(request.user, User) else None
        selection = Asked.of(user, project, query=query, split=None, spec=None)
        return clip_to_look_at(selection, project)
    clip = Clip.objects.filter(project=project, pk=clip_id).first()
    if clip is None:
        msg = f"clip_id: project '{project.slug}' has no clip {clip_id}."
        raise InvalidError(msg, details={"fields": {"clip_id": [msg]}})
    return clip


def _specs(text: str) -> TargetSpecs:
    checked = spec_text_check(text)
    if checked.problems:
        first = checked.problems[0]
        msg = f"text: line {first.line}: {first.message}"
        raise InvalidError(msg, details={"fields": {"text": [msg]}})
    return checked.specs or specs_from(None)


def _label_sets(clip: Clip, layers: list[str], sources: list[str]) -> list[LabelSet]:
    """Return of each layer the label set of the best source that there is."""
    found = LabelSet.objects.filter(clip=clip, layer__in=layers, source__in=sources, name="")
    best: dict[str, LabelSet] = {}
    for one in sorted(found, key=lambda label_set: sources.index(label_set.source)):
        best.setdefault(one.layer, one)
    if not best:
        where = f"layers {', '.join(layers)} from {', '.join(sources)}"
        msg = f"clip_id: clip '{clip.name}' has no labels of {where}."
        raise InvalidError(msg, details={"fields": {"clip_id": [msg]}})
    return list(best.values())
