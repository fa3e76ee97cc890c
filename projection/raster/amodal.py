"""Every label's whole mask, as if it stood alone, what of it is seen, and what hides the rest.

# HOT: bench/projection/raster_view.py
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from projection.arrays import Float64Array, Int32Array, Int64Array
from projection.raster.bare import bare_compiled
from projection.raster.bits import WORD, Coverage, Runs, coverage, take_runs, turn
from projection.raster.bodies import Bodies
from projection.raster.memory import Workspace
from projection.raster.rays import RUN, STRIP
from projection.raster.tessellate import Triangles
from projection.raster.zbuffer import ZBuffer, by_owner
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


#: Pixels hidden by each owner id, and the ids that aren't zero there.
_Hiders = tuple[Int64Array, Int32Array]


def silhouettes(
    triangles: Triangles,
    zbuffer: ZBuffer,
    owners: npt.ArrayLike | None = None,
    workspace: Workspace | None = None,
    drawn_as_is: npt.ArrayLike = (),
) -> Silhouettes:
    """Whole and visible masks of labels in the view of a z-buffer.

    The z-buffer may hold other shapes of the same owners (boxes shrunk as occluders, 6.4): an owner
    never hides itself.

    Args:
        triangles: The labels' surfaces, in full size.
        zbuffer: What may hide them.
        owners: (k,) which labels, each once; None: all that have triangles, rising.
        workspace: Memory to draw in. It may be the z-buffer's own.
        drawn_as_is: Owners whose surfaces in the z-buffer are these: where they are in front, they
            needn't be asked whether they are there.

    Raises:
        ValueError: An owner's id is ``MOST_OWNERS`` or more.
    """
    drawn, _ = by_owner(triangles)
    wanted = (
        np.unique(drawn.owners)
        if owners is None
        else np.asarray(owners, dtype=np.int32).reshape(-1)
    )
    largest = max(int(wanted.max(initial=-1)), zbuffer.largest_owner)
    if largest >= MOST_OWNERS:
        message = f"owners: expected ids below {MOST_OWNERS}, found {largest}"
        raise ValueError(message)
    bodies = zbuffer.painter.prepare(drawn)
    starts = np.searchsorted(bodies.owners, wanted, side="left").tolist()
    ends = np.searchsorted(bodies.owners, wanted, side="right").tolist()
    own_starts = np.searchsorted(zbuffer.bodies.owners, wanted, side="left").tolist()
    own_ends = np.searchsorted(zbuffer.bodies.owners, wanted, side="right").tolist()
    same = np.isin(wanted, np.asarray(drawn_as_is, dtype=np.int32)).tolist()
    canvas = _Canvas(zbuffer, largest, len(wanted), workspace or Workspace())
    for row in range(len(wanted)):
        if ends[row] > starts[row]:
            own = own_starts[row], own_ends[row], same[row]
            canvas.add(bodies, (starts[row], ends[row]), row, own)
    return canvas.result(wanted)


class _Canvas:
    """Stamps one label after the other and keeps what comes of each."""

    def __init__(self, zbuffer: ZBuffer, largest: int, count: int, memory: Workspace) -> None:
        painter = zbuffer.painter
        self._zbuffer, self._painter = zbuffer, painter
        self._height, self._width = zbuffer.view.camera.height, zbuffer.view.camera.width
        self._coverage = coverage(painter.shape, memory, by_rows=painter.by_rows)
        self._scene_owners = np.append(zbuffer.bodies.owners, np.int32(-1))
        self._memory = memory
        # At most every other pixel begins a run of one label, and each column may.
        self._most = (self._height // 2 + 1) * self._width
        room = 1 << self._most.bit_length()
        self._whole, self._seen = self._runs("whole", room), self._runs("seen", room)
        self._counts = 0, 0
        self._by_owner = np.zeros(largest + 2, dtype=np.int64), np.empty(largest + 2, np.int32)
        self._hiders = np.full((count, NAMED), -1, dtype=np.int32)
        self._hider_px = np.zeros((count, NAMED), dtype=np.int64)

    def _runs(self, name: str, room: int) -> Runs:
        starts, ends, slots = (
            self._memory.array(f"{name} {part} {room}", (room,), np.int32)
            for part in ("starts", "ends", "slots")
        )
        return starts, ends, slots

    def _make_room(self) -> None:
        """For whatever the next label may need."""
        if max(self._counts) + self._most <= len(self._whole[0]):
            return
        room = 2 * len(self._whole[0])
        for name in ("whole", "seen"):
            old, new = getattr(self, f"_{name}"), self._runs(name, room)
            for before, after in zip(old, new, strict=True):
                after[: len(before)] = before
            setattr(self, f"_{name}", new)

    def add(
        self, bodies: Bodies, part: tuple[int, int], row: int, own: tuple[int, int, bool]
    ) -> None:
        """Stamp a label's bodies ``part`` and take stock; ``own`` are its own in the z-buffer."""
        zbuffer = self._zbuffer
        self._painter.stamp(bodies, part, (zbuffer.near, zbuffer.index, own), self._coverage)
        self._make_room()
        self._counts = _collect(
            self._coverage,
            (zbuffer.index, self._scene_owners),
            self._height,
            row,
            (self._whole, self._seen),
            self._counts,
            self._by_owner,
            (self._hiders[row], self._hider_px[row]),
        )

    def result(self, owners: Int32Array) -> Silhouettes:
        """Everything that was added."""
        size = self._height, self._width
        first, second = (
            encode_runs(size, owners, (runs[0][:count], runs[1][:count], runs[2][:count]))
            for runs, count in zip((self._whole, self._seen), self._counts, strict=True)
        )
        covered = first.areas_px > 0
        hidden = 1.0 - second.areas_px / np.maximum(first.areas_px, 1)
        return Silhouettes(
            whole=first,
            visible=second,
            hidden=np.where(covered, hidden, 0.0),
            hiders=self._hiders,
            hider_px=self._hider_px,
        )


