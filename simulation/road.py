"""The street as numbers: its centre line, the height of the ground, its cross-section.

A place along the street is `(s, d)`: metres along the centre line, metres to its left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# The cross-section, metres to the left of the centre line (traffic keeps to the right).
KERB_LEFT_M = 5.6
KERB_RIGHT_M = -10.5
PAVEMENT_LEFT_M = 9.2
PAVEMENT_RIGHT_M = -14.1
VERGE_LEFT_M = 12.0
VERGE_RIGHT_M = -17.0
KERB_WIDTH_M = 0.16
KERB_HEIGHT_M = 0.13
CAMBER = 0.012
EGO_LANE_M = -1.7
OUTER_LANE_M = -5.1
ONCOMING_LANE_M = 1.75
CYCLE_LANE_M = -7.6
PARKING_LEFT_M = 4.5
PARKING_RIGHT_M = -9.4

STATION_M = 2.0


@dataclass(frozen=True, slots=True)
class LaneLine:
    """One painted line: where it runs, how wide it is, how long dashes and gaps are (0: solid)."""

    name: str
    d_m: float
    width_m: float
    dash_m: float
    gap_m: float

    @property
    def style(self) -> str:
        """`solid` or `dashed`."""
        return "dashed" if self.gap_m > 0.0 else "solid"


LANE_LINES = (
    LaneLine("parking_left", 3.4, 0.12, 0.0, 0.0),
    LaneLine("centre", 0.0, 0.15, 0.0, 0.0),
    LaneLine("lane", -3.4, 0.15, 3.0, 4.5),
    LaneLine("cycle", -6.8, 0.20, 0.0, 0.0),
    LaneLine("parking_right", -8.35, 0.12, 1.0, 1.0),
)


class CentreLine:
    """The street's centre line: straight, then smooth curves left and right by turns.

    Attributes:
        start_m: The first s.
        end_m: The last s.
    """

    def __init__(self, rng: np.random.Generator, start_m: float, end_m: float) -> None:
        self.start_m = start_m
        self.end_m = end_m
        knots_s, knots_k = _curvature_knots(rng, start_m, end_m)
        step = 0.25
        s = np.arange(start_m, end_m + step, step)
        curvature = np.interp(s, knots_s, knots_k)
        heading = _running_integral(curvature, step)
        origin = int(np.argmin(np.abs(s)))
        heading -= heading[origin]
        x = _running_integral(np.cos(heading), step)
        y = _running_integral(np.sin(heading), step)
        self._curvature = (s, curvature)
        self._heading = CubicSpline(s, heading)
        self._position = CubicSpline(s, np.column_stack([x - x[origin], y - y[origin]]))

    def heading(self, s_m: ArrayLike) -> NDArray[np.float64]:
        """Return the direction of the line at `s_m`, radians from +x."""
        return np.asarray(self._heading(s_m), dtype=np.float64)

    def curvature(self, s_m: ArrayLike) -> NDArray[np.float64]:
        """Return the curvature at `s_m`, 1/m, positive to the left."""
        return np.asarray(
            np.interp(np.asarray(s_m, dtype=np.float64), *self._curvature), dtype=np.float64
        )

    def at(self, s_m: ArrayLike, d_m: ArrayLike) -> NDArray[np.float64]:
        """Return x and y in the world, (..., 2) metres, of places (s, d)."""
        s, d = np.broadcast_arrays(
            np.asarray(s_m, dtype=np.float64), np.asarray(d_m, dtype=np.float64)
        )
        heading = self.heading(s)
        left = np.stack([-np.sin(heading), np.cos(heading)], axis=-1)
        return np.asarray(self._position(s) + d[..., None] * left, dtype=np.float64)


def _running_integral(values: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Return the integral from the first sample to each, by the trapezoid rule."""
    return np.concatenate([[0.0], np.cumsum((values[1:] + values[:-1]) * (step / 2.0))])


def _curvature_knots(
    rng: np.random.Generator, start_m: float, end_m: float
) -> tuple[list[float], list[float]]:
    """Return knots (s, curvature) of curves that turn left and right by turns.

    The first curve begins a few metres ahead of the start: a clip of four seconds drives into it.
    """
    places, curvatures = [start_m - 1.0], [0.0]
    s, side = 6.0, 1.0
    while s < end_m:
        radius = rng.uniform(52.0, 66.0)
        hold = rng.uniform(26.0, 36.0)
        ramp = 14.0
        places += [s, s + ramp, s + ramp + hold, s + 2.0 * ramp + hold]
        curvatures += [0.0, side / radius, side / radius, 0.0]
        s += 2.0 * ramp + hold + rng.uniform(35.0, 55.0)
        side = -side
    places.append(max(s, end_m) + 1.0)
    curvatures.append(0.0)
    return places, curvatures


