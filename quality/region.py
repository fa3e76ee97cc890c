"""A part of the world that moves along with the ego: what a network looks at, and no more."""

from dataclasses import dataclass, replace

import numpy as np

from projection import Trajectory
from projection.arrays import Int64Array
from quality.sampling import Samples


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle around the ego, upright, as high as the world.

    Attributes:
        trajectory: ``world_from_ego``; where it says nothing, nothing is in the region.
        x_m: From and to, along the ego's x (ahead).
        y_m: From and to, along the ego's y (left).

    Raises:
        ValueError: Bounds that aren't finite, or where the first isn't the lower one.
    """

    trajectory: Trajectory
    x_m: tuple[float, float]
    y_m: tuple[float, float]

    def __post_init__(self) -> None:
        for name, bounds in (("x_m", self.x_m), ("y_m", self.y_m)):
            if not (np.isfinite(bounds).all() and bounds[0] < bounds[1]):
                message = f"{name}: expected two numbers, the lower one first, found {bounds}"
                raise ValueError(message)

    def of(self, samples: Samples, times_ns: Int64Array) -> Samples:
        """Boxes at times (t,) as far as their centres lie in the region."""
        exists = np.zeros_like(samples.exists)
        for place, time_ns in enumerate(times_ns.tolist()):
            there = np.flatnonzero(samples.exists[place])
            if len(there) and self.trajectory.covers(time_ns, time_ns):
                ego_from_world = self.trajectory.at(time_ns).inverse()
                x, y, _ = ego_from_world.apply(samples.positions_m[place, there]).T
                inside = (self.x_m[0] <= x) & (x <= self.x_m[1])
                exists[place, there] = inside & (self.y_m[0] <= y) & (y <= self.y_m[1])
        return replace(samples, exists=exists)
