"""Importing a whole label set in one go."""

import hashlib
import re
import uuid
from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection, transaction

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.common.checking import FieldError, shown
from labelapp.common.errors import InvalidError
from labelapp.labels.checks import LabelChecker
from labelapp.labels.errors import InvalidLabelError, LabelSetExistsError
from labelapp.labels.models import LabelEvent, LabelSet, Source
from labelapp.labels.policies import require_save

_ROWS_PER_STATEMENT = 1000
_LAYER = re.compile(r"[a-z][a-z0-9_]{0,63}")


@transaction.atomic
def label_set_import(
    *,
    actor: User | None,
    clip: Clip,
    layer: str,
    source: str,
    labels: Sequence[dict[str, Any]],
    name: str = "",
) -> LabelSet:
    """Return a new label set with these labels at revision 1, or the one that has them already.

    The same content of the same layer and source is imported once, however often it comes. Another
    content becomes a label set of its own, named by its hash, unless the unnamed one is still free.

    Args:
        actor: Who imports; None for a command. What they may do is checked by the caller.
        clip: What the labels are about.
        layer: Of the ontology, or any name.
        source: One of ``Source``.
        labels: In the format ``labelapp-labels/1``.
        name: Of the label set, as that of a model; empty: chosen as above.

    Raises:
        LabelSetExistsError: There is one of this name with another content.
        InvalidLabelError: A label cannot stand in such a label set.
    """
    content_hash = _content_hash(layer, source, labels)
    # The clip's row is locked, so that the same import twice at once makes one label set.
    Clip.objects.select_for_update().get(pk=clip.pk)
    others = LabelSet.objects.filter(clip=clip, layer=layer, source=source)
    if name:
        others = others.filter(name=name)
    known = others.filter(import_hash=content_hash).first()
    if known is not None:
        return known
    if name and others.exists():
        msg = (
            f"name: clip '{clip.name}' has a label set '{name}' of {source} in layer {layer}"
            " already, with other labels: give this one another name."
        )
        raise LabelSetExistsError(msg, details={"fields": {"name": [msg]}})
    label_set = LabelSet(
        clip=clip,
        layer=layer,
        source=source,
        name=name or (content_hash[:12] if others.filter(name="").exists() else ""),
        import_hash=content_hash,
        created_by=actor,
    )
    _check(label_set, labels)
    if labels:
        label_set.revision = 1
    label_set.save(force_insert=True)
    _write(label_set, labels, actor=actor)
    return label_set


def label_set_receive(
    *,
    actor: User,
    clip: Clip,
    layer: str,
    source: str,
    labels: Sequence[Any],
    name: str = "",
) -> tuple[LabelSet, bool]:
    """Import a whole label set for somebody; returns it, and whether it is new.

    Raises:
        ForbiddenError: Their role may not save label sets of machines.
        InvalidError: People's work, which comes by operations, or labels that are no objects.
        InvalidLabelError: A label breaks the format.
        LabelSetExistsError: There is one of this name with another content.
    """
    require_save(actor, clip.project, source)
    if source == Source.HUMAN:
        msg = "source: people's labels are saved by operations; labels come along for all others."
        raise InvalidError(msg, details={"fields": {"source": [msg]}})
    for index, label in enumerate(labels):
        if not isinstance(label, dict):
            msg = f"labels[{index}]: expected a label, an object, found {shown(label)}."
            raise InvalidError(msg, details={"fields": {"labels": [msg]}})
    before = set(LabelSet.objects.filter(clip=clip).values_list("pk", flat=True))
    label_set = label_set_import(
        actor=actor, clip=clip, layer=layer, source=source, labels=labels, name=name
    )
    return label_set, label_set.pk not in before


def _content_hash(layer: str, source: str, labels: Sequence[dict[str, Any]]) -> str:
    """Return the SHA-256 of the content; the order of labels and of fields says nothing."""
    by_id = sorted(labels, key=lambda label: str(label.get("id")))
    content = orjson.dumps([layer, source, by_id], option=orjson.OPT_SORT_KEYS)
    if b"-0.0" in content:
        # PostgreSQL keeps no sign of zeros: what comes back from there is the same content.
        content = orjson.dumps([layer, source, _unsigned(by_id)], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()


def _unsigned(value: Any) -> Any:
    """Return JSON whose zeros have no sign."""
    if isinstance(value, dict):
        return {key: _unsigned(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_unsigned(part) for part in value]
    return 0.0 if isinstance(value, float) and value == 0.0 else value


def _check(label_set: LabelSet, labels: Sequence[dict[str, Any]]) -> None:
    if label_set.source not in Source.values:
        msg = f"source: expected one of {', '.join(Source.values)}, found '{label_set.source}'."
        raise InvalidError(msg)
    if not _LAYER.fullmatch(label_set.layer):
        msg = (
            "layer: expected a name of up to 64 lower-case letters, digits and _, which starts"
            f" with a letter, found {shown(label_set.layer)}."
        )
        raise InvalidError(msg)
    checker = LabelChecker.for_label_set(label_set)
    seen: set[str] = set()
    for label in labels:
        label_id = str(label.get("id"))
        if label_id in seen:
            twice = FieldError("id", "every id once in a label set", label_id)
            raise InvalidLabelError(None, label_id, twice)
        try:
            checker.check(label, label_id=label_id)
        except FieldError as error:
            raise InvalidLabelError(None, label_id, error) from error
        seen.add(label_id)


def _write(label_set: LabelSet, labels: Sequence[dict[str, Any]], *, actor: User | None) -> None:
    batch_id = uuid.uuid5(label_set.pk, label_set.import_hash)
    LabelEvent.objects.bulk_create(
        (
            LabelEvent(
                label_set=label_set,
                revision=1,
                position=position,
                batch_id=batch_id,
                operation_id=uuid.uuid5(batch_id, label["id"]),
                kind=LabelEvent.Kind.PUT,
                label_id=label["id"],
                version=1,
                body=label,
                author=actor,
            )
            for position, label in enumerate(labels)
        ),
        batch_size=_ROWS_PER_STATEMENT,
    )
    # The labels as they are now are the events as they are: the bodies need not travel twice.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO labels_label (label_set_id, label_id, version, body)"
            " SELECT label_set_id, label_id, version, body FROM labels_labelevent"
            " WHERE label_set_id = %s ORDER BY position",
            [label_set.pk],
        )
