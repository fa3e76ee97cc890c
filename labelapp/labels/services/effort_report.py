"""Keeping what labelling costs."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from labelapp.accounts.models import User
from labelapp.labels.errors import VisitIdReusedError
from labelapp.labels.models import Effort, LabelSet
from labelapp.labels.policies import require_save


@transaction.atomic
def effort_report(
    *, actor: User, label_set: LabelSet, visit_id: UUID, actions: int, active_ms: int
) -> None:
    """Keep the sums of a visit so far; sending them again, or older ones late, changes nothing.

    Raises:
        ForbiddenError: The actor may not save labels of this source.
        VisitIdReusedError: The visit is somebody else's, or one to another label set.
    """
    require_save(actor, label_set.clip.project, label_set.source)
    visit, is_new = Effort.objects.select_for_update().get_or_create(
        visit_id=visit_id,
        defaults={
            "label_set": label_set,
            "author": actor,
            "actions": actions,
            "active_ms": active_ms,
        },
    )
    if is_new:
        return
    if visit.label_set_id != label_set.pk or visit.author_id != actor.pk:
        msg = f"visit_id: expected an id that is not in use, found '{visit_id}' of another visit."
        raise VisitIdReusedError(msg)
    Effort.objects.filter(pk=visit.pk).update(
        actions=Greatest(F("actions"), actions), active_ms=Greatest(F("active_ms"), active_ms)
    )
