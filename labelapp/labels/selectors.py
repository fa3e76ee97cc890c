"""Reading label sets, labels and events."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, F, Q, QuerySet, Sum, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf

from labelapp.accounts.models import User
from labelapp.accounts.narrowing import Narrowing
from labelapp.clips.models import Clip
from labelapp.common.errors import InvalidError, NotFoundError
from labelapp.common.prepared import Prepared
from labelapp.labels.models import Effort, Label, LabelEvent, LabelSet
from labelapp.projects.selectors import projects_visible_to
from projection.tracks import Track

MAX_EVENTS = 1000
#: The name of a label set that one of several people makes of the same begins with this.
COPY_MARK = "~"

#: Apps above take away from this what somebody isn't to see.
label_sets_shown: Narrowing[LabelSet] = Narrowing()


def label_sets_visible_to(user: User | AnonymousUser) -> QuerySet[LabelSet]:
    """Return the label sets of all projects that a user is a member of, as far as they see them."""
    return label_sets_shown(
        LabelSet.objects.filter(clip__project__in=projects_visible_to(user)), user
    )


def _seen_by(user: User | AnonymousUser, label_set_id: UUID) -> QuerySet[LabelSet]:
    return label_sets_visible_to(user).select_related("clip__project").filter(pk=label_set_id)


_seen_by_member: Prepared[LabelSet] = Prepared(
    lambda user_id, label_set_id: _seen_by(User(pk=user_id), label_set_id).order_by(),
    user_id=UUID,
    label_set_id=UUID,
)


def label_set_for(user: User | AnonymousUser, label_set_id: UUID) -> LabelSet:
    """Return a label set with its clip and project, as somebody who may see it."""
    if user.is_active and not user.is_superuser:
        found = _seen_by_member.first(user_id=user.pk, label_set_id=label_set_id)
    else:
        found = _seen_by(user, label_set_id).first()
    if found is None:
        msg = "There is no such label set, or you are not a member of its project."
        raise NotFoundError(msg)
    return found


def label_sets_as_json(label_sets: QuerySet[LabelSet]) -> list[dict[str, Any]]:
    """Return label sets as the API lists them, with the number of labels, in one query."""
    counted = label_sets.annotate(
        label_count=Count("labels", filter=Q(labels__body__isnull=False)),
        # Whether a set is one of several that people make of the same is nobody's business.
        shown_name=Case(When(name__startswith=COPY_MARK, then=Value("")), default=F("name")),
    )
    fields = ("id", "layer", "source", "shown_name", "revision", "label_count")
    rows = counted.order_by("layer", "source", "name").values(*fields)
    return [
        {"name" if key == "shown_name" else key: value for key, value in row.items()}
        for row in rows
    ]


def labels_now(label_set: LabelSet) -> dict[str, Any]:
    """Return a label set's revision and its labels, by label id, as the API gives them.

    One statement reads both, so that they belong together. The bodies go from the database to the
    browser as they are: parsing and writing megabytes again would be most of the work.
    """
    rows = (
        Label.objects.filter(label_set=label_set, body__isnull=False)
        .annotate(text=Cast("body", TextField()), revision=F("label_set__revision"))
        .order_by("label_id")
        .values_list("label_id", "version", "text", "revision")
    )
    labels = list(rows)
    return {
        "revision": labels[0][3] if labels else label_set.revision,
        "labels": [_label_as_json(*row[:3]) for row in labels],
    }


def labels_at(label_set: LabelSet, revision: int) -> dict[str, Any]:
    """Return a label set's labels as they were at a revision, rebuilt from its events alone.

    Raises:
        InvalidError: The label set has not come that far.
    """
    if not 0 <= revision <= label_set.revision:
        msg = (
            f"revision: expected 0 to {label_set.revision}, which is the label set's newest,"
            f" found {revision}."
        )
        raise InvalidError(msg, details={"fields": {"revision": [msg]}})
    labels = [_label_as_json(*row) for row in _rows_at(label_set, revision)]
    return {"revision": revision, "labels": labels}


@dataclass(frozen=True, slots=True)
class VersionedLabel:
    """A label as it was in one of its versions.

    Attributes:
        label_id: Which label.
        version: Counts its changes.
        label: As in ``labelapp-labels/1``.
    """

    label_id: str
    version: int
    label: dict[str, Any]


def labels_parsed_at(label_set: LabelSet, revision: int) -> list[VersionedLabel]:
    """Return a label set's labels as they were at a revision, by label id, to be worked with."""
    return [
        VersionedLabel(label_id, version, orjson.loads(text))
        for label_id, version, text in _rows_at(label_set, revision)
    ]


