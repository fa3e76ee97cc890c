"""Values that both formats have: times, positions, attributes."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from projection.arrays import Float64Array
from projection.labels import Attributes
from projection.spec import Fields, is_measure, is_number, shown

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
#: 146 years either way: the difference of any two of them fits 64 bits, too.
_TIMES = range(-(1 << 62), (1 << 62) + 1)


def parse_time(value: Any) -> int | None:
    """A time in nanoseconds, None if it isn't a whole number from -2^62 to 2^62."""
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        value = int(value)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return int(value) if whole and value in _TIMES else None


def time_ns(fields: Fields, field: str) -> int:
    """A time: an integer of nanoseconds, as text or (where nothing was lost) as a number."""
    time = parse_time(fields.values.get(field))
    if time is None:
        raise fields.error(field, "a whole number of nanoseconds within 2^62, as text")
    return time


def positions(fields: Fields, field: str, at_least: int) -> Float64Array:
    """A list of at least so many [x, y, z]: (n, 3)."""
    value = fields.values.get(field)
    if not isinstance(value, list | tuple):
        raise fields.error(field, "a list of [x, y, z]")
    if len(value) < at_least:
        raise fields.error(field, f"at least {at_least} vertices", f"{len(value)} of them")
    for index, row in enumerate(value):
        if not is_vector(row, 3):
            raise fields.error(f"{field}[{index}]", "three finite numbers", shown(row))
    return np.array(value, dtype=np.float64).reshape(-1, 3)


def is_vector(value: Any, length: int) -> bool:
    """Whether a value is a list of so many finite numbers."""
    return (
        isinstance(value, list | tuple)
        and len(value) == length
        and all(is_measure(entry) for entry in value)
    )


def attributes(fields: Fields, field: str = "attributes") -> Attributes:
    """Named texts, numbers and truth values; nothing counts as none."""
    value = fields.values.get(field)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise fields.error(field, "an object of texts, numbers and truth values")
    for key, entry in value.items():
        if not isinstance(entry, str | bool) and not is_number(entry):
            raise fields.error(
                f"{field}.{key}", "a text, a finite number, true or false", shown(entry)
            )
    return dict(value)
