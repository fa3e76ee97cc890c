"""How pre-labels take part in the life of tasks: copied at first, counted when submitted."""

from collections.abc import Mapping, Sequence
from typing import Any

from labelapp.accounts.models import User
from labelapp.prelabels.errors import ProposalsLeftError
from labelapp.prelabels.models import Uncounted
from labelapp.prelabels.services import proposals_left, start_copy
from labelapp.prelabels.services.starting import starts_make
from labelapp.work import hooks
from labelapp.work.models import Task
from labelapp.work.stages import LABELLING, Action

_HANDS_IN = frozenset({Action.SUBMIT, Action.ACCEPT})


def register() -> None:
    """Have the tasks app ask and tell here."""
    hooks.register(listener=_hear, maker=_made)


def _made(tasks: Sequence[Task], options: Mapping[str, Any]) -> None:
    wanted = options.get("start_from")
    if wanted is not None:
        # Parts of a clip share a label set: whoever comes first has it copied for all.
        first = {task.label_set_id: task.pk for task in reversed(tasks)}
        starts_make(list(first.values()), **wanted)


def _hear(task: Task, action: Action, actor: User | None) -> None:
    if action == Action.CLAIM and task.stage in LABELLING:
        start_copy(task)
    # Closing a hidden check, which nobody does, hands nothing in.
    if action in _HANDS_IN and actor is not None and (left := proposals_left(task)):
        what = "1 proposed label waits" if left == 1 else f"{left} proposed labels wait"
        msg = f"{what} to be accepted, corrected or deleted before the task can be handed in."
        raise ProposalsLeftError(msg, details={"proposals": left})
    # Once: of what comes back from review the first submission counts.
    if action == Action.SUBMIT and task.sent_back_count == 0:
        Uncounted.objects.bulk_create([Uncounted(task=task)], ignore_conflicts=True)