#: A box whose keyframes lie within this stands, and somebody's hand was not steady.
_STANDING_M = 0.5


def moving_tracks_of(clip: Clip) -> list[Track]:
    """Return the boxes of all label sets of a clip that move."""
    bodies = Label.objects.filter(
        label_set__clip=clip, body__geometry="cuboid", body__static=False
    ).values_list("body", flat=True)
    tracks = (Track.from_dict(body) for body in bodies.iterator())
    return [
        track
        for track in tracks
        if len(track.label.positions_m) > 1
        and (track.label.positions_m.max(axis=0) - track.label.positions_m.min(axis=0)).max()
        > _STANDING_M
    ]


def _rows_at(label_set: LabelSet, revision: int) -> Iterator[tuple[str, int, str]]:
    """Yield id, version and body of the labels that were there at a revision."""
    # The newest event of each label up to there; label_event_version_made_once serves the order.
    rows = (
        LabelEvent.objects.filter(label_set=label_set, revision__lte=revision)
        .annotate(text=Cast("body", TextField()))
        .order_by("label_id", "-version")
        .distinct("label_id")
        .values_list("label_id", "version", "text")
    )
    return ((label_id, version, text) for label_id, version, text in rows if text is not None)


def _label_as_json(label_id: str, version: int, text: str) -> dict[str, Any]:
    return {"label_id": label_id, "version": version, "label": orjson.Fragment(text)}


def events_after(label_set: LabelSet, revision: int) -> dict[str, Any]:
    """Return the events after a revision, in order, as the API gives them.

    A batch is never torn: the answer ends with a whole revision, after at most ``MAX_EVENTS``
    events unless the first revision alone (an import) has more.
    """
    after = LabelEvent.objects.filter(label_set=label_set, revision__gt=revision)
    revisions = list(
        after.order_by("revision", "position").values_list("revision", flat=True)[: MAX_EVENTS + 1]
    )
    has_more = len(revisions) > MAX_EVENTS
    if has_more:
        whole = [found for found in revisions if found < revisions[-1]]
        last = whole[-1] if whole else revisions[0]
        after = after.filter(revision__lte=last)
        if not whole:
            has_more = label_set.revision > last
    rows = (
        after.annotate(text=Cast("body", TextField()), author_name=SHOWN_NAME)
        .order_by("revision", "position")
        .values_list(
            *("revision", "operation_id", "kind", "label_id"),
            *("version", "text", "author_name", "created_at"),
        )
    )
    events = [_event_as_json(*row) for row in rows]
    return {"revision": label_set.revision, "events": events, "has_more": has_more}


#: ``User.shown_name`` of an event's author in SQL; NULL where a command made it.
SHOWN_NAME = Coalesce(NullIf("author__display_name", Value("")), "author__username")


def _event_as_json(*row: Any) -> Mapping[str, Any]:
    revision, operation_id, kind, label_id, version, text, author, created_at = row
    return {
        "revision": revision,
        "operation_id": operation_id,
        "kind": kind,
        "label_id": label_id,
        "version": version,
        "label": None if text is None else orjson.Fragment(text),
        "author": author,
        "created_at": created_at,
    }


def effort_of(label_set: LabelSet, user: User) -> dict[str, Any]:
    """Return what a label set cost so far, as the API gives it: a user's own part, and all."""
    spent = Effort.objects.filter(label_set=label_set)
    return {"own": _effort_sum(spent.filter(author=user)), "all": _effort_sum(spent)}


def _effort_sum(spent: QuerySet[Effort]) -> dict[str, Any]:
    sums = spent.aggregate(actions=Sum("actions", default=0), active_ms=Sum("active_ms", default=0))
    return {"actions": sums["actions"], "active_s": sums["active_ms"] / 1000}
