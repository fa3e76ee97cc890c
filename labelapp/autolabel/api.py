"""Proposals while labelling: a box for a click, a track for a box. They save nothing."""

import uuid
from typing import Any

import numpy as np
import orjson
from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from autolabel import Anchor, Box, HeadingHint, RoughBox
from autolabel.overlap import heading_of
from labelapp.accounts.actors import actor_of
from labelapp.autolabel.serializers import BoxFitInput, BoxFitOutput, TrackInput, TrackOutput
from labelapp.autolabel.services import (
    USUAL_HINT_RAD,
    FitRequest,
    TrackRequest,
    box_proposed,
    track_lines,
)
from labelapp.clips.selectors import clip_for
from labelapp.common.schema import errors


def _hint(found: dict[str, Any]) -> HeadingHint | None:
    heading = found.get("heading_rad")
    if heading is None:
        return None
    return HeadingHint(heading, found.get("heading_tolerance_rad", USUAL_HINT_RAD))


def _rough(box: Box | None) -> RoughBox | None:
    if box is None:
        return None
    return RoughBox(box.position_m, heading_of(box.quat_xyzw), box.size_m)


class BoxFitView(APIView):
    @extend_schema(
        operation_id="box_fit",
        request=BoxFitInput,
        responses={200: BoxFitOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, clip_id: uuid.UUID) -> Response:
        """Fit a box to the object that was clicked on."""
        clip = clip_for(request.user, clip_id)
        sent = BoxFitInput(data=request.data)
        sent.is_valid(raise_exception=True)
        found = sent.validated_data
        asked = FitRequest(
            layer=found["layer"],
            class_name=found["class"],
            time_ns=found["time_ns"],
            point_m=np.array(found["point_m"]),
            hint=_hint(found),
            rough=_rough(found.get("rough")),
        )
        return Response(box_proposed(user=actor_of(request), clip=clip, asked=asked))


class TrackView(APIView):
    @extend_schema(
        operation_id="box_track",
        request=TrackInput,
        responses={200: TrackOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, clip_id: uuid.UUID) -> Response | StreamingHttpResponse:
        """Follow a box forward and back through the clip.

        With `stream` the answer is lines of JSON, `application/x-ndjson`: `{"seen": {"time_ns",
        "position_m", "quat_xyzw", "confidence"}}` for each sighting as it is found, not smoothed
        yet, and at last `{"track": ...}` as it is without. Who closes the connection ends the
        search.
        """
        clip = clip_for(request.user, clip_id)
        sent = TrackInput(data=request.data)
        sent.is_valid(raise_exception=True)
        found = sent.validated_data
        asked = TrackRequest(
            layer=found["layer"],
            class_name=found["class"],
            time_ns=found["time_ns"],
            box=found["box"],
            is_sure=found.get("is_sure", True),
            others=[Anchor(one["time_ns"], one["box"]) for one in found.get("others", [])],
        )
        lines = track_lines(user=actor_of(request), clip=clip, asked=asked)
        if found.get("stream", False):
            text = (orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
            return StreamingHttpResponse(text, content_type="application/x-ndjson")
        *_, last = lines
        return Response(last["track"])
