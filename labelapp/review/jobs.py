"""Background work of review."""

import uuid

from labelapp.common.jobs import JobContext, job
from labelapp.review.services import correction_score
from labelapp.work.models import Task
from labelapp.work.services.task_finish import ACCEPTED_JOB


@job(ACCEPTED_JOB)
def score_correction(context: JobContext, *, task_id: str) -> None:
    """Score what review changed about an accepted task; interrupted, it begins anew."""
    context.check()
    task = Task.objects.select_related("label_set", "clip", "labeller").get(pk=uuid.UUID(task_id))
    correction_score(task)
