"""Who uses the product."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(DjangoUserManager["User"]):
    """Finds people by their user name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user who logs in under this name."""
        return self.get(username__iexact=username)


class User(AbstractUser):
    """Somebody who can log in. What they may do is said by their memberships, see ``projects``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    display_name = models.CharField(max_length=150, blank=True)
    first_name = None  # type: ignore[assignment]  # display_name says it
    last_name = None  # type: ignore[assignment]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_unique_in_any_case",
                violation_error_message="A user with this name exists already.",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name that others see."""
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """Return the name that the admin shows."""
        return self.shown_name

    def get_short_name(self) -> str:
        """Return the same: people choose how they are called."""
        return self.shown_name


class Preferences(models.Model):
    """How one user likes the tool; what the browser makes of it is the browser's business."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="preferences"
    )
    #: Rises by one with every change: a tab that saves says which revision it has seen.
    revision = models.PositiveIntegerField(default=0)
    #: By section, see ``preferences.SECTIONS``; a section that is not there is as it comes.
    sections = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"preferences of {self.user}"


class ApiToken(models.Model):
    """What a program acts with in somebody's name: of its text only a digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    #: The first letters of its text, by which people know it again.
    prefix = models.CharField(max_length=16)
    #: SHA-256 of its text: 256 random bits need no slow hash.
    digest = models.CharField(max_length=64, unique=True)
    #: Of ``scopes.Scope``.
    scopes = ArrayField(models.CharField(max_length=20))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    #: To the minute: a busy program doesn't write with every request.
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(name="api_token_may_something", condition=~Q(scopes=[])),
            models.CheckConstraint(
                name="api_token_ends", condition=Q(expires_at__gt=F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… of {self.user_id}"


class OidcIdentity(models.Model):
    """Whom a provider of OpenID Connect vouches for: its issuer and subject say who it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="oidc_identities")
    issuer = models.CharField(max_length=500)
    #: Core 1.0, 2: never another one's, at most 255 ASCII characters.
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "OpenID identity"
        verbose_name_plural = "OpenID identities"
        ordering = ["issuer", "subject"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], name="oidc_identity_is_one_persons"
            ),
            models.UniqueConstraint(fields=["user", "issuer"], name="oidc_identity_one_a_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} of {self.issuer}"
