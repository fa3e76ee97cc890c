"""Claiming a job and running it."""

import logging
import os
import socket
import uuid

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.db.models import F
from django.utils import timezone

from labelapp.common.errors import DomainError
from labelapp.common.jobs.context import JobContext, JobLostError
from labelapp.common.jobs.models import Job, JobState
from labelapp.common.jobs.registry import run_function

logger = logging.getLogger(__name__)


@shared_task(name="labelapp.run_job")
def run_job(job_id: str) -> None:
    """Run one job if it still waits; the message may come late, twice, or to several workers."""
    run(uuid.UUID(job_id))


def run(job_id: uuid.UUID) -> bool:
    """Claim a queued job and run it in this process; False when it did not wait (any more)."""
    job = _claim(job_id)
    if job is None:
        return False
    context = JobContext(job.id, job.attempt)
    with context.heartbeat():
        _run_claimed(job, context)
    return True


def _claim(job_id: uuid.UUID) -> Job | None:
    """Take a waiting job by compare-and-swap: of several workers one sees its update count."""
    job = Job.objects.filter(id=job_id, state=JobState.QUEUED).first()
    if job is None:
        return None
    now = timezone.now()
    taken = Job.objects.filter(id=job_id, state=JobState.QUEUED, attempt=job.attempt).update(
        state=JobState.RUNNING,
        attempt=F("attempt") + 1,
        started_at=now,
        heartbeat_at=now,
        rate_per_s=None,
        worker=f"{socket.gethostname()}:{os.getpid()}",
    )
    if taken == 0:
        return None
    job.attempt += 1
    return job


def _run_claimed(job: Job, context: JobContext) -> None:
    try:
        run_function(job.kind, context, job.arguments)
    except JobLostError:
        logger.info("%s: stopped, it is no longer attempt %d's", job, context.attempt)
        return
    except DomainError as error:
        logger.warning("%s failed: %s", job, error.message)
        context.finish(JobState.FAILED, error.message)
        return
    except (OperationalError, InterfaceError):
        # The database went away; so does the heartbeat, and the rescuer starts the job again.
        logger.exception("%s: the database failed, it will be run again", job)
        return
    except Exception as error:
        logger.exception("%s failed", job)
        context.finish(
            JobState.FAILED,
            f"An unexpected error stopped this job ({type(error).__name__}: {error}); the worker's"
            f" log has more under {job.id}.",
        )
        return
    context.finish(JobState.DONE, "")
