"""Comments that are pinned, what changed since one looked, and what review changed."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from label_making import batch, cuboid, put

from labelapp.clips.services import clip_import
from labelapp.common.jobs import Job
from labelapp.review.models import Comment, CommentEvent, Correction
from labelapp.review.services import correction_score
from labelapp.work.models import Task
from labelapp.work.services import tasks_create, workflow_save
from tests.integration.clip_folders import write_clip_folder


@pytest.fixture
def task(cast: Any, ontology: Any, tmp_path: Path) -> Task:
    folder = write_clip_folder(tmp_path / "street")
    clip = clip_import(
        actor=None, project=cast.project, folder=folder, progress=lambda *_: None
    ).clip
    workflow_save(actor=cast["admin"], project=cast.project)
    (made,) = tasks_create(
        actor=cast["admin"], project=cast.project, layer="objects", clip_ids=[clip.pk]
    )
    return made


def claim(cast: Any, who: str) -> dict[str, Any]:
    found: dict[str, Any] = cast.client(who).send("POST", "/api/work/claim", {}).json()["task"]
    return found


def save(cast: Any, who: str, task: dict[str, Any], *operations: Any) -> None:
    lease = task["lease"]
    answer = cast.client(who).post(
        f"/api/label-sets/{task['label_set_id']}/operations",
        batch(*operations),
        content_type="application/json",
        headers={"X-Lease": f"{lease['id']}:{lease['token']}"},
    )
    assert answer.status_code == 200, answer.content


def finish(cast: Any, who: str, task: dict[str, Any], action: str, note: str = "") -> None:
    lease = task["lease"]
    body = {"token": lease["token"], "action": action, "note": note}
    answer = cast.client(who).send("POST", f"/api/leases/{lease['id']}/finish", body)
    assert answer.status_code == 200, answer.content


def changes(cast: Any, who: str, task: Task) -> Any:
    return cast.client(who).get(f"/api/tasks/{task.pk}/changes").json()


def standing(label_id: str, x_m: float) -> dict[str, Any]:
    """A box that is there all the clip."""
    return cuboid(label_id, x_m, static=True)


def remove(label_id: str, base_version: int) -> dict[str, Any]:
    return {
        "operation_id": str(uuid.uuid4()),
        "kind": "delete",
        "label_id": label_id,
        "base_version": base_version,
    }


def test_a_comment_is_pinned_answered_and_resolved_with_a_history(cast, task: Task) -> None:
    mine = claim(cast, "labeller")
    finish(cast, "labeller", mine, "submit")
    path = f"/api/tasks/{task.pk}/comments"
    pinned = cast.client("reviewer").send(
        "POST",
        path,
        {"body": " turn it round ", "label_id": "one", "position_m": [1, 2, 0.5]}
        | {"camera": "front", "from_ns": task.clip.start_ns, "to_ns": task.clip.start_ns},
    )
    assert pinned.status_code == 201, pinned.content
    first = pinned.json()
    assert (first["body"], first["from_ns"]) == ("turn it round", str(task.clip.start_ns))
    answer = cast.client("labeller").send("POST", path, {"body": "why?", "parent_id": first["id"]})
    again = cast.client("reviewer").send(
        "POST", path, {"body": "it drives off", "parent_id": answer.json()["id"]}
    )
    assert again.json()["parent_id"] == first["id"], "one talk"
    solved = cast.client("labeller").send(
        "PATCH", f"/api/comments/{first['id']}", {"is_resolved": True}
    )
    assert solved.json()["resolved_by"]["name"] == "labeller"
    cast.client("reviewer").send("PATCH", f"/api/comments/{first['id']}", {"is_resolved": False})
    history = cast.client("labeller").get(f"/api/comments/{first['id']}/events").json()
    assert [event["kind"] for event in history] == ["write", "resolve", "reopen"]
    assert len(cast.client("labeller").get(path).json()) == 3


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"body": "x", "from_ns": 5}, "both ends of a time range"),
        ({"body": "x", "from_ns": 0, "to_ns": 1}, "a time within the clip"),
        ({"body": "x", "parent_id": str(uuid.uuid4())}, "a comment on the same task"),
        ({"body": " "}, ""),
        ({"body": "x", "position_m": [1, 2]}, ""),
        ({"body": "x", "position_m": [1, 2, "NaN"]}, ""),
    ],
)
def test_a_comment_that_cannot_be_is_refused(cast, task: Task, body, sentence: str) -> None:
    answer = cast.client("admin").send("POST", f"/api/tasks/{task.pk}/comments", body)
    assert answer.status_code == 400, answer.content
    assert sentence in answer.json()["message"]
    assert not Comment.objects.exists()


def test_what_was_said_about_a_comment_stays(cast, task: Task) -> None:
    cast.client("admin").send("POST", f"/api/tasks/{task.pk}/comments", {"body": "look"})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CommentEvent.objects.update(body="never said")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CommentEvent.objects.all().delete()


def test_a_labeller_reads_no_comments_on_others_tasks(cast, task: Task) -> None:
    comment = Comment.objects.create(task=task, author=cast["admin"], body="secret")
    client = cast.client("labeller")
    assert client.get(f"/api/tasks/{task.pk}/comments").status_code == 404
    assert client.get(f"/api/comments/{comment.pk}/events").status_code == 404


def test_many_comments_take_as_many_queries_as_few(
    cast, task: Task, django_assert_max_num_queries
) -> None:
    for number in range(30):
        Comment.objects.create(
            task=task, author=cast["admin" if number % 2 else "reviewer"], body="look"
        )
    cast.client("admin").get("/api/session")
    with django_assert_max_num_queries(9):
        assert len(cast.client("admin").get(f"/api/tasks/{task.pk}/comments").json()) == 30


def test_the_reviewer_sees_what_changed_since_they_sent_it_back(cast, task: Task) -> None:
    mine = claim(cast, "labeller")
    save(cast, "labeller", mine, put(cuboid("keep")), put(cuboid("turn")), put(cuboid("drop")))
    finish(cast, "labeller", mine, "submit")
    review = claim(cast, "reviewer")
    assert changes(cast, "reviewer", task) == {
        "since_revision": None, "since": "the last review", "changes": [],
    }  # fmt: skip
    finish(cast, "reviewer", review, "send_back", "turn it")
    fix = claim(cast, "labeller")
    assert changes(cast, "labeller", task)["changes"] == []
    turned = cuboid("turn")
    turned["class"] = "truck"
    save(cast, "labeller", fix, put(turned, 1), remove("drop", 1), put(cuboid("new")))
    kept = cuboid("keep")
    kept["class"] = "truck"
    save(cast, "labeller", fix, put(kept, 1))
    save(cast, "labeller", fix, put(cuboid("keep"), 2))
    finish(cast, "labeller", fix, "submit")
    found = changes(cast, "reviewer", task)
    assert [(one["label_id"], one["kind"]) for one in found["changes"]] == [
        ("drop", "removed"),
        ("new", "added"),
        ("turn", "changed"),
    ], "what was changed back is no change"
    by_id = {one["label_id"]: one for one in found["changes"]}
    assert by_id["turn"]["before"]["class"] == "car"
    assert by_id["new"]["before"] is None
    assert by_id["turn"]["author"] == "labeller"


def test_what_review_changed_is_scored_once_the_task_is_accepted(cast, task: Task) -> None:
    mine = claim(cast, "labeller")
    save(
        cast,
        "labeller",
        mine,
        put(standing("good", 0)),
        put(standing("wrong", 20)),
        put(standing("ghost", 40)),
    )
    finish(cast, "labeller", mine, "submit")
    review = claim(cast, "reviewer")
    wrong = standing("wrong", 20)
    wrong["class"] = "truck"
    save(cast, "reviewer", review, put(wrong, 1), remove("ghost", 1), put(standing("missed", 60)))
    assert not Job.objects.filter(kind="review.score_correction").exists()
    finish(cast, "reviewer", review, "accept")
    job = Job.objects.get(kind="review.score_correction")
    assert job.arguments == {"task_id": str(task.pk)}
    task.refresh_from_db()
    first, again = correction_score(task), correction_score(task)
    assert first is not None
    assert again is not None
    assert first.pk == again.pk, "done twice it is kept once"
    assert Correction.objects.get().labeller == cast["labeller"]
    answer = cast.client("labeller").get(f"/api/tasks/{task.pk}/correction").json()
    assert answer["kinds"] == {
        "added": 1, "removed": 1, "moved": 0, "class": 1, "attributes": 0, "same": 1,
    }  # fmt: skip
    assert 0 < answer["score"] < 1
    assert answer["comparison"]["objects"]["rows"]


def test_what_is_accepted_as_it_was_scores_one(cast, task: Task) -> None:
    mine = claim(cast, "labeller")
    save(cast, "labeller", mine, put(cuboid("good")))
    finish(cast, "labeller", mine, "submit")
    finish(cast, "reviewer", claim(cast, "reviewer"), "accept")
    task.refresh_from_db()
    found = correction_score(task)
    assert found is not None
    assert (found.score, found.kinds["same"]) == (1.0, 1)
