"""What it takes until every object of a clip is right: clicked, followed, and corrected by hand.

The scripted labeller of ``one_click`` goes on where it is wrong, without a browser: it goes to the
tick at which a box is farthest off, pulls the box to where the label is, about as well as a hand
does, and has the object followed again through all boxes that were pulled. That goes on until it is
right at the time of every image, or as much as the bar allows is spent. What is counted is what a
labeller does: a click; a key to get to a tick; a drag for the place, one for the heading, two for a
size that is plainly off; a key to turn front and back round; a key to accept. The class isn't: who
labels one class after the other sets it once. ``python -m bench.autolabel.correcting FOLDER...``
prints it object by object.
"""

import argparse
import math
import statistics
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from autolabel import Anchor, Box, ProposedTrack, track_box
from autolabel.overlap import heading_of
from bench.autolabel.clips import LabelledClip, default_sizes
from bench.autolabel.one_click import (
    MOVES_M,
    RIGHT_M,
    RIGHT_RAD,
    clicks_of,
    fitted,
    image_times,
)
from bench.table import Line, benchmark
from projection.arrays import Float64Array
from projection.tracks import CuboidState, Track
from simulation import make_clip

#: What a moving object may cost, and a parked one.
MOVING_BAR = 12
PARKED_BAR = 3
#: How well a hand places a box: standard deviations.
HAND_M = 0.03
HAND_RAD = math.radians(0.5)
#: What is off by less than this nobody pulls.
_PLACE_M = 0.08
_TURN_RAD = math.radians(1.2)
_SIZE_M = 0.3
#: Off by more than this it is turned round by a key.
_ROUND_RAD = math.radians(90.0)
#: A box without help: the tool, a drag along it, a click for its width.
_BY_HAND = 3


@dataclass(frozen=True, slots=True)
class CorrectedObject:
    """One object, and what it took.

    Attributes:
        label_id: Of the label.
        class_name: Of the label.
        moves: Whether it goes anywhere in the clip.
        actions: What was spent.
        corrections: At how many ticks a box was pulled.
        is_right: Whether it is within 0.2 m and 3 degrees at the time of every image then.
    """

    label_id: str
    class_name: str
    moves: bool
    actions: int
    corrections: int
    is_right: bool

    @property
    def meets_bar(self) -> bool:
        """Whether it is right for no more actions than the bar allows."""
        return self.is_right and self.actions <= (MOVING_BAR if self.moves else PARKED_BAR)


