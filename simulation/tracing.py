"""Rays against triangles: the first hit, and whether anything is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation import bvh
from simulation.kernel import kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from simulation.mesh import Mesh
    from simulation.scene import Scene

STACK_SIZE = 2 * bvh.MAX_DEPTH + 8


class Geometry(NamedTuple):
    """All triangles of a scene with their hierarchies, as plain arrays for the kernels.

    The hierarchy of what stands still begins at node 0, in the world; that of mover k at
    `roots[k]`, in its own frame.

    Attributes:
        boxes: (m, 6) float32 of the nodes, rounded outwards.
        links: (m, 2) int32 of the nodes, see `bvh.build`.
        triangles: (n, 9): first corner, first edge, second edge.
        normals: (n, 9): shading normals at the corners.
        uvs: (n, 6): texture coordinates at the corners.
        looks: (n, 4): material, red, green, blue.
        owners: (n,) int32: number of the body, 0 for the background.
        roots: (k,) int32: the movers' first nodes.
        radii: (k,) metres: of spheres about the movers' centres.
    """

    boxes: NDArray[np.float32]
    links: NDArray[np.int32]
    triangles: NDArray[np.float64]
    normals: NDArray[np.float32]
    uvs: NDArray[np.float32]
    looks: NDArray[np.float32]
    owners: NDArray[np.int32]
    roots: NDArray[np.int32]
    radii: NDArray[np.float64]


def prepare(scene: Scene) -> tuple[Geometry, list[int]]:
    """Return the geometry of a scene, and the indices of the bodies that move."""
    still: list[tuple[Mesh, int]] = [(mesh, 0) for mesh in scene.background]
    movers: list[int] = []
    for index, body in enumerate(scene.bodies):
        if body.track is not None:
            movers.append(index)
        else:
            rotations, positions = body.at(0)
            still.append((body.shape.mesh.moved(rotations[0], positions[0]), index + 1))
    groups = [still, *([(scene.bodies[index].shape.mesh, index + 1)] for index in movers)]
    return _assemble(groups), movers


def _assemble(groups: Sequence[Sequence[tuple[Mesh, int]]]) -> Geometry:
    boxes, links, triangles, normals, uvs, looks, owners = [], [], [], [], [], [], []
    roots, radii = [], []
    node_count = triangle_count = 0
    for number, group in enumerate(groups):
        corners = np.concatenate([mesh.corners for mesh, _ in group] or [_far_triangle()])
        group_boxes, group_links, order = bvh.build(corners)
        leaf = group_links[:, 1] > 0
        group_links[:, 0] += np.where(leaf, triangle_count, node_count).astype(np.int32)
        if number > 0:
            roots.append(node_count)
            radii.append(float(np.linalg.norm(corners.reshape(-1, 3), axis=1).max()) + 1e-6)
        node_count += len(group_boxes)
        triangle_count += len(corners)
        boxes.append(group_boxes)
        links.append(group_links)
        first = corners[order, 0]
        triangles.append(
            np.concatenate([first, corners[order, 1] - first, corners[order, 2] - first], axis=1)
        )
        if group:
            normals.append(np.concatenate([mesh.normals for mesh, _ in group])[order])
            uvs.append(np.concatenate([mesh.uvs for mesh, _ in group])[order])
            look = [np.column_stack([mesh.materials, mesh.colours]) for mesh, _ in group]
            looks.append(np.concatenate(look)[order])
            owner = [np.full(len(mesh), value, dtype=np.int32) for mesh, value in group]
            owners.append(np.concatenate(owner)[order])
        else:
            normals.append(np.tile([0.0, 0.0, 1.0], (1, 3, 1)))
            uvs.append(np.zeros((1, 3, 2)))
            looks.append(np.zeros((1, 4)))
            owners.append(np.zeros(1, dtype=np.int32))
    count = triangle_count
    return Geometry(
        np.concatenate(boxes),
        np.concatenate(links),
        np.concatenate(triangles),
        np.ascontiguousarray(np.concatenate(normals).reshape(count, 9).astype(np.float32)),
        np.ascontiguousarray(np.concatenate(uvs).reshape(count, 6).astype(np.float32)),
        np.concatenate(looks).astype(np.float32),
        np.concatenate(owners),
        np.array(roots, dtype=np.int32),
        np.array(radii),
    )


def _far_triangle() -> NDArray[np.float64]:
    """Return a triangle nobody can see: a scene where nothing stands still needs a root."""
    return np.array([[[0.0, 0.0, -1e6], [1e-3, 0.0, -1e6], [0.0, 1e-3, -1e6]]])


@kernel
def walk(  # noqa: PLR0913, PLR0917, PLR0915, C901, PLR0912  HOT: the ray's walk
    boxes: NDArray[np.float32],
    links: NDArray[np.int32],
    triangles: NDArray[np.float64],
    root: int,
    ox: float,
    oy: float,
    oz: float,
    dx: float,
    dy: float,
    dz: float,
    reach: float,
    any_hit: bool,  # noqa: FBT001
    stack: NDArray[np.int32],
) -> tuple[float, int, float, float]:
    """Return (distance, triangle, u, v) of the first hit within `reach`, triangle -1 for none.

    With `any_hit` it is some hit, not the first. Distances count in lengths of (dx, dy, dz).
    """
    ix = 1.0 / dx if dx != 0.0 else 1e300
    iy = 1.0 / dy if dy != 0.0 else 1e300
    iz = 1.0 / dz if dz != 0.0 else 1e300
    # Which of a box's two sides a ray meets first, by axis.
    ax, ay, az = 0 if ix >= 0.0 else 3, 0 if iy >= 0.0 else 3, 0 if iz >= 0.0 else 3
    best, hit, best_u, best_v = reach, -1, 0.0, 0.0
    top = 0
    node = root
    while True:
        child, count = links[node, 0], links[node, 1]
        if count > 0:
            for k in range(child, child + count):
                e1x, e1y, e1z = triangles[k, 3], triangles[k, 4], triangles[k, 5]
                e2x, e2y, e2z = triangles[k, 6], triangles[k, 7], triangles[k, 8]
                px = dy * e2z - dz * e2y
                py = dz * e2x - dx * e2z
                pz = dx * e2y - dy * e2x
                det = e1x * px + e1y * py + e1z * pz
                if det == 0.0:
                    continue
                inverse = 1.0 / det
                sx, sy, sz = ox - triangles[k, 0], oy - triangles[k, 1], oz - triangles[k, 2]
                u = (sx * px + sy * py + sz * pz) * inverse
                if u < -1e-12 or u > 1.0 + 1e-12:
                    continue
                qx = sy * e1z - sz * e1y
                qy = sz * e1x - sx * e1z
                qz = sx * e1y - sy * e1x
                v = (dx * qx + dy * qy + dz * qz) * inverse
                if v < -1e-12 or u + v > 1.0 + 1e-12:
                    continue
                t = (e2x * qx + e2y * qy + e2z * qz) * inverse
                if 1e-9 < t < best:
                    best, hit, best_u, best_v = t, k, u, v
                    if any_hit:
                        return best, hit, best_u, best_v
            if top == 0:
                break
            top -= 1
            node = stack[top]
            continue
        near_a = near_b = 1e300
        for side in range(2):
            c = child + side
            near = (boxes[c, ax] - ox) * ix
            far = (boxes[c, 3 - ax] - ox) * ix
            t = (boxes[c, 1 + ay] - oy) * iy
            near = t if t > near else near  # noqa: FURB136  max() checks for NaN
            t = (boxes[c, 4 - ay] - oy) * iy
            far = t if t < far else far  # noqa: FURB136
            t = (boxes[c, 2 + az] - oz) * iz
            near = t if t > near else near  # noqa: FURB136  max() checks for NaN
            t = (boxes[c, 5 - az] - oz) * iz
            far = t if t < far else far  # noqa: FURB136
            if far >= near and far >= 0.0 and near < best:
                if side == 0:
                    near_a = near
                else:
                    near_b = near
        if near_a < 1e300 and near_b < 1e300:
            if near_a <= near_b:
                stack[top] = child + 1
                node = child
            else:
                stack[top] = child
                node = child + 1
            top += 1
        elif near_a < 1e300:
            node = child
        elif near_b < 1e300:
            node = child + 1
        else:
            if top == 0:
                break
            top -= 1
            node = stack[top]
    return best, hit, best_u, best_v


@kernel
def trace(  # noqa: PLR0913, PLR0917  HOT
    boxes: NDArray[np.float32],
    links: NDArray[np.int32],
    triangles: NDArray[np.float64],
    roots: NDArray[np.int32],
    radii: NDArray[np.float64],
    poses: NDArray[np.float64],
    line: int,
    ox: float,
    oy: float,
    oz: float,
    dx: float,
    dy: float,
    dz: float,
    reach: float,
    any_hit: bool,  # noqa: FBT001
    stack: NDArray[np.int32],
) -> tuple[float, int, float, float, int]:
    """Return (distance, triangle, u, v, mover) of the first hit in the world; -1 for none.

    Arrays come one by one and are read number by number: passing them together, or making views of
    them, costs as much time as the walk itself (reference counts).

    Args:
        boxes: See `Geometry`, with `links`, `triangles`, `roots`, `radii`.
        links: See `boxes`.
        triangles: See `boxes`.
        roots: See `boxes`.
        radii: See `boxes`.
        poses: (lines, k, 12) of the movers: nine of the rotation world_from_mover row by row,
            three of the position.
        line: Which line of `poses` belongs to the ray's time.
        ox: The ray's start in the world, with `oy`, `oz`.
        oy: See `ox`.
        oz: See `ox`.
        dx: Its unit direction, with `dy`, `dz`.
        dy: See `dx`.
        dz: See `dx`.
        reach: Hits beyond it don't count.
        any_hit: Whether some hit is enough.
        stack: (STACK_SIZE,) int32 to work in.
    """
    best, hit, u, v = walk(
        boxes, links, triangles, 0, ox, oy, oz, dx, dy, dz, reach, any_hit, stack
    )
    mover = -1
    if any_hit and hit >= 0:
        return best, hit, u, v, mover
    for k in range(roots.shape[0]):
        rx, ry, rz = ox - poses[line, k, 9], oy - poses[line, k, 10], oz - poses[line, k, 11]
        along = -(rx * dx + ry * dy + rz * dz)
        radius = radii[k]
        if along < -radius or along - radius > best:
            continue
        if rx * rx + ry * ry + rz * rz - along * along > radius * radius:
            continue
        a, b, c = poses[line, k, 0], poses[line, k, 1], poses[line, k, 2]
        d, e, f = poses[line, k, 3], poses[line, k, 4], poses[line, k, 5]
        g, h, i = poses[line, k, 6], poses[line, k, 7], poses[line, k, 8]
        t, triangle, tu, tv = walk(
            boxes, links, triangles, roots[k],
            a * rx + d * ry + g * rz, b * rx + e * ry + h * rz, c * rx + f * ry + i * rz,
            a * dx + d * dy + g * dz, b * dx + e * dy + h * dz, c * dx + f * dy + i * dz,
            best, any_hit, stack,
        )  # fmt: skip
        if triangle >= 0:
            best, hit, u, v, mover = t, triangle, tu, tv, k
            if any_hit:
                break
    return best, hit, u, v, mover
