"""Many tasks changed at once: the preview says what will happen, and that happens."""

from typing import Any

import pytest

from labelapp.accounts.models import User
from labelapp.notices.models import Notice
from labelapp.work.models import Lease, Task, TaskEvent
from labelapp.work.services import tasks_create


def change(cast: Any, action: str, **more: Any) -> Any:
    body = {"action": action} | more
    return cast.client("admin").send("POST", "/api/projects/a/tasks/change", body)


def claim(cast: Any, who: str) -> dict[str, Any]:
    found: dict[str, Any] = cast.client(who).send("POST", "/api/work/claim", {}).json()["task"]
    return found


def ids(tasks: list[Task]) -> list[str]:
    return [str(task.pk) for task in tasks]


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("hold", {}),
        ("release", {}),
        ("take_back", {}),
        ("cancel", {"note": "recorded twice"}),
        ("reopen", {}),
        ("prioritise", {"priority": 9}),
        ("assign", {"to": "labeller"}),
        ("assign", {"to": "engineer"}),
        ("assign", {"to": None}),
        ("split", {"parts": 2}),
    ],
)
def test_a_preview_changes_nothing_and_says_what_will_be(cast, make_tasks, action, more) -> None:
    tasks = make_tasks(6)
    if more.get("to"):
        more = {"to": str(cast[more["to"]].pk)}
    claim(cast, "labeller")
    Task.objects.filter(pk=tasks[3].pk).update(state="held")
    Task.objects.filter(pk=tasks[4].pk).update(state="closed", stage="accepted")
    Task.objects.filter(pk=tasks[5].pk).update(stage="review", labeller=cast["labeller"])
    before = list(Task.objects.order_by("id").values())
    told = change(cast, action, task_ids=ids(tasks), dry_run=True, **more).json()
    assert list(Task.objects.order_by("id").values()) == before
    assert TaskEvent.objects.exclude(action__in=["create", "claim"]).count() == 0
    done = change(cast, action, task_ids=ids(tasks), **more).json()
    assert done == told
    assert done["changed"] == TaskEvent.objects.filter(action=action).count()
    assert sum(row["count"] for row in done["reasons"]) == len(done["refused"])


def test_a_filter_names_all_that_it_finds(cast, make_tasks) -> None:
    make_tasks(3)
    make_tasks(2, priority=4)
    told = change(cast, "hold", query="priority_from=4").json()
    assert told["changed"] == 2
    assert Task.objects.filter(state="held", priority=4).count() == 2
    assert change(cast, "release", query="state=held").json()["changed"] == 2


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "task_ids: expected either these or query, found both or neither."),
        ({"query": "colour=red"}, "query: expected filters out of"),
        ({"query": "stage=done"}, "stage: expected one of label"),
        ({"query": "", "action": "prioritise"}, "priority: expected a whole number"),
    ],
)
def test_what_cannot_be_meant_is_refused(cast, make_tasks, body, sentence: str) -> None:
    make_tasks(1)
    answer = change(cast, body.pop("action", "hold"), **body)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(sentence)


def test_who_has_a_task_that_is_held_loses_the_lease(cast, make_tasks) -> None:
    tasks = make_tasks(2)
    claim(cast, "labeller")
    change(cast, "hold", task_ids=ids(tasks), note="new rules")
    assert Lease.objects.get().ended_by == "hold"
    assert list(TaskEvent.objects.filter(action="hold").values_list("note", flat=True)) == [
        "new rules",
        "new rules",
    ]


def test_a_reopened_task_comes_back_to_who_labelled_it(cast, make_tasks) -> None:
    (task,) = make_tasks(1)
    Task.objects.update(
        stage="accepted", state="closed", labeller=cast["labeller"], accepted_revision=3
    )
    change(cast, "reopen", task_ids=ids([task]))
    task.refresh_from_db()
    assert (task.stage, task.state, task.preferred) == ("fix", "ready", cast["labeller"])
    assert task.accepted_revision is None


def test_two_tasks_on_the_same_labels_are_not_open_at_once(cast, make_tasks) -> None:
    (task,) = make_tasks(1)
    change(cast, "cancel", task_ids=ids([task]))
    twin = Task.objects.create(
        project=task.project, clip=task.clip, label_set=task.label_set, layer="objects",
        state="closed",
    )  # fmt: skip
    done = change(cast, "reopen", task_ids=ids([task, twin])).json()
    assert done["changed"] == 1
    assert done["reasons"] == [{"message": "Another task on the same labels is open.", "count": 1}]


def test_whom_tasks_are_assigned_to_is_told(cast, make_tasks) -> None:
    tasks = make_tasks(2)
    change(cast, "assign", task_ids=ids(tasks), to=str(cast["labeller"].pk))
    assert Notice.objects.filter(user=cast["labeller"]).count() == 2
    assert {task.assigned_to for task in Task.objects.all()} == {cast["labeller"]}


