"""Whose account it is that a provider of OpenID Connect vouches for."""

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from labelapp.accounts.errors import OpenidRefusedError
from labelapp.accounts.models import OidcIdentity, User
from labelapp.accounts.oidc_settings import OidcSettings

#: Core 1.0, 2: at most so many ASCII characters.
_LONGEST_SUBJECT: Final = 255


def user_of(config: OidcSettings, claims: Mapping[str, Any]) -> User:
    """Return who logs in; their account is made or linked first where the settings say so.

    An account is known by issuer and subject, not by name: whoever gets a name that somebody else
    had gets nothing else of theirs.

    Args:
        config: The provider.
        claims: What it says, checked.

    Raises:
        OpenidRefusedError: They have no account here and get none, or it is deactivated.
    """
    subject = _text(claims, "sub")
    if not subject or len(subject) > _LONGEST_SUBJECT:
        msg = f"{config.name} sent no subject that can be kept: nobody can be known by it."
        raise OpenidRefusedError(msg)
    _require_email(config, claims)
    try:
        with transaction.atomic():
            user = _known(config, subject) or _first_time(config, subject, claims)
    except IntegrityError as error:  # two first logins at once
        msg = "Your account was made just now: log in again."
        raise OpenidRefusedError(msg) from error
    if not user.is_active:
        msg = f"The account '{user.username}' is deactivated: ask an admin."
        raise OpenidRefusedError(msg)
    return user


def _require_email(config: OidcSettings, claims: Mapping[str, Any]) -> None:
    if not config.email_domains:
        return
    domains = ", ".join(sorted(config.email_domains))
    email = _text(claims, "email")
    if not email or claims.get("email_verified") is not True:
        msg = f"Only addresses of {domains} are let in, and {config.name} vouches for none of you."
        raise OpenidRefusedError(msg)
    if email.rpartition("@")[2].casefold() not in config.email_domains:
        msg = f"Only addresses of {domains} are let in, yours is '{email[:100]}'."
        raise OpenidRefusedError(msg)


def _known(config: OidcSettings, subject: str) -> User | None:
    found = OidcIdentity.objects.select_related("user")
    identity = found.filter(issuer=config.issuer, subject=subject).first()
    return None if identity is None else identity.user


def _first_time(config: OidcSettings, subject: str, claims: Mapping[str, Any]) -> User:
    name = _text(claims, config.username_claim).strip()
    if not name:
        msg = f"{config.name} tells no user name of you (the claim '{config.username_claim}')."
        raise OpenidRefusedError(msg)
    there = User.objects.filter(username__iexact=name).first()
    if there is not None:
        taken = OidcIdentity.objects.filter(user=there, issuer=config.issuer).exists()
        if taken or not config.links_accounts:
            msg = (
                f"The account '{there.username}' isn't linked to your login at {config.name}:"
                " log in with its password, or ask an admin to link it."
            )
            raise OpenidRefusedError(msg)
        user = there
    elif config.makes_accounts:
        user = _made(config, name, claims)
    else:
        msg = f"There is no account '{name[:100]}' here: ask an admin for one."
        raise OpenidRefusedError(msg)
    OidcIdentity.objects.create(user=user, issuer=config.issuer, subject=subject)
    return user


def _made(config: OidcSettings, name: str, claims: Mapping[str, Any]) -> User:
    """Return a new account, which has no password."""
    user = User(
        username=name,
        display_name=_text(claims, "name").strip()[:150],
        email=_text(claims, "email") if claims.get("email_verified") is True else "",
    )
    user.set_unusable_password()
    try:
        user.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        msg = f"{config.name} tells a {field} of you that can't be one here: {sentences[0]}"
        raise OpenidRefusedError(msg) from error
    user.save(force_insert=True)
    return user


def _text(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim that is text, without what can't be kept or shown; empty: there is none."""
    found = claims.get(name)
    # PostgreSQL keeps no U+0000, and no half of a surrogate pair has a place in UTF-8.
    return found if isinstance(found, str) and found.isprintable() else ""
