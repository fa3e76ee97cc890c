"""People of a project: what admins see of them, and what happens to their work when they leave."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.labels.models import Effort, Label
from labelapp.projects.models import Membership, Role
from labelapp.work.models import Lease, Qualification, Task, TaskEvent
from labelapp.work.over_time import hours_by_person, work_by_day

PEOPLE = "/api/projects/a/people"


def claim(cast: Any, who: str) -> dict[str, Any]:
    found: dict[str, Any] = cast.client(who).send("POST", "/api/work/claim", {}).json()["task"]
    return found


def finish(cast: Any, who: str, task: dict[str, Any], action: str, note: str = "") -> None:
    lease = task["lease"]
    body = {"token": lease["token"], "action": action, "note": note}
    answer = cast.client(who).send("POST", f"/api/leases/{lease['id']}/finish", body)
    assert answer.status_code == 200, answer.content


def person(cast: Any, name: str) -> dict[str, Any]:
    rows = cast.client("admin").get(PEOPLE).json()["people"]
    return next(row for row in rows if row["name"] == name)


def change(cast: Any, name: str, **values: Any) -> Any:
    return cast.client("admin").send("PATCH", f"{PEOPLE}/{cast[name].pk}", values)


def test_admins_see_who_does_what_how_well_and_since_when(cast, make_tasks) -> None:
    make_tasks(3)
    finish(cast, "labeller", claim(cast, "labeller"), "submit")
    finish(cast, "reviewer", claim(cast, "reviewer"), "send_back", "a van is missing")
    finish(cast, "labeller", claim(cast, "labeller"), "submit")
    finish(cast, "reviewer", claim(cast, "reviewer"), "accept")
    claim(cast, "labeller")
    labeller, reviewer = person(cast, "labeller"), person(cast, "reviewer")
    assert (labeller["submitted"], labeller["accepted"], labeller["sent_back"]) == (2, 1, 1)
    assert (labeller["holds"], labeller["reviewed"]) == (1, 0)
    assert labeller["last_seen"] is not None
    assert (reviewer["reviewed"], reviewer["submitted"], reviewer["holds"]) == (2, 0, 0)
    assert person(cast, "engineer")["role"] == "engineer"
    rows = csv.DictReader(
        io.StringIO(b"".join(cast.client("admin").get(f"{PEOPLE}/file").streaming_content).decode())
    )
    assert [row["username"] for row in rows] == ["admin", "engineer", "labeller", "reviewer"]


def test_the_list_takes_as_many_queries_for_many_people(
    cast, make_tasks, django_assert_max_num_queries
) -> None:
    make_tasks(2)
    people = [User.objects.create_user(f"p{number}") for number in range(40)]
    Membership.objects.bulk_create(
        Membership(project=cast.project, user=user, role=Role.LABELLER) for user in people
    )
    cast.client("admin")
    with django_assert_max_num_queries(14):
        assert len(cast.client("admin").get(PEOPLE).json()["people"]) == 44


def test_another_role_lets_go_of_what_it_does_not_do(cast, make_tasks) -> None:
    make_tasks(2)
    finish(cast, "labeller", claim(cast, "labeller"), "submit")
    review = claim(cast, "reviewer")
    assert review["stage"] == "review"
    assert change(cast, "reviewer", role="labeller").status_code == 200
    task = Task.objects.get(pk=review["id"])
    assert (task.stage, task.state) == ("review", "ready")
    assert Lease.objects.get(task=task, stage="review").ended_by == "take_back"
    mine = claim(cast, "labeller")
    assert change(cast, "labeller", role="reviewer").status_code == 200
    assert Task.objects.get(pk=mine["id"]).state == "leased", "reviewers label as well"


def test_skills_are_set_as_a_whole(cast, make_tasks) -> None:
    make_tasks(1, skill="night")
    assert claim(cast, "labeller") is None
    assert change(cast, "labeller", skills=["night", "rain"]).status_code == 200
    assert claim(cast, "labeller") is not None
    assert cast.client("admin").get(PEOPLE).json()["skills"] == ["night", "rain"]
    change(cast, "labeller", skills=["rain"])
    assert list(Qualification.objects.values_list("skill__name", flat=True)) == ["rain"]
    assert change(cast, "labeller", skills=["Night Drive"]).status_code == 400


@pytest.mark.parametrize("how", ["remove", "deactivate"])
def test_who_leaves_lets_go_of_all_they_have(cast, make_tasks, how: str) -> None:
    tasks = make_tasks(4)
    had = claim(cast, "labeller")
    waiting = next(task for task in tasks if str(task.pk) != had["id"])
    body = {"action": "assign", "to": str(cast["labeller"].pk), "task_ids": [str(waiting.pk)]}
    cast.client("admin").send("POST", "/api/projects/a/tasks/change", body)
    other = next(task for task in tasks if str(task.pk) not in {had["id"], str(waiting.pk)})
    Task.objects.filter(pk=other.pk).update(preferred=cast["labeller"])
    if how == "remove":
        answer = cast.client("admin").send("DELETE", f"{PEOPLE}/{cast['labeller'].pk}")
        assert answer.status_code == 204
    else:
        assert change(cast, "labeller", is_active=False).status_code == 200
        assert cast.client("labeller").get("/api/work/home").status_code == 401
    assert set(Task.objects.values_list("state", "assigned_to", "preferred")) == {
        ("ready", None, None)
    }
    assert not Lease.objects.filter(ended_at__isnull=True).exists()
    assert TaskEvent.objects.filter(action="take_back").get().note == "labeller left this work"
    assert len({claim(cast, "reviewer")["id"] for _ in range(4)}) == 4


def test_an_account_that_begins_again_may_log_in(cast, make_tasks) -> None:
    change(cast, "labeller", is_active=False)
    assert person(cast, "labeller")["is_active"] is False
    change(cast, "labeller", is_active=True)
    assert User.objects.get(username="labeller").is_active


def test_nobody_ends_the_account_of_who_works_elsewhere_too(cast) -> None:
    Membership.objects.create(project=cast.other_project, user=cast["labeller"], role=Role.LABELLER)
    refused = change(cast, "labeller", is_active=False)
    assert refused.status_code == 403
    assert "projects that you don't manage" in refused.json()["message"]
    assert User.objects.get(username="labeller").is_active


def test_nobody_ends_their_own_account(cast) -> None:
    assert change(cast, "admin", is_active=False).status_code == 403


@pytest.mark.parametrize("how", ["role", "remove"])
def test_a_project_keeps_an_admin(cast, how: str) -> None:
    client = cast.client("admin")
    if how == "role":
        answer = change(cast, "admin", role="labeller")
    else:
        answer = client.send("DELETE", f"{PEOPLE}/{cast['admin'].pk}")
    assert answer.status_code == 409
    assert "would be without an admin" in answer.json()["message"]
    assert Membership.objects.get(project=cast.project, user=cast["admin"]).role == "admin"


def test_only_members_can_be_changed(cast) -> None:
    assert change(cast, "stranger", role="admin").status_code == 404


def test_who_has_an_account_is_added_by_name(cast) -> None:
    admin = cast.client("admin")
    body = {"username": "STRANGER", "role": "labeller"}
    assert admin.send("POST", PEOPLE, body).status_code == 201
    assert person(cast, "stranger")["role"] == "labeller"
    assert admin.send("POST", PEOPLE, body).status_code == 409
    missing = admin.send("POST", PEOPLE, {"username": "nobody", "role": "labeller"})
    assert "there is no active account 'nobody'" in missing.json()["message"]


def write(task: Task, user: User, *moves: tuple[str, str, float]) -> None:
    """Let things have happened to a task: action, stage, hours ago."""
    TaskEvent.objects.bulk_create(
        TaskEvent(
            task=task, actor=user, action=action, stage_before=stage, stage=stage,
            state_before="ready", state="ready",
            created_at=timezone.now() - timedelta(hours=hours),
        )
        for action, stage, hours in moves
    )  # fmt: skip


def test_hours_are_those_with_a_task_less_the_pauses(cast, make_tasks) -> None:
    (first, second, third) = make_tasks(3)
    labeller, reviewer = cast["labeller"], cast["reviewer"]
    write(
        first, labeller,
        ("claim", "label", 60), ("pause", "label", 59.5), ("resume", "label", 58),
        ("submit", "label", 57),
    )  # fmt: skip
    write(first, reviewer, ("claim", "review", 56), ("send_back", "review", 55.75))
    write(second, labeller, ("claim", "label", 54))
    write(second, labeller, ("expire", "label", 10))
    Lease.objects.create(
        task=second, holder=labeller, token=1, stage="label",
        heard_at=timezone.now() - timedelta(hours=53), ended_at=timezone.now(),
    )  # fmt: skip
    write(third, labeller, ("claim", "label", 5000))  # before the first day
    hours = hours_by_person(cast.project, days=5)
    assert hours[labeller.pk] == pytest.approx(0.5 + 1 + 1, abs=0.01)
    assert hours[reviewer.pk] == pytest.approx(0.25, abs=0.01)
    days = work_by_day(cast.project, days=5)
    assert len(days) == 5
    assert sum(day["labelling_h"] for day in days) == pytest.approx(2.5, abs=0.01)
    assert sum(day["reviewing_h"] for day in days) == pytest.approx(0.25, abs=0.01)
    assert (sum(day["submitted"] for day in days), sum(day["sent_back"] for day in days)) == (1, 1)


def test_what_labels_cost_is_told_on_the_day_they_were_submitted(cast, make_tasks) -> None:
    (task,) = make_tasks(1)
    write(task, cast["labeller"], ("submit", "label", 0))
    Label.objects.bulk_create(
        Label(label_set=task.label_set, label_id=str(number), version=1, body=body)
        for number, body in enumerate([{}, {}, None])
    )
    for actions in (5, 9):
        Effort.objects.create(
            label_set=task.label_set, author=cast["labeller"], visit_id=task.pk if actions == 5
            else task.clip_id, actions=actions, active_ms=1000,
        )  # fmt: skip
    (today,) = work_by_day(cast.project, days=1)
    assert (today["actions"], today["labels"]) == (14, 2)


def test_days_without_work_are_there_as_well(cast) -> None:
    rows = cast.client("reviewer").get("/api/projects/a/work-by-day?days=400").json()
    assert "days: expected 1 to 366" in rows["message"]
    rows = cast.client("reviewer").get("/api/projects/a/work-by-day?days=3").json()
    assert [row["submitted"] for row in rows] == [0, 0, 0]
    answer = cast.client("admin").get("/api/projects/a/work-by-day/file?days=3")
    assert len(b"".join(answer.streaming_content).splitlines()) == 4
