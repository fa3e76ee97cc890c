"""Triangles made into bodies: convex things with one outline, drawn as a whole.

Seen from outside, a closed convex body covers exactly what lies on the inner side of the planes
through the camera and the edges of its silhouette; and the nearest of it along a ray is where the
ray comes through the last of the faces that look at the camera. So a box is six edges and at most
three faces, instead of twelve triangles. A triangle is a body of three edges and one face, and so
are two that make a flat convex quadrangle, of four. Two that don't lie in one plane, as of a road,
are a body of four edges and two faces wherever their outline is convex: what is nearest is then the
farther plane, where they make a ridge, or the nearer one, where they make a valley.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from projection.arrays import Float64Array, Int32Array
from projection.raster.bare import bare_inlined
from projection.raster.poses import Lines
from projection.raster.rays import STRIP
from projection.raster.shapes import (
    ALONE,
    BACK,
    BOX,
    EITHER,
    FOLDED,
    FRONT,
    MOST_CORNERS,
    MOST_EDGES,
    MOST_FACES,
    Int8Array,
    fold_of,
    joint_of,
    room_of,
    side_of,
    write_outline,
    write_ring,
)
from projection.raster.tessellate import Triangles

#: The fewest triangles that a closed body has.
_FEWEST = 4
#: A chord just below that of a right angle; and more than rounding takes.
CONVEX, CAP_SLACK = 1.41, 1e-6
ALL_ROUND = 2.0


class Bodies(NamedTuple):
    """Everything about triangles that doesn't depend on the line.

    Attributes:
        places: (n, 3, 3) corners of the triangles, world axes, relative to the view's origin.
        speeds: (n, 3, 3) metres a second; (0, 3, 3) where nothing moves.
        corners: (m, 8) of each body: 3 * triangle + corner.
        counts: (m, 3) how many corners, edges and faces each body has.
        edges: (m, 6, 3) corner from, corner to, and the sign of their cross product in the inner
            normal of a body whose front is seen.
        faces: (m, 3, 3) three corners each, anticlockwise from outside.
        sides: (m,) FRONT; BACK: the corners go round the other way than its triangles do, so that
            its front is seen; or EITHER where each line has to see.
        hollow: (m,) one for a valley: the nearest of its planes is seen, not the farthest.
        caps: (m, 4) a cone that holds it in all lines, see ``cap_of``.
        nearer: (m,) factor on 1/distance when it is compared.
        rows: (m, 2) its triangles: first, after the last.
        owners: (m,) rising.
    """

    places: Float64Array
    speeds: Float64Array
    corners: Int32Array
    counts: Int8Array
    edges: Int8Array
    faces: Int8Array
    sides: Int8Array
    hollow: Int8Array
    caps: Float64Array
    nearer: Float64Array
    rows: Int32Array
    owners: Int32Array


def bodies_of(
    triangles: Triangles, origin_m: Float64Array, lines: Lines, root: Float64Array
) -> Bodies:
    """The bodies of triangles in the order of their owners.

    Args:
        triangles: In the order of their owners.
        origin_m: The view's.
        lines: Where the camera is.
        root: (4,) a cone that holds all of the picture: bodies beyond it are left out.
    """
    offset = triangles.origin_m - origin_m
    places = triangles.vertices_m + offset if offset.any() else triangles.vertices_m
    speeds = triangles.velocities_mps
    moves = speeds is not None and lines.rolling
    return gather_bodies(
        np.ascontiguousarray(places),
        np.ascontiguousarray(speeds) if moves else np.empty((0, 3, 3)),
        triangles.owners,
        triangles.solids,
        triangles.nearer,
        lines,
        root,
    )


@bare_inlined
def place_at(
    places: Float64Array,
    speeds: Float64Array,
    row: int,
    corner: int,
    lines: Lines,
    line: int,
    out: Float64Array,
) -> None:
    """Write where a line's camera sees a corner, (3,) camera frame, to ``out``."""
    x, y, z = places[row, corner]
    pose, own = lines.strips[line // STRIP], line % STRIP
    if len(speeds):
        time_s = pose[12 * STRIP + own]
        x += speeds[row, corner, 0] * time_s
        y += speeds[row, corner, 1] * time_s
        z += speeds[row, corner, 2] * time_s
    x -= pose[9 * STRIP + own]
    y -= pose[10 * STRIP + own]
    z -= pose[11 * STRIP + own]
    for axis in range(3):
        turn = pose[3 * axis * STRIP : (3 * axis + 3) * STRIP]
        out[axis] = turn[own] * x + turn[STRIP + own] * y + turn[2 * STRIP + own] * z


@bare_inlined
def cap_of(corners: Float64Array, room_m: float, turn_rad: float, cap: Float64Array) -> None:
    """Write a cone that holds a convex body: its axis, and how far, as a chord, the rest is off.

    The planes of a sliver's edges alone leave in everything along its line.

    Args:
        corners: (k, 3) camera frame.
        room_m: How far the corners may be from there.
        turn_rad: How far the camera may have turned.
        cap: (4,) written; a reach of 2, all directions, where no cone of less than half a turn is.
    """
    cap[0], cap[1], cap[2], cap[3] = 0.0, 0.0, 0.0, ALL_ROUND
    x, y, z, nearest = 0.0, 0.0, 0.0, math.inf
    for corner in range(len(corners)):
        a, b, c = corners[corner]
        length = math.sqrt(a * a + b * b + c * c)
        nearest = min(nearest, length)
        if not length > 2.0 * room_m:
            return
        x, y, z = x + a / length, y + b / length, z + c / length
    length = math.sqrt(x * x + y * y + z * z)
    if not length > 1e-3:
        return
    x, y, z = x / length, y / length, z / length
    # The chord's square is 2 - 2 cos; the least cosine is the widest.
    least = 1.0
    for corner in range(len(corners)):
        a, b, c = corners[corner]
        least = min(least, (a * x + b * y + c * z) / math.sqrt(a * a + b * b + c * c))
    reach = math.sqrt(max(2.0 - 2.0 * least, 0.0) + 1e-14)
    reach += 2.0 * room_m / nearest + turn_rad + CAP_SLACK
    # Cones below a right angle are convex: what holds the corners holds the body.
    if reach < CONVEX:
        cap[0], cap[1], cap[2], cap[3] = x, y, z, reach


@bare_inlined
def apart(cone: Float64Array, cap: Float64Array) -> bool:
    """Whether two cones have no ray in common, or the first has none at all."""
    x, y, z, reach = cone[0] - cap[0], cone[1] - cap[1], cone[2] - cap[2], cone[3] + cap[3]
    there = cap[3] < ALL_ROUND and x * x + y * y + z * z > reach * reach
    return bool(cone[3] < 0.0 or there)


@njit(cache=True, error_model="numpy")
def gather_bodies(  # noqa: C901, PLR0912, PLR0915  groups of rows, one after the other
    places: Float64Array,
    speeds: Float64Array,
    owners: Int32Array,
    solids: Int32Array,
    nearer: npt.NDArray[np.float32],
    lines: Lines,
    root: Float64Array,
) -> Bodies:
    """As ``bodies_of``, from the triangles' own arrays, relative to the view's origin."""
    count = len(places)
    corners = np.zeros((count, MOST_CORNERS), dtype=np.int32)
    counts = np.zeros((count, 3), dtype=np.int8)
    edges = np.zeros((count, MOST_EDGES, 3), dtype=np.int8)
    faces = np.zeros((count, MOST_FACES, 3), dtype=np.int8)
    sides = np.zeros(count, dtype=np.int8)
    hollow = np.zeros(count, dtype=np.int8)
    caps = np.empty((count, 4))
    factors = np.empty(count)
    rows = np.zeros((count, 2), dtype=np.int32)
    whose = np.zeros(count, dtype=np.int32)
    moved = np.empty((3 * BOX, 3))
    shown = np.empty(BOX, dtype=np.int8)
    cap, three = np.empty(4), np.empty((3, 3))
    moves = len(speeds) > 0
    found, first = 0, 0
    while first < count:
        last = first + 1
        solid = solids[first]
        while solid >= 0 and last < count and solids[last] == solid:
            if owners[last] != owners[first] or nearer[last] != nearer[first]:
                break
            last += 1
        if last - first > BOX:
            solid = -1
        fronts = 0
        if last - first >= _FEWEST and solid >= 0:
            for row in range(first, last):
                for corner in range(3):
                    place = 3 * (row - first) + corner
                    place_at(places, speeds, row, corner, lines, lines.middle, moved[place])
            whole = moved[: 3 * (last - first)]
            room = room_of(speeds, first, last, lines.spread)
            cap_of(whole, room, lines.spread[0], cap)
            if apart(root, cap):
                first = last
                continue
            undecided = 0
            for row in range(first, last):
                own = speeds[row] if moves else places[row, :0]
                three = moved[3 * (row - first) : 3 * (row - first) + 3]
                shown[row - first] = side_of(three, own, lines.spread)
                fronts += shown[row - first] == FRONT
                undecided += shown[row - first] == EITHER
            if fronts and not undecided:
                counts[found] = write_outline(
                    places, speeds, (first, last), shown,
                    corners[found], edges[found], faces[found],
                )  # fmt: skip
                if counts[found, 0] > 0:
                    sides[found] = FRONT
                    caps[found] = cap
                    factors[found] = 1.0 + np.float64(nearer[first])
                    rows[found, 0], rows[found, 1] = first, last
                    whose[found] = owners[first]
                    found += 1
                    first = last
                    continue
        row = first
        while row < last:
            joint = ALONE
            if solid < 0:
                joint = joint_of(places, speeds, row, owners, solids, nearer)
            taken = 1 if joint == ALONE else 2
            # The far side of a body that the camera is outside of can't be seen.
            if not (solid >= 0 and fronts > 0 and shown[row - first] == BACK):
                size = 2 + taken
                for corner in range(3):
                    corners[found, corner] = 3 * row + corner
                corners[found, 3] = 3 * row + 5
                for corner in range(size):
                    code = corners[found, corner]
                    place_at(
                        places, speeds, code // 3, code % 3, lines, lines.middle, moved[corner]
                    )
                room = room_of(speeds, row, row + taken, lines.spread)
                cap_of(moved[:size], room, lines.spread[0], caps[found])
                near = not apart(root, caps[found])
                side, valley = EITHER, False
                if near and joint == FOLDED:
                    side, valley = fold_of(moved[:4], lines.spread, three)
                    if side == EITHER:
                        taken, size = 1, 3
                        cap_of(moved[:size], room, lines.spread[0], caps[found])
                        near = not apart(root, caps[found])
                if near:
                    if side == BACK:
                        corners[found, 1], corners[found, 3] = 3 * row + 5, 3 * row + 1
                    write_ring(places, corners[found], size, edges[found])
                    for corner in range(3):
                        faces[found, 0, corner] = corner
                        faces[found, 1, corner] = corner + (corner > 0)
                    counts[found, 0], counts[found, 1], counts[found, 2] = size, size, 1
                    if side != EITHER:
                        counts[found, 2] = 2
                    sides[found], hollow[found] = side, valley
                    factors[found] = 1.0 + np.float64(nearer[row])
                    rows[found, 0], rows[found, 1] = row, row + taken
                    whose[found] = owners[row]
                    found += 1
            row += taken
            last = max(last, row)
        first = last
    return Bodies(
        places, speeds, corners[:found], counts[:found], edges[:found], faces[:found],
        sides[:found], hollow[:found], caps[:found], factors[:found], rows[:found], whose[:found],
    )  # fmt: skip
