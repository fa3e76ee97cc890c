"""Notices: what happened that somebody should know."""

from typing import Any

import pytest

from labelapp.notices.models import Notice
from labelapp.notices.services import notify
from labelapp.work import hooks
from labelapp.work.models import Workflow


def notices(client: Any) -> list[tuple[str, str]]:
    return [(n["kind"], n["text"]) for n in client.get("/api/me/notices").json()["results"]]


@pytest.fixture
def tasks(cast: Any, ontology: Any, make_clip: Any) -> None:
    Workflow.objects.create(project=cast.project)
    make_clip(name="street")
    cast.client("admin").send("POST", "/api/projects/a/tasks", {"layer": "objects"})


def act(client: Any, action: str, **more: Any) -> None:
    lease = client.send("POST", "/api/work/claim", {}).json()["task"]["lease"]
    body = {"token": lease["token"], "action": action, **more}
    assert client.send("POST", f"/api/leases/{lease['id']}/finish", body).status_code == 200


def test_who_labelled_hears_that_it_was_sent_back(cast, tasks) -> None:
    act(cast.client("labeller"), "submit")
    assert notices(cast.client("labeller")) == []
    act(cast.client("reviewer"), "send_back", note="the van is a lorry")
    assert notices(cast.client("labeller")) == [
        ("task.send_back", "street, objects: your work was sent back.")
    ]
    assert notices(cast.client("reviewer")) == []


def test_who_is_given_a_task_hears_of_it(cast, tasks) -> None:
    act(cast.client("labeller"), "hand_over", to=str(cast["reviewer"].pk))
    assert notices(cast.client("reviewer")) == [
        ("task.hand_over", "street, objects: this task waits for you.")
    ]


def test_apps_below_tell_people_through_the_hook(cast) -> None:
    users = [cast["labeller"].pk, cast["labeller"].pk]
    hooks.message(user_ids=users, kind="comment", text="Ben mentioned you.", link="/x")
    assert notices(cast.client("labeller")) == [("comment", "Ben mentioned you.")]


def test_notices_are_counted_until_they_are_read(cast) -> None:
    for number in range(3):
        notify(user_ids=[cast["labeller"].pk], kind="x", text=str(number))
    client = cast.client("labeller")
    listed = client.get("/api/me/notices").json()
    assert (listed["unread"], [n["text"] for n in listed["results"]]) == (3, ["2", "1", "0"])
    client.send("POST", "/api/me/notices/read", {"ids": [listed["results"][0]["id"]]})
    assert client.get("/api/me/notices").json()["unread"] == 2
    client.send("POST", "/api/me/notices/read", {})
    assert client.get("/api/me/notices").json()["unread"] == 0


def test_nobody_reads_or_marks_those_of_others(cast) -> None:
    notify(user_ids=[cast["labeller"].pk], kind="x", text="mine")
    mine = Notice.objects.get()
    assert notices(cast.client("admin")) == []
    cast.client("admin").send("POST", "/api/me/notices/read", {"ids": [str(mine.pk)]})
    mine.refresh_from_db()
    assert mine.read_at is None


def test_the_list_takes_the_same_number_of_queries_however_long(
    cast, django_assert_num_queries
) -> None:
    user = cast["labeller"]
    for _ in range(40):
        notify(user_ids=[user.pk], kind="x", text="x")
    client = cast.client("labeller")
    with django_assert_num_queries(4):
        assert len(client.get("/api/me/notices").json()["results"]) == 40
