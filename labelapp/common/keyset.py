"""Pages of long lists by what the last row says, at the same cost for every page.

DRF's cursors know the first field of an order only, and count from there: of 100,000 rows that are
alike in it, they show the first thousand again and again. Here the cursor has all fields, and each
page is one range of an index (two, where the order goes up in one field and down in another).
"""

import base64
import binascii
import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from django.db.models import F, Func, Model, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan

from labelapp.common.errors import InvalidError

Row = TypeVar("Row", bound=Model)
#: Far more than any cursor of ours is long.
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class _Run:
    """Fields next to each other in an order that go the same way, and their values."""

    is_down: bool
    names: tuple[str, ...]
    values: tuple[Any, ...]


def page_after(
    rows: QuerySet[Row], order: Sequence[str], *, cursor: str | None, size: int
) -> tuple[list[Row], str | None]:
    """Return a page of rows in an order, and the cursor of the next page; None: it is the last.

    Args:
        rows: Filtered; its own order doesn't matter.
        order: Names of fields or annotations, never null, all together different for each row; a
            ``-`` before one that goes down.
        cursor: Of an earlier answer with the same order; None: the first page.
        size: How many rows.

    Raises:
        InvalidError: A cursor that no answer with this order had.
    """
    ordered = rows.order_by(*order)
    if cursor is None:
        found = list(ordered[: size + 1])
    else:
        found = _after(ordered, _runs(rows, order, _values(cursor, order)), size + 1)
    if len(found) <= size:
        return found, None
    page = found[:size]
    return page, _cursor(page[-1], order)


def _after(rows: QuerySet[Row], runs: list[_Run], count: int) -> list[Row]:
    """The rows behind a place: first those that are like it in all runs but the last."""
    found: list[Row] = []
    for last in range(len(runs) - 1, -1, -1):
        same = {
            name: value
            for run in runs[:last]
            for name, value in zip(run.names, run.values, strict=True)
        }
        found += rows.filter(**same).filter(_beyond(rows, runs[last]))[: count - len(found)]
        if len(found) == count:
            break
    return found


def _beyond(rows: QuerySet[Row], run: _Run) -> GreaterThan | LessThan:
    """Whether a row comes behind a run's values: SQL compares rows of values as one."""
    fields = [_field(rows, name) for name in run.names]
    here = Func(*map(F, run.names), template="ROW(%(expressions)s)", output_field=fields[0])
    there = Func(
        *(
            Value(value, output_field=field)
            for value, field in zip(run.values, fields, strict=True)
        ),
        template="ROW(%(expressions)s)",
        output_field=fields[0],
    )
    return LessThan(here, there) if run.is_down else GreaterThan(here, there)


def _field(rows: QuerySet[Row], name: str) -> Any:
    annotation = rows.query.annotations.get(name)
    return rows.model._meta.get_field(name) if annotation is None else annotation.output_field  # noqa: SLF001


def _runs(rows: QuerySet[Row], order: Sequence[str], texts: list[str]) -> list[_Run]:
    runs, at = [], 0
    for is_down, names_of_run in groupby(order, lambda name: name.startswith("-")):
        names = tuple(name.removeprefix("-") for name in names_of_run)
        values = [
            _read(_field(rows, name), text)
            for name, text in zip(names, texts[at : at + len(names)], strict=True)
        ]
        runs.append(_Run(is_down, names, tuple(values)))
        at += len(names)
    return runs


def _cursor(row: Model, order: Sequence[str]) -> str:
    texts = [_text(getattr(row, name.removeprefix("-"))) for name in order]
    packed = json.dumps([list(order), texts], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _values(cursor: str, order: Sequence[str]) -> list[str]:
    if len(cursor) > _LONGEST:
        raise _not_ours()
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise _not_ours() from None
    is_pair = isinstance(found, list) and len(found) == 2
    if not is_pair or found[0] != list(order) or not isinstance(found[1], list):
        raise _not_ours()
    texts = found[1]
    if len(texts) != len(order) or not all(isinstance(text, str) for text in texts):
        raise _not_ours()
    return texts


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def _read(field: Any, text: str) -> Any:
    kind = field.get_internal_type()
    try:
        if kind == "UUIDField":
            return uuid.UUID(text)
        if kind == "DateTimeField":
            moment = dt.datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise _not_ours()
            return moment
        if kind in {"IntegerField", "PositiveIntegerField", "BigIntegerField"}:
            number = int(text)
            if not -(2**31) <= number < 2**31:
                raise _not_ours()
            return number
    except ValueError:
        raise _not_ours() from None
    return text.replace("\0", "")


def _not_ours() -> InvalidError:
    msg = "cursor: expected one from an earlier answer in the same order; ask for the first page."
    return InvalidError(msg, details={"fields": {"cursor": [msg]}})
