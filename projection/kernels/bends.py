"""How much a lens bends what is straight, and how fast pixels move, over the cone of its picture.

Both are bounds, found by sampling once a camera, that save looking: an arc of a great circle of
``angle`` radians, seen by a lens that bends by ``b`` px/rad^2, is at most ``b angle^2 / 8`` px off
its chord.
"""

import math

from projection.arrays import Float64Array
from projection.kernels.compiled import compiled, inlined
from projection.kernels.lens import project_point
from projection.kernels.pack import (
    BEND_SCALE,
    BENDS,
    CYLINDRICAL,
    GAIN_U,
    GAIN_V,
    LENS_SIZE,
    OWN,
    PINHOLE,
    THETA,
)

_BINS = LENS_SIZE - BENDS
_AZIMUTHS, _TANGENTS, _PLACES = 16, 8, 3
_STEP_RAD = 0.004
#: What lies between samples is no more than this times the largest of them.
_SAFETY = 1.3


@inlined
def place_of(lens: Float64Array, y: float, z: float) -> float:
    """What the bend depends on, zero where it is least: 1 - cos off the axis; on a cylinder |y|."""
    return abs(y) if int(lens[5]) == CYLINDRICAL else 1.0 - z


@compiled
def bend_between(
    lens: Float64Array, y0: float, z0: float, y1: float, z1: float, square: float
) -> float:
    """Bound of the bend (px/rad^2) along an arc between two unit directions.

    Args:
        lens: See ``pack``.
        y0: Of one end.
        z0: Of one end.
        y1: Of the other.
        z1: Of the other.
        square: The arc's angle squared, less than 0.1: it bulges by an eighth of it.
    """
    place = max(place_of(lens, y0, z0), place_of(lens, y1, z1)) + 0.13 * square
    at = place * lens[BEND_SCALE]
    return lens[BENDS + int(at)] if at < _BINS else math.inf


@compiled
def measure(lens: Float64Array, cone: float, width: float, height: float) -> None:
    """Write a lens's bends and gains to its own array.

    Bends rise from the axis on: each is the largest up to there. Gains (px/rad) are the largest
    within the picture.

    Args:
        lens: See ``pack``.
        cone: Angle off the axis that holds all of the picture.
        width: Of the picture, px.
        height: Of the picture, px.
    """
    kind = int(lens[5])
    is_cylinder = kind == CYLINDRICAL
    reach = 1.0 if is_cylinder else 1.0 - math.cos(min(cone, math.pi))
    lens[BEND_SCALE] = _BINS / reach
    largest, gain_u, gain_v = 0.0, 0.0, 0.0
    if kind == THETA and lens[OWN + 5] != 0.0:
        # It tears the axis apart.
        largest = math.inf
    turns = 1 if is_cylinder else _AZIMUTHS
    for row in range(_BINS):
        for part in range(_PLACES):
            place = reach * (row + part / (_PLACES - 1.0)) / _BINS
            for turn in range(turns):
                bend, du, dv = _at(
                    lens, place, 2.0 * math.pi * turn / turns, (width, height), is_cylinder
                )
                largest = max(largest, bend)
                gain_u, gain_v = max(gain_u, du), max(gain_v, dv)
        lens[BENDS + row] = 0.0 if kind == PINHOLE else _SAFETY * largest
    if is_cylinder:
        # Straight up and down columns come together, wherever that is off the picture.
        lens[LENS_SIZE - 1] = math.inf
    lens[GAIN_U], lens[GAIN_V] = _SAFETY * gain_u, _SAFETY * gain_v


@compiled
def _at(
    lens: Float64Array,
    place: float,
    azimuth: float,
    size: tuple[float, float],
    is_cylinder: bool,  # noqa: FBT001
) -> tuple[float, float, float]:
    """Bend (px/rad^2), and gains (px/rad; zero off the picture), of one direction."""
    if is_cylinder:
        y = place
        x, z = 0.0, math.sqrt(max(0.0, 1.0 - y * y))
        ax, ay, az, bx, by, bz = 1.0, 0.0, 0.0, 0.0, z, -y
    else:
        z = 1.0 - place
        rho = math.sqrt(max(0.0, 1.0 - z * z))
        cosine, sine = math.cos(azimuth), math.sin(azimuth)
        x, y = rho * cosine, rho * sine
        ax, ay, az, bx, by, bz = z * cosine, z * sine, -rho, -sine, cosine, 0.0
    u, v, status = project_point(lens, x, y, z)
    if status != 0:
        return math.inf, 0.0, 0.0
    seen = -1.0 <= u < size[0] and -1.0 <= v < size[1]
    bend, gain_u, gain_v = 0.0, 0.0, 0.0
    near, far = math.cos(_STEP_RAD), math.sin(_STEP_RAD)
    for step in range(_TANGENTS):
        turn = math.pi * step / _TANGENTS
        cosine, sine = far * math.cos(turn), far * math.sin(turn)
        dx, dy, dz = cosine * ax + sine * bx, cosine * ay + sine * by, cosine * az + sine * bz
        u0, v0, before = project_point(lens, near * x - dx, near * y - dy, near * z - dz)
        u1, v1, after = project_point(lens, near * x + dx, near * y + dy, near * z + dz)
        sides = 2.0 * _STEP_RAD
        if before != 0 or after != 0:
            # At the rim of the domain.
            bend, sides = math.inf, _STEP_RAD
            if before != 0:
                u0, v0 = u, v
            if after != 0:
                u1, v1 = u, v
        du, dv = u1 - u0, v1 - v0
        length = math.hypot(du, dv)
        off = abs((u - u0) * dv - (v - v0) * du) / length if length > 0.0 else 0.0
        bend = max(bend, 2.0 * off / (_STEP_RAD * _STEP_RAD))
        if seen:
            gain_u, gain_v = max(gain_u, abs(du) / sides), max(gain_v, abs(dv) / sides)
    return bend, gain_u, gain_v
