"""Who else is on a clip."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from labelapp.labels.models import LabelSet, Presence


def tell(cast, who: str, label_set: LabelSet, tab: uuid.UUID, **more: Any) -> Any:
    path = f"/api/label-sets/{label_set.pk}/presence"
    return cast.client(who).send("POST", path, {"tab_id": str(tab), **more})


@pytest.fixture
def tabs() -> list[uuid.UUID]:
    return [uuid.uuid4() for _ in range(3)]


def test_two_people_see_each_other_with_what_they_selected(cast, label_set, tabs) -> None:
    first = tell(cast, "labeller", label_set, tabs[0], selected=["a"])
    assert (first.status_code, first.json()) == (200, {"revision": 0, "others": []})
    second = tell(cast, "reviewer", label_set, tabs[1], selected=["b", "c"]).json()["others"]
    assert [(one["display_name"], one["selected"]) for one in second] == [("labeller", ["a"])]
    assert second[0]["label_set_id"] == str(label_set.pk)
    again = tell(cast, "labeller", label_set, tabs[0], selected=[]).json()["others"]
    assert [(one["display_name"], one["selected"]) for one in again] == [("reviewer", ["b", "c"])]


def test_another_tab_of_ones_own_is_somebody_else(cast, label_set, tabs) -> None:
    tell(cast, "labeller", label_set, tabs[0])
    others = tell(cast, "labeller", label_set, tabs[1]).json()["others"]
    assert [one["tab_id"] for one in others] == [str(tabs[0])]


def test_who_leaves_is_gone_at_once_and_who_is_silent_soon(cast, label_set, tabs) -> None:
    tell(cast, "labeller", label_set, tabs[0])
    tell(cast, "admin", label_set, tabs[1])
    assert tell(cast, "labeller", label_set, tabs[0], leaves=True).json()["others"] == []
    Presence.objects.filter(tab_id=tabs[1]).update(seen_at=timezone.now() - timedelta(seconds=26))
    assert tell(cast, "reviewer", label_set, tabs[2]).json()["others"] == []
    assert Presence.objects.count() == 1, "what is old is not kept"


def test_nobody_takes_anothers_tab_over_or_away(cast, label_set, tabs) -> None:
    tell(cast, "labeller", label_set, tabs[0], selected=["a"])
    tell(cast, "reviewer", label_set, tabs[0], leaves=True)
    others = tell(cast, "reviewer", label_set, tabs[0], selected=["b"]).json()["others"]
    assert [(one["display_name"], one["selected"]) for one in others] == [("labeller", ["a"])]


def test_people_on_other_clips_are_not_here(cast, label_set, make_clip, tabs) -> None:
    other = LabelSet.objects.create(clip=make_clip(), layer="objects", source="human")
    tell(cast, "reviewer", other, tabs[1])
    assert tell(cast, "labeller", label_set, tabs[0]).json()["others"] == []


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("anonymous", 401)])
def test_only_members_see_and_are_seen(cast, label_set, tabs, who: str, status: int) -> None:
    assert tell(cast, who, label_set, tabs[0]).status_code == status
    assert not Presence.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tab_id": "1"},
        {"tab_id": str(uuid.uuid4()), "selected": ["x"] * 21},
        {"tab_id": str(uuid.uuid4()), "selected": ["x" * 201]},
        {"tab_id": str(uuid.uuid4()), "selected": "x"},
        [],
    ],
)
def test_a_malformed_word_is_refused(cast, label_set, body: Any) -> None:
    path = f"/api/label-sets/{label_set.pk}/presence"
    response = cast.client("labeller").send("POST", path, body)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert not Presence.objects.exists()


def test_one_person_fills_no_table(cast, label_set) -> None:
    for _ in range(25):
        tell(cast, "labeller", label_set, uuid.uuid4())
    assert Presence.objects.count() == 20


def test_telling_takes_few_queries(cast, label_set, tabs, django_assert_max_num_queries) -> None:
    for who in ("admin", "engineer", "reviewer"):
        tell(cast, who, label_set, uuid.uuid4())
    tell(cast, "labeller", label_set, tabs[0])
    with django_assert_max_num_queries(13):
        tell(cast, "labeller", label_set, tabs[0])
