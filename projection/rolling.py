"""Poses of a camera through the read-out of one picture, and which line sees a point."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array, UInt8Array
from projection.rigid import RigidTransform, multiply, rotate, slerp
from projection.status import Status
from projection.trajectory import OutsideTrajectoryError, Trajectory

#: Between knots as near as these, a normalised straight line is a slerp to 1e-11 rad.
_UNIFORM_KNOTS = 65
#: Search for a line: how often the read-out is sampled when its ends don't enclose a solution.
_SCAN_SAMPLES = 33
_MAX_STEPS = 60
_BISECTIONS = 48
#: A line is found when its time is right to a millionth of a line.
_LINE_TOLERANCE = 1e-7

#: (k,) offsets in ns and (k,) indices of points -> uv, status of these points at these times.
ProjectAt = Callable[[Float64Array, np.ndarray], tuple[Float64Array, UInt8Array]]


@dataclass(frozen=True, slots=True)
class PoseTable:
    """``world_from_ego`` through a read-out, relative to one place in the world.

    Attributes:
        offsets_ns: (k,) time after the image's own, rising; the first is zero.
        positions_m: (k, 3) ego's position less the table's origin.
        quats_xyzw: (k, 4) world_from_ego, neighbours in the same half-sphere.
    """

    offsets_ns: Float64Array
    positions_m: Float64Array
    quats_xyzw: Float64Array

    @classmethod
    def from_trajectory(
        cls, trajectory: Trajectory, time_ns: int, duration_ns: float, origin_m: Float64Array
    ) -> "PoseTable":
        """Poses from ``time_ns`` on, at uniform knots and at every pose inside the read-out.

        Raises:
            OutsideTrajectoryError: The trajectory doesn't cover the whole read-out.
        """
        last_ns = time_ns + int(np.ceil(duration_ns))
        if not trajectory.covers(time_ns, time_ns + int(np.floor(duration_ns))):
            message = (
                f"time_ns: expected a read-out within the trajectory, {trajectory.start_ns} to "
                f"{trajectory.end_ns}, found {time_ns} to {last_ns}"
            )
            raise OutsideTrajectoryError(message)
        relative = (trajectory.times_ns - time_ns).astype(np.float64)
        offsets = np.zeros(1)
        if duration_ns > 0.0:
            inside = relative[(relative > 0.0) & (relative < duration_ns)]
            uniform = np.linspace(0.0, duration_ns, _UNIFORM_KNOTS)
            offsets = np.unique(np.concatenate([uniform, inside]))
        positions, quats = _poses(trajectory, relative, offsets, origin_m)
        products = (quats[1:] * quats[:-1]).sum(axis=1)
        quats[1:] *= np.cumprod(np.where(products < 0.0, -1.0, 1.0))[:, None]
        return cls(offsets, positions, quats)

    @classmethod
    def of_instants(
        cls, trajectory: Trajectory, times_ns: Int64Array, origins_m: Float64Array
    ) -> "list[PoseTable]":
        """What ``from_trajectory`` gives for read-outs that take no time, of many times at once.

        Args:
            trajectory: Of two poses at least; it covers all times.
            times_ns: (n,) times.
            origins_m: (n, 3) each one's own.
        """
        after = trajectory.times_ns.searchsorted(times_ns, side="right")
        after = np.clip(after, 1, len(trajectory) - 1)
        # As there: knots as floats, counted from the image's time.
        start, end = (
            (trajectory.times_ns[knots] - times_ns).astype(np.float64)
            for knots in (after - 1, after)
        )
        fraction = (0.0 - start) / (end - start)
        first = trajectory.positions_m[after - 1] - origins_m
        last = trajectory.positions_m[after] - origins_m
        positions = first + fraction[:, None] * (last - first)
        quats = slerp(trajectory.quats_xyzw[after - 1], trajectory.quats_xyzw[after], fraction)
        return [
            cls(np.zeros(1), positions[row : row + 1], quats[row : row + 1])
            for row in range(len(times_ns))
        ]

    def at(self, offsets_ns: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Positions (n, 3) and unit quaternions (n, 4) at offsets (n,) within the read-out."""
        if self.offsets_ns.size == 1:
            index = np.zeros(offsets_ns.shape, dtype=np.int64)
            return self.positions_m[index], self.quats_xyzw[index]
        after = np.searchsorted(self.offsets_ns, offsets_ns, side="right")
        after = np.clip(after, 1, self.offsets_ns.size - 1)
        start, end = self.offsets_ns[after - 1], self.offsets_ns[after]
        fraction = ((offsets_ns - start) / (end - start))[:, None]
        positions = self.positions_m[after - 1] * (1.0 - fraction)
        positions += self.positions_m[after] * fraction
        quats = self.quats_xyzw[after - 1] * (1.0 - fraction) + self.quats_xyzw[after] * fraction
        return positions, quats / np.linalg.norm(quats, axis=1, keepdims=True)


