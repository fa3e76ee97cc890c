"""How right a whole clip is when every object is clicked once: no browser, no correction.

As the scripted labeller in Chromium does (``bench/frontend/actions.py``): an object that is well
seen is clicked once, fitted with the size of its class, and followed through the clip. What comes
of it is held against the label at the time of every image. ``python -m bench.autolabel.one_click
FOLDER...`` prints it object by object.
"""

import argparse
import math
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from autolabel import (
    Box,
    ProposedTrack,
    Refusal,
    fit_click,
    lane_heading,
    track_box,
    useful_sweeps,
)
from autolabel.overlap import heading_of
from bench.autolabel.clips import LabelledClip, default_sizes, points_inside
from bench.table import Line, benchmark
from projection.arrays import BoolArray, Float64Array
from projection.tracks import CuboidState, Track
from simulation import make_clip

#: Objects that so many points of some sweep show are clicked on.
SEEN_POINTS = 40
#: What lies lower in its box may be the ground.
LOW_SHARE = 0.25
#: Looked at from so many times, spread over the clip.
PLACES = 3
RIGHT_M = 0.2
RIGHT_RAD = math.radians(3.0)
#: What goes less far than this in all of the clip stands.
MOVES_M = 0.5


@dataclass(frozen=True, slots=True)
class ClickedObject:
    """One object clicked once, beside its label, at the times of all images.

    Errors are of the centre, in the label's frame; where the track is not there they are infinite.

    Attributes:
        label_id: Of the label.
        class_name: Of the label.
        moves: Whether it goes anywhere in the clip.
        found_static: What the tool says: True, False, None where nothing was found.
        points: How many points show it at the click.
        distance_m: From the sensor, at the click.
        faces: From how many directions, 45 degrees apart, sweeps show it.
        off_m: (n, 3) along, across, up.
        turn_rad: (n,) of the heading, 0 to pi.
        size_off_m: (3,) found less true length, width, height.
        confidence: (n,) how sure the tool is.
        keyframes: Of the track.
        fit_s: Seconds of the processor for the box.
        track_s: And for its track.
    """

    label_id: str
    class_name: str
    moves: bool
    found_static: bool | None
    points: int
    distance_m: float
    faces: int
    off_m: Float64Array
    turn_rad: Float64Array
    size_off_m: Float64Array
    confidence: Float64Array
    keyframes: int
    fit_s: float
    track_s: float

    @property
    def metres(self) -> Float64Array:
        """(n,) how far the centre is off, seen from above."""
        return np.hypot(self.off_m[:, 0], self.off_m[:, 1])

    @property
    def right(self) -> BoolArray:
        """(n,) where it is within 0.2 m and 3 degrees."""
        return np.asarray((self.metres < RIGHT_M) & (self.turn_rad < RIGHT_RAD))


def clicked_clip(
    clip: LabelledClip, *, places: int = PLACES, seed: int | None = None, only: str = ""
) -> list[ClickedObject]:
    """Return what one click on each object that is well seen gives.

    Args:
        clip: The clip.
        places: From so many of its sweeps objects are clicked on, each where it is seen best.
        seed: Click on a random point of a random one of those sweeps; None: on the middle point of
            the best.
        only: Only objects whose class or id begins so.
    """
    sizes = default_sizes()
    return [
        _click(clip, track, own, point, sizes[track.class_name])
        for track, own, point in clicks_of(clip, places=places, seed=seed, only=only)
    ]


def clicks_of(
    clip: LabelledClip, *, places: int = PLACES, seed: int | None = None, only: str = ""
) -> Iterator[tuple[Track, int, Float64Array]]:
    """Yield each object that is well seen, the sweep in which to click on it, and where (3,).

    As ``clicked_clip``.
    """
    sizes = default_sizes()
    count = len(clip.sweeps)
    ticks = sorted({round(k * (count - 1) / max(places - 1, 1)) for k in range(places)})
    rng = None if seed is None else np.random.default_rng(seed)
    for track in clip.tracks:
        if track.class_name not in sizes or not (
            track.class_name.startswith(only) or track.label.id.startswith(only)
        ):
            continue
        shown = {k: _body(clip, track, k) for k in ticks}
        usable = [k for k in ticks if len(shown[k]) >= SEEN_POINTS]
        if not usable:
            continue
        if rng is None:
            own = max(ticks, key=lambda k: len(shown[k]))
            seen = shown[own]
            middle = np.linalg.norm(seen - np.median(seen, axis=0), axis=1)
            point = seen[np.argmin(middle)]
        else:
            own = usable[rng.integers(len(usable))]
            point = shown[own][rng.integers(len(shown[own]))]
        yield track, own, point


