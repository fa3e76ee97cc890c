"""Reading notices, webhooks and deliveries."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from labelapp.accounts.models import User
from labelapp.common.errors import NotFoundError
from labelapp.notices.models import Delivery, Notice, Webhook
from labelapp.projects.models import Project, Role
from labelapp.projects.selectors import projects_visible_to, role_in


def notices_of(user: User) -> QuerySet[Notice]:
    """Return one's own notices, the newest first."""
    return Notice.objects.filter(user=user).order_by("-created_at", "-id")


def unread_count(user: User) -> int:
    """Return how many of one's notices aren't read."""
    return Notice.objects.filter(user=user, read_at__isnull=True).count()


def webhooks_of(project: Project) -> QuerySet[Webhook]:
    """Return a project's webhooks with how many deliveries wait and failed."""
    return (
        Webhook.objects.filter(project=project)
        .annotate(
            waiting=Count("deliveries", filter=Q(deliveries__state="waiting")),
            failed=Count("deliveries", filter=Q(deliveries__state="failed")),
        )
        .order_by("created_at", "id")
    )


def webhook_for(user: User | AnonymousUser, webhook_id: UUID) -> Webhook:
    """Return a webhook, as an admin of its project.

    Raises:
        NotFoundError: There is none that the caller may know of.
    """
    found = (
        Webhook.objects.select_related("project")
        .filter(pk=webhook_id, project__in=projects_visible_to(user))
        .first()
    )
    if found is None or role_in(user, found.project) != Role.ADMIN:
        msg = "There is no such webhook, or it is not yours to see."
        raise NotFoundError(msg)
    return found


def delivery_for(user: User | AnonymousUser, delivery_id: UUID) -> Delivery:
    """Return a delivery, as an admin of its project.

    Raises:
        NotFoundError: There is none that the caller may know of.
    """
    found = Delivery.objects.select_related("webhook__project").filter(pk=delivery_id).first()
    if found is not None:
        webhook_for(user, found.webhook_id)
        return found
    msg = "There is no such delivery, or it is not yours to see."
    raise NotFoundError(msg)


def deliveries_of(webhook: Webhook) -> QuerySet[Delivery]:
    """Return what was sent to a webhook, the newest first."""
    return Delivery.objects.filter(webhook=webhook).order_by("-created_at", "-id")
