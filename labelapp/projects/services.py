"""Inviting people to a project: a link, with which they make their own account or join."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.accounts.services import account_create
from labelapp.common.errors import ConflictError, InvalidError, NotFoundError
from labelapp.projects.models import Invitation, Membership, Project, Role
from labelapp.projects.policies import require

LONGEST_DAYS = 90
_MOST_OPEN = 500


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What somebody who joins wants to be called, and their password."""

    username: str
    display_name: str
    password: str


@transaction.atomic
def invitation_create(
    *, actor: User, project: Project, role: Role, days: int, note: str = ""
) -> tuple[Invitation, str]:
    """Return a new invitation, good for one person, and its text, which is told once.

    Args:
        actor: An admin.
        project: To which.
        role: What they will be in it.
        days: For how long it is good.
        note: Whom it is meant for.

    Raises:
        InvalidError: Too long a life, or too many open invitations.
    """
    require(actor, project, "manage_people")
    if not 1 <= days <= LONGEST_DAYS:
        msg = f"days: expected 1 to {LONGEST_DAYS}, found {days}."
        raise InvalidError(msg, details={"fields": {"days": [msg]}})
    if invitations_open(project).count() >= _MOST_OPEN:
        msg = f"{_MOST_OPEN} invitations are open already: revoke those that aren't needed."
        raise InvalidError(msg)
    text = secrets.token_urlsafe(32)
    now = timezone.now()
    made = Invitation.objects.create(
        project=project,
        role=role.value,
        note=note.strip(),
        digest=_digest(text),
        created_by=actor,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return made, text


def invitations_open(project: Project) -> QuerySet[Invitation]:
    """Return the invitations that somebody could still take, the newest first."""
    return Invitation.objects.filter(
        project=project,
        used_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=timezone.now(),
    ).select_related("created_by")


@transaction.atomic
def invitation_revoke(*, actor: User, project: Project, invitation_id: UUID) -> None:
    """End an invitation; one that has ended stays so.

    Raises:
        NotFoundError: The project has none such.
    """
    require(actor, project, "manage_people")
    found = Invitation.objects.filter(pk=invitation_id, project=project)
    if not found.exists():
        msg = "There is no such invitation to this project."
        raise NotFoundError(msg)
    found.filter(revoked_at__isnull=True, used_at__isnull=True).update(revoked_at=timezone.now())


def invitation_of(text: str) -> Invitation:
    """Return the invitation with this text, with its project, while it is good.

    Raises:
        NotFoundError: It never was, was used, revoked, or has expired.
    """
    return _good(Invitation.objects.select_related("project").filter(digest=_digest(text)).first())


@transaction.atomic
def invitation_accept(*, text: str, user: User | None, account: NewAccount | None) -> User:
    """Make somebody a member by their invitation, and return them.

    Args:
        text: Of the invitation.
        user: Who is logged in and joins as they are; None: nobody is.
        account: Their new account, where nobody is logged in.

    Raises:
        NotFoundError: The invitation isn't good.
        ConflictError: They are a member already.
        InvalidError: Neither somebody nor an account, or one that can't be.
    """
    # The row's lock: a link that two people open makes one a member.
    found = Invitation.objects.select_for_update(of=("self",)).select_related("project")
    invitation = _good(found.filter(digest=_digest(text)).first())
    if user is None:
        if account is None:
            msg = "username: expected a name for the new account, found nothing."
            raise InvalidError(msg, details={"fields": {"username": [msg]}})
        user = account_create(
            username=account.username,
            display_name=account.display_name,
            password=account.password,
        )
    elif Membership.objects.filter(project=invitation.project, user=user).exists():
        msg = f"You are a member of {invitation.project.name} already."
        raise ConflictError(msg)
    Membership.objects.create(project=invitation.project, user=user, role=invitation.role)
    invitation.used_at, invitation.used_by = timezone.now(), user
    invitation.save(update_fields=["used_at", "used_by"])
    return user


def _good(invitation: Invitation | None) -> Invitation:
    why = None
    if invitation is None:
        why = "is not known here"
    elif invitation.used_at is not None:
        why = "was used already"
    elif invitation.revoked_at is not None:
        why = "was revoked"
    elif invitation.expires_at <= timezone.now():
        why = "has expired"
    if invitation is None or why is not None:
        msg = f"This invitation {why}: ask who sent it for another one."
        raise NotFoundError(msg)
    return invitation


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
