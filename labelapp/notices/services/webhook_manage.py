"""Webhooks: made, given another secret and removed by a project's admins."""

from collections.abc import Sequence

from django.db import transaction

from labelapp.accounts.models import User
from labelapp.common.errors import ConflictError, InvalidError
from labelapp.notices.models import EVENTS, Webhook, new_salt
from labelapp.notices.signing import secret_of
from labelapp.notices.targets import check_target
from labelapp.projects.models import Project
from labelapp.work.policies import require_manager

_MOST = 20


@transaction.atomic
def webhook_create(
    *, actor: User, project: Project, url: str, events: Sequence[str]
) -> tuple[Webhook, str]:
    """Return a new webhook and its secret, which nobody sees ever again.

    Raises:
        InvalidError: Unknown events, an address that nothing is sent to.
        ConflictError: The project has enough.
    """
    require_manager(actor, project)
    unknown = [event for event in events if event not in EVENTS]
    if unknown or not events:
        found = f"'{unknown[0]}'" if unknown else "none"
        msg = f"events: expected some of {', '.join(EVENTS)}, found {found}."
        raise InvalidError(msg, details={"fields": {"events": [msg]}})
    check_target(url)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if Webhook.objects.filter(project=project).count() >= _MOST:
        msg = f"Project '{project.slug}' has {_MOST} webhooks already: remove one first."
        raise ConflictError(msg)
    webhook = Webhook.objects.create(
        project=project, url=url, events=sorted(set(events)), created_by=actor
    )
    return webhook, secret_of(webhook)


@transaction.atomic
def webhook_rotate(*, actor: User, webhook: Webhook) -> str:
    """Give a webhook another secret and return it; the old one ends at once."""
    require_manager(actor, webhook.project)
    webhook.salt = new_salt()
    webhook.save(update_fields=["salt"])
    return secret_of(webhook)


@transaction.atomic
def webhook_remove(*, actor: User, webhook: Webhook) -> None:
    """Remove a webhook with its log of deliveries."""
    require_manager(actor, webhook.project)
    webhook.delete()
