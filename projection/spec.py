"""Reading hand-written specifications: each defect is a sentence that names the field."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from projection.arrays import Float64Array

_MAX_SHOWN = 80
#: No measure is larger, in any unit; squares and cubes of it are still numbers.
_MOST = 1e100


class SpecError(ValueError):
    """A specification is wrong.

    Attributes:
        field: Which field, dotted (``params.fx``).
        expected: What should have been there.
        found: What was there.
    """

    def __init__(self, field: str, expected: str, found: str, where: str = "") -> None:
        self.field = field
        self.expected = expected
        self.found = found
        self.where = where
        prefix = f"{where}: " if where else ""
        super().__init__(f"{prefix}{field}: expected {expected}, found {found}")


def shown(value: Any) -> str:
    """A value as a person would recognise it, short."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 3] + "..."


def is_number(value: Any) -> bool:
    """Whether a value is a finite real number. True and False are not numbers."""
    if value is None or isinstance(value, bool | str | bytes | complex):
        return False
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def is_measure(value: Any) -> bool:
    """Whether a value is a number that a calibration or a place in the world can have."""
    return is_number(value) and abs(float(value)) <= _MOST


class Fields:
    """The fields of one JSON object, read with checks.

    Args:
        values: The object.
        where: What the object is, for the sentence (``camera 'front'``).
        prefix: Dotted path of the object inside ``where``.
    """

    def __init__(self, values: Any, where: str, prefix: str = "") -> None:
        if not isinstance(values, Mapping):
            raise SpecError(prefix.rstrip(".") or "value", "an object", shown(values), where)
        self.values: Mapping[str, Any] = values
        self.where = where
        self.prefix = prefix

    def error(self, field: str, expected: str, found: str | None = None) -> SpecError:
        """A SpecError for a field; without ``found``, it shows what is there."""
        if found is None:
            found = shown(self.values[field]) if field in self.values else "nothing"
        return SpecError(self.prefix + field, expected, found, self.where)

    def has(self, field: str) -> bool:
        """Whether the field is there and isn't null."""
        return self.values.get(field) is not None

    def number(
        self,
        field: str,
        *,
        default: float | None = None,
        above: float = -math.inf,
        at_most: float = math.inf,
    ) -> float:
        """A finite number with ``above < number <= at_most``."""
        if default is not None and not self.has(field):
            return default
        expected = "a number" if above == -math.inf else f"a number above {above:g}"
        if at_most != math.inf:
            expected += f" and at most {at_most:g}"
        value: Any = self.values.get(field)
        if not is_measure(value) or not above < float(value) <= at_most:
            raise self.error(field, expected)
        return float(value)

    def integer(self, field: str, *, minimum: int, maximum: int) -> int:
        """A whole number within bounds (both included)."""
        value: Any = self.values.get(field)
        whole = is_number(value) and float(value).is_integer()
        if not whole or not minimum <= int(value) <= maximum:
            raise self.error(field, f"a whole number from {minimum} to {maximum}")
        return int(value)

    def text(self, field: str, *, default: str | None = None) -> str:
        """A text that isn't empty."""
        if default is not None and not self.has(field):
            return default
        value: Any = self.values.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.error(field, "a text that isn't empty")
        return value

    def choice(self, field: str, options: Sequence[str]) -> str:
        """One of some texts."""
        value: Any = self.values.get(field)
        if value not in options:
            raise self.error(field, "one of " + ", ".join(options))
        return str(value)

    def numbers(self, field: str, counts: Sequence[int]) -> tuple[float, ...]:
        """A list of finite numbers whose length is one of ``counts``."""
        value: Any = self.values.get(field)
        wanted = (
            " or ".join(str(count) for count in counts)
            if len(counts) < 6
            else (f"{counts[0]} to {counts[-1]}")
        )
        if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__len__"):
            raise self.error(field, f"a list of {wanted} numbers")
        if len(value) not in counts:
            raise self.error(field, f"a list of {wanted} numbers", f"{len(value)} of them")
        for index, entry in enumerate(value):
            if not is_measure(entry):
                raise self.error(f"{field}[{index}]", "a number", shown(entry))
        return tuple(float(entry) for entry in value)

    def child(self, field: str) -> "Fields":
        """The fields of an object inside this one."""
        value: Any = self.values.get(field)
        if not isinstance(value, Mapping):
            raise self.error(field, "an object")
        return Fields(value, self.where, f"{self.prefix}{field}.")


def listed(values: Float64Array) -> list[float]:
    """An array's numbers as a plain list, for JSON."""
    return [float(value) for value in values]
