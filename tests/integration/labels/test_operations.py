"""Saving: a batch lands whole, once, or not at all."""

import uuid
from typing import Any

import pytest
from label_making import batch, cuboid, delete, put

from labelapp.labels.models import Label, LabelEvent


@pytest.fixture
def save(cast, label_set):
    def send(*operations: dict[str, Any], who: str = "labeller", body: Any = None) -> Any:
        path = f"/api/label-sets/{label_set.pk}/operations"
        return cast.client(who).send("POST", path, body or batch(*operations))

    return send


@pytest.fixture
def labels(cast, label_set):
    def read(**query: Any) -> Any:
        return cast.client("labeller").get(f"/api/label-sets/{label_set.pk}/labels", query).json()

    return read


def test_a_new_label_lands_with_version_one(save, labels) -> None:
    operation = put(cuboid("one"))
    response = save(operation)
    assert response.status_code == 200
    result = {"operation_id": operation["operation_id"], "label_id": "one", "version": 1}
    assert response.json() == {"revision": 1, "results": [result]}
    expected = {"label_id": "one", "version": 1, "label": operation["label"]}
    assert labels() == {"revision": 1, "labels": [expected]}


def test_numbers_and_texts_come_back_as_they_were(save, labels) -> None:
    frames = [
        {
            "time_ns": "-4611686018427387904",
            "position_m": [0.1 + 0.2, -1e-12, 123456.789012345],
            "quat_xyzw": [0.0, 0.0, 0.7071067811865476, 0.7071067811865475],
        },
        {
            "time_ns": "4611686018427387904",
            "position_m": [5e-324, 1.7976931348623157, 9007199254740991],
            "quat_xyzw": [0, 0, 0, 1],
        },
    ]
    label = cuboid('<é "\\ \u2028 🚗>', keyframes=frames, **{"class": "other"})
    label["attributes"] = {"description": "naïve\n\t漢字"}
    assert save(put(label)).status_code == 200
    assert labels()["labels"][0]["label"] == label


def test_a_batch_applies_in_order_and_raises_the_revision_once(save, labels) -> None:
    operations = [
        put(cuboid("one", 1.0)),
        put(cuboid("two", 2.0)),
        put(cuboid("one", 3.0), 1),
        delete("two", 1),
        put(cuboid("two", 4.0), 2),
    ]
    response = save(*operations).json()
    assert [result["version"] for result in response["results"]] == [1, 1, 2, 2, 3]
    found = labels()
    assert found["revision"] == response["revision"] == 1
    assert [(x["label_id"], x["version"]) for x in found["labels"]] == [("one", 2), ("two", 3)]
    assert found["labels"][0]["label"]["keyframes"][0]["position_m"][0] == 3.0


def test_a_deleted_label_goes_on_counting_when_it_is_put_again(save, labels) -> None:
    save(put(cuboid("one")))
    assert save(delete("one", 1)).json()["results"][0]["version"] == 2
    assert labels() == {"revision": 2, "labels": []}
    assert save(put(cuboid("one")), put(cuboid("x"))).status_code == 409
    assert save(put(cuboid("one"), 2)).json()["results"][0]["version"] == 3


def test_the_same_batch_can_be_sent_any_number_of_times(save, labels) -> None:
    body = batch(put(cuboid("one")), put(cuboid("two")))
    first = save(body=body)
    save(put(cuboid("three")))
    for _ in range(3):
        again = save(body=body)
        assert (again.status_code, again.json()) == (200, first.json())
    assert labels()["revision"] == 2
    assert LabelEvent.objects.count() == 3


def test_a_batch_that_landed_in_part_lands_only_in_its_other_part(save, labels) -> None:
    one, two = put(cuboid("one")), put(cuboid("two"))
    save(one)
    response = save(one, two).json()
    assert response["revision"] == 2
    assert [result["version"] for result in response["results"]] == [1, 1]
    assert LabelEvent.objects.filter(label_id="one").count() == 1


def test_a_landed_operation_is_answered_even_if_the_label_went_on(save) -> None:
    first = put(cuboid("one"))
    save(first)
    save(put(cuboid("one", 5.0), 1))
    response = save(first)
    assert response.json()["results"][0]["version"] == 1
    assert response.json()["revision"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"label": cuboid("one", 9.0)},
        {"label_id": "two", "label": cuboid("two")},
        {"base_version": 1},
        {"kind": "delete", "base_version": 1, "label": None},
    ],
)
def test_an_operation_id_with_another_content_is_refused(save, labels, changes) -> None:
    operation = put(cuboid("one"))
    save(operation)
    before = labels()
    response = save(put(cuboid("new")), operation | changes)
    assert (response.status_code, response.json()["code"]) == (409, "operation_id_reused")
    assert response.json()["details"]["operation_id"] == operation["operation_id"]
    assert labels() == before


def test_the_same_operation_id_in_two_label_sets_is_two_operations(
    cast, clip, ontology, save
) -> None:
    path = f"/api/clips/{clip.pk}/label-sets"
    gold = cast.client("admin").send("POST", path, {"layer": "objects", "source": "gold"}).json()
    operation = put(cuboid("one"))
    save(operation)
    response = cast.client("admin").send(
        "POST", f"/api/label-sets/{gold['id']}/operations", batch(operation)
    )
    assert response.status_code == 200
    assert LabelEvent.objects.count() == 2


