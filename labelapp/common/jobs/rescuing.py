"""The rescuer: brings back jobs whose worker died and jobs whose message was lost.

It runs in every worker. All it does is compare-and-swap, so any number of them may run at once.
"""

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

from celery import bootsteps
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.models.functions import Coalesce
from django.utils import timezone

from labelapp.common.jobs.models import Job, JobState
from labelapp.common.jobs.periodic import run_periodic
from labelapp.common.jobs.queueing import BROKER_ERRORS, send_message, waiting_messages

logger = logging.getLogger(__name__)

#: A job that took this many workers down with it is not given to a sixth.
MAX_ATTEMPTS = 5
#: A waiting job whose queue is empty is announced again after this long.
RESEND_AFTER_S = 5.0

_TRANSIENT: tuple[type[Exception], ...] = (DatabaseError, *BROKER_ERRORS)


def rescue(*, now: datetime | None = None) -> int:
    """Bring back what was lost.

    Returns:
        How many jobs were sent again or given up.
    """
    now = now or timezone.now()
    return _requeue_stalled(now) + _resend_lost(now)


def _requeue_stalled(now: datetime) -> int:
    rescued = 0
    too_old = now - timedelta(seconds=settings.JOB_STALLED_AFTER_S)
    for job in Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=too_old):
        # The heartbeat is part of the swap: one that came after all keeps its worker.
        seen = Job.objects.filter(
            id=job.id, state=JobState.RUNNING, attempt=job.attempt, heartbeat_at=job.heartbeat_at
        )
        if job.attempt >= MAX_ATTEMPTS:
            rescued += seen.update(
                state=JobState.FAILED,
                finished_at=now,
                message=f"Given up: {job.attempt} workers in turn died or lost the database while"
                f" they ran it (the last was {job.worker}).",
            )
            continue
        if seen.update(state=JobState.QUEUED, sent_at=None):
            logger.warning("%s: no sign of life from %s, sent again", job, job.worker)
            rescued += send_message(job)
    return rescued


def _resend_lost(now: datetime) -> int:
    too_old = now - timedelta(seconds=RESEND_AFTER_S)
    waiting = (
        Job.objects.filter(state=JobState.QUEUED)
        .alias(since=Coalesce("sent_at", "created_at"))
        .filter(since__lt=too_old)
        .order_by("created_at")
    )
    empty: dict[str, bool] = {}
    sent = 0
    for job in waiting[:1000]:
        if job.queue not in empty:
            # Messages that still lie there are not lost; sending all again would pile them up.
            empty[job.queue] = waiting_messages(job.queue) == 0
        if empty[job.queue] and _mark_sent(job, now):
            sent += send_message(job)
    return sent


def _mark_sent(job: Job, now: datetime) -> bool:
    seen = Job.objects.filter(id=job.id, state=JobState.QUEUED, sent_at=job.sent_at)
    return seen.update(sent_at=now) == 1


class Rescuer(bootsteps.StartStopStep):
    """Runs the rescuer in a thread of the worker's main process, from its start on."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rescuer", daemon=True)

    def start(self, parent: Any) -> None:  # noqa: ARG002  Celery's signature
        """Start with the worker."""
        self._thread.start()

    def stop(self, parent: Any) -> None:  # noqa: ARG002
        """Stop with the worker."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    terminate = stop

    def _run(self) -> None:
        period_s = min(5.0, settings.JOB_STALLED_AFTER_S / 3)
        while True:
            try:
                rescue()
                run_periodic()
            except _TRANSIENT as error:
                logger.warning("rescuer: %s; it tries again in %.1f s", error, period_s)
            except Exception:
                logger.exception("rescuer")
            finally:
                # Pool processes are forked from here: an open connection must not go with them.
                connection.close()
            if self._stop.wait(period_s):
                return
