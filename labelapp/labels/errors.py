"""What can go wrong with labels."""

from collections.abc import Sequence
from typing import Any

from labelapp.common.checking import FieldError
from labelapp.common.errors import ConflictError, InvalidError


class InvalidLabelError(InvalidError):
    """A label breaks the format or the ontology."""

    code = "invalid_label"

    def __init__(self, operation_id: str | None, label_id: str, error: FieldError) -> None:
        super().__init__(
            f"Label '{label_id}' cannot be saved: {error}.",
            details={
                "operation_id": operation_id,
                "label_id": label_id,
                "field": error.field,
                "expected": error.expected,
                "found": str(error.found),
            },
        )


class VersionConflictError(ConflictError):
    """Somebody else changed the labels since; nothing of the batch landed."""

    code = "version_conflict"

    def __init__(self, conflicts: Sequence[dict[str, Any]]) -> None:
        labels = len({conflict["label_id"] for conflict in conflicts})
        what = "1 label was" if labels == 1 else f"{labels} labels were"
        super().__init__(
            f"{what} changed by somebody else since: nothing was saved.",
            details={"conflicts": list(conflicts)},
        )


class OperationIdReusedError(ConflictError):
    """An operation id that has landed comes again with another content."""

    code = "operation_id_reused"


class NoOntologyError(ConflictError):
    """People's labels need an ontology to be checked by."""

    code = "no_ontology"


class VisitIdReusedError(ConflictError):
    """A visit's id comes again for another label set or from somebody else."""

    code = "visit_id_reused"


class LabelSetExistsError(ConflictError):
    """There is a label set of this name, with other labels."""

    code = "label_set_exists"
