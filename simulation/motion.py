"""Motion of the recording car and of everyone else, as functions of time that become keyframes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation, Slerp

from simulation.road import EGO_LANE_M, Street

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

REAR_AXLE_M = 0.33


class Progress:
    """Distance driven by a time: the integral of a speed given at a few times, smooth."""

    def __init__(self, times_s: ArrayLike, speeds_mps: ArrayLike) -> None:
        self._speed = CubicSpline(times_s, speeds_mps, bc_type="clamped")
        self._distance = self._speed.antiderivative()
        self._acceleration = self._speed.derivative()
        self._zero = float(self._distance(0.0))
        # Outside of its times a speed stays what it is at the end.
        self._first, self._last = float(np.min(times_s)), float(np.max(times_s))

    def distance(self, time_s: ArrayLike) -> NDArray[np.float64]:
        """Return the metres driven since time zero."""
        t = np.asarray(time_s, dtype=np.float64)
        inside = np.clip(t, self._first, self._last)
        return np.asarray(self._distance(inside) - self._zero + (t - inside) * self._speed(inside))

    def acceleration(self, time_s: ArrayLike) -> NDArray[np.float64]:
        """Return the acceleration, m/s^2."""
        inside = np.clip(time_s, self._first, self._last)
        return np.asarray(self._acceleration(inside))

    def speed(self, time_s: ArrayLike) -> NDArray[np.float64]:
        """Return the speed, m/s."""
        return np.asarray(self._speed(np.clip(time_s, self._first, self._last)))


def ego_progress(rng: np.random.Generator, duration_s: float) -> Progress:
    """Return the recording car's progress: it slows before the first crossing, then drives on."""
    times = [-1.0, 0.0, 1.3, 2.6, 4.2]
    speeds = [8.6, 8.4, 6.8, 4.6, 7.2]
    while times[-1] < duration_s + 1.0:
        times.append(times[-1] + rng.uniform(2.5, 4.0))
        speeds.append(rng.uniform(6.5, 10.5))
    return Progress(times, speeds)


def held_progress(release_s: float, speed_mps: float, stop_s: float) -> Progress:
    """Return progress that stops at `stop_s` and drives on from `release_s`."""
    times = [-1.0, 0.0, 0.45 * stop_s, stop_s, release_s, release_s + 3.0, release_s + 6.0]
    speeds = [speed_mps, speed_mps * 0.92, speed_mps * 0.5, 0.0, 0.0, 5.0, 7.0]
    return _monotone(Progress(times, speeds), times, speeds)


def _monotone(progress: Progress, times: list[float], speeds: list[float]) -> Progress:
    """Return `progress`, or where its spline would drive backwards, one through denser speeds."""
    t = np.linspace(times[0], times[-1], 200)
    if float(progress.speed(t).min()) >= -1e-6:
        return progress
    dense = np.interp(t, times, speeds)
    kernel = np.hanning(15) / np.hanning(15).sum()
    padded = np.concatenate([np.full(7, dense[0]), dense, np.full(7, dense[-1])])
    return Progress(t, np.maximum(np.convolve(padded, kernel, mode="valid"), 0.0))


def steady_progress(speed_mps: float) -> Progress:
    """Return the progress at one speed for ever."""
    return Progress([-1.0, 1.0], [speed_mps, speed_mps])


