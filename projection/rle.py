"""Masks as COCO run-length strings: every instance of an id picture in one pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import cv2
import numpy as np
import numpy.typing as npt
from numba import njit

from projection.arrays import BoolArray, Int32Array, Int64Array, UInt8Array

#: Ids up to here get a table of their own; sparser ones are sorted first.
_DENSE_IDS = 1 << 22
#: A count of up to 2^32 takes at most seven characters of five bits and a sign.
_CHARACTERS = 7


class CocoRle(TypedDict):
    """A mask as pycocotools has it: ``size`` is [height, width]."""

    size: list[int]
    counts: bytes


@dataclass(frozen=True, slots=True)
class Masks:
    """Masks of several instances in one picture.

    Attributes:
        height: Pixels.
        width: Pixels.
        owners: (k,) whose mask each is.
        areas_px: (k,) how many pixels.
        boxes_px: (k, 4) first column, first row, last column, last row (inclusive); an empty mask
            has 0, 0, -1, -1. In the image's coordinates the tight box reaches half a pixel further.
        counts: (k) compressed strings, the same as pycocotools makes.
    """

    height: int
    width: int
    owners: Int32Array
    areas_px: Int64Array
    boxes_px: Int32Array
    counts: list[bytes]

    def __len__(self) -> int:
        return len(self.counts)

    def coco(self, index: int) -> CocoRle:
        """One mask in pycocotools' form."""
        return {"size": [self.height, self.width], "counts": self.counts[index]}


def encode_ids(ids: npt.NDArray[Any], owners: npt.ArrayLike | None = None) -> Masks:
    """Masks of all instances of an id picture.

    Args:
        ids: (h, w) integers; negative for no instance. Column-major memory saves a copy.
        owners: (k,) which instances, in which order, also those without a pixel, each once;
            None: those in the picture, rising.
    """
    _check_picture(ids)
    height, width = ids.shape
    flat = _column_major(ids).ravel()
    starts, ends, values = _runs(flat, _count_runs(flat))
    wanted = _distinct(values) if owners is None else np.asarray(owners, dtype=np.int32).ravel()
    slots = _slots(values, wanted)
    return encode_runs((height, width), wanted, (starts, ends, slots))


def encode_runs(
    size: tuple[int, int], owners: Int32Array, runs: tuple[Int32Array, Int32Array, Int32Array]
) -> Masks:
    """Masks from runs of pixels, counted down the columns.

    Args:
        size: Height and width.
        owners: (k,) whose masks.
        runs: First pixel (r,), pixel after the last (r,) and row of ``owners`` (r,; -1: nobody's).
            In each mask the runs rise and neither overlap nor touch.
    """
    height, width = size
    text, offsets, areas, boxes = encode(*runs, len(owners), height, height * width)
    whole = text.tobytes()
    counts = [whole[offsets[k] : offsets[k + 1]] for k in range(len(owners))]
    return Masks(height, width, owners, areas, boxes, counts)


def encode_mask(mask: npt.NDArray[Any]) -> CocoRle:
    """One mask (h, w), true where the instance is, in pycocotools' form."""
    _check_picture(mask)
    ids = np.where(_column_major(mask) != 0, np.int32(0), np.int32(-1)).T
    return encode_ids(ids, [0]).coco(0)


def decode(rle: CocoRle) -> BoolArray:
    """The mask (h, w) of a compressed string.

    Raises:
        ValueError: The string isn't one of a mask of that size.
    """
    height, width = (int(length) for length in rle["size"])
    counts = rle["counts"]
    raw = bytes(counts)
    flat = np.zeros(height * width, dtype=np.bool_)
    filled = _decode(np.frombuffer(raw, dtype=np.uint8), flat)
    if filled != flat.size:
        message = (
            f"counts: expected runs of {height} x {width} = {flat.size} pixels, found {filled}"
            if filled >= 0
            else f"counts: expected a compressed run-length string, found {raw[:40]!r}"
        )
        raise ValueError(message)
    return flat.reshape(width, height).T


def id_picture(ids: npt.NDArray[Any]) -> bytes:
    """A PNG in which 0 is nothing and id + 1 the instance: 8 bits where they do, else 16.

    Args:
        ids: (h, w) integers below 65535; negative for no instance.

    Raises:
        ValueError: An id is too large for 16 bits.
    """
    _check_picture(ids)
    largest = int(ids.max(initial=-1))
    if largest > np.iinfo(np.uint16).max - 1:
        message = f"ids: expected at most 65534, found {largest}"
        raise ValueError(message)
    depth = np.uint8 if largest < np.iinfo(np.uint8).max else np.uint16
    picture = np.ascontiguousarray(np.where(ids < 0, 0, ids + 1).astype(depth))
    done, encoded = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        message = f"ids: expected a picture that a PNG can hold, found {ids.shape}"
        raise ValueError(message)
    return bytes(encoded.tobytes())


