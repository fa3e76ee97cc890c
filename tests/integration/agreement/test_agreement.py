"""The same clip to several people: who gets what, how far they agree, who decides."""

import csv
import io
import threading
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from labelapp.accounts.models import User
from labelapp.agreement.models import AgreementGroup, Member, Pair, Seat
from labelapp.agreement.services import group_compare
from labelapp.common.models import Job
from labelapp.labels.services import label_set_import
from labelapp.projects.models import Membership, Role
from labelapp.work.models import Task
from labelapp.work.services import task_claim
from labelapp.work.stages import State
from tests.integration.clip_folders import cuboid
from tests.integration.conftest import Browser
from tests.integration.training.people_labelling import claimed, finish, put


def another(cast: Any, name: str, role: Role = Role.LABELLER) -> Browser:
    """Somebody more of project A, logged in."""
    user = User.objects.create_user(name)
    Membership.objects.create(project=cast.project, user=user, role=role)
    client = Browser()
    client.force_login(user)
    return client


def ask(client: Any, clip: Any, **more: Any) -> Any:
    body = {"layer": "objects", "clip_ids": [str(clip.pk)], "people": 2, **more}
    return client.send("POST", "/api/projects/a/agreement", body)


def car(x_m: float = 0.0, label_id: str = "car", **changes: Any) -> dict[str, Any]:
    label = cuboid(label_id) | changes
    key = label["keyframes"][0]
    x, y, z = key["position_m"]
    return label | {"keyframes": [{**key, "position_m": [x + x_m, y, z]}]}


@pytest.fixture
def both_done(cast: Any, workflow: Any, stored_clip: Any) -> AgreementGroup:
    """Two people labelled the same: one car alike, one called otherwise, one only one of them."""
    assert ask(cast.client("admin"), stored_clip()).status_code == 201
    other = another(cast, "other")
    versions = [
        (cast.client("labeller"), [car(), car(20.0, "b"), car(40.0, "c")]),
        (other, [car(0.1), car(20.0, "b", **{"class": "truck"})]),
    ]
    for client, labels in versions:
        task = claimed(client)
        assert task is not None
        put(client, task, *labels)
        finish(client, task)
    return group_compare(group_id=AgreementGroup.objects.get().pk)


def test_each_gets_labels_of_their_own_and_nobody_two_of_the_same(cast, workflow, clip) -> None:
    made = ask(cast.client("admin"), clip, people=3)
    assert (made.status_code, made.json()) == (201, {"groups": 1, "tasks": 3})
    first = claimed(cast.client("labeller"))
    assert claimed(cast.client("labeller")) is None, "the other two are not for them"
    second = claimed(another(cast, "other"))
    assert first is not None
    assert second is not None
    assert first["label_set_id"] != second["label_set_id"]
    finish(cast.client("labeller"), first, "return")
    third = claimed(another(cast, "third"))
    assert third is not None
    again = claimed(cast.client("labeller"))
    assert again is None or again["id"] == first["id"]


def test_labellers_do_not_see_each_others_versions(cast, workflow, clip) -> None:
    ask(cast.client("admin"), clip)
    first, other = claimed(cast.client("labeller")), another(cast, "other")
    claimed(other)
    assert other.get(f"/api/label-sets/{first['label_set_id']}").status_code == 404
    (own,) = other.get(f"/api/clips/{clip.pk}/label-sets").json()
    assert own["name"] == "", "nothing tells that there are others"


def test_who_labels_a_version_sees_no_other_until_it_is_decided(
    cast, workflow, stored_clip
) -> None:
    ask(cast.client("admin"), stored_clip())
    clients = [cast.client("labeller"), cast.client("reviewer")]
    tasks = [claimed(client) for client in clients]
    other = f"/api/label-sets/{tasks[0]['label_set_id']}"
    assert clients[1].get(other).status_code == 404, "reviewers see all, but not of this"
    assert cast.client("engineer").get(other).status_code == 200
    for client, task in zip(clients, tasks, strict=True):
        put(client, task, car())
        finish(client, task)
    group = group_compare(group_id=AgreementGroup.objects.get().pk)
    assert clients[1].get(f"{other}/labels").status_code == 404
    assert clients[1].get(f"/api/tasks/{group.adjudication_id}/versions").status_code == 403
    decided = claimed(cast.client("admin"))
    assert decided["id"] == str(group.adjudication_id)
    finish(cast.client("admin"), decided, "accept")
    assert clients[1].get(f"{other}/labels").status_code == 200
    assert clients[1].get(f"/api/tasks/{group.adjudication_id}/versions").status_code == 200


