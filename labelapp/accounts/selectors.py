"""Reading what belongs to a user."""

from labelapp.accounts.models import Preferences, User


def preferences_of(user: User) -> Preferences:
    """Return a user's preferences; revision 0, and not in the database, where there are none."""
    return Preferences.objects.filter(user=user).first() or Preferences(user=user)
