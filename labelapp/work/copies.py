"""Label sets of their own for people who label the same clip, and tasks on them."""

import uuid
from typing import Any

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.labels.models import LabelSet, Source
from labelapp.labels.selectors import COPY_MARK
from labelapp.projects.models import Project
from labelapp.work.journal import move
from labelapp.work.models import Lease, Task
from labelapp.work.services.leases import lease_length
from labelapp.work.stages import Action


def copy_task(*, project: Project, clip: Clip, layer: str, **fields: Any) -> Task:
    """Return a new task on an empty label set that nobody else works on.

    Nothing of it tells it from other tasks: the label set's name isn't shown.
    """
    label_set = LabelSet.objects.create(
        clip=clip, layer=layer, source=Source.HUMAN, name=f"{COPY_MARK}{uuid.uuid4().hex}"
    )
    return Task.objects.create(
        project=project, clip=clip, label_set=label_set, layer=layer, **fields
    )


def take(task: Task, actor: User) -> Lease:
    """Lease a task, whose row the caller has locked and that waits, to somebody.

    Raises:
        TransitionError: It doesn't wait.
    """
    task.lease_count += 1
    move(task, Action.CLAIM, actor, token=task.lease_count)
    return Lease.objects.create(
        task=task,
        holder=actor,
        token=task.lease_count,
        stage=task.stage,
        expires_at=task.changed_at + lease_length(task),
    )
