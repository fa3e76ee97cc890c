"""Tasks that start from a model's labels: asked for, copied, accepted, corrected, counted."""

import threading
import uuid
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from labelapp.common import jobs
from labelapp.common.jobs import Job
from labelapp.datasets.source import ClipSource, Part
from labelapp.labels.models import Effort, Label, LabelEvent, LabelSet
from labelapp.prelabels import jobs as jobs_of_prelabels
from labelapp.prelabels.models import Cost, Start
from labelapp.prelabels.services import cost_record as cost_recording
from labelapp.prelabels.services import costs_record, costs_record_next
from labelapp.work.models import Task, Workflow
from labelapp.work.services import task_claim
from tests.integration.labels.label_making import batch, cuboid, delete, put
from tests.integration.training.people_labelling import claimed, finish


def scored(label_id: str, score: float, x_m: float = 0.0, **changes: Any) -> dict[str, Any]:
    return cuboid(label_id, x_m, score=score, **changes)


MODEL = [
    scored("good", 0.95),
    scored("off", 0.7, 20.0),
    scored("ghost", 0.4, 40.0),
    scored("ufo", 0.9, 60.0, **{"class": "ufo"}),
    scored("odd", 0.8, 80.0, attributes={"colour": "red"}),
]


def send_model(
    client: Any, clip: Any, labels: Any = None, name: str = "detector-3", **more: Any
) -> Any:
    body = {
        "layer": "objects",
        "source": "model",
        "name": name,
        "labels": MODEL if labels is None else labels,
        **more,
    }
    return client.send("POST", f"/api/clips/{clip.pk}/label-sets", body)


def make_tasks(client: Any, **more: Any) -> int:
    body = {"layer": "objects", "start_from": {"name": "detector-3", **more}}
    response = client.send("POST", "/api/projects/a/tasks", body)
    assert response.status_code == 201, response.content
    return int(response.json()["created"])


def save(client: Any, task: dict[str, Any], *operations: dict[str, Any]) -> Any:
    lease = task["lease"]
    response = client.generic(
        "POST",
        f"/api/label-sets/{task['label_set_id']}/operations",
        data=__import__("json").dumps(batch(*operations)),
        content_type="application/json",
        headers={"X-Lease": f"{lease['id']}:{lease['token']}"},
    )
    assert response.status_code == 200, response.content
    return response.json()


def labels_of(client: Any, task: dict[str, Any]) -> dict[str, dict[str, Any]]:
    answer = client.get(f"/api/label-sets/{task['label_set_id']}/labels").json()
    return {entry["label_id"]: entry["label"] for entry in answer["labels"]}


def accepted(label: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**label, "origin": {**label["origin"], "accepted": True}, **changes}


@pytest.fixture
def begun(cast: Any, workflow: Workflow, clip: Any) -> dict[str, Any]:
    """A task that was taken by the labeller and starts from the model's labels."""
    assert send_model(cast.client("engineer"), clip).status_code == 201
    make_tasks(cast.client("admin"))
    task = claimed(cast.client("labeller"))
    assert task is not None
    return task


def test_an_engineers_script_sends_a_models_labels_once(cast, clip, ontology) -> None:
    first = send_model(cast.client("engineer"), clip)
    again = send_model(cast.client("engineer"), clip)
    assert (first.status_code, again.status_code) == (201, 200), first.content
    expected = {
        "layer": "objects", "source": "model", "name": "detector-3", "revision": 1,
        "label_count": 5,
    }  # fmt: skip
    assert first.json() == {"id": str(LabelSet.objects.get().pk), **expected}
    assert again.json() == first.json()
    other = send_model(cast.client("engineer"), clip, MODEL[:2])
    assert (other.status_code, other.json()["code"]) == (409, "label_set_exists")
    assert "detector-3" in other.json()["message"]
    assert send_model(cast.client("engineer"), clip, MODEL[:2], "detector-4").status_code == 201


