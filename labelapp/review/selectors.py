"""Reading comments, what changed between two revisions, and corrections."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from labelapp.accounts.models import User
from labelapp.common.errors import NotFoundError
from labelapp.labels.models import LabelEvent, LabelSet
from labelapp.review.errors import CommentNotFoundError
from labelapp.review.models import Comment, Correction
from labelapp.work.models import Task, TaskEvent
from labelapp.work.selectors import task_for
from labelapp.work.stages import REVIEWING, Action, Stage

ChangeKind = Literal["added", "removed", "changed"]


def comments_of(task: Task) -> QuerySet[Comment]:
    """Return a task's comments with their authors, oldest first."""
    return (
        Comment.objects.filter(task=task)
        .select_related("author", "resolved_by")
        .order_by("created_at", "id")
    )


def comment_for(user: User | AnonymousUser, comment_id: UUID) -> Comment:
    """Return a comment, as somebody who may see its task.

    Raises:
        CommentNotFoundError: There is none, or its task is not theirs to see.
    """
    found = Comment.objects.filter(pk=comment_id).first()
    try:
        if found is not None:
            task_for(user, found.task_id)
            return comments_of(found.task).get(pk=found.pk)
    except NotFoundError:
        pass
    msg = "There is no such comment, or its task is not yours to see."
    raise CommentNotFoundError(msg)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one label between two revisions.

    Attributes:
        label_id: Which.
        kind: What happened to it.
        before: The label as it was; None: it was not there.
        author: Who changed it last.
    """

    label_id: str
    kind: ChangeKind
    before: dict[str, Any] | None
    author: str | None


def changes_since(label_set: LabelSet, revision: int) -> list[Change]:
    """Return how a label set differs from what it was at a revision, by label id.

    What was changed and changed back is no change. Reads the labels that have events since then
    alone, not the whole label set.
    """
    newest = {
        event.label_id: event
        for event in LabelEvent.objects.filter(label_set=label_set, revision__gt=revision)
        .select_related("author")
        .order_by("label_id", "-version")
        .distinct("label_id")
    }
    earlier = (
        LabelEvent.objects.filter(
            label_set=label_set, revision__lte=revision, label_id__in=list(newest)
        )
        .order_by("label_id", "-version")
        .distinct("label_id")
    )
    before = {event.label_id: event.body for event in earlier}
    changes = []
    for label_id, event in sorted(newest.items()):
        old, new = before.get(label_id), event.body
        if old == new:
            continue
        kind: ChangeKind = "added" if old is None else "removed" if new is None else "changed"
        author = None if event.author is None else event.author.shown_name
        changes.append(Change(label_id, kind, old, author))
    return changes


def compared_revision(task: Task) -> tuple[int | None, str]:
    """Return the revision that somebody at a task's stage compares with, and what it was.

    Who reviews compares with what the last review saw; who fixes, with what they submitted.
    None: there is nothing to compare with yet.
    """
    if task.stage in {s.value for s in REVIEWING}:
        actions, words = [Action.SEND_BACK, Action.ACCEPT], "the last review"
    elif task.stage == Stage.ACCEPTED:
        return submitted_first(task), "the first submission"
    else:
        actions, words = [Action.SUBMIT], "the last submission"
    event = (
        TaskEvent.objects.filter(task=task, action__in=[action.value for action in actions])
        .order_by("-id")
        .first()
    )
    return (None if event is None else event.revision), words


def submitted_first(task: Task) -> int | None:
    """Return the revision at which a task was first submitted, before any review."""
    event = TaskEvent.objects.filter(task=task, action=Action.SUBMIT.value).order_by("id").first()
    return None if event is None else event.revision


def correction_of(task: Task) -> Correction | None:
    """Return what review changed, as it was accepted last; None: not accepted, or not yet known."""
    return Correction.objects.filter(task=task).order_by("-created_at").first()