def test_a_clip_that_has_a_task_gets_no_group(cast, workflow, clip) -> None:
    cast.client("admin").send("POST", "/api/projects/a/tasks", {"layer": "objects"})
    assert ask(cast.client("admin"), clip).json() == {"groups": 0, "tasks": 0}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"people": 1}, "greater than or equal to 2"),
        ({"layer": "weather"}, "no layer 'weather'"),
        ({"clip_ids": [str(uuid.uuid4())]}, "1 of these clips are not in project 'a'"),
        ({"from_ns": 5}, "expected both or neither"),
        ({"from_ns": 5, "to_ns": 10**12}, "expected a part of clip"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(cast, workflow, clip, more, said) -> None:
    response = ask(cast.client("admin"), clip, **more)
    assert response.status_code == 400
    assert said in response.content.decode()
    assert not Task.objects.exists()


def test_all_done_is_compared_by_class_attribute_and_person(cast, both_done) -> None:
    report = cast.client("admin").get("/api/projects/a/agreement").json()
    assert (report["groups"], report["compared"], report["decided"]) == (1, 1, 0)
    rows = {row["class_name"]: row for row in report["classes"]}
    # One alike, one alone, half of the one that is called otherwise.
    assert rows["car"]["things"] == 2.5
    assert rows["car"]["found"] == pytest.approx(1.5 / 2.5)
    assert rows["car"]["class_share"] == pytest.approx(1.0 / 1.5)
    assert rows["truck"]["class_share"] == 0.0
    assert rows["car"]["centre_m"] == pytest.approx(0.1 * 2 / 3)
    assert {row["user"]["name"] for row in report["people"]} == {"labeller", "other"}
    assert 0.0 < report["score"] < 1.0
    (row,) = cast.client("admin").get("/api/projects/a/agreement/groups").json()["results"]
    assert (row["done_count"], row["open_count"], row["people"]) == (2, 0, 2)
    assert row["score"] == pytest.approx(report["score"])
    assert row["adjudication_stage"] == "review"


def test_attributes_are_told_by_class_and_all_of_it_is_a_file(cast, workflow, stored_clip) -> None:
    ask(cast.client("admin"), stored_clip())
    parked = {"attributes": {"parked": True}}
    versions = [
        (cast.client("labeller"), [car(**parked), car(20.0, "b", **{"class": "truck"}, **parked)]),
        (another(cast, "other"), [car(0.1, **parked), car(20.0, "b", **{"class": "truck"})]),
    ]
    for client, labels in versions:
        task = claimed(client)
        put(client, task, *labels)
        finish(client, task)
    group_compare(group_id=AgreementGroup.objects.get().pk)
    report = cast.client("admin").get("/api/projects/a/agreement").json()
    (row,) = [row for row in report["attributes"] if row["name"] == "parked"]
    assert row["share"] == 0.5
    assert {one["class_name"]: one["share"] for one in row["classes"]} == {"car": 1.0, "truck": 0.0}
    response = cast.client("admin").get("/api/projects/a/agreement/file")
    lines = list(csv.DictReader(io.StringIO(response.getvalue().decode())))
    told = {(line["of"], line["class"], line["attribute"]): line for line in lines}
    assert told["attribute", "truck", "parked"]["share"] == "0.0"
    assert told["attribute", "", "parked"]["share"] == "0.5"
    assert float(told["class", "car", ""]["iou"]) > 0.8
    assert {line["person"] for line in lines if line["of"] == "person"} == {"labeller", "other"}


def test_comparing_again_changes_nothing(cast, both_done) -> None:
    group_compare(group_id=both_done.pk)
    assert Pair.objects.count() == 1
    assert Task.objects.filter(stage="review").count() == 1


def test_who_decides_sees_all_versions_and_what_belongs_together(cast, both_done) -> None:
    client = cast.client("reviewer")
    task = claimed(client)
    assert task is not None
    assert task["stage"] == "review"
    found = client.get(f"/api/tasks/{task['id']}/versions").json()
    assert [len(version["labels"]) for version in found["versions"]] == [3, 2]
    assert [version["person"] for version in found["versions"]] == [None, None]
    differs = [cluster["differs"] for cluster in found["clusters"]]
    assert differs == [["class"], ["missing"], []]
    assert found["clusters"][-1]["members"] == {"1": "car", "2": "car"}
    put(client, task, car(0.05, "picked"))
    done = finish(client, task, "accept")
    assert (done["stage"], done["state"]) == ("accepted", "closed")
    assert cast.client("admin").get("/api/projects/a/agreement").json()["decided"] == 1


def test_nobody_decides_about_their_own(cast, both_done, workflow) -> None:
    reviewer = User.objects.get(username="other")
    Membership.objects.filter(user=reviewer).update(role=Role.REVIEWER)
    client = Browser()
    client.force_login(reviewer)
    assert claimed(client) is None
    task = both_done.adjudication
    assert client.get(f"/api/tasks/{task.pk}/versions").status_code == 403
    body = {"task_ids": [str(task.pk)], "action": "assign", "to": str(reviewer.pk)}
    answer = cast.client("admin").send("POST", "/api/projects/a/tasks/change", body).json()
    assert answer["changed"] == 0
    assert "somebody else decides" in str(answer["refused"])


def test_admins_are_told_who_made_which_version(cast, both_done) -> None:
    found = cast.client("admin").get(f"/api/tasks/{both_done.adjudication_id}/versions").json()
    assert [version["person"]["name"] for version in found["versions"]] == ["labeller", "other"]


def test_a_task_cannot_be_given_to_who_has_another_of_the_group(cast, workflow, clip) -> None:
    ask(cast.client("admin"), clip, people=3)
    first = claimed(cast.client("labeller"))
    others = Task.objects.exclude(pk=first["id"])
    body = {
        "task_ids": [str(task.pk) for task in others],
        "action": "assign",
        "to": str(cast["labeller"].pk),
    }
    answer = cast.client("admin").send("POST", "/api/projects/a/tasks/change", body).json()
    assert answer["changed"] == 0
    body["to"] = str(cast["reviewer"].pk)
    answer = cast.client("admin").send("POST", "/api/projects/a/tasks/change", body).json()
    assert answer["changed"] == 1, "one of the two, not both"


def test_a_cancelled_version_is_not_waited_for(cast, workflow, stored_clip) -> None:
    ask(cast.client("admin"), stored_clip(), people=3)
    other = another(cast, "other")
    for client in (cast.client("labeller"), other):
        task = claimed(client)
        put(client, task, car())
        finish(client, task)
    assert not Job.objects.filter(kind="agreement.compare").exists()
    (left,) = Task.objects.exclude(state=State.CLOSED.value)
    body = {"task_ids": [str(left.pk)], "action": "cancel"}
    cast.client("admin").send("POST", "/api/projects/a/tasks/change", body)
    assert Job.objects.filter(kind="agreement.compare").count() == 1
    group = group_compare(group_id=AgreementGroup.objects.get().pk)
    assert group.score == 1.0
    assert [cluster["differs"] for cluster in group.clusters] == [[]]


def test_versions_may_start_from_a_models_labels_each_with_a_copy(
    cast, workflow, stored_clip
) -> None:
    clip = stored_clip()
    label_set_import(
        actor=None, clip=clip, layer="objects", source="model", name="detector", labels=[car()]
    )
    ask(cast.client("admin"), clip, start_from={"name": "detector"})
    tasks = [claimed(cast.client("labeller")), claimed(another(cast, "other"))]
    for task in tasks:
        found = cast.client("admin").get(f"/api/label-sets/{task['label_set_id']}/labels").json()
        assert [entry["label_id"] for entry in found["labels"]] == ["car"]


def test_the_lists_cost_the_same_queries_however_many_groups_there_are(
    cast, both_done, make_clip
) -> None:
    client = cast.client("admin")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            for path in ("agreement", "agreement/groups"):
                assert client.get(f"/api/projects/a/{path}").status_code == 200
        return len(found)

    queries()
    before = queries()
    for number in range(10):
        ask(client, make_clip(name=f"more {number}"))
    assert AgreementGroup.objects.count() == 11
    assert queries() == before


def test_the_database_refuses_a_second_seat(cast, workflow, clip) -> None:
    ask(cast.client("admin"), clip)
    first, second = Member.objects.order_by("position")
    Seat.objects.create(group=first.group, member=first, user=cast["labeller"])
    with pytest.raises(IntegrityError, match="agreement_seat_once"), transaction.atomic():
        Seat.objects.create(group=first.group, member=second, user=cast["labeller"])


@pytest.mark.django_db(transaction=True)
def test_somebody_who_asks_twice_at_once_gets_one_version(cast, workflow, make_clip) -> None:
    for number in range(3):
        ask(cast.client("admin"), make_clip(name=f"clip {number}"))
    person = cast["labeller"]
    gate = threading.Barrier(4)
    found: list[Any] = []

    def take() -> None:
        try:
            gate.wait()
            found.append(task_claim(actor=person))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tasks = [claim.task_id for claim in found if claim is not None]
    groups = list(Member.objects.filter(task__in=tasks).values_list("group", flat=True))
    assert len(found) == 4
    assert len(groups) == len(set(groups)) == 3


@pytest.mark.django_db(transaction=True)
def test_of_the_last_two_at_once_one_has_all_compared(cast, workflow, stored_clip) -> None:
    ask(cast.client("admin"), stored_clip())
    clients = [cast.client("labeller"), another(cast, "other")]
    tasks = [claimed(client) for client in clients]
    gate = threading.Barrier(2)

    def hand_in(client: Any, task: Any) -> None:
        try:
            gate.wait()
            finish(client, task)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=hand_in, args=pair) for pair in zip(clients, tasks, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Task.objects.filter(stage="accepted").count() == 2
    assert Job.objects.filter(kind="agreement.compare").count() == 1
