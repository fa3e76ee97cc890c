"""Kernels that draw the boxes of many images, and say what of each is seen.

# HOT: bench/datasets/exporting.py
"""

from typing import NamedTuple

import numpy as np

from projection.arrays import (
    BoolArray,
    Float32Array,
    Float64Array,
    Int32Array,
    Int64Array,
    UInt8Array,
)
from projection.kernels.boxes import FACES
from projection.kernels.compiled import compiled
from projection.raster.bits import Coverage
from projection.raster.bodies import Bodies, gather_bodies
from projection.raster.memory import NOWHERE, wipe
from projection.raster.paint import Tiles, paint_bodies, stamp_rays
from projection.raster.poses import Lines
from projection.raster.spans import draw_spans, empty_spans, stamp_spans, write_spans
from projection.raster.stock import NAMED, Stock
from projection.raster.strips import Scratch
from projection.raster.visits import Visits
from projection.rle import encode

#: Two triangles of each face, in the order of ``CORNER_SIGNS``, anticlockwise from outside.
BOX_TRIANGLES = np.concatenate([FACES[:, [0, 1, 2]], FACES[:, [0, 2, 3]]])
_TRIANGLES = len(BOX_TRIANGLES)
_ROOM = 1 << 16


class Stamped(NamedTuple):
    """What is seen of boxes that were asked for; of others all are zeros.

    Attributes:
        whole_px: (k,) pixels in the picture, whatever stands in front.
        seen_px: (k,) of these, seen.
        boxes_px: (k, 4) first column and row, last column and row of what is seen, or 0, 0, -1, -1.
        hiders: (k, 3) rows of the label table that hide most of it; -1: none.
        hider_px: (k, 3) how many pixels each of these hides.
    """

    whole_px: Int64Array
    seen_px: Int64Array
    boxes_px: Int32Array
    hiders: Int32Array
    hider_px: Int64Array

    @classmethod
    def nothing(cls, count: int) -> "Stamped":
        """Nothing of so many boxes."""
        return cls(
            np.zeros(count, dtype=np.int64),
            np.zeros(count, dtype=np.int64),
            np.zeros((count, 4), dtype=np.int32),
            np.full((count, NAMED), -1, dtype=np.int32),
            np.zeros((count, NAMED), dtype=np.int64),
        )

    def take(self, chosen: Int64Array | BoolArray) -> "Stamped":
        """Some of them."""
        return Stamped(
            self.whole_px[chosen],
            self.seen_px[chosen],
            self.boxes_px[chosen],
            self.hiders[chosen],
            self.hider_px[chosen],
        )


class Texts(NamedTuple):
    """Masks as COCO run-length strings, one after the other.

    Attributes:
        content: All of them.
        ends: (k,) where each ends.
    """

    content: UInt8Array
    ends: Int64Array


#: Corners and velocities of boxes (n, 8, 6), and whose each is: rising in each image.
Boxes = tuple[Float64Array, Float64Array, Int32Array]
#: Poses of all images' lines: strips, spreads and spread of ``Lines``, the middle, whether they
#: roll.
AllLines = tuple[Float64Array, Float64Array, Float64Array, int, bool]
#: 1/distance, body, and where something was drawn.
Buffers = tuple[Float32Array, Int32Array, Int64Array]


@compiled
def _gathered(
    corners: Float64Array, owners: Int32Array, lines: Lines, root: Float64Array
) -> Bodies:
    """The bodies of boxes (n, 8, 6), those that may be in the picture."""
    count = len(corners) * _TRIANGLES
    places = np.empty((count, 3, 3))
    speeds = np.empty((count if lines.rolling else 0, 3, 3))
    whose, solids = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
    for row in range(count):
        box = row // _TRIANGLES
        whose[row], solids[row] = owners[box], box
        for corner in range(3):
            own = corners[box, BOX_TRIANGLES[row % _TRIANGLES, corner]]
            for axis in range(3):
                places[row, corner, axis] = own[axis]
                if lines.rolling:
                    speeds[row, corner, axis] = own[3 + axis]
    nearer = np.zeros(count, dtype=np.float32)
    return gather_bodies(places, speeds, whose, solids, nearer, lines, root)


@compiled
def _image_lines(lines: AllLines, image: int) -> Lines:
    return Lines(lines[0][image], lines[1][image], lines[2][image], lines[3], lines[4])


