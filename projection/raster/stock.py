"""What comes of labels that were stamped one by one: runs of pixels, and who hides them."""

from typing import NamedTuple

import numpy as np

from projection.arrays import Int32Array, Int64Array
from projection.kernels.lanes import trailing_zeros
from projection.raster.bare import bare_compiled
from projection.raster.bits import WORD, Coverage, Runs, forget, take_runs, turn
from projection.raster.memory import Workspace
from projection.raster.rays import RUN, STRIP

#: How many of those that hide a label are named.
NAMED = 3


class Stock(NamedTuple):
    """What labels are, and what hides them.

    Attributes:
        whole: Runs of the labels' whole masks, see ``take_runs``.
        seen: Of their visible ones.
        counts: (2,) how many runs of each there are.
        most: The most runs that one label may have.
        owners: (m + 1,) of the z-buffer's bodies, and -1 for none.
        pixels: (largest id + 2,) zero between one label and the next: pixels hidden by each owner.
        ids: (largest id + 2,) memory: the owners that aren't zero there.
        hiders: (k, 3) owners that hide most of a label, most first; -1 for none.
        hider_px: (k, 3) how many pixels each of these hides.
    """

    whole: Runs
    seen: Runs
    counts: Int64Array
    most: int
    owners: Int32Array
    pixels: Int64Array
    ids: Int32Array
    hiders: Int32Array
    hider_px: Int64Array


def make_stock(
    size: tuple[int, int], owners: Int32Array, labels: int, largest: int, memory: Workspace
) -> Stock:
    """An empty one.

    Args:
        size: Height and width of the picture.
        owners: (m,) of the z-buffer's bodies.
        labels: How many labels will be stamped.
        largest: The largest id of any owner.
        memory: Where the runs are kept.
    """
    # At most every other pixel begins a run of one label, and each column may.
    most = (size[0] // 2 + 1) * size[1]
    room = 1 << most.bit_length()
    return Stock(
        _runs("whole", room, memory),
        _runs("seen", room, memory),
        np.zeros(2, dtype=np.int64),
        most,
        np.append(owners, np.int32(-1)),
        np.zeros(largest + 2, dtype=np.int64),
        np.empty(largest + 2, dtype=np.int32),
        np.full((labels, NAMED), -1, dtype=np.int32),
        np.zeros((labels, NAMED), dtype=np.int64),
    )


def with_more_room(stock: Stock, memory: Workspace) -> Stock:
    """The same, with room for twice as many runs."""
    room = 2 * len(stock.whole[0])
    whole, seen = _runs("whole", room, memory), _runs("seen", room, memory)
    for old, new in ((stock.whole, whole), (stock.seen, seen)):
        for before, after in zip(old, new, strict=True):
            after[: len(before)] = before
    return stock._replace(whole=whole, seen=seen)


def _runs(name: str, room: int, memory: Workspace) -> Runs:
    starts, ends, slots = (
        memory.array(f"{name} {part} {room}", (room,), np.int32)
        for part in ("starts", "ends", "slots")
    )
    return starts, ends, slots


@bare_compiled
def has_room(stock: Stock) -> bool:
    """Whether another label's runs surely fit in."""
    return bool(max(stock.counts[0], stock.counts[1]) + stock.most <= len(stock.whole[0]))


@bare_compiled
def take_stock(coverage: Coverage, index: Int32Array, height: int, slot: int, stock: Stock) -> None:
    """Append a label's runs, column by column, say who hides it, and clear the coverage.

    Args:
        coverage: The label's; cleared.
        index: Body of what is nearest, in tiles.
        height: Of the picture.
        slot: The label's.
        stock: Written.
    """
    _count_hidden(coverage, index, slot, stock)
    whole, seen, touched = coverage.whole, coverage.seen, coverage.touched
    if coverage.turned.shape[1] > 0:
        whole, seen, touched = coverage.turned[0], coverage.turned[1], coverage.turned_touched
        turn(coverage.whole, coverage.touched, whole, touched)
        turn(coverage.seen, coverage.touched, seen, touched)
    counts = stock.counts
    counts[0] = take_runs(whole, touched, height, slot, stock.whole, counts[0])
    counts[1] = take_runs(seen, touched, height, slot, stock.seen, counts[1])
    forget(coverage.touched)
    forget(coverage.turned_touched)


@bare_compiled
def _count_hidden(coverage: Coverage, index: Int32Array, slot: int, stock: Stock) -> None:
    owners, pixels, ids = stock.owners, stock.pixels, stock.ids
    touched = coverage.touched
    found = 0
    for line in range(len(touched) * WORD):
        strip, first = line // STRIP, line % STRIP * RUN
        for word in range(touched[line // WORD, 0], touched[line // WORD, 1]):
            hidden = np.int64(coverage.whole[line, word]) & ~np.int64(coverage.seen[line, word])
            if hidden == 0:
                continue
            row = index[strip, word, first : first + RUN]
            while hidden != 0:
                other = owners[row[trailing_zeros(hidden)]]
                if pixels[other] == 0:
                    ids[found] = other
                    found += 1
                pixels[other] += 1
                hidden &= hidden - 1
    _name_most(found, slot, stock)


@bare_compiled
def _name_most(found: int, slot: int, stock: Stock) -> None:
    """Write who hides most, of ``found`` owners, and clear what was counted."""
    pixels, ids = stock.pixels, stock.ids
    for place in range(NAMED):
        best = -1
        for row in range(found):
            other = ids[row]
            more = best < 0 or pixels[other] > pixels[best]
            if pixels[other] > 0 and (more or (pixels[other] == pixels[best] and other < best)):
                best = other
        if best < 0:
            break
        stock.hiders[slot, place], stock.hider_px[slot, place] = best, pixels[best]
        pixels[best] = 0
    for row in range(found):
        pixels[ids[row]] = 0
