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
from projection.raster.memory import Workspace

UInt16Array = npt.NDArray[np.uint16]

#: Pixels of a word.
WORD = 16
ALL_BITS = 0xFFFF


class Coverage(NamedTuple):
    """What one label covers; all zero between one label and the next.

    Attributes:
        whole: (lines, words) its pixels; lines are padded to a multiple of 16.
        seen: (lines, words) those that nothing hides.
        touched: (4,) where to look: lines from, to, words from, to.
        turned: (2, words * 16, lines / 16) memory to turn both in; (2, 0, 0) if that isn't needed.
    """

    whole: UInt16Array
    seen: UInt16Array
    touched: Int64Array
    turned: UInt16Array


def coverage(shape: tuple[int, int], memory: Workspace, *, by_rows: bool) -> Coverage:
    """An empty one for buffers of a shape (lines, length)."""
    lines, words = -(-shape[0] // WORD) * WORD, shape[1] // WORD
    turned = (2, words * WORD, lines // WORD) if by_rows else (2, 0, 0)
    made = Coverage(
        memory.array("whole bits", (lines, words), np.uint16),
        memory.array("seen bits", (lines, words), np.uint16),
        np.array([lines, 0, words, 0]),
        memory.array("turned bits", turned, np.uint16),
    )
    made.whole.fill(0)
    made.seen.fill(0)
    made.turned.fill(0)
    return made


def empty_coverage() -> Coverage:
    """One without any pixel."""
    nothing = np.zeros((0, 0), dtype=np.uint16)
    return Coverage(nothing, nothing, np.zeros(4, dtype=np.int64), nothing.reshape(0, 0, 0))


@bare_compiled
def touch(touched: Int64Array, lines: tuple[int, int], words: tuple[int, int]) -> None:
    """Widen what was touched by lines and words, from and to."""
    touched[0], touched[1] = min(touched[0], lines[0]), max(touched[1], lines[1])
    touched[2], touched[3] = min(touched[2], words[0]), max(touched[3], words[1])


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
def turn(bits: UInt16Array, touched: Int64Array, out: UInt16Array) -> None:
    """Write all blocks touched to ``out``, columns first, and clear them."""
    for line in range(touched[0] // WORD * WORD, touched[1], WORD):
        for word in range(touched[2], touched[3]):
            any_bit, every = np.int64(0), np.int64(ALL_BITS)
            for row in range(WORD):
                here = np.int64(bits[line + row, word])
                any_bit |= here
                every &= here
            if any_bit == 0:
                continue
            if every == ALL_BITS:
                for column in range(WORD):
                    out[word * WORD + column, line // WORD] = np.uint16(ALL_BITS)
            else:
                turn_block(bits, line, word, out)
            for row in range(WORD):
                bits[line + row, word] = 0


@bare_compiled
def take_runs(
    bits: UInt16Array,
    part: tuple[int, int, int, int],
    height: int,
    slot: int,
    runs: Runs,
    count: int,
) -> int:
    """Append the runs of a picture of columns, counted down the columns, and clear it.

    Args:
        bits: (columns, words).
        part: Columns from, to, words from, to.
        height: Of the picture.
        slot: Whose they are.
        runs: Written from ``count`` on.
        count: How many there are already.

    Returns:
        How many there are then.
    """
    starts, ends, slots = runs
    end = -1
    for column in range(part[0], part[1]):
        for word in range(part[2], part[3]):
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
