"""Hidden gold: handed out like any other task, scored, and told only later."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.common import jobs
from labelapp.common.jobs import Job
from labelapp.labels.models import LabelSet
from labelapp.labels.services import label_set_import
from labelapp.projects.models import Membership, Role
from labelapp.training import jobs as training_jobs
from labelapp.training.models import Attempt
from labelapp.training.services import gold_settings_save, hidden_checks_end
from labelapp.training.taking_part import SCORE_KIND
from labelapp.work.models import Qualification, Skill, Task
from labelapp.work.services import tasks_create
from tests.integration.clip_folders import cuboid
from tests.integration.training.people_labelling import claimed, finish, put, right, wrong


@pytest.fixture
def always(cast: Any, workflow: Any) -> None:
    """Every labeller's next task is gold, as long as there is some."""
    gold_settings_save(actor=cast["admin"], project=cast.project, rate=1.0, window=2)


def work_off_jobs() -> None:
    assert training_jobs.score
    for job in Job.objects.filter(kind=SCORE_KIND, state="queued"):
        assert jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.message


def test_a_hidden_gold_task_looks_like_any_other(cast, always, make_gold, stored_clip) -> None:
    ordinary_clip = stored_clip("ordinary")
    tasks_create(
        actor=cast["admin"], project=cast.project, layer="objects", clip_ids=[ordinary_clip.pk]
    )
    make_gold("golden")
    client = cast.client("labeller")
    gold, ordinary = claimed(client), claimed(client)
    assert gold is not None
    assert ordinary is not None
    assert Attempt.objects.filter(task=gold["id"]).exists()
    assert not Attempt.objects.filter(task=ordinary["id"]).exists()
    assert set(gold) == set(ordinary)
    same = (
        *("assigned_to", "ready_since"),
        "stage",
        "state",
        "priority",
        "skill",
        "layer",
        "labeller",
        "reviewer",
        "sent_back_count",
    )
    assert {k: gold[k] for k in same} == {k: ordinary[k] for k in same}
    shown = [client.get(f"/api/label-sets/{t['label_set_id']}").json() for t in (gold, ordinary)]
    for one in shown:
        del one["id"]
    assert shown[0] == shown[1], "not even by the label set's name"
    told = [client.get(f"/api/tasks/{t['id']}/events").json() for t in (gold, ordinary)]
    fields = ("action", "actor", "stage", "state", "revision")
    assert [{f: e[f] for f in fields} for e in told[0]] == [
        {f: e[f] for f in fields} for e in told[1]
    ]
    assert told[0][0]["created_at"] == told[1][0]["created_at"]


def test_the_gold_itself_stays_hidden_from_its_labeller(cast, always, make_gold) -> None:
    gold = make_gold()
    client = cast.client("labeller")
    task = claimed(client)
    assert task is not None
    shown = client.get(f"/api/clips/{task['clip_id']}/label-sets").json()
    assert [one["id"] for one in shown] == [task["label_set_id"]]
    assert client.get(f"/api/label-sets/{gold.label_set_id}/labels").status_code == 404
    assert client.get("/api/projects/a/gold").status_code == 403
    attempt = Attempt.objects.get()
    assert client.get(f"/api/attempts/{attempt.pk}").status_code == 404, "not yet to be known"
    assert client.get(f"/api/attempts/{attempt.pk}/gold").status_code == 404


def test_it_goes_to_review_like_others_but_no_reviewer_gets_it(cast, always, make_gold) -> None:
    make_gold()
    client = cast.client("labeller")
    task = claimed(client)
    put(client, task, right())
    after = finish(client, task)
    assert (after["stage"], after["state"]) == ("review", "ready")
    assert claimed(cast.client("reviewer")) is None
    assert claimed(cast.client("admin")) is None


