"""What happens to tasks, told to whom it concerns."""

from labelapp.accounts.models import User
from labelapp.notices.models import EVENTS
from labelapp.notices.services import happened, notify
from labelapp.work import hooks
from labelapp.work.models import Task
from labelapp.work.stages import Action


def register() -> None:
    """Have the tasks app tell here."""
    hooks.register(listener=_hear, messenger=notify)


def _hear(task: Task, action: Action, actor: User | None) -> None:
    event = f"task.{action.value}"
    if event in EVENTS:
        _tell_programs(task, event, actor)
    if action == Action.SEND_BACK and task.labeller_id is not None:
        text = f"{task.clip.name}, {task.layer}: your work was sent back."
        notify(user_ids=[task.labeller_id], kind=event, text=text, link="/")
    given_to = task.assigned_to_id if action in {Action.ASSIGN, Action.HAND_OVER} else None
    if given_to is not None and (actor is None or actor.pk != given_to):
        text = f"{task.clip.name}, {task.layer}: this task waits for you."
        notify(user_ids=[given_to], kind=event, text=text, link="/")


def _tell_programs(task: Task, event: str, actor: User | None) -> None:
    happened(
        project=task.project,
        event=event,
        subject={
            "task": {
                "id": task.pk,
                "clip_id": task.clip_id,
                "layer": task.layer,
                "label_set_id": task.label_set_id,
                "stage": task.stage,
                "state": task.state,
                "revision": task.label_set.revision,
            },
            "actor": None if actor is None else {"id": actor.pk, "name": actor.shown_name},
        },
    )
