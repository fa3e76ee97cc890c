"""Rows of arrays done side by side by compiled kernels, which let go of Python's lock."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import pairwise

#: A thread that gets fewer rows than this costs more than it saves.
_LEAST_ROWS = 65_536


@lru_cache(maxsize=1)
def _cores() -> int:
    return len(os.sched_getaffinity(0))


def by_rows(work: Callable[[slice], None], count: int) -> None:
    """Call ``work`` with slices that make up ``range(count)``, on as many threads as are worth it.

    The slices decide nothing: each row's result depends on that row alone.
    """
    parts = min(_cores(), count // _LEAST_ROWS)
    if parts <= 1:
        work(slice(0, count))
        return
    bounds = [count * part // parts for part in range(parts + 1)]
    slices = [slice(first, last) for first, last in pairwise(bounds)]
    # A pool of its own each time: it must not outlive a fork of the process. One part is done here.
    with ThreadPoolExecutor(parts - 1) as pool:
        others = [pool.submit(work, part) for part in slices[1:]]
        work(slices[0])
        for other in others:
            other.result()
