"""JSON of many rows at a time: column by column to text, then the texts of each row joined.

The bytes are those that ``orjson`` writes of each row as a dictionary, in a small part of the time:
numbers are written an array at a time, and texts that occur often are written once.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

NULL = b"null"
#: A field of all rows: its name, and its JSON in each row, or in all of them.
Field = tuple[str, list[bytes] | bytes]


def rows_json(fields: Sequence[Field], count: int) -> list[bytes]:
    """Return JSON objects.

    Args:
        fields: in order.
        count: how many rows there are.
    """
    template, columns = _template(fields)
    if not columns:
        return [template % ()] * count
    return [template % row for row in zip(*columns, strict=True)]


def _template(fields: Sequence[Field]) -> tuple[bytes, list[list[bytes]]]:
    """Return what rows have in common, with places for what they don't."""
    parts, columns = [], []
    for name, values in fields:
        key = orjson.dumps(name).replace(b"%", b"%%") + b":"
        if isinstance(values, bytes):
            parts.append(key + values.replace(b"%", b"%%"))
        else:
            parts.append(key + b"%b")
            columns.append(values)
    return b"{" + b",".join(parts) + b"}", columns


def table_json(table: pa.Table) -> list[bytes]:
    """Return each row of a table as a JSON object."""
    fields = [(name, column_json(table[name])) for name in table.column_names]
    return rows_json(fields, table.num_rows)


def column_json(column: pa.ChunkedArray | pa.Array) -> list[bytes]:
    """Return the JSON of each value of a column: numbers, texts, booleans, lists and objects."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = array.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return texts_json(array)
    if pa.types.is_struct(kind):
        names = [kind.field(place).name for place in range(kind.num_fields)]
        parts = zip(names, array.flatten(), strict=True)
        found = rows_json([(name, column_json(part)) for name, part in parts], len(array))
        return _with_nulls(found, array)
    if pa.types.is_list(kind):
        return _lists_json(array)
    return _plain_json(array)


def _plain_json(array: pa.Array) -> list[bytes]:
    """Return the JSON of numbers and booleans."""
    kind = array.type
    if pa.types.is_floating(kind):
        return floats_json(array.to_numpy(zero_copy_only=False))
    if pa.types.is_integer(kind) and not array.null_count:
        return integers_json(array.to_numpy(zero_copy_only=False))
    if pa.types.is_boolean(kind) and not array.null_count:
        values = array.to_numpy(zero_copy_only=False).tolist()
        return [b"true" if value else b"false" for value in values]
    return [orjson.dumps(value) for value in array.to_pylist()]


def floats_json(values: npt.NDArray[Any], decimals: int | None = None) -> list[bytes]:
    """Return the JSON of numbers (n,); what isn't finite is null.

    Args:
        values: the numbers.
        decimals: so many are kept; None: all.
    """
    rounded = np.asarray(values, dtype=np.float64)
    if decimals is not None:
        rounded = np.round(rounded, decimals)
    return _split(rounded)


def integers_json(values: npt.NDArray[Any]) -> list[bytes]:
    """Return the JSON of integers (n,)."""
    return _split(np.asarray(values, dtype=np.int64))


def vectors_json(values: npt.NDArray[Any], decimals: int | None = None) -> list[bytes]:
    """Return the JSON lists of rows (n, k) of numbers, k > 0."""
    rounded = np.asarray(values, dtype=np.float64)
    if decimals is not None:
        rounded = np.round(rounded, decimals)
    if not len(rounded):
        return []
    text = orjson.dumps(np.ascontiguousarray(rounded), option=orjson.OPT_SERIALIZE_NUMPY)
    return [b"[%b]" % part for part in text[2:-2].split(b"],[")]


def texts_json(array: pa.Array) -> list[bytes]:
    """Return the JSON of texts, and of nulls."""
    return _by_value(array, orjson.dumps)


def parsed_json(column: pa.ChunkedArray) -> list[bytes]:
    """Return texts that are JSON themselves as ``orjson`` writes what they say."""
    return _by_value(column.combine_chunks(), lambda text: orjson.dumps(orjson.loads(text)))


def _by_value(array: pa.Array, write: Any) -> list[bytes]:
    """Return what is written of each text; of equal ones, it is written once."""
    if not isinstance(array, pa.Array):
        array = pa.concat_arrays(array.chunks)
    encoded = array.dictionary_encode()
    known = [write(value) for value in encoded.dictionary.to_pylist()]
    known.append(NULL)
    places = pc.fill_null(encoded.indices, len(known) - 1).to_numpy(zero_copy_only=False)
    return [known[place] for place in places.tolist()]


def _lists_json(array: pa.Array) -> list[bytes]:
    inside = column_json(array.values)
    ends = array.offsets.to_numpy().tolist()
    found = [
        b"[%b]" % b",".join(inside[first:last]) if last > first else b"[]"
        for first, last in pairwise(ends)
    ]
    return _with_nulls(found, array)


def _with_nulls(found: list[bytes], array: pa.Array) -> list[bytes]:
    if not array.null_count:
        return found
    kept = pc.is_valid(array).to_numpy(zero_copy_only=False).tolist()
    return [text if there else NULL for text, there in zip(found, kept, strict=True)]


def _split(values: npt.NDArray[Any]) -> list[bytes]:
    if not len(values):
        return []
    text = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)
    return text[1:-1].split(b",")
