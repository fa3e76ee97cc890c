"""What is nearest along every pixel's ray: whose surface, which triangle, how far."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from projection.arrays import Float32Array, Int32Array
from projection.cameras.pinhole import Pinhole
from projection.raster.cones import LensPainter
from projection.raster.layers import Layers, Names
from projection.raster.lines import RollingPainter
from projection.raster.memory import Workspace, buffers
from projection.raster.spans import PinholePainter
from projection.raster.tessellate import Triangles
from projection.view import View


class Painter(Protocol):
    """Draws triangles into buffers whose rows are lines: columns of the picture, or rows.

    Attributes:
        size: Lines of the picture, and pixels in each.
        shape: Of the buffers drawn into: lines may be longer there.
        by_rows: Whether lines are the picture's rows.
    """

    size: tuple[int, int]
    shape: tuple[int, int]
    by_rows: bool

    def prepare(self, triangles: Triangles) -> Any:
        """Everything about the triangles that doesn't depend on the pixel."""
        ...

    def draw(
        self, prepared: Any, part: tuple[int, int], near: Float32Array, index: Int32Array
    ) -> tuple[int, int, int, int]:
        """Draw triangles ``part`` (first, after the last) where they're nearer.

        Args:
            prepared: What ``prepare`` made.
            part: Which triangles.
            near: (lines, length) 1/distance of what is nearest so far; 0 for nothing.
            index: (lines, length) its triangle.

        Returns:
            A region that holds all pixels drawn: lines from, to, pixels along from, to.
        """
        ...

    def resolve(self, prepared: Any, names: Names, index: Int32Array, layers: Layers) -> None:
        """Write owner, triangle, depth and range of every pixel to ``layers``."""
        ...


@dataclass(frozen=True, slots=True)
class ZBuffer:
    """The nearest surface in every pixel.

    Attributes:
        owner: (h, w) int32, whose surface; -1 for none.
        triangle: (h, w) int32, row of the triangles that were given; -1 for none.
        depth_m: (h, w) float32 along the optical axis at the line's time; inf for none.
        range_m: (h, w) float32 from the camera at the line's time; inf for none.
        near: float32 1/distance as compared while drawing, in the painter's shape; 0 for none.
        painter: What drew it, for whoever draws more beside it.
    """

    owner: Int32Array
    triangle: Int32Array
    depth_m: Float32Array
    range_m: Float32Array
    near: Float32Array
    painter: Painter


def painter_for(view: View) -> Painter:
    """The way to draw into a view: spans, cones of rays, or line by line."""
    camera = view.camera
    if view.shutter.is_rolling:
        return RollingPainter(view)
    straight = isinstance(camera.lens, Pinhole) and camera.ray_warp is None
    if isinstance(camera.lens, Pinhole) and straight and camera.limit_rad >= math.pi / 2:
        return PinholePainter(view, camera.lens)
    return LensPainter(view)


def picture(buffer: Any, painter: Painter) -> Any:
    """A painter's buffer (lines, length) as a picture (h, w), without a copy."""
    return buffer if painter.by_rows else buffer.T


def by_owner(triangles: Triangles) -> Int32Array:
    """The order in which triangles are drawn. Of two at one distance the first one drawn stays."""
    return np.argsort(triangles.owners, kind="stable").astype(np.int32)


def rasterise(view: View, triangles: Triangles, workspace: Workspace | None = None) -> ZBuffer:
    """The nearest surface along the ray of every pixel's centre, at that pixel's own time.

    A pixel on the common edge of two triangles belongs to exactly one of them (top-left rule).
    Where two owners are equally far, the lower id wins. With a workspace, the arrays are those of
    the workspace, and hold until it's used again.
    """
    memory = Workspace() if workspace is None else workspace
    painter = painter_for(view)
    order = by_owner(triangles)
    prepared = painter.prepare(triangles.take(order))
    near, index = buffers(painter.shape, memory)
    painter.draw(prepared, (0, len(triangles)), near, index)
    layers = (
        memory.array("owner", painter.size, np.int32),
        memory.array("triangle", painter.size, np.int32),
        memory.array("depth", painter.size, np.float32),
        memory.array("range", painter.size, np.float32),
    )
    names = order, triangles.owners[order]
    painter.resolve(prepared, names, index, layers)
    owner, triangle, depth_m, range_m = (picture(layer, painter) for layer in layers)
    return ZBuffer(
        owner=owner,
        triangle=triangle,
        depth_m=depth_m,
        range_m=range_m,
        near=near,
        painter=painter,
    )
