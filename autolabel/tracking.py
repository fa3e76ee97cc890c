"""Following a box through a clip, sweep by sweep, forward and back, until it is lost."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autolabel.cloud import SweepPoints
from autolabel.path import Tolerances, moving_track
from autolabel.priors import Prior, prior_of
from autolabel.proposed import ProposedTrack, confidence_of
from autolabel.sighting import Box, Found, Place
from autolabel.standing import settled_box, stayed
from autolabel.tracker import Tracker
from projection.arrays import Float64Array, Int64Array

#: What is gone in fewer of the sweeps than this stands still: people walk by and hide it.
_GONE_SHARE = 0.12
#: Slower than this is standing: what is seen of a thing changes with where it is seen from.
_CREEPING_MPS = 0.5
#: So few sightings after a gap, before it is lost, say nothing.
_ALONE = 2
#: Whether it stands is asked of so many sweeps at most.
_ASKED = 60
#: Boxes that somebody set at several times, no farther apart than this, are of what stands.
_SAME_PLACE_M = 0.15
#: A box within so many spreads of its class's size is like others of its class.
_LIKE_ITS_CLASS = 2.5
_STANDS = "It stands still."


@dataclass(frozen=True, slots=True)
class Anchor:
    """A box at a time, as somebody set it.

    Attributes:
        time_ns: When.
        box: Where, and how large.
    """

    time_ns: int
    box: Box


def track_box(  # noqa: PLR0913  all but the first four are named
    box: Box,
    time_ns: int,
    times_ns: Int64Array,
    load: Callable[[int], SweepPoints],
    *,
    is_sure: bool = True,
    others: Sequence[Anchor] = (),
    tolerances: Tolerances | None = None,
    usual_size_m: Float64Array | None = None,
) -> ProposedTrack:
    """Return where a box went, before and after.

    Args:
        box: As somebody set it.
        time_ns: When.
        times_ns: (n,) of the sweeps of one lidar, rising.
        load: Returns the sweep of an index; asked for one after the other.
        is_sure: The box is as somebody wants it: the track goes through it and has its size.
            Otherwise it is a guess, and what the sweeps show together may correct it.
        others: The same object's box at other times, sure: the track goes through them too.
        tolerances: How far keyframes may be from the path.
        usual_size_m: (3,) of its class, which a guess falls back on where nothing shows its size;
            None: not known.

    Raises:
        ValueError: There are no sweeps.
    """
    steps = track_steps(
        box,
        time_ns,
        times_ns,
        load,
        is_sure=is_sure,
        others=others,
        tolerances=tolerances,
        usual_size_m=usual_size_m,
    )
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: ProposedTrack = end.value
            return found


def track_steps(  # noqa: PLR0913  all but the first four are named
    box: Box,
    time_ns: int,
    times_ns: Int64Array,
    load: Callable[[int], SweepPoints],
    *,
    is_sure: bool = True,
    others: Sequence[Anchor] = (),
    tolerances: Tolerances | None = None,
    usual_size_m: Float64Array | None = None,
) -> Generator[Found, None, ProposedTrack]:
    """Yield each sighting as it is found, and return the track; as ``track_box`` else.

    What is yielded is not smoothed yet. Who does not ask on ends the search.
    """
    if not len(times_ns):
        message = "times_ns: expected at least one sweep, found none"
        raise ValueError(message)
    first = Anchor(time_ns, box)
    nearest = {_nearest(times_ns, anchor): anchor for anchor in (*others, first)}
    usual = _usual(box, usual_size_m)
    tracker = Tracker(box, times_ns, load, usual)
    own = _nearest(times_ns, first)
    seen_at = {index: tracker.begin(index, anchor.box) for index, anchor in nearest.items()}
    # Where it is seen that was asked for, else wherever it is.
    at = next((k for k in (own, *seen_at) if seen_at[k] is not None), None)
    begun = None if at is None else seen_at[at]
    if _may_stand(nearest, box):
        if at is None or begun is None:
            nothing = "No sweep shows enough of it."
            return _standing(box, time_ns, 0, (nothing, nothing), 0.0)
        standing = _stands(tracker, at, *begun)
        if standing is not None:
            seen, sure = standing
            if not is_sure and others:
                box = min(others, key=lambda one: abs(one.time_ns - time_ns)).box
            elif not is_sure:
                box = settled_box(tracker, box, _spread(len(times_ns), own), load)
            return _standing(box, time_ns, seen, (_STANDS, _STANDS), sure)
    starts: dict[int, tuple[Found, Float64Array | None]] = {
        index: one if one is not None else (tracker.unseen(index, nearest[index].box), None)
        for index, one in seen_at.items()
    }
    path, ends = yield from _between(tracker, starts, len(times_ns))
    if begun is not None and not is_sure and len(nearest) == 1 and stayed(path, times_ns):
        box = settled_box(tracker, box, np.array([found.index for found in path]), load)
        return _standing(box, time_ns, len(path), (_STANDS, _STANDS), confidence_of(begun[0]))
    anchors = {index: nearest[index].box for index in starts}
    return moving_track(
        tracker,
        path,
        ends,
        anchors,
        own,
        is_sure=is_sure,
        tolerances=tolerances or Tolerances(),
    )


def _usual(box: Box, usual_size_m: Float64Array | None) -> Prior:
    """Return what is usual for a box: its class's size, unless it is like none of its class."""
    own = prior_of(box.size_m)
    if usual_size_m is None:
        return own
    usual = prior_of(usual_size_m)
    spread = np.array(usual.kind.size_spread[:2])
    off = np.abs(np.log(box.size_m[:2] / usual.size_m[:2])) / spread
    return usual if usual.kind is own.kind or off.max() < _LIKE_ITS_CLASS else own


