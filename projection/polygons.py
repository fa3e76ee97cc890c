"""Surfaces in a picture: polygons with holes, clipped, subdivided, filled even-odd."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projection.arrays import Float64Array
from projection.cameras.cylindrical import Cylindrical
from projection.cones import cone_cosine, picture_cone_rad
from projection.view import View

_ROOM = 4096


@dataclass(frozen=True, slots=True)
class PolygonTarget:
    """One surface in one picture, as if nothing stood in front of it.

    Attributes:
        rings: Loops (n, 2) px within the picture: outer ones and holes, none crossing another.
        area_px: Area within the picture.
        box_clipped: Tight box of it, (u0, v0, u1, v1) px.
    """

    rings: tuple[Float64Array, ...]
    area_px: float
    box_clipped: tuple[float, float, float, float]


def project_polygon(
    view: View, rings_m: Sequence[Float64Array], *, tolerance_px: float = 0.05
) -> PolygonTarget | None:
    """A polygon with holes in one picture; None if nothing of it is in the picture.

    Args:
        view: The picture.
        rings_m: (n, 3) vertices of each ring, world; the first is the outer one.
        tolerance_px: How far straight pieces may be off the true curve.
    """
    import shapely  # noqa: PLC0415  takes a moment to load

    from projection.regions import loops_of, region_of  # noqa: PLC0415

    loops = _loops(view, rings_m, tolerance_px)
    if not loops:
        return None
    camera = view.camera
    picture = shapely.box(-0.5, -0.5, camera.width - 0.5, camera.height - 0.5)
    region = shapely.intersection(region_of(loops), picture)
    if region.is_empty or region.area <= 0.0:
        return None
    u0, v0, u1, v1 = region.bounds
    return PolygonTarget(tuple(loops_of(region)), float(region.area), (u0, v0, u1, v1))


def _loops(view: View, rings_m: Sequence[Float64Array], tolerance_px: float) -> list[Float64Array]:
    """Loops whose even-odd fill is the polygon; they may cross the picture's border."""
    from projection.kernels import pack  # noqa: PLC0415
    from projection.kernels.rings import ring_loop, whole_rim  # noqa: PLC0415
    from projection.regions import on_cylinder  # noqa: PLC0415

    packed = pack.pack_lens(view.camera), pack.pack_frame(view), pack.pack_poses(view)
    cosine = cone_cosine(picture_cone_rad(view.camera))
    middle = 0.5 * view.duration_ns
    local = [np.asarray(ring, dtype=np.float64) - view.origin_m for ring in rings_m]
    if isinstance(view.camera.lens, Cylindrical):
        local = [_anticlockwise(ring) for ring in local]
    loops: list[Float64Array] = []
    room = max(_ROOM, 8 * max(len(ring) for ring in local))
    for ring in local:
        vertices = np.concatenate([ring, np.zeros((len(ring), 3))], axis=1)
        while True:
            out = np.empty((room, 2))
            count, _ = ring_loop(*packed, vertices, cosine, tolerance_px, middle, out)
            if count >= 0:
                break
            room *= 4
        if count >= 3:
            loops.append(out[:count])
    if cosine >= -1.0 and _is_straight_behind(view, local, middle):
        out = np.empty((room, 2))
        count = whole_rim(*packed[:2], cosine, tolerance_px, out)
        loops.append(out[:count])
    if isinstance(view.camera.lens, Cylindrical):
        loops = on_cylinder(loops, view.camera) if loops else []
    return loops


def _anticlockwise(ring: Float64Array) -> Float64Array:
    """A ring about the camera's place (n, 3), turned so that it runs anticlockwise to its eye.

    On an unrolled cylinder, a ring that goes all round doesn't say by itself on which side it is.
    """
    middle = ring.mean(axis=0)
    arms = ring - middle
    normal = np.cross(arms, np.roll(arms, -1, axis=0)).sum(axis=0)
    return ring if normal @ middle < 0.0 else ring[::-1]


def _is_straight_behind(view: View, rings: list[Float64Array], offset_ns: float) -> bool:
    """Whether the ray straight backwards meets the polygon: in the plane that fits it best."""
    seen = [view.to_camera(ring, np.full(len(ring), offset_ns)) for ring in rings]
    odd = False
    for ring in seen:
        x, y = ring[:, 0], ring[:, 1]
        next_x, next_y = np.roll(x, -1), np.roll(y, -1)
        crosses = (y > 0.0) != (next_y > 0.0)
        with np.errstate(all="ignore"):
            beyond = x - y * (next_x - x) / (next_y - y) > 0.0
        odd ^= bool(np.count_nonzero(crosses & beyond) % 2)
    if not odd:
        return False
    outer = seen[0]
    middle = outer.mean(axis=0)
    normal = np.linalg.svd(outer - middle, full_matrices=False)[2][-1]
    # Where the plane meets the axis: behind if the distance along z is negative.
    return bool(normal[2] != 0.0 and (normal @ middle) / normal[2] < 0.0)
