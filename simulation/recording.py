"""A simulated drive before any sensor has seen it: the street, everyone on it, the car's poses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation.motion import PoseTrack, ego_progress, ego_track
from simulation.road import LANE_LINES, Street
from simulation.scene import Markings, Scene
from simulation.surface import CROSSING_FROM_M, CROSSING_TO_M
from simulation.town import build_town
from simulation.traffic import Clock, moving_bodies, standing_bodies

if TYPE_CHECKING:
    from numpy.typing import NDArray

START_NS = 1_790_000_000_000_000_000
POSE_STEP_NS = 10_000_000
KEYFRAME_S = 0.2
# Before the first and after the last tick there is room for a lidar's turn and a read-out.
MARGIN_S = 0.1
ROAD_AHEAD_M = 130.0


@dataclass(frozen=True, slots=True)
class ClipOptions:
    """How a clip is made.

    Attributes:
        seed: The same seed makes the same clip, to the byte.
        ticks: How many steps its timeline has.
        tick_s: From one to the next; every camera takes one picture in each.
        moving: How many bodies move.
        pictures: Render the pictures; without them images.csv has empty paths.
        sweeps: Write a lidar sweep a tick.
        truth: Write instance pictures and ranges too, into `truth/`.
        smooth: Sample pixels of high contrast again, against jagged edges.
        piece_m: No lane line or kerb is longer.
        threads: How many pictures are made at once.
    """

    seed: int = 1
    ticks: int = 20
    tick_s: float = 0.2
    moving: int = 16
    pictures: bool = True
    sweeps: bool = True
    truth: bool = False
    smooth: bool = True
    piece_m: float = 90.0
    threads: int = 2

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            ValueError: One is out of its range.
        """
        for name, least in (("seed", 0), ("ticks", 1), ("moving", 0), ("threads", 1)):
            value = getattr(self, name)
            if not isinstance(value, int) or value < least:
                raise ValueError(
                    f"{name}: expected a whole number, at least {least}, found {value!r}"
                )
        for name, lowest in (("tick_s", 0.005), ("piece_m", 5.0)):
            number = getattr(self, name)
            if not lowest <= number < float("inf"):
                raise ValueError(f"{name}: expected at least {lowest}, found {number!r}")


@dataclass(frozen=True, slots=True)
class Recording:
    """A simulated drive before any sensor has seen it.

    Attributes:
        options: How it is made.
        street: Where.
        scene: With the background only if something will be looked at.
        ego: The recording car's poses.
        ticks_ns: (n,) the timeline.
        last_m: How far along the street the car gets.
    """

    options: ClipOptions
    street: Street
    scene: Scene
    ego: PoseTrack
    ticks_ns: NDArray[np.int64]
    last_m: float


def make_recording(options: ClipOptions, *, margin_s: float = MARGIN_S) -> Recording:
    """Return the street, everyone on it, and the drive.

    Args:
        options: How it is made.
        margin_s: How long poses go on before the first tick and after the end of the last one.
    """
    # Separate streams: whether there are houses changes no label.
    streams = np.random.SeedSequence(options.seed).spawn(5)
    rng = [np.random.default_rng(stream) for stream in streams]
    tick_ns = round(options.tick_s * 1e9)
    ticks_ns = START_NS + tick_ns * np.arange(options.ticks, dtype=np.int64)
    duration_s = options.ticks * options.tick_s
    progress = ego_progress(rng[0], duration_s)
    last_m = float(progress.distance(duration_s))
    # Long clips need road behind too, for those who drive the other way.
    start_m = -100.0 - 8.0 * max(0.0, duration_s - 5.0)
    street = Street(rng[1], start_m, last_m + ROAD_AHEAD_M + 40.0)
    margin_ns = round(margin_s * 1e9)
    first_ns, end_ns = START_NS - margin_ns, int(ticks_ns[-1]) + tick_ns + margin_ns
    clock = Clock(_keyframe_times(first_ns, end_ns, tick_ns), START_NS)
    bodies = [
        *moving_bodies(street, clock, rng[2], progress, options.moving),
        *standing_bodies(street, clock, rng[3], last_m + ROAD_AHEAD_M - 30.0),
    ]
    seen = options.pictures or options.sweeps
    scene = Scene(build_town(street, rng[4]) if seen else (), tuple(bodies), _markings(street))
    ego = ego_track(street, progress, _regular(first_ns, end_ns, POSE_STEP_NS), START_NS)
    return Recording(options, street, scene, ego, ticks_ns, last_m)


def _regular(first_ns: int, last_ns: int, step_ns: int) -> NDArray[np.int64]:
    """Return times from `first_ns` to `last_ns`, both included, about `step_ns` apart."""
    count = max(2, -(-(last_ns - first_ns) // step_ns) + 1)
    return np.minimum(first_ns + step_ns * np.arange(count, dtype=np.int64), last_ns)


def _keyframe_times(first_ns: int, last_ns: int, tick_ns: int) -> NDArray[np.int64]:
    """Return both ends and, between them, times about `KEYFRAME_S` apart that fall on the ticks."""
    wanted_ns = KEYFRAME_S * 1e9
    if tick_ns <= wanted_ns:
        step = tick_ns * round(wanted_ns / tick_ns)
    else:
        step = tick_ns // round(tick_ns / wanted_ns)
    inner = START_NS + step * np.arange((last_ns - START_NS) // step + 1, dtype=np.int64)
    return np.unique(np.concatenate([[first_ns], inner, [last_ns]]))


def _markings(street: Street) -> Markings:
    lines = [(line.d_m, line.width_m, line.dash_m, line.gap_m) for line in LANE_LINES]
    crossings = [(a, b, CROSSING_TO_M, CROSSING_FROM_M) for a, b in street.crossings]
    return Markings(np.array(lines, dtype=np.float64), np.array(crossings, dtype=np.float64))
