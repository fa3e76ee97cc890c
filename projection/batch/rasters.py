"""The rasters of one head at one time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from projection.arrays import Float64Array
from projection.batch.images import Head
from projection.batch.label_table import BatchLabel
from projection.batch.scene import area_m2, ball_of
from projection.batch.scenery import Scenery, SweepPoints
from projection.batch.sweeps import SweepRef
from projection.bev import Bev, Box, Grid, Shape, Stripe, Surface, rasterise_bev
from projection.flow import Motions, bev_flow
from projection.labels import Polygon, Polyline
from projection.occupancy import Beams, OccupiedBoxes, SpaceGrid, occupancy
from projection.rigid import RigidTransform
from projection.target_spec import PlaneGrid, Space, Sweeps
from projection.trajectory import Trajectory


@dataclass(frozen=True, slots=True)
class Raster:
    """What a head gets of one time.

    Attributes:
        arrays: By name, indexed [x, y] or [x, y, z].
        rows: Of the label table, in the order that ``instance`` counts them.
        sweeps: What ``occupancy`` was made from.
        world_from_grid: Where the grid's frame is.
    """

    arrays: dict[str, npt.NDArray[Any]]
    rows: tuple[int, ...]
    sweeps: tuple[SweepRef, ...]
    world_from_grid: RigidTransform


class Rasters:
    """Makes the rasters of a head.

    Args:
        labels: The label table.
        head: What is asked for.
        trajectory: The clip's.
        scenery: The sweeps.
    """

    def __init__(
        self,
        labels: Sequence[BatchLabel],
        head: Head,
        trajectory: Trajectory,
        scenery: Scenery,
    ) -> None:
        self.head = head
        self._labels = labels
        self._trajectory = trajectory
        self._scenery = scenery
        self._points = SweepPoints(labels, scenery.sweeps)
        rows = sorted(head.rows)
        self._boxes = [row for row in rows if labels[row].track is not None]
        still = [row for row in rows if isinstance(labels[row].label, Polygon | Polyline)]
        # Large surfaces are drawn first, what lies on them after them, lines last.
        self._still = sorted(still, key=lambda row: (-_area(labels[row]), row))

    @property
    def frame(self) -> str:
        """``ego`` or ``world``."""
        spec = self.head.spec
        grid: PlaneGrid | Space | None = spec.grid if spec.wants("bev", "flow") else spec.space
        return grid.frame if grid is not None else "world"

    def make(self, time_ns: int) -> Raster:
        """All rasters of one time."""
        spec = self.head.spec
        ego = self._trajectory.at(time_ns)
        arrays: dict[str, npt.NDArray[Any]] = {}
        rows: tuple[int, ...] = ()
        sweeps: tuple[SweepRef, ...] = ()
        if spec.grid is not None and spec.wants("bev", "flow"):
            grid = _plane(spec.grid, ego)
            rows, bev = self._bev(spec.grid, grid, time_ns)
            if spec.wants("bev"):
                arrays["semantic"] = bev.semantic.astype(np.int16)
                arrays["instance"] = bev.instance
                if spec.grid.height and bev.height_m is not None:
                    arrays["height_m"] = bev.height_m
            if spec.wants("flow"):
                arrays |= self._flow(spec.grid, grid, bev, rows, time_ns)
        if spec.space is not None and spec.wants("occupancy"):
            space = _space(spec.space, ego)
            found, sweeps = self._occupancy(spec.space, space, time_ns)
            arrays |= found
        world_from_grid = ego if self.frame == "ego" else RigidTransform.identity()
        return Raster(arrays, rows, sweeps, world_from_grid)

    def _alive(self, time_ns: int) -> list[int]:
        return [
            row
            for row in self._boxes
            if (track := self._labels[row].track) is not None and track.exists(time_ns)[0]
        ]

    def _bev(self, rule: PlaneGrid, grid: Grid, time_ns: int) -> tuple[tuple[int, ...], Bev]:
        """What is seen from above: surfaces, lines, boxes."""
        rows = [*(self._still if self.head.spec.wants("bev") else ()), *self._alive(time_ns)]
        reach = _reach(grid)
        rows = [row for row in rows if self._is_near(row, time_ns, *reach)]
        shapes: list[Shape] = []
        for number, row in enumerate(rows):
            entry = self._labels[row]
            class_number = int(self.head.classes.numbers[row])
            if isinstance(entry.label, Polygon):
                shapes.append(Surface(entry.label.rings_m, class_number, number))
            elif isinstance(entry.label, Polyline):
                # A line without a width is one cell wide.
                width_m = entry.label.width_m or rule.resolution_m
                shapes.append(
                    Stripe(entry.label.vertices_m, width_m, class_number, number,
                           closed=entry.label.closed)
                )  # fmt: skip
            elif entry.track is not None and (state := entry.track.at(time_ns)) is not None:
                shapes.append(
                    Box(state.position_m, state.quat_xyzw, state.size_m, class_number, number)
                )
        height = rule.height or self.head.spec.wants("flow")
        return tuple(rows), rasterise_bev(grid, shapes, height=height)

    def _flow(
        self, rule: PlaneGrid, grid: Grid, bev: Bev, rows: Sequence[int], time_ns: int
    ) -> dict[str, npt.NDArray[Any]]:
        """How far boxes go from now to later."""
        later_ns = time_ns + round(rule.later_s * 1e9)
        owners, now, later = [], [], []
        for number, row in enumerate(rows):
            track = self._labels[row].track
            if track is None:
                continue
            states = track.at(time_ns), track.at(later_ns)
            if states[0] is not None and states[1] is not None:
                owners.append(number)
                now.append(states[0].world_from_box)
                later.append(states[1].world_from_box)
        motions = Motions.between(owners, _stack(now), _stack(later))
        flow, there = bev_flow(grid, bev, motions)
        return {"flow_m": flow, "flow_valid": there}

    def _occupancy(
        self, rule: Space, space: SpaceGrid, time_ns: int
    ) -> tuple[dict[str, npt.NDArray[Any]], tuple[SweepRef, ...]]:
        """What is free, occupied, unknown."""
        within = (self.head.spec.sweeps or Sweeps()).within_s
        refs = tuple(self._scenery.sweeps.near(time_ns, within))
        beams = []
        for ref in refs:
            sweep = self._scenery.sweeps.load(ref)
            solid = self._points.solid(ref, time_ns)
            beams.append(Beams(sweep.origins_m, sweep.points_m, solid))
        states = [
            (row, state)
            for row in self._alive(time_ns)
            if (track := self._labels[row].track) is not None
            and (state := track.at(time_ns)) is not None
        ]
        boxes = OccupiedBoxes(
            np.array([state.position_m for _, state in states]).reshape(-1, 3),
            np.array([state.quat_xyzw for _, state in states]).reshape(-1, 4),
            np.array([state.size_m for _, state in states]).reshape(-1, 3),
            np.array([self.head.classes.numbers[row] for row, _ in states], dtype=np.int32),
        )
        found = occupancy(space, beams, boxes, least_hits=rule.least_hits)
        arrays: dict[str, npt.NDArray[Any]] = {
            "state": found.state,
            "hits": found.hits,
            "passes": found.passes,
            "box_class": found.box_class.astype(np.int16),
        }
        return arrays, refs

    def rows_near(self, times_ns: Sequence[int]) -> set[int]:
        """The labels that some of these times' rasters depend on."""
        spec, near = self.head.spec, set()
        grid, space = spec.grid, spec.space
        for time_ns in times_ns:
            ego = self._trajectory.at(time_ns)
            if grid is not None and spec.wants("bev", "flow"):
                reach = _reach(_plane(grid, ego))
                near |= {row for row in self._alive(time_ns) if self._is_near(row, time_ns, *reach)}
                if spec.wants("bev"):
                    near |= {r for r in self._still if self._is_near(r, time_ns, *reach)}
        if space is not None and spec.wants("occupancy"):
            # Points belong to any box, and beams come from anywhere.
            near |= {row for row, entry in enumerate(self._labels) if entry.track is not None}
        return near

    def _is_near(self, row: int, time_ns: int, middle: Float64Array, reach_m: float) -> bool:
        """Whether a label comes near a grid, seen from above in the grid's frame."""
        entry = self._labels[row]
        if entry.track is not None:
            state = entry.track.at(time_ns)
            if state is None:
                return False
            away, radius = (
                state.position_m - middle,
                0.5 * float(np.sqrt(state.size_m @ state.size_m)),
            )
            return bool(np.hypot(away[0], away[1]) <= reach_m + radius)
        ball = ball_of(entry.label)
        if ball is None:
            return False
        return bool(np.hypot(ball[0] - middle[0], ball[1] - middle[1]) <= reach_m + ball[3])


