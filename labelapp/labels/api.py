"""Label sets, their labels, saving, and what happened since."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.clips.selectors import clip_for
from labelapp.common.errors import InvalidError
from labelapp.common.schema import errors
from labelapp.labels.models import LabelSet
from labelapp.labels.operations import Batch
from labelapp.labels.selectors import (
    effort_of,
    events_after,
    label_set_for,
    label_sets_as_json,
    label_sets_visible_to,
    labels_at,
    labels_now,
)
from labelapp.labels.serializers import (
    EffortInput,
    EffortOutput,
    LabelEventListOutput,
    LabelListOutput,
    LabelSetCreateInput,
    LabelSetOutput,
    OperationsApplyInput,
    OperationsApplyOutput,
    PresenceInput,
    PresenceOutput,
)
from labelapp.labels.services import (
    effort_report,
    label_set_ensure,
    label_set_receive,
    operations_apply,
    presence_leave,
    presence_tell,
)

_REVISION = OpenApiParameter("revision", int, description="as of this revision; default: now")
_AFTER = OpenApiParameter("after", int, description="events after this revision; default: all")
_LEASE = OpenApiParameter(
    "X-Lease",
    str,
    OpenApiParameter.HEADER,
    description="`lease id:token`, where the label set belongs to a task",
)
#: What fits into the database's integer.
_MAX_REVISION = 2**63 - 1


def _count_in_query(request: Request, name: str) -> int | None:
    """Return a whole number from the address's query, None where it is not there."""
    text = request.query_params.get(name)
    if text is None:
        return None
    # isdecimal alone would take digits of other scripts, and any number of them.
    if text.isascii() and text.isdecimal() and len(text) <= 19 and int(text) <= _MAX_REVISION:
        return int(text)
    msg = f"{name}: expected a whole number of 0 or more, found '{text[:40]}'."
    raise InvalidError(msg, details={"fields": {name: [msg]}})


class LabelSetListView(APIView):
    @extend_schema(
        operation_id="label_set_list",
        responses={200: LabelSetOutput(many=True), **errors(401, 404)},
    )
    def get(self, request: Request, clip_id: uuid.UUID) -> Response:
        """List a clip's label sets."""
        clip = clip_for(request.user, clip_id)
        return Response(label_sets_as_json(label_sets_visible_to(request.user).filter(clip=clip)))

    @extend_schema(
        operation_id="label_set_ensure",
        request=LabelSetCreateInput,
        responses={200: LabelSetOutput, 201: LabelSetOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, clip_id: uuid.UUID) -> Response:
        """Get the label set of a layer, source and name, or make it (201), also with labels."""
        clip = clip_for(request.user, clip_id)
        sent = LabelSetCreateInput(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = dict(sent.validated_data)
        labels = wanted.pop("labels")
        if labels is None:
            label_set, is_new = label_set_ensure(actor=actor_of(request), clip=clip, **wanted)
        else:
            label_set, is_new = label_set_receive(
                actor=actor_of(request), clip=clip, labels=labels, **wanted
            )
        (body,) = label_sets_as_json(LabelSet.objects.filter(pk=label_set.pk))
        return Response(body, status=201 if is_new else 200)


class LabelSetDetailView(APIView):
    @extend_schema(
        operation_id="label_set_get", responses={200: LabelSetOutput, **errors(401, 404)}
    )
    def get(self, request: Request, label_set_id: uuid.UUID) -> Response:
        """Return a label set without its labels."""
        label_set = label_set_for(request.user, label_set_id)
        (body,) = label_sets_as_json(LabelSet.objects.filter(pk=label_set.pk))
        return Response(body)


class LabelListView(APIView):
    @extend_schema(
        operation_id="label_list",
        parameters=[_REVISION],
        responses={200: LabelListOutput, **errors(400, 401, 404)},
    )
    def get(self, request: Request, label_set_id: uuid.UUID) -> Response:
        """Return all labels of a label set, now or as of a revision."""
        label_set = label_set_for(request.user, label_set_id)
        revision = _count_in_query(request, "revision")
        if revision is None:
            return Response(labels_now(label_set))
        return Response(labels_at(label_set, revision))


class OperationsView(APIView):
    @extend_schema(
        operation_id="operations_apply",
        parameters=[_LEASE],
        request=OperationsApplyInput,
        responses={200: OperationsApplyOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, label_set_id: uuid.UUID) -> Response:
        """Save a batch of operations, whole or not at all; sending it again does nothing more."""
        label_set = label_set_for(request.user, label_set_id)
        batch = Batch.from_body(request.data)
        landed = operations_apply(
            actor=actor_of(request),
            label_set=label_set,
            batch=batch,
            proof=request.headers.get("X-Lease", ""),
        )
        results = [
            {"operation_id": r.operation_id, "label_id": r.label_id, "version": r.version}
            for r in landed.results
        ]
        return Response({"revision": landed.revision, "results": results})


class LabelEventListView(APIView):
    @extend_schema(
        operation_id="label_event_list",
        parameters=[_AFTER],
        responses={200: LabelEventListOutput, **errors(400, 401, 404)},
    )
    def get(self, request: Request, label_set_id: uuid.UUID) -> Response:
        """Return what happened to a label set after a revision, in order, in whole batches."""
        label_set = label_set_for(request.user, label_set_id)
        return Response(events_after(label_set, _count_in_query(request, "after") or 0))


class EffortView(APIView):
    @extend_schema(operation_id="effort_get", responses={200: EffortOutput, **errors(401, 404)})
    def get(self, request: Request, label_set_id: uuid.UUID) -> Response:
        """Return what a label set cost so far, in sums."""
        label_set = label_set_for(request.user, label_set_id)
        return Response(effort_of(label_set, actor_of(request)))


class EffortVisitView(APIView):
    @extend_schema(
        operation_id="effort_report",
        request=EffortInput,
        responses={200: EffortOutput, **errors(400, 401, 403, 404, 409)},
    )
    def put(self, request: Request, label_set_id: uuid.UUID, visit_id: uuid.UUID) -> Response:
        """Keep the sums of a visit so far; late and repeated ones change nothing."""
        label_set = label_set_for(request.user, label_set_id)
        sent = EffortInput(data=request.data)
        sent.is_valid(raise_exception=True)
        actor = actor_of(request)
        effort_report(
            actor=actor,
            label_set=label_set,
            visit_id=visit_id,
            actions=sent.validated_data["actions"],
            active_ms=round(1000 * sent.validated_data["active_s"]),
        )
        return Response(effort_of(label_set, actor))


class PresenceView(APIView):
    @extend_schema(
        operation_id="presence_tell",
        request=PresenceInput,
        responses={200: PresenceOutput, **errors(400, 401, 404)},
    )
    def post(self, request: Request, label_set_id: uuid.UUID) -> Response:
        """Say that a tab shows this label set, or leaves it; return who else is on the clip."""
        label_set = label_set_for(request.user, label_set_id)
        sent = PresenceInput(data=request.data)
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        actor = actor_of(request)
        if values["leaves"]:
            presence_leave(actor=actor, tab_id=values["tab_id"])
            return Response({"revision": label_set.revision, "others": []})
        others = presence_tell(
            actor=actor,
            label_set=label_set,
            tab_id=values["tab_id"],
            selected=values["selected"],
            now=timezone.now(),
        )
        return Response(PresenceOutput({"revision": label_set.revision, "others": others}).data)