def _poses(
    trajectory: Trajectory, relative: Float64Array, offsets: Float64Array, origin_m: Float64Array
) -> tuple[Float64Array, Float64Array]:
    """Exact interpolation at fractional nanoseconds."""
    if len(trajectory) == 1:
        shape = (offsets.size, 1)
        return (
            np.tile(trajectory.positions_m - origin_m, shape),
            np.tile(trajectory.quats_xyzw, shape),
        )
    after = np.clip(np.searchsorted(relative, offsets, side="right"), 1, relative.size - 1)
    before = after - 1
    fraction = (offsets - relative[before]) / (relative[after] - relative[before])
    start = trajectory.positions_m[before] - origin_m
    end = trajectory.positions_m[after] - origin_m
    positions = start + fraction[:, None] * (end - start)
    quats = slerp(trajectory.quats_xyzw[before], trajectory.quats_xyzw[after], fraction)
    return positions, quats


def camera_poses(table: PoseTable, ego_from_camera: RigidTransform) -> PoseTable:
    """The table's poses with the camera's place on the vehicle: ``world_from_camera``."""
    positions = table.positions_m + rotate(table.quats_xyzw, ego_from_camera.position_m)
    quats = multiply(table.quats_xyzw, ego_from_camera.quat_xyzw)
    return PoseTable(table.offsets_ns, positions, quats)


