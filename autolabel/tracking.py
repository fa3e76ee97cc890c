"""Following a box through a clip, sweep by sweep, forward and back, until it is lost."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autolabel.cloud import SweepPoints
from autolabel.keyframes import needed, unwrapped
from autolabel.priors import prior_of
from autolabel.smoothing import smoothed
from autolabel.tracker import Box, Found, Place, Tracker
from projection.arrays import Float64Array, Int64Array
from projection.rigid import multiply

#: What is gone in fewer of the sweeps than this stands still: people walk by and hide it.
_GONE_SHARE = 0.12
#: Slower than this is standing: what is seen of a thing changes with where it is seen from.
_CREEPING_MPS = 0.5
#: From this speed on the way of somebody on foot says where they look.
_WALKING_MPS = 0.4


@dataclass(frozen=True, slots=True)
class ProposedTrack:
    """Where a box went.

    Attributes:
        times_ns: (k,) of its keyframes, rising.
        positions_m: (k, 3) centres, world.
        quats_xyzw: (k, 4) world_from_box.
        size_m: (3,) all the time.
        confidences: (k,) how likely each is right, 0 to 1.
        is_static: It stands still; then there is one keyframe.
        seen: In how many sweeps it was found.
        ends: Why it begins and ends where it does, two sentences.
    """

    times_ns: Int64Array
    positions_m: Float64Array
    quats_xyzw: Float64Array
    size_m: Float64Array
    confidences: Float64Array
    is_static: bool
    seen: int
    ends: tuple[str, str]

    def label(self, label_id: str, class_name: str) -> dict[str, object]:
        """Return it as a label of ``labelapp-labels/1``."""
        keyframes = [
            {
                "time_ns": str(int(time)),
                "position_m": [round(float(v), 4) for v in position],
                "quat_xyzw": [float(v) for v in quat],
            }
            for time, position, quat in zip(
                self.times_ns, self.positions_m, self.quats_xyzw, strict=True
            )
        ]
        return {
            "id": label_id,
            "class": class_name,
            "geometry": "cuboid",
            "attributes": {},
            "static": self.is_static,
            "size_m": [float(v) for v in self.size_m],
            "interpolation": "linear",
            "keyframes": keyframes,
        }


def track_box(
    box: Box,
    time_ns: int,
    times_ns: Int64Array,
    load: Callable[[int], SweepPoints],
    *,
    tolerance_m: float = 0.12,
    tolerance_rad: float = math.radians(2.0),
) -> ProposedTrack:
    """Return where a box went, before and after.

    Args:
        box: As somebody set it.
        time_ns: When.
        times_ns: (n,) of the sweeps of one lidar, rising.
        load: Returns the sweep of an index; asked for one after the other.
        tolerance_m: How far the way between keyframes may be from the smoothed path.
        tolerance_rad: And the heading.

    Raises:
        ValueError: There are no sweeps.
    """
    if not len(times_ns):
        message = "times_ns: expected at least one sweep, found none"
        raise ValueError(message)
    own = int(np.argmin(np.abs(times_ns - time_ns)))
    tracker = Tracker(box, times_ns, load)
    begun = tracker.begin(own)
    if begun is None:
        nothing = "No sweep shows enough of it."
        return _standing(box, time_ns, 0, (nothing, nothing), 0.0)
    start, model = begun
    others = [k for k in range(len(times_ns)) if k != own]
    seen = [tracker.place_in(k, start, model) for k in others]
    places = [place for place, _ in seen]
    there, gone = places.count(Place.THERE), places.count(Place.GONE)
    seconds = (times_ns[others] - times_ns[own]).astype(np.float64) * 1e-9
    if gone <= _GONE_SHARE * (there + gone) and not _creeps(seconds, [s for _, s in seen]):
        share = there / max(there + gone, 1)
        whole = "It stands still."
        return _standing(box, time_ns, there + 1, (whole, whole), share * confidence_of(start))
    before, why_first = tracker.run(start, model, range(own - 1, -1, -1))
    after, why_last = tracker.run(start, model, range(own + 1, len(times_ns)))
    path = [*reversed(before[1:]), *after]
    return _moving(tracker, time_ns, path, (why_first, why_last), (tolerance_m, tolerance_rad))


def _creeps(seconds: Float64Array, shifts_m: list[Float64Array | None]) -> bool:
    """Return whether it goes slowly and evenly: then it is still partly where it was."""
    velocities = np.array(
        [
            shift / elapsed
            for elapsed, shift in zip(seconds.tolist(), shifts_m, strict=True)
            if shift is not None and 0.15 < abs(elapsed) < 1.2
        ]
    ).reshape(-1, 2)
    if len(velocities) < 3:
        return False
    middle = np.median(velocities, axis=0)
    speed = float(np.hypot(*middle))
    alike = np.hypot(*(velocities - middle).T) < 0.3 + 0.3 * speed
    return bool(speed > _CREEPING_MPS and alike.mean() > 0.6)


def _standing(
    box: Box, time_ns: int, seen: int, ends: tuple[str, str], confidence: float
) -> ProposedTrack:
    return ProposedTrack(
        np.array([time_ns], dtype=np.int64),
        box.position_m[None].copy(),
        box.quat_xyzw[None].copy(),
        box.size_m.copy(),
        np.array([confidence]),
        is_static=True,
        seen=seen,
        ends=ends,
    )


def confidence_of(found: Found) -> float:
    """Return how sure a pose is: many points that fit what is known."""
    enough = 1.0 - math.exp(-found.points / 12.0)
    return float(np.clip(enough * math.exp(-found.distance_m / 0.25), 0.0, 1.0))


def _moving(
    tracker: Tracker,
    time_ns: int,
    path: list[Found],
    ends: tuple[str, str],
    tolerances: tuple[float, float],
) -> ProposedTrack:
    """Return the track of something that moves: smoothed, with keyframes where needed."""
    box = tracker.box
    prior = prior_of(box.size_m)
    times = np.array([tracker.times_ns[found.index] for found in path], dtype=np.int64)
    seconds = (times - times[0]).astype(np.float64) * 1e-9
    poses = np.array([found.pose for found in path])
    trust = np.array([confidence_of(found) for found in path])
    sigma = 0.06 + 0.25 * (1.0 - trust)
    given = int(np.argmin(np.abs(times - time_ns)))
    # The box that somebody set is right: the path goes through it.
    sigma[given] = 0.02
    lively = 2.0 if prior.kind.has_direction else 1.5
    x = smoothed(seconds, poses[:, 0], sigma, lively)
    y = smoothed(seconds, poses[:, 1], sigma, lively)
    heading = unwrapped(poses[:, 2])
    turn_sigma = 0.02 + 0.15 * (1.0 - trust)
    turn_sigma[given] = 0.01
    heading = smoothed(seconds, heading, turn_sigma, 0.4)
    if not prior.kind.has_direction:
        # A body without sides shows no heading: it turns as its way does.
        heading = poses[given, 2] + _turning(seconds, x, y, given)
    floor = smoothed(seconds, np.array([found.ground_m for found in path]), 0.05 + sigma, 0.4)
    positions = np.stack([x, y, floor + tracker.base_gap_m + 0.5 * box.size_m[2]], axis=1)
    positions[given], heading[given] = (
        box.position_m,
        poses[given, 2] + _turns(heading[given], poses[given, 2]),
    )
    keys = needed(
        seconds,
        positions,
        heading,
        keep=given,
        tolerance_m=tolerances[0],
        tolerance_rad=tolerances[1],
    )
    turned = heading[keys] - poses[given, 2]
    half = 0.5 * turned
    spin = np.stack([0.0 * half, 0.0 * half, np.sin(half), np.cos(half)], axis=1)
    return ProposedTrack(
        times[keys],
        positions[keys],
        multiply(spin, np.broadcast_to(box.quat_xyzw, (len(keys), 4))),
        box.size_m.copy(),
        trust[keys],
        is_static=False,
        seen=len(path),
        ends=ends,
    )


def _turns(near_rad: float, heading_rad: float) -> float:
    """Return the whole turns that bring a heading next to another."""
    return 2.0 * math.pi * round((near_rad - heading_rad) / (2.0 * math.pi))


def _turning(seconds: Float64Array, x: Float64Array, y: Float64Array, given: int) -> Float64Array:
    """Return by how much (n,) the way is turned from where it goes at the given place, radians."""
    if len(seconds) < 3:
        return np.zeros(len(seconds))
    vx, vy = np.gradient(x, seconds), np.gradient(y, seconds)
    walks = np.flatnonzero(np.hypot(vx, vy) > _WALKING_MPS)
    if not len(walks):
        return np.zeros(len(seconds))
    # Who stands looks where they last went.
    last = walks[np.maximum(np.searchsorted(walks, np.arange(len(seconds)), side="right") - 1, 0)]
    course = unwrapped(np.arctan2(vy, vx)[last])
    return np.asarray(course - course[given])
