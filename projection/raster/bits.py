"""Pictures of one bit a pixel: which pixels a label covers, and runs of them.

Sixteen pixels of a line are one number. Lines may be the picture's rows; masks are counted down the
columns: then blocks of 16 x 16 bits are turned.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from projection.arrays import Int32Array, Int64Array
from projection.kernels.lanes import trailing_zeros
from projection.raster.bare import bare_compiled
from projection.raster.memory import NOWHERE, Workspace

UInt16Array = npt.NDArray[np.uint16]

#: Pixels of a word.
WORD = 16
ALL_BITS = 0xFFFF


class Coverage(NamedTuple):
    """What one label covers; all zero between one label and the next.

    Attributes:
        whole: (lines, words) its pixels; lines are padded to a multiple of 16.
        seen: (lines, words) those that nothing hides.
        touched: (lines / 16, 2) where to look: in each 16 lines, words from, to.
        turned: (2, words * 16, lines / 16) memory to turn both in; (2, 0, 0) if that isn't needed.
        turned_touched: (words, 2) where to look there.
    """

    whole: UInt16Array
    seen: UInt16Array
    touched: Int64Array
    turned: UInt16Array
    turned_touched: Int64Array


def coverage(shape: tuple[int, int], memory: Workspace, *, by_rows: bool) -> Coverage:
    """An empty one for buffers of a shape (lines, length)."""
    lines, words = -(-shape[0] // WORD) * WORD, shape[1] // WORD
    turned = (2, words * WORD, lines // WORD) if by_rows else (2, 0, 0)
    made = Coverage(
        memory.array("whole bits", (lines, words), np.uint16),
        memory.array("seen bits", (lines, words), np.uint16),
        untouched(lines // WORD),
        memory.array("turned bits", turned, np.uint16),
        untouched(turned[1] // WORD),
    )
    made.whole.fill(0)
    made.seen.fill(0)
    made.turned.fill(0)
    return made


def empty_coverage(touched: Int64Array) -> Coverage:
    """One without any pixel, that only keeps where something was drawn."""
    nothing = np.zeros((0, 0), dtype=np.uint16)
    return Coverage(nothing, nothing, touched, nothing.reshape(0, 0, 0), untouched(0))


def untouched(groups: int) -> Int64Array:
    """Nowhere to look in so many times 16 lines."""
    return np.full((groups, 2), NOWHERE, dtype=np.int64)


@bare_compiled
def touch(touched: Int64Array, group: int, begin: int, end: int) -> None:
    """Widen what was touched in 16 lines by words from, to."""
    touched[group, 0] = min(touched[group, 0], begin)
    touched[group, 1] = max(touched[group, 1], end)


@bare_compiled
def forget(touched: Int64Array) -> None:
    """Look nowhere any more."""
    for group in range(len(touched)):
        touched[group, 0], touched[group, 1] = NOWHERE


#: First pixels of runs, pixels after their last, and what they belong to, (room,) each.
Runs = tuple[Int32Array, Int32Array, Int32Array]


@bare_compiled
def turn_block(bits: UInt16Array, line: int, word: int, out: UInt16Array) -> None:
    """Write 16 lines of one word each as 16 columns of one word each to ``out``."""
    for column in range(WORD):
        turned = np.int64(0)
        for row in range(WORD):
            turned |= ((np.int64(bits[line + row, word]) >> column) & 1) << row
        out[word * WORD + column, line // WORD] = np.uint16(turned)


@bare_compiled
def turn(bits: UInt16Array, touched: Int64Array, out: UInt16Array, out_touched: Int64Array) -> None:
    """Write all blocks touched to ``out``, columns first, and clear them.

    Args:
        bits: (lines, words).
        touched: Where to look there.
        out: (words * 16, lines / 16) written.
        out_touched: Where to look in that: widened.
    """
    for group in range(len(touched)):
        line = group * WORD
        for word in range(touched[group, 0], touched[group, 1]):
            any_bit, every = np.int64(0), np.int64(ALL_BITS)
            for row in range(WORD):
                here = np.int64(bits[line + row, word])
                any_bit |= here
                every &= here
            if any_bit == 0:
                continue
            touch(out_touched, word, group, group + 1)
            if every == ALL_BITS:
                for column in range(WORD):
                    out[word * WORD + column, group] = np.uint16(ALL_BITS)
            else:
                turn_block(bits, line, word, out)
            for row in range(WORD):
                bits[line + row, word] = 0


@bare_compiled
def take_runs(
    bits: UInt16Array, touched: Int64Array, height: int, slot: int, runs: Runs, count: int
) -> int:
    """Append the runs of a picture of columns, counted down the columns, and clear it.

    Args:
        bits: (columns, words); the columns are padded to a multiple of 16.
        touched: Where to look.
        height: Of the picture.
        slot: Whose they are.
        runs: Written from ``count`` on.
        count: How many there are already.

    Returns:
        How many there are then.
    """
    starts, ends, slots = runs
    end = -1
    for column in range(len(touched) * WORD):
        group = column // WORD
        for word in range(touched[group, 0], touched[group, 1]):
            here = np.int64(bits[column, word])
            if here == 0:
                continue
            bits[column, word] = 0
            place = column * height + word * WORD
            if here == ALL_BITS:
                if place != end:
                    starts[count], slots[count] = place, slot
                    count += 1
                end = place + WORD
                ends[count - 1] = end
                continue
            while here != 0:
                bit = trailing_zeros(here)
                length = trailing_zeros(~(here >> bit))
                if place + bit != end:
                    starts[count], slots[count] = place + bit, slot
                    count += 1
                end = place + bit + length
                ends[count - 1] = end
                # Adding the lowest bit carries over its run, to the next zero.
                here &= here + (np.int64(1) << bit)
    return count