@compiled
def _labels_of(owners: Int32Array, asked: BoolArray, drawn: Bodies, hiding: Bodies) -> Int32Array:
    """(k, 7) the labels of an image that are asked for, see ``Painter.stamp``."""
    labels = np.zeros((asked.sum(), 7), dtype=np.int32)
    slot = 0
    for box in range(len(owners)):
        if asked[box]:
            labels[slot, 0] = np.searchsorted(drawn.owners, owners[box])
            labels[slot, 1] = np.searchsorted(drawn.owners, owners[box], side="right")
            labels[slot, 2] = np.searchsorted(hiding.owners, owners[box])
            labels[slot, 3] = np.searchsorted(hiding.owners, owners[box], side="right")
            slot += 1
    return labels


@compiled
def _emptied(buffers: Buffers) -> None:
    """Forget what was drawn before."""
    near, index, drawn = buffers
    wipe(near, index, drawn)
    for group in range(len(drawn)):
        drawn[group, 0], drawn[group, 1] = NOWHERE


@compiled
def _own_stock(stock: Stock, hiding: Bodies, labels: int) -> Stock:
    """The stock of one image."""
    count = len(hiding.owners)
    owners = np.empty(count + 1, dtype=np.int32)
    owners[:count] = hiding.owners
    owners[count] = -1
    return Stock(
        stock.whole, stock.seen, stock.counts, stock.most, owners, stock.pixels, stock.ids,
        np.full((labels, NAMED), np.int32(-1), dtype=np.int32),
        np.zeros((labels, NAMED), dtype=np.int64),
    )  # fmt: skip


@compiled
def _take(  # noqa: PLR0913, PLR0917  what was stamped, and where it goes
    stock: Stock,
    part: tuple[int, int],
    places: Int64Array,
    size: tuple[int, int],
    texts: tuple[UInt8Array, UInt8Array],
    used: Int64Array,
    out: Stamped,
    ends: Int64Array,
    with_masks: bool,  # noqa: FBT001
) -> tuple[UInt8Array, UInt8Array]:
    """Write some labels (first, after the last) of an image, and empty the stock.

    Args:
        stock: The image's.
        part: Which.
        places: (k,) of all labels of the image, their rows in what is written.
        size: Height and width of the picture.
        texts: Memory for strings.
        used: (2,) how much of these is used.
        out: Written.
        ends: (2, n) written.
        with_masks: Whether strings are kept.

    Returns:
        The strings' memory, which may have grown.
    """
    count, pixels = len(places), size[0] * size[1]
    first, second = stock.counts[0], stock.counts[1]
    text, offsets, areas, _ = encode(
        stock.whole[0][:first], stock.whole[1][:first], stock.whole[2][:first],
        count, size[0], pixels,
    )  # fmt: skip
    seen_text, seen_offsets, seen_areas, boxes = encode(
        stock.seen[0][:second], stock.seen[1][:second], stock.seen[2][:second],
        count, size[0], pixels,
    )  # fmt: skip
    whole, seen = texts
    for slot in range(part[0], part[1]):
        place = places[slot]
        out.whole_px[place], out.seen_px[place] = areas[slot], seen_areas[slot]
        out.boxes_px[place] = boxes[slot]
        out.hiders[place], out.hider_px[place] = stock.hiders[slot], stock.hider_px[slot]
        if with_masks:
            whole = _kept(whole, used, 0, text[offsets[slot] : offsets[slot + 1]])
            seen = _kept(seen, used, 1, seen_text[seen_offsets[slot] : seen_offsets[slot + 1]])
            ends[0, place], ends[1, place] = used[0], used[1]
    stock.counts[0], stock.counts[1] = 0, 0
    return whole, seen


@compiled
def _kept(memory: UInt8Array, used: Int64Array, which: int, text: UInt8Array) -> UInt8Array:
    """Append a string to memory, which grows where it must."""
    first = used[which]
    if first + len(text) > len(memory):
        larger = np.empty(2 * (first + len(text)), dtype=np.uint8)
        larger[:first] = memory[:first]
        memory = larger
    memory[first : first + len(text)] = text
    used[which] = first + len(text)
    return memory


