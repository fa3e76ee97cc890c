"""What happened to a label set, and how it was at any revision."""

import pytest
from label_making import batch, cuboid, delete, put

from labelapp.labels import selectors
from labelapp.labels.services import label_set_import


@pytest.fixture
def save(cast, label_set):
    def send(*operations, who="labeller"):
        path = f"/api/label-sets/{label_set.pk}/operations"
        response = cast.client(who).send("POST", path, batch(*operations))
        assert response.status_code == 200
        return response.json()

    return send


@pytest.fixture
def get(cast, label_set):
    def read(what, **query):
        return cast.client("reviewer").get(f"/api/label-sets/{label_set.pk}/{what}", query)

    return read


def test_events_come_in_order_with_their_authors(cast, save, get) -> None:
    first = put(cuboid("one", 1.0))
    second = put(cuboid("two"))
    third = delete("one", 1)
    save(first, second)
    save(third, who="reviewer")
    found = get("events").json()
    assert (found["revision"], found["has_more"]) == (2, False)
    told = [(e["revision"], e["kind"], e["label_id"], e["version"]) for e in found["events"]]
    assert told == [(1, "put", "one", 1), (1, "put", "two", 1), (2, "delete", "one", 2)]
    assert [e["author"] for e in found["events"]] == ["labeller", "labeller", "reviewer"]
    assert [e["label"] for e in found["events"]] == [first["label"], second["label"], None]
    ids = [first["operation_id"], second["operation_id"], third["operation_id"]]
    assert [e["operation_id"] for e in found["events"]] == ids


def test_an_authors_display_name_is_shown(cast, save, get) -> None:
    labeller = cast["labeller"]
    labeller.display_name = "Lena"
    labeller.save()
    save(put(cuboid("one")))
    assert get("events").json()["events"][0]["author"] == "Lena"


def test_only_events_after_a_revision_are_sent(save, get) -> None:
    for number in range(4):
        save(put(cuboid(f"l{number}")))
    found = get("events", after=2).json()
    assert [event["revision"] for event in found["events"]] == [3, 4]
    assert get("events", after=4).json() == {"revision": 4, "events": [], "has_more": False}


def test_a_batch_is_never_torn(save, get, monkeypatch) -> None:
    monkeypatch.setattr(selectors, "MAX_EVENTS", 5)
    for number in range(3):
        save(*[put(cuboid(f"{number}-{index}")) for index in range(3)])
    revisions, after = [], 0
    for has_more in (True, True, False):
        found = get("events", after=after).json()
        assert (len(found["events"]), found["has_more"], found["revision"]) == (3, has_more, 3)
        after = found["events"][-1]["revision"]
        revisions.append(after)
    assert revisions == [1, 2, 3]


def test_a_revision_that_is_too_big_alone_comes_whole(save, get, monkeypatch) -> None:
    monkeypatch.setattr(selectors, "MAX_EVENTS", 5)
    save(*[put(cuboid(f"a{index}")) for index in range(8)])
    found = get("events").json()
    assert (len(found["events"]), found["has_more"]) == (8, False)
    save(put(cuboid("b")))
    found = get("events").json()
    assert (len(found["events"]), found["has_more"]) == (8, True)
    assert len(get("events", after=1).json()["events"]) == 1


def test_any_revision_can_be_read(save, get) -> None:
    save(put(cuboid("one", 1.0)), put(cuboid("two", 2.0)))
    save(put(cuboid("one", 3.0), 1))
    save(delete("two", 1))
    save(put(cuboid("two", 4.0), 2))

    def at(revision):
        found = get("labels", revision=revision).json()
        assert found["revision"] == revision
        return [
            (x["label_id"], x["version"], x["label"]["keyframes"][0]["position_m"][0])
            for x in found["labels"]
        ]

    assert at(0) == []
    assert at(1) == [("one", 1, 1.0), ("two", 1, 2.0)]
    assert at(2) == [("one", 2, 3.0), ("two", 1, 2.0)]
    assert at(3) == [("one", 2, 3.0)]
    assert at(4) == [("one", 2, 3.0), ("two", 3, 4.0)]
    assert get("labels", revision=4).json() == get("labels").json()


@pytest.mark.parametrize("revision", ["2", "-1", "x", "", "1.0", "9" * 30, "٣"])
def test_a_revision_that_was_never_made_is_refused(save, get, revision) -> None:
    save(put(cuboid("one")))
    response = get("labels", revision=revision)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert response.json()["message"].startswith("revision: expected")


def test_a_malformed_place_to_start_from_is_refused(get) -> None:
    assert get("events", after="now").json()["code"] == "invalid"


def test_reading_costs_the_same_for_many(cast, clip, django_assert_num_queries) -> None:
    few = [cuboid("one")]
    many = [cuboid(f"l{number}") for number in range(500)]
    client = cast.client("labeller")
    for labels, name in ((few, "road"), (many, "objects")):
        label_set = label_set_import(
            actor=None, clip=clip, layer=name, source="gold", labels=labels
        )
        # Session, user, label set, labels.
        with django_assert_num_queries(4):
            found = client.get(f"/api/label-sets/{label_set.pk}/labels").json()
        assert len(found["labels"]) == len(labels)
        with django_assert_num_queries(5):
            found = client.get(f"/api/label-sets/{label_set.pk}/events").json()
        assert len(found["events"]) == len(labels)
        assert found["events"][0]["author"] is None
