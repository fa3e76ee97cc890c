"""Columns of tables from outside, checked."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import feather

from labelapp.common.checking import Shown
from labelapp.imports.errors import defect
from labelapp.imports.files import Files
from projection.arrays import Float64Array


def feather_of(files: Files, name: str) -> Any:
    """Return the table of a Feather file.

    Raises:
        ImportDefectError: It is none.
    """
    try:
        return feather.read_table(io.BytesIO(files.read(name)))
    except (pa.ArrowException, OSError) as error:
        raise defect(name, "a Feather file", Shown(f"otherwise ({error})")) from error


def column_of(table: Any, file: str, name: str) -> Any:
    """Return a column without nulls.

    Raises:
        ImportDefectError: It is missing, or a value of it is.
    """
    if name not in table.schema.names:
        expected = f"a column {name}"
        raise defect(file, expected, Shown(f"columns {', '.join(table.schema.names)}"))
    column = table.column(name).combine_chunks()
    if column.null_count:
        row = int(np.argmax(column.is_null().to_numpy(zero_copy_only=False)))
        raise defect(file, "a value", None, row=row, field=name)
    return column


def texts_of(table: Any, file: str, name: str) -> list[str]:
    """Return a column of texts; numbers count as texts, none is empty."""
    values = column_of(table, file, name).to_pylist()
    for row, value in enumerate(values):
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise defect(file, "a text", value, row=row, field=name)
    return [str(value) for value in values]


def times_of(table: Any, file: str, name: str) -> list[int]:
    """Return a column of nanoseconds."""
    column = column_of(table, file, name)
    if not pa.types.is_integer(column.type):
        expected = "whole numbers of nanoseconds"
        raise defect(file, expected, Shown(f"values of type {column.type}"), field=name)
    return [int(value) for value in column.to_pylist()]


def numbers_of(table: Any, file: str, names: Sequence[str]) -> Float64Array:
    """Return some columns of finite numbers, (rows, columns)."""
    columns = []
    for name in names:
        column = column_of(table, file, name)
        if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
            raise defect(file, "numbers", Shown(f"values of type {column.type}"), field=name)
        values = column.to_numpy(zero_copy_only=False).astype(np.float64)
        wrong = ~(np.abs(values) <= 1e100)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise defect(file, "a finite number", float(values[row]), row=row, field=name)
        columns.append(values)
    return np.column_stack(columns)
