"""A box from one click, with the help of the sweeps before and after.

What stands still is fitted to the points of many sweeps, which show it from many sides. What moves
is fitted to its points of the nearest ones, shifted back, and heads where it goes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from autolabel.cloud import SweepPoints, near, thinned
from autolabel.evidence import Evidence, Refusal, RoughBox, gather, merged
from autolabel.fitting import BoxFit, HeadingHint, fit_evidence
from autolabel.frames import in_axes
from autolabel.ground import Ground, local_ground
from autolabel.matching import Field
from autolabel.priors import Prior, prior_of
from projection.arrays import Float64Array, Int64Array

#: Sweeps in which to look whether it moves lie so far from the click's, at most.
_MOTION_S = 0.65
#: Sweeps farther away show parked things from where they hide others; and the world drifts.
_STATIC_S = 3.0
_MOVING_S = 0.35
_MOST_SWEEPS = 7
_FASTEST_MPS = 25.0
#: Slower than this is standing: what is seen of a thing changes with where it is seen from.
_STANDING_MPS = 0.6
#: Laid over where it was, what stands is no worse than this on average than where it fits best.
_SAME_M = 0.035
#: So much may the speeds differ that two sweeps show of the same thing.
_ALIKE_MPS = 1.0
#: From this speed on its way says where its front is: of what drives, and of what walks.
_DRIVING_MPS = 1.5
_WALKING_MPS = 0.5
#: How wrong the heading of a roughly drawn box is, one standard deviation.
_ROUGH_HEADING_RAD = math.radians(10.0)


@dataclass(frozen=True, slots=True)
class Motion:
    """Whether and how an object moves.

    Attributes:
        is_static: Whether it stands still; None where no other sweep tells.
        velocity_mps: (2,) world.
    """

    is_static: bool | None
    velocity_mps: Float64Array

    @property
    def speed_mps(self) -> float:
        """How fast it goes."""
        return float(np.hypot(*self.velocity_mps))


_UNKNOWN = Motion(None, np.zeros(2))


def useful_sweeps(times_ns: Int64Array, time_ns: int) -> list[int]:
    """Return which sweeps to look at for a click at a time: the click's own first.

    Args:
        times_ns: (n,) of all sweeps of one lidar, rising.
        time_ns: The click's.
    """
    if not len(times_ns):
        return []
    seconds = (times_ns - time_ns).astype(np.float64) * 1e-9
    own = int(np.argmin(np.abs(seconds)))
    seconds = seconds - seconds[own]
    chosen = [own]
    # Neighbours for what moves fast, half a second for what moves slowly, seconds for what stands.
    for wanted in (0.0, -0.0, 0.5, -0.5, 1.5, -1.5, 2.8, -2.8):
        sign = math.copysign(1.0, wanted)
        side = [k for k in np.flatnonzero(seconds * sign > 1e-4).tolist() if k not in chosen]
        side = [k for k in side if abs(seconds[k]) <= _STATIC_S]
        if side and len(chosen) <= _MOST_SWEEPS:
            chosen.append(min(side, key=lambda k: (abs(seconds[k] - wanted), k)))
    return chosen


def fit_click(
    sweeps: Sequence[SweepPoints],
    click_m: Float64Array,
    prior_size_m: Float64Array,
    *,
    hint: HeadingHint | None = None,
    rough: RoughBox | None = None,
    lane_heading: float | None = None,
    fallback_z_m: float | None = None,
) -> BoxFit | Refusal:
    """Return the box of the object that was clicked on.

    Args:
        sweeps: The click's own first, then others near in time in any order.
        click_m: (3,) metres, world: a point of the object, or of the ground below it.
        prior_size_m: (3,) usual length, width and height of its class.
        hint: Direction of the object, where somebody said it.
        rough: A box drawn roughly around it: nothing outside belongs to it, and its size and
            heading are about right.
        lane_heading: Direction of the traffic there: says which end of a standing car is its front.
        fallback_z_m: Height of the ground where no sweep shows it.
    """
    if not sweeps:
        return Refusal("No sweep lies near this time.")
    prior = prior_of(prior_size_m)
    if rough is not None:
        prior = _narrowed(prior, rough)
        hint = hint or HeadingHint(rough.heading_rad, _ROUGH_HEADING_RAD)
    click = np.asarray(click_m, dtype=np.float64)
    main = sweeps[0]
    ground = local_ground(main.points_m, click, fallback_z_m=fallback_z_m)
    if ground is None:
        return Refusal("No ground is seen around the click.")
    own = gather(main, ground, click, prior, rough)
    if isinstance(own, Refusal):
        return own
    alone = fit_evidence(own, ground, click, prior, hint, lane_heading)
    if isinstance(alone, Refusal) or len(sweeps) == 1:
        return alone
    motion = motion_of(own, alone, main, sweeps[1:], ground, prior)
    if motion.is_static is None:
        return alone
    others = _others(sweeps, motion)
    parts = [own, *_shown_elsewhere(others, main.time_ns, motion, ground, click, prior, alone)]
    direction = hint
    from_mps = _DRIVING_MPS if prior.kind.has_direction else _WALKING_MPS
    if direction is None and motion.speed_mps > from_mps:
        direction = HeadingHint(math.atan2(motion.velocity_mps[1], motion.velocity_mps[0]))
    together = fit_evidence(merged(parts), ground, click, prior, direction, lane_heading)
    if isinstance(together, Refusal):
        together = alone
    return replace(together, is_static=motion.is_static)


def _narrowed(prior: Prior, rough: RoughBox) -> Prior:
    """Return the prior of a thing around which somebody drew: between usual and drawn."""
    size = prior.size_m.copy()
    size[:2] = np.sqrt(size[:2] * rough.size_m[:2])
    return Prior(size, prior.kind)


def motion_of(
    own: Evidence,
    fit: BoxFit,
    main: SweepPoints,
    others: Sequence[SweepPoints],
    ground: Ground,
    prior: Prior,
) -> Motion:
    """Return whether the object in a box moves, as the sweeps near in time show it."""
    box = np.array([*fit.position_m[:2], fit.heading_rad, *fit.size_m[:2]])
    inside = own.object_m[_over(box, own.object_m)]
    body = inside[thinned(len(inside), 150), :2]
    velocities: list[Float64Array] = []
    standing: list[bool] = []
    for sweep in sorted(others, key=lambda s: (abs(s.time_ns - main.time_ns), s.time_ns)):
        seconds = (sweep.time_ns - main.time_ns) * 1e-9
        if abs(seconds) > _MOTION_S or seconds == 0.0:
            continue
        # What the nearest sweep says narrows the search in the next.
        known = velocities[-1] if velocities else None
        most = _FASTEST_MPS * abs(seconds) if known is None else 1.5 + 3.0 * abs(seconds)
        expected = np.zeros(2) if known is None else known * seconds
        field = _field(sweep, fit.position_m, prior, ground, most + float(np.hypot(*expected)))
        shift, distance = field.best_shift(body, expected, min(most, 6.0))
        at_rest = field.distance(body, np.zeros(2))
        if distance > 0.25:
            continue
        slow = float(np.hypot(*shift)) / abs(seconds) < _STANDING_MPS
        standing.append(slow or at_rest < distance + _SAME_M)
        velocities.append(shift / seconds)
    if not standing:
        return _UNKNOWN
    # The farthest in time tells best: a walker moves little between two sweeps.
    if standing[-1] or (len(standing) > 1 and standing[-2] and len(standing) % 2 == 0):
        return Motion(is_static=True, velocity_mps=np.zeros(2))
    late = np.array(velocities[-2:])
    velocity = np.asarray(np.median(late, axis=0))
    apart = float(np.hypot(*(late[0] - late[-1])))
    if apart > _ALIKE_MPS + 0.25 * float(np.hypot(*velocity)):
        # What goes is found at one speed before and after; what only seems to, is not.
        return _UNKNOWN
    return Motion(is_static=False, velocity_mps=velocity)


def _over(box: Float64Array, points_m: Float64Array) -> Int64Array:
    inside = (np.abs(in_axes(points_m, box)) < 0.5 * box[3:5] + 0.15).all(axis=1)
    return np.flatnonzero(inside)


def _field(
    sweep: SweepPoints, centre_m: Float64Array, prior: Prior, ground: Ground, most_m: float
) -> Field:
    radius = prior.reach_m + min(most_m, 8.0) + 0.5
    points = sweep.points_m[near(sweep.points_m, centre_m, radius)].astype(np.float64)
    above = ground.above(points)
    raised = points[(above > prior.ground_gap_m) & (above < prior.highest_m)]
    return Field.of(raised, centre_m, radius)


def _others(sweeps: Sequence[SweepPoints], motion: Motion) -> list[SweepPoints]:
    """Return the sweeps that show the object well enough to be used with the click's own."""
    span_s = _STATIC_S if motion.is_static else _MOVING_S
    main = sweeps[0]
    return [s for s in sweeps[1:] if 0 < abs(s.time_ns - main.time_ns) * 1e-9 <= span_s + 0.01]


def _shown_elsewhere(
    sweeps: Sequence[SweepPoints],
    time_ns: int,
    motion: Motion,
    ground: Ground,
    click_m: Float64Array,
    prior: Prior,
    fit: BoxFit,
) -> list[Evidence]:
    """Return what other sweeps show of the object, shifted to where it is at the click's time."""
    found = []
    box = np.array([*fit.position_m[:2], fit.heading_rad, *fit.size_m[:2]])
    for sweep in sweeps:
        seconds = (sweep.time_ns - time_ns) * 1e-9
        shift = np.array([*(motion.velocity_mps * seconds), 0.0])
        moved = SweepPoints(
            sweep.time_ns,
            sweep.points_m - shift.astype(np.float32) if shift.any() else sweep.points_m,
            sweep.sensor_position_m - shift,
        )
        part = gather(moved, ground, click_m, prior)
        # Something else may stand in front of it by then.
        if isinstance(part, Refusal) or len(_over(box, part.object_m)) < 0.5 * len(part.object_m):
            continue
        found.append(part)
    return found