def image_times(clip: LabelledClip) -> list[int]:
    """Return the times of all images from the first sweep to the last, rising."""
    first, last = clip.sweeps[0].time_ns, clip.sweeps[-1].time_ns
    return sorted({row.time_ns for row in clip.folder.images if first <= row.time_ns <= last})


def fitted(clip: LabelledClip, own: int, point_m: Float64Array, size_m: Float64Array) -> Box | None:
    """Return the box that fits a click on a point (3,) of a sweep; None where none does.

    Args:
        clip: The clip.
        own: The sweep that was clicked into.
        point_m: (3,) where.
        size_m: (3,) usual of its class.
    """
    times = np.array([sweep.time_ns for sweep in clip.sweeps])
    fit = fit_click(
        [clip.sweeps[k] for k in useful_sweeps(times, int(times[own]))],
        point_m,
        size_m,
        lane_heading=lane_heading(clip.folder.trajectory, point_m),
    )
    return None if isinstance(fit, Refusal) else Box(fit.position_m, fit.quat_xyzw, fit.size_m)


def _body(clip: LabelledClip, track: Track, k: int) -> Float64Array:
    """Return the points (n, 3) of a sweep that show an object, without those near its bottom."""
    state = track.at(clip.sweeps[k].time_ns)
    if state is None:
        return np.zeros((0, 3))
    inside = points_inside(clip.sweeps[k], state)
    return inside[inside[:, 2] > state.position_m[2] + (LOW_SHARE - 0.5) * state.size_m[2]]


def _click(
    clip: LabelledClip, track: Track, own: int, point_m: Float64Array, size_m: Float64Array
) -> ClickedObject:
    times = np.array([sweep.time_ns for sweep in clip.sweeps])
    begun = time.process_time()
    box = fitted(clip, own, point_m, size_m)
    fit_s = time.process_time() - begun
    proposal: ProposedTrack | None = None
    if box is not None:
        begun = time.process_time()
        proposal = track_box(
            box,
            int(times[own]),
            times,
            lambda k: clip.sweeps[k],
            is_sure=False,
            usual_size_m=size_m,
        )
    return _beside(clip, track, own, proposal, (fit_s, time.process_time() - begun))


def _beside(
    clip: LabelledClip,
    track: Track,
    own: int,
    proposal: ProposedTrack | None,
    seconds: tuple[float, float],
) -> ClickedObject:
    """Return how far a proposal is from its label."""
    times = np.array([sweep.time_ns for sweep in clip.sweeps])
    states = [(t, state) for t in image_times(clip) if (state := track.at(t)) is not None]
    off = np.full((len(states), 3), np.inf)
    turn = np.full(len(states), np.inf)
    sure = np.zeros(len(states))
    size_off = np.full(3, np.nan)
    if proposal is not None:
        followed = Track.from_dict(proposal.label("followed", track.class_name))
        for k, (time_ns, truth) in enumerate(states):
            state = followed.at(time_ns)
            if state is None:
                continue
            off[k] = truth.world_from_box.inverse().apply(state.position_m[None])[0]
            turn[k] = abs(
                math.remainder(
                    heading_of(state.quat_xyzw) - heading_of(truth.quat_xyzw), 2.0 * math.pi
                )
            )
            sure[k] = np.interp(
                time_ns - times[0], proposal.times_ns - times[0], proposal.confidences
            )
            size_off = state.size_m - truth.size_m
    own_state = track.at(int(times[own]))
    assert own_state is not None
    places = np.array([state.position_m for _, state in states])
    return ClickedObject(
        track.label.id,
        track.class_name,
        bool(len(places) and np.linalg.norm(places - places[0], axis=1).max() > MOVES_M),
        None if proposal is None else proposal.is_static,
        len(points_inside(clip.sweeps[own], own_state)),
        float(np.hypot(*(own_state.position_m - clip.sweeps[own].sensor_position_m)[:2])),
        _faces(clip, track),
        off,
        turn,
        size_off,
        sure,
        0 if proposal is None else len(proposal.times_ns),
        *seconds,
    )


def _faces(clip: LabelledClip, track: Track) -> int:
    """Return from how many of eight directions sweeps show an object well."""
    seen = set()
    for k, sweep in enumerate(clip.sweeps):
        state: CuboidState | None = track.at(sweep.time_ns)
        if state is None or len(_body(clip, track, k)) < 15:
            continue
        way = sweep.sensor_position_m - state.position_m
        angle = math.atan2(way[1], way[0]) - heading_of(state.quat_xyzw)
        seen.add(math.floor(angle / math.pi * 4.0 + 0.5) % 8)
    return len(seen)


