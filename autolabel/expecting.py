"""Where a moving body should be: after what is known of it, or between two places."""

import math

import numpy as np

from projection.arrays import Float64Array

#: How long a body that is not seen goes on turning.
_TURN_LASTS_S = 0.6


def expected_pose(pose: Float64Array, velocity: Float64Array, elapsed: float) -> Float64Array:
    """Return the pose at constant speed and a turn rate that dies away."""
    lasting = math.copysign(
        _TURN_LASTS_S * (1.0 - math.exp(-abs(elapsed) / _TURN_LASTS_S)), elapsed
    )
    turn = float(velocity[2] * lasting) if np.hypot(*velocity[:2]) > 1.0 else 0.0
    # The mean direction over the step lies half a turn further than the last velocity's.
    cosine, sine = math.cos(0.75 * turn), math.sin(0.75 * turn)
    dx, dy = velocity[:2] * elapsed
    step = np.array([dx * cosine - dy * sine, dx * sine + dy * cosine, turn])
    return np.asarray(pose + step)


def pose_on_the_way(
    pose: Float64Array,
    velocity: Float64Array | None,
    to: Float64Array,
    elapsed_s: float,
    whole_s: float,
) -> Float64Array:
    """Return where it is between two poses (3,), its speed changing evenly from what it was.

    Args:
        pose: Where it was.
        velocity: (3,) of it there, and its turn rate; None: it goes evenly.
        to: Where it will be.
        elapsed_s: Since the first.
        whole_s: From the first to the second.
    """
    way = to - pose
    way[2] = math.remainder(way[2], 2.0 * math.pi)
    share = elapsed_s / whole_s
    begun = way / whole_s
    if velocity is not None:
        begun[:2] = velocity[:2]  # a turn rate tells little of what comes later
    return np.asarray(pose + begun * elapsed_s + (way - begun * whole_s) * share**2)
