"""Finding one object in sweep after sweep: what is known of it, and where it should be next."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from autolabel import box_cost
from autolabel.cloud import SweepPoints, near, rays_near, thinned
from autolabel.fitting import Evidence, body_rays, fewer, point_rows, settings_of
from autolabel.following import Scene, follow, placed, settings_for_following
from autolabel.ground import Ground, local_ground
from autolabel.growing import voxel_indices
from autolabel.matching import Field
from autolabel.overlap import heading_of
from autolabel.priors import Prior, prior_of
from projection.arrays import Float64Array, Int64Array

MIN_POINTS = 5
#: A model's points that on average are farther than this from a sweep's are not of that object.
_LOST_M = 0.25
#: What is hidden for longer than this could be another thing when it comes back.
_HIDDEN_S = 1.2
_MODEL_CELL_M = 0.1
_MODEL_POINTS = 250
_SCENE_POINTS = 300
_SCENE_RAYS = 150
_TURN_RAD_PS = 0.6
#: Where so many rays pass through the middle of a box, nothing stands.
_FREE_RAYS = 3.0
#: The ground below an object does not jump by more than this from sweep to sweep.
_STEP_M = 0.25


@dataclass(frozen=True, slots=True)
class Box:
    """A box at a moment: position_m (3,), quat_xyzw (4,), size_m (3,), world."""

    position_m: Float64Array
    quat_xyzw: Float64Array
    size_m: Float64Array


class Place(Enum):
    """What a sweep says of a box that should stand where it stood."""

    THERE = auto()
    GONE = auto()
    HIDDEN = auto()


@dataclass(slots=True)
class Found:
    """A pose that was found in a sweep: x, y, heading; ground below; how well it fits."""

    index: int
    pose: Float64Array
    ground_m: float
    distance_m: float
    points: int


class Tracker:
    """Follows one box from its sweep in one direction.

    Args:
        box: As somebody set it.
        times_ns: (n,) of the sweeps, rising.
        load: Returns the sweep of an index.
    """

    def __init__(self, box: Box, times_ns: Int64Array, load: Callable[[int], SweepPoints]) -> None:
        self.box = box
        self.times_ns = times_ns
        self._load = load
        self._prior = Prior(box.size_m, prior_of(box.size_m).kind)
        self._heading = heading_of(box.quat_xyzw)
        self.base_gap_m = 0.0

    def begin(self, index: int) -> tuple[Found, Float64Array] | None:
        """Return what the box's own sweep shows of it and the model (k, 2) of its points."""
        sweep = self._load(index)
        pose = np.array([*self.box.position_m[:2], self._heading])
        ground = self._ground(sweep, pose)
        self.base_gap_m = float(self.box.position_m[2] - 0.5 * self.box.size_m[2] - ground.at(pose))
        scene_points, _ = self._raised(sweep, ground, pose, 0.0)
        model = self._model(scene_points, pose, np.zeros((0, 2)))
        if len(model) < MIN_POINTS:
            return None
        found = Found(index, pose, float(ground.at(pose)), 0.0, len(model))
        return found, model

    def run(
        self, start: Found, model_m: Float64Array, order: Sequence[int]
    ) -> tuple[list[Found], str]:
        """Return what was found in sweeps in this order, and why it ended there."""
        found: list[Found] = [start]
        velocity: Float64Array | None = None
        for index in order:
            sweep = self._load(index)
            elapsed = self._seconds(index, found[-1].index)
            if abs(elapsed) > _HIDDEN_S and len(found) > 1:
                return found, f"It was hidden for more than {_HIDDEN_S:g} s."
            if velocity is None:
                velocity = self._first_velocity(found[-1], sweep, model_m, elapsed)
            expected = self._expected(found[-1], velocity, elapsed)
            spread = self._spread(abs(elapsed), first=len(found) < 3)
            next_found = self._find(sweep, found[-1].ground_m, expected, spread, model_m)
            if next_found is None:
                continue
            step, points = next_found
            step.index = index
            found.append(step)
            velocity = self._velocity(found)
            if step.distance_m < 0.6 * _LOST_M:
                model_m = self._model(points, step.pose, model_m)
        if order and abs(self._seconds(order[-1], found[-1].index)) > 0.0:
            return found, "It was not found any more."
        return found, "The clip ends there."

    def place_in(
        self, index: int, start: Found, model_m: Float64Array
    ) -> tuple[Place, Float64Array | None]:
        """Return what a sweep says of the box, supposing that it stands still.

        And by how much (2,) its points there are shifted, where they are the object's.
        """
        sweep = self._load(index)
        pose = start.pose
        ground = Ground.level(start.ground_m)
        points, _ = self._raised(sweep, ground, pose, 1.0)
        inside = self._model(points, pose, np.zeros((0, 2)))
        if len(inside) < MIN_POINTS:
            is_free = self._passing(sweep, ground, pose) > _FREE_RAYS
            return (Place.GONE if is_free else Place.HIDDEN), None
        field = Field.of(points, pose, self._prior.reach_m + 2.0)
        here = placed(model_m, pose)
        shift, distance = field.best_shift(here, np.zeros(2), 0.96)
        moved = float(np.hypot(*shift))
        at_rest = field.distance(here, np.zeros(2))
        known = Field.of(here, pose, self._prior.reach_m + 1.0)
        strange = known.distance(placed(inside, pose), np.zeros(2))
        elsewhere = moved > 0.25 and at_rest > distance + 0.08 and strange > 0.12
        if self._prior.kind.solidity == 1.0:
            # Partly where it was: rays pass where the rest would be.
            elsewhere |= self._passing(sweep, ground, pose) > max(_FREE_RAYS, 0.5 * len(inside))
        return (Place.GONE if elsewhere else Place.THERE), shift if distance < 0.15 else None

    def _passing(self, sweep: SweepPoints, ground: Ground, pose: Float64Array) -> float:
        """Return how many rays pass through where the box would be."""
        prior = self._prior
        radius = 0.5 * float(np.hypot(*prior.size_m[:2]))
        ends, origin = rays_near(sweep, pose, radius)
        rays = body_rays(ends, origin, ground, prior, pose[:2], radius)
        evidence = Evidence(ends[:0], ends[:0, 0], ends[:0, :2], rays, top_is_seen=False)
        settings = settings_for_following(settings_of(evidence, prior, pose[:2], None), pose)
        settings[box_cost.POINT_SCALE], settings[box_cost.RAY_SCALE] = 0.0, 1.0
        box = np.array([*pose, *prior.size_m[:2]])
        none = np.zeros((0, box_cost.POINT_COLUMNS))
        return box_cost.cost_of(box, none, rays, settings)

    def _seconds(self, a: int, b: int) -> float:
        return float(self.times_ns[a] - self.times_ns[b]) * 1e-9

    def _ground(
        self, sweep: SweepPoints, pose: Float64Array, last_m: float | None = None
    ) -> Ground:
        """Return the ground in a sweep, as it was where this sweep shows another one."""
        fallback = float(self.box.position_m[2] - 0.5 * self.box.size_m[2])
        fallback = fallback if last_m is None else last_m
        ground = local_ground(sweep.points_m, pose, fallback_z_m=fallback)
        if ground is None or (last_m is not None and abs(ground.at(pose) - last_m) > _STEP_M):
            return Ground.level(fallback)
        return ground

    def _raised(
        self, sweep: SweepPoints, ground: Ground, pose: Float64Array, margin_m: float
    ) -> tuple[Float64Array, Float64Array]:
        """Return a sweep's points (n, 3) above the ground near a pose, and their heights."""
        radius = 0.5 * float(np.hypot(*self.box.size_m[:2])) + 0.5 + margin_m
        points = sweep.points_m[near(sweep.points_m, pose, radius)].astype(np.float64)
        heights = ground.above(points)
        prior = self._prior
        kept = (heights > prior.ground_gap_m) & (heights < prior.size_m[2] + 0.3)
        return points[kept], heights[kept]

    def _model(
        self, points_m: Float64Array, pose: Float64Array, model_m: Float64Array
    ) -> Float64Array:
        """Return the model with the points that lie in the box at a pose added."""
        local = _local(points_m, pose)
        half = 0.5 * self.box.size_m[:2] + 0.12
        local = local[(np.abs(local) <= half).all(axis=1)]
        both = np.concatenate([model_m, local])
        if not len(both):
            return both
        kept = voxel_indices(np.c_[both, np.zeros(len(both))], _MODEL_CELL_M)
        return np.ascontiguousarray(both[kept][thinned(len(kept), _MODEL_POINTS)])

    def _scene(
        self,
        sweep: SweepPoints,
        ground: Ground,
        expected: Float64Array,
        spread: Float64Array,
    ) -> tuple[Scene, Float64Array]:
        margin = 2.5 * float(spread[:2].max())
        points, heights = self._raised(sweep, ground, expected, margin)
        gate = 0.5 * self.box.size_m[:2] + 0.15 + 2.0 * spread[:2]
        own = (np.abs(_local(points, expected)) <= gate).all(axis=1)
        points, heights = points[own], heights[own]
        sensors = np.broadcast_to(sweep.sensor_position_m[:2], (len(points), 2))
        evidence = Evidence(points, heights, sensors, np.zeros((0, 5)), top_is_seen=False)
        prior = self._prior
        radius = 0.5 * float(np.hypot(*prior.size_m[:2])) + margin
        ends, origin = rays_near(sweep, expected, radius)
        ends = ends[thinned(len(ends), 3000)]
        rays = body_rays(ends, origin, ground, prior, expected[:2], radius)
        settings = settings_of(evidence, prior, expected[:2], None)
        return (
            Scene(
                fewer(point_rows(evidence, prior), _SCENE_POINTS),
                fewer(rays, _SCENE_RAYS),
                settings_for_following(settings, expected),
                Field.of(points, expected, radius + 0.5),
            ),
            points,
        )

    def _find(
        self,
        sweep: SweepPoints,
        last_ground_m: float,
        expected: Float64Array,
        spread: Float64Array,
        model_m: Float64Array,
    ) -> tuple[Found, Float64Array] | None:
        """Return the pose in a sweep and the raised points around, None where it is not there."""
        ground = self._ground(sweep, expected, last_ground_m)
        scene, points = self._scene(sweep, ground, expected, spread)
        if len(points) < MIN_POINTS:
            return None
        pose, _, distance = follow(scene, model_m, self.box.size_m, expected, spread)
        inside = self._model(points, pose, np.zeros((0, 2)))
        seen = Field.of(placed(model_m, pose), pose, self._prior.reach_m + 1.0)
        # Either all that is known of it is seen again, or all that is seen of it is known.
        back = seen.distance(placed(inside, pose), np.zeros(2)) if len(inside) else math.inf
        distance = min(distance, back)
        off = np.hypot(*(pose[:2] - expected[:2]))
        if len(inside) < MIN_POINTS or distance > _LOST_M or off > 3.0 * spread[:2].max():
            return None
        ground_m = float(ground.at(pose))
        return Found(-1, pose, ground_m, distance, len(inside)), points

    def _first_velocity(
        self, start: Found, sweep: SweepPoints, model_m: Float64Array, elapsed: float
    ) -> Float64Array:
        """Return (vx, vy, turn rate) from where the points fit in the first other sweep."""
        ground = self._ground(sweep, start.pose, start.ground_m)
        most = min(abs(elapsed) * 25.0, 7.0) if self._prior.kind.has_direction else 3.0
        points, _ = self._raised(sweep, ground, start.pose, most)
        radius = self._prior.reach_m + most + 0.5
        field = Field.of(points, start.pose, radius)
        here = placed(model_m, start.pose)
        shift, distance = field.best_shift(here, np.zeros(2), most)
        if field.distance(here, np.zeros(2)) < distance + 0.03:
            shift = np.zeros(2)
        return np.array([*(shift / elapsed), 0.0])

    def _velocity(self, found: list[Found]) -> Float64Array:
        """Return (vx, vy, turn rate) over the last half second, in time's direction."""
        last = found[-1]
        earlier = next(
            (f for f in reversed(found[:-1]) if abs(self._seconds(last.index, f.index)) >= 0.35),
            found[0],
        )
        elapsed = self._seconds(last.index, earlier.index)
        turn = (last.pose[2] - earlier.pose[2] + math.pi) % (2.0 * math.pi) - math.pi
        rate = float(np.clip(turn / elapsed, -_TURN_RAD_PS, _TURN_RAD_PS))
        return np.array([*((last.pose[:2] - earlier.pose[:2]) / elapsed), rate])

    @staticmethod
    def _expected(last: Found, velocity: Float64Array, elapsed: float) -> Float64Array:
        """Return the pose at constant speed and turn rate."""
        turn = float(velocity[2] * elapsed) if np.hypot(*velocity[:2]) > 1.0 else 0.0
        # The mean direction over the step lies half a turn further than the last velocity's.
        cosine, sine = math.cos(0.75 * turn), math.sin(0.75 * turn)
        dx, dy = velocity[:2] * elapsed
        step = np.array([dx * cosine - dy * sine, dx * sine + dy * cosine, turn])
        return np.asarray(last.pose + step)

    def _spread(self, elapsed: float, *, first: bool) -> Float64Array:
        """Return how wrong the expected pose may be: along, across, heading."""
        if not self._prior.kind.has_direction:
            size = 0.12 + 1.0 * elapsed
            return np.array([size, size, 0.15 + 0.5 * elapsed])
        loose = 2.0 if first else 1.0
        return np.array(
            [
                (0.08 + 1.2 * elapsed) * loose,
                (0.05 + 0.5 * elapsed) * loose,
                0.02 + 0.15 * elapsed,
            ]
        )


def _local(points_m: Float64Array, pose: Float64Array) -> Float64Array:
    """Return points of the world (n, 2 or 3) in the object's frame (n, 2)."""
    dx, dy = points_m[:, 0] - pose[0], points_m[:, 1] - pose[1]
    cosine, sine = math.cos(pose[2]), math.sin(pose[2])
    return np.stack([dx * cosine + dy * sine, dy * cosine - dx * sine], axis=1)
