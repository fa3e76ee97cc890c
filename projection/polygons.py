"""Surfaces in a picture: polygons with holes, clipped, subdivided, filled even-odd."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from projection.arrays import Float64Array, Int64Array
from projection.cameras.cylindrical import Cylindrical
from projection.cones import cone_cosine, picture_cone_rad
from projection.rigid import rotate
from projection.view import View

if TYPE_CHECKING:
    from projection.lines import Packed

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
    return project_polygons(view, [rings_m], tolerance_px=tolerance_px)[0]


def project_polygons(
    view: View, polygons: Sequence[Sequence[Float64Array]], *, tolerance_px: float = 0.05
) -> list[PolygonTarget | None]:
    """Polygons in one picture, each as ``project_polygon`` gives it.

    Args:
        view: The picture.
        polygons: Rings of each, see ``project_polygon``.
        tolerance_px: How far straight pieces may be off the true curve.
    """
    projector = _Projector(view, tolerance_px)
    return [projector.target(rings_m) for rings_m in polygons]


class _Projector:
    """A view as kernels want it, with room for their results."""

    def __init__(self, view: View, tolerance_px: float) -> None:
        # Compiled kernels take a moment to load: who only projects points doesn't wait for them.
        from projection.kernels import closeness, crossings, fills, rings  # noqa: PLC0415

        self.view = view
        self.crossings, self.fills, self.rings = crossings, fills, rings
        self.closeness = closeness
        self.tolerance_px = tolerance_px
        self.is_cylinder = isinstance(view.camera.lens, Cylindrical)
        self.cosine = cone_cosine(picture_cone_rad(view.camera))
        self.moment = 0.5 * view.duration_ns
        self.is_rolling = view.shutter.is_rolling
        self.room = _ROOM

    def target(self, rings_m: Sequence[Float64Array]) -> PolygonTarget | None:
        """The target of one polygon, None if nothing of it is in the picture."""
        local = [np.asarray(ring, dtype=np.float64) - self.view.origin_m for ring in rings_m]
        ends = np.cumsum([len(ring) for ring in local])
        vertices = np.zeros((int(ends[-1]), 6))
        vertices[:, :3] = local[0] if len(local) == 1 else np.concatenate(local)
        if self.is_rolling and self.closeness.is_surface_close(
            *self.view.packed[1:], vertices, ends
        ):
            loops, ends = self._sliced(vertices, ends)
        else:
            turned = self._turned(vertices, ends, 0.0)
            loops, ends = self._laid(*self._loops(self.view.packed, turned, ends, self.moment))
        if not len(ends):
            return None
        found, out, bounds = self._filled(loops, ends)
        if found == self.fills.NEEDS_OVERLAY:
            apart, apart_ends = self._uncrossed(loops, ends)
            if len(apart_ends):
                found, out, bounds = self._filled(apart, apart_ends, touching=True)
        if found == self.fills.NEEDS_OVERLAY:
            return self._overlaid(np.split(loops, ends[:-1]))
        if not found:
            return None
        pixels, areas = out[: bounds[found - 1]], np.empty(found)
        self.fills.orient(pixels, bounds[:found], areas)
        area = float(areas.sum())
        if area <= 0.0:
            return None
        (u0, v0), (u1, v1) = pixels.min(axis=0).tolist(), pixels.max(axis=0).tolist()
        cuts = pairwise([0, *bounds[:found].tolist()])
        rings = tuple([pixels[begin:end] for begin, end in cuts])
        return PolygonTarget(rings, area, (u0, v0, u1, v1))

    def _filled(
        self, loops: Float64Array, ends: Int64Array, *, touching: bool = False
    ) -> tuple[int, Float64Array, Int64Array]:
        """What ``fills.fill`` says, and writes."""
        camera = self.view.camera
        size = float(camera.width), float(camera.height)
        room = 3 * len(loops) + 64
        while True:
            out, bounds = np.empty((room, 2)), np.empty(room, dtype=np.int64)
            found = self.fills.fill(loops, ends, *size, out, bounds, touching)
            if found != self.fills.NO_ROOM:
                return found, out, bounds
            room *= 4

    def _uncrossed(self, loops: Float64Array, ends: Int64Array) -> tuple[Float64Array, Int64Array]:
        """The loops, and their ends, taken apart where they cross; none where that isn't clear."""
        room = len(loops) + 2 * self.crossings.MOST_CROSSINGS
        out, bounds = np.empty((room, 2)), np.empty(room, dtype=np.int64)
        found = self.crossings.uncross(loops, ends, out, bounds)
        return out[: bounds[found - 1] if found > 0 else 0], bounds[: max(found, 0)]

    def _sliced(self, vertices: Float64Array, ends: Int64Array) -> tuple[Float64Array, Int64Array]:
        """The loops of a surface that the camera all but touches, line by line, and their ends."""
        from projection.slices import sliced_surface  # noqa: PLC0415  loads shapely

        def loops_at(packed: "Packed", time: float) -> list[Float64Array]:
            turned = self._turned(vertices, ends, time)
            loops, bounds = self._laid(*self._loops(packed, turned, ends, time))
            return np.split(loops, bounds[:-1]) if len(bounds) else []

        return _one_after_the_other(sliced_surface(self.view, loops_at))

    def _turned(self, vertices: Float64Array, ends: Int64Array, moment: float) -> Float64Array:
        """Rings (n, 6) as a cylinder wants them: anticlockwise to the camera's eye at a moment."""
        if not self.is_cylinder:
            return vertices
        positions, quats = self.view.poses.at(np.array([moment]))
        eye = positions[0] + rotate(quats[0], self.view.ego_from_camera.position_m)
        rings = np.split(vertices[:, :3] - eye, ends[:-1])
        turned = vertices.copy()
        turned[:, :3] = np.concatenate([_anticlockwise(ring) for ring in rings]) + eye
        return turned

    def _laid(self, loops: Float64Array, ends: Int64Array) -> tuple[Float64Array, Int64Array]:
        """Loops and their ends as the lens shows them: a cylinder has a seam."""
        if not self.is_cylinder or not len(ends):
            return loops, ends
        from projection.regions import on_cylinder  # noqa: PLC0415  loads shapely

        return _one_after_the_other(on_cylinder(np.split(loops, ends[:-1]), self.view.camera)[0])

    def _loops(
        self, packed: "Packed", vertices: Float64Array, ends: Int64Array, moment: float
    ) -> tuple[Float64Array, Int64Array]:
        """Loops (n, 2) whose even-odd fill is the polygon, and their ends (k,)."""
        while True:
            out, bounds = np.empty((self.room, 2)), np.empty(len(ends) + 1, dtype=np.int64)
            found, behind = self.rings.surface_loops(
                *packed, vertices, ends, self.cosine, self.tolerance_px, moment, out, bounds
            )
            if found >= 0:
                break
            self.room *= 4
        if behind < 0 and _is_straight_behind(self.view, vertices[: ends[0], :3], moment):
            # A ring that lies in no plane: the one that fits it best decides.
            rim = np.empty((1 << 13, 2))
            lens, frame, _ = packed
            count = self.rings.whole_rim(lens, frame, self.cosine, self.tolerance_px, rim)
            last = int(bounds[found - 1]) if found else 0
            bounds[found] = last + count
            return np.concatenate([out[:last], rim[:count]]), bounds[: found + 1]
        return out[: bounds[found - 1] if found else 0], bounds[:found]

    def _overlaid(self, loops: list[Float64Array]) -> PolygonTarget | None:
        """The same of loops that cross each other."""
        import shapely  # noqa: PLC0415  takes a moment to load

        from projection.regions import loops_of, region_of  # noqa: PLC0415

        camera = self.view.camera
        picture = shapely.box(-0.5, -0.5, camera.width - 0.5, camera.height - 0.5)
        region = shapely.intersection(region_of(loops), picture)
        if region.is_empty or region.area <= 0.0:
            return None
        u0, v0, u1, v1 = region.bounds
        return PolygonTarget(tuple(loops_of(region)), float(region.area), (u0, v0, u1, v1))


