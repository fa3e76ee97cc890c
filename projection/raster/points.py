"""Points in a picture: depth from sweeps, labels of points, and what along a line is in sight."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from projection.arrays import (
    BoolArray,
    Float32Array,
    Float64Array,
    Int32Array,
    Int64Array,
    UInt8Array,
    rows,
)
from projection.camera import Camera
from projection.raster.layers import Buffers, PixelScale
from projection.raster.rays import RUN, STRIP
from projection.raster.zbuffer import ZBuffer
from projection.status import Status
from projection.view import View

#: A splat never reaches further than so many pixels from its point.
MOST_RADIUS_PX = 3
#: A point so much behind a surface isn't seen: it is what the surface hides.
BEHIND_M = 0.2
#: A line is in sight unless something is nearer by more than this, or this part of the distance:
#: the ground that it lies on is a surface too, and is seen at grazing angles.
TOLERANCE_M = 0.1
TOLERANCE_PART = 0.01

#: Where a pixel's depth is from.
FROM_NOTHING, FROM_LABEL, FROM_MESH, FROM_POINTS = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Splats:
    """The nearest point in every pixel.

    Attributes:
        point: (h, w) int32, which point; -1 for none.
        depth_m: (h, w) float32 along the optical axis; inf for none.
        range_m: (h, w) float32 from the camera; inf for none.
    """

    point: Int32Array
    depth_m: Float32Array
    range_m: Float32Array


@dataclass(frozen=True, slots=True)
class PointLabels:
    """A picture of point labels.

    Attributes:
        label: (h, w) int32, the nearest point's label; -1 for no point.
        ambiguous: (h, w) whether points of another label lie as near.
        splats: The points themselves.
    """

    label: Int32Array
    ambiguous: BoolArray
    splats: Splats


@dataclass(frozen=True, slots=True)
class Depth:
    """Depth of a picture from surfaces and points together.

    Attributes:
        depth_m: (h, w) float32 along the optical axis; inf for none.
        range_m: (h, w) float32 from the camera; inf for none.
        source: (h, w) uint8 ``FROM_NOTHING``, ``FROM_LABEL``, ``FROM_MESH`` or ``FROM_POINTS``.
    """

    depth_m: Float32Array
    range_m: Float32Array
    source: UInt8Array


def splat(
    view: View,
    points_world: npt.ArrayLike,
    spacing_m: float,
    zbuffer: ZBuffer | None = None,
    velocities_mps: npt.ArrayLike | None = None,
) -> Splats:
    """Depth from points: each is a square as wide as their spacing looks, the nearest wins.

    Args:
        view: The view.
        points_world: (n, 3) metres, where they are at the image's time. Those without a pixel, or
            that aren't finite, are passed over.
        spacing_m: Typical distance between neighbours, by which a splat is so wide that a surface
            has no gaps, up to ``MOST_RADIUS_PX``; 0: single pixels.
        zbuffer: Surfaces that hide points more than ``BEHIND_M`` behind them.
        velocities_mps: (n, 3) or (3,) of the points.
    """
    uv, depth_m, range_m, seen = _projected(view, points_world, velocities_mps)
    index = np.flatnonzero(seen)
    height, width = view.camera.height, view.camera.width
    limit = _limit(zbuffer, (height, width))
    nearest = np.full((height, width), np.inf, dtype=np.float32)
    point = np.full((height, width), -1, dtype=np.int32)
    radius = _radii(view.camera, range_m[index], spacing_m)
    _splat(uv[index], range_m[index], radius, index, limit, nearest, point)
    depth = np.append(depth_m, np.inf).astype(np.float32)[point]
    return Splats(point, depth, nearest)


def label_pixels(
    view: View,
    points_world: npt.ArrayLike,
    labels: npt.ArrayLike,
    spacing_m: float,
    zbuffer: ZBuffer | None = None,
    velocities_mps: npt.ArrayLike | None = None,
) -> PointLabels:
    """The label of the nearest point in every pixel, and where it is in doubt.

    Args:
        view: See ``splat``, also for the arguments not given here.
        points_world: (n, 3).
        labels: (n,) integers, zero or more; points with a negative one hide others all the same.
        spacing_m: See ``splat``.
        zbuffer: See ``splat``.
        velocities_mps: See ``splat``.
    """
    whose = np.asarray(labels, dtype=np.int32).ravel()
    splats = splat(view, points_world, spacing_m, zbuffer, velocities_mps)
    uv, _, range_m, seen = _projected(view, points_world, velocities_mps)
    if len(whose) != len(uv):
        message = f"labels: expected one for each of {len(uv)} points, found {len(whose)}"
        raise ValueError(message)
    index = np.flatnonzero(seen)
    label = np.append(whose, np.int32(-1))[splats.point]
    ambiguous = np.zeros(label.shape, dtype=np.bool_)
    radius = _radii(view.camera, range_m[index], spacing_m)
    _doubt(uv[index], range_m[index], radius, whose[index], splats.range_m, label, ambiguous)
    return PointLabels(np.maximum(label, -1), ambiguous, splats)


def visible(
    view: View,
    points_world: npt.ArrayLike,
    zbuffer: ZBuffer,
    owner: int = -1,
    velocities_mps: npt.ArrayLike | None = None,
) -> BoolArray:
    """Which points, along a line say, are in the picture and not hidden.

    Args:
        view: The z-buffer's view.
        points_world: (n, 3) metres; along a line at most two pixels apart.
        zbuffer: What may hide them.
        owner: Whose surface doesn't hide them; -1: everybody's does.
        velocities_mps: (n, 3) or (3,) of the points.
    """
    uv, _, range_m, seen = _projected(view, points_world, velocities_mps)
    return seen & unhidden(uv, range_m, zbuffer, owner)


def unhidden(
    uv: Float64Array, range_m: Float64Array, zbuffer: ZBuffer, owner: int = -1
) -> BoolArray:
    """Which pixels (n, 2), whose points are ``range_m`` (n,) away, have nothing in front.

    A point counts as hidden where all nine pixels round it are nearer by more than the tolerance:
    ``TOLERANCE_M`` or ``TOLERANCE_PART`` of the distance. Off the picture nothing is known: false.
    """
    return _unhidden(
        uv,
        range_m,
        (zbuffer.near, zbuffer.index),
        zbuffer.nearer,
        zbuffer.painter.scale,
        (*zbuffer.painter.size, zbuffer.painter.by_rows),
        zbuffer.own_bodies(owner),
    )


def merged_depth(
    zbuffer: ZBuffer, splats: Splats | None = None, mesh_owners: npt.ArrayLike = ()
) -> Depth:
    """The nearer of surface and point in every pixel, with its source.

    Args:
        zbuffer: Surfaces.
        splats: Points, splatted with this z-buffer.
        mesh_owners: Owners that are meshes (the ground, the scene), not labels.
    """
    meshes = np.asarray(mesh_owners, dtype=np.int32).ravel()
    source = np.where(np.isin(zbuffer.owner, meshes), FROM_MESH, FROM_LABEL).astype(np.uint8)
    source[zbuffer.owner < 0] = FROM_NOTHING
    if splats is None:
        return Depth(zbuffer.depth_m.copy(), zbuffer.range_m.copy(), source)
    nearer = splats.range_m < zbuffer.range_m
    source[nearer] = FROM_POINTS
    return Depth(
        np.where(nearer, splats.depth_m, zbuffer.depth_m),
        np.where(nearer, splats.range_m, zbuffer.range_m),
        source,
    )


def _projected(
    view: View, points_world: npt.ArrayLike, velocities_mps: npt.ArrayLike | None
) -> tuple[Float64Array, Float64Array, Float64Array, BoolArray]:
    """Pixels (n, 2), depth and range (n,) at the lines' times, and (n,) whether in the picture."""
    world = rows(points_world, 3, "points_world")
    uv, depth_m, status, offsets_ns = view.project_world_timed(world, velocities_mps)
    seen = status == Status.OK
    local = np.where(seen[:, None], world - view.origin_m, 0.0)
    offsets = np.where(seen, offsets_ns, 0.0)
    if velocities_mps is not None:
        local = local + np.asarray(velocities_mps, dtype=np.float64) * (offsets * 1e-9)[:, None]
    range_m = np.linalg.norm(view.to_camera(local, offsets), axis=1)
    return uv, depth_m, range_m, seen


