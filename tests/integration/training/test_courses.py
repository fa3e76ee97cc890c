"""Courses: step by step, feedback at once, and a skill at the end."""

from typing import Any

from labelapp.training.models import Attempt, Course, SkillLoss
from labelapp.training.services import attempt_score
from labelapp.work.models import Qualification
from labelapp.work.services import tasks_create
from tests.integration.training.people_labelling import claimed, finish, put, right, wrong


def make_course(cast: Any, *golds: Any, **more: Any) -> Any:
    steps = [{"gold_id": str(gold.pk), "instructions": "Mind the car."} for gold in golds]
    body = {"title": "Parked cars", "skill": "cars", "steps": steps, **more}
    return cast.client("admin").send("POST", "/api/projects/a/courses", body)


def start(client: Any, position: int = 1) -> Any:
    course = Course.objects.get()
    return client.send("POST", f"/api/courses/{course.pk}/start", {"position": position})


def do_step(client: Any, position: int, label: dict[str, Any]) -> dict[str, Any]:
    task = start(client, position).json()["task"]
    put(client, task, label)
    finish(client, task)
    attempt = Attempt.objects.get(task=task["id"])
    attempt_score(attempt_id=attempt.pk)
    found: dict[str, Any] = client.get(f"/api/attempts/{attempt.pk}").json()
    return found


def test_passing_all_steps_gives_the_skill_and_its_tasks(cast, make_gold, stored_clip) -> None:
    assert make_course(cast, make_gold("one"), make_gold("two")).status_code == 201
    clip = stored_clip("work")
    tasks_create(
        actor=cast["admin"], project=cast.project, layer="objects", clip_ids=[clip.pk], skill="cars"
    )
    client = cast.client("labeller")
    assert claimed(client) is None
    assert do_step(client, 1, right())["score"] > 0.99
    assert Qualification.objects.count() == 0
    assert do_step(client, 2, right())["score"] > 0.99
    assert claimed(client) is not None
    course = client.get("/api/projects/a/courses").json()[0]
    assert course["has_skill"]
    assert [step["is_passed"] for step in course["steps"]] == [True, True]


def test_feedback_comes_at_once_and_shows_the_gold(cast, make_gold) -> None:
    make_course(cast, make_gold())
    client = cast.client("labeller")
    found = do_step(client, 1, wrong())
    assert found["score"] == 0
    assert {finding["kind"] for finding in found["findings"]} == {"missed", "invented"}
    gold = client.get(f"/api/attempts/{found['id']}/gold").json()
    assert gold["labels"][0]["label"]["class"] == "car"
    assert cast.client("reviewer").get(f"/api/attempts/{found['id']}").status_code == 404
    assert cast.client("admin").get(f"/api/attempts/{found['id']}").status_code == 200


def test_a_step_that_was_failed_is_tried_again_on_empty_labels(cast, make_gold) -> None:
    make_course(cast, make_gold())
    client = cast.client("labeller")
    do_step(client, 1, wrong())
    again = start(client).json()["task"]
    assert client.get(f"/api/label-sets/{again['label_set_id']}/labels").json()["labels"] == []
    assert Attempt.objects.count() == 2


def test_starting_twice_gives_the_same_task(cast, make_gold) -> None:
    make_course(cast, make_gold())
    client = cast.client("labeller")
    first, second = start(client).json()["task"], start(client).json()["task"]
    assert (first["id"], first["lease"]) == (second["id"], second["lease"])


def test_steps_come_in_order(cast, make_gold) -> None:
    make_course(cast, make_gold("one"), make_gold("two"))
    response = start(cast.client("labeller"), 2)
    assert (response.status_code, response.json()["code"]) == (409, "course_closed")
    assert "Pass step 1" in response.json()["message"]
    assert start(cast.client("labeller"), 3).status_code == 400


def test_who_lost_the_skill_passes_again(cast, make_gold) -> None:
    make_course(cast, make_gold())
    client = cast.client("labeller")
    do_step(client, 1, right())
    held = Qualification.objects.get()
    SkillLoss.objects.create(skill=held.skill, user=cast["labeller"], score=0.4)
    held.delete()
    assert not client.get("/api/projects/a/courses").json()[0]["steps"][0]["is_passed"]
    do_step(client, 1, right())
    assert Qualification.objects.count() == 1


def test_a_closed_course_starts_nothing(cast, make_gold) -> None:
    make_course(cast, make_gold())
    path = f"/api/courses/{Course.objects.get().pk}"
    assert cast.client("labeller").send("PATCH", path, {"is_open": False}).status_code == 403
    assert cast.client("admin").send("PATCH", path, {"is_open": False}).status_code == 204
    assert start(cast.client("labeller")).json()["code"] == "course_closed"


def test_engineers_take_no_courses(cast, make_gold) -> None:
    make_course(cast, make_gold())
    assert start(cast.client("engineer")).status_code == 403


def test_wrong_courses_are_refused_with_sentences(cast, make_gold) -> None:
    gold = make_gold()
    assert make_course(cast).json()["message"].startswith("steps: expected 1 to 100")
    assert make_course(cast, gold, skill="No!").status_code == 400
    assert make_course(cast, gold, pass_score=1.5).status_code == 400
    gold.pk = cast.project.pk
    assert make_course(cast, gold).json()["message"].startswith("steps[0].gold_id")
    assert Course.objects.count() == 0


def test_courses_are_listed_in_a_constant_number_of_queries(
    cast, make_gold, django_assert_max_num_queries
) -> None:
    golds = [make_gold(name) for name in ("one", "two", "three")]
    for _ in range(3):
        make_course(cast, *golds)
    client = cast.client("labeller")
    client.get("/api/projects/a/courses")
    with django_assert_max_num_queries(11):
        assert len(client.get("/api/projects/a/courses").json()) == 3
