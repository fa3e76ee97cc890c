"""Samples joined to a batch: what is shorter is padded, and masks say so."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

#: What padding holds, by type: NaN for measures, -1 for numbers, False, and 0 for pixels.
_PADDING: dict[str, Any] = {"f": np.nan, "i": -1, "b": False, "u": 0}


def collate(samples: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return samples as one, with the batch as the first axis of every array.

    Arrays that differ in length are padded at their ends (labels of an image); a head, or a part
    of one, that some samples lack is there with ``has`` False. What isn't an array is a list.
    """
    names = dict.fromkeys(name for sample in samples for name in sample)
    return {name: _joined([sample.get(name) for sample in samples]) for name in names}


def _joined(values: list[Any]) -> Any:
    there = [value for value in values if value is not None]
    if all(isinstance(value, dict) for value in there):
        return collate([value or {} for value in values])
    if all(isinstance(value, np.ndarray) for value in there):
        return _stacked(values, there)
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in there):
        return np.array(values) if len(there) == len(values) else values
    return values


def _stacked(values: list[Any], there: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    if len({array.ndim for array in there}) != 1:
        msg = f"expected arrays of as many axes, found {[array.shape for array in there]}"
        raise ValueError(msg)
    shape = tuple(np.max([array.shape for array in there], axis=0))
    kind = there[0].dtype
    if len(there) == len(values) and all(array.shape == shape for array in there):
        return np.stack(there)
    joined = np.full((len(values), *shape), _PADDING[kind.kind], kind)
    for number, array in enumerate(values):
        if array is not None:
            joined[number][tuple(slice(0, length) for length in array.shape)] = array
    return joined
