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
            part = shapely.make_valid(Polygon(loop))
            region = part if region.is_empty else region.symmetric_difference(part)
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


def on_cylinder(
    loops: list[Float64Array], camera: Camera, *, all_round: bool = False
) -> tuple[list[Float64Array], bool]:
    """Loops on an unrolled cylinder, laid onto the one turn that the picture shows.

    A loop that crosses the seam comes in on the other side. One that goes all round encloses the
    straight up or the straight down, and covers all from there. Loops that were laid already must
    not be laid again: one that fills the turn looks as if it went all round.

    Args:
        loops: (n, 2) px, closed; columns may be any number of turns off.
        camera: Its lens is a cylinder; other lenses' loops stay as they are.
        all_round: Whether the loops are around what is *not* covered: both straight up and straight
            down are.

    Returns:
        The loops, and whether any of them crossed the seam or was cut at it.
    """
    lens = camera.lens
    if not isinstance(lens, Cylindrical) or not loops:
        return loops, False
    period = 2.0 * math.pi * lens.fx
    left, right = lens.cx - 0.5 * period, lens.cx + 0.5 * period
    loops = [_unrolled(loop, period) for loop in loops]
    u = np.concatenate([loop[:, 0] for loop in loops])
    if (
        u.min() >= left
        and u.max() <= right
        and not any(_turns(loop, period) for loop in loops)
        and not all_round
    ):
        return loops, False
    turn = shapely.box(left, -_FAR, right, _FAR)
    region: BaseGeometry = turn if all_round else Polygon()
    for loop in loops:
        closed = _around(loop, period)
        # Straight up and down are infinitely far off: whatever is there is nowhere near a picture.
        closed = np.stack([closed[:, 0], np.clip(closed[:, 1], -_FAR, _FAR)], axis=1)
        # Odd or even over all turns: where a loop goes back across the column that closes it,
        # the next turn's closing column takes that back.
        first = math.ceil((left - closed[:, 0].max()) / period)
        last = math.floor((right - closed[:, 0].min()) / period)
        for shift in range(first, last + 1):
            moved = closed + np.array([shift * period, 0.0])
            part = shapely.intersection(shapely.make_valid(Polygon(moved)), turn)
            region = region.symmetric_difference(part)
    return loops_of(region), True


def _unrolled(loop: Float64Array, period: float) -> Float64Array:
    """A loop each of whose columns is on the same turn as the one before it."""
    return np.stack([np.unwrap(loop[:, 0], period=period), loop[:, 1]], axis=1)


def _turns(loop: Float64Array, period: float) -> int:
    return round(float(loop[-1, 0] - loop[0, 0]) / period)


def _around(loop: Float64Array, period: float) -> Float64Array:
    """A loop that goes all round, closed over the top or the bottom that it encloses."""
    turns = _turns(loop, period)
    if turns == 0:
        return loop
    # Visually anticlockwise with what is enclosed to the left: going right, that's what is above.
    far = -2.0 * _FAR if turns > 0 else 2.0 * _FAR
    start = loop[0] + np.array([turns * period, 0.0])
    return np.concatenate([loop, [start, [start[0], far], [loop[0, 0], far]]])
