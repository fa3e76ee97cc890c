"""What notices and webhooks look like in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.notices.models import Delivery, Notice


class NoticeOutput(serializers.ModelSerializer[Notice]):
    """Something that one should know."""

    kind = serializers.CharField()

    class Meta:
        model = Notice
        fields = ["id", "kind", "text", "link", "created_at", "read_at"]


class NoticePageOutput(serializers.Serializer[Any]):
    """A page of one's notices, the newest first, and how many are unread in all."""

    results = NoticeOutput(many=True)
    unread = serializers.IntegerField()
    next = serializers.CharField(allow_null=True, help_text="path of that page, or null")
    previous = serializers.CharField(allow_null=True, help_text="path of that page, or null")


class NoticesReadInput(serializers.Serializer[Any]):
    """Which notices were read."""

    ids = serializers.ListField(
        child=serializers.UUIDField(),
        allow_null=True,
        default=None,
        max_length=1000,
        help_text="null: all",
    )


class WebhookCreateInput(serializers.Serializer[Any]):
    """An address that is told of events."""

    url = serializers.CharField(max_length=1000)
    events = serializers.ListField(child=serializers.CharField(max_length=40), max_length=50)


class WebhookOutput(serializers.Serializer[Any]):
    """A webhook."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    waiting = serializers.IntegerField(help_text="deliveries that wait")
    failed = serializers.IntegerField(help_text="deliveries that were given up")
    created_at = serializers.DateTimeField()


class WebhookSecretOutput(serializers.Serializer[Any]):
    """A webhook's secret, told once."""

    id = serializers.UUIDField()
    secret = serializers.CharField()


class DeliveryOutput(serializers.ModelSerializer[Delivery]):
    """One event, sent or to be sent to a webhook."""

    state = serializers.CharField()

    class Meta:
        model = Delivery
        fields = [
            *("id", "event", "state", "attempts", "status", "problem", "created_at"),
            *("next_try_at", "delivered_at", "body"),
        ]


class DeliveryPageOutput(serializers.Serializer[Any]):
    """A page of deliveries, the newest first."""

    results = DeliveryOutput(many=True)
    next = serializers.CharField(allow_null=True, help_text="path of that page, or null")
    previous = serializers.CharField(allow_null=True, help_text="path of that page, or null")
