"""All boxes of a label table in time: where each is at the times of many images, in whole arrays.

It says what ``Track`` says of one box, to the bit.
"""

from collections.abc import Sequence

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array
from projection.batch.label_table import BatchLabel
from projection.kernels.compiled import compiled
from projection.rigid import slerp
from projection.tracks import Track

_EVER = np.iinfo(np.int64)


class TrackTable:
    """The keyframes of all boxes, one after the other.

    Args:
        labels: The label table.

    Attributes:
        rows: (b,) those of the label table that are boxes.
    """

    def __init__(self, labels: Sequence[BatchLabel]) -> None:
        found = [(row, entry.track) for row, entry in enumerate(labels) if entry.track is not None]
        self.rows = np.array([row for row, _ in found], dtype=np.int64)
        tracks = [track for _, track in found]
        whole = [track.label for track in tracks]
        self._firsts = np.cumsum([0, *(len(label.times_ns) for label in whole)])
        self._lives = _lives(tracks)
        self._moves = np.array([not label.static for label in whole], dtype=np.bool_)
        self._times = _joined([label.times_ns for label in whole], (0,)).astype(np.int64)
        self._positions = _joined([label.positions_m for label in whole], (0, 3))
        self._quats = _joined([label.quats_xyzw for label in whole], (0, 4))
        self._sizes = _joined([label.sizes_m for label in whole], (0, 3))
        self._gaps = _joined([label.gap_after for label in whole], (0,)).astype(np.bool_)
        bent = [track.tangents for track in tracks]
        self._bends = np.array([tangents is not None for tangents in bent], dtype=np.bool_)
        self._tangents: tuple[Float64Array, Float64Array] | None = None
        if self._bends.any():
            nothing = [np.zeros((len(label.times_ns), 3)) for label in whole]
            leaving, entering = (
                _joined(
                    [
                        flat if tangents is None else tangents[side]
                        for flat, tangents in zip(nothing, bent, strict=True)
                    ],
                    (0, 3),
                )
                for side in range(2)
            )
            self._tangents = leaving, entering

    def exists(self, times_ns: Int64Array) -> BoolArray:
        """(t, b) whether each is there at times (t,): within its life, and not in a gap."""
        there = np.empty((len(times_ns), len(self.rows)), dtype=np.bool_)
        _write_there(
            times_ns, self._times, self._firsts, self._lives, self._moves, self._gaps, there
        )
        return there

    def poses(
        self, boxes: Int64Array, times_ns: Int64Array
    ) -> tuple[Float64Array, Float64Array, Float64Array]:
        """Positions (n, 3), quaternions (n, 4) and sizes (n, 3) of boxes (n,) at times (n,)."""
        before = np.empty(len(boxes), dtype=np.int64)
        _write_before(boxes, times_ns, self._times, self._firsts, before)
        first = self._firsts[boxes]
        alone = self._firsts[boxes + 1] - first == 1
        after = np.where(alone, before, before + 1)
        span = (self._times[after] - self._times[before]).astype(np.float64)
        # Of a single keyframe nothing is interpolated.
        span[alone] = 1.0
        fraction = (times_ns - self._times[before]).astype(np.float64) / span
        fraction[alone] = 0.0
        start, end = self._positions[before], self._positions[after]
        positions = self._placed(boxes, before, fraction, span, (start, end))
        turned = slerp(self._quats[before], self._quats[after], fraction)
        held = np.clip(fraction, 0.0, 1.0)[:, None]
        grown = self._sizes[before] * (1.0 - held) + self._sizes[after] * held
        still = alone[:, None]
        return (
            np.where(still, start, positions),
            np.where(still, self._quats[before], turned),
            np.where(still, self._sizes[before], grown),
        )

    def _placed(
        self,
        boxes: Int64Array,
        before: Int64Array,
        fraction: Float64Array,
        span_ns: Float64Array,
        ends: tuple[Float64Array, Float64Array],
    ) -> Float64Array:
        """As ``Track`` has it: straight on, or along its curve."""
        f, (start, end) = fraction[:, None], ends
        straight = start + f * (end - start)
        if self._tangents is None:
            return straight
        inside = (f >= 0.0) & (f <= 1.0) & (self._bends[boxes] & ~self._gaps[before])[:, None]
        span = (span_ns * 1e-9)[:, None]
        out = self._tangents[0][before] * span - (end - start)
        back = self._tangents[1][before] * span - (end - start)
        bend = f * (1.0 - f) * ((1.0 - f) * out - f * back)
        return np.where(inside, straight + bend, straight)


def _lives(tracks: Sequence[Track]) -> Int64Array:
    """(b, 2) first and last moments."""
    lives = [track.life_ns for track in tracks]
    bounds = [
        (_EVER.min if first is None else first, _EVER.max if last is None else last)
        for first, last in lives
    ]
    return np.array(bounds, dtype=np.int64).reshape(-1, 2)


def _joined(parts: Sequence[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(shape)


@compiled
def _write_there(
    times_ns: Int64Array,
    keys_ns: Int64Array,
    firsts: Int64Array,
    lives: Int64Array,
    moves: BoolArray,
    gaps: BoolArray,
    there: BoolArray,
) -> None:
    for row in range(len(times_ns)):
        for box in range(len(lives)):
            time = times_ns[row]
            there[row, box] = lives[box, 0] <= time <= lives[box, 1]
            if there[row, box] and moves[box]:
                own = keys_ns[firsts[box] : firsts[box + 1]]
                before = np.searchsorted(own, time, side="right") - 1
                if before >= 0 and gaps[firsts[box] + before] and own[before] != time:
                    there[row, box] = False


@compiled
def _write_before(
    boxes: Int64Array,
    times_ns: Int64Array,
    keys_ns: Int64Array,
    firsts: Int64Array,
    before: Int64Array,
) -> None:
    """Write the keyframe at which each one's way begins, which is never its last of several."""
    for row in range(len(boxes)):
        first, last = firsts[boxes[row]], firsts[boxes[row] + 1]
        found = np.searchsorted(keys_ns[first:last], times_ns[row], side="right") - 1
        before[row] = first + min(max(found, 0), max(last - first - 2, 0))
