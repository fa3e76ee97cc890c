"""Labels as triangles with owners: boxes, polygons with holes, lines with a width, meshes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from projection.arrays import BoolArray, Float32Array, Float64Array, Int32Array, Int64Array, rows
from projection.raster.pairs import paired
from projection.rigid import matrices

#: A solid box hides more than the thing in it: as an occluder it is so much smaller
#: (length, width, height), which is what nuscenes-devkit#142 asks for.
OCCLUDER_SCALE = (0.9, 0.9, 0.85)
#: Of two surfaces in one plane, the one painted on the other is taken to be nearer by this part.
PAINTED = 1e-4

#: Corners of a box of size two, and its faces seen from outside, anticlockwise.
_CORNERS = np.array(
    [
        [x, y, z]
        for z in (-1.0, 1.0)
        for x, y in ((1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (-1.0, 1.0))
    ]
)
_QUADS = np.array(
    [[0, 1, 2, 3], [7, 6, 5, 4], [0, 4, 5, 1], [1, 5, 6, 2], [2, 6, 7, 3], [3, 7, 4, 0]]
)
_BOX_FACES = np.concatenate([_QUADS[:, [0, 1, 2]], _QUADS[:, [0, 2, 3]]])
#: A mitred corner may reach so many half widths from the line; sharper ones are cut off.
_MITRE_LIMIT = 2.0


@dataclass(frozen=True, slots=True)
class Triangles:
    """Triangles with owners, as they are at an image's time.

    Attributes:
        origin_m: (3,) what ``vertices_m`` count from, world.
        vertices_m: (n, 3, 3) triangle, corner, xyz: world axes less ``origin_m``.
        owners: (n,) int32, zero or more: whose surface it is.
        velocities_mps: (n, 3, 3) of each corner, or None where nothing moves.
        solids: (n,) which closed convex body's outer face it is, anticlockwise from outside;
            -1: an open surface, seen from both sides.
        nearer: (n,) by which part of its distance it is taken to be nearer than it is, so that
            paint wins against the road it lies on.
    """

    origin_m: Float64Array
    vertices_m: Float64Array
    owners: Int32Array
    velocities_mps: Float64Array | None
    solids: Int32Array
    nearer: Float32Array

    def __len__(self) -> int:
        return len(self.owners)

    def take(self, index: npt.ArrayLike) -> "Triangles":
        """Some of them, by index or mask."""
        chosen = np.asarray(index)
        velocities = None if self.velocities_mps is None else self.velocities_mps[chosen]
        return Triangles(
            self.origin_m,
            self.vertices_m[chosen],
            self.owners[chosen],
            velocities,
            self.solids[chosen],
            self.nearer[chosen],
        )


def surface(
    origin_m: npt.ArrayLike,
    corners_m: Float64Array,
    owners: npt.ArrayLike,
    *,
    nearer: float = 0.0,
    velocities_mps: Float64Array | None = None,
) -> Triangles:
    """Open triangles from corners (n, 3, 3) in the world; those that aren't finite are left out."""
    origin = rows(origin_m, 3, "origin_m")[0]
    corners = np.asarray(corners_m, dtype=np.float64).reshape(-1, 3, 3) - origin
    return _local_surface(origin, corners, owners, nearer=nearer, velocities_mps=velocities_mps)


def _local_surface(
    origin: Float64Array,
    corners: Float64Array,
    owners: npt.ArrayLike,
    *,
    nearer: float = 0.0,
    velocities_mps: Float64Array | None = None,
) -> Triangles:
    """As ``surface``, from corners less ``origin``."""
    count = len(corners)
    whose = np.broadcast_to(np.asarray(owners, dtype=np.int32), (count,)).copy()
    if count and int(whose.min()) < 0:
        message = f"owners: expected ids of zero or more, found {int(whose.min())}"
        raise ValueError(message)
    moves = velocities_mps is not None
    speeds = np.asarray(velocities_mps, dtype=np.float64).reshape(-1, 3, 3) if moves else None
    triangles = Triangles(
        origin,
        corners,
        whose,
        speeds,
        np.full(count, -1, dtype=np.int32),
        np.full(count, nearer, dtype=np.float32),
    )
    finite = np.isfinite(corners).all(axis=(1, 2))
    if speeds is not None:
        finite &= np.isfinite(speeds).all(axis=(1, 2))
    return triangles if finite.all() else triangles.take(finite)