@dataclass(frozen=True, slots=True)
class LineSearch:
    """Finds for each point the time in the read-out at which the line that sees it is exposed.

    With g(t) = line_time(project(point, t)) - t, a point that has a pixel at both ends has g >= 0
    at the start and g <= 0 at the end, since line times are clamped: a bracketed search can't fail.
    Other points are looked for by sampling.

    Attributes:
        project_at: Projects chosen points at given times.
        line_time: (k, 2) px -> (k,) ns after the image's time.
        duration_ns: Length of the read-out.
        line_delay_ns: Time from line to line.
    """

    project_at: ProjectAt
    line_time: Callable[[Float64Array], Float64Array]
    duration_ns: float
    line_delay_ns: float

    def solve(self, count: int) -> tuple[Float64Array, UInt8Array]:
        """Offsets (count,) in ns, and status (count,): OK, or why there is none."""
        everyone = np.arange(count)
        start, status = self._miss(np.zeros(count), everyone)
        end, end_status = self._miss(np.full(count, self.duration_ns), everyone)
        seen = (status == Status.OK) & (end_status == Status.OK)
        offsets = np.zeros(count)
        offsets[seen], solved = self._bracketed(
            everyone[seen],
            (np.zeros(int(seen.sum())), start[seen]),
            (np.full(int(seen.sum()), self.duration_ns), end[seen]),
        )
        rest = np.concatenate([everyone[~seen], everyone[seen][~solved]])
        status[seen] = Status.OK
        if rest.size:
            offsets[rest], status[rest] = self._scan(rest, status[rest])
        return offsets, status

    def _miss(self, offsets: Float64Array, index: np.ndarray) -> tuple[Float64Array, UInt8Array]:
        uv, status = self.project_at(offsets, index)
        status = np.where(status == Status.OUT_OF_IMAGE, Status.OK, status).astype(np.uint8)
        return np.where(status == Status.OK, self.line_time(uv) - offsets, np.nan), status

    def _bracketed(
        self,
        index: np.ndarray,
        left: tuple[Float64Array, Float64Array],
        right: tuple[Float64Array, Float64Array],
    ) -> tuple[Float64Array, BoolArray]:
        """Anderson-Bjoerck's regula falsi on all points at once.

        Returns:
            Offsets (k,), and (k,) whether the point had a pixel at every step.
        """
        low, miss_low = left[0].copy(), left[1].copy()
        high, miss_high = right[0].copy(), right[1].copy()
        tolerance = _LINE_TOLERANCE * self.line_delay_ns
        answer = np.where(np.abs(miss_low) <= np.abs(miss_high), low, high)
        solved = np.ones(index.shape, dtype=np.bool_)
        active = np.minimum(np.abs(miss_low), np.abs(miss_high)) > tolerance
        for step in range(_MAX_STEPS):
            at = np.flatnonzero(active)
            if not at.size:
                break
            guess = self._next(low[at], miss_low[at], high[at], miss_high[at], step)
            miss, status = self._miss(guess, index[at])
            lost = status != Status.OK
            solved[at[lost]] = False
            answer[at] = guess
            done = lost | (np.abs(miss) <= tolerance) | (high[at] - low[at] <= 1e-9)
            rising = miss > 0.0
            up, down = at[rising], at[~rising & ~lost]
            ratio_up = 1.0 - miss[rising] / miss_low[up]
            ratio_down = 1.0 - miss[~rising & ~lost] / miss_high[down]
            miss_high[up] *= np.where(ratio_up > 0.0, ratio_up, 0.5)
            miss_low[down] *= np.where(ratio_down > 0.0, ratio_down, 0.5)
            low[up], miss_low[up] = guess[rising], miss[rising]
            high[down], miss_high[down] = guess[~rising & ~lost], miss[~rising & ~lost]
            active[at[done]] = False
        return answer, solved

    @staticmethod
    def _next(
        low: Float64Array,
        miss_low: Float64Array,
        high: Float64Array,
        miss_high: Float64Array,
        step: int,
    ) -> Float64Array:
        middle = 0.5 * (low + high)
        if step >= _MAX_STEPS // 2:
            return middle
        with np.errstate(all="ignore"):
            guess = (low * miss_high - high * miss_low) / (miss_high - miss_low)
        return np.where((guess > low) & (guess < high), guess, middle)

    def _scan(self, index: np.ndarray, start_status: UInt8Array) -> tuple[Float64Array, UInt8Array]:
        """For points that lack a pixel at times: sample, find where they come and go, bracket."""
        samples = np.linspace(0.0, self.duration_ns, _SCAN_SAMPLES)
        grid = np.repeat(samples[None, :], index.size, axis=0)
        miss, status = self._miss(grid.ravel(), np.repeat(index, _SCAN_SAMPLES))
        miss = miss.reshape(grid.shape)
        seen = (status == Status.OK).reshape(grid.shape)
        offsets = np.full(index.size, np.nan)
        result = np.where(seen.any(axis=1), Status.NO_SOLUTION, start_status).astype(np.uint8)
        for column in range(_SCAN_SAMPLES - 1):
            open_ = np.isnan(offsets)
            either = open_ & (seen[:, column] | seen[:, column + 1])
            rows = np.flatnonzero(either)
            if not rows.size:
                continue
            left, right = self._visible_part(
                index[rows],
                (grid[rows, column], seen[rows, column], miss[rows, column]),
                (grid[rows, column + 1], seen[rows, column + 1], miss[rows, column + 1]),
            )
            crosses = (left[1] >= 0.0) & (right[1] <= 0.0)
            some = rows[crosses]
            found, solved = self._bracketed(
                index[some],
                (left[0][crosses], left[1][crosses]),
                (right[0][crosses], right[1][crosses]),
            )
            offsets[some[solved]] = found[solved]
            result[some[solved]] = Status.OK
        return offsets, result

    def _visible_part(
        self,
        index: np.ndarray,
        left: tuple[Float64Array, BoolArray, Float64Array],
        right: tuple[Float64Array, BoolArray, Float64Array],
    ) -> tuple[tuple[Float64Array, Float64Array], tuple[Float64Array, Float64Array]]:
        """The part of an interval in which the point has a pixel, by bisection."""
        bounds = []
        for here, there in ((left, right), (right, left)):
            lost = ~here[1] & there[1]
            seen_at, unseen_at = there[0][lost].copy(), here[0][lost].copy()
            miss_at = there[2][lost].copy()
            for _ in range(_BISECTIONS):
                middle = 0.5 * (seen_at + unseen_at)
                miss, status = self._miss(middle, index[lost])
                seen = status == Status.OK
                miss_at = np.where(seen, miss, miss_at)
                seen_at = np.where(seen, middle, seen_at)
                unseen_at = np.where(seen, unseen_at, middle)
            times, misses = here[0].copy(), here[2].copy()
            times[lost], misses[lost] = seen_at, miss_at
            bounds.append((times, misses))
        return bounds[0], bounds[1]