def _one_after_the_other(loops: list[Float64Array]) -> tuple[Float64Array, Int64Array]:
    """Loops (n, 2) in one array, and where each ends."""
    ends = np.cumsum([len(loop) for loop in loops], dtype=np.int64)
    return np.concatenate([np.empty((0, 2)), *loops]), ends


def _anticlockwise(ring: Float64Array) -> Float64Array:
    """A ring about the camera's place (n, 3), turned so that it runs anticlockwise to its eye.

    On an unrolled cylinder, a ring that goes all round doesn't say by itself on which side it is.
    """
    middle = ring.mean(axis=0)
    arms = ring - middle
    normal = np.cross(arms, np.roll(arms, -1, axis=0)).sum(axis=0)
    return ring if normal @ middle < 0.0 else ring[::-1]


def _is_straight_behind(view: View, outer: Float64Array, offset_ns: float) -> bool:
    """Whether the axis meets the plane that fits a ring (n, 3) best behind the camera."""
    seen = view.to_camera(outer, np.full(len(outer), offset_ns))
    middle = seen.mean(axis=0)
    if not np.isfinite(middle).all():
        return False
    normal = np.linalg.svd(seen - middle, full_matrices=False)[2][-1]
    return bool(normal[2] != 0.0 and (normal @ middle) / normal[2] < 0.0)
