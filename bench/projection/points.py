"""Points through each lens, beside a copy in memory of as many bytes on as many threads."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench.projection.raster_scene import LENSES
from bench.table import Line, benchmark
from projection.arrays import Float64Array
from projection.camera import Camera
from projection.threads import by_rows

_COUNTS = (1_000_000, 4_000_000)
_TRIES = 24
#: All points there are, and all bytes to copy: calls go through them in turn, so that what they
#: read comes from memory, not from a cache that the call before them filled.
_ALL = 8_000_000
#: A point is three numbers in, two numbers and a byte out.
_BYTES = 3 * 8 + 2 * 8 + 1


def _copy(source: Float64Array, threads_of: int) -> Float64Array:
    """A copy into fresh memory, by as many threads as so many points get."""
    target = np.empty_like(source)

    def some(part: slice) -> None:
        first, last = (len(source) * row // threads_of for row in (part.start, part.stop))
        np.copyto(target[first:last], source[first:last])

    by_rows(some, threads_of)
    return target


def _in_turns(works: list[Callable[[int], Any]]) -> list[float]:
    """The least time of each, one after the other: whatever else the machine does slows all."""
    least = [float("inf")] * len(works)
    # What comes out is kept for some turns, or the next turn would write where a cache still is.
    kept: deque[Any] = deque(maxlen=3 * len(works))
    for work in works:
        work(0)
    for turn in range(_TRIES):
        for place, work in enumerate(works):
            start = time.perf_counter()
            kept.append(work(turn))
            least[place] = min(least[place], time.perf_counter() - start)
    return least


@benchmark("points")
def points_beside_a_copy() -> Iterator[Line]:
    """Millions of points through each lens, beside a copy of as many bytes."""
    rng = np.random.default_rng(1)
    points = rng.uniform([-8, -5, 2], [8, 5, 60], (_ALL, 3))
    # A copy reads and writes each of its bytes: half of what comes in and goes out here.
    moved = rng.uniform(size=_BYTES * _ALL // 16)
    for count in _COUNTS:
        parts = np.split(points, _ALL // count)
        copies = np.split(moved, _ALL // count)
        for name, spec in LENSES.items():
            camera = Camera.from_dict({"name": name, "width": 1280, "height": 960, **spec})
            ours_s, copy_s = _in_turns(
                [
                    lambda turn, camera=camera, parts=parts: camera.project(
                        parts[turn % len(parts)]
                    ),
                    lambda turn, copies=copies, count=count: _copy(
                        copies[turn % len(copies)], count
                    ),
                ]
            )
            yield Line(
                f"{count // 1_000_000} M points through {name}",
                f"{count / ours_s / 1e6:.0f} Mpts/s",
                f"{count / copy_s / 1e6:.0f} Mpts/s",
                ours_s / copy_s,
                2.0,
                at_least=False,
                note="a copy that reads and writes as much, as many threads; nothing in a cache",
            )
