"""The life of a task: pure rules, no database.

A task is at a *stage* (what is to be done) and in a *state* (whether somebody does it). What may
happen is in two tables; everything else is refused with a sentence.
"""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What is to be done with a task."""

    LABEL = "label"
    REVIEW = "review"
    FIX = "fix"
    SECOND_REVIEW = "second_review"
    ACCEPTED = "accepted"


class State(StrEnum):
    """Whether somebody does it."""

    READY = "ready"
    LEASED = "leased"
    PAUSED = "paused"
    HELD = "held"
    CLOSED = "closed"


class Action(StrEnum):
    """What may happen to a task."""

    # By who has it.
    SUBMIT = "submit"
    ACCEPT = "accept"
    SEND_BACK = "send_back"
    PAUSE = "pause"
    RESUME = "resume"
    RETURN = "return"
    SKIP = "skip"
    HAND_OVER = "hand_over"
    # By the queue.
    CLAIM = "claim"
    EXPIRE = "expire"
    # By admins.
    ASSIGN = "assign"
    PRIORITISE = "prioritise"
    HOLD = "hold"
    RELEASE = "release"
    TAKE_BACK = "take_back"
    REOPEN = "reopen"
    CANCEL = "cancel"
    CREATE = "create"
    SPLIT = "split"


#: As the API's description names them.
STAGE_CHOICES = [(stage.value, stage.value) for stage in Stage]
STATE_CHOICES = [(state.value, state.value) for state in State]
LABELLING = frozenset({Stage.LABEL, Stage.FIX})
REVIEWING = frozenset({Stage.REVIEW, Stage.SECOND_REVIEW})
OPEN_STATES = frozenset({State.READY, State.LEASED, State.PAUSED, State.HELD})
#: States in which a lease holds the task.
TAKEN_STATES = frozenset({State.LEASED, State.PAUSED})

#: From which states an action may start, and the state that it leads to (None: stays).
_STATES: dict[Action, tuple[frozenset[State], State | None]] = {
    Action.CLAIM: (frozenset({State.READY}), State.LEASED),
    Action.SUBMIT: (frozenset({State.LEASED}), State.READY),
    Action.ACCEPT: (frozenset({State.LEASED}), State.READY),
    Action.SEND_BACK: (frozenset({State.LEASED}), State.READY),
    Action.PAUSE: (frozenset({State.LEASED}), State.PAUSED),
    Action.RESUME: (frozenset({State.PAUSED}), State.LEASED),
    Action.RETURN: (TAKEN_STATES, State.READY),
    Action.SKIP: (TAKEN_STATES, State.READY),
    Action.HAND_OVER: (TAKEN_STATES, State.READY),
    Action.EXPIRE: (TAKEN_STATES, State.READY),
    Action.TAKE_BACK: (TAKEN_STATES, State.READY),
    Action.HOLD: (frozenset({State.READY, State.LEASED, State.PAUSED}), State.HELD),
    Action.RELEASE: (frozenset({State.HELD}), State.READY),
    Action.ASSIGN: (frozenset({State.READY, State.HELD}), None),
    Action.PRIORITISE: (OPEN_STATES, None),
    Action.CANCEL: (frozenset({State.READY, State.HELD}), State.CLOSED),
    Action.SPLIT: (frozenset({State.READY, State.HELD}), None),
    Action.REOPEN: (frozenset({State.CLOSED}), State.READY),
}
_ENDS_AT: dict[tuple[Stage, Action], Stage] = {
    (Stage.LABEL, Action.SUBMIT): Stage.REVIEW,
    (Stage.FIX, Action.SUBMIT): Stage.REVIEW,
    (Stage.REVIEW, Action.ACCEPT): Stage.SECOND_REVIEW,
    (Stage.REVIEW, Action.SEND_BACK): Stage.FIX,
    (Stage.SECOND_REVIEW, Action.ACCEPT): Stage.ACCEPTED,
    (Stage.SECOND_REVIEW, Action.SEND_BACK): Stage.FIX,
    (Stage.LABEL, Action.REOPEN): Stage.LABEL,
    (Stage.ACCEPTED, Action.REOPEN): Stage.FIX,
}
_STAGED = frozenset({Action.SUBMIT, Action.ACCEPT, Action.SEND_BACK})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task is."""

    stage: Stage
    state: State


class RefusedError(ValueError):
    """An action that can't be done here; the message is a sentence."""


def after(
    place: Place, action: Action, *, is_reviewed: bool = True, is_reviewed_twice: bool = False
) -> Place:
    """Where a task is after an action.

    Args:
        place: Where it is.
        action: What happens.
        is_reviewed: For submitting: whether somebody looks at it; else it is accepted as it is.
        is_reviewed_twice: For accepting a review: whether somebody else looks at it again.

    Raises:
        RefusedError: This can't happen to a task that is there.
    """
    starts, state = _STATES.get(action, (frozenset(), None))
    if place.state not in starts:
        wanted = " or ".join(sorted(starts)) or "no"
        message = f"To {_said(action)}, a task must be {wanted}; this one is {place.state}."
        raise RefusedError(message)
    stage = place.stage
    if action in _STAGED:
        if (stage, action) not in _ENDS_AT:
            message = f"A task at the stage {_said(stage)} can't be {_done(action)}."
            raise RefusedError(message)
        stage = _ENDS_AT[stage, action]
        is_skipped = (action == Action.SUBMIT and not is_reviewed) or (
            stage == Stage.SECOND_REVIEW and not is_reviewed_twice
        )
        if is_skipped:
            stage = Stage.ACCEPTED
    elif action == Action.REOPEN:
        stage = _ENDS_AT.get((stage, action), stage)
    if stage == Stage.ACCEPTED and action != Action.REOPEN:
        state = State.CLOSED
    return Place(stage, place.state if state is None else state)


def _said(word: StrEnum) -> str:
    return word.value.replace("_", " ")


def _done(action: Action) -> str:
    return {"submit": "submitted", "accept": "accepted", "send_back": "sent back"}[action.value]
