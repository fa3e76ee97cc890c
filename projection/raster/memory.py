"""Where the buffers of the inner loops lie in memory."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from projection.arrays import Float32Array, Int32Array, Int64Array
from projection.raster.bare import bare_compiled

_PAGE = 4096
#: Processors take a load for one that follows a store where their addresses agree in the last
#: twelve bits, and wait. Large arrays all begin at the same place of a page, and so the pixels of
#: one index would: each buffer has its own place instead.
RAYS_AT, NEAR_AT, INDEX_AT = 0, 1408, 2752
#: Tiles from, to of lines in which there is nothing.
NOWHERE = (1 << 30, 0)


def placed(shape: tuple[int, ...], dtype: npt.DTypeLike, at: int) -> npt.NDArray[Any]:
    """An array of zeros that begins ``at`` bytes after the start of a page."""
    kind = np.dtype(dtype)
    size = math.prod(shape) * kind.itemsize
    memory = np.zeros(size + _PAGE, dtype=np.uint8)
    start = (at - memory.ctypes.data) % _PAGE
    return memory[start : start + size].view(kind).reshape(shape)


class Workspace:
    """Memory that pictures of one size share, one after the other.

    Fresh memory costs more time than drawing into it. What was made with a workspace is overwritten
    by whatever is made with it next.
    """

    def __init__(self) -> None:
        self._kept: dict[str, npt.NDArray[Any]] = {}

    def has(self, name: str, shape: tuple[int, ...], dtype: npt.DTypeLike) -> bool:
        """Whether the array of that name is there."""
        kept = self._kept.get(name)
        return kept is not None and kept.shape == shape and kept.dtype == np.dtype(dtype)

    def array(
        self, name: str, shape: tuple[int, ...], dtype: npt.DTypeLike, at: int = 0
    ) -> npt.NDArray[Any]:
        """The array of that name, with whatever was in it."""
        if not self.has(name, shape, dtype):
            self._kept[name] = placed(shape, dtype, at)
        return self._kept[name]


def buffers(
    shape: tuple[int, ...], workspace: Workspace
) -> tuple[Float32Array, Int32Array, Int64Array]:
    """Empty buffers to draw into: 1/distance, 0 for nothing, and index, -1 for none.

    Args:
        shape: (strips, runs, 128).
        workspace: Memory; only what was drawn there is cleared.

    Returns:
        Both, and (half the strips, 2) where something was drawn, see ``bits.Coverage``: nowhere.
    """
    known = workspace.has("near", shape, np.float32)
    near = workspace.array("near", shape, np.float32, NEAR_AT)
    index = workspace.array("index", shape, np.int32, INDEX_AT)
    drawn = workspace.array("drawn", (-(-shape[0] // 2), 2), np.int64)
    if known:
        wipe(near, index, drawn)
    else:
        # Written whole: pages that are only mapped once a kernel reads them are slow.
        near.fill(0.0)
        index.fill(-1)
    drawn[:] = NOWHERE
    return near, index, drawn


@bare_compiled
def wipe(near: Float32Array, index: Int32Array, drawn: Int64Array) -> None:
    """Clear what was drawn."""
    for strip in range(near.shape[0]):
        for run in range(drawn[strip // 2, 0], drawn[strip // 2, 1]):
            for place in range(near.shape[2]):
                near[strip, run, place] = 0.0
                index[strip, run, place] = -1