def pixels_per_radian(camera: Camera) -> float:
    """How many pixels a radian takes in the middle of a camera's picture."""
    middle = np.array([[(camera.width - 1) / 2, (camera.height - 1) / 2]])
    rays, _ = camera.unproject(middle + np.array([[-0.5, 0.0], [0.5, 0.0]]))
    return 1.0 / max(float(np.linalg.norm(rays[1] - rays[0])), 1e-12)


def _radii(camera: Camera, range_m: Float64Array, spacing_m: float) -> Int64Array:
    """Pixels that each point's splat reaches to either side."""
    if not spacing_m > 0.0 or not len(range_m):
        return np.zeros(len(range_m), dtype=np.int64)
    half = 0.5 * spacing_m * pixels_per_radian(camera) / np.maximum(range_m, 1e-6)
    return np.minimum(np.rint(half), MOST_RADIUS_PX).astype(np.int64)


def _limit(zbuffer: ZBuffer | None, size: tuple[int, int]) -> Float32Array:
    if zbuffer is None:
        return np.full(size, np.inf, dtype=np.float32)
    return np.ascontiguousarray(zbuffer.range_m) + np.float32(BEHIND_M)


@njit(cache=True)
def _window(centre: float, radius: int, length: int) -> tuple[int, int]:
    """Pixels that a splat covers in one direction: first, and after the last."""
    middle = math.floor(centre + 0.5)
    return max(middle - radius, 0), min(middle + radius + 1, length)


