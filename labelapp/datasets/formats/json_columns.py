"""JSON of many rows at a time: column by column to text, then the texts of each row joined.

The bytes are those that ``orjson`` writes of each row as a dictionary, in a small part of the time:
numbers are written an array at a time, texts that occur often are written once, and what is joined
is joined by Arrow. No value is an object of Python's own.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

#: JSON of many values: an Arrow array of ``TEXT``, which has no nulls.
Texts: TypeAlias = pa.LargeBinaryArray
TEXT = pa.large_binary()
#: A field of all rows: its name, and its JSON in each row, or in all of them.
Field = tuple[str, Texts | bytes]
_NULL = pa.scalar(b"null", TEXT)
_COMMA = ord(",")
_BOOLEANS = pa.array([b"false", b"true"], TEXT)


def rows_json(fields: Sequence[Field], count: int) -> Texts:
    """Return JSON objects.

    Args:
        fields: in order.
        count: how many rows there are.
    """
    parts: list[Texts | bytes] = [b"{"]
    for place, (name, values) in enumerate(fields):
        parts += [(b"," if place else b"") + orjson.dumps(name) + b":", values]
    return joined([*parts, b"}"], count)


def joined(parts: Sequence[Texts | bytes], count: int) -> Texts:
    """Return texts end to end, row by row; of bytes, each row has all.

    Args:
        parts: in order.
        count: how many rows there are.
    """
    common, own = b"", []
    for part in parts:
        if isinstance(part, bytes):
            common += part
        else:
            own += [pa.scalar(common, TEXT), part]
            common = b""
    if not own:
        return pa.array([common] * count, TEXT)
    return pc.binary_join_element_wise(*own, pa.scalar(common, TEXT), pa.scalar(b"", TEXT))


def end_to_end(texts: Texts, between: bytes) -> Texts:
    """Return one text of all, with something between them."""
    return _runs(texts, np.array([0, len(texts)]), between)


def slices(texts: Texts) -> list[memoryview]:
    """Return each text as a part of the memory that holds all."""
    _, ends, content = texts.buffers()
    held = memoryview(content or b"").cast("B")
    mine = np.frombuffer(ends, np.int64)[texts.offset : texts.offset + len(texts) + 1].tolist()
    return [held[first:last] for first, last in pairwise(mine)]


def table_json(table: pa.Table) -> Texts:
    """Return each row of a table as a JSON object."""
    fields: list[Field] = [(name, column_json(table[name])) for name in table.column_names]
    return rows_json(fields, table.num_rows)


def lists_json(inside: Texts, ends: npt.NDArray[Any]) -> Texts:
    """Return JSON lists (n,) of values that follow each other.

    Args:
        inside: the values.
        ends: (n + 1,) where each list begins, and where the last one ends.
    """
    return joined([b"[", _runs(inside, ends, b","), b"]"], len(ends) - 1)


def _runs(texts: Texts, ends: npt.NDArray[Any], between: bytes) -> Texts:
    """Return what stands in each run of texts, joined."""
    runs = pa.LargeListArray.from_arrays(pa.array(ends, pa.int64()), texts)
    return pc.binary_join(runs, pa.scalar(between, TEXT))


def column_json(column: pa.ChunkedArray | pa.Array) -> Texts:
    """Return the JSON of each value of a column: numbers, texts, booleans, lists and objects."""
    array = _whole(column)
    kind = array.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return texts_json(array)
    if pa.types.is_struct(kind):
        names = [kind.field(place).name for place in range(kind.num_fields)]
        parts = zip(names, array.flatten(), strict=True)
        found = rows_json([(name, column_json(part)) for name, part in parts], len(array))
        return _with_nulls(found, array)
    if pa.types.is_list(kind):
        ends = array.offsets.to_numpy()
        inside = array.values[ends[0] : ends[-1]]
        return _with_nulls(lists_json(column_json(inside), ends - ends[0]), array)
    return _plain_json(array)


def _plain_json(array: pa.Array) -> Texts:
    """Return the JSON of numbers and booleans."""
    kind = array.type
    if pa.types.is_floating(kind):
        return floats_json(array.to_numpy(zero_copy_only=False))
    if pa.types.is_integer(kind):
        return _with_nulls(integers_json(pc.fill_null(array, 0).to_numpy()), array)
    if pa.types.is_boolean(kind):
        return _with_nulls(_BOOLEANS.take(pc.fill_null(array.cast(pa.int8()), 0)), array)
    return pa.array([orjson.dumps(value) for value in array.to_pylist()], TEXT)


def floats_json(values: npt.NDArray[Any], decimals: int | None = None) -> Texts:
    """Return the JSON of numbers (n,); what isn't finite is null.

    Args:
        values: the numbers.
        decimals: so many are kept; None: all.
    """
    rounded = np.asarray(values, dtype=np.float64)
    if decimals is not None:
        rounded = np.round(rounded, decimals)
    return _numbers(rounded)


def integers_json(values: npt.NDArray[Any]) -> Texts:
    """Return the JSON of integers (n,)."""
    return _numbers(np.asarray(values, dtype=np.int64))


def vectors_json(values: npt.NDArray[Any], decimals: int | None = None) -> Texts:
    """Return the JSON lists of rows (n, k) of numbers, k > 0."""
    rows = np.asarray(values, dtype=np.float64)
    if not len(rows):
        return pa.array([], TEXT)
    count, width = rows.shape
    return lists_json(floats_json(rows.ravel(), decimals), np.arange(count + 1) * width)


def texts_json(column: pa.ChunkedArray | pa.Array) -> Texts:
    """Return the JSON of texts, and of nulls."""
    return written_json(column, orjson.dumps)


def parsed_json(column: pa.ChunkedArray | pa.Array) -> Texts:
    """Return texts that are JSON themselves as ``orjson`` writes what they say."""
    return written_json(column, lambda text: orjson.dumps(orjson.loads(text)))


def written_json(column: pa.ChunkedArray | pa.Array, write: Callable[[str], bytes]) -> Texts:
    """Return what is written of each text, null for nulls; of equal ones, it is written once."""
    encoded = _whole(column).dictionary_encode()
    known = pa.array([write(value) for value in encoded.dictionary.to_pylist()], TEXT)
    return pc.fill_null(known.take(encoded.indices), _NULL)


def _with_nulls(found: Texts, array: pa.Array) -> Texts:
    return pc.if_else(array.is_valid(), found, _NULL) if array.null_count else found


def _numbers(values: npt.NDArray[Any]) -> Texts:
    """Return the JSON of numbers: written as one list, and cut where its commas are."""
    if not len(values):
        return pa.array([], TEXT)
    text = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)
    within = np.frombuffer(text, dtype=np.uint8)[1:-1]
    commas = np.flatnonzero(within == _COMMA)
    kept = np.delete(within, commas)
    ends = np.concatenate([[0], commas - np.arange(len(commas)), [len(kept)]])
    buffers = [None, pa.py_buffer(ends.astype(np.int64)), pa.py_buffer(kept)]
    return pa.Array.from_buffers(TEXT, len(values), buffers)


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column as one array."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    chunk = column.combine_chunks()
    return chunk if isinstance(chunk, pa.Array) else pa.concat_arrays(chunk.chunks)