def test_somebody_who_may_not_log_in_gets_nothing(cast, make_tasks) -> None:
    tasks = make_tasks(1)
    User.objects.filter(pk=cast["labeller"].pk).update(is_active=False)
    done = change(cast, "assign", task_ids=ids(tasks), to=str(cast["labeller"].pk)).json()
    assert done["reasons"][0]["message"] == "labeller is not a member of the project."


def test_holding_many_takes_as_many_queries_as_holding_few(
    cast, make_tasks, django_assert_max_num_queries
) -> None:
    tasks = make_tasks(120)
    admin = cast.client("admin")
    for action in ("hold", "release"):
        with django_assert_max_num_queries(25):
            body = {"task_ids": ids(tasks), "action": action}
            admin.send("POST", "/api/projects/a/tasks/change", body)


def test_only_admins_change_tasks(cast, make_tasks) -> None:
    tasks = make_tasks(1)
    body = {"task_ids": ids(tasks), "action": "hold", "dry_run": True}
    for who, status in (("reviewer", 403), ("labeller", 403), ("stranger", 404)):
        answer = cast.client(who).send("POST", "/api/projects/a/tasks/change", body)
        assert answer.status_code == status


def make(cast: Any, **rule: Any) -> Any:
    return cast.client("admin").send("POST", "/api/projects/a/tasks", {"layer": "objects"} | rule)


def test_tasks_are_made_by_what_clips_are(cast, workflow, make_clip) -> None:
    clips = [make_clip(name=f"clip {number}") for number in range(6)]
    for clip, weather, lanes, place in zip(
        clips,
        ["rain", "sun", "rain", "fog", "", ""],
        [2, 2.0, 3, "2", 1, 1],
        [(48.1, 11.5), (48.2, 11.6), (52.5, 13.4), (-17.0, 179.5), (-17.0, -179.5), None],
        strict=True,
    ):
        clip.attributes = {"weather": weather, "lanes": lanes}
        if place is not None:
            clip.origin = {"latitude_deg": place[0], "longitude_deg": place[1]}
        clip.save()
    clips[5].label_sets.create(layer="objects", source="simulation")
    clips[4].label_sets.create(layer="objects", source="model")
    rules: list[tuple[dict[str, Any], int]] = [
        ({}, 6),
        ({"attributes": {"weather": ["rain", "fog"]}}, 3),
        ({"attributes": {"weather": ["rain"], "lanes": [2]}}, 1),
        ({"attributes": {"lanes": [2]}}, 2),
        ({"place": {"south": 48, "west": 11, "north": 49, "east": 12}}, 2),
        ({"place": {"south": -20, "west": 179, "north": -10, "east": -179}}, 2),
        ({"search": "CLIP 3"}, 1),
        ({"simulated": True}, 1),
        ({"simulated": False}, 5),
        ({"labelled_by": "model"}, 1),
    ]
    for rule, count in rules:
        told = make(cast, clips=rule, dry_run=True)
        assert (told.status_code, told.json()) == (200, {"created": 0, "left": count}), rule
    assert Task.objects.count() == 0
    made = make(cast, clips={"attributes": {"weather": ["rain"]}}, stage="review", priority=3)
    assert made.json() == {"created": 2, "left": 0}
    assert set(Task.objects.values_list("stage", "priority")) == {("review", 3)}
    assert claim(cast, "reviewer")["stage"] == "review", "labels of nobody's can be reviewed"
    assert make(cast, dry_run=True).json()["left"] == 4


@pytest.mark.parametrize(
    ("clips", "sentence"),
    [
        ({"colour": "red"}, "clips.colour: expected one of the fields"),
        ({"attributes": {"weather": []}}, "clips.attributes.weather: expected a list of 1 or more"),
        ({"attributes": {"weather": [{}]}}, "clips.attributes.weather[0]: expected a text"),
        ({"place": {"south": 91, "west": 0, "north": 92, "east": 1}}, "clips.place.south"),
        ({"labelled_by": "ghosts"}, "clips.labelled_by: expected one of human"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(cast, workflow, clips, sentence: str) -> None:
    answer = make(cast, clips=clips)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(sentence)


def test_more_than_fit_at_once_are_made_by_asking_again(cast, workflow, make_clip, monkeypatch):
    monkeypatch.setattr("labelapp.work.services.task_manage.MOST_MADE", 2)
    for number in range(5):
        make_clip(name=f"clip {number}")
    answers = [make(cast).json() for _ in range(3)]
    assert [(one["created"], one["left"]) for one in answers] == [(2, 3), (2, 1), (1, 0)]


def test_making_tasks_takes_as_many_queries_for_many_clips(
    cast, workflow, make_clip, django_assert_max_num_queries
) -> None:
    for number in range(60):
        make_clip(name=f"clip {number}")
    with django_assert_max_num_queries(25):
        assert len(tasks_create(actor=cast["admin"], project=cast.project, layer="objects")) == 60
