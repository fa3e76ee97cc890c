"""Background work of pre-labels."""

import logging
from uuid import UUID

from django.db import DatabaseError, transaction

from labelapp.common import jobs
from labelapp.common.jobs import JobContext, JobState, job, periodic
from labelapp.common.jobs.models import Job
from labelapp.prelabels.models import Uncounted
from labelapp.prelabels.services import costs_record, costs_record_next, uncounted_take
from labelapp.prelabels.services.cost_record import BATCH

logger = logging.getLogger(__name__)

COST_KIND = "prelabels.cost"
COSTS_KIND = "prelabels.costs"
QUEUE = "work"


@job(COST_KIND)
def cost(context: JobContext, *, task_id: str) -> None:
    """Count what one submitted task's labels needed; interrupted, it begins anew."""
    context.check()
    costs_record([UUID(task_id)])


@job(COSTS_KIND)
def costs(context: JobContext) -> None:
    """Count all submitted tasks that wait for it, many in one transaction."""
    done = BATCH
    while done == BATCH:
        context.check()
        try:
            done = costs_record_next()
        except DatabaseError:
            raise  # the job is run again
        except Exception:
            # One that can't be counted must not keep the others: each is a job of its own.
            logger.exception("tasks can't be counted together")
            done = _count_singly()


@transaction.atomic
def _count_singly() -> int:
    task_ids = uncounted_take()
    for task_id in task_ids:
        jobs.enqueue(COST_KIND, queue=QUEUE, task_id=task_id)
    return len(task_ids)


@periodic
def costs_wake() -> None:
    """Make a job where tasks wait and none does. Two at once share the tasks between them."""
    live = Job.objects.filter(kind=COSTS_KIND, state__in=[JobState.QUEUED, JobState.RUNNING])
    if Uncounted.objects.exists() and not live.exists():
        jobs.enqueue(COSTS_KIND, queue=QUEUE)