def concatenate(parts: Sequence[Triangles], origin_m: npt.ArrayLike | None = None) -> Triangles:
    """Several sets as one, about ``origin_m`` (None: the first one's)."""
    if not parts:
        centre = np.zeros(3) if origin_m is None else rows(origin_m, 3, "origin_m")[0]
        return surface(centre, np.zeros((0, 3, 3)), [])
    origin = parts[0].origin_m if origin_m is None else rows(origin_m, 3, "origin_m")[0]
    moves = any(part.velocities_mps is not None for part in parts)
    solids, bodies = [], 0
    for part in parts:
        last = int(part.solids.max(initial=-1))
        counted = part.solids
        if last >= 0 and bodies:
            counted = np.where(counted >= 0, counted + bodies, -1).astype(np.int32)
        solids.append(counted)
        bodies += last + 1
    return Triangles(
        origin,
        np.concatenate([_about(part, origin) for part in parts]),
        np.concatenate([part.owners for part in parts]),
        np.concatenate([_speeds(part) for part in parts]) if moves else None,
        np.concatenate(solids),
        np.concatenate([part.nearer for part in parts]),
    )


def _speeds(part: Triangles) -> Float64Array:
    """The corners' velocities, zeros where nothing moves."""
    return np.zeros_like(part.vertices_m) if part.velocities_mps is None else part.velocities_mps


def _about(part: Triangles, origin: Float64Array) -> Float64Array:
    """The vertices relative to another origin."""
    offset = part.origin_m - origin
    return part.vertices_m + offset if offset.any() else part.vertices_m


def cuboids(  # noqa: PLR0913  parallel arrays of one table of boxes
    origin_m: npt.ArrayLike,
    centers_m: npt.ArrayLike,
    quats_xyzw: npt.ArrayLike,
    sizes_m: npt.ArrayLike,
    owners: npt.ArrayLike,
    *,
    scale: npt.ArrayLike = 1.0,
    velocities_mps: npt.ArrayLike | None = None,
    turn_rates_radps: npt.ArrayLike | None = None,
) -> Triangles:
    """Boxes, twelve triangles each; boxes that aren't finite or have a negative size are left out.

    Args:
        origin_m: (3,) what to count from, world.
        centers_m: (k, 3) world, at the image's time.
        quats_xyzw: (k, 4) world_from_box.
        sizes_m: (k, 3) length, width, height.
        owners: (k,) ids.
        scale: Factor on the sizes: a number, (3,) or (k, 3); ``OCCLUDER_SCALE`` for occluders.
        velocities_mps: (k, 3) of the centres, world.
        turn_rates_radps: (k, 3) angular velocities, world axes.
    """
    origin = rows(origin_m, 3, "origin_m")[0]
    centers = rows(centers_m, 3, "centers_m") - origin
    quats = rows(quats_xyzw, 4, "quats_xyzw")
    sizes = rows(sizes_m, 3, "sizes_m") * np.asarray(scale, dtype=np.float64)
    whose = np.asarray(owners, dtype=np.int32).ravel()
    usable = np.flatnonzero(_usable(centers, quats, sizes))
    centers, quats, sizes, whose = centers[usable], quats[usable], sizes[usable], whose[usable]
    # (k, 8, 3): corners, turned and placed
    arms = np.einsum("kij,kcj->kci", matrices(quats), 0.5 * sizes[:, None, :] * _CORNERS)
    corners = centers[:, None, :] + arms
    speeds = _corner_speeds(arms, usable, velocities_mps, turn_rates_radps)
    count = 12 * len(centers)
    triangles = _local_surface(
        origin,
        corners[:, _BOX_FACES].reshape(count, 3, 3),
        np.repeat(whose, 12),
        velocities_mps=None if speeds is None else speeds[:, _BOX_FACES].reshape(count, 3, 3),
    )
    bodies = np.repeat(np.arange(len(centers), dtype=np.int32), 12)
    return replace(triangles, solids=bodies)


def _usable(centers: Float64Array, quats: Float64Array, sizes: Float64Array) -> BoolArray:
    table = np.hstack([centers, quats, sizes])
    finite = np.isfinite(table).all(axis=1)
    lengths = np.linalg.norm(np.nan_to_num(quats), axis=1)
    return np.asarray(finite & (sizes >= 0.0).all(axis=1) & (np.abs(lengths - 1.0) < 1e-3))


def _corner_speeds(
    arms: Float64Array,
    usable: Int64Array,
    velocities_mps: npt.ArrayLike | None,
    turn_rates_radps: npt.ArrayLike | None,
) -> Float64Array | None:
    """(k, 8, 3) velocity of each corner: the centre's, and the turn's about it."""
    if velocities_mps is None and turn_rates_radps is None:
        return None
    speeds = np.zeros_like(arms)
    if velocities_mps is not None:
        straight = np.nan_to_num(rows(velocities_mps, 3, "velocities_mps"))[usable]
        speeds += np.asarray(straight)[:, None, :]
    if turn_rates_radps is not None:
        rates = np.nan_to_num(rows(turn_rates_radps, 3, "turn_rates_radps"))[usable]
        speeds += np.cross(np.asarray(rates)[:, None, :], arms)
    return speeds


