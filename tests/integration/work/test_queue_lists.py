"""Lists of tasks: every row once in every order, filters, files, and what it costs."""

import csv
import io
import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from labelapp.work.models import Task, TaskEvent
from labelapp.work.selectors import SORTS

TASKS = "/api/projects/a/tasks"


def pages(client: Any, path: str) -> list[list[dict[str, Any]]]:
    found = []
    while path:
        body = client.get(path).json()
        found.append(body["results"])
        path = body["next"]
    return found


@pytest.fixture
def mixed(make_tasks: Any) -> list[Task]:
    """Tasks alike in many ways: of each priority, age and clip name several."""
    tasks: list[Task] = make_tasks(23)
    draw = random.Random(3)
    now = timezone.now()
    for number, task in enumerate(tasks):
        task.priority = draw.choice([0, 0, 0, 5, -2])
        task.ready_since = now - timedelta(hours=draw.randrange(3))
        task.changed_at = now - timedelta(hours=draw.randrange(3))
        task.clip.name = f"clip {number % 4}"
        task.clip.save()
        task.save()
    return tasks


@pytest.mark.parametrize("sort", SORTS)
def test_every_task_is_on_one_page_in_every_order(cast, mixed, sort: str) -> None:
    found = pages(cast.client("admin"), f"{TASKS}?page_size=4&sort={sort}")
    ids = [row["id"] for page in found for row in page]
    assert len(ids) == len(set(ids)) == 23
    assert [len(page) for page in found] == [4, 4, 4, 4, 4, 3]
    key = {"priority": "priority", "clip": "clip_name"}.get(sort.removeprefix("-"))
    values = [row[key or sort.removeprefix("-")] for page in found for row in page]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_of_equal_priorities_the_oldest_is_first(cast, mixed) -> None:
    rows = [row for page in pages(cast.client("admin"), f"{TASKS}?page_size=5") for row in page]
    keys = [(-row["priority"], row["ready_since"]) for row in rows]
    assert keys == sorted(keys)


def test_a_page_says_how_many_there_are_in_all_once(cast, mixed) -> None:
    first = cast.client("admin").get(f"{TASKS}?page_size=4&priority_from=5").json()
    assert first["count"] == sum(task.priority >= 5 for task in mixed)
    every = cast.client("admin").get(f"{TASKS}?page_size=4").json()
    assert (every["count"], cast.client("admin").get(every["next"]).json()["count"]) == (23, None)


@pytest.mark.parametrize(
    "query",
    [
        "cursor=x",
        "cursor=W10",
        "cursor=bnVsbA",
        "cursor=" + "A" * 3000,
        "stage=done",
        "state=asleep",
        "holder=me",
        "assigned_to=nobody",
        "priority_to=1e3",
        "priority_from=99999999999",
        "older_than_h=-1",
        "page_size=0",
        "sort=colour",
    ],
)
def test_nonsense_in_an_address_is_named(cast, make_tasks, query: str) -> None:
    answer = cast.client("admin").get(f"{TASKS}?{query}")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(query.partition("=")[0])


def test_a_cursor_of_another_order_is_refused(cast, mixed) -> None:
    following = cast.client("admin").get(f"{TASKS}?page_size=4").json()["next"]
    answer = cast.client("admin").get(f"{following}&sort=clip")
    assert answer.status_code == 400
    assert "in the same order" in answer.json()["message"]


def test_filters_narrow_the_list_the_board_and_the_file_alike(cast, mixed) -> None:
    admin = cast.client("admin")
    Task.objects.filter(pk=mixed[0].pk).update(assigned_to=cast["labeller"], priority=5)
    Task.objects.filter(pk=mixed[1].pk).update(sent_back_count=2)
    counts = {
        f"assigned_to={cast['labeller'].pk}": 1,
        "assigned_to=none": 22,
        "sent_back_from=2": 1,
        "priority_to=-3": 0,
        f"clip={mixed[2].clip_id}": 1,
        "search=clip%203": sum(task.clip.name == "clip 3" for task in mixed),
        "state=held&state=paused": 0,
        f"reviewer={cast['reviewer'].pk}": 0,
        "layer=objects&layer=road&stage=label": 23,
    }
    for query, count in counts.items():
        assert admin.get(f"{TASKS}?{query}").json()["count"] == count, query
        assert admin.get(f"/api/projects/a/board?{query}").json()["count"] == count, query
        lines = b"".join(admin.get(f"{TASKS}/file?{query}").streaming_content).splitlines()
        assert len(lines) == count + 1, query
    old = admin.get(f"{TASKS}?older_than_h=1").json()["count"]
    long_ago = timezone.now() - timedelta(hours=1)
    assert old == Task.objects.filter(ready_since__lt=long_ago).count()


def test_the_file_has_names_and_no_formulas(cast, make_tasks) -> None:
    (task,) = make_tasks(1)
    task.clip.name = "=HYPERLINK(1)"
    task.clip.save()
    task.labeller = cast["labeller"]
    task.save()
    answer = cast.client("admin").get(f"{TASKS}/file")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="tasks-a.csv"'
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert (row["clip"], row["labeller"]) == ("'=HYPERLINK(1)", "labeller")
    assert (row["reviewer"], row["stage"], row["priority"]) == ("", "label", "0")


def test_labellers_get_a_file_of_their_own_tasks_only(cast, make_tasks) -> None:
    make_tasks(3)
    task = cast.client("labeller").send("POST", "/api/work/claim", {}).json()["task"]
    lines = b"".join(cast.client("labeller").get(f"{TASKS}/file").streaming_content).splitlines()
    assert len(lines) == 2
    assert task["id"].encode() in lines[1]


def test_lists_and_board_take_as_many_queries_for_many_rows(
    cast, make_tasks, django_assert_max_num_queries
) -> None:
    make_tasks(5)
    admin = cast.client("admin")
    first = admin.get(f"{TASKS}?page_size=2").json()
    make_tasks(60)
    for path in (f"{TASKS}?page_size=50", f"{first['next']}&stage=label", "/api/projects/a/board"):
        with django_assert_max_num_queries(9):
            admin.get(path)
    with django_assert_max_num_queries(5):
        b"".join(admin.get(f"{TASKS}/file").streaming_content)


def test_the_board_says_how_old_how_urgent_and_how_fast(cast, make_tasks) -> None:
    make_tasks(3)
    (urgent,) = make_tasks(1, priority=7)
    labeller = cast.client("labeller")
    task = labeller.send("POST", "/api/work/claim", {}).json()["task"]
    assert task["id"] == str(urgent.pk)
    lease = task["lease"]
    body = {"token": lease["token"], "action": "submit"}
    labeller.send("POST", f"/api/leases/{lease['id']}/finish", body)
    TaskEvent.objects.bulk_create(
        TaskEvent(
            task=urgent, action="submit", actor=cast["labeller"], stage_before="label",
            stage="review", state_before="leased", state="ready",
            created_at=timezone.now() - timedelta(days=days),
        )
        for days in (2, 9)
    )  # fmt: skip
    found = cast.client("reviewer").get("/api/projects/a/board").json()
    assert [(row["priority"], row["ready"]) for row in found["priorities"]] == [(7, 1), (0, 3)]
    assert found["done"] == [{"layer": "objects", "stage": "label", "last_day": 1, "last_week": 2}]
    only = cast.client("reviewer").get("/api/projects/a/board?priority_to=0").json()
    assert (only["count"], only["done"]) == (3, [])
