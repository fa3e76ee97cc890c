"""In a project that works by tasks, labellers see what is theirs, and no gold."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.clips.selectors import clips_shown
from labelapp.labels.models import LabelSet, Source
from labelapp.labels.selectors import label_sets_shown
from labelapp.projects.models import Membership, Role
from labelapp.work.models import Lease, Task

#: What they may start from; gold and truth would be the answers.
_SHOWN = (Source.MODEL, Source.IMPORT)


def register() -> None:
    """Have clips and label sets ask here what somebody sees of them."""
    clips_shown.register(_clips)
    label_sets_shown.register(_label_sets)


def _is_narrowed(user: User, project: str) -> Exists:
    """Whether somebody is a labeller in a row's project, and it works by tasks."""
    return Exists(
        Membership.objects.filter(
            project=OuterRef(project),
            user_id=user.pk,
            role=Role.LABELLER,
            project__workflow__isnull=False,
        )
    )


def _is_theirs(user: User, field: str, outer: str) -> Exists:
    """Whether a task on a row was given to somebody, or is meant for them."""
    had = Lease.objects.filter(task=OuterRef("pk"), holder_id=user.pk)
    tasks = Task.objects.filter(**{field: OuterRef(outer)})
    return Exists(tasks.filter(Q(assigned_to_id=user.pk) | Exists(had)))


def _clips(clips: QuerySet[Clip], user: User | AnonymousUser) -> QuerySet[Clip]:
    if not isinstance(user, User):
        return clips.none()
    return clips.filter(~_is_narrowed(user, "project") | _is_theirs(user, "clip", "pk"))


def _label_sets(label_sets: QuerySet[LabelSet], user: User | AnonymousUser) -> QuerySet[LabelSet]:
    if not isinstance(user, User):
        return label_sets.none()
    may_start_from = Q(source__in=_SHOWN) & _is_theirs(user, "clip", "clip")
    return label_sets.filter(
        ~_is_narrowed(user, "clip__project") | may_start_from | _is_theirs(user, "label_set", "pk")
    )
