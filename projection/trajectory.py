"""The vehicle's way through the world: interpolated between its poses, never extrapolated."""

from typing import Any

import numpy as np
import numpy.typing as npt

from projection.arrays import Float64Array, Int64Array, integer_times
from projection.rigid import RigidTransform, slerp, unit_quaternions
from projection.spec import SpecError, shown


class OutsideTrajectoryError(ValueError):
    """A pose was asked for at a time that the trajectory doesn't cover."""


class Trajectory:
    """``world_from_ego`` over time: slerp on the shorter arc and lerp between neighbours.

    Args:
        times_ns: (n,) integers, strictly rising.
        positions_m: (n, 3) metres, world.
        quats_xyzw: (n, 4) unit quaternions.

    Raises:
        SpecError: Shapes that don't fit, times that don't rise, values that aren't finite.
    """

    __slots__ = ("positions_m", "quats_xyzw", "times_ns")

    def __init__(
        self, times_ns: Any, positions_m: npt.ArrayLike, quats_xyzw: npt.ArrayLike
    ) -> None:
        try:
            times = integer_times(times_ns, "times_ns")
        except ValueError as error:
            raise SpecError("times_ns", "integers (nanoseconds)", shown_times(times_ns)) from error
        if times.ndim != 1 or times.size == 0:
            raise SpecError("times_ns", "at least one time", f"an array of shape {times.shape}")
        if int(times[-1]) - int(times[0]) >= 1 << 63:
            raise SpecError("times_ns", "a span of less than 2^63 ns", shown_times(times[[0, -1]]))
        falling = np.flatnonzero(times[1:] <= times[:-1])
        if falling.size:
            row = int(falling[0]) + 1
            expected = f"a time after {times[row - 1]}"
            raise SpecError(f"times_ns[{row}]", expected, str(times[row]))
        positions = np.array(positions_m, dtype=np.float64)
        if positions.shape != (times.size, 3):
            raise SpecError("positions_m", f"shape ({times.size}, 3)", str(positions.shape))
        if not np.isfinite(positions).all():
            row = int(np.argmax(~np.isfinite(positions).all(axis=1)))
            raise SpecError(f"positions_m[{row}]", "finite numbers", shown(positions[row].tolist()))
        quats = unit_quaternions(quats_xyzw, "quats_xyzw")
        if quats.shape != (times.size, 4):
            raise SpecError("quats_xyzw", f"shape ({times.size}, 4)", str(quats.shape))
        self.times_ns: Int64Array = times
        self.positions_m: Float64Array = positions
        self.quats_xyzw: Float64Array = quats
        for array in (times, positions, quats):
            array.flags.writeable = False

    @property
    def start_ns(self) -> int:
        """Time of the first pose."""
        return int(self.times_ns[0])

    @property
    def end_ns(self) -> int:
        """Time of the last pose."""
        return int(self.times_ns[-1])

    def covers(self, first_ns: int, last_ns: int) -> bool:
        """Whether there is a pose at all times from ``first_ns`` to ``last_ns``."""
        return self.start_ns <= first_ns and last_ns <= self.end_ns

    def at(self, times_ns: Any) -> RigidTransform:
        """``world_from_ego`` at a time, or a stack of them at many.

        Args:
            times_ns: An integer, or an array (n,) of integers.

        Raises:
            OutsideTrajectoryError: A time lies before the first pose or after the last.
        """
        times = integer_times(times_ns, "times_ns")
        flat = np.atleast_1d(times)
        if flat.size and not self.covers(int(flat.min()), int(flat.max())):
            raise self._outside(flat)
        after = np.clip(np.searchsorted(self.times_ns, flat, side="right"), 1, len(self) - 1)
        if len(self) == 1:
            index = np.zeros(flat.shape, dtype=np.int64)
            return self._shaped(self.positions_m[index], self.quats_xyzw[index], times)
        before = after - 1
        # Differences are taken in integers: whole epochs don't fit a float64.
        span = (self.times_ns[after] - self.times_ns[before]).astype(np.float64)
        fraction = (flat - self.times_ns[before]).astype(np.float64) / span
        start, end = self.positions_m[before], self.positions_m[after]
        positions = start + fraction[:, None] * (end - start)
        positions = np.where(fraction[:, None] == 1.0, end, positions)
        quats = slerp(self.quats_xyzw[before], self.quats_xyzw[after], fraction)
        return self._shaped(positions, quats, times)

    def _shaped(
        self, positions: Float64Array, quats: Float64Array, times: Int64Array
    ) -> RigidTransform:
        if times.ndim == 0:
            return RigidTransform.unchecked(positions[0].copy(), quats[0].copy())
        return RigidTransform.unchecked(
            positions.reshape(*times.shape, 3), quats.reshape(*times.shape, 4)
        )

    def _outside(self, times: Int64Array) -> OutsideTrajectoryError:
        early = times[times < self.start_ns]
        found = early.min() if early.size else times.max()
        return OutsideTrajectoryError(
            f"time_ns: expected a time within the trajectory, {self.start_ns} to {self.end_ns}, "
            f"found {found}"
        )

    def __len__(self) -> int:
        return int(self.times_ns.size)


def shown_times(values: Any) -> str:
    """Times as a person would recognise them, short."""
    return shown(values.tolist() if isinstance(values, np.ndarray) else values)
