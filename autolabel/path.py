"""From sightings of something that moves to its track: solved, smoothed, keyframes where needed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from autolabel.extent import Shown, extent_of, is_plausible
from autolabel.keyframes import needed, unwrapped
from autolabel.motion_model import manner_of
from autolabel.overlap import heading_of
from autolabel.priors import prior_of
from autolabel.proposed import ProposedTrack, confidence_of
from autolabel.refining import Refined, refined
from autolabel.sighting import Box, Found, hidden
from autolabel.smoothing import smoothed
from autolabel.tracker import Tracker
from autolabel.views import View, velocities_of
from projection.arrays import BoolArray, Float64Array
from projection.rigid import multiply

#: How wrong a pose is that somebody set, and one that was fitted: along, across, heading.
_SURE = (0.02, 0.02, 0.005)
_UNSURE = (0.3, 0.12, 0.08)
#: And one that nobody saw.
_ANYWHERE = (1e3, 1e3, 1e2)
#: From this speed on the way of somebody on foot says where they look.
_WALKING_MPS = 0.4
#: How sure a place is where nothing was seen.
_HIDDEN_TRUST = 0.1
#: A guess was fitted to a few sweeps: as many more must show what is wrong about its size.
_FEWEST_SIGHTINGS = 5
#: Nobody backs up farther than this without turning.
_BACKWARDS_M = 3.0
#: Rounds in which a box takes the size that all sweeps show: a larger one has more points in it.
_RESIZED = 3


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How far the way between keyframes may be from the path.

    Attributes:
        position_m: Metres.
        heading_rad: And of its heading.
    """

    position_m: float = 0.05
    heading_rad: float = math.radians(0.5)


def moving_track(
    tracker: Tracker,
    path: list[Found],
    ends: tuple[str, str],
    anchors: Mapping[int, Box],
    own: int,
    *,
    is_sure: bool,
    tolerances: Tolerances,
) -> ProposedTrack:
    """Return the track of something that moves.

    Args:
        tracker: That found it.
        path: The sightings, their sweeps rising, those of the anchors among them.
        ends: Why there are none before and after.
        anchors: The boxes that somebody set, by the places of their sweeps.
        own: Which of them is the one asked for.
        is_sure: Whether that one is right; all others are.
        tolerances: For its keyframes.
    """
    prior = prior_of(tracker.box.size_m)
    is_alone = not is_sure and len(anchors) == 1
    if is_alone and prior.kind.has_direction and _goes_backwards(path):
        for found in path:
            found.view.pose[2] += math.pi
    box = tracker.box
    seen = len(path)
    path = _without_gaps(tracker, path)
    times = np.array([tracker.times_ns[found.index] for found in path], dtype=np.int64)
    seconds = (times - times[0]).astype(np.float64) * 1e-9
    trust = np.array([confidence_of(found) if found.points else _HIDDEN_TRUST for found in path])
    fixed = np.array([found.index in anchors for found in path])
    fixed &= is_sure | np.array([found.index != own for found in path])
    views = _views(path, seconds, trust, anchors, fixed)
    # Boxes that somebody set have the size that they want.
    spread = 1.2 * np.array(prior.kind.size_spread[:2]) * box.size_m[:2] if is_alone else None
    solved = refined(views, prior, box.size_m, manner_of(prior), spread)
    if is_alone and seen >= _FEWEST_SIGHTINGS:
        solved = _resized(tracker, path, solved)
    x, y, heading = solved.poses.T.copy()
    given = [found.index for found in path].index(own)
    if not prior.kind.has_direction:
        # A body without sides shows no heading: it turns as its way does.
        heading = _facing(seconds, x, y, _headings(path, anchors, fixed))
    sigma = np.hypot(solved.sigmas[:, 0], solved.sigmas[:, 1])
    floor = smoothed(seconds, np.array([found.ground_m for found in path]), 0.05 + sigma, 0.4)
    positions = np.stack([x, y, floor + tracker.base_gap_m + 0.5 * solved.size_m[2]], axis=1)
    for k in np.flatnonzero(fixed).tolist():
        exact = anchors[path[k].index]
        positions[k] = exact.position_m
        heading[k] = _next_to(heading[k], heading_of(exact.quat_xyzw))
    kept = {tracker.times_ns[path[k].index] for k in (given, *np.flatnonzero(fixed).tolist())}
    keys = needed(
        seconds,
        positions,
        heading,
        keep=np.flatnonzero(np.isin(times, list(kept))).tolist(),
        tolerance_m=tolerances.position_m,
        tolerance_rad=tolerances.heading_rad,
    )
    half = 0.5 * (heading[keys] - heading_of(box.quat_xyzw))
    spin = np.stack([0.0 * half, 0.0 * half, np.sin(half), np.cos(half)], axis=1)
    return ProposedTrack(
        times[keys].copy(),
        positions[keys],
        multiply(spin, np.broadcast_to(box.quat_xyzw, (len(keys), 4))),
        solved.size_m,
        trust[keys],
        is_static=False,
        seen=seen,
        ends=ends,
    )