def share_right(found: Iterable[ClickedObject]) -> float:
    """Return the share of (object, image time) pairs that are right, NaN of none."""
    rows = [one.right for one in found]
    return float(np.concatenate(rows).mean()) if rows else math.nan


def groups(found: list[ClickedObject]) -> Iterator[tuple[str, list[ClickedObject]]]:
    """Yield objects by what may make them hard: name of the group and the objects in it."""
    yield "all", found
    yield "moving", [one for one in found if one.moves]
    yield "parked", [one for one in found if not one.moves]
    for name in sorted({one.class_name for one in found}):
        yield name, [one for one in found if one.class_name == name]
    yield from _within("distance", found, lambda one: one.distance_m, (0, 15, 30, 50, 100), " m")
    yield from _within("points", found, lambda one: one.points, (0, 100, 300, 1000, 100_000), "")
    yield from _within("directions", found, lambda one: one.faces, (0, 2, 3, 9), "")


def _within(
    what: str,
    found: list[ClickedObject],
    value: Callable[[ClickedObject], float],
    limits: tuple[int, ...],
    unit: str,
) -> Iterator[tuple[str, list[ClickedObject]]]:
    for low, high in pairwise(limits):
        yield f"{what} {low}-{high}{unit}", [one for one in found if low <= value(one) < high]


def print_objects(found: list[ClickedObject]) -> None:
    """Print a line for each object, the worst last, and one for each group."""
    heads = ("points", "dist", "faces", "right", "m", "along", "across", "up", "turn")
    print(f"{'id':9}{'class':18}{'':10}", *(f"{head:>6}" for head in heads), " size off", "  sure")
    for one in sorted(found, key=lambda one: -one.right.mean()):
        print(_object_line(one))
    for name, group in groups(found):
        if group:
            metres = np.concatenate([one.metres for one in group])
            turn = np.concatenate([one.turn_rad for one in group])
            print(
                f"{name:24}{len(group):4d} objects {len(metres):6d} pairs,"
                f" {share_right(group):6.1%} right, {np.mean(metres < RIGHT_M):6.1%} in place,"
                f" {np.mean(turn < RIGHT_RAD):6.1%} by heading, median {np.median(metres):5.2f} m"
            )


def _object_line(one: ClickedObject) -> str:
    """Return what became of one object in one line."""
    known = one.off_m[np.isfinite(one.off_m).all(axis=1)]
    middle = np.median(known, axis=0) if len(known) else np.full(3, math.nan)
    said = {True: "stands", False: "moves", None: "nothing"}[one.found_static]
    truly = "m" if one.moves else "p"
    size = " ".join(f"{value:6.2f}" for value in one.size_off_m)
    return (
        f"{one.label_id[:8]:9}{one.class_name:18}{truly}/{said:8}"
        f" {one.points:6d} {one.distance_m:6.1f} {one.faces:6d} {one.right.mean():6.0%}"
        f" {np.median(one.metres):6.2f} {middle[0]:6.2f} {middle[1]:6.2f} {middle[2]:6.2f}"
        f" {math.degrees(np.median(one.turn_rad)):6.1f}  {size} {np.median(one.confidence):5.2f}"
        f" {one.keyframes:3d} {one.track_s:5.1f} s"
    )


@benchmark("autolabel.one_click")
def one_click() -> Iterator[Line]:
    """Whole simulated clips, every object clicked once and none corrected."""
    found: list[ClickedObject] = []
    with tempfile.TemporaryDirectory() as folder:
        for seed, ticks, tick_s in ((1, 20, 0.2), (2, 20, 0.2), (4, 40, 0.2)):
            path = Path(folder) / str(seed)
            make_clip(path, pictures=False, seed=seed, ticks=ticks, tick_s=tick_s)
            found += clicked_clip(LabelledClip(path))
    for name, group in groups(found):
        if group:
            metres = np.concatenate([one.metres for one in group])
            yield Line(
                f"one click, whole clips, {name}: within 0.2 m and 3 degrees",
                f"{share_right(group):.0%}",
                note=f"{len(group)} objects, {len(metres)} image times; median"
                f" {np.median(metres):.2f} m; {np.mean(metres < RIGHT_M):.0%} in place",
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    everything = []
    for folder in asked.folders:
        print(folder)
        results = clicked_clip(LabelledClip(folder), seed=asked.seed, only=asked.only)
        everything += results
        if results:
            print_objects(results)
    if len(asked.folders) > 1:
        print("together")
        print_objects(everything)
