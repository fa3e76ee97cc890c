"""How often somebody may try a password."""

import hashlib

from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from labelapp.accounts.pending_login import pending_user


class _AttemptThrottle(SimpleRateThrottle):
    """Counts attempts in the database: all web processes count together."""

    cache = caches["attempts"]

    def key_of(self, *parts: str) -> str:
        """Return a key that a cache can have, whatever was sent as a name."""
        digest = hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()
        return f"{self.scope}:{digest}"


class LoginThrottle(_AttemptThrottle):
    """Counts attempts by user name and address: nobody locks others out from elsewhere."""

    scope = "login"

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002
        """Return the key that attempts are counted under."""
        sent = request.data
        username = str(sent.get("username", "")) if isinstance(sent, dict) else ""
        return self.key_of(username.strip().casefold(), self.get_ident(request))


class LoginAddressThrottle(_AttemptThrottle):
    """Counts attempts by address alone: against trying one password on many names."""

    scope = "login_address"

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002
        """Return the key that attempts are counted under."""
        return self.key_of(self.get_ident(request))


class PasswordThrottle(_AttemptThrottle):
    """Counts attempts to change a password: an open session is no way to guess it."""

    scope = "login"

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002
        """Return the key that attempts are counted under."""
        return self.key_of("change", str(request.user.pk))


class CodeThrottle(_AttemptThrottle):
    """Counts codes by who owes one, in whichever browser."""

    scope = "login"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:  # noqa: ARG002
        """Return the key that attempts are counted under; None where nobody owes one."""
        user = pending_user(request._request)  # noqa: SLF001  Django's own request
        return None if user is None else self.key_of("code", str(user.pk))
