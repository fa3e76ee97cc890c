"""Many at once: nothing acknowledged is lost, nothing lands twice, revisions have no gaps."""

import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from label_making import cuboid

from labelapp.labels.errors import VersionConflictError
from labelapp.labels.models import Label, LabelEvent
from labelapp.labels.operations import Batch, Operation
from labelapp.labels.services import label_set_ensure, operations_apply

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def at_once(work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    def closing(item: Any) -> Any:
        try:
            return work(item)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(closing, items))


def put(label_id: str, base_version: int, x_m: float) -> Operation:
    return Operation(uuid.uuid4(), label_id, base_version, cuboid(label_id, x_m))


def test_every_acknowledged_batch_is_there_once(cast, label_set) -> None:
    def save(number: int) -> int:
        batch = Batch(uuid.uuid4(), (put(f"l{number}", 0, 0.0), put(f"l{number}", 1, 1.0)))
        return operations_apply(actor=cast["labeller"], label_set=label_set, batch=batch).revision

    revisions = at_once(save, range(40))
    assert sorted(revisions) == list(range(1, 41))
    assert Label.objects.filter(version=2).count() == 40
    assert LabelEvent.objects.count() == 80


def test_one_of_many_on_the_same_base_wins(cast, label_set) -> None:
    def save(number: int) -> float | None:
        batch = Batch(uuid.uuid4(), (put("one", 0, float(number)),))
        try:
            operations_apply(actor=cast["labeller"], label_set=label_set, batch=batch)
        except VersionConflictError as error:
            (conflict,) = error.details["conflicts"]
            assert conflict["their_version"] == 1
            return None
        return float(number)

    winners = [x_m for x_m in at_once(save, range(16)) if x_m is not None]
    assert len(winners) == 1
    label = Label.objects.get()
    assert label.version == 1
    assert label.body["keyframes"][0]["position_m"][0] == winners[0]


def test_the_same_batch_sent_many_times_at_once_lands_once(cast, label_set) -> None:
    batch = Batch(uuid.uuid4(), (put("one", 0, 1.0), put("two", 0, 2.0)))

    def save(_: int) -> Any:
        return operations_apply(actor=cast["labeller"], label_set=label_set, batch=batch)

    results = at_once(save, range(16))
    assert all(result == results[0] for result in results)
    assert results[0].revision == 1
    assert LabelEvent.objects.count() == 2


def test_counting_up_by_many_loses_no_step(cast, label_set) -> None:
    steps = 5

    def count(_: int) -> None:
        landed, base = 0, 0
        while landed < steps:
            batch = Batch(uuid.uuid4(), (put("counter", base, float(base)),))
            try:
                result = operations_apply(actor=cast["labeller"], label_set=label_set, batch=batch)
            except VersionConflictError as error:
                base = error.details["conflicts"][0]["their_version"]
                continue
            base = result.results[0].version
            landed += 1

    at_once(count, range(THREADS))
    assert Label.objects.get().version == steps * THREADS
    versions = LabelEvent.objects.order_by("version").values_list("version", flat=True)
    assert list(versions) == list(range(1, steps * THREADS + 1))


def test_a_label_set_wanted_by_many_at_once_is_made_once(cast, clip, ontology) -> None:
    def ensure(_: int) -> Any:
        label_set, _is_new = label_set_ensure(
            actor=cast["labeller"], clip=clip, layer="objects", source="human"
        )
        return label_set.pk

    assert len(set(at_once(ensure, range(16)))) == 1
