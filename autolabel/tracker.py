"""Finding one object in sweep after sweep: what is known of it, and where it should be next."""

import math
from collections.abc import Callable, Generator, Sequence

import numpy as np

from autolabel import box_cost
from autolabel.background import stays, sweeps_elsewhere
from autolabel.cloud import SweepPoints, at_sweep_time, near, rays_near, thinned
from autolabel.evidence import Evidence, body_rays
from autolabel.expecting import expected_pose, pose_on_the_way
from autolabel.first_speed import Beside, farthest_m, first_velocity
from autolabel.fitting import fewer, point_rows, settings_of
from autolabel.following import Scene, follow, placed, settings_for_following
from autolabel.frames import in_axes
from autolabel.free_space import Rays, rays_of
from autolabel.ground import Ground, local_ground
from autolabel.growing import voxel_indices
from autolabel.matching import Field
from autolabel.overlap import heading_of
from autolabel.priors import Prior, prior_of
from autolabel.shadows import shadows
from autolabel.sighting import Box, Found, Guess, Place, hidden
from autolabel.views import View
from projection.arrays import Float64Array, Int64Array

MIN_POINTS = 5
#: A model's points that on average are farther than this from a sweep's are not of that object.
_LOST_M = 0.25
#: What is hidden for longer than this could be another thing when it comes back.
_HIDDEN_S = 3.0
_HIDDEN_ON_FOOT_S = 2.0
#: Whose place is seen empty for so long has gone elsewhere.
_GONE_S = 0.7
#: What is farther from where it should be than this many spreads is another thing.
_MOST_SPREADS = 3.0
#: Seen again after so long, it must be seen so many times in a row.
_AGAIN_S = 0.5
_AGAIN = 3
#: Its speed is taken from so long, at least and at most.
_SHORTEST_S = 0.45
_LONGEST_S = 1.3
#: Longer than this away it is looked for no farther around.
_SPREAD_S = 1.0
#: Sweeps that say how fast it is where its box was set: so many, so near in time, so far around.
_BESIDE = 4
_BESIDE_S = 1.1
_FARTHEST_M = 21.0
_MODEL_CELL_M = 0.1
_MODEL_POINTS = 250
_SCENE_POINTS = 300
_SCENE_RAYS = 150
_TURN_RAD_PS = 0.6
#: Where so many rays pass through the middle of a box, nothing stands.
_FREE_RAYS = 3.0
#: The ground below an object does not jump by more than this from sweep to sweep.
_STEP_M = 0.25


