"""Background work of gold and courses."""

from uuid import UUID

from labelapp.common.jobs import JobContext, job, periodic
from labelapp.training.services import attempt_score, hidden_checks_end
from labelapp.training.taking_part import SCORE_KIND


@job(SCORE_KIND)
def score(context: JobContext, *, attempt_id: str) -> None:
    """Compare what somebody made with the gold."""
    context.check()
    attempt_score(attempt_id=UUID(attempt_id))


periodic(hidden_checks_end)
