"""Tasks through HTTP: a day of a labeller, a reviewer and an admin."""

import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "labels"))
from label_making import batch, cuboid, put

from labelapp.work.models import Lease, Task, TaskEvent


def claim(cast: Any, who: str) -> dict[str, Any]:
    answer = cast.client(who).send("POST", "/api/work/claim", {})
    assert answer.status_code == 200, answer.content
    task: dict[str, Any] = answer.json()["task"]
    return task


def finish(
    cast: Any, who: str, task: dict[str, Any], action: str, note: str = "", **more: Any
) -> Any:
    lease = task["lease"]
    body = {"token": lease["token"], "action": action, "note": note} | more
    return cast.client(who).send("POST", f"/api/leases/{lease['id']}/finish", body)


def save(cast: Any, who: str, task: dict[str, Any], *, lease: dict[str, Any] | None = None) -> Any:
    headers = {"X-Lease": f"{lease['id']}:{lease['token']}"} if lease else {}
    return cast.client(who).post(
        f"/api/label-sets/{task['label_set_id']}/operations",
        batch(put(cuboid(str(uuid.uuid4())))),
        content_type="application/json",
        headers=headers,
    )


def test_from_label_to_accepted(cast, make_tasks) -> None:
    make_tasks(1)
    task = claim(cast, "labeller")
    assert (task["stage"], task["state"], task["clip_name"]) == ("label", "leased", "clip 0")
    assert save(cast, "labeller", task, lease=task["lease"]).status_code == 200
    assert finish(cast, "labeller", task, "submit").json()["stage"] == "review"
    review = claim(cast, "reviewer")
    assert finish(cast, "reviewer", review, "send_back").status_code == 400, "a reason is needed"
    assert finish(cast, "reviewer", review, "send_back", "one is missing").json()["stage"] == "fix"
    fix = claim(cast, "labeller")
    assert fix["lease"]["token"] > task["lease"]["token"]
    finish(cast, "labeller", fix, "submit")
    accepted = finish(cast, "reviewer", claim(cast, "reviewer"), "accept").json()
    assert (accepted["stage"], accepted["state"]) == ("accepted", "closed")
    stored = Task.objects.get()
    assert (stored.submitted_revision, stored.accepted_revision) == (1, 1)
    history = cast.client("admin").get(f"/api/tasks/{task['id']}/events").json()
    assert [event["action"] for event in history] == [
        *("create", "claim", "submit", "claim", "send_back", "claim", "submit", "claim", "accept"),
    ]


def test_without_the_lease_nothing_is_saved(cast, make_tasks) -> None:
    make_tasks(1)
    task = claim(cast, "labeller")
    assert save(cast, "labeller", task).json()["code"] == "lease_lost"
    assert save(cast, "reviewer", task, lease=task["lease"]).status_code == 409
    assert save(cast, "admin", task).status_code == 409, "somebody works on it"
    finish(cast, "labeller", task, "return")
    late = save(cast, "labeller", task, lease=task["lease"])
    assert late.status_code == 409
    assert late.json()["message"].startswith("Your lease of this task has ended.")
    assert save(cast, "admin", task).status_code == 200, "nobody works on it"


def test_a_lease_is_kept_alive_and_survives_a_pause(cast, make_tasks) -> None:
    make_tasks(1)
    task = claim(cast, "labeller")
    lease = task["lease"]
    path = f"/api/leases/{lease['id']}/heartbeat"
    beat = cast.client("labeller").send("POST", path, {"token": lease["token"]})
    assert beat.json()["expires_at"] > lease["expires_at"]
    assert cast.client("reviewer").send("POST", path, {"token": lease["token"]}).status_code == 409
    paused = finish(cast, "labeller", task, "pause").json()
    assert (paused["state"], paused["lease"]["expires_at"]) == ("paused", None)
    assert cast.client("labeller").get("/api/work/mine").json()[0]["id"] == task["id"]
    assert finish(cast, "labeller", task, "resume").json()["state"] == "leased"


