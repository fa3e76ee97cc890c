"""Routes of notices and webhooks, below ``/api/``."""

from django.urls import path

from labelapp.notices import api

urlpatterns = [
    path("me/notices", api.NoticeListView.as_view(), name="notification-list"),
    path("me/notices/read", api.NoticesReadView.as_view(), name="notification-read"),
    path("projects/<slug:slug>/webhooks", api.WebhookListView.as_view(), name="webhook-list"),
    path("webhooks/<uuid:webhook_id>", api.WebhookView.as_view(), name="webhook"),
    path(
        "webhooks/<uuid:webhook_id>/secret", api.WebhookSecretView.as_view(), name="webhook-secret"
    ),
    path("webhooks/<uuid:webhook_id>/test", api.WebhookTestView.as_view(), name="webhook-test"),
    path(
        "webhooks/<uuid:webhook_id>/deliveries",
        api.DeliveryListView.as_view(),
        name="delivery-list",
    ),
    path(
        "deliveries/<uuid:delivery_id>/again",
        api.DeliveryAgainView.as_view(),
        name="delivery-again",
    ),
]
