"""Who acts in a request."""

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from labelapp.accounts.models import User


def actor_of(request: Request) -> User:
    """Return who is logged in; services act for somebody, never for nobody."""
    user = request.user
    if not isinstance(user, User):
        raise NotAuthenticated
    return user