@njit(cache=True)
def _splat(
    uv: Float64Array,
    range_m: Float64Array,
    radius: Int64Array,
    index: Int64Array,
    limit: Float32Array,
    nearest: Float32Array,
    point: Int32Array,
) -> None:
    height, width = nearest.shape
    for row in range(len(uv)):
        left, right = _window(uv[row, 0], radius[row], width)
        top, bottom = _window(uv[row, 1], radius[row], height)
        reach = np.float32(range_m[row])
        for v in range(top, bottom):
            for u in range(left, right):
                # Of two as near the one that comes first stays.
                if reach < nearest[v, u] and reach <= limit[v, u]:
                    nearest[v, u] = reach
                    point[v, u] = index[row]


@njit(cache=True)
def _doubt(
    uv: Float64Array,
    range_m: Float64Array,
    radius: Int64Array,
    labels: Int32Array,
    nearest: Float32Array,
    label: Int32Array,
    ambiguous: BoolArray,
) -> None:
    """Mark pixels that a point of another label covers, as near as the nearest one."""
    height, width = nearest.shape
    for row in range(len(uv)):
        left, right = _window(uv[row, 0], radius[row], width)
        top, bottom = _window(uv[row, 1], radius[row], height)
        tolerance = max(TOLERANCE_M, TOLERANCE_PART * range_m[row])
        for v in range(top, bottom):
            for u in range(left, right):
                if labels[row] != label[v, u] and range_m[row] <= nearest[v, u] + tolerance:
                    ambiguous[v, u] = ambiguous[v, u] or not math.isinf(nearest[v, u])


@njit(cache=True, error_model="numpy")
def _unhidden(
    uv: Float64Array,
    range_m: Float64Array,
    buffers: Buffers,
    nearer: Float32Array,
    scale: PixelScale,
    size: tuple[int, int, bool],
    own: tuple[int, int],
) -> BoolArray:
    lines, length, by_rows = size
    clear = np.zeros(len(uv), dtype=np.bool_)
    for row in range(len(uv)):
        line, along = (uv[row, 1], uv[row, 0]) if by_rows else (uv[row, 0], uv[row, 1])
        if not (-0.5 <= line < lines - 0.5 and -0.5 <= along < length - 0.5):
            continue
        needed = range_m[row] - max(TOLERANCE_M, TOLERANCE_PART * range_m[row])
        left, right = _window(line, 1, lines)
        top, bottom = _window(along, 1, length)
        # The pixel itself is seen most often: then the eight round it needn't be asked.
        middle = math.floor(line + 0.5), math.floor(along + 0.5)
        clear[row] = _is_clear(*middle, needed, buffers, nearer, scale, own)
        for i in range(left, right):
            for j in range(top, bottom):
                if clear[row]:
                    break
                clear[row] = _is_clear(i, j, needed, buffers, nearer, scale, own)
    return clear


@njit(cache=True, error_model="numpy")
def _is_clear(
    line: int,
    along: int,
    needed: float,
    buffers: Buffers,
    nearer: Float32Array,
    scale: PixelScale,
    own: tuple[int, int],
) -> bool:
    """Whether a pixel's surface is at least ``needed`` away, or is an own one."""
    near, index = buffers
    strip, run, place = line // STRIP, along // RUN, line % STRIP * RUN + along % RUN
    body = index[strip, run, place]
    if own[0] <= body < own[1]:
        return True
    stretch = math.sqrt(scale.across[line] + scale.along[along])
    reach = nearer[body] / near[strip, run, place] * np.float32(stretch)
    return bool(reach >= needed)