class Terrain:
    """The height of the natural ground: a gentle slope and long waves."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._slope = np.array([rng.uniform(0.012, 0.022), rng.uniform(-0.006, 0.006)])
        self._waves = [
            (
                rng.uniform(0.25, 0.4),
                2.0 * np.pi / rng.uniform(110.0, 170.0),
                rng.uniform(0.0, np.pi),
                rng.uniform(0.0, 2.0 * np.pi),
            )
            for _ in range(3)
        ]

    def height(self, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the height over the world's zero at (..., 2) places, metres."""
        z = xy_m @ self._slope
        for amplitude, wave_number, direction, phase in self._waves:
            along = xy_m[..., 0] * np.cos(direction) + xy_m[..., 1] * np.sin(direction)
            z = z + amplitude * (np.sin(wave_number * along + phase) - np.sin(phase))
        return np.asarray(z, dtype=np.float64)


class Street:
    """Centre line, terrain and cross-section together: from (s, d) to a place on the surface."""

    def __init__(self, rng: np.random.Generator, start_m: float, end_m: float) -> None:
        self.line = CentreLine(rng, start_m, end_m)
        self.terrain = Terrain(rng)
        # Zebra crossings as (first s, last s); the first one is just ahead.
        first = [26.0 + rng.uniform(-1.0, 1.0)]
        while first[-1] + 150.0 < end_m - 20.0:
            first.append(first[-1] + rng.uniform(130.0, 150.0))
        self.crossings = [(s, s + 3.6) for s in first]
        self._zero = self._raw_point(0.0, 0.0)[2]

    def _raw_point(self, s_m: ArrayLike, d_m: ArrayLike) -> NDArray[np.float64]:
        xy = self.line.at(s_m, d_m)
        z = self.terrain.height(xy) + section_height(np.broadcast_to(d_m, xy.shape[:-1]))
        return np.concatenate([xy, z[..., None]], axis=-1)

    def point(self, s_m: ArrayLike, d_m: ArrayLike) -> NDArray[np.float64]:
        """Return places on the surface, (..., 3) metres; the zero is its centre at s = 0."""
        return np.asarray(self._raw_point(s_m, d_m) - np.array([0.0, 0.0, self._zero]))

    def ground_height(self, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the height of the natural ground, metres, without kerbs and camber."""
        return np.asarray(self.terrain.height(xy_m) - self._zero)

    def pose(
        self, s_m: float, d_m: float, heading_rad: float = 0.0
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (rotation (3, 3), position (3,)) of something that stands on the surface.

        Args:
            s_m: Along the street.
            d_m: To its left.
            heading_rad: Of the thing's x axis, from the direction of the street.
        """
        yaw = float(self.line.heading(s_m)) + heading_rad
        position = self.point(s_m, d_m)
        forward = np.array([np.cos(yaw), np.sin(yaw)])
        left = np.array([-forward[1], forward[0]])
        reach = 1.0
        rise = [
            float(
                self.terrain.height(position[:2] + reach * axis)
                - self.terrain.height(position[:2] - reach * axis)
            )
            / (2.0 * reach)
            for axis in (forward, left)
        ]
        x = np.array([*forward, rise[0]])
        x /= np.linalg.norm(x)
        z = np.cross(x, np.array([*left, rise[1]]))
        z /= np.linalg.norm(z)
        return np.column_stack([x, np.cross(z, x), z]), position

    def stations(self) -> NDArray[np.float64]:
        """Return the s at which the surface has its edges: regular ones and the crossings'."""
        regular = np.arange(self.line.start_m + 1.0, self.line.end_m - 1.0, STATION_M)
        special = np.array(self.crossings).ravel()
        far = np.abs(regular[:, None] - special[None, :]).min(axis=1) > 0.3
        return np.unique(np.concatenate([regular[far], special]))


def section_height(d_m: ArrayLike) -> NDArray[np.float64]:
    """Return how high the surface is over the natural ground at `d_m`: camber and kerbs."""
    d = np.asarray(d_m, dtype=np.float64)
    road = -CAMBER * np.abs(d)
    left = -CAMBER * KERB_LEFT_M + KERB_HEIGHT_M
    right = CAMBER * KERB_RIGHT_M + KERB_HEIGHT_M
    z = np.where(d > KERB_LEFT_M, left, road)
    return np.where(d < KERB_RIGHT_M, right, z)
