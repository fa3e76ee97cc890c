"""After many wrong passwords: a pause, by name and address together (django-axes counts)."""

from collections.abc import Mapping
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.http import HttpRequest
from rest_framework.throttling import BaseThrottle

from labelapp.accounts.errors import LockedOutError


def name_tried(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """Return the name that somebody tries, as names are compared: whatever its case."""
    sent = credentials if credentials is not None else request.POST
    # PostgreSQL keeps no U+0000, and the column is that wide.
    return str(sent.get("username", "")).strip().casefold().replace("\0", "")[:255]


def address_of(request: HttpRequest) -> str | None:
    """Return where a request comes from; proxies are believed as ``LABELAPP_PROXIES`` says.

    None for a request that came by no network, as a command makes one.
    """
    found: str | None = BaseThrottle().get_ident(request)  # type: ignore[arg-type]  # reads META
    return found or None


def require_not_locked_out(request: HttpRequest, username: str) -> None:
    """Raise while an address is locked out of a name.

    Raises:
        LockedOutError: There were too many wrong passwords.
    """
    if AxesProxyHandler.is_allowed(request, {"username": username}):
        return
    pause_s: float = settings.AXES_COOLOFF_TIME.total_seconds()
    minutes = max(1, round(pause_s / 60))
    msg = (
        f"Too many wrong passwords for this name: try again in {minutes} minutes, or ask an admin"
        " for a new password."
    )
    raise LockedOutError(msg, details={"wait_s": round(pause_s)})
