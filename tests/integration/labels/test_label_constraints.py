"""What the database itself refuses about labels and events."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from labelapp.common.append_only import purging
from labelapp.labels.models import Label, LabelEvent, LabelSet


@contextmanager
def refused_by(constraint: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        yield


@pytest.fixture
def event(label_set):
    def make(**changes: Any) -> LabelEvent:
        values = {
            "label_set": label_set,
            "revision": 1,
            "position": 0,
            "batch_id": uuid.uuid4(),
            "operation_id": uuid.uuid4(),
            "kind": "put",
            "label_id": "one",
            "version": 1,
            "body": {},
        }
        return LabelEvent.objects.create(**values | changes)

    return make


def test_a_clip_has_one_label_set_of_a_layer_source_and_name(clip, label_set) -> None:
    with refused_by("label_set_unique_layer_source_name_in_clip"):
        LabelSet.objects.create(clip=clip, layer="objects", source="human")


def test_a_source_is_a_known_one(clip) -> None:
    with refused_by("label_set_source_is_known"):
        LabelSet.objects.create(clip=clip, layer="objects", source="magic")


@pytest.mark.parametrize("layer", ["", "Objects", "1st", "a-b"])
def test_a_layer_is_a_name(clip, layer: str) -> None:
    with refused_by("label_set_layer_is_a_name"):
        LabelSet.objects.create(clip=clip, layer=layer, source="gold")


def test_a_label_is_in_its_label_set_once(label_set) -> None:
    Label.objects.create(label_set=label_set, label_id="one", version=1, body={})
    with refused_by("label_id_unique_in_label_set"):
        Label.objects.create(label_set=label_set, label_id="one", version=1, body={})


def test_a_label_has_an_id(label_set) -> None:
    with refused_by("label_id_is_not_empty"):
        Label.objects.create(label_set=label_set, label_id="", version=1, body={})


def test_versions_of_labels_count_from_one(label_set) -> None:
    with refused_by("label_version_counts_from_1"):
        Label.objects.create(label_set=label_set, label_id="one", version=0, body={})


def test_an_operation_lands_once(event) -> None:
    first = event()
    with refused_by("label_event_operation_lands_once"):
        event(operation_id=first.operation_id, label_id="two", position=1)


def test_a_version_is_made_once(event) -> None:
    event()
    with refused_by("label_event_version_made_once"):
        event(position=1)


def test_an_event_has_its_own_place(event) -> None:
    event()
    with refused_by("label_event_place_in_order"):
        event(label_id="two")


@pytest.mark.parametrize(
    "changes", [{"body": None}, {"kind": "delete"}, {"kind": "move"}, {"kind": ""}]
)
def test_a_put_has_a_body_and_a_delete_has_none(event, changes) -> None:
    with refused_by("label_event_put_has_a_body"):
        event(**changes)


@pytest.mark.parametrize("changes", [{"revision": 0}, {"version": 0}])
def test_revisions_and_versions_of_events_count_from_one(event, changes) -> None:
    with refused_by("label_event_counts_from_1"):
        event(**changes)


def test_an_event_cannot_be_changed(event) -> None:
    event()
    with refused_by("labels_labelevent is append-only: UPDATE is refused"):
        LabelEvent.objects.update(body={"other": True})


def test_an_event_cannot_be_removed(event) -> None:
    found = event()
    with refused_by("labels_labelevent is append-only: DELETE is refused"):
        found.delete()


def test_a_label_set_with_history_cannot_be_removed_by_the_way(event, label_set) -> None:
    event()
    with refused_by("labels_labelevent is append-only: DELETE is refused"):
        label_set.delete()


def test_purging_removes_a_label_set_with_its_history(event, label_set) -> None:
    event()
    with purging():
        label_set.delete()
    assert not LabelEvent.objects.exists()