def mesh(
    origin_m: npt.ArrayLike,
    vertices_m: npt.ArrayLike,
    faces: npt.ArrayLike,
    owners: npt.ArrayLike,
    *,
    nearer: float = 0.0,
) -> Triangles:
    """A mesh: world vertices (v, 3), faces (f, 3) of indices, one owner or (f,)."""
    vertices = rows(vertices_m, 3, "vertices_m")
    corners = np.asarray(faces, dtype=np.int64).reshape(-1, 3)
    if corners.size and not 0 <= int(corners.min()) <= int(corners.max()) < len(vertices):
        message = (
            f"faces: expected indices of {len(vertices)} vertices, "
            f"found {int(corners.min())} to {int(corners.max())}"
        )
        raise ValueError(message)
    return surface(origin_m, vertices[corners], owners, nearer=nearer)


def polygon(
    origin_m: npt.ArrayLike,
    rings_m: Sequence[npt.ArrayLike],
    owner: int,
    *,
    nearer: float = 0.0,
) -> Triangles:
    """A polygon with holes, triangulated on its own vertices.

    Args:
        origin_m: (3,) what to count from, world.
        rings_m: (n, 3) each, world: outer, then holes; the first vertex isn't repeated. The inside
            is even-odd, so rings may cross themselves; they needn't be flat.
        owner: Id.
        nearer: See ``Triangles``.
    """
    origin = rows(origin_m, 3, "origin_m")[0]
    rings = [rows(ring, 3, "rings_m") - origin for ring in rings_m]
    rings = [ring for ring in rings if len(ring) >= 3]
    if not rings or not all(np.isfinite(ring).all() for ring in rings):
        return concatenate([], origin)
    flat = [ring @ _plane(rings[0]) for ring in rings]
    corners = _triangulated(flat)
    lifted = _lifted(corners.reshape(-1, 2), flat, rings).reshape(-1, 3, 3)
    return _local_surface(origin, lifted, owner, nearer=nearer)


def _plane(ring: Float64Array) -> Float64Array:
    """(3, 2) axes of the plane that a ring lies in, as near as can be (Newell's normal)."""
    after = np.roll(ring, -1, axis=0)
    centre = ring.mean(axis=0)
    normal = np.cross(ring - centre, after - centre).sum(axis=0)
    length = np.linalg.norm(normal)
    normal = normal / length if length > 0.0 else np.array([0.0, 0.0, 1.0])
    if abs(normal[2]) > 0.1:
        # Nearly all polygons lie on the ground, where the map's own axes lose no digits.
        return np.eye(3)[:, :2]
    first = np.cross(np.array([0.0, 0.0, 1.0]), normal)
    first = first / np.linalg.norm(first)
    return np.stack([first, np.cross(normal, first)], axis=1)


def _triangulated(rings: list[Float64Array]) -> Float64Array:
    """(t, 3, 2) triangles of the even-odd inside of rings (n, 2), see ``paired``."""
    shape = _even_odd(rings)
    pieces = shapely.get_parts(shapely.constrained_delaunay_triangles(shapely.get_parts(shape)))
    pieces = pieces[shapely.get_num_coordinates(pieces) == 4]
    triangles = shapely.get_coordinates(pieces).reshape(-1, 4, 2)[:, :3]
    return np.asarray(triangles.reshape(-1, 2)[paired(triangles)])


def _even_odd(rings: list[Float64Array]) -> shapely.Geometry:
    """What an odd number of rings encloses."""
    shape = shapely.Polygon(rings[0], rings[1:])
    if shape.is_valid:
        return shape
    whole: shapely.Geometry = shapely.MultiPolygon()
    for ring in rings:
        parts = shapely.get_parts(shapely.make_valid(shapely.Polygon(ring)))
        # Where a ring touches itself it also leaves lines and points behind.
        areas = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])
        whole = shapely.symmetric_difference(whole, shapely.union_all(areas))
    return whole


