"""Delivering events: kept in the transaction in which they happen, sent by jobs until taken."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from urllib3.exceptions import HTTPError

from labelapp.accounts.models import User
from labelapp.common import jobs
from labelapp.common.prepared import Prepared
from labelapp.common.rendering import to_json
from labelapp.notices.errors import TargetRefusedError
from labelapp.notices.models import Delivery, Webhook
from labelapp.notices.signing import HEADER, secret_of, signature
from labelapp.notices.targets import post
from labelapp.projects.models import Project
from labelapp.work.policies import require_manager

DELIVER_KIND = "notices.deliver"
QUEUE = "work"
#: After each failure; then it is given up: two days in all.
BACK_OFF_S = (5, 30, 120, 600, 3600, 6 * 3600, 12 * 3600, 24 * 3600)
#: Whoever sends has so long before the next may take it for lost.
_SENDING_S = 60

_active: Prepared[Webhook] = Prepared(
    lambda project_id: Webhook.objects.filter(project_id=project_id, is_active=True),
    project_id=UUID,
)


def happened(*, project: Project, event: str, subject: Mapping[str, Any]) -> None:
    """Keep an event for all webhooks of a project that want it, with the present transaction.

    Args:
        project: Where.
        event: One of ``models.EVENTS``.
        subject: What it is about, for JSON.
    """
    for webhook in _active.all(project_id=project.pk):
        if event in webhook.events:
            _deliver(webhook, event, {"project": project.slug, **subject})


@transaction.atomic
def delivery_test(*, actor: User, webhook: Webhook) -> Delivery:
    """Send a webhook the event ``ping``, whatever events it wants."""
    require_manager(actor, webhook.project)
    who = {"id": actor.pk, "name": actor.shown_name}
    return _deliver(webhook, "ping", {"project": webhook.project.slug, "actor": who})


def _deliver(webhook: Webhook, event: str, said: Mapping[str, Any]) -> Delivery:
    delivery = Delivery(webhook=webhook, event=event)
    delivery.next_try_at = timezone.now() + timedelta(seconds=_SENDING_S)
    head = {"id": delivery.pk, "event": event, "at": delivery.created_at}
    delivery.body = to_json({**head, **said}).decode()
    delivery.save(force_insert=True)
    jobs.enqueue(DELIVER_KIND, queue=QUEUE, delivery_id=delivery.pk)
    return delivery


def delivery_send(*, delivery_id: UUID) -> Delivery | None:
    """Send a delivery that waits, and note what became of it; None where there is none such."""
    now = timezone.now()
    # Compare-and-swap: of two jobs one sends.
    waiting = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.WAITING)
    found = waiting.select_related("webhook").first()
    if found is None or not waiting.filter(attempts=found.attempts).update(
        attempts=F("attempts") + 1, next_try_at=now + timedelta(seconds=_SENDING_S)
    ):
        return None
    found.attempts += 1
    found.status, found.problem = _sent(found)
    if not found.problem:
        found.state, found.delivered_at = Delivery.State.DELIVERED, timezone.now()
    elif found.attempts > len(BACK_OFF_S):
        found.state = Delivery.State.FAILED
    else:
        pause = timedelta(seconds=BACK_OFF_S[found.attempts - 1])
        found.next_try_at = timezone.now() + pause
    found.save(update_fields=["state", "status", "problem", "delivered_at", "next_try_at"])
    return found


def _sent(delivery: Delivery) -> tuple[int | None, str]:
    """Return the status of the answer, and what is wrong with it."""
    body = delivery.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "labelapp-webhooks/1",
        "Labelapp-Event": delivery.event,
        "Labelapp-Delivery": str(delivery.pk),
        HEADER: signature(secret_of(delivery.webhook), int(time.time()), body),
    }
    try:
        answer = post(delivery.webhook.url, body, headers)
    except TargetRefusedError as error:
        return None, error.message
    except (HTTPError, OSError) as error:
        return None, f"Nobody answered: {error}"[:500]
    if 200 <= answer.status < 300:
        return answer.status, ""
    return answer.status, f"Answered {answer.status}: {answer.text}"[:500].replace("\0", "")


def deliveries_wake(*, limit: int = 200) -> int:
    """Queue deliveries whose next try is due; return how many."""
    now = timezone.now()
    with transaction.atomic():
        due = list(
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(state=Delivery.State.WAITING, next_try_at__lte=now)
            .order_by("next_try_at")[:limit]
        )
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in due]).update(
            next_try_at=now + timedelta(seconds=_SENDING_S)
        )
        for delivery in due:
            jobs.enqueue(DELIVER_KIND, queue=QUEUE, delivery_id=delivery.pk)
    return len(due)


@transaction.atomic
def delivery_again(*, actor: User, delivery: Delivery) -> None:
    """Send a delivery again, whatever became of it, with all its tries."""
    require_manager(actor, delivery.webhook.project)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.WAITING,
        attempts=0,
        problem="",
        delivered_at=None,
        next_try_at=timezone.now() + timedelta(seconds=_SENDING_S),
    )
    jobs.enqueue(DELIVER_KIND, queue=QUEUE, delivery_id=delivery.pk)
