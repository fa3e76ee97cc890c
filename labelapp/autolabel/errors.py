"""What can go wrong when a proposal is asked for."""

from labelapp.common.checking import FieldError
from labelapp.common.errors import ConflictError, InvalidError


class NoSweepsError(ConflictError):
    """Proposals are made from sweeps, and the clip has none."""

    code = "no_sweeps"


def invalid_field(field: str, expected: str, found: object) -> InvalidError:
    """Return the refusal of a field of the request."""
    sentence = f"{FieldError(field, expected, found)}."
    return InvalidError(sentence, details={"fields": {field: [sentence]}})
