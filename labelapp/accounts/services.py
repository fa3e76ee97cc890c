"""Changing what belongs to a user."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from labelapp.accounts.errors import StalePreferencesError, TokenRefusedError
from labelapp.accounts.models import ApiToken, OidcIdentity, Preferences, User
from labelapp.accounts.preference_checks import check_patch, check_size
from labelapp.accounts.scopes import Scope
from labelapp.common.errors import ConflictError, InvalidError, NotFoundError
from labelapp.common.prepared import Prepared

#: So that scanners of leaked secrets can tell one.
_TOKEN_MARK = "labelapp_"  # noqa: S105  not one itself
_MOST_TOKENS = 50
LONGEST_TOKEN_DAYS = 730
_USED_EVERY = timedelta(minutes=1)
_with_digest: Prepared[ApiToken] = Prepared(
    lambda digest: ApiToken.objects.select_related("user").filter(digest=digest), digest=str
)


def preferences_change(*, actor: User, body: object, seen_revision: int | None) -> Preferences:
    """Set and remove sections of the actor's own preferences, and return them as they are then.

    Args:
        actor: Whose preferences they are.
        body: Sections by name; each replaces the one before, None removes it.
        seen_revision: The revision that the change was made on; None to take no notice of others.

    Raises:
        InvalidError: A section cannot be kept.
        StalePreferencesError: There is a newer revision; the details have it.
    """
    patch = check_patch(body)
    with transaction.atomic():
        Preferences.objects.get_or_create(user=actor)
        # The row is locked: two tabs that save at once come one after the other.
        kept = Preferences.objects.select_for_update().get(user=actor)
        if seen_revision is not None and seen_revision != kept.revision:
            sentence = (
                f"The preferences were changed elsewhere: this change is based on revision"
                f" {seen_revision}, the newest is {kept.revision}."
            )
            details = {"revision": kept.revision, "preferences": kept.sections}
            raise StalePreferencesError(sentence, details=details)
        merged = kept.sections | patch
        sections = {name: section for name, section in merged.items() if section is not None}
        if sections == kept.sections:
            return kept
        check_size(sections)
        kept.sections = sections
        kept.revision += 1
        kept.save()
    return kept


def password_change(*, actor: User, old: str, new: str) -> None:
    """Give somebody a new password.

    Raises:
        InvalidError: The old one is wrong, or the new one breaks the rules.
        ConflictError: They log in by OpenID Connect alone: a password would outlive that.
    """
    if not actor.has_usable_password() and OidcIdentity.objects.filter(user=actor).exists():
        msg = "You log in without a password here; an admin can give you one."
        raise ConflictError(msg)
    if actor.has_usable_password() and not actor.check_password(old):
        msg = "old_password: this is not your password."
        raise InvalidError(msg, details={"fields": {"old_password": [msg]}})
    try:
        validate_password(new, actor)
    except ValidationError as error:
        raise InvalidError(
            f"new_password: {error.messages[0]}",
            details={"fields": {"new_password": error.messages}},
        ) from error
    actor.set_password(new)
    actor.save(update_fields=["password"])


@transaction.atomic
def account_create(*, username: str, display_name: str, password: str) -> User:
    """Return a new account.

    Raises:
        InvalidError: The name is taken or none that can be, or the password breaks the rules.
    """
    user = User(username=username.strip(), display_name=display_name.strip())
    if User.objects.filter(username__iexact=user.username).exists():
        msg = f"username: the name '{user.username[:40]}' is taken. Choose another one."
        raise InvalidError(msg, details={"fields": {"username": [msg]}})
    try:
        user.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
        validate_password(password, user)
    except ValidationError as error:
        by_field = error.message_dict if hasattr(error, "error_dict") else {}
        fields = by_field or {"password": error.messages}
        name, sentences = next(iter(fields.items()))
        raise InvalidError(f"{name}: {sentences[0]}", details={"fields": fields}) from error
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:  # somebody was quicker
        msg = f"username: the name '{user.username[:40]}' is taken. Choose another one."
        raise InvalidError(msg, details={"fields": {"username": [msg]}}) from error
    return user


@transaction.atomic
def api_token_create(
    *, actor: User, name: str, scopes: Sequence[str], days: int
) -> tuple[ApiToken, str]:
    """Return a new API token and its text, which nobody sees ever again.

    Args:
        actor: In whose name it acts.
        name: What it is for.
        scopes: Some of ``Scope``.
        days: Until it expires.

    Raises:
        InvalidError: Nothing or something unknown as scope, too long a life, too many tokens.
    """
    unknown = [scope for scope in scopes if scope not in list(Scope)]
    if unknown or not scopes:
        found = f"'{unknown[0]}'" if unknown else "none"
        msg = f"scopes: expected some of {', '.join(Scope)}, found {found}."
        raise InvalidError(msg, details={"fields": {"scopes": [msg]}})
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        msg = f"days: expected 1 to {LONGEST_TOKEN_DAYS}, found {days}."
        raise InvalidError(msg, details={"fields": {"days": [msg]}})
    if not name.strip():
        msg = "name: expected what the token is for, found nothing."
        raise InvalidError(msg, details={"fields": {"name": [msg]}})
    now = timezone.now()
    User.objects.select_for_update().get(pk=actor.pk)
    live = ApiToken.objects.filter(user=actor, revoked_at__isnull=True, expires_at__gt=now)
    if live.count() >= _MOST_TOKENS:
        msg = f"You have {_MOST_TOKENS} API tokens already: revoke one that isn't needed."
        raise InvalidError(msg)
    text = _TOKEN_MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=actor,
        name=name.strip(),
        prefix=text[: len(_TOKEN_MARK) + 4],
        digest=_digest(text),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return token, text


def api_token_revoke(*, actor: User, token_id: UUID) -> None:
    """End one of somebody's own API tokens; one that has ended stays so.

    Raises:
        NotFoundError: They have none such.
    """
    found = ApiToken.objects.filter(pk=token_id, user=actor)
    if not found.exists():
        msg = "There is no such API token, or it is not yours."
        raise NotFoundError(msg)
    found.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())


def api_token_use(*, text: str) -> ApiToken:
    """Return the API token with this text, with its owner, and note that it was used.

    Raises:
        TokenRefusedError: There is none, it has ended, or its owner's account has.
    """
    now = timezone.now()
    token = _with_digest.first(digest=_digest(text))
    if token is None or not token.user.is_active:
        msg = "This API token is not known here."
        raise TokenRefusedError(msg)
    if token.revoked_at is not None or token.expires_at <= now:
        how = "was revoked" if token.revoked_at is not None else "has expired"
        msg = f"The API token '{token.name}' {how}: make a new one."
        raise TokenRefusedError(msg)
    if token.last_used_at is None or token.last_used_at < now - _USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