@dataclass(frozen=True, slots=True)
class PoseTrack:
    """Poses at times, positions linear and rotations by slerp between them: this *is* the motion.

    Attributes:
        times_ns: (n,) int64, strictly rising.
        positions_m: (n, 3) world.
        quats_xyzw: (n, 4) world_from_body.
    """

    times_ns: NDArray[np.int64]
    positions_m: NDArray[np.float64]
    quats_xyzw: NDArray[np.float64]

    def at(self, times_ns: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (rotations (k, 3, 3), positions (k, 3)) at times within the track's own.

        Raises:
            ValueError: A time lies before the first or after the last pose.
        """
        wanted = np.atleast_1d(np.asarray(times_ns, dtype=np.int64))
        if wanted.min() < self.times_ns[0] or wanted.max() > self.times_ns[-1]:
            raise ValueError(
                f"times_ns: expected times within {self.times_ns[0]}..{self.times_ns[-1]}, "
                f"found {wanted.min()}..{wanted.max()}"
            )
        # Whole nanoseconds are subtracted before they become floating point.
        knots = (self.times_ns - self.times_ns[0]).astype(np.float64)
        t = (wanted - self.times_ns[0]).astype(np.float64)
        positions = np.column_stack([np.interp(t, knots, self.positions_m[:, i]) for i in range(3)])
        rotations = Slerp(knots, Rotation.from_quat(self.quats_xyzw))(t).as_matrix()
        return np.asarray(rotations), positions


def ego_track(
    street: Street, progress: Progress, times_ns: NDArray[np.int64], zero_ns: int
) -> PoseTrack:
    """Return the recording car's poses: its rear axle's middle, with the car's pitch and roll.

    Args:
        street: What it drives on.
        progress: How far it is at a time.
        times_ns: (n,) of the poses.
        zero_ns: Time zero of `progress`.
    """
    t = (times_ns - zero_ns) / 1e9
    s = progress.distance(t)
    d = EGO_LANE_M + 0.12 * np.sin(0.55 * t + 0.4)
    drift = np.arctan2(0.12 * 0.55 * np.cos(0.55 * t + 0.4), np.maximum(progress.speed(t), 1.0))
    pitch = -0.0045 * progress.acceleration(t)
    pitch += 0.0016 * np.sin(2.0 * np.pi * 1.3 * t) + 0.0007 * np.sin(2.0 * np.pi * 2.9 * t + 1.0)
    lateral = street.line.curvature(s) * progress.speed(t) ** 2
    roll = 0.006 * lateral + 0.0012 * np.sin(2.0 * np.pi * 1.1 * t + 0.7)
    bounce = 0.004 * np.sin(2.0 * np.pi * 1.5 * t + 0.3)
    positions = np.empty((len(t), 3))
    rotations = np.empty((len(t), 3, 3))
    for index in range(len(t)):
        rotation, ground = street.pose(float(s[index]), float(d[index]), float(drift[index]))
        body = Rotation.from_euler("yx", [pitch[index], roll[index]]).as_matrix()
        rotations[index] = rotation @ body
        positions[index] = ground + rotation[:, 2] * (REAR_AXLE_M + bounce[index])
    quats = Rotation.from_matrix(rotations).as_quat()
    return PoseTrack(times_ns, positions, _continuous(quats))


def _continuous(quats_xyzw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the same rotations with signs such that neighbours are on the same side."""
    signs = np.sign(np.sum(quats_xyzw[1:] * quats_xyzw[:-1], axis=1))
    signs[signs == 0.0] = 1.0
    return np.asarray(quats_xyzw * np.concatenate([[1.0], np.cumprod(signs)])[:, None])


def follow_street(
    street: Street,
    times_ns: NDArray[np.int64],
    s_m: NDArray[np.float64],
    d_m: NDArray[np.float64],
    *,
    heading_rad: float,
    centre_m: NDArray[np.float64],
    upright: bool = False,
) -> PoseTrack:
    """Return the track of a body's cuboid that follows places (s, d).

    Args:
        street: What it moves on.
        times_ns: (n,) of the keyframes.
        s_m: (n,) along the street.
        d_m: (n,) to its left.
        heading_rad: Of its x axis, from the direction of the street.
        centre_m: (3,) the cuboid's centre in the body's own frame on the ground.
        upright: Stand along gravity instead of square to the ground, as people do.
    """
    positions = np.empty((len(times_ns), 3))
    rotations = np.empty((len(times_ns), 3, 3))
    for index in range(len(times_ns)):
        rotation, ground = street.pose(float(s_m[index]), float(d_m[index]), heading_rad)
        if upright:
            yaw = np.arctan2(rotation[1, 0], rotation[0, 0])
            rotation = Rotation.from_euler("z", yaw).as_matrix()
        rotations[index] = rotation
        positions[index] = ground + rotation @ centre_m
    quats = Rotation.from_matrix(rotations).as_quat()
    return PoseTrack(times_ns, positions, _continuous(quats))
