"""Array types that the whole package uses, and the checks at its border."""

from typing import Any

import numpy as np
import numpy.typing as npt

Float64Array = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]
Int64Array = npt.NDArray[np.int64]
Int32Array = npt.NDArray[np.int32]
UInt8Array = npt.NDArray[np.uint8]
BoolArray = npt.NDArray[np.bool_]


def rows(values: npt.ArrayLike, columns: int, name: str) -> Float64Array:
    """An (n, columns) float64 array, contiguous; a single row becomes (1, columns).

    Args:
        values: Anything NumPy can read as numbers.
        columns: Expected number of columns.
        name: What the caller calls it, for the error's sentence.

    Raises:
        ValueError: The shape is another one.
    """
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.ndim == 1 and array.shape[0] == columns:
        array = array[None, :]
    if array.size == 0 and array.ndim <= 2:
        array = array.reshape(0, columns)
    if array.ndim != 2 or array.shape[1] != columns:
        message = f"{name}: expected an array of shape (n, {columns}), found {array.shape}"
        raise ValueError(message)
    return array


def integer_times(values: Any, name: str) -> Int64Array:
    """Times in nanoseconds as int64, of the shape they came in.

    Floats are refused even where they are whole: at today's epoch a float64 has lost 256 ns.

    Args:
        values: Integers, decimal strings, or an array of either.
        name: What the caller calls it, for the error's sentence.

    Raises:
        ValueError: Something isn't an integer that fits 64 bits.
    """
    array = np.asarray(values)
    if array.size == 0:
        return np.zeros(array.shape, dtype=np.int64)
    if array.dtype.kind in "US" or array.dtype == object:
        try:
            whole = [_integer(value) for value in array.ravel()]
            array = np.array(whole, dtype=np.int64).reshape(array.shape)
        except (ValueError, OverflowError, TypeError) as error:
            message = f"{name}: expected integers of 64 bits (nanoseconds), found {values!r:.80}"
            raise ValueError(message) from error
    if array.dtype.kind == "u" and bool(np.any(array > np.iinfo(np.int64).max)):
        message = f"{name}: expected integers of 64 bits (nanoseconds), found {array.max()}"
        raise ValueError(message)
    if array.dtype.kind not in "iu":
        message = f"{name}: expected integers (nanoseconds), found {array.dtype} values"
        raise ValueError(message)
    return array.astype(np.int64)


def _integer(value: Any) -> int:
    if isinstance(value, bool | float):
        raise TypeError
    return int(value)
