"""A whole label set is imported in one go, once."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from label_making import cuboid

from labelapp.common.rendering import to_json
from labelapp.labels.errors import InvalidLabelError, NoOntologyError
from labelapp.labels.models import Label, LabelEvent, LabelSet
from labelapp.labels.selectors import labels_at, labels_now
from labelapp.labels.services import label_set_import


def bodies(found: dict[str, Any]) -> list[Any]:
    return [x["label"] for x in json.loads(to_json(found["labels"]))]


@pytest.fixture
def take(clip):
    def send(labels: list[dict[str, Any]], source: str = "gold", layer: str = "objects"):
        return label_set_import(actor=None, clip=clip, layer=layer, source=source, labels=labels)

    return send


def test_imported_labels_are_there_with_their_events(cast, clip) -> None:
    labels = [cuboid("two"), cuboid("one")]
    label_set = label_set_import(
        actor=cast["engineer"], clip=clip, layer="objects", source="gold", labels=labels
    )
    assert (label_set.revision, label_set.name) == (1, "")
    assert list(Label.objects.values_list("label_id", "version")) == [("one", 1), ("two", 1)]
    events = LabelEvent.objects.values_list("label_id", "revision", "author__username")
    assert list(events) == [("two", 1, "engineer"), ("one", 1, "engineer")]


def test_the_same_content_again_changes_nothing(take) -> None:
    first = take([cuboid("one"), cuboid("two")])
    reordered = [dict(reversed(cuboid("two").items())), cuboid("one")]
    assert take(reordered) == first
    assert (LabelSet.objects.count(), LabelEvent.objects.count()) == (1, 2)


def test_what_comes_back_from_the_database_is_the_same_content(take) -> None:
    label = cuboid("one", -0.0)
    label["attributes"] = {"sign": -0.0, "text": "-0.0", "off": False}
    first = take([label])
    (back,) = Label.objects.values_list("body", flat=True)
    assert json.dumps(back["attributes"]["sign"]) == "0.0"
    assert take([back]) == first
    assert take([{**label, "attributes": {**label["attributes"], "text": "0.0"}}]) != first


def test_another_content_is_a_label_set_of_its_own(take) -> None:
    first = take([cuboid("one")])
    second = take([cuboid("one", 5.0)])
    assert first.name == ""
    assert second.name == second.import_hash[:12]
    assert take([cuboid("one", 5.0)]) == second


def test_the_same_labels_from_another_source_are_another_label_set(take) -> None:
    assert take([cuboid("one")]) != take([cuboid("one")], source="simulation")


def test_an_empty_label_set_has_no_revision(take) -> None:
    assert take([]).revision == 0
    assert LabelSet.objects.count() == 1
    take([])
    assert LabelSet.objects.count() == 1


def test_a_defect_leaves_nothing_behind(take) -> None:
    with pytest.raises(InvalidLabelError, match="Label 'two' cannot be saved: size_m: expected"):
        take([cuboid("one"), cuboid("two", size_m=[0, 0, 0])])
    assert not LabelSet.objects.exists()
    assert not LabelEvent.objects.exists()


def test_an_id_twice_is_refused(take) -> None:
    with pytest.raises(InvalidLabelError, match="every id once in a label set"):
        take([cuboid("one"), cuboid("one", 2.0)])


def test_people_s_work_is_imported_only_if_the_ontology_knows_it(take, ontology) -> None:
    take([cuboid("one")], source="human")
    with pytest.raises(InvalidLabelError, match="class: expected a class of the layer objects"):
        take([cuboid("one", **{"class": "spaceship"})], source="human")


def test_people_s_work_needs_an_ontology(take) -> None:
    with pytest.raises(NoOntologyError):
        take([cuboid("one")], source="human")


def test_an_imported_label_set_can_be_worked_on(cast, clip, take) -> None:
    label_set = take([cuboid("one")])
    operation = {
        "operation_id": "7b0e4c1a-5c1d-4f0e-9a6b-0d4b8f2f7f11",
        "kind": "put",
        "label_id": "one",
        "base_version": 1,
        "label": cuboid("one", 7.0),
    }
    body = {"batch_id": "7b0e4c1a-5c1d-4f0e-9a6b-0d4b8f2f7f12", "operations": [operation]}
    path = f"/api/label-sets/{label_set.pk}/operations"
    assert cast.client("engineer").send("POST", path, body).json()["revision"] == 2


def test_ten_thousand_labels_are_imported_in_a_few_statements(
    take, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(200):
        label_set = take([cuboid(f"l{number}", float(number)) for number in range(10_000)])
    assert Label.objects.filter(label_set=label_set).count() == 10_000


def test_every_real_label_set_comes_back_as_it_was(take, real_clips: Path) -> None:
    paths = sorted(real_clips.glob("*/labels/*.json"))
    assert paths
    for path in paths:
        given = json.loads(path.read_text())
        label_set = take(given["labels"], source=given["source"], layer=given["layer"])
        expected = sorted(given["labels"], key=lambda label: label["id"])
        by_id = sorted(bodies(labels_now(label_set)), key=lambda label: label["id"])
        assert by_id == expected
        assert bodies(labels_at(label_set, 1)) == bodies(labels_now(label_set))


@pytest.mark.django_db(transaction=True)
def test_the_same_import_twice_at_once_makes_one_label_set(clip) -> None:
    labels = [cuboid(f"l{number}") for number in range(50)]

    def take(_: int) -> object:
        try:
            return label_set_import(
                actor=None, clip=clip, layer="objects", source="gold", labels=labels
            ).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(take, range(8)))) == 1
    assert LabelEvent.objects.count() == 50
