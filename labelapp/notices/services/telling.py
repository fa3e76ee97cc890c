"""Notices: made by what happens, read by whom they are for."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.notices.models import Notice

_LONGEST = 500


def notify(*, user_ids: Iterable[UUID], kind: str, text: str, link: str = "") -> None:
    """Tell people something; it is there when the present transaction commits."""
    Notice.objects.bulk_create(
        Notice(user_id=user_id, kind=kind, text=text[:_LONGEST], link=link)
        for user_id in dict.fromkeys(user_ids)
    )


def notices_read(*, actor: User, notice_ids: Sequence[UUID] | None) -> int:
    """Mark one's own notices as read (None: all); return how many weren't."""
    unread = Notice.objects.filter(user=actor, read_at__isnull=True)
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    return unread.update(read_at=timezone.now())
