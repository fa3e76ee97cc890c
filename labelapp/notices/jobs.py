"""Background work of webhooks."""

from uuid import UUID

from labelapp.common.jobs import JobContext, job, periodic
from labelapp.notices.services import deliveries_wake, delivery_send
from labelapp.notices.services.delivering import DELIVER_KIND


@job(DELIVER_KIND)
def deliver(context: JobContext, *, delivery_id: str) -> None:
    """Send an event to a webhook."""
    context.check()
    delivery_send(delivery_id=UUID(delivery_id))


periodic(deliveries_wake)
