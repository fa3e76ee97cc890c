"""Statements that every request sends: their SQL is made once, and planned once for a connection.

Making SQL of a queryset takes Python longer than PostgreSQL takes to answer it, and planning one
with many joins takes PostgreSQL longer than executing it (measured: ``bench.work.cost``). So what
every save asks goes through here::

    _seen = Prepared(lambda user_id, label_set_id: (
        label_sets_visible_to(User(pk=user_id)).filter(pk=label_set_id)
    ), user_id=UUID, label_set_id=UUID)
    label_set = _seen.first(user_id=user.pk, label_set_id=label_set_id)

The queryset stays what says who may see what; it is only asked for its SQL once.
"""

import copy
import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Lookup, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
if TYPE_CHECKING:
    _AnyLookup = Lookup[Any]
else:
    _AnyLookup = Lookup

#: A value that stands in the SQL's parameters for one that comes later: of each kind one that
#: nobody has by chance.
_MARKS: Mapping[type, Callable[[], Any]] = {
    uuid.UUID: uuid.uuid4,
    int: lambda: secrets.randbelow(2**29) + 2**30,
    str: secrets.token_hex,
    list: lambda: [secrets.token_hex()],
    datetime: lambda: (
        datetime(1800, 1, 1, tzinfo=UTC) + timedelta(microseconds=secrets.randbelow(2**50))
    ),
}


@Field.register_lookup
class AnyOf(_AnyLookup):
    """``field__any_of=[...]``: as ``in``, but of however many the SQL is the same."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return the condition."""
        lhs, parameters = self.process_lhs(compiler, connection)
        return f"{lhs} = ANY(%s)", [*parameters, self.rhs]


class Prepared(Generic[Row]):
    """A queryset with places for values, ready to be sent."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], **kinds: type) -> None:
        """Take a queryset's recipe; nothing is asked of the database.

        Args:
            build: Makes the queryset of the values. It must not look into them, only filter by
                them, and is called once in the life of the process.
            **kinds: Of each value: ``UUID``, ``int``, ``str``, ``datetime``, or ``list`` for
                ``field__any_of``.
        """
        self._build = build
        self._kinds = kinds
        self._made: _Made | None = None

    def all(self, **values: Any) -> list[Row]:
        """Return the rows for these values."""
        made = self._made
        if made is None:
            # Two threads at once make the same twice, which harms nobody.
            made = self._made = _make(self._build, self._kinds)
        connection = connections[made.queryset.db]
        # Shallow copies: all that is set below is set on what nobody else has.
        compiler: Any = copy.copy(made.compiler)
        sql, parameters = made.sql, made.parameters(values)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_kwargs: (sql, parameters)
        compiler.get_converters = lambda *_args, **_kwargs: made.converters
        # Not copy.copy, which has a queryset fetch its rows first.
        queryset: Any = object.__new__(type(made.queryset))
        queryset.__dict__.update(made.queryset.__dict__)
        query: Any = copy.copy(made.queryset.query)
        query.get_compiler = lambda *_args, **_kwargs: compiler
        queryset._query = query  # noqa: SLF001  behind a property
        return list(queryset)

    def first(self, **values: Any) -> Row | None:
        """Return the first row for these values, None where there is none."""
        rows = self.all(**values)
        return rows[0] if rows else None


class _Made:
    """The SQL of a queryset, and where in its parameters the values go."""

    def __init__(
        self, queryset: QuerySet[Any, Any], compiler: SQLCompiler, marks: Mapping[str, Any]
    ) -> None:
        sql, parameters = compiler.as_sql()
        self.queryset = queryset
        self.compiler = compiler
        self.sql = sql
        self._parameters = list(parameters)
        #: How columns become values, by column: asked of the fields once.
        self.converters = compiler.get_converters([column[0] for column in compiler.select])
        self._places = [
            (index, name)
            for index, value in enumerate(parameters)
            for name, mark in marks.items()
            if isinstance(value, type(mark)) and value == mark
        ]
        lost = set(marks) - {name for _, name in self._places}
        if lost:
            msg = f"the queryset does not filter by {', '.join(sorted(lost))}: {sql}"
            raise ValueError(msg)

    def parameters(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the parameters for these values."""
        filled = self._parameters.copy()
        for index, name in self._places:
            filled[index] = values[name]
        return tuple(filled)


def _make(build: Callable[..., QuerySet[Any, Any]], kinds: Mapping[str, type]) -> _Made:
    marks = {name: _MARKS[kind]() for name, kind in kinds.items()}
    queryset = build(**marks)
    compiler = queryset.query.get_compiler(using=queryset.db)
    return _Made(queryset, compiler, marks)
