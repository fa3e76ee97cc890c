"""What the audit log looks like in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.accounts.serializers import UserOutput
from labelapp.audit.models import AuditEntry


class AuditEntryOutput(serializers.ModelSerializer[AuditEntry]):
    """One thing that somebody did; `actor` null: a command, or the product itself."""

    actor = UserOutput(allow_null=True)
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)

    class Meta:
        model = AuditEntry
        fields = [
            *("id", "at", "actor", "kind", "action", "target_id", "target_name"),
            *("before", "after", "request_id"),
        ]


class AuditPageOutput(serializers.Serializer[Any]):
    """A page of the log, the newest first."""

    results = AuditEntryOutput(many=True)
    next = serializers.CharField(allow_null=True, help_text="path of that page, or null")
    previous = serializers.CharField(allow_null=True, help_text="path of that page, or null")
