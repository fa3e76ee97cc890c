"""What labelling costs, kept as sums."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from labelapp.labels.models import Effort

VISIT = "6f2b8ac0-54c8-4a53-8f8f-6d0a8f6f6b01"


def report(client, label_set, actions, active_s, visit=VISIT):
    path = f"/api/label-sets/{label_set.pk}/effort/{visit}"
    return client.send("PUT", path, {"actions": actions, "active_s": active_s})


def test_sums_of_visits_add_up_by_author(cast, label_set) -> None:
    labeller, reviewer = cast.client("labeller"), cast.client("reviewer")
    report(labeller, label_set, 7, 40.5)
    report(labeller, label_set, 3, 10.0, visit=uuid.uuid4())
    answer = report(reviewer, label_set, 1, 2.5, visit=uuid.uuid4())
    expected = {
        "own": {"actions": 1, "active_s": 2.5},
        "all": {"actions": 11, "active_s": 53.0},
    }
    assert (answer.status_code, answer.json()) == (200, expected)
    own = labeller.get(f"/api/label-sets/{label_set.pk}/effort").json()["own"]
    assert own == {"actions": 10, "active_s": 50.5}


def test_a_visits_later_sums_replace_the_earlier_ones(cast, label_set) -> None:
    client = cast.client("labeller")
    for actions, active_s in [(2, 5.0), (9, 30.0), (9, 30.0), (4, 12.0)]:
        assert report(client, label_set, actions, active_s).status_code == 200
    assert Effort.objects.values_list("actions", "active_ms").get() == (9, 30_000)


def test_nothing_was_spent_on_a_new_label_set(cast, label_set) -> None:
    nothing = {"actions": 0, "active_s": 0}
    answer = cast.client("labeller").get(f"/api/label-sets/{label_set.pk}/effort")
    assert answer.json() == {"own": nothing, "all": nothing}


def test_anothers_visit_is_left_alone(cast, label_set) -> None:
    report(cast.client("labeller"), label_set, 7, 40.0)
    answer = report(cast.client("reviewer"), label_set, 99, 99.0)
    assert (answer.status_code, answer.json()["code"]) == (409, "visit_id_reused")
    assert Effort.objects.get().actions == 7


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"actions": -1, "active_s": 1},
        {"actions": 1, "active_s": -1},
        {"actions": 1.5, "active_s": 1},
        {"actions": 10**12, "active_s": 1},
        {"actions": 1, "active_s": 1e300},
        {"actions": 1, "active_s": "nan"},
        [],
    ],
)
def test_malformed_sums_are_refused(cast, label_set, body) -> None:
    path = f"/api/label-sets/{label_set.pk}/effort/{VISIT}"
    answer = cast.client("labeller").send("PUT", path, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not Effort.objects.exists()


def test_only_those_who_may_label_report(cast, label_set) -> None:
    assert report(cast.client("engineer"), label_set, 1, 1.0).status_code == 403
    assert report(cast.client("stranger"), label_set, 1, 1.0).status_code == 404
    stranger = cast.client("stranger").get(f"/api/label-sets/{label_set.pk}/effort")
    assert stranger.status_code == 404
    assert not Effort.objects.exists()


def test_a_visit_is_kept_once(cast, label_set) -> None:
    same = {"label_set": label_set, "author": cast["labeller"], "visit_id": VISIT}
    Effort.objects.create(**same, actions=1, active_ms=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Effort.objects.create(**same, actions=2, active_ms=2)