def _lifted(
    points: Float64Array, flat: list[Float64Array], rings: list[Float64Array]
) -> Float64Array:
    """(n, 3) of points (n, 2) in the plane: the ring's own vertex, or a place on its edge."""
    known = {
        (x, y): vertex
        for plane, ring in zip(flat, rings, strict=True)
        for (x, y), vertex in zip(plane.tolist(), ring, strict=True)
    }
    starts = np.concatenate(flat)
    ends = np.concatenate([np.roll(ring, -1, axis=0) for ring in flat])
    start_heights = np.concatenate(rings)
    end_heights = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings])
    lifted = np.empty((len(points), 3))
    for row, (x, y) in enumerate(points.tolist()):
        vertex = known.get((x, y))
        if vertex is None:
            along = ends - starts
            square = np.maximum((along * along).sum(axis=1), 1e-300)
            share = np.clip(((np.array([x, y]) - starts) * along).sum(axis=1) / square, 0.0, 1.0)
            miss = starts + share[:, None] * along - np.array([x, y])
            edge = int(np.argmin((miss * miss).sum(axis=1)))
            vertex = start_heights[edge] + share[edge] * (end_heights[edge] - start_heights[edge])
            known[x, y] = vertex
        lifted[row] = vertex
    return lifted


def ribbon(
    origin_m: npt.ArrayLike,
    vertices_m: npt.ArrayLike,
    width_m: float,
    owner: int,
    *,
    closed: bool = False,
    nearer: float = PAINTED,
) -> Triangles:
    """A line with a width, level across (a painted line): a quad per piece, joined at corners.

    Args:
        origin_m: (3,) what to count from, world.
        vertices_m: (n, 3) world.
        width_m: Across, in the level plane.
        owner: Id.
        closed: Whether the last vertex leads on to the first.
        nearer: See ``Triangles``.
    """
    origin = rows(origin_m, 3, "origin_m")[0]
    line = rows(vertices_m, 3, "vertices_m") - origin
    corners = ribbon_corners(line[np.isfinite(line).all(axis=1)], width_m, closed=closed)
    return _local_surface(origin, corners, owner, nearer=nearer)


def ribbon_corners(line: Float64Array, width_m: float, *, closed: bool) -> Float64Array:
    """(t, 3, 3) triangles of a line (n, 3) with a width; vertical pieces are left out."""
    if not (np.isfinite(width_m) and width_m > 0.0) or len(line) < 2:
        return np.zeros((0, 3, 3))
    if closed:
        line = np.concatenate([line, line[:1]])
    along = np.diff(line[:, :2], axis=0)
    length = np.hypot(along[:, 0], along[:, 1])
    moves = length > 1e-9
    if not moves.any():
        return np.zeros((0, 3, 3))
    starts, ends = line[:-1][moves], line[1:][moves]
    # How far things go along a piece, for each metre across the map.
    along = (ends - starts) / length[moves, None]
    side = np.stack([-along[:, 1], along[:, 0], np.zeros(len(along))], axis=1) * (0.5 * width_m)
    after = np.arange(len(starts)) if closed else np.arange(1, len(starts))
    reaches, bevels = _joints(starts[after], side[after - 1], side[after])
    # Of each piece's left and right edge, how far they go on at its start and at its end.
    on = np.zeros((2, 2, len(starts), 1))
    on[:, 0, after], on[:, 1, after - 1] = reaches, reaches
    left, right = starts + side - on[0, 0] * along, starts - side - on[1, 0] * along
    left_end, right_end = ends + side + on[0, 1] * along, ends - side + on[1, 1] * along
    # Both halves of a piece one after the other: they are drawn as one.
    quads = np.stack([left, right, right_end, left, right_end, left_end], axis=1)
    return np.concatenate([quads.reshape(-1, 3, 3), bevels])


def _joints(
    corner: Float64Array, before: Float64Array, after: Float64Array
) -> tuple[Float64Array, Float64Array]:
    """What fills the outer side of corners (n, 3) between half widths (n, 3).

    Returns:
        (2, n, 1) how far the left and the right edges of the pieces on both sides go on, to the
        mitre's tip, and (t, 3, 3) triangles that fill corners too sharp for that.
    """
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    outer = np.where(turn > 0.0, -1.0, 1.0)[:, None]
    half = 0.5 * (before + after)
    square = (half * half).sum(axis=1)
    width_square = (before * before).sum(axis=1)
    # The mitre's tip lies at |half width|^2 / |half| from the corner.
    stretch = width_square / np.maximum(square, 1e-300)
    sharp = stretch > _MITRE_LIMIT**2
    tip = half * np.where(sharp, 1.0, stretch)[:, None] - before
    reach = np.where(sharp[:, None], 0.0, np.linalg.norm(tip, axis=1, keepdims=True))
    reaches = np.stack([np.where(outer > 0.0, reach, 0.0), np.where(outer < 0.0, reach, 0.0)])
    bevels = np.stack([corner, corner + outer * before, corner + outer * after], axis=1)
    return reaches, bevels[sharp]
