"""How gold takes part in the life of tasks: handed out in between, reviewed by nobody, scored."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.common import jobs
from labelapp.common.prepared import Prepared
from labelapp.training.models import Attempt, GoldSettings
from labelapp.training.services.gold_offer import gold_offer
from labelapp.work import hooks
from labelapp.work.models import Task
from labelapp.work.stages import Action

SCORE_KIND = "training.score"
QUEUE = "work"

# Only who it was made for gets it, and nobody reviews it: gold does.
_CONDITION = """NOT EXISTS (
    SELECT 1 FROM training_attempt a
    WHERE a.task_id = t.id
      AND (a.user_id <> %(user)s OR t.stage IN ('review', 'second_review')))"""

_attempt_at: Prepared[Attempt] = Prepared(
    lambda task_id: Attempt.objects.select_related("gold").filter(task_id=task_id).order_by(),
    task_id=UUID,
)


def register() -> None:
    """Have the tasks app ask and tell here."""
    hooks.register(condition=_CONDITION, offer=gold_offer, listener=_hear, review_rule=_is_reviewed)


def _is_reviewed(task: Task) -> bool | None:
    """Course work is done when it is submitted; a hidden check goes on like any other task."""
    attempt = _attempt_at.first(task_id=task.pk)
    return False if attempt is not None and attempt.step_id is not None else None


def _hear(task: Task, action: Action, actor: User | None) -> None:
    if action not in {Action.SUBMIT, Action.HAND_OVER, Action.ASSIGN}:
        return
    attempt = _attempt_at.first(task_id=task.pk)
    if attempt is None:
        return
    if action != Action.SUBMIT:
        _pass_on(attempt, task)
        return
    now = timezone.now()
    attempt.submitted_at = now
    if attempt.step_id is not None:
        attempt.told_at = now
    else:
        seconds = GoldSettings.objects.filter(project=task.project_id).values_list(
            "reveal_after_s", flat=True
        )
        attempt.told_at = now + timedelta(seconds=seconds.first() or 0)
    if actor is not None:
        attempt.user = actor
    attempt.save(update_fields=["submitted_at", "told_at", "user"])
    jobs.enqueue(SCORE_KIND, queue=QUEUE, attempt_id=attempt.pk)


def _pass_on(attempt: Attempt, task: Task) -> None:
    """Let the attempt be whose the task is now."""
    to = task.assigned_to_id
    if to is None or to == attempt.user_id:
        return
    had = Attempt.objects.filter(gold=attempt.gold, user=to, step__isnull=True)
    if attempt.step_id is not None or had.exists():
        # Somebody's course, or gold that they know: from here on a task like any other.
        attempt.delete()
        return
    attempt.user_id = to
    attempt.save(update_fields=["user"])