def _area(entry: BatchLabel) -> float:
    label = entry.label
    return area_m2(label.rings_m[0]) if isinstance(label, Polygon) else -1.0


def _plane(rule: PlaneGrid, ego: RigidTransform) -> Grid:
    frame = ego if rule.frame == "ego" else RigidTransform.identity()
    return Grid(rule.origin_m, rule.resolution_m, rule.size, frame)


def _space(rule: Space, ego: RigidTransform) -> SpaceGrid:
    frame = ego if rule.frame == "ego" else RigidTransform.identity()
    return SpaceGrid(rule.origin_m, rule.resolution_m, rule.size, frame)


#: A tilted grid's cells lie so much further apart, seen from above, than in its own plane; and a
#: cell more, for lines without a width.
_TILT = 1.5


def _reach(grid: Grid) -> tuple[Float64Array, float]:
    """Middle of a grid in the world, and how far its cells are from it at most."""
    extent = np.array(grid.size) * grid.resolution_m
    middle = np.array([*(np.asarray(grid.origin_m) + 0.5 * extent), 0.0])
    reach_m = _TILT * (0.5 * float(np.hypot(*extent)) + 2.0 * grid.resolution_m)
    return grid.world_from_grid.apply(middle[None])[0], reach_m


def _stack(poses: Sequence[RigidTransform]) -> RigidTransform:
    return RigidTransform.unchecked(
        np.array([pose.position_m for pose in poses]).reshape(-1, 3),
        np.array([pose.quat_xyzw for pose in poses]).reshape(-1, 4),
    )
