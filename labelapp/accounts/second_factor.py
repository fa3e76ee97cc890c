"""The second factor: a code from an app (TOTP, RFC 6238), and recovery codes for a lost phone.

django-allauth's ``mfa`` keeps the secrets and makes the codes; here is who may do what with them.
A code counts once, in whichever web process: the step it was made in is kept beside its secret.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from labelapp.accounts.errors import CodeRefusedError
from labelapp.accounts.models import User
from labelapp.common.errors import ConflictError
from labelapp.common.prepared import Prepared

#: Apps above say whether somebody must have a second factor.
_DEMANDS: Final[list[Callable[[User], bool]]] = []
#: Steps of 30 s that a phone's clock may be off, both ways.
_TOLERANCE = 1

_is_on: Prepared[int] = Prepared(
    lambda user_id: (
        Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP.value)
        .order_by()
        .values_list("pk", flat=True)
    ),
    user_id=UUID,
)


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """How it is with somebody's second factor.

    Attributes:
        since: When it was set up; None: it isn't.
        recovery_codes_left: How many weren't used.
        is_demanded: Whether they can do nothing without one.
    """

    since: datetime | None
    recovery_codes_left: int
    is_demanded: bool


@dataclass(frozen=True, slots=True)
class NewSecret:
    """What an app is set up with; it counts from when a code of it was given.

    Attributes:
        secret: To be typed in, base32.
        url: The same as ``otpauth://``.
        svg: The same as a QR code.
    """

    secret: str
    url: str
    svg: str


def register_demand(demand: Callable[[User], bool]) -> None:
    """Have somebody asked whether a user must have a second factor."""
    if demand not in _DEMANDS:
        _DEMANDS.append(demand)


def has_second_factor(user: User) -> bool:
    """Whether somebody logs in with a code."""
    return bool(_is_on.all(user_id=user.pk))


def needs_second_factor(user: User) -> bool:
    """Whether somebody must set up a second factor before anything else."""
    return any(demand(user) for demand in _DEMANDS) and not has_second_factor(user)


def second_factor_of(user: User) -> SecondFactor:
    """Return how it is with somebody's second factor."""
    found = {one.type: one for one in Authenticator.objects.filter(user=user)}
    totp = found.get(Authenticator.Type.TOTP.value)
    codes = found.get(Authenticator.Type.RECOVERY_CODES.value)
    return SecondFactor(
        since=None if totp is None else totp.created_at,
        recovery_codes_left=0 if codes is None else len(RecoveryCodes(codes).get_unused_codes()),
        is_demanded=any(demand(user) for demand in _DEMANDS),
    )


def secret_make(user: User, *, host: str) -> NewSecret:
    """Return a secret for somebody's app; nothing is kept.

    Args:
        user: Whose.
        host: What the app shows it under.

    Raises:
        ConflictError: They have a second factor.
    """
    _require_off(user)
    secret = generate_totp_secret()
    adapter: Any = get_adapter()
    url = adapter.totp_url_of(user.get_username(), secret, host=host)
    return NewSecret(secret=secret, url=url, svg=adapter.build_totp_svg(url))


@transaction.atomic
def second_factor_start(user: User, *, secret: str, code: str) -> list[str]:
    """Have somebody log in with codes from now on, and return their recovery codes.

    Raises:
        ConflictError: They do already.
        CodeRefusedError: The code isn't of this secret and time: the app isn't set up right.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _require_off(user)
    step = _step_of(secret, code)
    if step is None:
        msg = "This is not the app's code of this moment: is the phone's clock right?"
        raise CodeRefusedError(msg)
    data = {"secret": encrypt(secret), "last_step": step}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP.value, data=data)
    return _new_recovery_codes(user)


@transaction.atomic
def second_factor_end(user: User, *, code: str) -> None:
    """Have somebody log in without a code again.

    Raises:
        CodeRefusedError: The code is wrong, or was used.
    """
    code_use(user, code)
    Authenticator.objects.filter(user=user).delete()


@transaction.atomic
def recovery_codes_renew(user: User, *, code: str) -> list[str]:
    """Return new recovery codes; the old ones end.

    Raises:
        CodeRefusedError: The code is wrong, or was used.
    """
    code_use(user, code)
    return _new_recovery_codes(user)


@transaction.atomic
def code_use(user: User, code: str) -> None:
    """Take a code of somebody's app, or one of their recovery codes; it counts this once.

    Raises:
        CodeRefusedError: It is wrong, or was used.
    """
    sent = "".join(code.split())
    locked = Authenticator.objects.select_for_update().filter(user=user)
    found = {one.type: one for one in locked.order_by("pk")}
    totp = found.get(Authenticator.Type.TOTP.value)
    codes = found.get(Authenticator.Type.RECOVERY_CODES.value)
    if totp is not None:
        step = _step_of(decrypt(totp.data["secret"]), sent, after=totp.data["last_step"])
        if step is not None:
            totp.data["last_step"], totp.last_used_at = step, timezone.now()
            totp.save(update_fields=["data", "last_used_at"])
            return
    if totp is not None and codes is not None and RecoveryCodes(codes).validate_code(sent):
        return
    msg = "This code is wrong, or was used already: take the next one that the app shows."
    raise CodeRefusedError(msg)


def _require_off(user: User) -> None:
    if has_second_factor(user):
        msg = "You log in with a code already: turn that off first."
        raise ConflictError(msg)


def _step_of(secret: str, code: str, *, after: int = 0) -> int | None:
    """Return the step of 30 s that a code was made in, None where it is none after ``after``."""
    now = int(time.time()) // int(app_settings.TOTP_PERIOD)
    for step in range(now - _TOLERANCE, now + _TOLERANCE + 1):
        expected = format_hotp_value(hotp_value(secret, step))
        if constant_time_compare(expected, code) and step > after:
            return step
    return None


def _new_recovery_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES.value).delete()
    return list(RecoveryCodes.activate(user).generate_codes())