@compiled
def _places_of(asked: BoolArray, first: int) -> Int64Array:
    """Where those of an image that are asked for are among all."""
    places = np.empty(asked.sum(), dtype=np.int64)
    slot = 0
    for box in range(len(asked)):
        if asked[box]:
            places[slot] = first + box
            slot += 1
    return places


@compiled
def stamp_images_of_spans(  # noqa: PLR0913, PLR0917  what is drawn, with what, to where
    boxes: Boxes,
    asked: BoolArray,
    firsts: Int64Array,
    lines: AllLines,
    size: tuple[int, int],
    root: Float64Array,
    intrinsics: Float64Array,
    memory: Scratch,
    buffers: Buffers,
    canvas: Coverage,
    stock: Stock,
    out: Stamped,
    ends: Int64Array,
    with_masks: bool,  # noqa: FBT001
) -> tuple[UInt8Array, UInt8Array]:
    """All images of a pinhole with a global shutter."""
    smaller, corners, owners = boxes
    near, index, drawn = buffers
    height, width = size
    texts, used = (np.empty(_ROOM, np.uint8), np.empty(_ROOM, np.uint8)), np.zeros(2, np.int64)
    for image in range(len(firsts) - 1):
        first, last = firsts[image], firsts[image + 1]
        if not asked[first:last].any():
            continue
        pose, own = _image_lines(lines, image), owners[first:last]
        hiding = _gathered(smaller[first:last], own, pose, root)
        whole = _gathered(corners[first:last], own, pose, root)
        _emptied(buffers)
        spans = empty_spans(len(hiding.owners))
        write_spans(hiding, pose, intrinsics, width, memory, spans)
        draw_spans(hiding, spans, height, near, index, drawn)
        spans = empty_spans(len(whole.owners))
        write_spans(whole, pose, intrinsics, width, memory, spans)
        labels = _labels_of(own, asked[first:last], whole, hiding)
        places = _places_of(asked[first:last], first)
        image_stock = _own_stock(stock, hiding, len(labels))
        done = 0
        while done < len(labels):
            before = done
            done = stamp_spans(
                whole, labels, spans, height, (near, index), canvas, image_stock, done
            )
            texts = _take(
                image_stock, (before, done), places, size, texts, used, out, ends, with_masks
            )
    return texts[0][: used[0]], texts[1][: used[1]]


@compiled
def stamp_images_of_rays(  # noqa: PLR0913, PLR0917  what is drawn, with what, to where
    boxes: Boxes,
    asked: BoolArray,
    firsts: Int64Array,
    lines: AllLines,
    size: tuple[int, int],
    root: Float64Array,
    count: int,
    rays: Float32Array,
    tiles: Tiles,
    memory: Scratch,
    nothing: Coverage,
    visits: Visits,
    buffers: Buffers,
    canvas: Coverage,
    stock: Stock,
    out: Stamped,
    ends: Int64Array,
    with_masks: bool,  # noqa: FBT001
) -> tuple[UInt8Array, UInt8Array]:
    """All images of any lens and shutter, of ``count`` lines each."""
    smaller, corners, owners = boxes
    scene = rays, buffers[0], buffers[1]
    texts, used = (np.empty(_ROOM, np.uint8), np.empty(_ROOM, np.uint8)), np.zeros(2, np.int64)
    for image in range(len(firsts) - 1):
        first, last = firsts[image], firsts[image + 1]
        if not asked[first:last].any():
            continue
        pose, own = _image_lines(lines, image), owners[first:last]
        hiding = _gathered(smaller[first:last], own, pose, root)
        whole = _gathered(corners[first:last], own, pose, root)
        _emptied(buffers)
        nobody = np.int32(0), np.int32(0), False
        part = 0, len(hiding.owners)
        paint_bodies(hiding, part, pose, count, tiles, scene, nobody, nothing, memory, visits)
        labels = _labels_of(own, asked[first:last], whole, hiding)
        places = _places_of(asked[first:last], first)
        image_stock = _own_stock(stock, hiding, len(labels))
        done = 0
        while done < len(labels):
            before = done
            done = stamp_rays(
                whole, labels, pose, count, tiles, scene, canvas, memory, size[0], image_stock,
                done, (visits, whole),
            )  # fmt: skip
            texts = _take(
                image_stock, (before, done), places, size, texts, used, out, ends, with_masks
            )
    return texts[0][: used[0]], texts[1][: used[1]]
