"""Background work of pre-labels."""

from uuid import UUID

from labelapp.common.jobs import JobContext, job
from labelapp.prelabels.services import cost_record
from labelapp.prelabels.taking_part import COST_KIND


@job(COST_KIND)
def cost(context: JobContext, *, task_id: str) -> None:
    """Count what a submitted task's labels needed; interrupted, it begins anew."""
    context.check()
    cost_record(task_id=UUID(task_id))