@bare_compiled
def _collect(  # noqa: PLR0913, PLR0917  one label: what was drawn, and where all of it goes
    coverage: Coverage,
    scene: tuple[Int32Array, Int32Array],
    height: int,
    slot: int,
    runs: tuple[Runs, Runs],
    counts: tuple[int, int],
    by_owner: _Hiders,
    named: tuple[Int32Array, Int64Array],
) -> tuple[int, int]:
    """Append a label's runs, column by column, say who hides it, and clear the coverage.

    Args:
        coverage: The label's; cleared.
        scene: Body of what is nearest, in tiles; the bodies' owners, and -1.
        height: Of the picture.
        slot: The label's.
        runs: Written: of whole masks, and of visible ones.
        counts: How many runs of each there are.
        by_owner: Zero, and zero again when done.
        named: Written: owners that hide most of it, and how many pixels each.

    Returns:
        How many runs of each there are then.
    """
    touched = coverage.touched
    if touched[0] >= touched[1]:
        return counts
    _count_hidden(coverage, scene, by_owner, named)
    part = touched[0], touched[1], touched[2], touched[3]
    whole, seen = coverage.whole, coverage.seen
    if coverage.turned.shape[1] > 0:
        whole, seen = coverage.turned[0], coverage.turned[1]
        turn(coverage.whole, touched, whole)
        turn(coverage.seen, touched, seen)
        part = touched[2] * WORD, touched[3] * WORD, touched[0] // WORD, -(-touched[1] // WORD)
    first = take_runs(whole, part, height, slot, runs[0], counts[0])
    second = take_runs(seen, part, height, slot, runs[1], counts[1])
    touched[0], touched[1] = coverage.whole.shape[0], 0
    touched[2], touched[3] = coverage.whole.shape[1], 0
    return first, second


@bare_compiled
def _count_hidden(
    coverage: Coverage,
    scene: tuple[Int32Array, Int32Array],
    by_owner: _Hiders,
    named: tuple[Int32Array, Int64Array],
) -> None:
    index, owners = scene
    pixels, ids = by_owner
    touched = coverage.touched
    found = 0
    for line in range(touched[0], touched[1]):
        strip, first = line // STRIP, line % STRIP * RUN
        for word in range(touched[2], touched[3]):
            hidden = np.int64(coverage.whole[line, word]) & ~np.int64(coverage.seen[line, word])
            if hidden == 0:
                continue
            row = index[strip, word, first : first + RUN]
            for bit in range(WORD):
                if (hidden >> bit) & 1:
                    other = owners[row[bit]]
                    if pixels[other] == 0:
                        ids[found] = other
                        found += 1
                    pixels[other] += 1
    _name_most(by_owner, found, named)


@bare_compiled
def _name_most(by_owner: _Hiders, found: int, named: tuple[Int32Array, Int64Array]) -> None:
    """Write who hides most, of ``found`` owners, and clear what was counted."""
    pixels, ids = by_owner
    for place in range(len(named[0])):
        best = -1
        for row in range(found):
            other = ids[row]
            more = best < 0 or pixels[other] > pixels[best]
            if pixels[other] > 0 and (more or (pixels[other] == pixels[best] and other < best)):
                best = other
        if best < 0:
            break
        named[0][place], named[1][place] = best, pixels[best]
        pixels[best] = 0
    for row in range(found):
        pixels[ids[row]] = 0