def test_handing_over_goes_to_members_who_do_such_work(cast, make_tasks) -> None:
    make_tasks(1)
    task = claim(cast, "labeller")
    stranger, reviewer = str(cast["stranger"].pk), str(cast["reviewer"].pk)
    refused = finish(cast, "labeller", task, "hand_over", to=stranger)
    assert refused.status_code == 400
    assert "not a member" in refused.json()["message"]
    assert finish(cast, "labeller", task, "hand_over", to=reviewer).status_code == 200
    assert claim(cast, "labeller") is None
    assert claim(cast, "reviewer")["id"] == task["id"]


def test_admins_change_many_tasks_at_once_and_hear_what_could_not_be(cast, make_tasks) -> None:
    tasks = make_tasks(3)
    got = claim(cast, "labeller")
    path = "/api/projects/a/tasks/change"
    ids = [str(task.pk) for task in tasks]
    held = cast.client("admin").send("POST", path, {"task_ids": ids, "action": "hold"}).json()
    assert held == {"changed": 3, "refused": [], "reasons": []}
    late = finish(cast, "labeller", got, "submit")
    assert late.json()["code"] == "lease_lost"
    assert "admin, who holds the task" in late.json()["message"]
    again = cast.client("admin").send("POST", path, {"task_ids": ids, "action": "hold"}).json()
    assert again["changed"] == 0
    assert "must be leased or paused or ready; this one is held" in again["refused"][0]["message"]
    released = {"task_ids": [*ids, str(uuid.uuid4())], "action": "release"}
    answer = cast.client("admin").send("POST", path, released).json()
    assert (answer["changed"], len(answer["refused"])) == (3, 1)
    assert cast.client("reviewer").send("POST", path, released).status_code == 403


def test_tasks_are_made_once_for_each_clip(cast, make_tasks, make_clip) -> None:
    make_tasks(2)
    make_clip(name="new")
    path = "/api/projects/a/tasks"
    made = cast.client("admin").send("POST", path, {"layer": "objects"})
    assert made.json() == {"created": 1, "left": 0}
    assert cast.client("admin").send("POST", path, {"layer": "objects"}).json()["created"] == 0
    wrong = cast.client("admin").send("POST", path, {"layer": "nothing"})
    assert "has no layer 'nothing'" in wrong.json()["message"]


def test_a_project_without_a_workflow_has_no_tasks(cast, ontology, clip) -> None:
    made = cast.client("admin").send("POST", "/api/projects/a/tasks", {"layer": "objects"})
    assert made.status_code == 409
    assert "set its workflow first" in made.json()["message"]


def test_lists_filter_sort_and_page(cast, make_tasks) -> None:
    make_tasks(5)
    make_tasks(2, priority=7)
    task = claim(cast, "labeller")
    admin = cast.client("admin")
    first = admin.get("/api/projects/a/tasks?page_size=4").json()
    assert [row["priority"] for row in first["results"]] == [7, 7, 0, 0]
    second = admin.get(first["next"]).json()
    assert len(second["results"]) == 3
    assert second["next"] is None
    mine = admin.get(f"/api/projects/a/tasks?holder={cast['labeller'].pk}").json()["results"]
    assert [row["id"] for row in mine] == [task["id"]]
    assert admin.get("/api/projects/a/tasks?state=leased&state=held").json()["results"] == mine
    assert len(admin.get("/api/projects/a/tasks?search=CLIP 4").json()["results"]) == 1
    assert admin.get("/api/projects/a/tasks?sort=colour").status_code == 400
    assert admin.get("/api/projects/a/tasks?priority_from=x").status_code == 400
    own = cast.client("labeller").get("/api/projects/a/tasks").json()["results"]
    assert [row["id"] for row in own] == [task["id"]], "labellers see what they have or had"


def test_lists_take_as_many_queries_for_many_rows(
    cast, make_tasks, django_assert_max_num_queries
) -> None:
    make_tasks(30)
    for _ in range(8):
        claim(cast, "labeller")
    cast.client("admin")  # logs in
    for path in ("/api/projects/a/tasks", "/api/projects/a/board", "/api/projects/a/at-work"):
        with django_assert_max_num_queries(9):
            cast.client("admin").get(path)
    with django_assert_max_num_queries(5):
        assert len(cast.client("labeller").get("/api/work/mine").json()) == 8


