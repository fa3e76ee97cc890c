"""The boxes of many images drawn in one go: what of each is seen, and what hides the rest.

Where nothing but boxes can hide anything, an image's drawing takes less time than its arrays take
to be made. So this does what ``Drawing.silhouettes`` does, image after image, without coming back.
"""

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array
from projection.batch.box_stamping import (
    AllLines,
    Stamped,
    Texts,
    stamp_images_of_rays,
    stamp_images_of_spans,
)
from projection.batch.scene import Looked
from projection.raster.bits import coverage, empty_coverage
from projection.raster.memory import Workspace, buffers
from projection.raster.paint import RayPainter
from projection.raster.poses import POSE, line_poses
from projection.raster.rays import STRIP, TILE, tile_counts
from projection.raster.spans import PinholePainter
from projection.raster.stock import make_stock
from projection.raster.visits import NO_VISITS
from projection.raster.zbuffer import Painter, painter_for
from projection.tracks import CORNER_SIGNS


class BoxDrawing:
    """Draws boxes, in the same memory from chunk to chunk."""

    def __init__(self) -> None:
        self._memory = Workspace()

    def stamp(
        self,
        looked: Looked,
        chosen: Int64Array,
        *,
        scale: tuple[float, float, float] | None,
        asked: BoolArray,
        label_count: int,
        with_masks: bool,
    ) -> tuple[Stamped, Texts, Texts]:
        """What is seen of boxes.

        Args:
            looked: The images.
            chosen: (k,) the boxes of ``looked`` that are in their pictures.
            scale: Factors on the size of a box while it hides another; None: boxes hide nothing.
            asked: (k,) which of these are asked for.
            label_count: Rows of the label table.
            with_masks: Whether the masks are wanted, too.

        Returns:
            What is seen of each; the whole masks and the visible ones.
        """
        corners = looked.corners[chosen]
        owners = looked.boxes[chosen].astype(np.int32)
        firsts = looked.images[chosen].searchsorted(np.arange(len(looked) + 1))
        smaller = corners[:0]
        if scale is not None:
            smaller = np.ascontiguousarray(np.einsum("ab,kbc->kac", shrinking(scale), corners))
        painter = painter_for(looked.views[0])
        lines = _lines_of(looked, painter)
        camera, memory = looked.views[0].camera, self._memory
        near, index, drawn = buffers((*tile_counts(painter.size), TILE), memory)
        canvas = coverage(painter.shape, memory, by_rows=painter.by_rows)
        size = camera.height, camera.width
        stock = make_stock(size, np.zeros(0, np.int32), 0, label_count, memory)
        count = len(chosen)
        out = Stamped.nothing(count)
        ends = np.zeros((2, count), dtype=np.int64)
        common = (smaller, corners, owners), asked, firsts, lines, size
        room = (near, index, drawn), canvas, stock
        results = out, ends, with_masks
        if isinstance(painter, PinholePainter):
            whole, seen = stamp_images_of_spans(
                *common, painter.root, painter.intrinsics, painter.scratch, *room, *results
            )
        else:
            assert isinstance(painter, RayPainter)  # noqa: S101  for the type alone
            whole, seen = stamp_images_of_rays(
                *common, painter.root, painter.size[0], painter.rays, painter.tiles,
                painter.scratch, empty_coverage(drawn), NO_VISITS, *room, *results,
            )  # fmt: skip
        return out, Texts(whole, ends[0]), Texts(seen, ends[1])


def shrinking(scale: tuple[float, float, float]) -> Float64Array:
    """(8, 8) weights that make the corners of a smaller box from those of a box."""
    signs = CORNER_SIGNS * np.array(scale)
    weights: Float64Array = 0.5 * (1.0 + signs[:, None, :] * CORNER_SIGNS[None])
    return np.asarray(weights.prod(axis=2))


def _lines_of(looked: Looked, painter: Painter) -> AllLines:
    """The lines of all images."""
    if not looked.views[0].shutter.is_rolling:
        turns = np.array([view.world_from_camera.matrix.T for view in looked.views])
        count = len(turns)
        strips = np.zeros((count, 1, POSE * STRIP))
        strips[:, 0, : 9 * STRIP] = turns.reshape(count, 9).repeat(STRIP, axis=1)
        return strips, np.zeros((count, 1, 3)), np.zeros((count, 3)), 0, False
    size, by_rows = painter.size, painter.by_rows
    lines = [line_poses(view, size[0], by_rows=by_rows) for view in looked.views]
    strips, spreads, spread = (np.stack([one[place] for one in lines]) for place in range(3))
    return strips, spreads, spread, lines[0].middle, True
