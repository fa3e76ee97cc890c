"""``Authorization: Bearer <token>``: programs act in the name of who made the token."""

from typing import TYPE_CHECKING

from drf_spectacular.authentication import TokenScheme
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from labelapp.accounts.errors import (
    ScopeMissingError,
    SecondFactorNeededError,
    TokenRefusedError,
)
from labelapp.accounts.models import ApiToken, User
from labelapp.accounts.scopes import MEANINGS, scope_needed
from labelapp.accounts.second_factor import needs_second_factor
from labelapp.accounts.services import api_token_use

if TYPE_CHECKING:
    from rest_framework.views import APIView

_KEYWORD = b"bearer"


class TokenAuthentication(BaseAuthentication):
    """Knows who sends a request by its API token. Other sites' pages can't send one: no CSRF."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the owner and the token, None where there is none.

        Raises:
            TokenRefusedError: There is one, but it doesn't count (any more).
        """
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != _KEYWORD:
            return None
        if len(parts) != 2:
            msg = "Authorization: expected «Bearer» and an API token."
            raise TokenRefusedError(msg)
        token = api_token_use(text=parts[1].decode("latin-1"))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002  the base's signature
        """Return what a refused request is told to send."""
        return "Bearer"


class TokenAuthenticationScheme(TokenScheme):  # type: ignore[no-untyped-call]  # its metaclass
    """How the API's description tells of it."""

    target_class = "labelapp.accounts.token_auth.TokenAuthentication"
    name = "apiToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002
        """Return its entry in the description."""
        return {"type": "http", "scheme": "bearer", "description": "An API token, see docs/api.md."}


class ScopePermission(BasePermission):
    """Lets API tokens do only what they were made for; sessions may do all that their user may."""

    def has_permission(self, request: Request, view: "APIView") -> bool:  # noqa: ARG002
        """Return True, or raise with a sentence that names the scope that is missing."""
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        match = request.resolver_match
        needed = scope_needed((match and match.url_name) or "", request.method or "")
        if needed is None:
            msg = "This can't be done with an API token: log in."
            raise ScopeMissingError(msg)
        if needed.value not in token.scopes:
            msg = (
                f"The API token '{token.name}' lacks the scope '{needed.value}'"
                f" ({MEANINGS[needed]})."
            )
            raise ScopeMissingError(msg, details={"scope": needed.value})
        return True


class SecondFactorPermission(BasePermission):
    """Lets nobody do anything without the second factor that their role asks for."""

    def has_permission(self, request: Request, view: "APIView") -> bool:  # noqa: ARG002
        """Return True, or raise with a sentence that says what to do."""
        user = request.user
        if isinstance(user, User) and needs_second_factor(user):
            msg = (
                "Your role asks for a second factor: set it up on your account's page, with an app"
                " that makes codes."
            )
            raise SecondFactorNeededError(msg)
        return True
