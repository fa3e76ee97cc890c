"""What a body's way can be: how fast its speed and its turning change, and where its front points.

All of it as residuals of three poses that follow each other, so that poses can be solved for
together with what the sweeps show.
"""

import math
from dataclasses import dataclass

import numpy as np

from autolabel.priors import Prior
from projection.arrays import Float64Array

_STEP = 1e-5


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind of body moves.

    Attributes:
        acceleration_mps2: How fast its speed changes, one standard deviation.
        turning_rad_ps2: And its turn rate.
        axle_m: How far behind its middle is the place that goes where it points; None: it has no
            wheels, and goes where it likes.
        tightest_m: The radius of its tightest turn.
    """

    acceleration_mps2: float
    turning_rad_ps2: float
    axle_m: float | None
    tightest_m: float


def manner_of(prior: Prior) -> Manner:
    """Return how a kind of body moves.

    A vehicle turns about a point on the line through its rear axle; what trackers of vehicles
    assume of their changes of speed and turn rate are a few metres and tenths of a radian.
    """
    length = float(prior.size_m[0])
    if prior.kind.name in {"car", "large"}:
        return Manner(1.5, 0.25, 0.15 * length, 5.0 if length < 6.0 else 9.0)
    if prior.kind.has_direction:
        return Manner(1.0, 0.5, 0.2 * length, 1.5)
    return Manner(1.0, 3.0, None, 0.1)


def motion_residuals(
    poses: Float64Array, seconds: Float64Array, manner: Manner
) -> tuple[Float64Array, Float64Array]:
    """Return how unlikely a way is, and how that changes with its poses.

    Args:
        poses: (k, 3) x, y, heading (without jumps of whole turns), k at least 3.
        seconds: (k,) rising.
        manner: Of the body.

    Returns:
        (k - 2, q) residuals in standard deviations; (k - 2, q, 3, 3) their derivatives by the
        three poses of each and their components.
    """
    steps = np.diff(seconds)
    before, after = steps[:-1], steps[1:]
    three = np.stack([poses[:-2], poses[1:-1], poses[2:]], axis=1)  # (m, 3, 3)
    here = _residuals(three, before, after, manner)
    slopes = np.empty((*here.shape, 3, 3))
    for which in range(3):
        for part in range(3):
            moved = three.copy()
            moved[:, which, part] += _STEP
            slopes[..., which, part] = (_residuals(moved, before, after, manner) - here) / _STEP
    return here, slopes


def _residuals(
    three: Float64Array, before: Float64Array, after: Float64Array, manner: Manner
) -> Float64Array:
    """Return (m, q) residuals of poses (m, 3, 3) that lie so many seconds apart."""
    between = 0.5 * (before + after)
    if manner.axle_m is None:
        first = (three[:, 1, :2] - three[:, 0, :2]) / before[:, None]
        second = (three[:, 2, :2] - three[:, 1, :2]) / after[:, None]
        change = (second - first) / (manner.acceleration_mps2 * between)[:, None]
        # Which way such a body looks is not solved for: it stays as it is.
        still = (three[:, 1:, 2] - three[:, :-1, 2]) / 0.05
        return np.concatenate([change, still], axis=1)
    heading = three[:, :, 2]
    ways = np.stack([np.cos(heading), np.sin(heading)], axis=2)
    axles = three[:, :, :2] - manner.axle_m * ways
    columns = []
    speeds = []
    for k in range(2):
        step = axles[:, k + 1] - axles[:, k]
        middle = 0.5 * (heading[:, k] + heading[:, k + 1])
        cosine, sine = np.cos(middle), np.sin(middle)
        along = step[:, 0] * cosine + step[:, 1] * sine
        across = step[:, 1] * cosine - step[:, 0] * sine
        way = np.abs(along)
        columns.append(across / (0.015 + 0.02 * way))
        turn = heading[:, k + 1] - heading[:, k]
        columns.append(turn / (math.radians(0.3) + 1.5 * way / manner.tightest_m))
        speeds.append(along)
    speed_change = speeds[1] / after - speeds[0] / before
    columns.append(speed_change / (manner.acceleration_mps2 * between))
    rate_change = (heading[:, 2] - heading[:, 1]) / after - (heading[:, 1] - heading[:, 0]) / before
    columns.append(rate_change / (manner.turning_rad_ps2 * between))
    return np.stack(columns, axis=1)