def read_id_picture(png: bytes) -> Int32Array:
    """The ids (h, w) of ``id_picture``, -1 for none.

    Raises:
        ValueError: Not a PNG of one channel.
    """
    picture = cv2.imdecode(np.frombuffer(png, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 2:
        found = "no picture" if picture is None else f"{picture.shape[2]} channels"
        message = f"png: expected an id picture of one channel, found {found}"
        raise ValueError(message)
    return np.asarray(picture.astype(np.int32) - 1)


def _check_picture(ids: npt.NDArray[Any]) -> None:
    if ids.ndim != 2 or ids.dtype.kind not in "iub":
        message = f"ids: expected integers of shape (h, w), found {ids.dtype} of {ids.shape}"
        raise ValueError(message)


def _column_major(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """(w, h) in row-major memory; cv2 transposes eight times as fast as NumPy."""
    narrow = picture.astype(np.int32, copy=False)
    if narrow.T.flags.c_contiguous or narrow.size == 0:
        return np.ascontiguousarray(narrow.T)
    return np.asarray(cv2.transpose(np.ascontiguousarray(narrow))).reshape(narrow.shape[::-1])


def _distinct(values: Int32Array) -> Int32Array:
    if values.size and int(values.max()) < _DENSE_IDS:
        present = np.zeros(int(values.max()) + 1, dtype=np.bool_)
        present[values] = True
        return np.flatnonzero(present).astype(np.int32)
    return np.unique(values)


def _slots(values: Int32Array, owners: Int32Array) -> Int32Array:
    """Row of ``owners`` for each value, -1 where it isn't wanted."""
    if not owners.size:
        return np.full(values.shape, -1, dtype=np.int32)
    order = np.argsort(owners, kind="stable").astype(np.int32)
    rising = owners[order]
    if (rising[1:] == rising[:-1]).any():
        twice = int(rising[1:][rising[1:] == rising[:-1]][0])
        message = f"owners: expected each id once, found {twice} twice"
        raise ValueError(message)
    if values.size and int(values.max()) < _DENSE_IDS:
        table = np.full(int(values.max()) + 1, -1, dtype=np.int32)
        usable = (rising >= 0) & (rising < table.size)
        table[rising[usable]] = order[usable]
        return table[values]
    place = np.minimum(np.searchsorted(rising, values), owners.size - 1)
    return np.where(rising[place] == values, order[place], np.int32(-1))


@njit(cache=True)
def _count_runs(flat: Int32Array) -> int:
    count = 0
    if flat.size > 0 and flat[0] >= 0:
        count = 1
    for position in range(1, flat.size):
        count += (flat[position] != flat[position - 1]) & (flat[position] >= 0)
    return count


@njit(cache=True)
def _runs(flat: Int32Array, count: int) -> tuple[Int32Array, Int32Array, Int32Array]:
    """First pixel, pixel after the last, and id of every run of equal ids that aren't negative."""
    starts = np.empty(count, dtype=np.int32)
    ends = np.empty(count, dtype=np.int32)
    values = np.empty(count, dtype=np.int32)
    run = 0
    position = 0
    while position < flat.size:
        value = flat[position]
        end = position + 1
        while end < flat.size and flat[end] == value:
            end += 1
        if value >= 0:
            starts[run] = position
            ends[run] = end
            values[run] = value
            run += 1
        position = end
    return starts, ends, values


@njit(cache=True)
def _put(text: UInt8Array, place: int, value: int) -> int:
    """Write one number, five bits a character, lowest first; the place after it."""
    more = True
    while more:
        character = value & 0x1F
        value >>= 5
        more = value != -1 if character & 0x10 else value != 0
        if more:
            character |= 0x20
        text[place] = character + 48
        place += 1
    return place


@njit(cache=True)
def _by_slot(slots: Int32Array, masks: int) -> tuple[Int64Array, Int64Array]:
    """Runs in the order of their masks, (masks + 1) where each mask's runs begin."""
    firsts = np.zeros(masks + 1, dtype=np.int64)
    for run in range(slots.size):
        if slots[run] >= 0:
            firsts[slots[run] + 1] += 1
    for mask in range(masks):
        firsts[mask + 1] += firsts[mask]
    order = np.empty(firsts[masks], dtype=np.int64)
    filled = firsts[:masks].copy()
    for run in range(slots.size):
        if slots[run] >= 0:
            order[filled[slots[run]]] = run
            filled[slots[run]] += 1
    return order, firsts


@njit(cache=True)
def encode(
    starts: Int32Array,
    ends: Int32Array,
    slots: Int32Array,
    masks: int,
    height: int,
    pixels: int,
) -> tuple[UInt8Array, Int64Array, Int64Array, Int32Array]:
    """Strings of masks one after the other, from runs: see ``encode_runs``.

    Returns:
        The strings; (masks + 1,) where each begins; (masks,) areas; (masks, 4) tight boxes: the
        first and last column and row of each, (0, 0, -1, -1) of an empty one.
    """
    order, firsts = _by_slot(slots, masks)
    text = np.empty((2 * order.size + 2 * masks) * _CHARACTERS, dtype=np.uint8)
    offsets = np.zeros(masks + 1, dtype=np.int64)
    areas = np.zeros(masks, dtype=np.int64)
    boxes = np.zeros((masks, 4), dtype=np.int32)
    place = 0
    for mask in range(masks):
        left, top, right, bottom = pixels, height, -1, -1
        # From the fourth number on, a number is written less the one two before it.
        written = 0
        before_last, last = 0, 0
        position = 0
        for index in range(firsts[mask], firsts[mask + 1]):
            start, end = int(starts[order[index]]), int(ends[order[index]])
            for value in (start - position, end - start):
                place = _put(text, place, value - before_last if written > 2 else value)
                before_last, last = last, value
                written += 1
            position = end
            areas[mask] += end - start
            column, last_column = start // height, (end - 1) // height
            left, right = min(left, column), max(right, last_column)
            crosses = column != last_column
            top = 0 if crosses else min(top, start - column * height)
            bottom = height - 1 if crosses else max(bottom, end - 1 - column * height)
        if position < pixels or written == 0:
            value = pixels - position
            place = _put(text, place, value - before_last if written > 2 else value)
        offsets[mask + 1] = place
        left, top = (0, 0) if right < 0 else (left, top)
        boxes[mask, 0], boxes[mask, 1] = left, top
        boxes[mask, 2], boxes[mask, 3] = right, bottom
    return text[:place].copy(), offsets, areas, boxes


@njit(cache=True)
def _decode(text: UInt8Array, flat: BoolArray) -> int:
    """Fill a column-major mask; how many pixels the string covers, -1 for a broken string."""
    position = 0
    before_last, last = 0, 0
    index = 0
    written = 0
    while index < text.size:
        value = 0
        shift = 0
        more = True
        while more:
            if index >= text.size or shift > 35:
                return -1
            character = int(text[index]) - 48
            if character < 0 or character > 63:
                return -1
            value |= (character & 0x1F) << shift
            shift += 5
            index += 1
            more = (character & 0x20) != 0
            if not more and character & 0x10:
                value |= -1 << shift
        if written > 2:
            value += before_last
        if value < 0 or position + value > flat.size:
            return -1
        if written & 1:
            flat[position : position + value] = True
        position += value
        before_last, last = last, value
        written += 1
    return position


def encode_ids_reference(ids: npt.NDArray[Any], owners: Sequence[int]) -> list[bytes]:
    """What ``encode_ids`` makes, written plainly: one mask after the other. For tests."""
    counts = []
    for owner in owners:
        flat = np.concatenate([[0], (np.asarray(ids) == owner).T.ravel().astype(np.int64)])
        edges = np.flatnonzero(np.diff(flat)) if flat.size > 1 else np.zeros(0, dtype=np.int64)
        numbers = np.diff(np.concatenate([[0], edges, [flat.size - 1]])).tolist()
        ends_in_one = bool(flat[-1]) or len(numbers) == 1
        numbers = numbers if ends_in_one or numbers[-1] else numbers[:-1]
        text = bytearray()
        for place, number in enumerate(numbers):
            rest = number - numbers[place - 2] if place > 2 else number
            more = True
            while more:
                low, rest = rest & 0x1F, rest >> 5
                more = rest != (-1 if low & 0x10 else 0)
                text.append(48 + (low | (0x20 if more else 0)))
        counts.append(bytes(text))
    return counts
