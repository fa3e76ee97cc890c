"""Where apps above take part in the life of tasks: gold and training, agreement, notices."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from labelapp.accounts.models import User
from labelapp.projects.models import Project
from labelapp.work.models import Task
from labelapp.work.stages import Action

#: May make a task that only this person gets, before the queue is asked for their next one.
Offer = Callable[[User, Project | None], bool]
#: Hears of what happened to a task, in the transaction in which it did.
Listener = Callable[[Task, Action, User | None], None]
#: Whether somebody reviews a submitted task; None: the workflow decides.
ReviewRule = Callable[[Task], bool | None]

#: Why tasks can't go to somebody, by task, for those that can't.
Objector = Callable[[Sequence[Task], User], Mapping[UUID, str]]
#: Hears of new tasks that an admin made, with what was asked for beyond what tasks know of.
Maker = Callable[[Sequence[Task], Mapping[str, Any]], None]

#: Tells people something: keywords ``user_ids``, ``kind``, ``text``, ``link``.
Messenger = Callable[..., None]

#: SQL on a task ``t`` that must hold before ``%(user)s`` gets it.
claim_conditions: Final[list[str]] = []
_OFFERS: Final[list[Offer]] = []
_LISTENERS: Final[list[Listener]] = []
_REVIEW_RULES: Final[list[ReviewRule]] = []
_MESSENGERS: Final[list[Messenger]] = []
_MAKERS: Final[list[Maker]] = []
_OBJECTORS: Final[list[Objector]] = []


def register(
    *,
    condition: str | None = None,
    offer: Offer | None = None,
    listener: Listener | None = None,
    review_rule: ReviewRule | None = None,
    messenger: Messenger | None = None,
    maker: Maker | None = None,
    objector: Objector | None = None,
) -> None:
    """Take part; registering the same twice takes part once."""
    for part, parts in (
        (condition, claim_conditions),
        (offer, _OFFERS),
        (listener, _LISTENERS),
        (review_rule, _REVIEW_RULES),
        (messenger, _MESSENGERS),
        (maker, _MAKERS),
        (objector, _OBJECTORS),
    ):
        if part is not None and part not in parts:
            parts.append(part)  # type: ignore[arg-type]  # each beside its own list


def has_offer(user: User, project: Project | None) -> bool:
    """Whether an app above has just made a task for somebody."""
    return any(offer(user, project) for offer in _OFFERS)


def tell(task: Task, action: Action, actor: User | None) -> None:
    """Tell the apps above what happened to a task."""
    for listener in _LISTENERS:
        listener(task, action, actor)


def objections(tasks: Sequence[Task], user: User) -> dict[UUID, str]:
    """Return why the apps above say that tasks can't go to somebody, by task."""
    found: dict[UUID, str] = {}
    for objector in _OBJECTORS:
        found |= objector(tasks, user)
    return found


def tell_made(tasks: Sequence[Task], options: Mapping[str, Any]) -> None:
    """Tell the apps above of tasks that were just made, in the transaction in which they were."""
    for maker in _MAKERS:
        maker(tasks, options)


def message(*, user_ids: Iterable[UUID], kind: str, text: str, link: str) -> None:
    """Tell people something: who was mentioned, whose comment was answered."""
    for messenger in _MESSENGERS:
        messenger(user_ids=user_ids, kind=kind, text=text, link=link)


def reviewed_by_rule(task: Task) -> bool | None:
    """Whether somebody reviews a submitted task, where an app above says so."""
    for rule in _REVIEW_RULES:
        if (found := rule(task)) is not None:
            return found
    return None