def test_only_labellers_get_it_once_and_never_a_clip_that_they_had(
    cast, always, make_gold, stored_clip
) -> None:
    assert make_gold("golden").clip.name
    assert claimed(cast.client("reviewer")) is None, "they could look it up"
    assert claimed(cast.client("engineer")) is None
    assert claimed(cast.client("labeller")) is not None
    assert claimed(cast.client("labeller")) is None
    other = User.objects.create_user("other")
    Membership.objects.create(project=cast.project, user=other, role=Role.LABELLER)
    cast.users["other"] = other
    second = claimed(cast.client("other"))
    assert second is not None
    assert LabelSet.objects.filter(source="human").count() == 2, "each on labels of their own"


def test_it_is_handed_out_at_its_rate(cast, workflow, make_gold) -> None:
    gold_settings_save(actor=cast["admin"], project=cast.project, rate=0.0, watched_rate=0.0)
    make_gold()
    assert claimed(cast.client("labeller")) is None
    gold_settings_save(actor=cast["admin"], project=cast.project, watched_rate=1.0, watched_tasks=1)
    assert claimed(cast.client("labeller")) is not None, "who is new is watched more closely"


def test_it_is_scored_and_told_when_it_is_time(cast, always, make_gold) -> None:
    make_gold()
    client = cast.client("labeller")
    task = claimed(client)
    put(client, task, right())
    finish(client, task)
    work_off_jobs()
    attempt = Attempt.objects.get()
    assert attempt.score == pytest.approx(1.0)
    assert client.get("/api/projects/a/own-score").json()["checks"] == []
    assert client.get(f"/api/attempts/{attempt.pk}").status_code == 404
    assert hidden_checks_end() == 0
    Attempt.objects.update(told_at=timezone.now() - timedelta(seconds=1))
    assert hidden_checks_end() == 1
    closed = Task.objects.get(pk=task["id"])
    assert (closed.stage, closed.state) == ("accepted", "closed")
    own = client.get("/api/projects/a/own-score").json()
    assert (own["score"], [check["score"] for check in own["checks"]]) == (1.0, [1.0])
    assert client.get(f"/api/attempts/{attempt.pk}").json()["findings"] == []
    labels = client.get(f"/api/attempts/{attempt.pk}/gold").json()["labels"]
    assert [label["label_id"] for label in labels] == ["gold-street"]


def test_faults_are_told_as_sentences_and_as_pairs(cast, always, make_gold) -> None:
    make_gold()
    client = cast.client("labeller")
    task = claimed(client)
    put(client, task, wrong())
    finish(client, task)
    work_off_jobs()
    Attempt.objects.update(told_at=timezone.now())
    found = client.get(f"/api/attempts/{Attempt.objects.get().pk}").json()
    assert found["score"] == 0
    assert {(f["kind"], f["reference_id"], f["candidate_id"]) for f in found["findings"]} == {
        ("missed", "gold-street", None),
        ("invented", None, "mine"),
    }
    assert len(found["report"]["objects"]["rows"]) == 2
    hidden_checks_end()
    assert Task.objects.get(pk=task["id"]).stage == "review", "closed, but not as good work"
    assert Task.objects.get(pk=task["id"]).state == "closed"


def test_whose_score_falls_loses_the_skill(cast, always, make_gold) -> None:
    skill = Skill.objects.create(project=cast.project, name="cars")
    gold = make_gold("course", is_hidden_check=False)
    steps = [{"gold_id": str(gold.pk)}]
    body = {"title": "Cars", "skill": "cars", "steps": steps}
    assert cast.client("admin").send("POST", "/api/projects/a/courses", body).status_code == 201
    Qualification.objects.create(skill=skill, user=cast["labeller"])
    client = cast.client("labeller")
    for name in ("one", "two"):
        make_gold(name)
        task = claimed(client)
        put(client, task, wrong())
        finish(client, task)
        assert Qualification.objects.count() == 1
        work_off_jobs()
    assert Qualification.objects.count() == 0, "two of two were wrong"
    course = client.get("/api/projects/a/courses").json()[0]
    assert (course["has_skill"], course["lost_skill_at"] is None) == (False, False)