@pytest.mark.parametrize(
    ("labels", "more", "said"),
    [
        ([scored("a", 1.5)], {}, "score: expected a number of 0 to 1, found 1.5"),
        ([scored("a", True)], {}, "score: expected a number of 0 to 1, found true"),
        (["a"], {}, 'labels[0]: expected a label, an object, found "a".'),
        ([scored("a", 0.5), scored("a", 0.5)], {}, "every id once"),
        ([cuboid("a")], {"source": "human", "name": ""}, "people's labels are saved by"),
        ([cuboid("a", origin={"label_set": "x"})], {}, "origin.label_set: expected a UUID"),
    ],
)
def test_bad_labels_are_refused_whole_with_a_sentence(
    cast, clip, ontology, labels, more, said
) -> None:
    response = send_model(cast.client("admin"), clip, labels, **more)
    assert response.status_code == 400
    assert said in response.json()["message"]
    assert not LabelSet.objects.exists()


def test_labellers_and_strangers_send_no_models_labels(cast, clip, ontology) -> None:
    assert send_model(cast.client("labeller"), clip).status_code == 403
    assert send_model(cast.client("stranger"), clip).status_code == 404


def test_the_first_claim_copies_what_the_ontology_knows_as_proposals(cast, begun) -> None:
    labels = labels_of(cast.client("labeller"), begun)
    assert set(labels) == {"good", "off", "ghost", "odd"}
    source = LabelSet.objects.get(source="model")
    assert labels["good"]["origin"] == {
        "label_set": str(source.pk), "label_id": "good", "revision": 1, "source": "model",
        "name": "detector-3", "score": 0.95, "accepted": False,
    }  # fmt: skip
    assert "score" not in labels["good"]
    assert labels["odd"]["attributes"] == {}, "the ontology knows no colour"
    start = Start.objects.get()
    assert (start.copied_count, start.left_out) == (4, {"ontology": 1})
    events = LabelEvent.objects.filter(label_set=begun["label_set_id"])
    assert set(events.values_list("author")) == {(None,)}


def test_a_claim_after_the_first_copies_nothing_again(cast, begun) -> None:
    client = cast.client("labeller")
    good = labels_of(client, begun)["good"]
    save(client, begun, delete("ghost", 1), put(accepted(good), 1))
    finish(client, begun, "return")
    again = claimed(client)
    assert again is not None
    labels = labels_of(client, again)
    assert set(labels) == {"good", "off", "odd"}
    assert labels["good"]["origin"]["accepted"] is True


def test_only_labels_above_the_score_that_was_asked_for_are_copied(cast, clip, workflow) -> None:
    send_model(cast.client("engineer"), clip, [*MODEL, cuboid("unsure")])
    make_tasks(cast.client("admin"), min_score=0.75)
    task = claimed(cast.client("labeller"))
    assert set(labels_of(cast.client("labeller"), task)) == {"good", "odd"}
    assert Start.objects.get().left_out == {"score": 3, "ontology": 1}


def test_without_such_a_label_set_a_task_starts_from_nothing(cast, clip, workflow) -> None:
    make_tasks(cast.client("admin"))
    task = claimed(cast.client("labeller"))
    assert labels_of(cast.client("labeller"), task) == {}
    report = cast.client("admin").get("/api/projects/a/pre-labels").json()
    assert report["waiting"] == []


def test_tasks_that_nobody_began_can_be_told_to_start_from_a_model(cast, clip, workflow) -> None:
    send_model(cast.client("engineer"), clip)
    cast.client("admin").send("POST", "/api/projects/a/tasks", {"layer": "objects"})
    body = {"layer": "objects", "name": "detector-3", "min_score": 0.9}
    first = cast.client("admin").send("POST", "/api/projects/a/pre-labels", body)
    assert first.json() == {"changed": 1}
    report = cast.client("admin").get("/api/projects/a/pre-labels").json()
    assert report["waiting"] == [
        {"layer": "objects", "source": "model", "name": "detector-3", "tasks": 1,
         "without_labels": 0}
    ]  # fmt: skip
    assert report["available"] == [
        {"layer": "objects", "source": "model", "name": "detector-3", "clips": 1}
    ]
    task = claimed(cast.client("labeller"))
    assert set(labels_of(cast.client("labeller"), task)) == {"good"}
    again = cast.client("admin").send("POST", "/api/projects/a/pre-labels", body)
    assert again.json() == {"changed": 0}, "somebody works on it"


