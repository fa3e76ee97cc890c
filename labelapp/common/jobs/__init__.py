"""Background jobs that survive the death of any process.

The database row is the truth: Celery's message only says "look at it". A worker claims a job by
compare-and-swap, says every few seconds that it lives, and publishes under its attempt number, so
that one taken for dead can't overwrite its successor.
"""

from labelapp.common.jobs.context import JobContext, JobLostError
from labelapp.common.jobs.models import FINAL_STATES, Job, JobState
from labelapp.common.jobs.periodic import periodic
from labelapp.common.jobs.queueing import cancel, enqueue
from labelapp.common.jobs.registry import job
from labelapp.common.jobs.rescuing import rescue
from labelapp.common.jobs.running import run

__all__ = [
    "FINAL_STATES",
    "Job",
    "JobContext",
    "JobLostError",
    "JobState",
    "cancel",
    "enqueue",
    "job",
    "periodic",
    "rescue",
    "run",
]
