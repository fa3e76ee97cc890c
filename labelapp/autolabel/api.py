"""Proposals while labelling: a box for a click, a track for a box. They save nothing."""

import uuid

import numpy as np
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.autolabel.serializers import BoxFitInput, BoxFitOutput, TrackInput, TrackOutput
from labelapp.autolabel.services import FitRequest, TrackRequest, box_proposed, track_proposed
from labelapp.clips.selectors import clip_for
from labelapp.common.schema import errors


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
            heading_rad=found.get("heading_rad"),
        )
        return Response(box_proposed(user=actor_of(request), clip=clip, asked=asked))


class TrackView(APIView):
    @extend_schema(
        operation_id="box_track",
        request=TrackInput,
        responses={200: TrackOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, clip_id: uuid.UUID) -> Response:
        """Follow a box forward and back through the clip."""
        clip = clip_for(request.user, clip_id)
        sent = TrackInput(data=request.data)
        sent.is_valid(raise_exception=True)
        found = sent.validated_data
        asked = TrackRequest(
            layer=found["layer"],
            class_name=found["class"],
            time_ns=found["time_ns"],
            box=found["box"],
        )
        return Response(track_proposed(user=actor_of(request), clip=clip, asked=asked))
