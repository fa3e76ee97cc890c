"""Windows: T steps of C cameras, out of clips whose cameras fire whenever they like."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labelapp.client.training.store import ClipIndex, Int64Array


@dataclass(frozen=True, slots=True)
class Window:
    """What a sample spans.

    Attributes:
        steps: T, how many moments.
        cameras: the C cameras, in the order of the sample's axis; None: all that any clip has, by
            name. The first that a clip has says where the steps are: at its images.
        every: from one step to the next, in images of that camera.
        stride: from one window's first step to the next window's, in images; None: ``steps *
            every``, so that windows don't overlap.
        tolerance_s: another camera's image, or a tick, belongs to a step when it is no further away
            than this; None: half the time from one image of the first camera to the next.
    """

    steps: int = 1
    cameras: Sequence[str] | None = None
    every: int = 1
    stride: int | None = None
    tolerance_s: float | None = None

    def __post_init__(self) -> None:
        for name in ("steps", "every", "stride"):
            value = getattr(self, name)
            if name == "stride" and value is None:
                continue
            if not isinstance(value, int) or value < 1:
                msg = f"{name}: expected a whole number of at least 1, found {value!r}."
                raise ValueError(msg)
        if self.cameras is not None and (isinstance(self.cameras, str) or not self.cameras):
            msg = f"cameras: expected a list of names, found {self.cameras!r}."
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Steps:
    """One window's moments.

    Attributes:
        clip: number of the clip.
        first: number of the first step among the images of the clip's first camera.
        times_ns: (T,) int64.
        tolerance_ns: how far away something may be that belongs to a step.
    """

    clip: int
    first: int
    times_ns: Int64Array
    tolerance_ns: int


class WindowList:
    """All windows of some clips; nothing of one is kept until it is asked for.

    Args:
        clips: where everything is.
        window: what a sample spans.

    Raises:
        ValueError: no clip has any of the cameras, or none is long enough.
    """

    def __init__(self, clips: Sequence[ClipIndex], window: Window) -> None:
        known = sorted({name for clip in clips for name in clip.cameras})
        self.cameras = list(known if window.cameras is None else window.cameras)
        self._window = window
        self._clips: list[tuple[int, Int64Array]] = []
        self._ends: list[int] = []
        self._stride = window.stride or window.steps * window.every
        span = (window.steps - 1) * window.every + 1
        total = 0
        for number, clip in enumerate(clips):
            camera = next((name for name in self.cameras if name in clip.cameras), None)
            if camera is None:
                continue
            times = clip.cameras[camera]
            count = max(0, (len(times) - span) // self._stride + 1)
            if count:
                total += count
                self._clips.append((number, times))
                self._ends.append(total)
        if not total:
            have = ", ".join(known) or "none"
            msg = f"expected clips of {span} images of {self.cameras}, found none; cameras: {have}."
            raise ValueError(msg)

    def __len__(self) -> int:
        return self._ends[-1]

    def __getitem__(self, index: int) -> Steps:
        if not 0 <= index < len(self):
            msg = f"expected a window from 0 to {len(self) - 1}, found {index}"
            raise IndexError(msg)
        place = bisect_right(self._ends, index)
        number, times = self._clips[place]
        first = (index - (self._ends[place - 1] if place else 0)) * self._stride
        chosen = times[first : first + (self._window.steps - 1) * self._window.every + 1]
        return Steps(number, first, chosen[:: self._window.every], self._tolerance_ns(times))

    def _tolerance_ns(self, times: Int64Array) -> int:
        if self._window.tolerance_s is not None:
            return round(self._window.tolerance_s * 1e9)
        return int(np.median(np.diff(times))) // 2 if len(times) > 1 else 0


def nearest(times_ns: Int64Array, steps: Steps) -> list[int | None]:
    """Return for each step which of some times is nearest to it, None where none is near enough.

    Args:
        times_ns: (n,) rising.
        steps: the moments.
    """
    if not len(times_ns):
        return [None] * len(steps.times_ns)
    right = np.clip(np.searchsorted(times_ns, steps.times_ns), 1, max(1, len(times_ns) - 1))
    left = right - 1
    right = np.minimum(right, len(times_ns) - 1)
    is_left = steps.times_ns - times_ns[left] <= times_ns[right] - steps.times_ns
    chosen = np.where(is_left, left, right)
    apart = np.abs(times_ns[chosen] - steps.times_ns)
    return [
        int(place) if far <= steps.tolerance_ns else None
        for place, far in zip(chosen, apart, strict=True)
    ]
