"""Making jobs, sending their messages, cancelling."""

import logging
import uuid
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from labelapp.common.jobs.models import Job, JobState
from labelapp.common.jobs.running import run_job

logger = logging.getLogger(__name__)

#: What a broker that is down, or starting, throws at whoever talks to it.
BROKER_ERRORS: tuple[type[Exception], ...] = (BrokerError, RedisError, OSError)


def enqueue(kind: str, *, queue: str, send: bool = True, **ids: uuid.UUID | str) -> Job:
    """Make a job whose message goes out when the present transaction commits.

    Args:
        kind: names the function that does it, see ``registry.job``.
        queue: which workers.
        send: False where the caller runs the job itself.
        **ids: what it is about.
    """
    job = Job.objects.create(
        kind=kind, queue=queue, arguments={name: str(value) for name, value in ids.items()}
    )
    if send:
        transaction.on_commit(lambda: send_message(job))
    return job


def send_message(job: Job) -> bool:
    """Tell the workers about a job; False when the broker is down: the rescuer sends it again."""
    try:
        run_job.apply_async(args=(str(job.id),), queue=job.queue, retry=False)
    except BROKER_ERRORS as error:
        logger.warning("%s: not sent yet, the broker does not answer (%s)", job, error)
        return False
    Job.objects.filter(id=job.id).update(sent_at=timezone.now())
    return True


def cancel(job_id: uuid.UUID) -> bool:
    """Cancel a job that waits or runs; a worker that runs it stops within a second or two.

    Returns:
        False when it was over already.
    """
    live = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING)
    changed = Job.objects.filter(live, id=job_id).update(
        state=JobState.CANCELLED, finished_at=timezone.now(), message="Cancelled."
    )
    return changed == 1


def waiting_messages(queue: str) -> int:
    """Return how many messages the broker holds for a queue that no worker has fetched.

    Raises:
        Exception: one of ``BROKER_ERRORS``.
    """
    with current_app.connection_for_read() as connection:
        channel: Any = connection.default_channel  # the stubs know less than every transport has
        try:
            return int(channel.queue_declare(queue, passive=True).message_count)
        except connection.channel_errors:
            return 0  # Redis forgets a list that is empty