def _goes_backwards(path: list[Found]) -> bool:
    """Return whether what was followed goes where its rear points: its front was guessed wrong."""
    ways = np.diff([found.pose[:2] for found in path], axis=0)
    headings = np.array([found.pose[2] for found in path[:-1]])
    ahead = ways[:, 0] * np.cos(headings) + ways[:, 1] * np.sin(headings)
    return bool(ahead.sum() < -_BACKWARDS_M)


def _resized(tracker: Tracker, path: list[Found], solved: Refined) -> Refined:
    """Return the poses of the box that all sweeps together speak for, its size no guess any more.

    A guess that is too long or lies too far back is so in all sweeps alike: poses that were found
    one by one from it share its error, and only its faces tell.
    """
    prior = prior_of(tracker.box.size_m)
    if prior.kind.closeness == 0.0 or not prior.kind.has_direction:
        return solved
    views = [found.view for found in path]
    poses, size = solved.poses, solved.size_m
    seconds = np.array([view.seconds for view in views])
    seen = [k for k, found in enumerate(path) if found.points]
    rays = [tracker.rays(path[k], poses[k]) for k in seen]
    moved = np.zeros(2)
    for _ in range(_RESIZED):
        speeds = velocities_of(poses, seconds)
        shown = [
            Shown(views[k], ray, poses[k], speeds[k]) for k, ray in zip(seen, rays, strict=True)
        ]
        extent = extent_of(shown, size, tracker.usual)
        cosine, sine = np.cos(poses[:, 2]), np.sin(poses[:, 2])
        along, across = extent.offset_m
        moved += extent.offset_m
        poses = poses.copy()
        poses[:, 0] += along * cosine - across * sine
        poses[:, 1] += along * sine + across * cosine
        size = np.array([*extent.size_m, size[2]])
    if not is_plausible(moved, solved.size_m):
        return solved
    for view, pose in zip(views, poses, strict=True):
        view.pose = pose.copy()
    return refined(views, prior, size, manner_of(prior))


def _views(
    path: list[Found],
    seconds: Float64Array,
    trust: Float64Array,
    anchors: Mapping[int, Box],
    fixed: BoolArray,
) -> list[View]:
    """Return what each sweep shows, with how sure its pose is."""
    views = []
    for k, found in enumerate(path):
        view = found.view
        loose = 0.1 + 0.3 * (1.0 - trust[k])
        view.seconds = float(seconds[k])
        view.sigmas = np.array([2.0 * loose, loose, 0.05 + 0.2 * (1.0 - trust[k])])
        if not found.points:
            view.sigmas = np.array(_ANYWHERE)
        if found.index in anchors:
            view.is_anchor = True
            view.sigmas = np.array(_SURE if fixed[k] else _UNSURE)
        views.append(view)
    return views


