"""Clicking on every object of a clip and following some: how far off the answers are."""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from autolabel import Refusal, fit_click, lane_heading, track_box, useful_sweeps
from autolabel.overlap import axis_error, heading_error, heading_of, overlaps
from autolabel.tracker import Box
from bench.autolabel.clips import Click, LabelledClip, default_sizes, points_inside
from projection.tracks import Track

#: Objects are followed where so many sweeps show so many of their points.
_FOLLOWED_SWEEPS = 5
_FOLLOWED_POINTS = 15


@dataclass(frozen=True, slots=True)
class FitResult:
    """One click's box beside the label."""

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
    """One box followed through a clip beside the label, at the sweeps that show it well."""

    class_name: str
    stands: bool
    found_standing: bool
    covered: float
    errors_m: tuple[float, ...]
    heading_errors_rad: tuple[float, ...]
    keyframes: int
    seconds: float


def fit_results(clip: LabelledClip, *, every: int = 1, seed: int = 0) -> list[FitResult]:
    """Return what a click on each object of each n-th sweep gives."""
    sizes = default_sizes()
    clicks = clip.clicks(every=every, seed=seed)
    return [_fit(clip, click, sizes) for click in clicks if click.track.class_name in sizes]


def _fit(clip: LabelledClip, click: Click, sizes: dict[str, np.ndarray]) -> FitResult:
    times = np.array([sweep.time_ns for sweep in clip.sweeps])
    own = clip.sweeps[click.sweep]
    trajectory = clip.folder.trajectory
    start = time.perf_counter()
    found = fit_click(
        [clip.sweeps[k] for k in useful_sweeps(times, own.time_ns)],
        click.point_m,
        sizes[click.track.class_name],
        lane_heading=lane_heading(trajectory, click.point_m),
    )
    seconds = time.perf_counter() - start
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


def track_results(clip: LabelledClip) -> list[TrackResult]:
    """Return how each object that is seen long enough is followed from the middle of its life."""
    sizes = default_sizes()
    found = [_follow(clip, track) for track in clip.tracks if track.class_name in sizes]
    return [result for result in found if result is not None]


def _follow(clip: LabelledClip, track: Track) -> TrackResult | None:
    times = np.array([sweep.time_ns for sweep in clip.sweeps])
    states = {
        k: state
        for k, sweep in enumerate(clip.sweeps)
        if (state := track.at(sweep.time_ns)) is not None
        and len(points_inside(sweep, state)) >= _FOLLOWED_POINTS
    }
    if len(states) < _FOLLOWED_SWEEPS:
        return None
    middle = list(states)[len(states) // 2]
    given = states[middle]
    start = time.perf_counter()
    proposal = track_box(
        Box(given.position_m, given.quat_xyzw, given.size_m),
        int(times[middle]),
        times,
        lambda k: clip.sweeps[k],
    )
    seconds = time.perf_counter() - start
    followed = Track.from_dict(proposal.label("followed", track.class_name))
    errors, turns = [], []
    for k, truth in states.items():
        state = followed.at(int(times[k]))
        if state is not None:
            errors.append(float(np.linalg.norm(state.position_m - truth.position_m)))
            headings = heading_of(state.quat_xyzw), heading_of(truth.quat_xyzw)
            turns.append(heading_error(*headings))
    return TrackResult(
        track.class_name,
        track.label.static,
        proposal.is_static,
        len(errors) / len(states),
        tuple(errors),
        tuple(turns),
        len(proposal.times_ns),
        seconds,
    )


def mean(values: Iterable[float]) -> float:
    """Return the mean, NaN of nothing."""
    found = list(values)
    return float(np.mean(found)) if found else math.nan
