"""Whatever is saved: the labels now are what the events rebuild, at every revision."""

import json
import uuid
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from label_making import cuboid

from labelapp.common.rendering import to_json
from labelapp.labels.errors import VersionConflictError
from labelapp.labels.models import Label, LabelEvent
from labelapp.labels.operations import Batch, Operation
from labelapp.labels.selectors import events_after, labels_at, labels_now, labels_parsed_at
from labelapp.labels.services import operations_apply

#: Few labels, so that operations meet; a step back from the newest version now and then is stale.
OPERATION = st.tuples(
    st.sampled_from(["one", "two", "three"]),
    st.sampled_from(["put", "put", "delete"]),
    st.integers(-1000, 1000),
    st.sampled_from([0, 0, 0, 0, 0, -1, 1]),
)
BATCHES = st.lists(st.lists(OPERATION, min_size=1, max_size=5), min_size=1, max_size=8)


class Model:
    """The plainest label set that could be right: a dictionary, and a copy of it per revision."""

    def __init__(self) -> None:
        self.labels: dict[str, tuple[int, Any]] = {}
        self.revisions: list[dict[str, tuple[int, Any]]] = [{}]

    def operations(self, wishes: list[tuple[str, str, int, int]]) -> tuple[Operation, ...]:
        """Return a batch whose bases are those of the model, off by what each wish says."""
        versions = {label_id: version for label_id, (version, _) in self.labels.items()}
        made = []
        for label_id, kind, x_m, off in wishes:
            version = versions.get(label_id, 0)
            base = max(1 if kind == "delete" else 0, version + off)
            label = None if kind == "delete" else cuboid(label_id, float(x_m))
            made.append(Operation(uuid.uuid4(), label_id, base, label))
            if base == version:
                versions[label_id] = version + 1
        return tuple(made)

    def apply(self, operations: tuple[Operation, ...]) -> bool:
        """Apply a batch and return True, or do nothing and return False if a base is stale."""
        after = dict(self.labels)
        for op in operations:
            if after.get(op.label_id, (0, None))[0] != op.base_version:
                return False
            after[op.label_id] = (op.base_version + 1, op.label)
        self.labels = after
        self.revisions.append(after)
        return True


def seen(found: dict[str, Any]) -> dict[str, tuple[int, Any]]:
    parsed = json.loads(to_json(found))
    return {x["label_id"]: (x["version"], x["label"]) for x in parsed["labels"]}


def there(labels: dict[str, tuple[int, Any]]) -> dict[str, tuple[int, Any]]:
    return {label_id: known for label_id, known in labels.items() if known[1] is not None}


@pytest.mark.slow
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(batches=BATCHES, resent=st.randoms(use_true_random=False))
def test_rebuilt_labels_equal_the_labels_at_every_revision(
    cast, label_set, batches, resent
) -> None:
    # Each example undoes what it did: the next one finds the label set empty.
    with transaction.atomic():
        model = Model()
        sent: list[tuple[Batch, int]] = []
        for wishes in batches:
            batch = Batch(uuid.uuid4(), model.operations(wishes))
            if model.apply(batch.operations):
                result = operations_apply(actor=cast["labeller"], label_set=label_set, batch=batch)
                assert result.revision == len(model.revisions) - 1
                sent.append((batch, result.revision))
            else:
                with pytest.raises(VersionConflictError), transaction.atomic():
                    operations_apply(actor=cast["labeller"], label_set=label_set, batch=batch)
            if sent and resent.random() < 0.3:
                again, revision = resent.choice(sent)
                result = operations_apply(actor=cast["labeller"], label_set=label_set, batch=again)
                assert result.revision == revision
        label_set.refresh_from_db()
        assert label_set.revision == len(model.revisions) - 1
        for revision, labels in enumerate(model.revisions):
            assert seen(labels_at(label_set, revision)) == there(labels)
            parsed = labels_parsed_at(label_set, revision)
            assert {x.label_id: (x.version, x.label) for x in parsed} == there(labels)
        assert seen(labels_now(label_set)) == there(model.labels)
        rows = Label.objects.filter(label_set=label_set).values_list("label_id", "version", "body")
        assert {label_id: (version, body) for label_id, version, body in rows} == model.labels
        replayed: dict[str, tuple[int, Any]] = {}
        for event in json.loads(to_json(events_after(label_set, 0)))["events"]:
            replayed[event["label_id"]] = (event["version"], event["label"])
        assert replayed == model.labels
        assert LabelEvent.objects.count() == sum(len(batch.operations) for batch, _ in sent)
        transaction.set_rollback(True)