class Tracker:
    """Follows one box from its sweep in one direction.

    Args:
        box: As somebody set it.
        times_ns: (n,) of the sweeps, rising.
        load: Returns the sweep of an index.
        usual: What is usual for its class; None: the box is all that is known.
    """

    def __init__(
        self,
        box: Box,
        times_ns: Int64Array,
        load: Callable[[int], SweepPoints],
        usual: Prior | None = None,
    ) -> None:
        self.box = box
        self.usual = usual or prior_of(box.size_m)
        self.times_ns = times_ns
        self._load = load
        self._prior = Prior(box.size_m, prior_of(box.size_m).kind)
        self._all_seconds = (times_ns - times_ns[0]).astype(np.float64) * 1e-9
        self.base_gap_m = 0.0

    def begin(self, index: int, box: Box | None = None) -> tuple[Found, Float64Array] | None:
        """Return what a sweep shows of it where somebody set it, and its points (k, 2).

        Args:
            index: The place of the sweep.
            box: As somebody set it there; None: the tracker's own.
        """
        box = self.box if box is None else box
        sweep = self._load(index)
        pose = np.array([*box.position_m[:2], heading_of(box.quat_xyzw)])
        ground = self._ground(sweep, pose)
        if box is self.box:
            bottom = float(box.position_m[2] - 0.5 * box.size_m[2])
            self.base_gap_m = bottom - float(ground.at(pose))
        scene_points, _ = self._raised(sweep, ground, pose, 0.0)
        model = self._model(scene_points, pose, np.zeros((0, 2)))
        if len(model) < MIN_POINTS:
            return None
        return self._sighting(index, pose, ground, 0.0, len(model)), model

    def unseen(self, index: int, box: Box) -> Found:
        """Return a sighting where somebody set a box of which a sweep shows next to nothing."""
        pose = np.array([*box.position_m[:2], heading_of(box.quat_xyzw)])
        bottom = float(box.position_m[2] - 0.5 * box.size_m[2]) - self.base_gap_m
        return hidden(index, pose, bottom, self._seconds(index, 0))

    def _sighting(
        self, index: int, pose: Float64Array, ground: Ground, distance_m: float, points: int
    ) -> Found:
        view = self.view(index, ground, pose)
        return Found(index, pose, float(ground.at(pose)), distance_m, points, view)

    def view(self, index: int, ground: Ground, pose: Float64Array) -> View:
        """Return what a sweep shows of the object where it was found."""
        sweep = self._load(index)
        radius = 0.5 * float(np.hypot(*self.box.size_m[:2])) + 0.6
        rows = near(sweep.points_m, pose, radius)
        points = sweep.points_m[rows].astype(np.float64)
        heights = ground.above(points)
        prior = self._prior
        kept = (heights > prior.ground_gap_m) & (heights < 1.35 * prior.size_m[2] + 0.1)
        offsets = np.zeros(len(rows)) if sweep.offsets_s is None else sweep.offsets_s[rows]
        return View(
            float(self._seconds(index, 0)),
            pose.copy(),
            np.zeros(3),
            points[kept, :2],
            heights[kept],
            offsets[kept].astype(np.float64),
            sweep.sensor_position_m[:2],
            shadows(sweep, ground, pose, radius, float(prior.size_m[2])),
        )

    def rays(self, found: Found, pose: Float64Array) -> Rays:
        """Return the rays around the object in a sweep in which it was found."""
        radius = 0.5 * float(np.hypot(*self.box.size_m[:2])) + 0.6
        return rays_of(self._load(found.index), Ground.level(found.ground_m), pose, radius)

    def _elsewhere(
        self, index: int, expected: Float64Array, found: list[Found], velocity: Float64Array
    ) -> list[SweepPoints]:
        known = {one.index: one.pose for one in found}
        now = self._seconds(index, 0)

        def distance_at(k: int) -> float:
            if k in known:
                return float(np.hypot(*(known[k][:2] - expected[:2])))
            speed = float(np.hypot(*velocity[:2]))
            return 0.7 * speed * abs(self._seconds(k, index))

        clear = 0.5 * float(self.box.size_m[0]) + self._prior.reach_m + 0.3
        chosen = sweeps_elsewhere(self._all_seconds, now, distance_at, clear)
        return [self._load(k) for k in chosen]

    def run(
        self,
        start: Found,
        model_m: Float64Array,
        order: Sequence[int],
        velocity: Float64Array,
        towards: Found | None = None,
    ) -> Generator[Found, None, tuple[list[Found], str]]:
        """Yield what is found in sweeps in this order; return what of it stays, and why it ended.

        Args:
            start: Where it is known to be.
            model_m: (k, 2) what is known of it.
            order: Places of sweeps, going away from the start.
            velocity: (3,) of it at the start, and its turn rate.
            towards: Where it surely is after the last of these sweeps; None: nobody knows.
        """
        found: list[Found] = [start]
        free_s, before = 0.0, start.index
        hidden_s = _HIDDEN_S if self._prior.kind.has_direction else _HIDDEN_ON_FOOT_S
        # Up to where it is sure, and the model then: what comes after a gap can be another thing.
        sure = 1, model_m
        for index in order:
            elapsed = self._seconds(index, found[-1].index)
            if towards is None and abs(elapsed) > hidden_s and len(found) > 1:
                return found, f"It was hidden for more than {hidden_s:g} s."
            guess = self._guess(index, found, velocity, towards)
            step = self._find(guess, model_m)
            if step is not None:
                again = len(found) - sure[0]
                if abs(elapsed) < _AGAIN_S and (again == 0 or again >= _AGAIN):
                    sure = len(found) + 1, model_m
                found.append(step)
                yield step
                model_m = self._learned(step, model_m, guess)
                free_s, before = 0.0, index
            elif 0 < len(found) - sure[0] < _AGAIN and sure[0] > 1:
                found, model_m = found[: sure[0]], sure[1]
            else:
                if abs(elapsed) < _SPREAD_S and self._is_empty(guess):
                    free_s += abs(self._seconds(index, before))
                before = index
                if towards is None and free_s > _GONE_S:
                    return found, "Its place was seen empty."
        if order and abs(self._seconds(order[-1], found[-1].index)) > 0.0:
            return found, "It was not found any more."
        return found, "The clip ends there."

    def _guess(
        self,
        index: int,
        found: list[Found],
        velocity: Float64Array,
        towards: Found | None,
    ) -> Guess:
        """Return where it should be in a sweep."""
        last = found[-1]
        elapsed = self._seconds(index, last.index)
        if len(found) > 1:
            velocity = self._velocity(found, elapsed)
        unknown_s = abs(elapsed)
        if towards is None:
            expected = expected_pose(last.pose, velocity, elapsed)
        else:
            whole = self._seconds(towards.index, last.index)
            # Who walks can turn on the spot, but gets there.
            begun = velocity if self._prior.kind.has_direction else None
            expected = pose_on_the_way(last.pose, begun, towards.pose, elapsed, whole)
            unknown_s = max(unknown_s * (1.0 - elapsed / whole), min(unknown_s, _SHORTEST_S))
        return Guess(
            index,
            expected,
            self._spread(unknown_s, first=len(found) < 3),
            velocity,
            found[-1].ground_m,
            self._elsewhere(index, expected, found, velocity),
        )

    def _learned(self, step: Found, model_m: Float64Array, guess: Guess) -> Float64Array:
        """Return the model with what a sweep shows of it, where that surely is it."""
        if step.distance_m >= 0.6 * _LOST_M:
            return model_m
        sweep = self._load(step.index)
        ground = self._ground(sweep, step.pose, step.ground_m)
        points, _ = self._raised(
            sweep, ground, step.pose, 0.0, guess.velocity, elsewhere=guess.elsewhere
        )
        return self._model(points, step.pose, model_m)

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

    def _is_empty(self, guess: Guess) -> bool:
        """Return whether nothing stands where it should be, and rays show it."""
        sweep, pose = self._load(guess.index), guess.pose
        ground = self._ground(sweep, pose, guess.ground_m)
        points, _ = self._raised(sweep, ground, pose, 0.0)
        inside = (np.abs(in_axes(points, pose)) <= 0.5 * self.box.size_m[:2] + 0.1).all(axis=1)
        return int(inside.sum()) < 2 and self._passing(sweep, ground, pose) > _FREE_RAYS

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
        self,
        sweep: SweepPoints,
        ground: Ground,
        pose: Float64Array,
        margin_m: float,
        velocity: Float64Array | None = None,
        *,
        elsewhere: Sequence[SweepPoints] = (),
    ) -> tuple[Float64Array, Float64Array]:
        """Return a sweep's points (n, 3) above the ground near a pose, and their heights."""
        radius = 0.5 * float(np.hypot(*self.box.size_m[:2])) + 0.5 + margin_m
        rows = near(sweep.points_m, pose, radius)
        points = sweep.points_m[rows].astype(np.float64)
        heights = ground.above(points)
        prior = self._prior
        kept = (heights > prior.ground_gap_m) & (heights < prior.size_m[2] + 0.3)
        rows, heights, points = rows[kept], heights[kept], points[kept]
        if elsewhere:
            own = ~stays(points, sweep.sensor_position_m, elsewhere, pose, radius + 0.5)
            rows, heights = rows[own], heights[own]
        return at_sweep_time(sweep, rows, np.zeros(2) if velocity is None else velocity), heights

    def _model(
        self, points_m: Float64Array, pose: Float64Array, model_m: Float64Array
    ) -> Float64Array:
        """Return the model with the points that lie in the box at a pose added."""
        local = in_axes(points_m, pose)
        half = 0.5 * self.box.size_m[:2] + 0.12
        local = local[(np.abs(local) <= half).all(axis=1)]
        both = np.concatenate([model_m, local])
        if not len(both):
            return both
        kept = voxel_indices(np.c_[both, np.zeros(len(both))], _MODEL_CELL_M)
        return np.ascontiguousarray(both[kept][thinned(len(kept), _MODEL_POINTS)])

    def _scene(
        self, sweep: SweepPoints, ground: Ground, guess: Guess
    ) -> tuple[Scene, Float64Array]:
        expected, spread = guess.pose, guess.spread
        margin = 2.5 * float(spread[:2].max())
        points, heights = self._raised(
            sweep, ground, expected, margin, guess.velocity, elsewhere=guess.elsewhere
        )
        gate = 0.5 * self.box.size_m[:2] + 0.15 + 2.0 * spread[:2]
        own = (np.abs(in_axes(points, expected)) <= gate).all(axis=1)
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

    def _find(self, guess: Guess, model_m: Float64Array) -> Found | None:
        """Return the pose in a sweep, None where it is not there."""
        sweep = self._load(guess.index)
        ground = self._ground(sweep, guess.pose, guess.ground_m)
        scene, points = self._scene(sweep, ground, guess)
        if len(points) < MIN_POINTS:
            return None
        pose, _, distance = follow(scene, model_m, self.box.size_m, guess.pose, guess.spread)
        inside = self._model(points, pose, np.zeros((0, 2)))
        seen = Field.of(placed(model_m, pose), pose, self._prior.reach_m + 1.0)
        # Either all that is known of it is seen again, or all that is seen of it is known.
        back = seen.distance(placed(inside, pose), np.zeros(2)) if len(inside) else math.inf
        distance = min(distance, back)
        off = in_axes(pose[None, :2], guess.pose)[0] / guess.spread[:2]
        if len(inside) < MIN_POINTS or distance > _LOST_M or np.hypot(*off) > _MOST_SPREADS:
            return None
        return self._sighting(guess.index, pose, ground, distance, len(inside))

    def first_velocity(self, start: Found, model_m: Float64Array) -> Float64Array:
        """Return (vx, vy, turn rate) where its box was set, from the sweeps beside it."""
        seconds = self._all_seconds - self._all_seconds[start.index]
        rows = np.argsort(np.abs(seconds), kind="stable")[1 : 1 + _BESIDE]
        rows = rows[np.abs(seconds[rows]) <= _BESIDE_S]
        beside = []
        for k in rows.tolist():
            sweep = self._load(k)
            most = min(farthest_m(self._prior, float(seconds[k])), _FARTHEST_M)
            ground = self._ground(sweep, start.pose, start.ground_m)
            points, _ = self._raised(sweep, ground, start.pose, most)
            field = Field.of(points, start.pose, self._prior.reach_m + most + 0.5)
            beside.append(Beside(float(seconds[k]), field))
        return np.array([*first_velocity(model_m, start.pose, beside, self._prior), 0.0])

    def _velocity(self, found: list[Found], elapsed: float) -> Float64Array:
        """Return (vx, vy, turn rate) lately, in time's direction.

        The longer nothing was seen the longer back it looks: an error of speed adds up.
        """
        shortest = _SHORTEST_S if self._prior.kind.has_direction else 2.0 * _SHORTEST_S
        window = float(np.clip(1.5 * abs(elapsed), shortest, _LONGEST_S))
        seconds = np.array([self._seconds(one.index, found[-1].index) for one in found])
        rows = np.flatnonzero(np.abs(seconds) <= window)
        rows = rows if len(rows) >= 2 else np.arange(max(len(found) - 2, 0), len(found))
        poses = np.array([found[k].pose for k in rows])
        poses[:, 2] = np.unwrap(poses[:, 2])
        times = seconds[rows] - seconds[rows].mean()
        slopes: Float64Array = times @ (poses - poses.mean(axis=0)) / float(times @ times)
        slopes[2] = np.clip(slopes[2], -_TURN_RAD_PS, _TURN_RAD_PS)
        return slopes

    def _spread(self, elapsed: float, *, first: bool) -> Float64Array:
        """Return how wrong the expected pose may be: along, across, heading."""
        elapsed = min(elapsed, _SPREAD_S)
        if not self._prior.kind.has_direction:
            size = 0.1 + 0.5 * elapsed
            return np.array([size, size, 0.15 + 0.5 * elapsed])
        loose = 2.0 if first else 1.0
        return np.array(
            [
                (0.08 + 1.2 * elapsed) * loose,
                (0.05 + 0.5 * elapsed) * loose,
                0.02 + 0.15 * elapsed,
            ]
        )
