"""Checks of JSON from outside; a failure names the field, what was expected and what was found."""

import math
from collections.abc import Iterable

#: Longer values are shortened in sentences.
_SHOWN_LENGTH = 80


class FieldError(ValueError):
    """A field of some JSON is not what it must be.

    Attributes:
        field: Path of the field, as in ``keyframes[3].size_m``; empty for the whole.
        expected: What should be there.
        found: What is there, shortened.
    """

    def __init__(self, field: str, expected: str, found: object) -> None:
        self.field = field
        self.expected = expected
        self.found = found if isinstance(found, Shown) else shown(found)
        super().__init__(f"{field + ': ' if field else ''}expected {expected}, found {self.found}")


class Shown(str):
    """A description of what was found, to be put into the sentence as it is."""

    __slots__ = ()


MISSING = Shown("nothing")


def shown(value: object) -> Shown:
    """Return a value as a sentence can carry it: like JSON, short."""
    if value is None or isinstance(value, bool):
        return Shown({None: "null", True: "true", False: "false"}[value])
    if isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, dict):
        text = "an object with " + (", ".join(map(str, value)) or "nothing in it")
    else:
        # Only as much of a long list as can be shown is written out.
        text = repr(value[:20] if isinstance(value, list) else value).replace("'", '"')
    return Shown(text if len(text) <= _SHOWN_LENGTH else text[: _SHOWN_LENGTH - 1] + "…")


def as_object(value: object, field: str) -> dict[str, object]:
    """Return the value if it is a JSON object."""
    if not isinstance(value, dict):
        raise FieldError(field, "an object", value)
    return value


def as_list(value: object, field: str, *, of: str, at_least: int = 0) -> list[object]:
    """Return the value if it is a list that is long enough."""
    if not isinstance(value, list) or len(value) < at_least:
        many = f"a list of {at_least} or more {of}" if at_least else f"a list of {of}"
        raise FieldError(field, many, value)
    return value


def as_text(value: object, field: str, *, at_most: int, what: str = "a text") -> str:
    """Return the value if it is a text that is neither empty nor too long."""
    if not isinstance(value, str) or not value.strip() or len(value) > at_most:
        raise FieldError(field, f"{what} of 1 to {at_most} characters", value)
    return value


def as_number(value: object, field: str, *, expected: str = "a finite number") -> float:
    """Return the value if it is a finite number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise FieldError(field, expected, value)
    return value


def as_boolean(value: object, field: str) -> bool:
    """Return the value if it is true or false."""
    if not isinstance(value, bool):
        raise FieldError(field, "true or false", value)
    return value


def refuse_unknown(value: dict[str, object], field: str, known: Iterable[str]) -> None:
    """Refuse fields that the format does not know: a misspelt name would be lost in silence."""
    names = list(known)
    for key in value:
        if key not in names:
            path = f"{field}.{key}" if field else str(key)
            raise FieldError(path, f"one of the fields {', '.join(names)}", Shown("this field"))
