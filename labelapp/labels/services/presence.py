"""Who else is on a clip: open tabs tell every few seconds, and are forgotten soon after."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from labelapp.accounts.models import User
from labelapp.labels.models import LabelSet, Presence

#: A tab that is alone tells of itself every 10 s; so many without a word, and it counts as gone.
GONE_AFTER = timedelta(seconds=25)
#: As many others are named as a screen can show.
MAX_OTHERS = 50
#: As many tabs of one person are known.
MAX_TABS = 20


def presence_tell(
    *,
    actor: User,
    label_set: LabelSet,
    tab_id: uuid.UUID,
    selected: Sequence[str],
    now: datetime,
) -> list[Presence]:
    """Note that a tab of the actor shows a label set, and return the other tabs on its clip.

    Args:
        actor: Whose tab it is; they may see the label set.
        label_set: What the tab shows.
        tab_id: The tab's own id.
        selected: The ids of the labels that are selected in it.
        now: When this is.

    Returns:
        The tabs seen lately, oldest id first, with their users; also other tabs of the actor.
    """
    Presence.objects.filter(clip=label_set.clip_id, seen_at__lt=now - GONE_AFTER).delete()
    Presence.objects.update_or_create(
        user=actor,
        tab_id=tab_id,
        defaults={
            "clip_id": label_set.clip_id,
            "label_set": label_set,
            "selected": list(selected),
            "seen_at": now,
        },
    )
    mine = Presence.objects.filter(user=actor).order_by("-seen_at").values_list("pk", flat=True)
    too_many = list(mine[MAX_TABS : MAX_TABS + 100])
    if too_many:
        Presence.objects.filter(pk__in=too_many).delete()
    others = Presence.objects.filter(clip=label_set.clip_id).exclude(user=actor, tab_id=tab_id)
    return list(others.select_related("user").order_by("pk")[:MAX_OTHERS])


def presence_leave(*, actor: User, tab_id: uuid.UUID) -> None:
    """Forget a tab of the actor; nothing happens where it is not known."""
    Presence.objects.filter(user=actor, tab_id=tab_id).delete()
