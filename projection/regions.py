"""Regions of a picture that need more than a loop: unions, and cylinders all round."""

import math

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from projection.arrays import Float64Array
from projection.camera import Camera
from projection.cameras.cylindrical import Cylindrical

_FAR = 1e7


def region_of(loops: list[Float64Array]) -> BaseGeometry:
    """The even-odd fill of closed loops (n, 2), as a valid geometry."""
    region: BaseGeometry = Polygon()
    for loop in loops:
        if len(loop) >= 3:
            region = region.symmetric_difference(shapely.make_valid(Polygon(loop)))
    return region


def loops_of(region: BaseGeometry) -> list[Float64Array]:
    """The rings of a region, outer ones visually anticlockwise, holes the other way round."""
    loops: list[Float64Array] = []
    for part in shapely.get_parts(region):
        if not isinstance(part, Polygon):
            continue
        # v points down: what shapely calls clockwise is anticlockwise to the eye.
        turned = shapely.geometry.polygon.orient(part, sign=-1.0)
        rings = (turned.exterior, *turned.interiors)
        loops += [np.asarray(ring.coords)[:-1] for ring in rings]
    return loops


def join(parts: list[list[Float64Array]]) -> list[Float64Array]:
    """The loops of what any of the parts covers, each given as loops."""
    return loops_of(shapely.union_all([region_of(loops) for loops in parts]))


def on_cylinder(loops: list[Float64Array], camera: Camera) -> list[Float64Array]:
    """Loops on an unrolled cylinder, laid onto the one turn that the picture shows.

    A loop that crosses the seam comes in on the other side. One that goes all round encloses the
    straight up or the straight down, and covers all from there.
    """
    lens = camera.lens
    if not isinstance(lens, Cylindrical):
        return loops
    period = 2.0 * math.pi * lens.fx
    left, right = lens.cx - 0.5 * period, lens.cx + 0.5 * period
    u = np.concatenate([loop[:, 0] for loop in loops])
    if u.min() >= left and u.max() <= right and not any(_turns(loop, period) for loop in loops):
        return loops
    turn = shapely.box(left, -_FAR, right, _FAR)
    region: BaseGeometry = Polygon()
    for loop in loops:
        closed = _around(loop, period)
        covered = shapely.union_all(
            [
                shapely.intersection(
                    shapely.make_valid(Polygon(closed + np.array([shift * period, 0.0]))), turn
                )
                for shift in (-2, -1, 0, 1, 2)
            ]
        )
        region = region.symmetric_difference(covered)
    return loops_of(region)


def _turns(loop: Float64Array, period: float) -> int:
    return round(float(loop[-1, 0] - loop[0, 0]) / period)


def _around(loop: Float64Array, period: float) -> Float64Array:
    """A loop that goes all round, closed over the top or the bottom that it encloses."""
    turns = _turns(loop, period)
    if turns == 0:
        return loop
    # Visually anticlockwise with what is enclosed to the left: going right, that's what is above.
    far = -_FAR if turns > 0 else _FAR
    start = loop[0] + np.array([turns * period, 0.0])
    return np.concatenate([loop, [start, [start[0], far], [loop[0, 0], far]]])
