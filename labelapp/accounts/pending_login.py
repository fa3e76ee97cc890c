"""Between the password and the code: who showed the one and owes the other."""

import time
from typing import Final
from uuid import UUID

from django.contrib.auth import login
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from labelapp.accounts.errors import CodeRefusedError, LoginFailedError
from labelapp.accounts.lockout import require_not_locked_out
from labelapp.accounts.models import User
from labelapp.accounts.second_factor import code_use, has_second_factor

_KEY: Final = "pending_login"
_LASTS_S: Final = 600


def login_begin(request: HttpRequest, user: User) -> bool:
    """Log somebody in who has shown who they are, and return True; False: they owe a code."""
    if not has_second_factor(user):
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return True
    # Of what was in the browser before nothing stays, as it is when one logs in.
    request.session.flush()
    request.session[_KEY] = {"user": str(user.pk), "until": time.time() + _LASTS_S}
    return False


def login_finish(request: HttpRequest, code: str) -> User:
    """Log in who has shown the password and sends the code, and return them.

    A wrong code counts as a wrong password does: many lock the address out of the name.

    Raises:
        LoginFailedError: Nobody has shown a password lately.
        LockedOutError: There were too many wrong ones.
        CodeRefusedError: The code is wrong, or was used.
    """
    user = pending_user(request)
    if user is None:
        request.session.pop(_KEY, None)
        msg = "Log in with name and password first: that was too long ago."
        raise LoginFailedError(msg)
    name = user.get_username()
    require_not_locked_out(request, name)
    try:
        code_use(user, code)
    except CodeRefusedError:
        credentials = {"username": name}
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
        raise
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.pop(_KEY, None)
    return user


def pending_user(request: HttpRequest) -> User | None:
    """Return who owes a code in this browser."""
    found = request.session.get(_KEY)
    if found is None or found["until"] < time.time():
        return None
    return User.objects.filter(pk=UUID(found["user"]), is_active=True).first()
