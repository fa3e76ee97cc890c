"""Saving: a batch of operations lands whole, once, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from labelapp.accounts.models import User
from labelapp.common.checking import FieldError
from labelapp.common.errors import NotFoundError
from labelapp.common.prepared import Prepared
from labelapp.common.rendering import to_json
from labelapp.labels.checks import LabelChecker
from labelapp.labels.errors import (
    InvalidLabelError,
    OperationIdReusedError,
    VersionConflictError,
)
from labelapp.labels.guards import require_allowed
from labelapp.labels.models import Label, LabelEvent, LabelSet
from labelapp.labels.operations import Batch, Operation
from labelapp.labels.policies import require_save
from labelapp.labels.selectors import SHOWN_NAME

_locked: Prepared[LabelSet] = Prepared(
    lambda label_set_id: LabelSet.objects.select_for_update().filter(pk=label_set_id).order_by(),
    label_set_id=UUID,
)
_events_of: Prepared[LabelEvent] = Prepared(
    lambda label_set_id, operation_ids: LabelEvent.objects.filter(
        label_set_id=label_set_id, operation_id__any_of=operation_ids
    ).order_by(),
    label_set_id=UUID,
    operation_ids=list,
)
_labels_of: Prepared[Label] = Prepared(
    lambda label_set_id, label_ids: Label.objects.filter(
        label_set_id=label_set_id, label_id__any_of=label_ids
    ).order_by(),
    label_set_id=UUID,
    label_ids=list,
)
#: Events, labels and the revision in one statement, planned once for a connection: through the ORM
#: they are a third of what a save costs (``bench.work.cost``).
_WRITE = """
    WITH done AS MATERIALIZED (
        SELECT position - 1 AS position, operation_id, kind, label_id, version, body::jsonb AS body,
               is_last
        FROM unnest(%(operations)s::uuid[], %(kinds)s::text[], %(labels)s::text[],
                    %(versions)s::int[], %(bodies)s::text[], %(are_last)s::bool[])
             WITH ORDINALITY AS sent
             (operation_id, kind, label_id, version, body, is_last, position)
    ), events AS (
        INSERT INTO labels_labelevent (label_set_id, revision, position, batch_id, operation_id,
                                       kind, label_id, version, body, author_id, created_at)
        SELECT %(label_set)s, %(revision)s::bigint, position, %(batch)s, operation_id,
               kind, label_id, version, body, %(author)s, now()
        FROM done ORDER BY position
    ), labels AS (
        INSERT INTO labels_label (label_set_id, label_id, version, body)
        SELECT %(label_set)s, label_id, version, body FROM done WHERE is_last ORDER BY position
        ON CONFLICT (label_set_id, label_id)
        DO UPDATE SET version = excluded.version, body = excluded.body
    )
    UPDATE labels_labelset SET revision = %(revision)s::bigint WHERE id = %(label_set)s"""


@dataclass(frozen=True, slots=True)
class OperationResult:
    """What became of one operation: the label's version from then on."""

    operation_id: UUID
    label_id: str
    version: int


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch: the revision that it made, and its operations in order."""

    revision: int
    results: tuple[OperationResult, ...]


@transaction.atomic
def operations_apply(
    *, actor: User, label_set: LabelSet, batch: Batch, proof: str = ""
) -> BatchResult:
    """Apply a batch to a label set and return what became of it.

    1. The label set's row is locked: batches of one label set land one after another, so revisions
       and versions count without gaps and nobody's change is lost.
    2. Operations that have landed before are not applied again; their results are given again. A
       batch can be sent until its answer arrives.
    3. The others are checked, against the format, the ontology, and the versions they were made on.
    4. Labels, events and the revision are written, or on any error nothing.

    Args:
        actor: Who saves.
        label_set: Where to.
        batch: What is to be done.
        proof: That it is their turn, where somebody asks for one: see ``guards``.

    Raises:
        ForbiddenError: The actor may not save to this label set.
        InvalidLabelError: A label breaks the format or the ontology.
        VersionConflictError: A label was changed since; all such conflicts are told.
        OperationIdReusedError: An operation id has landed with another content.
    """
    require_save(actor, label_set.clip.project, label_set.source)
    locked = _locked.first(label_set_id=label_set.pk)
    if locked is None:
        msg = "The label set was removed."
        raise NotFoundError(msg)
    require_allowed(actor, label_set, proof)
    landed = _landed(locked, batch)
    new = [op for op in batch.operations if op.operation_id not in landed]
    versions = {operation_id: event.version for operation_id, event in landed.items()}
    revision = max((event.revision for event in landed.values()), default=0)
    if new:
        _check_labels(label_set, new)
        versions |= _checked_versions(locked, new)
        revision = locked.revision + 1
        _write(locked, batch.batch_id, new, versions, actor=actor)
    results = tuple(
        OperationResult(op.operation_id, op.label_id, versions[op.operation_id])
        for op in batch.operations
    )
    return BatchResult(revision, results)


def _landed(label_set: LabelSet, batch: Batch) -> dict[UUID, LabelEvent]:
    """Return the events of those operations of a batch that have landed already."""
    sent = {op.operation_id: op for op in batch.operations}
    events = _events_of.all(label_set_id=label_set.pk, operation_ids=list(sent))
    landed = {event.operation_id: event for event in events}
    for operation_id, event in landed.items():
        op = sent[operation_id]
        same_place = event.label_id == op.label_id and event.version == op.base_version + 1
        if not same_place or event.kind != op.kind or event.body != op.label:
            msg = (
                f"Operation {operation_id} was saved already with another content: a new operation"
                " needs a new id."
            )
            raise OperationIdReusedError(
                msg, details={"operation_id": str(operation_id), "label_id": op.label_id}
            )
    return landed


def _check_labels(label_set: LabelSet, operations: Sequence[Operation]) -> None:
    checker = LabelChecker.for_label_set(label_set)
    for op in operations:
        if op.label is None:
            continue
        try:
            checker.check(op.label, label_id=op.label_id)
        except FieldError as error:
            raise InvalidLabelError(str(op.operation_id), op.label_id, error) from error


def _checked_versions(label_set: LabelSet, operations: Sequence[Operation]) -> dict[UUID, int]:
    """Return the version that each operation makes, or raise with all conflicts."""
    ids = sorted({op.label_id for op in operations})
    labels = _labels_of.all(label_set_id=label_set.pk, label_ids=ids)
    current = {label.label_id: label for label in labels}
    newest = {label_id: label.version for label_id, label in current.items()}
    versions: dict[UUID, int] = {}
    conflicts: list[Operation] = []
    for op in operations:
        if op.base_version != newest.get(op.label_id, 0):
            conflicts.append(op)
            continue
        newest[op.label_id] = versions[op.operation_id] = op.base_version + 1
    if conflicts:
        raise VersionConflictError(_described(label_set, conflicts, current))
    return versions


def _described(
    label_set: LabelSet, conflicts: Sequence[Operation], current: Mapping[str, Label]
) -> list[dict[str, Any]]:
    """Return conflicts as the API gives them, with both versions and whose theirs is."""
    events = LabelEvent.objects.filter(
        label_set=label_set, label_id__in={op.label_id for op in conflicts}
    ).annotate(author_name=SHOWN_NAME)
    authors = {
        (label_id, version): author
        for label_id, version, author in events.values_list("label_id", "version", "author_name")
    }
    described = []
    for op in conflicts:
        theirs = current.get(op.label_id)
        their_version = 0 if theirs is None else theirs.version
        described.append(
            {
                "operation_id": op.operation_id,
                "label_id": op.label_id,
                "base_version": op.base_version,
                "yours": op.label,
                "theirs": None if theirs is None else theirs.body,
                "their_version": their_version,
                "their_author": authors.get((op.label_id, their_version)),
            }
        )
    return described


def _write(
    label_set: LabelSet,
    batch_id: UUID,
    operations: Sequence[Operation],
    versions: Mapping[UUID, int],
    *,
    actor: User,
) -> None:
    # Within a batch the last operation on a label says how it is.
    last = {op.label_id: position for position, op in enumerate(operations)}
    values: dict[str, Any] = {
        "label_set": label_set.pk,
        "revision": label_set.revision + 1,
        "batch": batch_id,
        "author": actor.pk,
        "operations": [op.operation_id for op in operations],
        "kinds": [op.kind for op in operations],
        "labels": [op.label_id for op in operations],
        "versions": [versions[op.operation_id] for op in operations],
        "bodies": [None if op.label is None else to_json(op.label).decode() for op in operations],
        "are_last": [last[op.label_id] == position for position, op in enumerate(operations)],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