def test_a_task_is_not_handed_in_while_proposals_wait(cast, begun) -> None:
    client = cast.client("labeller")
    lease = begun["lease"]
    body = {"token": lease["token"], "action": "submit"}
    refused = client.send("POST", f"/api/leases/{lease['id']}/finish", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "proposals_left")
    assert refused.json()["details"] == {"proposals": 4}
    assert Task.objects.get().state == "leased"
    labels = labels_of(client, begun)
    save(client, begun, *(put(accepted(label), 1) for label in labels.values()))
    finish(client, begun)


def test_what_was_corrected_is_counted_by_kind_and_class(
    cast, begun, django_capture_on_commit_callbacks
) -> None:
    client = cast.client("labeller")
    labels = labels_of(client, begun)
    moved = accepted(labels["off"])
    moved["keyframes"] = [{**moved["keyframes"][0], "position_m": [21.0, 0.0, 0.8]}]
    van = accepted(labels["odd"], **{"class": "truck"})
    visit = f"/api/label-sets/{begun['label_set_id']}/effort/{uuid.uuid4()}"
    client.send("PUT", visit, {"actions": 6, "active_s": 30.0})
    save(
        client,
        begun,
        put(accepted(labels["good"]), 1),
        put(moved, 1),
        put(van, 1),
        delete("ghost", 1),
        put(cuboid("new", 100.0)),
    )
    finish(client, begun)
    assert costs_record_next() == 1
    assert costs_record_next() == 0
    assert costs_record([uuid.UUID(begun["id"])]) == []
    cost = Cost.objects.get()
    assert (cost.label_count, cost.proposed_count, cost.name) == (4, 4, "detector-3")
    (model,) = cast.client("admin").get("/api/projects/a/pre-labels").json()["models"]
    kinds = {kind: count for kind, count in model["kinds"].items() if count}
    assert kinds == {
        "proposed": 4, "accepted": 1, "moved": 1, "reclassed": 1, "deleted": 1, "added": 1,
    }  # fmt: skip
    assert model["classes"] == [{"class_name": "car", "kinds": model["kinds"]}]
    assert model["cost"]["actions_per_label"] == 1.5
    assert model["saved"] is None, "nothing was labelled from nothing yet"


def test_what_a_model_saved_is_told_against_labels_from_nothing(cast, begun, make_clip) -> None:
    client = cast.client("labeller")
    labels = labels_of(client, begun)
    save(client, begun, *(put(accepted(label), 1) for label in labels.values()))
    visit = f"/api/label-sets/{begun['label_set_id']}/effort/{uuid.uuid4()}"
    client.send("PUT", visit, {"actions": 4, "active_s": 10.0})
    finish(client, begun)
    make_clip(name="other")
    cast.client("admin").send("POST", "/api/projects/a/tasks", {"layer": "objects"})
    other = claimed(client)
    save(client, other, put(cuboid("a")), put(cuboid("b")))
    visit = f"/api/label-sets/{other['label_set_id']}/effort/{uuid.uuid4()}"
    client.send("PUT", visit, {"actions": 10, "active_s": 40.0})
    # What a reviewer spends is not what labelling cost.
    Effort.objects.create(
        label_set_id=other["label_set_id"], author=cast["reviewer"], visit_id=uuid.uuid4(),
        actions=1000, active_ms=10**6,
    )  # fmt: skip
    finish(client, other)
    assert costs_record_next() == 2
    report = cast.client("admin").get("/api/projects/a/pre-labels").json()
    assert report["from_nothing"][0]["cost"]["active_s_per_label"] == 20.0
    assert report["models"][0]["saved"] == {"actions": 5.0 * 4 - 4, "active_s": 20.0 * 4 - 10.0}


def test_proposals_are_no_part_of_exports(cast, begun) -> None:
    client = cast.client("labeller")
    save(client, begun, put(accepted(labels_of(client, begun)["good"]), 1))
    label_set = LabelSet.objects.get(pk=begun["label_set_id"])
    part = Part(label_set, label_set.revision)
    found = ClipSource(position=0, clip=label_set.clip, parts=(part,)).labels
    assert [entry.label.id for entry in found] == ["good"]


