"""Clicking on every object of a clip and following some: how far off the answers are."""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from autolabel import Refusal, fit_click, lane_heading, track_box, useful_sweeps
from autolabel.overlap import axis_error, heading_error, heading_of, overlaps
from autolabel.sighting import Box
from bench.autolabel.baseline import rectangle_box
from bench.autolabel.clips import Click, LabelledClip, default_sizes, points_inside
from projection.arrays import BoolArray, Float64Array
from projection.tracks import Track

#: Objects are followed where so many sweeps show so many of their points.
_FOLLOWED_SWEEPS = 5
_FOLLOWED_POINTS = 15


@dataclass(frozen=True, slots=True)
class FitResult:
    """One click's box beside the label; ``seconds`` are of the processor."""

    class_name: str
    distance_m: float
    iou_above: float
    iou: float
    axis_error_rad: float
    heading_error_rad: float
    centre_error_m: float
    confidence: float
    seconds: float
    is_refused: bool


@dataclass(frozen=True, slots=True)
class TrackResult:
    """One box followed through a clip beside the label, at the times of all images.

    From the first to the last sweep that shows the object well; where the track is not there, its
    errors are infinite. ``seconds`` are of the processor: others share the machine.
    """

    class_name: str
    stands: bool
    found_standing: bool
    errors_m: Float64Array
    heading_errors_rad: Float64Array
    keyframes: int
    seconds: float

    @property
    def right(self) -> BoolArray:
        """Where it is within 0.2 m and 3 degrees: (n,)."""
        return (self.errors_m < 0.2) & (self.heading_errors_rad < math.radians(3.0))


def fit_results(
    clip: LabelledClip, *, every: int = 1, seed: int = 0, plain: bool = False
) -> list[FitResult]:
    """Return what a click on each object of each n-th sweep gives.

    Args:
        clip: The clip.
        every: n.
        seed: Of the clicks' places.
        plain: Measure the plain rectangle instead (``baseline.py``).
    """
    sizes = default_sizes()
    clicks = clip.clicks(every=every, seed=seed)
    return [
        _fit(clip, click, sizes[click.track.class_name], plain=plain)
        for click in clicks
        if click.track.class_name in sizes
    ]


def _fit(clip: LabelledClip, click: Click, size_m: Float64Array, *, plain: bool) -> FitResult:
    times = np.array([sweep.time_ns for sweep in clip.sweeps])
    own = clip.sweeps[click.sweep]
    trajectory = clip.folder.trajectory
    start = time.process_time()
    if plain:
        found = rectangle_box(own, click.point_m, size_m)
    else:
        found = fit_click(
            [clip.sweeps[k] for k in useful_sweeps(times, own.time_ns)],
            click.point_m,
            size_m,
            lane_heading=lane_heading(trajectory, click.point_m),
        )
    seconds = time.process_time() - start
    truth = click.truth
    distance = float(np.hypot(*(truth.position_m - own.sensor_position_m)[:2]))
    name = click.track.class_name
    if isinstance(found, Refusal):
        return FitResult(
            name, distance, 0.0, 0.0, math.pi / 2, math.pi, math.inf, 0.0, seconds, is_refused=True
        )
    above, inside = overlaps(
        (found.position_m, found.quat_xyzw, found.size_m),
        (truth.position_m, truth.quat_xyzw, truth.size_m),
    )
    heading = heading_of(truth.quat_xyzw)
    return FitResult(
        name,
        distance,
        above,
        inside,
        axis_error(found.heading_rad, heading),
        heading_error(found.heading_rad, heading),
        float(np.hypot(*(found.position_m - truth.position_m)[:2])),
        found.confidence,
        seconds,
        is_refused=False,
    )


def track_results(clip: LabelledClip, *, clicked: bool = False) -> list[TrackResult]:
    """Return how each object that is seen long enough is followed.

    Args:
        clip: The clip.
        clicked: Follow the box that one click on it gives, instead of the label's.
    """
    sizes = default_sizes()
    found = [
        _follow(clip, track, sizes[track.class_name], clicked=clicked)
        for track in clip.tracks
        if track.class_name in sizes
    ]
    return [result for result in found if result is not None]


def _follow(
    clip: LabelledClip, track: Track, size_m: Float64Array, *, clicked: bool
) -> TrackResult | None:
    times = np.array([sweep.time_ns for sweep in clip.sweeps])
    shown: dict[int, int] = {}
    for k, sweep in enumerate(clip.sweeps):
        state = track.at(sweep.time_ns)
        points = 0 if state is None else len(points_inside(sweep, state))
        if points >= _FOLLOWED_POINTS:
            shown[k] = points
    if len(shown) < _FOLLOWED_SWEEPS:
        return None
    # Where a labeller would begin: where it is seen best, but not at an end of its life.
    rows = list(shown)
    own = max(rows[len(rows) // 4 : max(3 * len(rows) // 4, len(rows) // 4 + 1)], key=shown.get)
    box = _clicked(clip, track, own, size_m) if clicked else _labelled(track, int(times[own]))
    if box is None:
        return None
    start = time.process_time()
    proposal = track_box(
        box,
        int(times[own]),
        times,
        lambda k: clip.sweeps[k],
        is_sure=not clicked,
        usual_size_m=size_m if clicked else None,
    )
    seconds = time.process_time() - start
    images = {row.time_ns for row in clip.folder.images}
    asked = np.array(sorted(t for t in images if times[rows[0]] <= t <= times[rows[-1]]))
    truth = track.at_many(asked)
    followed = Track.from_dict(proposal.label("followed", track.class_name)).at_many(asked)
    errors = np.linalg.norm(followed.positions_m - truth.positions_m, axis=1)
    turns = [
        heading_error(heading_of(a), heading_of(b))
        for a, b in zip(followed.quats_xyzw, truth.quats_xyzw, strict=True)
    ]
    return TrackResult(
        track.class_name,
        track.label.static,
        proposal.is_static,
        np.where(followed.exists, errors, math.inf)[truth.exists],
        np.where(followed.exists, turns, math.inf)[truth.exists],
        len(proposal.times_ns),
        seconds,
    )


def _labelled(track: Track, time_ns: int) -> Box | None:
    state = track.at(time_ns)
    return None if state is None else Box(state.position_m, state.quat_xyzw, state.size_m)


def _clicked(clip: LabelledClip, track: Track, own: int, size_m: Float64Array) -> Box | None:
    """Return the box of a click on a random point, its front where the object's is."""
    sweep = clip.sweeps[own]
    state = track.at(sweep.time_ns)
    if state is None:
        return None
    inside = points_inside(sweep, state)
    low = state.position_m[2] + (-0.5 + 0.15) * state.size_m[2]
    high = inside[inside[:, 2] > low]
    if not len(high):
        return None
    times = np.array([other.time_ns for other in clip.sweeps])
    click = high[np.random.default_rng(own).integers(len(high))]
    found = fit_click(
        [clip.sweeps[k] for k in useful_sweeps(times, sweep.time_ns)],
        click,
        size_m,
        lane_heading=lane_heading(clip.folder.trajectory, click),
    )
    if isinstance(found, Refusal):
        return None
    heading = found.heading_rad
    if math.cos(heading - heading_of(state.quat_xyzw)) < 0.0:
        # One key turns it about.
        heading += math.pi
    quat = np.array([0.0, 0.0, math.sin(0.5 * heading), math.cos(0.5 * heading)])
    return Box(found.position_m, quat, found.size_m)


def mean(values: Iterable[float]) -> float:
    """Return the mean, NaN of nothing."""
    found = list(values)
    return float(np.mean(found)) if found else math.nan
