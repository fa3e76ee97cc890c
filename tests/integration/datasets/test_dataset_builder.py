"""What helps to put a data set together: what there is, what a spec says, how good labels are."""

from pathlib import Path
from typing import Any

import pytest

from labelapp.clips.models import Clip
from labelapp.clips.services import clip_import
from labelapp.labels.models import LabelSet
from labelapp.review.models import Correction
from labelapp.work.models import Task
from tests.integration.clip_folders import cuboid, write_clip_folder, write_labels

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clips(cast, ontology, tmp_path: Path) -> list[Clip]:
    made = []
    for number in range(3):
        folder = write_clip_folder(tmp_path / f"{number}", name=f"clip {number}", seed=number)
        write_labels(folder, [cuboid("a")])
        made.append(
            clip_import(
                actor=None, project=cast.project, folder=folder, progress=lambda *_: None
            ).clip
        )
    return made


def preview(cast, query: dict[str, Any]) -> Any:
    body = {"query": {"layers": ["objects"], "sources": ["gold"], **query}}
    return cast.client("engineer").send("post", "/api/projects/a/datasets/preview", body)


def reviewed(cast, clip: Clip, *scores: float) -> None:
    """Accept a clip's labels, with what review found of them each time."""
    task = Task.objects.create(
        project=cast.project, label_set=LabelSet.objects.get(clip=clip), clip=clip,
        layer="objects", stage="accepted", state="closed", accepted_revision=1,
    )  # fmt: skip
    for revision, score in enumerate(scores, 1):
        Correction.objects.create(
            task=task, submitted_revision=1, accepted_revision=revision, score=score
        )


def test_only_labels_that_review_found_good_are_taken(cast, clips) -> None:
    reviewed(cast, clips[0], 0.2, 0.95)  # the last one counts
    reviewed(cast, clips[1], 0.99, 0.5)
    assert preview(cast, {"min_score": 0.9}).json()["clips"] == 1
    assert preview(cast, {"min_score": 0.5}).json()["clips"] == 2
    assert preview(cast, {}).json()["clips"] == 3
    answer = preview(cast, {"min_score": 90})
    assert answer.status_code == 400
    assert answer.json()["message"] == "query.min_score: expected a score from 0 to 1, found 90."


def test_facets_say_what_there_is_to_ask_for(cast, clips) -> None:
    Clip.objects.filter(pk=clips[0].pk).update(
        attributes={"rain": True, "city": "Ulm", "odd": None},
        origin={"latitude_deg": 48.5, "longitude_deg": 9.5, "altitude_m": None},
    )
    Clip.objects.filter(pk=clips[1].pk).update(attributes={"lux": 7, "city": "Ulm"}, origin=None)
    Clip.objects.filter(pk=clips[2].pk).update(attributes={"lux": 2.5}, origin=None)
    found = cast.client("engineer").get("/api/projects/a/datasets/facets").json()
    assert found["clips"] == 3
    assert found["first_start_ns"] == str(min(clip.start_ns for clip in clips))
    assert found["place"] == {"south": 48.5, "west": 9.5, "north": 48.5, "east": 9.5}
    assert found["label_sets"] == [{"layer": "objects", "source": "gold", "count": 3}]
    by_name = {one["name"]: one for one in found["attributes"]}
    assert by_name.keys() == {"rain", "city", "lux"}
    assert by_name["city"]["values"] == [{"value": "Ulm", "clips": 2}]
    assert by_name["rain"]["values"] == [{"value": True, "clips": 1}]
    assert (by_name["lux"]["min"], by_name["lux"]["max"]) == (2.5, 7)


def test_a_spec_is_checked_line_by_line(cast) -> None:
    def check(text: str) -> Any:
        return (
            cast.client("engineer")
            .send("post", "/api/projects/a/target-specs/check", {"text": text})
            .json()
        )

    wrong = check("heads:\n  cars:\n    kind: boxes\n")
    assert [(one["line"], one["field"]) for one in wrong["problems"]] == [(3, "heads.cars.kind")]
    right = check("heads:\n  cars: {kind: objects2d}\n")
    assert (right["problems"], right["heads"]) == ([], ["cars"])
    assert "coco" in right["formats"]
    assert right["document"] == {"heads": {"cars": {"kind": "objects2d"}}}


def test_classes_that_the_ontology_does_not_have_are_noted_but_taken(cast, ontology) -> None:
    def notes(text: str) -> list[tuple[int, str]]:
        client = cast.client("engineer")
        answer = client.send("post", "/api/projects/a/target-specs/check", {"text": text}).json()
        assert answer["problems"] == []
        return [(one["line"], one["message"].split(" is ")[0]) for one in answer["notes"]]

    assert notes("kind: objects2d\nclasses: [car]\n") == []
    assert notes("") == []
    assert notes("kind: objects2d\nclasses:\n  - car\n  - {name: any, of: [van, unicorn]}\n") == [
        (4, "classes[1]: 'unicorn'")
    ]
    shared = "classes: [car, unicorn]\nheads:\n  a: {kind: objects2d}\n  b: {kind: depth}\n"
    assert notes(shared) == [(1, "classes[1]: 'unicorn'")]
    own = "heads:\n  a: {kind: objects2d}\n  b:\n    kind: lanes\n    classes: [griffin]\n"
    assert notes(own) == [(5, "heads.b.classes[0]: 'griffin'")]


def test_data_sets_are_listed_by_name_each_with_its_newest_version(cast, clips) -> None:
    client = cast.client("engineer")
    for name in ("streets", "alleys", "bare"):
        made = client.send("post", "/api/projects/a/datasets", {"name": name}).json()
        for spec in (None, {"kind": "objects2d"}) if name != "bare" else ():
            body = {"query": {"layers": ["objects"], "sources": ["gold"]}, "spec": spec}
            answer = client.send("post", f"/api/datasets/{made['id']}/versions", body)
            assert answer.status_code == 201, answer.content
    found = client.get("/api/projects/a/datasets").json()
    newest = [(one["name"], one["newest"] and one["newest"]["number"]) for one in found]
    assert newest == [("alleys", 2), ("bare", None), ("streets", 2)]
