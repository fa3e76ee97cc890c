"""What labellers come to, and parts of clips as tasks of their own."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from labelapp.work.models import Lease, Task
from labelapp.work.services import leases_expire


def claim(cast: Any, who: str, **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = cast.client(who).send("POST", "/api/work/claim", body).json()
    return found


def finish(cast: Any, who: str, task: dict[str, Any], action: str, note: str = "") -> Any:
    lease = task["lease"]
    body = {"token": lease["token"], "action": action, "note": note}
    return cast.client(who).send("POST", f"/api/leases/{lease['id']}/finish", body).json()


def home(cast: Any, who: str, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = cast.client(who).get(f"/api/work/home{query}").json()
    return found


def change(cast: Any, tasks: list[Task], action: str, **more: Any) -> dict[str, Any]:
    body = {"task_ids": [str(task.pk) for task in tasks], "action": action} | more
    found: dict[str, Any] = (
        cast.client("admin").send("POST", "/api/projects/a/tasks/change", body).json()
    )
    return found


def test_without_tasks_there_is_nothing_to_come_to(cast) -> None:
    assert home(cast, "labeller")["works_by_tasks"] is False


def test_home_says_what_is_mine_what_waits_and_what_i_did(cast, make_tasks) -> None:
    make_tasks(3)
    first = claim(cast, "labeller")["task"]
    finish(cast, "labeller", first, "submit")
    review = claim(cast, "reviewer")["task"]
    finish(cast, "reviewer", review, "send_back", "the van is missing")
    second = claim(cast, "labeller", task_id=None)["task"]
    assert second["id"] == first["id"], "what comes back is first"
    finish(cast, "labeller", second, "return")

    found = home(cast, "labeller")
    assert found["works_by_tasks"] is True
    assert found["held"] == []
    assert found["queues"] == [
        {"project": "a", "project_name": "Project A", "layer": "objects"}
        | {"stage": stage, "count": count}
        for stage, count in (("fix", 1), ("label", 2))
    ]
    assert found["today"] == {"submitted": 1, "reviewed": 0, "accepted": 0, "sent_back": 1}
    assert home(cast, "reviewer")["today"]["reviewed"] == 1
    tomorrow = (timezone.now() + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert home(cast, "labeller", f"?since={tomorrow}")["today"]["submitted"] == 0

    third = claim(cast, "labeller")["task"]
    held = home(cast, "labeller")["held"]
    assert [task["id"] for task in held] == [third["id"]]
    if third["id"] == first["id"]:
        assert held[0]["reason"]["note"] == "the van is missing"


def test_work_sent_back_waits_with_its_reason(cast, make_tasks) -> None:
    make_tasks(1)
    finish(cast, "labeller", claim(cast, "labeller")["task"], "submit")
    finish(cast, "reviewer", claim(cast, "reviewer")["task"], "send_back", "turn the bus")
    (waiting,) = home(cast, "labeller")["waiting"]
    assert (waiting["stage"], waiting["reason"]["note"]) == ("fix", "turn the bus")
    assert waiting["reason"]["actor"]["name"] == "reviewer"
    assert home(cast, "reviewer")["waiting"] == []


def test_a_bad_beginning_of_the_day_is_named(cast) -> None:
    answer = cast.client("labeller").get("/api/work/home?since=yesterday")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("since: expected a time such as")


def test_home_takes_as_many_queries_for_many_tasks_as_for_few(
    cast, make_tasks, django_assert_max_num_queries
) -> None:
    tasks = make_tasks(12)
    Task.objects.filter(pk__in=[task.pk for task in tasks[:6]]).update(assigned_to=cast["labeller"])
    for _ in range(4):
        claim(cast, "labeller")
    cast.client("labeller").get("/api/work/home")
    with django_assert_max_num_queries(12):
        found = home(cast, "labeller")
    assert (len(found["held"]), len(found["waiting"])) == (4, 2)


def test_a_lost_task_can_be_taken_over_again_while_nobody_else_has_it(cast, make_tasks) -> None:
    make_tasks(2)
    task = claim(cast, "labeller")["task"]
    Lease.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert leases_expire() == 1
    again = claim(cast, "labeller", task_id=task["id"])["task"]
    assert (again["id"], again["lease"]["token"]) == (task["id"], 2)


def test_nobody_picks_a_task_that_does_not_wait_for_them(cast, make_tasks) -> None:
    (task,) = make_tasks(1)
    refused = claim(cast, "labeller", task_id=str(task.pk))
    assert refused["task"] is None
    assert "does not wait for you" in refused["message"]
    assert claim(cast, "admin", task_id=str(task.pk))["task"]["id"] == str(task.pk)
    assert claim(cast, "admin", task_id=str(uuid.uuid4()))["task"] is None


def test_the_task_of_a_label_set_is_ones_own_first(cast, make_tasks) -> None:
    (task,) = make_tasks(1)
    path = f"/api/label-sets/{task.label_set_id}/task"
    assert cast.client("labeller").get(path).status_code == 404, "not theirs to see yet"
    mine = claim(cast, "labeller")["task"]
    found = cast.client("labeller").get(path).json()
    assert found["works_by_tasks"] is True
    assert (found["task"]["id"], found["task"]["lease"]["id"]) == (mine["id"], mine["lease"]["id"])


def test_members_see_their_colleagues_names_and_roles(cast) -> None:
    found = cast.client("labeller").get("/api/projects/a/members").json()
    assert [(one["name"], one["role"]) for one in found] == [
        (name, name) for name in ("admin", "engineer", "labeller", "reviewer")
    ]


def test_a_clip_is_split_by_time_into_tasks_that_touch(cast, make_tasks) -> None:
    tasks = make_tasks(1, priority=7)
    assert change(cast, tasks, "split", parts=3)["changed"] == 1
    parts = list(Task.objects.order_by("from_ns"))
    assert [part.priority for part in parts] == [7, 7, 7]
    assert len({part.label_set_id for part in parts}) == 1
    spans = [(part.from_ns, part.to_ns) for part in parts]
    assert spans[0][0] == 0
    assert spans[-1][1] == 10_000_000_001, "what is there at the end of the clip belongs to it"
    assert [end for _, end in spans[:-1]] == [begin for begin, _ in spans[1:]]
    labellers = {claim(cast, who)["task"]["id"] for who in ("labeller", "reviewer", "admin")}
    assert labellers == {str(part.pk) for part in parts}, "each somebody else's"


def test_what_somebody_works_on_is_not_split(cast, make_tasks) -> None:
    tasks = make_tasks(1)
    claim(cast, "labeller")
    (refused,) = change(cast, tasks, "split")["refused"]
    assert refused["message"] == "To split, a task must be held or ready; this one is leased."
    assert Task.objects.count() == 1
    assert Task.objects.get().from_ns is None


def test_parts_too_short_to_be_work_are_refused(cast, make_tasks) -> None:
    tasks = make_tasks(1)
    tasks[0].clip.end_ns = 500_000_000
    tasks[0].clip.save()
    (refused,) = change(cast, tasks, "split", parts=10)["refused"]
    assert "each would be shorter than 0.1 s" in refused["message"]


@pytest.mark.parametrize(
    ("spans", "name"),
    [
        ([(5, 3)], "task_part_is_a_span_of_time"),
        ([(5, None)], "task_part_is_a_span_of_time"),
        ([(None, None), (None, None)], "task_one_open_per_label_set"),
        ([(3, 5), (3, 5)], "task_one_open_per_part"),
    ],
)
def test_the_database_refuses_parts_that_cannot_be(cast, clip, label_set, spans, name) -> None:
    def add() -> None:
        for from_ns, to_ns in spans:
            Task.objects.create(
                project=cast.project, clip=clip, label_set=label_set, layer="objects",
                from_ns=from_ns, to_ns=to_ns,
            )  # fmt: skip

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        add()
