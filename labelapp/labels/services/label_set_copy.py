"""Copying labels of one label set into another, as proposals that say where they come from."""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from labelapp.common.checking import FieldError
from labelapp.labels.checks import LabelChecker
from labelapp.labels.models import Label, LabelEvent, LabelSet
from labelapp.labels.origin import ORIGIN, SCORE, score_of
from labelapp.labels.selectors import labels_parsed_at
from labelapp.ontology.schema import Layer

_ROWS_PER_STATEMENT = 1000


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a copy.

    Attributes:
        revision: Of the target, from which on the labels are in it; its present one if none are.
        count: How many labels were copied.
        left_out: Why others were not, and how many: ``score``, ``ontology``, ``there``.
    """

    revision: int
    count: int
    left_out: dict[str, int]


@transaction.atomic
def label_set_copy(*, source: LabelSet, target: LabelSet, min_score: float = 0.0) -> Copied:
    """Copy the labels of a machine's label set, as they are now, into one of people's work.

    Labels keep their ids, lose what the ontology doesn't know of their attributes, and get an
    ``origin`` that isn't accepted. Left out are those of which the model was not as sure as asked
    for (or doesn't say), those of classes or geometries that the ontology hasn't, and those whose
    id is in the target already. The copy is one revision of the target, by nobody.

    Args:
        source: Where from.
        target: Where to; its row is locked.
        min_score: 0 to 1; 0 takes labels without a score, too.
    """
    locked = LabelSet.objects.select_for_update().select_related("clip__project").get(pk=target.pk)
    left_out: Counter[str] = Counter()
    checker = LabelChecker.for_label_set(locked)
    there = set(Label.objects.filter(label_set=locked).values_list("label_id", flat=True))
    bodies: list[dict[str, Any]] = []
    for found in labels_parsed_at(source, source.revision):
        score = score_of(found.label)
        if min_score > 0.0 and (score is None or score < min_score):
            left_out["score"] += 1
        elif found.label_id in there:
            left_out["there"] += 1
        else:
            body = _proposal(source, found.label, score, checker.layer)
            try:
                checker.check(body, label_id=found.label_id)
            except FieldError:
                left_out["ontology"] += 1
            else:
                bodies.append(body)
    if not bodies:
        return Copied(locked.revision, 0, dict(left_out))
    revision = locked.revision + 1
    _write(locked, revision, bodies)
    return Copied(revision, len(bodies), dict(left_out))


def _proposal(
    source: LabelSet, label: Mapping[str, Any], score: float | None, layer: Layer | None
) -> dict[str, Any]:
    body = {key: value for key, value in label.items() if key not in {SCORE, ORIGIN}}
    label_class = None if layer is None else layer.classes.get(str(label.get("class")))
    if label_class is not None:
        _drop_unknown(body, label_class.attributes)
    body[ORIGIN] = {
        "label_set": str(source.pk),
        "label_id": label["id"],
        "revision": source.revision,
        "source": source.source,
        "name": source.name,
        **({} if score is None else {SCORE: score}),
        "accepted": False,
    }
    return body


def _drop_unknown(body: dict[str, Any], known: Mapping[str, Any]) -> None:
    """Leave away attributes that the ontology's class hasn't, or not with such a value."""
    if isinstance(body.get("attributes"), dict):
        body["attributes"] = dict(_kept(body["attributes"], known))
    keyframes = body.get("keyframes")
    if not isinstance(keyframes, list):
        return
    timed = {name: attribute for name, attribute in known.items() if attribute.per_keyframe}
    body["keyframes"] = [
        {**keyframe, "attributes": dict(_kept(keyframe["attributes"], timed))}
        if isinstance(keyframe.get("attributes"), dict)
        else keyframe
        for keyframe in keyframes
    ]


def _kept(attributes: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in attributes.items():
        if name not in known:
            continue
        try:
            known[name].check(value, name)
        except FieldError:
            continue
        yield name, value


def _write(label_set: LabelSet, revision: int, bodies: list[dict[str, Any]]) -> None:
    batch_id = uuid.uuid4()
    LabelEvent.objects.bulk_create(
        (
            LabelEvent(
                label_set=label_set,
                revision=revision,
                position=position,
                batch_id=batch_id,
                operation_id=uuid.uuid5(batch_id, body["id"]),
                kind=LabelEvent.Kind.PUT,
                label_id=body["id"],
                version=1,
                body=body,
                author=None,
            )
            for position, body in enumerate(bodies)
        ),
        batch_size=_ROWS_PER_STATEMENT,
    )
    Label.objects.bulk_create(
        (Label(label_set=label_set, label_id=body["id"], version=1, body=body) for body in bodies),
        batch_size=_ROWS_PER_STATEMENT,
    )
    LabelSet.objects.filter(pk=label_set.pk).update(revision=revision)
