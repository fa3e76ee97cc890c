"""What is nearest along every pixel's ray: whose surface, which triangle, how far."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from projection.arrays import Float32Array, Int32Array, Int64Array
from projection.cameras.pinhole import Pinhole
from projection.raster.bits import Coverage
from projection.raster.bodies import Bodies
from projection.raster.layers import (
    PixelScale,
    write_depths,
    write_names,
    write_ranges,
    write_triangles,
)
from projection.raster.memory import Workspace, buffers
from projection.raster.paint import RayPainter
from projection.raster.rays import TILE, tile_counts
from projection.raster.spans import PinholePainter
from projection.raster.stock import Stock
from projection.raster.tessellate import Triangles
from projection.raster.visits import NO_VISITS, Known, Visits, visits_of
from projection.view import View


class Painter(Protocol):
    """Draws bodies into buffers whose rows are lines: columns of the picture, or rows.

    Attributes:
        size: Lines of the picture, and pixels in each.
        shape: The same where lines are longer, to a multiple of 16, as in pictures of bits.
        by_rows: Whether lines are the picture's rows.
    """

    size: tuple[int, int]
    shape: tuple[int, int]
    by_rows: bool

    @property
    def scale(self) -> PixelScale:
        """What 1/distance means."""
        ...

    def prepare(self, triangles: Triangles) -> Bodies:
        """The bodies that may be in the picture, of triangles in the order of their owners."""
        ...

    def draw(
        self,
        bodies: Bodies,
        near: Float32Array,
        index: Int32Array,
        drawn: Int64Array,
        visits: Visits | None = None,
    ) -> None:
        """Draw all bodies where they're nearer.

        Args:
            bodies: What ``prepare`` made.
            near: (strips, runs, 128) 1/distance of what is nearest so far; 0 for nothing.
            index: (strips, runs, 128) its body.
            drawn: (half the strips, 2) widened: where something was drawn, see ``memory.buffers``.
            visits: What is found of bodies whose visits are to be kept; a painter may keep none.
        """
        ...

    def stamp(
        self,
        bodies: Bodies,
        labels: Int32Array,
        scene: tuple[Float32Array, Int32Array],
        coverage: Coverage,
        stock: Stock,
        first: int,
        known: Known | None = None,
    ) -> int:
        """Find which pixels labels cover, and which of these nothing hides, one after the other.

        Args:
            bodies: What ``prepare`` made.
            labels: (k, 7) of each label its bodies (first, after the last), those of its owner in
                the scene, which don't hide it, whether they are the same surface, and what is
                known: its visits (first, after the last).
            scene: What may hide them: 1/distance and body of what is nearest.
            coverage: Memory for one label.
            stock: Written.
            first: The first label to be stamped.
            known: Visits of the scene's bodies, and these as near as they count as labels.

        Returns:
            The first label for which there is no room; k if they are all done.
        """
        ...


@dataclass(frozen=True)
class ZBuffer:
    """The nearest surface in every pixel; what is asked for is worked out when it is asked for.

    Attributes:
        view: What was drawn into.
        painter: What drew it, for whoever draws more beside it.
        bodies: What was drawn.
        order: (n,) of the triangles in the order of their owners: the rows given.
        near: (strips, runs, 128) float32 1/distance as compared while drawing, 0 for none; of
            tiles of 8 lines x 16 pixels, each pixel after pixel and line after line.
        index: (strips, runs, 128) int32 the nearest body; -1 for none.
        memory: Where the pictures below are kept.
        visits: What is kept of bodies that were drawn.
    """

    view: View
    painter: Painter
    bodies: Bodies
    order: Int32Array
    near: Float32Array
    index: Int32Array
    memory: Workspace
    visits: Visits = NO_VISITS

    @cached_property
    def owner(self) -> Int32Array:
        """(h, w) int32, whose surface; -1 for none."""
        layer = self.memory.array("owner", self.painter.size, np.int32)
        write_names(self.index, np.append(self.bodies.owners, np.int32(-1)), layer)
        return np.asarray(self._picture(layer))

    @cached_property
    def triangle(self) -> Int32Array:
        """(h, w) int32, row of the triangles that were given; -1 for none."""
        layer = self.memory.array("triangle", self.painter.size, np.int32)
        write_names(self.index, np.append(self.bodies.rows[:, 0], np.int32(-1)), layer)
        found = np.array(self._picture(layer))
        bodies = self.memory.array("body", self.painter.size, np.int32)
        count = len(self.bodies.owners)
        write_names(self.index, np.append(np.arange(count, dtype=np.int32), np.int32(-1)), bodies)
        body = self._picture(bodies)
        several = np.append(np.diff(self.bodies.rows, axis=1)[:, 0] > 1, False)
        v, u = np.nonzero(several[body])
        if len(v):
            uv = np.stack([u, v], axis=1).astype(np.float64)
            origins, rays, _ = self.view.unproject(uv)
            camera = self.view.camera
            seconds = self.view.shutter.offset_ns(uv, camera.width, camera.height) * 1e-9
            rows = np.empty(len(v), dtype=np.int32)
            local = origins - self.view.origin_m
            write_triangles(self.bodies, body[v, u], local, rays, seconds, rows)
            found[v, u] = rows
        return np.asarray(np.append(self.order, np.int32(-1))[found])

    @cached_property
    def depth_m(self) -> Float32Array:
        """(h, w) float32 along the optical axis at the line's time; inf for none."""
        layer = self.memory.array("depth", self.painter.size, np.float32)
        write_depths((self.near, self.index), self.nearer, self.painter.scale, layer)
        return np.asarray(self._picture(layer))

    @cached_property
    def range_m(self) -> Float32Array:
        """(h, w) float32 from the camera at the line's time; inf for none."""
        layer = self.memory.array("range", self.painter.size, np.float32)
        write_ranges((self.near, self.index), self.nearer, self.painter.scale, layer)
        return np.asarray(self._picture(layer))

    @cached_property
    def nearer(self) -> Float32Array:
        """(m + 1,) of each body what its 1/distance was multiplied by; 1 for none."""
        return np.append(self.bodies.nearer, 1.0).astype(np.float32)

    @property
    def largest_owner(self) -> int:
        """The largest id that was drawn, -1 for none."""
        return int(self.bodies.owners[-1]) if len(self.bodies.owners) else -1

    @property
    def recalls(self) -> bool:
        """Whether what was found of labels while they were drawn is there, all of it."""
        kept, lost = self.visits.counts.tolist()
        return bool(kept > 0 and lost == 0)

    def own_bodies(self, owner: int) -> tuple[int, int]:
        """The bodies of an owner: first, after the last."""
        first, last = np.searchsorted(self.bodies.owners, [owner, owner + 1])
        return int(first), int(last)

    def _picture(self, layer: Any) -> Any:
        """A layer (lines, length) as a picture (h, w), without a copy."""
        return layer if self.painter.by_rows else layer.T


