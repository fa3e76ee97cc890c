"""Every label's whole mask, as if it stood alone, what of it is seen, and what hides the rest.

# HOT: bench/projection/raster_view.py
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from projection.arrays import Float32Array, Float64Array, Int32Array, Int64Array
from projection.raster.memory import Workspace, buffers
from projection.raster.tessellate import Triangles
from projection.raster.zbuffer import ZBuffer, by_owner, picture
from projection.rle import Masks, encode_runs

#: Who hides whom is counted in a table of this many ids.
MOST_OWNERS = 1 << 22
#: How many of those that hide a label are named.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Silhouettes:
    """Masks of labels, each on its own.

    Attributes:
        whole: Of each label the pixels that its surface covers, whatever stands in front.
        visible: Of these, the ones where no other owner of the z-buffer is nearer.
        hidden: (k,) part of the whole mask that isn't visible, 0 to 1; 0 for an empty mask.
        hiders: (k, 3) owners that hide most of it, most first; -1 for none.
        hider_px: (k, 3) how many pixels each of these hides.
    """

    whole: Masks
    visible: Masks
    hidden: Float64Array
    hiders: Int32Array
    hider_px: Int64Array


#: Starts and ends of the runs of whole masks, and of visible ones: (r,) each.
_Runs = tuple[Int32Array, Int32Array, Int32Array, Int32Array]
#: What stands where in the z-buffer: owners and 1/distances, by column and row.
_Scene = tuple[Int32Array, Float32Array]
#: Pixels hidden by each owner id, and the ids that aren't zero there.
_Hiders = tuple[Int64Array, Int32Array]


def silhouettes(
    triangles: Triangles,
    zbuffer: ZBuffer,
    owners: npt.ArrayLike | None = None,
    workspace: Workspace | None = None,
) -> Silhouettes:
    """Whole and visible masks of labels in the view of a z-buffer.

    The z-buffer may hold other shapes of the same owners (boxes shrunk as occluders, 6.4): an owner
    never hides itself.

    Args:
        triangles: The labels' surfaces, in full size.
        zbuffer: What may hide them.
        owners: (k,) which labels, each once; None: all that have triangles, rising.
        workspace: Memory to draw in. It may be the z-buffer's own.

    Raises:
        ValueError: An owner's id is ``MOST_OWNERS`` or more.
    """
    order = by_owner(triangles)
    sorted_owners = triangles.owners[order]
    wanted = (
        np.unique(sorted_owners)
        if owners is None
        else np.asarray(owners, dtype=np.int32).reshape(-1)
    )
    largest = max(int(wanted.max(initial=-1)), int(zbuffer.owner.max(initial=-1)))
    if largest >= MOST_OWNERS:
        message = f"owners: expected ids below {MOST_OWNERS}, found {largest}"
        raise ValueError(message)
    starts = np.searchsorted(sorted_owners, wanted, side="left")
    ends = np.searchsorted(sorted_owners, wanted, side="right")
    canvas = _Canvas(zbuffer, largest, Workspace() if workspace is None else workspace)
    prepared = zbuffer.painter.prepare(triangles.take(order))
    for row, owner in enumerate(wanted.tolist()):
        canvas.add(prepared, (int(starts[row]), int(ends[row])), row, owner)
    return canvas.result(wanted)


class _Canvas:
    """Draws one label after the other and keeps what comes of each."""

    def __init__(self, zbuffer: ZBuffer, largest: int, memory: Workspace) -> None:
        self._painter = zbuffer.painter
        self._height, self._width = zbuffer.owner.shape
        self._near, self._index = buffers(self._painter.shape, memory, "own ")
        self._by_column = self._columns(self._near)
        self._scene = (zbuffer.owner.T, self._columns(zbuffer.near))
        most = self._height * self._width // 2 + 2
        self._scratch: _Runs = (
            memory.array("starts", (most,), np.int32),
            memory.array("ends", (most,), np.int32),
            memory.array("seen starts", (most,), np.int32),
            memory.array("seen ends", (most,), np.int32),
        )
        self._hiders = np.zeros(largest + 1, dtype=np.int64), np.empty(largest + 1, dtype=np.int32)
        self._kept: list[tuple[npt.NDArray[np.int32], ...]] = []
        self._counts: list[tuple[int, int]] = []
        self._named: list[tuple[list[int], list[int]]] = []

    def _columns(self, buffer: Float32Array) -> Float32Array:
        """A painter's buffer as (w, h), without the ends of longer lines."""
        size = self._painter.size
        return np.asarray(picture(buffer[: size[0], : size[1]], self._painter)).T

    def add(self, prepared: object, part: tuple[int, int], row: int, owner: int) -> None:
        """Draw a label's triangles ``part`` and take stock."""
        touched = self._painter.draw(prepared, part, self._near, self._index)
        region = touched if self._painter.by_rows is False else (*touched[2:], *touched[:2])
        whole, visible, covered, seen, hiders = _collect(
            (region[0], min(region[1], self._width), region[2], min(region[3], self._height)),
            owner,
            self._by_column,
            self._scene,
            self._scratch,
            self._hiders,
        )
        whole_runs = [runs[:whole].copy() for runs in self._scratch[:2]]
        visible_runs = [runs[:visible].copy() for runs in self._scratch[2:]]
        slots = [np.full(count, row, dtype=np.int32) for count in (whole, visible)]
        self._kept.append((*whole_runs, slots[0], *visible_runs, slots[1]))
        self._counts.append((covered, seen))
        self._named.append(self._name(hiders))

    def _name(self, count: int) -> tuple[list[int], list[int]]:
        pixels, ids = self._hiders
        found = ids[:count]
        most = found[np.lexsort((found, -pixels[found]))][:NAMED]
        named = most.tolist(), pixels[most].tolist()
        pixels[found] = 0
        return named

    def result(self, owners: Int32Array) -> Silhouettes:
        """Everything that was added."""
        size = self._height, self._width
        columns = [np.concatenate(runs) for runs in zip(*self._kept, strict=True)] or [
            np.zeros(0, dtype=np.int32)
        ] * 6
        counts = np.array(self._counts, dtype=np.float64).reshape(-1, 2)
        hiders = np.full((len(owners), NAMED), -1, dtype=np.int32)
        hider_px = np.zeros((len(owners), NAMED), dtype=np.int64)
        for row, (ids, pixels) in enumerate(self._named):
            hiders[row, : len(ids)] = ids
            hider_px[row, : len(ids)] = pixels
        return Silhouettes(
            whole=encode_runs(size, owners, (columns[0], columns[1], columns[2])),
            visible=encode_runs(size, owners, (columns[3], columns[4], columns[5])),
            hidden=1.0
            - counts[:, 1] / np.maximum(counts[:, 0], 1.0) * (counts[:, 0] > 0.0)
            - (counts[:, 0] == 0.0),
            hiders=hiders,
            hider_px=hider_px,
        )


