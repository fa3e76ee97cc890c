"""In a project that works by tasks, labellers see what is theirs; others see all."""

from typing import Any

from labelapp.labels.models import LabelSet


def names(cast: Any, who: str) -> set[str]:
    found = cast.client(who).get("/api/projects/a/clips").json()["results"]
    return {clip["name"] for clip in found}


def claim(cast: Any) -> dict[str, Any]:
    task: dict[str, Any] = (
        cast.client("labeller").send("POST", "/api/work/claim", {}).json()["task"]
    )
    return task


def test_without_a_workflow_everybody_sees_all_clips(cast, clip) -> None:
    assert names(cast, "labeller") == {"clip"}


def test_labellers_see_the_clips_that_they_have_or_had(cast, make_tasks) -> None:
    make_tasks(2)
    assert names(cast, "labeller") == set()
    task = claim(cast)
    assert names(cast, "labeller") == {"clip 0"}
    path = f"/api/leases/{task['lease']['id']}/finish"
    cast.client("labeller").send(
        "POST", path, {"token": task["lease"]["token"], "action": "submit"}
    )
    assert names(cast, "labeller") == {"clip 0"}
    assert names(cast, "reviewer") == names(cast, "engineer") == {"clip 0", "clip 1"}


def test_other_clips_read_as_if_they_were_not_there(cast, make_tasks) -> None:
    first, other = make_tasks(2)
    claim(cast)
    assert cast.client("labeller").get(f"/api/clips/{other.clip_id}/label-sets").status_code == 404
    assert cast.client("labeller").get(f"/api/clips/{first.clip_id}/label-sets").status_code == 200
    path = f"/api/label-sets/{other.label_set_id}/labels"
    assert cast.client("labeller").get(path).status_code == 404
    assert cast.client("reviewer").get(path).status_code == 200


def test_labellers_see_what_they_may_start_from_and_no_answers(cast, make_tasks) -> None:
    (task,) = make_tasks(1)
    made = {
        source: LabelSet.objects.create(clip=task.clip, layer="objects", source=source)
        for source in ("model", "import", "gold", "simulation")
    }
    claim(cast)
    client = cast.client("labeller")
    found = client.get(f"/api/clips/{task.clip_id}/label-sets").json()
    assert {one["source"] for one in found} == {"human", "model", "import"}
    assert client.get(f"/api/label-sets/{made['gold'].pk}/labels").status_code == 404
    assert client.get(f"/api/label-sets/{made['model'].pk}/labels").status_code == 200
    everything = cast.client("admin").get(f"/api/clips/{task.clip_id}/label-sets").json()
    assert len(everything) == 5


def test_another_persons_task_of_the_same_clip_is_not_theirs(cast, make_tasks) -> None:
    (task,) = make_tasks(1)
    claim(cast)
    road = LabelSet.objects.create(clip=task.clip, layer="road", source="human")
    assert cast.client("labeller").get(f"/api/label-sets/{road.pk}").status_code == 404
