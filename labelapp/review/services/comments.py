"""Writing, editing, resolving comments; each with an event that stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.common.errors import ForbiddenError, InvalidError
from labelapp.review.models import Comment, CommentEvent
from labelapp.work.models import Task

Kind = CommentEvent.Kind


@dataclass(frozen=True, slots=True)
class Pin:
    """What a comment is about; what is empty or None narrows nothing.

    Attributes:
        label_id: A label.
        from_ns: Beginning of a time range; the same as ``to_ns`` for a moment.
        to_ns: Its end.
        position_m: (3,) metres, world frame.
        camera: A camera by its name.
    """

    label_id: str = ""
    from_ns: int | None = None
    to_ns: int | None = None
    position_m: Sequence[float] | None = None
    camera: str = ""


@transaction.atomic
def comment_write(
    *, actor: User, task: Task, body: str, parent_id: UUID | None = None, pin: Pin
) -> Comment:
    """Write a comment on a task that the caller may see.

    Raises:
        InvalidError: It says nothing, answers to a comment of another task, or is pinned to a time
            outside of the clip.
    """
    if parent_id is not None:
        parent = Comment.objects.filter(pk=parent_id, task=task).first()
        if parent is None:
            raise _invalid("parent_id", "a comment on the same task", str(parent_id))
        # One level: an answer to an answer belongs to the same talk.
        parent_id = parent.parent_id or parent.pk
    _check_time(task, pin)
    comment = Comment.objects.create(
        task=task,
        author=actor,
        body=_said(body),
        parent_id=parent_id,
        label_id=pin.label_id,
        from_ns=pin.from_ns,
        to_ns=pin.to_ns,
        position_m=None if pin.position_m is None else list(pin.position_m),
        camera=pin.camera,
    )
    _note(comment, Kind.WRITE, actor)
    return comment


def _check_time(task: Task, pin: Pin) -> None:
    if pin.from_ns is None and pin.to_ns is None:
        return
    found = f"{pin.from_ns} to {pin.to_ns}"
    if pin.from_ns is None or pin.to_ns is None or pin.from_ns > pin.to_ns:
        raise _invalid("from_ns", "both ends of a time range, in order", found)
    clip = task.clip
    if pin.to_ns < clip.start_ns or pin.from_ns > clip.end_ns:
        expected = f"a time within the clip, {clip.start_ns} to {clip.end_ns}"
        raise _invalid("from_ns", expected, found)


@transaction.atomic
def comment_change(
    *, actor: User, comment: Comment, body: str | None = None, is_resolved: bool | None = None
) -> Comment:
    """Say something else, or call a comment resolved or open again.

    Raises:
        ForbiddenError: Only who wrote a comment changes its words.
    """
    locked = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if body is not None and body != locked.body:
        if locked.author_id != actor.pk:
            msg = "Only who wrote a comment changes its words; answer it instead."
            raise ForbiddenError(msg)
        locked.body = _said(body)
        _note(locked, Kind.EDIT, actor)
    if is_resolved is not None and is_resolved != (locked.resolved_at is not None):
        locked.resolved_at = timezone.now() if is_resolved else None
        locked.resolved_by = actor if is_resolved else None
        _note(locked, Kind.RESOLVE if is_resolved else Kind.REOPEN, actor)
    locked.save()
    return locked


def _note(comment: Comment, kind: CommentEvent.Kind, actor: User) -> None:
    CommentEvent.objects.create(comment=comment, kind=kind.value, actor=actor, body=comment.body)


def _said(body: str) -> str:
    text = body.strip()
    if not text:
        raise _invalid("body", "some words", "nothing")
    return text


def _invalid(field: str, expected: str, found: str) -> InvalidError:
    msg = f"{field}: expected {expected}, found {found}."
    return InvalidError(msg, details={"fields": {field: [msg]}})
