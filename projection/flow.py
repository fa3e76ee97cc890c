"""How what is seen moves between two times: on the ground's grid, and in a camera's picture."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from projection.arrays import BoolArray, Float32Array, Float64Array, Int32Array, rows
from projection.bev import Bev, Grid
from projection.raster.tessellate import Triangles
from projection.raster.zbuffer import ZBuffer
from projection.rigid import RigidTransform, conjugate, multiply, rotate
from projection.status import Status
from projection.view import View


@dataclass(frozen=True, slots=True)
class Motions:
    """Rigid motions of things between two times.

    Attributes:
        owners: (k,) ids, rising.
        later_from_now: Stack of k: where world points of each thing are later.
    """

    owners: Int32Array
    later_from_now: RigidTransform

    @classmethod
    def between(
        cls, owners: npt.ArrayLike, now: RigidTransform, later: RigidTransform
    ) -> "Motions":
        """Of boxes with ids (k,), from their poses (stacks of k) ``world_from_box`` at two times.

        Boxes that aren't there at one of the times are left out by the caller.
        """
        ids = np.asarray(owners, dtype=np.int32).ravel()
        order = np.argsort(ids, kind="stable")
        quats = multiply(later.quat_xyzw, conjugate(now.quat_xyzw))
        positions = later.position_m - rotate(quats, now.position_m)
        return cls(ids[order], RigidTransform(positions[order], quats[order]))

    def rows_of(self, owners: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """For each owner its row, -1 for none."""
        if not len(self.owners):
            return np.full(owners.shape, -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.owners, owners), len(self.owners) - 1)
        return np.where(self.owners[place] == owners, place, -1)

    def applied(self, points_world: Float64Array, rows_: npt.NDArray[np.int64]) -> Float64Array:
        """Points (n, 3), each moved by the motion in its row (n,); -1: it stays."""
        moved = points_world.copy()
        moves = rows_ >= 0
        some = self.later_from_now[rows_[moves]]
        moved[moves] = rotate(some.quat_xyzw, points_world[moves]) + some.position_m
        return moved


def bev_flow(
    grid: Grid, bev: Bev, motions: Motions, height_m: float = 0.0
) -> tuple[Float32Array, BoolArray]:
    """How far things on a grid move, along the grid's own axes.

    Args:
        grid: The cells, at both times (it doesn't move along).
        bev: What is where now; its instances are the owners.
        motions: How things move.
        height_m: In the grid's frame, where ``bev`` has no heights; only tilting makes it matter.

    Returns:
        (x cells, y cells, 2) metres along the grid's x and y, 0 where nothing moves; and (x cells,
        y cells) whether something that has a motion is there.
    """
    flow = np.zeros((*grid.size, 2), dtype=np.float32)
    which = motions.rows_of(bev.instance)
    there = (which >= 0) & (bev.instance >= 0)
    cells = np.argwhere(there)
    heights = np.full(len(cells), height_m)
    if bev.height_m is not None:
        heights = bev.height_m[there].astype(np.float64)
    centers = (cells + 0.5) * grid.resolution_m + np.asarray(grid.origin_m)
    now = grid.world_from_grid.apply(np.column_stack([centers, heights]))
    moved = motions.applied(now, which[there]) - now
    flow[there] = rotate(conjugate(grid.world_from_grid.quat_xyzw), moved)[:, :2]
    return flow, there


def image_flow(
    view: View,
    triangles: Triangles,
    zbuffer: ZBuffer,
    later: View,
    motions: Motions,
    later_velocities_mps: npt.ArrayLike | None = None,
) -> tuple[Float32Array, BoolArray]:
    """Where what each pixel sees is in a later picture: optical flow of moving and still things.

    Each pixel's point is taken back from its line's time to the picture's, moved with its owner,
    and projected at the later picture's own line times.

    Args:
        view: The first picture.
        triangles: What was drawn into ``zbuffer``.
        zbuffer: What the first picture sees.
        later: The second picture, of any camera.
        motions: Between the two pictures' times; owners without one stand still.
        later_velocities_mps: (k, 3) of the motions' owners at the later time, for its rolling
            shutter; None: their line times don't matter.

    Returns:
        (h, w, 2) px, 0 where there is none; (h, w) whether there is: false where nothing is seen,
        and where it has no pixel later (it may lie off the later picture, or be hidden there).
    """
    there = zbuffer.owner >= 0
    v, u = np.nonzero(there)
    uv = np.stack([u, v], axis=1).astype(np.float64)
    origins, rays, _ = view.unproject(uv)
    points = origins + rays * zbuffer.range_m[there].astype(np.float64)[:, None]
    if triangles.velocities_mps is not None and view.shutter.is_rolling:
        seconds = view.shutter.offset_ns(uv, view.camera.width, view.camera.height) * 1e-9
        points -= _speeds(points, triangles, zbuffer.triangle[there], seconds) * seconds[:, None]
    which = motions.rows_of(zbuffer.owner[there])
    moved = motions.applied(points, which)
    velocities = None
    if later_velocities_mps is not None:
        table = np.vstack([rows(later_velocities_mps, 3, "later_velocities_mps"), np.zeros((1, 3))])
        velocities = table[which]
    after, _, status = later.project_world(moved, velocities)
    found = (status == Status.OK) | (status == Status.OUT_OF_IMAGE)
    flow = np.zeros((*there.shape, 2), dtype=np.float32)
    flow[v[found], u[found]] = (after - uv)[found]
    valid = np.zeros(there.shape, dtype=np.bool_)
    valid[v[found], u[found]] = True
    return flow, valid


def _speeds(
    points: Float64Array, triangles: Triangles, index: Int32Array, seconds: Float64Array
) -> Float64Array:
    """(n, 3) velocity of points (n, 3) on triangles ``index`` (n,), at ``seconds`` (n,)."""
    speeds = triangles.velocities_mps
    if speeds is None:
        return np.zeros_like(points)
    corner_speeds = speeds[index]
    corners = triangles.vertices_m[index] + corner_speeds * seconds[:, None, None]
    a, b, c = np.moveaxis(corners, 1, 0)
    p = points - triangles.origin_m
    normal = np.cross(b - a, c - a)
    square = np.maximum((normal * normal).sum(axis=1), 1e-300)
    at_b = (np.cross(p - a, c - a) * normal).sum(axis=1) / square
    at_c = (np.cross(b - a, p - a) * normal).sum(axis=1) / square
    weights = np.stack([1.0 - at_b - at_c, at_b, at_c], axis=1)
    return np.asarray(np.einsum("ni,nij->nj", weights, corner_speeds))