def painter_for(view: View) -> Painter:
    """The way to draw into a view: straight spans, or rays line by line."""
    camera = view.camera
    straight = camera.ray_warp is None and camera.limit_rad >= math.pi / 2
    if isinstance(camera.lens, Pinhole) and straight and not view.shutter.is_rolling:
        return PinholePainter(view, camera.lens)
    return RayPainter(view)


def by_owner(triangles: Triangles) -> tuple[Triangles, Int32Array]:
    """Triangles in the order in which they are drawn, and which rows these were.

    Of two at one distance the first one drawn stays.
    """
    owners = triangles.owners
    if (owners[1:] >= owners[:-1]).all():
        return triangles, np.arange(len(owners), dtype=np.int32)
    order = np.argsort(owners, kind="stable").astype(np.int32)
    return triangles.take(order), order


def rasterise(
    view: View,
    triangles: Triangles,
    workspace: Workspace | None = None,
    labels: Sequence[int] = (),
) -> ZBuffer:
    """The nearest surface along the ray of every pixel's centre, at that pixel's own time.

    A pixel on the common edge of two triangles belongs to exactly one of them (top-left rule).
    Where two owners are equally far, the lower id wins. With a workspace, the arrays are those of
    the workspace, and hold until it's used again. Of the surfaces of some owners, ``labels``, what
    is found is kept for their masks, if the painter can: see ``ZBuffer.recalls``.
    """
    memory = Workspace() if workspace is None else workspace
    painter = painter_for(view)
    drawn, order = by_owner(triangles)
    bodies = painter.prepare(drawn)
    near, index, touched = buffers((*tile_counts(painter.size), TILE), memory)
    visits = visits_of(bodies.owners, labels, memory)
    painter.draw(bodies, near, index, touched, visits)
    return ZBuffer(view, painter, bodies, order, near, index, memory, visits)
