"""Comments on tasks, what changed since one looked last, and what review changed."""

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.common.schema import errors
from labelapp.labels.selectors import label_set_for
from labelapp.review.comparing import label_sets_compare
from labelapp.review.selectors import (
    changes_since,
    comment_for,
    comments_of,
    compared_revision,
    correction_of,
)
from labelapp.review.serializers import (
    ChangeOutput,
    ChangesOutput,
    CommentChangeInput,
    CommentEventOutput,
    CommentOutput,
    CommentWriteInput,
    ComparisonOfSetsOutput,
    CorrectionOutput,
)
from labelapp.review.services import Pin, comment_change, comment_write
from labelapp.work.selectors import task_for


class CommentListView(APIView):
    @extend_schema(
        operation_id="comment_list",
        responses={200: CommentOutput(many=True), **errors(401, 404)},
    )
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        """Return a task's comments, oldest first."""
        task = task_for(request.user, task_id)
        return Response(CommentOutput(comments_of(task), many=True).data)

    @extend_schema(
        operation_id="comment_write",
        request=CommentWriteInput,
        responses={201: CommentOutput, **errors(400, 401, 404)},
    )
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Write a comment, pinned to whatever is named."""
        task = task_for(request.user, task_id)
        sent = CommentWriteInput(data=request.data)
        sent.is_valid(raise_exception=True)
        data = dict(sent.validated_data)
        comment = comment_write(
            actor=actor_of(request),
            task=task,
            body=data.pop("body"),
            parent_id=data.pop("parent_id"),
            pin=Pin(**data),
        )
        return Response(CommentOutput(comment).data, status=201)


class CommentDetailView(APIView):
    @extend_schema(
        operation_id="comment_change",
        request=CommentChangeInput,
        responses={200: CommentOutput, **errors(400, 401, 403, 404)},
    )
    def patch(self, request: Request, comment_id: uuid.UUID) -> Response:
        """Change one's own words, or call a comment resolved or open again."""
        comment = comment_for(request.user, comment_id)
        sent = CommentChangeInput(data=request.data)
        sent.is_valid(raise_exception=True)
        changed = comment_change(actor=actor_of(request), comment=comment, **sent.validated_data)
        return Response(CommentOutput(changed).data)


class CommentEventListView(APIView):
    @extend_schema(
        operation_id="comment_event_list",
        responses={200: CommentEventOutput(many=True), **errors(401, 404)},
    )
    def get(self, request: Request, comment_id: uuid.UUID) -> Response:
        """Return what happened to a comment, in order."""
        comment = comment_for(request.user, comment_id)
        events = comment.events.select_related("actor").order_by("id")
        return Response(CommentEventOutput(events, many=True).data)


class ChangesView(APIView):
    @extend_schema(operation_id="task_changes", responses={200: ChangesOutput, **errors(401, 404)})
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        """Return what changed since the last review, or since one's own submission."""
        task = task_for(request.user, task_id)
        revision, since = compared_revision(task)
        changes = [] if revision is None else changes_since(task.label_set, revision)
        return Response(
            {
                "since_revision": revision,
                "since": since,
                "changes": ChangeOutput(changes, many=True).data,
            }
        )


class CorrectionView(APIView):
    @extend_schema(
        operation_id="task_correction",
        responses={200: CorrectionOutput, 204: None, **errors(401, 404)},
    )
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        """Return what review changed; 204: the task is not accepted, or not yet compared."""
        correction = correction_of(task_for(request.user, task_id))
        if correction is None:
            return Response(status=204)
        return Response(CorrectionOutput(correction).data)


class ComparisonView(APIView):
    @extend_schema(
        operation_id="label_set_compare",
        parameters=[
            OpenApiParameter(
                "region", str, description="where boxes are compared: x0,x1,y0,y1 from the ego"
            )
        ],
        responses={200: ComparisonOfSetsOutput, **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request, label_set_id: uuid.UUID, reference_id: uuid.UUID) -> Response:
        """Say how a label set differs from another of the clip that is taken for right."""
        found = label_sets_compare(
            actor=actor_of(request),
            reference=label_set_for(request.user, reference_id),
            candidate=label_set_for(request.user, label_set_id),
            region=request.query_params.get("region", ""),
        )
        return Response(found)