@njit(cache=True)
def _collect(
    region: tuple[int, int, int, int],
    owner: int,
    near: Float32Array,
    scene: _Scene,
    runs: _Runs,
    hiders: _Hiders,
) -> tuple[int, int, int, int, int]:
    """Runs of what was drawn, column by column, and clear it.

    Args:
        region: Columns from, to, rows from, to.
        owner: Whose surface it is.
        near: (w, h) 1/distance of what was drawn; cleared.
        scene: The z-buffer.
        runs: Written.
        hiders: Counted in.

    Returns:
        Number of runs of the whole mask and of the visible one, their pixels, number of hiders.
    """
    starts, ends, seen_starts, seen_ends = runs
    owners, distances = scene
    height = near.shape[1]
    whole, visible, covered, seen, others = 0, 0, 0, 0, 0
    end, seen_end = -1, -1
    for column in range(region[0], region[1]):
        for row in range(region[2], region[3]):
            own = near[column, row]
            if not own > 0.0:
                continue
            near[column, row] = 0.0
            place = column * height + row
            covered += 1
            if place != end:
                starts[whole] = place
                whole += 1
            end = place + 1
            ends[whole - 1] = end
            other = owners[column, row]
            if other == owner or own > distances[column, row]:
                seen += 1
                if place != seen_end:
                    seen_starts[visible] = place
                    visible += 1
                seen_end = place + 1
                seen_ends[visible - 1] = seen_end
            else:
                if hiders[0][other] == 0:
                    hiders[1][others] = other
                    others += 1
                hiders[0][other] += 1
    return whole, visible, covered, seen, others
