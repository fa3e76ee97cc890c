"""How often somebody may try a password."""

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class LoginThrottle(SimpleRateThrottle):
    """Counts attempts by user name and address: nobody locks others out from elsewhere."""

    scope = "login"

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002
        """Return the key that attempts are counted under."""
        sent = request.data
        username = str(sent.get("username", "")) if isinstance(sent, dict) else ""
        # repr: a key must be printable and without spaces, whatever was sent as the name.
        name = username.strip().casefold()[:150].encode().hex()
        return f"throttle-login:{name}:{self.get_ident(request)}"


class LoginAddressThrottle(SimpleRateThrottle):
    """Counts attempts by address alone: against trying one password on many names."""

    scope = "login_address"

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002
        """Return the key that attempts are counted under."""
        return f"throttle-login-address:{self.get_ident(request)}"
