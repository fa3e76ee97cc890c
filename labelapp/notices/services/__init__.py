"""Telling people and programs."""

from labelapp.notices.services.delivering import (
    deliveries_wake,
    delivery_again,
    delivery_send,
    delivery_test,
    happened,
)
from labelapp.notices.services.telling import notices_read, notify
from labelapp.notices.services.webhook_manage import (
    webhook_create,
    webhook_remove,
    webhook_rotate,
)

__all__ = [
    "deliveries_wake",
    "delivery_again",
    "delivery_send",
    "delivery_test",
    "happened",
    "notices_read",
    "notify",
    "webhook_create",
    "webhook_remove",
    "webhook_rotate",
]
