"""Changing what belongs to a user."""

from django.db import transaction

from labelapp.accounts.errors import StalePreferencesError
from labelapp.accounts.models import Preferences, User
from labelapp.accounts.preference_checks import check_patch, check_size


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