def test_scoring_twice_changes_nothing(cast, always, make_gold) -> None:
    make_gold()
    client = cast.client("labeller")
    finish(client, claimed(client))
    work_off_jobs()
    first = Attempt.objects.get().scored_at
    Job.objects.filter(kind=SCORE_KIND).update(state="queued", finished_at=None)
    work_off_jobs()
    assert Attempt.objects.get().scored_at == first


def test_handed_over_it_is_whose_it_is_then(cast, always, make_gold) -> None:
    make_gold()
    client = cast.client("labeller")
    finish(client, claimed(client), "hand_over", to=str(cast["reviewer"].pk))
    task = claimed(cast.client("reviewer"))
    assert task is not None
    assert Attempt.objects.get().user == cast["reviewer"]


def test_the_database_refuses_the_same_check_twice(cast, always, make_gold) -> None:
    gold = make_gold()
    claimed(cast.client("labeller"))
    first = Attempt.objects.get()
    other = LabelSet.objects.create(clip=gold.clip, layer="objects", source="human", name="x")
    task = Task.objects.create(
        project=cast.project, clip=gold.clip, label_set=other, layer="objects"
    )
    with pytest.raises(IntegrityError, match="attempt_hidden_once"), transaction.atomic():
        Attempt.objects.create(gold=gold, task=task, user=first.user)


def test_admins_see_scores_in_a_constant_number_of_queries(
    cast, always, make_gold, django_assert_max_num_queries
) -> None:
    client = cast.client("labeller")
    for name in ("one", "two", "three"):
        make_gold(name)
        finish(client, claimed(client))
    work_off_jobs()
    admin = cast.client("admin")
    admin.get("/api/projects/a/gold")
    with django_assert_max_num_queries(5):
        golds = admin.get("/api/projects/a/gold").json()
    assert [g["attempt_count"] for g in golds] == [1, 1, 1]
    with django_assert_max_num_queries(8):
        people = admin.get("/api/projects/a/scores").json()
    assert (people[0]["user"]["name"], people[0]["tasks"]) == ("labeller", 3)
    with django_assert_max_num_queries(6):
        assert len(admin.get("/api/projects/a/attempts").json()["results"]) == 3


def test_admins_find_what_may_be_gold_and_what_one_person_did(
    cast, always, make_gold, stored_clip, django_assert_max_num_queries
) -> None:
    admin = cast.client("admin")
    clip = stored_clip("candidate")
    made = {
        source: str(
            label_set_import(
                actor=None, clip=clip, layer="objects", source=source, labels=[cuboid(source)]
            ).pk
        )
        for source in ("simulation", "model", "human")
    }
    gold = make_gold("taken")
    with django_assert_max_num_queries(5):
        found = admin.get("/api/projects/a/gold-candidates").json()
    # Neither what is gold already, nor a network's, nor people's work that nobody accepted.
    ids = [one["label_set_id"] for one in found]
    assert made["simulation"] in ids
    assert not {made["model"], made["human"], str(gold.label_set_id)} & set(ids)
    assert all(one["label_count"] > 0 for one in found)
    assert admin.get("/api/projects/a/gold-candidates?search=elsewhere").json() == []
    chosen = {"label_set_id": made["simulation"], "is_hidden_check": False}
    assert admin.send("POST", "/api/projects/a/gold", chosen).status_code == 201
    left = admin.get("/api/projects/a/gold-candidates").json()
    assert made["simulation"] not in [one["label_set_id"] for one in left]

    client = cast.client("labeller")
    finish(client, claimed(client))
    work_off_jobs()
    path = "/api/projects/a/attempts?user="
    (theirs,) = admin.get(f"{path}{cast['labeller'].pk}").json()["results"]
    assert theirs["clip_name"] == gold.clip.name
    assert admin.get(f"{path}{cast['reviewer'].pk}").json()["results"] == []
    assert admin.get(f"{path}nobody").status_code == 400
