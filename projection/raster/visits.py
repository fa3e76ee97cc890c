"""What was asked of some bodies while they were drawn: kept, it needn't be asked again.

Surfaces that hide others are often labels themselves, and drawn as they are. Which pixels each of
their bodies covers is known then, whatever is in front of it: their masks are made from that.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from projection.arrays import Int32Array, Int64Array
from projection.raster.bits import UInt16Array
from projection.raster.bodies import Bodies
from projection.raster.memory import Workspace
from projection.raster.rays import STRIP

#: So many visits are kept; what is drawn in more tiles is asked once more.
_ROOM = 1 << 16


class Visits(NamedTuple):
    """Tiles that bodies were drawn in, body after body.

    Attributes:
        kept: (m,) of each body, one: its visits are kept; (0,) for none of them.
        bodies: (room,) rising.
        strips: (room,) the tile's strip.
        runs: (room,) the tile's run.
        bits: (room, 8) of each line the pixels that the body covers.
        counts: (2,) visits, and how many more there would have been.
    """

    kept: npt.NDArray[np.uint8]
    bodies: Int32Array
    strips: Int32Array
    runs: Int32Array
    bits: UInt16Array
    counts: Int64Array


#: Visits of a scene's bodies, and these bodies as near as they count as labels.
Known = tuple[Visits, Bodies]


def visits_of(owners: Int32Array, labels: Sequence[int], memory: Workspace) -> Visits:
    """Room for the visits of some owners' bodies.

    Args:
        owners: (m,) of all bodies, rising.
        labels: Of those whose visits are to be kept.
        memory: Where they are.
    """
    kept = np.zeros(len(owners), dtype=np.uint8)
    if not labels:
        return _visits(kept, 0, memory)
    begins, ends = owners.searchsorted(labels), owners.searchsorted(labels, "right")
    for first, last in zip(begins.tolist(), ends.tolist(), strict=True):
        kept[first:last] = 1
    return _visits(kept, _ROOM, memory)


def _visits(kept: npt.NDArray[np.uint8], room: int, memory: Workspace) -> Visits:
    bodies, strips, runs = (
        memory.array(f"visited {name}", (room,), np.int32) for name in ("bodies", "strips", "runs")
    )
    bits = memory.array("visited bits", (room, STRIP), np.uint16)
    return Visits(kept, bodies, strips, runs, bits, np.zeros(2, dtype=np.int64))


NO_VISITS = _visits(np.zeros(0, dtype=np.uint8), 0, Workspace())


def bounds_of(visits: Visits, bodies: npt.ArrayLike) -> Int32Array:
    """(k,) where the visits of bodies (k,) begin, or of those after them."""
    return visits.bodies[: int(visits.counts[0])].searchsorted(bodies).astype(np.int32)
