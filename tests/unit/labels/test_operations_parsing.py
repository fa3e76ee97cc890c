"""A batch is read whole or refused with a sentence that names the field."""

import uuid
from typing import Any

import pytest

from labelapp.common.errors import InvalidError
from labelapp.labels.operations import MAX_OPERATIONS, Batch


def put(**changes: Any) -> dict[str, Any]:
    operation = {
        "operation_id": str(uuid.uuid4()),
        "kind": "put",
        "label_id": "one",
        "base_version": 0,
        "label": {"id": "one"},
    }
    return {key: value for key, value in (operation | changes).items() if value != "REMOVED"}


def delete(**changes: Any) -> dict[str, Any]:
    return put(kind="delete", base_version=1, label="REMOVED") | changes


def batch(*operations: Any) -> dict[str, Any]:
    return {"batch_id": str(uuid.uuid4()), "operations": list(operations)}


def test_a_batch_keeps_its_order() -> None:
    parsed = Batch.from_body(batch(put(), delete(), put(label_id="two")))
    assert [(op.kind, op.label_id) for op in parsed.operations] == [
        ("put", "one"),
        ("delete", "one"),
        ("put", "two"),
    ]


TWICE = str(uuid.uuid4())


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (None, "expected an object, found null"),
        ({"operations": [put()]}, "batch_id: expected a UUID, found nothing"),
        (batch(), "operations: expected a list of 1 or more operations"),
        (batch(3), "operations[0]: expected an object, found 3"),
        (batch(put(operation_id="7")), 'operations[0].operation_id: expected a UUID, found "7"'),
        (batch(put(operation_id=7)), "operations[0].operation_id: expected a UUID, found 7"),
        (batch(put(), put(kind="move")), 'operations[1].kind: expected "put" or "delete"'),
        (batch(put(label_id="")), "operations[0].label_id: expected a text of 1 to 200"),
        (batch(put(label_id="x" * 201)), "operations[0].label_id: expected a text of 1 to 200"),
        (batch(put(base_version=-1)), "operations[0].base_version: expected the version"),
        (batch(put(base_version=True)), "operations[0].base_version: expected the version"),
        (batch(put(base_version=1.0)), "operations[0].base_version: expected the version"),
        (batch(put(base_version=2**31)), "operations[0].base_version: expected the version"),
        (batch(put(label="REMOVED")), "operations[0].label: expected an object, found nothing"),
        (batch(delete(base_version=0)), "operations[0].base_version: expected the version"),
        (batch(delete(label={})), "operations[0].label: expected no label with a delete"),
        (batch(put(base=1)), "operations[0].base: expected one of the fields operation_id"),
        (
            batch(put(operation_id=TWICE), put(operation_id=TWICE)),
            "operations[1].operation_id: expected another one than operations[0] has",
        ),
        (batch(*[put()] * (MAX_OPERATIONS + 1)), "operations: expected at most 5000 in one batch"),
    ],
)
def test_a_defect_is_refused_with_its_path(body: Any, sentence: str) -> None:
    with pytest.raises(InvalidError) as caught:
        Batch.from_body(body)
    assert sentence in caught.value.message
