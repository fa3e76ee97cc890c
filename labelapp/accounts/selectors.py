"""Reading what belongs to a user."""

from django.db.models import QuerySet

from labelapp.accounts.models import ApiToken, Preferences, User


def preferences_of(user: User) -> Preferences:
    """Return a user's preferences; revision 0, and not in the database, where there are none."""
    return Preferences.objects.filter(user=user).first() or Preferences(user=user)


def api_tokens_of(user: User) -> QuerySet[ApiToken]:
    """Return a user's API tokens that were not revoked, the newest first."""
    return ApiToken.objects.filter(user=user, revoked_at__isnull=True)