def test_a_stale_base_is_refused_with_both_versions(save, labels) -> None:
    save(put(cuboid("one", 1.0)))
    save(put(cuboid("one", 2.0), 1), who="reviewer")
    mine = put(cuboid("one", 3.0), 1)
    response = save(put(cuboid("two")), mine)
    assert response.status_code == 409
    assert response.json()["code"] == "version_conflict"
    assert response.json()["details"] == {
        "conflicts": [
            {
                "operation_id": mine["operation_id"],
                "label_id": "one",
                "base_version": 1,
                "yours": mine["label"],
                "theirs": cuboid("one", 2.0),
                "their_version": 2,
                "their_author": "reviewer",
            }
        ]
    }
    assert [x["label_id"] for x in labels()["labels"]] == ["one"]


def test_all_conflicts_are_told_at_once(save) -> None:
    save(put(cuboid("one")), put(cuboid("two")))
    save(delete("two", 1), who="reviewer")
    response = save(put(cuboid("one")), put(cuboid("two"), 1), put(cuboid("three"), 4))
    conflicts = response.json()["details"]["conflicts"]
    told = [(c["label_id"], c["theirs"], c["their_version"], c["their_author"]) for c in conflicts]
    assert told == [
        ("one", cuboid("one"), 1, "labeller"),
        ("two", None, 2, "reviewer"),
        ("three", None, 0, None),
    ]


def test_deleting_on_a_stale_base_is_a_conflict_too(save) -> None:
    save(put(cuboid("one")), put(cuboid("one", 1.0), 1))
    response = save(delete("one", 1))
    (conflict,) = response.json()["details"]["conflicts"]
    assert conflict["yours"] is None
    assert conflict["their_version"] == 2


def test_a_label_that_breaks_the_format_is_refused_with_its_field(save, labels) -> None:
    bad = cuboid("two")
    bad["keyframes"][0]["size_m"] = [-1, 2, 2]
    operation = put(bad)
    response = save(put(cuboid("one")), operation)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_label")
    details = response.json()["details"]
    assert details["operation_id"] == operation["operation_id"]
    assert details["field"] == "keyframes[0].size_m"
    assert "expected three numbers above 0" in response.json()["message"]
    assert labels() == {"revision": 0, "labels": []}
    assert not LabelEvent.objects.exists()


@pytest.mark.parametrize(
    ("label", "field"),
    [
        (cuboid("one", **{"class": "spaceship"}), "class"),
        (cuboid("one", **{"class": "kerb"}), "class"),
        (cuboid("one", attributes={"wings": 2}), "attributes.wings"),
        (cuboid("one", atributes={}), "atributes"),
        (cuboid("other"), "id"),
    ],
)
def test_a_label_that_the_ontology_does_not_know_is_refused(save, label, field) -> None:
    response = save(put(label, label_id="one"))
    assert response.json()["code"] == "invalid_label"
    assert response.json()["details"]["field"] == field


def test_a_network_may_save_classes_that_the_ontology_does_not_know(cast, clip, ontology) -> None:
    client = cast.client("engineer")
    path = f"/api/clips/{clip.pk}/label-sets"
    model = client.send("POST", path, {"layer": "objects", "source": "model"}).json()
    label = cuboid("one", **{"class": "spaceship"}, score=0.5, attributes={"wings": 2})
    path = f"/api/label-sets/{model['id']}/operations"
    assert client.send("POST", path, batch(put(label))).status_code == 200


def test_a_landed_operation_is_answered_even_when_the_ontology_no_longer_knows_it(
    cast, save, default_ontology
) -> None:
    from labelapp.ontology.services import ontology_create

    operation = put(cuboid("one"))
    save(operation)
    layers = [layer for layer in default_ontology["layers"] if layer["name"] == "road"]
    ontology_create(actor=None, project=cast.project, body={"layers": layers})
    assert save(operation).status_code == 200
    assert save(put(cuboid("two"))).json()["code"] == "no_ontology"


@pytest.mark.parametrize("body", [[], {}, {"batch_id": str(uuid.uuid4())}, "text", None])
def test_a_malformed_batch_is_refused(cast, label_set, body) -> None:
    path = f"/api/label-sets/{label_set.pk}/operations"
    response = cast.client("labeller").send("POST", path, body)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_who_may_not_save_changes_nothing(cast, save, clip, ontology) -> None:
    refused = save(put(cuboid("one")), who="engineer")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert save(put(cuboid("one")), who="stranger").status_code == 404
    assert save(put(cuboid("one")), who="anonymous").status_code == 401
    assert not Label.objects.exists()


def test_saving_costs_the_same_for_many_labels(save, django_assert_max_num_queries) -> None:
    save(put(cuboid("first")))
    # Session, user, label set, role, savepoint or transaction, lock, landed, ontology, labels,
    # events, labels, revision, release.
    with django_assert_max_num_queries(14):
        save(put(cuboid("one")))
    with django_assert_max_num_queries(14):
        save(*[put(cuboid(f"many{number}")) for number in range(200)])