def test_the_board_counts_and_says_who_works(cast, make_tasks) -> None:
    make_tasks(3)
    finish(cast, "labeller", claim(cast, "labeller"), "submit")
    claim(cast, "labeller")
    board = cast.client("reviewer").get("/api/projects/a/board").json()
    counts = {(c["stage"], c["state"]): c["count"] for c in board["columns"]}
    assert counts == {("label", "ready"): 1, ("label", "leased"): 1, ("review", "ready"): 1}
    assert board["done_last_day"] == {"label": 1}
    (row,) = cast.client("reviewer").get("/api/projects/a/at-work").json()
    assert row["holder"]["name"] == "labeller"
    assert cast.client("labeller").get("/api/projects/a/board").status_code == 403


def test_a_workflow_out_of_range_is_refused(cast, ontology) -> None:
    admin = cast.client("admin")
    assert admin.get("/api/projects/a/workflow").status_code == 204
    wrong = admin.send("PUT", "/api/projects/a/workflow", {"review_share": 1.5})
    assert wrong.status_code == 400
    assert "review_share" in wrong.json()["details"]["fields"]
    assert admin.get("/api/projects/a/workflow").status_code == 204, "nothing half-done stays"
    saved = admin.send("PUT", "/api/projects/a/workflow", {"review_share": 0.5}).json()
    assert saved["review_share"] == 0.5
    assert saved["lease_s"] == 900


def test_what_a_trusted_labeller_submits_need_not_be_reviewed(cast, make_tasks, workflow) -> None:
    workflow.trusted_review_share = 0.0
    workflow.trusted_from_tasks = 2
    workflow.save()
    make_tasks(3)
    for _ in range(2):
        assert (
            finish(cast, "labeller", claim(cast, "labeller"), "submit").json()["stage"] == "review"
        )
        finish(cast, "reviewer", claim(cast, "reviewer"), "accept")
    trusted = finish(cast, "labeller", claim(cast, "labeller"), "submit").json()
    assert trusted["stage"] == "accepted"
    assert Lease.objects.filter(ended_at__isnull=True).count() == 0


def test_history_cannot_be_changed(cast, make_tasks) -> None:
    from django.db import IntegrityError, transaction

    make_tasks(1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        TaskEvent.objects.update(note="it was somebody else")


def test_tasks_of_long_clips_are_made_in_parts(cast, workflow, make_clip) -> None:
    make_clip(name="long")
    path, admin = "/api/projects/a/tasks", cast.client("admin")
    rule = {"layer": "objects", "piece_s": 4}
    assert admin.send("POST", path, rule | {"dry_run": True}).json() == {"created": 0, "left": 3}
    assert admin.send("POST", path, rule).json() == {"created": 3, "left": 0}
    spans = Task.objects.order_by("from_ns").values_list("from_ns", "to_ns")
    # 10 s, the end of the clip included.
    assert list(spans) == [
        *((0, 3_333_333_333), (3_333_333_333, 6_666_666_667)),
        (6_666_666_667, 10_000_000_001),
    ]
    assert Task.objects.values("label_set").distinct().count() == 1, "tracks go on across parts"
    first, second = claim(cast, "labeller"), claim(cast, "labeller")
    assert first["from_ns"] != second["from_ns"]
    make_clip(name="short")
    whole = admin.send("POST", path, {"layer": "objects", "piece_s": 10})
    assert whole.json() == {"created": 1, "left": 0}
    assert Task.objects.filter(from_ns=None, to_ns=None, clip__name="short").count() == 1


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"piece_s": 0.5}, "piece_s: expected 1 s or more, found 0.5."),
        ({"piece_s": -4}, "piece_s: expected 1 s or more, found -4."),
        ({"piece_s": 4, "stage": "review"}, "piece_s: only what is to be labelled"),
    ],
)
def test_parts_that_make_no_sense_are_refused(cast, workflow, clip, rule, sentence) -> None:
    body = {"layer": "objects", **rule}
    answer = cast.client("admin").send("POST", "/api/projects/a/tasks", body)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(sentence)
    assert not Task.objects.exists()
