"""Chunks in worker processes, each with its kernels on one thread."""

import gc
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for_end
from pathlib import Path
from typing import Any

from projection.batch.chunk import ChunkMaker, ChunkOutcome
from projection.batch.chunk_files import Written
from projection.batch.label_table import BatchLabel
from projection.batch.plan import Chunk
from projection.batch.scenery import Scenery
from projection.batch.ticks import TickChunk, TickMaker
from projection.target_spec import TargetSpecs
from projection.trajectory import Trajectory

#: What a worker makes at a time.
Unit = Chunk | TickChunk
Outcomes = tuple[ChunkOutcome, ...]

#: How often progress is told while nothing is finished.
_TELL_S = 0.2


class WorkerLostError(Exception):
    """A worker process died, most likely for want of memory."""


class _StoppedError(Exception):
    """The run was stopped while this chunk was being made."""


@dataclass(frozen=True, slots=True)
class Job:
    """All that workers need to know.

    Attributes:
        labels: The label table.
        trajectory: The clip's.
        specs: What is asked for.
        folder: Where the files go.
        scenery: What stands around without being a label.
    """

    labels: tuple[BatchLabel, ...]
    trajectory: Trajectory
    specs: TargetSpecs
    folder: Path
    scenery: Scenery

    def maker(self) -> "UnitMaker":
        """Makes the chunks of this job."""
        return UnitMaker(self)


class UnitMaker:
    """Makes chunks of images, and chunks of ticks.

    Args:
        job: What they are made from.
    """

    def __init__(self, job: Job) -> None:
        self._images = ChunkMaker(job.labels, job.trajectory, job.specs, job.folder, job.scenery)
        self._ticks = TickMaker(
            job.labels, job.trajectory, job.specs.heads, job.folder, job.scenery
        )

    def make(
        self,
        unit: Unit,
        *,
        step: Callable[[], None],
        publish: Callable[[Written], None] = Written.publish,
    ) -> Outcomes:
        """Make one."""
        if isinstance(unit, TickChunk):
            return self._ticks.make(unit, step=step)
        return self._images.make(unit, step=step, publish=publish)


@dataclass(frozen=True, slots=True)
class _Made:
    """What a worker process made: what became of it, and the tables still to be published."""

    outcomes: Outcomes
    written: tuple[Written, ...]

    def published(self) -> Outcomes:
        """Publish the tables."""
        for written in self.written:
            written.publish()
        return self.outcomes


def run_here(
    job: Job, chunks: Sequence[Unit], count: int, tell: Callable[[int], None]
) -> Iterator[Outcomes]:
    """Make chunks in this process, one after the other; ``tell`` is told images done."""
    del count
    maker, before = job.maker(), 0
    for chunk in chunks:
        done = before

        def step() -> None:
            nonlocal done
            done += 1
            tell(done)

        yield maker.make(chunk, step=step)
        before += len(chunk.images)
        tell(before)


def run_in_pool(
    job: Job, chunks: Sequence[Unit], count: int, tell: Callable[[int], None]
) -> Iterator[Outcomes]:
    """Make chunks in so many processes; outcomes come as they are ready.

    The first chunk is made here: its files are there soonest like that, and the processes that are
    forked afterwards find kernels loaded. What they write is published here, while they go on: a
    disk takes tens of milliseconds for each file.

    Raises:
        WorkerLostError: A process died.
    """
    first, *rest = chunks
    _quietly()
    yield from run_here(job, [first], 1, tell)
    # Forked workers share the labels' memory and begin at once; elsewhere they are sent.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
    started = context.Value("q", 0)
    stop = context.Event()
    pool = ProcessPoolExecutor(count, context, _begin, (job, started, stop))
    disk = ThreadPoolExecutor(count)
    finished = here = len(first.images)
    waiting: dict[Future[Any], Unit] = {}
    # Waiting for hundreds of futures asks each of them, each time: they come by themselves instead.
    ready: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
    try:
        with _uninterrupted():
            waiting.update({pool.submit(_make, chunk): chunk for chunk in rest})
        for future in waiting:
            future.add_done_callback(ready.put)
        while waiting:
            with suppress(queue.Empty):
                future = ready.get(timeout=_TELL_S)
                found, chunk = future.result(), waiting.pop(future)
                if isinstance(found, _Made):
                    published = disk.submit(found.published)
                    waiting[published] = chunk
                    published.add_done_callback(ready.put)
                else:
                    finished += len(chunk.images)
                    yield found
            # Images of chunks that were there already are counted when they are found.
            tell(max(finished, here + started.value))
    except BrokenProcessPool as error:
        message = "a worker process ended unexpectedly (is there enough memory?)"
        raise WorkerLostError(message) from error
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
        # Of a run that was stopped: what is whole stays.
        _publish_rest(waiting)
        disk.shutdown(wait=True)


def _publish_rest(futures: Iterable[Future[Any]]) -> None:
    for future in futures:
        if future.done() and not future.cancelled() and future.exception() is None:
            found = future.result()
            if isinstance(found, _Made):
                found.published()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Keep Ctrl-C for later: what is raised while a process is forked gets lost, or half of it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """What a worker process keeps from chunk to chunk."""

    def __init__(self, job: Job, count: Any, stop: Any) -> None:
        self._maker = job.maker()
        self._count = count
        self._stop = stop

    def make(self, chunk: Unit) -> _Made:
        """Make a chunk; images are counted as they are done, and at the end those found there."""
        done = 0
        written: list[Written] = []

        def step() -> None:
            nonlocal done
            if self._stop.is_set():
                raise _StoppedError
            done += 1
            self._add(1)

        outcomes = self._maker.make(chunk, step=step, publish=written.append)
        gc.collect()
        self._add(len(chunk.images) - done)
        return _Made(outcomes, tuple(written))

    def _add(self, images: int) -> None:
        with self._count.get_lock():
            self._count.value += images


_worker: _Worker | None = None


def _begin(job: Job, count: Any, stop: Any) -> None:
    """Prepare a worker process: it ends with its parent, and leaves Ctrl-C to it."""
    global _worker  # noqa: PLW0603  how a pool's processes keep anything
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _quietly()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _worker = _Worker(job, count, stop)
    # Targets refer to nothing that refers to them: they go by themselves. Looking through all of
    # them for rings of objects, again and again, takes a twentieth of the time; between chunks
    # there is next to nothing to look through.
    gc.freeze()
    gc.disable()


def _quietly() -> None:
    """Keep libraries from starting threads: neither do forks survive them, nor are they of use."""
    import cv2  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    cv2.setNumThreads(0)
    pa.set_cpu_count(1)


def _end_with(sentinel: int) -> None:
    wait_for_end([sentinel])
    os._exit(1)


def _make(chunk: Unit) -> _Made:
    if _worker is None:
        message = "the worker was never prepared"
        raise RuntimeError(message)
    return _worker.make(chunk)
