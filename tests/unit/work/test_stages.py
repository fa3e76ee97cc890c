"""The life of a task: what may happen where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelapp.work.stages import Action, Place, RefusedError, Stage, State, after

MINE = [Action.SUBMIT, Action.ACCEPT, Action.SEND_BACK]


def walk(*actions: Action, second: bool = False) -> Place:
    place = Place(Stage.LABEL, State.READY)
    for action in actions:
        if action in MINE:
            place = after(place, Action.CLAIM)
        place = after(place, action, is_reviewed_twice=second)
    return place


def test_what_is_submitted_is_reviewed_and_accepted() -> None:
    assert walk(Action.SUBMIT) == Place(Stage.REVIEW, State.READY)
    assert walk(Action.SUBMIT, Action.ACCEPT) == Place(Stage.ACCEPTED, State.CLOSED)


def test_what_is_sent_back_is_fixed_and_reviewed_again() -> None:
    assert walk(Action.SUBMIT, Action.SEND_BACK) == Place(Stage.FIX, State.READY)
    assert walk(Action.SUBMIT, Action.SEND_BACK, Action.SUBMIT) == Place(Stage.REVIEW, State.READY)


def test_a_second_review_comes_after_the_first() -> None:
    twice = walk(Action.SUBMIT, Action.ACCEPT, second=True)
    assert twice == Place(Stage.SECOND_REVIEW, State.READY)
    assert walk(Action.SUBMIT, Action.ACCEPT, Action.ACCEPT, second=True).stage == Stage.ACCEPTED


def test_what_nobody_reviews_is_accepted_when_submitted() -> None:
    place = after(Place(Stage.LABEL, State.LEASED), Action.SUBMIT, is_reviewed=False)
    assert place == Place(Stage.ACCEPTED, State.CLOSED)


def test_what_was_accepted_and_is_opened_again_is_to_be_fixed() -> None:
    assert walk(Action.SUBMIT, Action.ACCEPT, Action.REOPEN) == Place(Stage.FIX, State.READY)


@pytest.mark.parametrize(
    ("place", "action", "why"),
    [
        (Place(Stage.LABEL, State.READY), Action.SUBMIT, "must be leased; this one is ready"),
        (Place(Stage.LABEL, State.LEASED), Action.ACCEPT, "at the stage label can't be accepted"),
        (Place(Stage.REVIEW, State.LEASED), Action.SUBMIT, "review can't be submitted"),
        (Place(Stage.LABEL, State.LEASED), Action.CLAIM, "must be ready; this one is leased"),
        (Place(Stage.ACCEPTED, State.CLOSED), Action.CANCEL, "must be held or ready"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(place: Place, action: Action, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        after(place, action)


@given(st.lists(st.sampled_from(list(Action)), max_size=40), st.booleans(), st.booleans())
def test_accepted_tasks_are_closed_whatever_happens(
    actions: list[Action], reviewed: bool, twice: bool
) -> None:
    place = Place(Stage.LABEL, State.READY)
    for action in actions:
        try:
            place = after(place, action, is_reviewed=reviewed, is_reviewed_twice=twice)
        except RefusedError:
            continue
        assert place.stage != Stage.ACCEPTED or place.state == State.CLOSED