@dataclass
class Labeller:
    """Somebody at one object of a clip, who knows where it is.

    Attributes:
        clip: The clip.
        truth: The object's label.
        usual_size_m: (3,) of its class.
        rng: How the hand shakes.
        actions: Spent so far.
        corrections: Boxes pulled so far.
        pulled: Boxes set by hand, by their sweeps.
        static: One pose for the whole clip, as it is now; None: a track.
        track: As proposed now.
        clicked: The sweep that was clicked into.
    """

    clip: LabelledClip
    truth: Track
    usual_size_m: Float64Array
    rng: np.random.Generator
    actions: int = 0
    corrections: int = 0
    pulled: dict[int, Box] = field(default_factory=dict)
    static: Box | None = None
    track: Track | None = None
    clicked: int = 0

    def __post_init__(self) -> None:
        """Look up the times of the clip."""
        self.times_ns = np.array([sweep.time_ns for sweep in self.clip.sweeps], dtype=np.int64)
        self.image_times_ns = [
            time for time in image_times(self.clip) if self.truth.at(time) is not None
        ]

    def begin(self, own: int, point_m: Float64Array) -> None:
        """Click on it, or draw it where no box fits."""
        box = fitted(self.clip, own, point_m, self.usual_size_m)
        self.actions += 1
        if box is None:
            box = self._by_hand(own)
            self.actions += _BY_HAND
            self.pulled[own] = box
        self.clicked = own
        self._follow(box)

    def work(self) -> None:
        """Correct it until it is right everywhere, or the bar is passed."""
        while not self._is_right() and self.actions < MOVING_BAR - 1:
            if self.static is not None and not self._moves():
                self._correct_parked()
                return
            self._correct_at(self._worst_tick())
        self.actions += 1  # accepted

    def result(self) -> CorrectedObject:
        """Return what it took."""
        return CorrectedObject(
            self.truth.label.id,
            self.truth.class_name,
            self._moves(),
            self.actions,
            self.corrections,
            self._is_right(),
        )

    def _moves(self) -> bool:
        places = np.array([self._true(time).position_m for time in self.image_times_ns])
        return bool(np.linalg.norm(places - places[0], axis=1).max() > MOVES_M)

    def _true(self, time_ns: int) -> CuboidState:
        state = self.truth.at(time_ns)
        assert state is not None
        return state

    def _by_hand(self, index: int) -> Box:
        """Return the true box of a sweep as a hand sets it."""
        true = self._true(int(self.times_ns[index]))
        off = self.rng.normal(0.0, HAND_M, 2)
        turn = self.rng.normal(0.0, HAND_RAD)
        return _turned(
            Box(true.position_m + np.array([*off, 0.0]), true.quat_xyzw, true.size_m.copy()), turn
        )

    def _follow(self, box: Box) -> None:
        """Have it followed from the sweep that was clicked into, through all that was pulled."""
        others = [
            Anchor(int(self.times_ns[k]), other)
            for k, other in self.pulled.items()
            if k != self.clicked
        ]
        self._take(
            track_box(
                self.pulled.get(self.clicked, box),
                int(self.times_ns[self.clicked]),
                self.times_ns,
                lambda k: self.clip.sweeps[k],
                is_sure=self.clicked in self.pulled,
                others=others,
                usual_size_m=self.usual_size_m,
            )
        )

    def _take(self, proposed: ProposedTrack) -> None:
        self.static = None
        if proposed.is_static:
            self.static = Box(proposed.positions_m[0], proposed.quats_xyzw[0], proposed.size_m)
        self.track = Track.from_dict(proposed.label("followed", self.truth.class_name))

    def _off(self, time_ns: int) -> tuple[float, float]:
        """Return metres and radians by which the box is off; infinite where there is none."""
        state = None if self.track is None else self.track.at(time_ns)
        if state is None:
            return math.inf, math.inf
        true = self._true(time_ns)
        off = state.position_m - true.position_m
        return math.hypot(off[0], off[1]), abs(_turn_between(state.quat_xyzw, true.quat_xyzw))

    def _wrongness(self, time_ns: int) -> float:
        metres, turn = self._off(time_ns)
        return max(metres / RIGHT_M, turn / RIGHT_RAD)

    def _is_right(self) -> bool:
        return all(self._wrongness(time) < 1.0 for time in self.image_times_ns)

    def _worst_tick(self) -> int:
        """Return the sweep next to the time at which it is farthest off, none pulled before."""
        free = [k for k in range(len(self.times_ns)) if k not in self.pulled]
        free = [k for k in free if self.truth.at(int(self.times_ns[k])) is not None]
        worst = {k: self._wrongness(int(self.times_ns[k])) for k in free}
        most = max(worst.values())
        alike = [k for k, value in worst.items() if value == most]
        # A track that ends too early is led to where the object ends, any other to its middle.
        if alike[-1] == free[-1]:
            return alike[-1]
        return alike[0] if alike[0] == free[0] else alike[len(alike) // 2]

    def _correct_parked(self) -> None:
        """Pull the one box of something that stands; that makes it the labeller's own."""
        assert self.static is not None
        time = self.image_times_ns[0]
        self.static, cost = self._pulled_box(self.static, self._true(time))
        self.actions += cost
        self.corrections += 1
        assert self.track is not None
        self._hold(self.static)

    def _correct_at(self, index: int) -> None:
        """Go to a sweep, pull the box, have it followed again."""
        time_ns = int(self.times_ns[index])
        true = self._true(time_ns)
        self.actions += 1
        self.corrections += 1
        state = None if self.track is None else self.track.at(time_ns)
        if self.static is not None or (not self._moves() and state is not None):
            self.actions += 1  # it stands, or does not: said by a key
        if state is None:
            self.actions += 1  # brought back by a key
            near = self._last_known(time_ns)
            box = Box(true.position_m + 1.0, near.quat_xyzw, near.size_m)
        else:
            box = Box(state.position_m, state.quat_xyzw, state.size_m)
        is_round = abs(_turn_between(box.quat_xyzw, true.quat_xyzw)) > _ROUND_RAD
        box, cost = self._pulled_box(box, true)
        self.actions += cost
        if not self._moves():
            self._hold(box)
            return
        self.pulled = {
            k: Box(other.position_m, other.quat_xyzw, box.size_m)
            for k, other in self.pulled.items()
        }
        self.pulled[index] = box
        near = self._last_known(int(self.times_ns[self.clicked]))
        turn = math.pi if is_round else 0.0
        self._follow(_turned(Box(near.position_m, near.quat_xyzw, box.size_m), turn))

    def _last_known(self, time_ns: int) -> CuboidState:
        """Return its box where the track is there, as near in time as that is."""
        assert self.track is not None
        track = self.track
        known = [int(time) for time in self.times_ns if track.at(int(time)) is not None]
        state = track.at(min(known, key=lambda time: abs(time - time_ns)))
        assert state is not None
        return state

    def _hold(self, box: Box) -> None:
        """One pose for the whole clip."""
        still = ProposedTrack(
            self.times_ns[:1],
            box.position_m[None],
            box.quat_xyzw[None],
            box.size_m,
            np.ones(1),
            is_static=True,
            seen=0,
            ends=("", ""),
        )
        self._take(still)

    def _pulled_box(self, box: Box, true: CuboidState) -> tuple[Box, int]:
        """Return a box as it is after its place, heading and size were pulled; what that took."""
        cost = 0
        turn = _turn_between(box.quat_xyzw, true.quat_xyzw)
        if abs(turn) > math.pi - _TURN_RAD:
            cost += 1  # a key
            box = _turned(box, math.pi)
        elif abs(turn) > _TURN_RAD:
            cost += 1
            box = _turned(box, turn + self.rng.normal(0.0, HAND_RAD))
        size, place = box.size_m.copy(), box.position_m.copy()
        away = float(np.hypot(*(place - true.position_m)[:2]))
        if np.abs(size - true.size_m)[:2].max() > _SIZE_M:
            cost += 2  # two corners
            size[:2] = true.size_m[:2]
            away = math.inf
        elif away > _PLACE_M:
            cost += 1
        if away > _PLACE_M:
            place[:2] = true.position_m[:2] + self.rng.normal(0.0, HAND_M, 2)
        return Box(place, box.quat_xyzw, size), cost


def _turn_between(before_xyzw: Float64Array, after_xyzw: Float64Array) -> float:
    return math.remainder(heading_of(after_xyzw) - heading_of(before_xyzw), 2.0 * math.pi)


def _turned(box: Box, angle_rad: float) -> Box:
    half = 0.5 * (heading_of(box.quat_xyzw) + angle_rad)
    quat = np.array([0.0, 0.0, math.sin(half), math.cos(half)])
    return Box(box.position_m, quat, box.size_m)


def corrected_clip(clip: LabelledClip, *, only: str = "") -> list[CorrectedObject]:
    """Return what every object that is well seen takes until it is right.

    Args:
        clip: The clip.
        only: Only objects whose class or id begins so.
    """
    sizes = default_sizes()
    found = []
    for track, own, point_m in clicks_of(clip, only=only):
        seed = int.from_bytes(track.label.id.encode()[:8], "little")
        rng = np.random.default_rng(seed)
        labeller = Labeller(clip, track, sizes[track.class_name], rng)
        labeller.begin(own, point_m)
        labeller.work()
        found.append(labeller.result())
    return found


def print_objects(found: list[CorrectedObject]) -> None:
    """Print a line for each object, and one for each class."""
    for one in sorted(found, key=lambda one: (one.moves, one.actions)):
        print(
            f"{one.label_id[:8]:9}{one.class_name:18}{'moves' if one.moves else 'stands':8}"
            f"{one.actions:3d} actions, {one.corrections} corrected,"
            f" {'right' if one.is_right else 'WRONG'}"
        )
    for line in lines(found):
        print(f"{line.name:60}{line.ours:8}{line.note}")


def lines(found: Iterable[CorrectedObject]) -> Iterator[Line]:
    """Yield the share of objects that are right within the bar, by what they are."""
    groups: dict[str, list[CorrectedObject]] = {}
    for one in found:
        what = "moving" if one.moves else "parked"
        groups.setdefault(f"{what}, all", []).append(one)
        groups.setdefault(f"{what}, {one.class_name}", []).append(one)
    for name, group in sorted(groups.items()):
        bar = MOVING_BAR if name.startswith("moving") else PARKED_BAR
        met = sum(one.meets_bar for one in group)
        median = statistics.median(one.actions for one in group)
        yield Line(
            f"corrected until right, {name}: within {bar} actions",
            f"{met / len(group):.0%}",
            note=f"{met} of {len(group)}; median {median:g} actions,"
            f" {sum(one.corrections == 0 for one in group)} need no correction",
        )


@benchmark("autolabel.correcting")
def correcting() -> Iterator[Line]:
    """Whole simulated clips, every object corrected until it is right everywhere."""
    found: list[CorrectedObject] = []
    with tempfile.TemporaryDirectory() as folder:
        for seed, ticks, tick_s in ((1, 20, 0.2), (2, 20, 0.2), (4, 40, 0.2)):
            path = Path(folder) / str(seed)
            make_clip(path, pictures=False, seed=seed, ticks=ticks, tick_s=tick_s)
            found += corrected_clip(LabelledClip(path))
    yield from lines(found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    everything: list[CorrectedObject] = []
    for folder in asked.folders:
        print(folder)
        everything += corrected_clip(LabelledClip(folder), only=asked.only)
    print_objects(everything)