def _nearest(times_ns: Int64Array, anchor: Anchor) -> int:
    return int(np.argmin(np.abs(times_ns - anchor.time_ns)))


def _between(
    tracker: Tracker, starts: Mapping[int, tuple[Found, Float64Array | None]], count: int
) -> Generator[Found, None, tuple[list[Found], tuple[str, str]]]:
    """Follow it from each anchor towards its neighbours, and out from the first and the last."""
    indices = sorted(starts)
    found: dict[int, Found] = {}
    ends = {-1: "", 1: ""}
    for place, index in enumerate(indices):
        start, model = starts[index]
        found[index] = start
        if model is None:
            # What is not seen there can't be followed from there, only to it.
            for direction in (-1, 1):
                if not 0 <= place + direction < len(indices):
                    ends[direction] = "It is not seen where it was set."
            continue
        velocity = tracker.first_velocity(start, model)
        for direction in (-1, 1):
            last = not 0 <= place + direction < len(indices)
            edge = (-1 if direction < 0 else count) if last else indices[place + direction]
            order = range(index + direction, edge, direction)
            towards = None if last else starts[edge][0]
            run, why = yield from tracker.run(start, model, order, velocity, towards)
            if last:
                ends[direction] = why
                run = _believed(run, tracker.times_ns)
            for one in run:
                # Of two that come from either side the one from the nearer anchor is surer.
                is_near = abs(one.index - index) <= abs(one.index - edge) or last
                if is_near or one.index not in found:
                    found[one.index] = one
    return [found[k] for k in sorted(found)], (ends[-1], ends[1])


def _may_stand(nearest: dict[int, Anchor], box: Box) -> bool:
    """Return whether the boxes that somebody set are all in one place."""
    places = np.array([anchor.box.position_m for anchor in nearest.values()])
    return bool(np.linalg.norm(places - box.position_m, axis=1).max() < _SAME_PLACE_M)


def _stands(
    tracker: Tracker, own: int, start: Found, model: Float64Array
) -> tuple[int, float] | None:
    """Return in how many sweeps it stands where it was set, and how sure that is; None: it moves.

    Args:
        tracker: Of it.
        own: The place of the sweep in which it was set.
        start: What was found there.
        model: (k, 2) its points.
    """
    times_ns = tracker.times_ns
    others = [k for k in _spread(len(times_ns), own).tolist() if k != own]
    seen = [tracker.place_in(k, start, model) for k in others]
    places = [place for place, _ in seen]
    there, gone = places.count(Place.THERE), places.count(Place.GONE)
    seconds = (times_ns[others] - times_ns[own]).astype(np.float64) * 1e-9
    if gone > _GONE_SHARE * (there + gone) or _creeps(seconds, [shift for _, shift in seen]):
        return None
    return there + 1, there / max(there + gone, 1) * confidence_of(start)


def _spread(count: int, own: int) -> Int64Array:
    """Return the sweeps that are looked at to tell whether it stands, rising."""
    # Near in time every sweep, farther away some: a sweep costs as much to read as to look at.
    wide = (np.arange(_ASKED) * (count / _ASKED)).astype(np.int64).tolist()
    close = range(max(own - _ASKED // 4, 0), min(own + _ASKED // 4 + 1, count))
    chosen = sorted({*(wide if count > _ASKED else range(count)), *close})
    return np.array(chosen, dtype=np.int64)


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


def _believed(found: list[Found], times_ns: Int64Array) -> list[Found]:
    """Return what was found less a last few after a gap, which can be another thing."""
    found = list(found)
    while len(found) > 1:
        times = [float(times_ns[one.index]) * 1e-9 for one in found]
        gaps = np.abs(np.diff(times))
        usual = float(np.min(gaps))
        late = np.flatnonzero(gaps[-_ALONE:] > max(1.5 * usual, 0.25))
        if not len(late):
            break
        found = found[: len(found) - min(_ALONE, len(gaps)) + int(late[-1])]
    return found


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
