"""One's own notices; a project's webhooks."""

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelapp.accounts.actors import actor_of
from labelapp.common.pagination import CursorPagination
from labelapp.common.schema import errors
from labelapp.notices.selectors import (
    deliveries_of,
    delivery_for,
    notices_of,
    unread_count,
    webhook_for,
    webhooks_of,
)
from labelapp.notices.serializers import (
    DeliveryOutput,
    DeliveryPageOutput,
    NoticeOutput,
    NoticePageOutput,
    NoticesReadInput,
    WebhookCreateInput,
    WebhookOutput,
    WebhookSecretOutput,
)
from labelapp.notices.services import (
    delivery_again,
    delivery_test,
    notices_read,
    webhook_create,
    webhook_remove,
    webhook_rotate,
)
from labelapp.projects.selectors import project_for
from labelapp.work.policies import require_manager

_PAGES = [OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)]
_NO_STORE = {"Cache-Control": "no-store"}


class NoticeListView(APIView):
    @extend_schema(
        operation_id="notice_list",
        parameters=_PAGES,
        responses={200: NoticePageOutput, **errors(401)},
    )
    def get(self, request: Request) -> Response:
        """List one's own notices, the newest first, with how many are unread."""
        actor = actor_of(request)
        paginator = CursorPagination()
        page = paginator.paginate_queryset(notices_of(actor), request) or []
        answer = paginator.get_paginated_response(NoticeOutput(page, many=True).data)
        answer.data["unread"] = unread_count(actor)
        return answer


class NoticesReadView(APIView):
    @extend_schema(
        operation_id="notices_read",
        request=NoticesReadInput,
        responses={204: None, **errors(400, 401)},
    )
    def post(self, request: Request) -> Response:
        """Mark one's own notices as read."""
        sent = NoticesReadInput(data=request.data)
        sent.is_valid(raise_exception=True)
        notices_read(actor=actor_of(request), notice_ids=sent.validated_data["ids"])
        return Response(status=204)


class WebhookListView(APIView):
    @extend_schema(
        operation_id="webhook_list",
        responses={200: WebhookOutput(many=True), **errors(401, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """List a project's webhooks."""
        project = project_for(request.user, slug)
        require_manager(request.user, project)
        return Response(WebhookOutput(webhooks_of(project), many=True).data)

    @extend_schema(
        operation_id="webhook_create",
        request=WebhookCreateInput,
        responses={201: WebhookSecretOutput, **errors(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Make a webhook; its secret is in this answer and never again."""
        project = project_for(request.user, slug)
        require_manager(request.user, project)
        sent = WebhookCreateInput(data=request.data)
        sent.is_valid(raise_exception=True)
        webhook, secret = webhook_create(
            actor=actor_of(request), project=project, **sent.validated_data
        )
        return Response({"id": webhook.pk, "secret": secret}, status=201, headers=_NO_STORE)


class WebhookView(APIView):
    @extend_schema(operation_id="webhook_remove", responses={204: None, **errors(401, 404)})
    def delete(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Remove a webhook with its log."""
        webhook_remove(actor=actor_of(request), webhook=webhook_for(request.user, webhook_id))
        return Response(status=204)


class WebhookSecretView(APIView):
    @extend_schema(
        operation_id="webhook_rotate",
        request=None,
        responses={200: WebhookSecretOutput, **errors(401, 404)},
    )
    def post(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Give a webhook another secret, told in this answer and never again."""
        webhook = webhook_for(request.user, webhook_id)
        secret = webhook_rotate(actor=actor_of(request), webhook=webhook)
        return Response({"id": webhook.pk, "secret": secret}, headers=_NO_STORE)


class WebhookTestView(APIView):
    @extend_schema(
        operation_id="webhook_test",
        request=None,
        responses={202: DeliveryOutput, **errors(401, 404)},
    )
    def post(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Send the event `ping`, to see whether it arrives."""
        webhook = webhook_for(request.user, webhook_id)
        delivery = delivery_test(actor=actor_of(request), webhook=webhook)
        return Response(DeliveryOutput(delivery).data, status=202)


class DeliveryListView(APIView):
    @extend_schema(
        operation_id="delivery_list",
        parameters=_PAGES,
        responses={200: DeliveryPageOutput, **errors(401, 404)},
    )
    def get(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """List what was sent to a webhook, the newest first."""
        webhook = webhook_for(request.user, webhook_id)
        paginator = CursorPagination()
        page = paginator.paginate_queryset(deliveries_of(webhook), request) or []
        return paginator.get_paginated_response(DeliveryOutput(page, many=True).data)


class DeliveryAgainView(APIView):
    @extend_schema(
        operation_id="delivery_again", request=None, responses={202: None, **errors(401, 404)}
    )
    def post(self, request: Request, delivery_id: uuid.UUID) -> Response:
        """Send a delivery again."""
        delivery_again(actor=actor_of(request), delivery=delivery_for(request.user, delivery_id))
        return Response(status=202)