def test_the_parts_of_a_clip_share_one_copy_and_hand_in_their_own(cast, clip, workflow) -> None:
    late = cuboid("late", 30.0, score=0.5)
    late["keyframes"][0]["time_ns"] = "9000000000"
    send_model(cast.client("engineer"), clip, [scored("early", 0.5), late])
    make_tasks(cast.client("admin"))
    body = {"task_ids": [str(Task.objects.get().pk)], "action": "split", "parts": 2}
    cast.client("admin").send("POST", "/api/projects/a/tasks/change", body)
    first, second = claimed(cast.client("labeller")), claimed(cast.client("reviewer"))
    assert first is not None
    assert second is not None
    labels = labels_of(cast.client("labeller"), first)
    assert set(labels) == {"early", "late"}
    save(cast.client("labeller"), first, put(accepted(labels["early"]), 1))
    finish(cast.client("labeller"), first)
    (cost,) = costs_record([uuid.UUID(first["id"])])
    assert (cost.label_count, cost.proposed_count) == (1, 1)


def test_the_report_costs_the_same_queries_however_many_models_there_are(
    cast, begun, make_clip
) -> None:
    client = cast.client("admin")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get("/api/projects/a/pre-labels").status_code == 200
        return len(found)

    queries()
    before = queries()
    for number in range(10):
        clip = make_clip(name=f"more {number}")
        send_model(cast.client("engineer"), clip, name=f"model-{number}")
        task = Task.objects.create(
            project=cast.project, clip=clip, layer="objects",
            label_set=clip.label_sets.create(layer="objects", source="human"),
        )  # fmt: skip
        Cost.objects.create(
            task=task, project=cast.project, label_set=task.label_set, layer="objects",
            source="model", name=f"model-{number}", revision=1, label_count=3,
        )  # fmt: skip
    assert queries() == before


@pytest.mark.django_db(transaction=True)
def test_two_parts_taken_at_once_get_one_copy(cast, clip, workflow) -> None:
    send_model(cast.client("engineer"), clip)
    make_tasks(cast.client("admin"))
    body = {"task_ids": [str(Task.objects.get().pk)], "action": "split", "parts": 2}
    cast.client("admin").send("POST", "/api/projects/a/tasks/change", body)
    people = [cast["labeller"], cast["reviewer"]]
    gate = threading.Barrier(2)
    found: list[Any] = []

    def take(person: Any) -> None:
        try:
            gate.wait()
            found.append(task_claim(actor=person))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({claim.task_id for claim in found if claim is not None}) == 2
    human = LabelSet.objects.get(source="human")
    assert human.revision == 1
    assert Label.objects.filter(label_set=human).count() == 4


def test_submitted_tasks_are_counted_together_by_one_job(cast, begun) -> None:
    client = cast.client("labeller")
    save(client, begun, *(put(accepted(label), 1) for label in labels_of(client, begun).values()))
    finish(client, begun)
    jobs_of_prelabels.costs_wake()
    jobs_of_prelabels.costs_wake()
    (job,) = Job.objects.all()
    assert jobs.run(job.pk)
    assert Cost.objects.get().task_id == uuid.UUID(begun["id"])
    jobs_of_prelabels.costs_wake()
    assert Job.objects.count() == 1, "nothing waits any more"


def test_what_can_not_be_counted_together_is_counted_one_by_one(cast, begun, monkeypatch) -> None:
    client = cast.client("labeller")
    save(client, begun, *(put(accepted(label), 1) for label in labels_of(client, begun).values()))
    finish(client, begun)
    jobs_of_prelabels.costs_wake()
    (together,) = Job.objects.all()

    def fails(_counted: object, _label: object) -> bool:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(cost_recording, "_is_of", fails)
        assert jobs.run(together.pk)
        alone = Job.objects.get(kind=jobs_of_prelabels.COST_KIND)
        assert jobs.run(alone.pk)
    alone.refresh_from_db()
    assert (alone.state, alone.arguments) == ("failed", {"task_id": begun["id"]})
    assert "ZeroDivisionError" in alone.message
    assert not Cost.objects.exists()
