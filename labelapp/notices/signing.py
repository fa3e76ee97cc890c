"""How a receiver knows that a delivery is ours: HMAC-SHA256 over the time and the body."""

import base64
import hashlib
import hmac

from django.utils.crypto import salted_hmac

from labelapp.notices.models import Webhook

HEADER = "Labelapp-Signature"


def secret_of(webhook: Webhook) -> str:
    """Return a webhook's secret: made of the server's key, and so kept in no table."""
    made = salted_hmac(
        "labelapp.notices.webhook", f"{webhook.pk}:{webhook.salt}", algorithm="sha256"
    )
    return "whsec_" + base64.urlsafe_b64encode(made.digest()).decode().rstrip("=")


def signature(secret: str, at_s: int, body: bytes) -> str:
    """Return the header's value, ``t=<seconds>,v1=<hex>``: HMAC-SHA256 of ``<seconds>.<body>``."""
    signed = f"{at_s}.".encode() + body
    return f"t={at_s},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
