"""A batch of operations as a client sends it, parsed."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from labelapp.common.checking import (
    MISSING,
    FieldError,
    as_list,
    as_object,
    as_text,
    refuse_unknown,
)
from labelapp.common.errors import InvalidError
from labelapp.labels.format_check import MAX_ID_LENGTH

MAX_OPERATIONS = 5000
#: What fits into the database's integer.
_MAX_VERSION = 2**31 - 2


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: put a label, or delete it.

    Attributes:
        operation_id: Made by the client; an operation lands once, however often it is sent.
        label_id: Which label.
        base_version: The version of the label that it was made on, 0 for one that was never there.
        label: The label from then on, not yet checked; None: deleted.
    """

    operation_id: UUID
    label_id: str
    base_version: int
    label: dict[str, object] | None

    @property
    def kind(self) -> Literal["put", "delete"]:
        """What it does."""
        return "delete" if self.label is None else "put"


@dataclass(frozen=True, slots=True)
class Batch:
    """Operations that land together or not at all."""

    batch_id: UUID
    operations: tuple[Operation, ...]

    @classmethod
    def from_body(cls, body: object) -> "Batch":
        """Return the batch in a request's body.

        Raises:
            InvalidError: Its shape is wrong. Labels are not looked into here.
        """
        try:
            return _batch(body)
        except FieldError as error:
            msg = f"The batch cannot be read: {error}."
            raise InvalidError(msg, details={"fields": {error.field: [str(error)]}}) from error


def _batch(body: object) -> Batch:
    fields = as_object(body, "")
    refuse_unknown(fields, "", ["batch_id", "operations"])
    batch_id = _uuid(fields.get("batch_id", MISSING), "batch_id")
    sent = as_list(fields.get("operations", MISSING), "operations", of="operations", at_least=1)
    if len(sent) > MAX_OPERATIONS:
        raise FieldError("operations", f"at most {MAX_OPERATIONS} in one batch", len(sent))
    operations = [_operation(item, f"operations[{i}]") for i, item in enumerate(sent)]
    seen: dict[UUID, int] = {}
    for index, operation in enumerate(operations):
        if operation.operation_id in seen:
            raise FieldError(
                f"operations[{index}].operation_id",
                f"another one than operations[{seen[operation.operation_id]}] has",
                str(operation.operation_id),
            )
        seen[operation.operation_id] = index
    return Batch(batch_id, tuple(operations))


def _operation(value: object, path: str) -> Operation:
    fields = as_object(value, path)
    refuse_unknown(fields, path, ["operation_id", "kind", "label_id", "base_version", "label"])
    kind = fields.get("kind", MISSING)
    if kind not in ("put", "delete"):
        raise FieldError(f"{path}.kind", '"put" or "delete"', kind)
    label = fields.get("label")
    if kind == "put":
        label = as_object(fields.get("label", MISSING), f"{path}.label")
    elif label is not None:
        raise FieldError(f"{path}.label", "no label with a delete", label)
    return Operation(
        operation_id=_uuid(fields.get("operation_id", MISSING), f"{path}.operation_id"),
        label_id=as_text(
            fields.get("label_id", MISSING), f"{path}.label_id", at_most=MAX_ID_LENGTH
        ),
        base_version=_version(
            fields.get("base_version", MISSING), path, at_least=1 if kind == "delete" else 0
        ),
        label=label,
    )


def _version(value: object, path: str, *, at_least: int) -> int:
    if (
        not isinstance(value, int)
        or isinstance(value, bool)
        or not at_least <= value <= _MAX_VERSION
    ):
        expected = f"the version it was made on, an integer of {at_least} or more"
        raise FieldError(f"{path}.base_version", expected, value)
    return value


def _uuid(value: object, path: str) -> UUID:
    if isinstance(value, str):
        try:
            return UUID(value)
        except ValueError:
            pass
    raise FieldError(path, "a UUID", value)
