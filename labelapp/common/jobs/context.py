"""What a job function holds while it runs: progress, and the right to go on and to publish."""

import contextlib
import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils import timezone

from labelapp.common.jobs.models import Job, JobState

logger = logging.getLogger(__name__)

#: How often progress is written, at most.
_TICK_S = 0.5
#: The rate is the mean over this much of the recent past.
_RATE_WINDOW_S = 20.0


class JobLostError(Exception):
    """The job is no longer this worker's: cancelled, or taken for dead and given to another."""


class JobContext:
    """One attempt at a job.

    A thread with its own database connection says every few seconds that the worker lives, writes
    the progress, and finds out whether the attempt still counts.
    """

    def __init__(self, job_id: uuid.UUID, attempt: int) -> None:
        self.job_id = job_id
        self.attempt = attempt
        self._lost = threading.Event()
        self._stop = threading.Event()
        self._done = 0
        self._total: int | None = None
        self._message = ""
        self._history: deque[tuple[float, int]] = deque()
        self._thread = threading.Thread(target=self._beat, name=f"job-{job_id}", daemon=True)

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Say how far it is, and stop here if the job is no longer ours. Cheap: call it often.

        Args:
            done: how many are done.
            total: of how many, None for as before.
            message: what is being done, None for as before.

        Raises:
            JobLostError: the job was cancelled or given to another worker.
        """
        self.check()
        if total is not None:
            self._total = total
        self._done = done if self._total is None else min(done, self._total)
        if message is not None:
            self._message = message

    def check(self) -> None:
        """Do nothing while the job is ours.

        Raises:
            JobLostError: the job was cancelled or given to another worker.
        """
        if self._lost.is_set():
            msg = f"job {self.job_id} attempt {self.attempt} is over"
            raise JobLostError(msg)

    @contextlib.contextmanager
    def publish(self, message: str = "") -> Iterator[None]:
        """Make a result visible: the block's writes and the job's end land together, or neither.

        Raises:
            JobLostError: another worker has the job, or it was cancelled; nothing is written.
        """
        with transaction.atomic():
            job = Job.objects.select_for_update().filter(**self._mine).first()
            if job is None:
                self._lost.set()
                self.check()
            yield
            self.finish(JobState.DONE, message)

    def finish(self, state: JobState, message: str) -> bool:
        """Write the end of the job; False when it is no longer ours."""
        total = self._total
        done = total if state == JobState.DONE and total is not None else self._done
        now = timezone.now()
        changed = Job.objects.filter(**self._mine).update(
            state=state, message=message, done=done, total=total, finished_at=now, heartbeat_at=now
        )
        return changed == 1

    @contextlib.contextmanager
    def heartbeat(self) -> Iterator[None]:
        """Keep the claim alive for as long as the block lasts."""
        self._thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join()

    @property
    def _mine(self) -> dict[str, object]:
        return {"id": self.job_id, "attempt": self.attempt, "state": JobState.RUNNING}

    def _beat(self) -> None:
        period_s = min(5.0, settings.JOB_STALLED_AFTER_S / 4)
        written: tuple[object, ...] = ()
        beat_at = time.monotonic()
        try:
            while not self._stop.wait(min(_TICK_S, period_s)):
                state = (self._done, self._total, self._message)
                now_s = time.monotonic()
                if state == written and now_s - beat_at < period_s:
                    continue
                try:
                    self._write(now_s)
                except DatabaseError:
                    # The claim runs out if this goes on; publishing is fenced in any case.
                    logger.warning("job %s: no heartbeat, the database fails", self.job_id)
                    connection.close()
                    continue
                written, beat_at = state, now_s
                if self._lost.is_set():
                    return
        finally:
            connection.close()

    def _write(self, now_s: float) -> None:
        done, total = self._done, self._total
        history = self._history
        history.append((now_s, done))
        while history[0][0] < now_s - _RATE_WINDOW_S and len(history) > 2:
            history.popleft()
        seconds = now_s - history[0][0]
        rate = (done - history[0][1]) / seconds if seconds > 0 else None
        changed = Job.objects.filter(**self._mine).update(
            heartbeat_at=timezone.now(),
            done=done,
            total=total,
            rate_per_s=rate,
            message=self._message,
        )
        if changed == 0:
            self._lost.set()
