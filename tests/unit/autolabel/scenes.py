"""Sweeps made of rays that end on boxes and on a plane: what is right is known."""

import math
from dataclasses import dataclass

import numpy as np

from autolabel import SweepPoints

CAR_M = np.array([4.4, 1.8, 1.5])


@dataclass(frozen=True)
class Body:
    """A box on the ground: place (2,), heading, size (3,)."""

    xy_m: tuple[float, float]
    heading_rad: float
    size_m: np.ndarray


def ground_z(xy: np.ndarray, slope: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    return xy[..., 0] * slope[0] + xy[..., 1] * slope[1]


def sweep_of(
    bodies: list[Body],
    *,
    sensor: tuple[float, float, float] = (0.0, 0.0, 1.8),
    slope: tuple[float, float] = (0.0, 0.0),
    time_ns: int = 0,
    noise_m: float = 0.01,
) -> SweepPoints:
    """A sweep of a lidar of 0.3 by 0.5 degrees."""
    azimuth = np.radians(np.arange(0.0, 360.0, 0.3))
    elevation = np.radians(np.arange(-24.0, 6.0, 0.5))
    a, e = (grid.ravel() for grid in np.meshgrid(azimuth, elevation))
    rays = np.c_[np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)]
    origin = np.array(sensor)
    falls = rays[:, 2] - rays[:, 0] * slope[0] - rays[:, 1] * slope[1]
    height = origin[2] - ground_z(origin[:2], slope)
    ranges = np.where(falls < -1e-3, height / np.where(falls < -1e-3, -falls, 1.0), np.inf)
    for body in bodies:
        ranges = np.minimum(ranges, _ranges(origin, rays, body, slope))
    kept = ranges < 70.0
    noise = np.random.default_rng(time_ns % 2**32).normal(0.0, noise_m, int(kept.sum()))
    points = origin + rays[kept] * (ranges[kept] + noise)[:, None]
    return SweepPoints(time_ns, points.astype(np.float32), origin)


def _ranges(
    origin: np.ndarray, rays: np.ndarray, body: Body, slope: tuple[float, float]
) -> np.ndarray:
    base = float(ground_z(np.array(body.xy_m), slope))
    centre = np.array([*body.xy_m, base + 0.5 * body.size_m[2]])
    cosine, sine = math.cos(body.heading_rad), math.sin(body.heading_rad)
    box_from_world = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    start, ways = box_from_world @ (origin - centre), rays @ box_from_world.T
    ways = np.where(np.abs(ways) < 1e-12, 1e-12, ways)
    first, second = (-body.size_m / 2 - start) / ways, (body.size_m / 2 - start) / ways
    near, far = np.minimum(first, second).max(axis=1), np.maximum(first, second).min(axis=1)
    return np.where((near > 0.0) & (near < far), near, np.inf)


def point_of(sweep: SweepPoints, body: Body, slope: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """The point of a body that is nearest to its middle, as somebody would click on it."""
    points = sweep.points_m.astype(np.float64)
    raised = points[points[:, 2] - ground_z(points, slope) > 0.4 * body.size_m[2]]
    return raised[np.argmin(np.hypot(*(raised[:, :2] - body.xy_m).T))]
