"""Background work of agreement."""

from uuid import UUID

from labelapp.agreement.services import group_compare
from labelapp.agreement.taking_part import COMPARE_KIND
from labelapp.common.jobs import JobContext, job


@job(COMPARE_KIND)
def compare(context: JobContext, *, group_id: str) -> None:
    """Compare what several people made of the same; interrupted, it begins anew."""
    context.check()
    group_compare(group_id=UUID(group_id))