def _without_gaps(tracker: Tracker, path: list[Found]) -> list[Found]:
    """Return a path with a place in every sweep between the first and the last.

    Where it was hidden it goes on along a curve that has its speed and direction at both ends; the
    motion that all poses are solved with makes of that what a body can do.
    """
    rows = np.array([found.index for found in path])
    between = np.setdiff1d(np.arange(rows[0], rows[-1] + 1), rows)
    if not len(between):
        return path
    seconds = (tracker.times_ns - tracker.times_ns[0]).astype(np.float64) * 1e-9
    values = np.array([[*found.view.pose, found.ground_m] for found in path])
    values[:, 2] = np.unwrap(values[:, 2])
    curve = CubicHermiteSpline(seconds[rows], values, _slopes(seconds[rows], values))
    filled = np.asarray(curve(seconds[between]))
    gaps = [
        hidden(int(index), pose[:3], float(pose[3]), float(seconds[index]))
        for index, pose in zip(between, filled, strict=True)
    ]
    return sorted([*path, *gaps], key=lambda found: found.index)


def _slopes(seconds: Float64Array, values: Float64Array) -> Float64Array:
    """Return the rates (n, c) of values; at each end of a gap that of the side where it is seen."""
    slopes = np.gradient(values, seconds, axis=0)
    steps = np.diff(seconds)
    usual = 1.5 * float(np.min(steps))
    for k in np.flatnonzero(steps > usual).tolist():
        if k >= 1 and steps[k - 1] <= usual:
            slopes[k] = (values[k] - values[k - 1]) / steps[k - 1]
        if k + 2 < len(seconds) and steps[k + 1] <= usual:
            slopes[k + 1] = (values[k + 2] - values[k + 1]) / steps[k + 1]
    return np.asarray(slopes)


def _headings(path: list[Found], anchors: Mapping[int, Box], fixed: BoolArray) -> dict[int, float]:
    """Return the headings that somebody set, by places in the path."""
    return {k: heading_of(anchors[path[k].index].quat_xyzw) for k in np.flatnonzero(fixed).tolist()}


def _next_to(near_rad: float, heading_rad: float) -> float:
    """Return a heading with the whole turns that bring it next to another."""
    return heading_rad + 2.0 * math.pi * round((near_rad - heading_rad) / (2.0 * math.pi))


def _facing(
    seconds: Float64Array, x: Float64Array, y: Float64Array, known: dict[int, float]
) -> Float64Array:
    """Return where (n,) somebody on foot faces, radians: where they go, or went last.

    Args:
        seconds: (n,) rising.
        x: (n,) metres.
        y: (n,) metres.
        known: Headings that somebody set: how they differ from the way holds around.
    """
    course = _course(seconds, x, y)
    if course is None:
        if not known:
            return np.zeros(len(seconds))
        places = np.array(sorted(known))
        headings = unwrapped(np.array([known[k] for k in places.tolist()]))
        return np.interp(seconds, seconds[places], headings)
    if not known:
        return course
    places = np.array(sorted(known))
    off = unwrapped(np.array([known[k] - course[k] for k in places.tolist()]))
    return np.asarray(course + np.interp(seconds, seconds[places], off))


def _course(seconds: Float64Array, x: Float64Array, y: Float64Array) -> Float64Array | None:
    """Return where (n,) a way leads, radians without jumps; None: it leads nowhere."""
    if len(seconds) < 3:
        return None
    vx, vy = np.gradient(x, seconds), np.gradient(y, seconds)
    walks = np.flatnonzero(np.hypot(vx, vy) > _WALKING_MPS)
    if not len(walks):
        return None
    # Who stands looks where they last went.
    last = walks[np.maximum(np.searchsorted(walks, np.arange(len(seconds)), side="right") - 1, 0)]
    return unwrapped(np.arctan2(vy, vx)[last])
