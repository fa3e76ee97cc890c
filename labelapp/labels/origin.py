"""Where a label comes from when a person didn't make it: the field ``origin``, and a model's score.

A label that was copied from another label set carries::

    "origin": {"label_set": uuid, "label_id": "...", "revision": 3, "source": "model",
               "name": "detector-3", "score": 0.87, "accepted": false}

Until somebody accepts or changes it, it is a *proposal*: shown as one, no part of exports, and
nothing that a task can be submitted with.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from labelapp.common.checking import (
    MISSING,
    FieldError,
    as_object,
    as_text,
    refuse_unknown,
)

ORIGIN = "origin"
SCORE = "score"
_FIELDS = ("label_set", "label_id", "revision", "source", "name", SCORE, "accepted")
_SOURCES = ("human", "model", "gold", "simulation", "import")
_LONGEST_NAME = 100
_LONGEST_ID = 200


def is_proposal(label: Mapping[str, Any]) -> bool:
    """Whether a label was copied from a machine's, and nobody accepted it yet."""
    origin = label.get(ORIGIN)
    return isinstance(origin, dict) and origin.get("accepted") is False


def score_of(label: Mapping[str, Any]) -> float | None:
    """How sure the model was of a label, 0 to 1; None: it doesn't say."""
    score = label.get(SCORE)
    return float(score) if isinstance(score, int | float) and not isinstance(score, bool) else None


def check_origin(label: Mapping[str, object]) -> None:
    """Raise ``FieldError`` with the field's path unless ``score`` and ``origin`` are right."""
    if SCORE in label:
        _check_score(label[SCORE], SCORE)
    if ORIGIN not in label:
        return
    fields = as_object(label[ORIGIN], ORIGIN)
    refuse_unknown(fields, ORIGIN, list(_FIELDS))
    _check_uuid(fields.get("label_set", MISSING))
    as_text(fields.get("label_id", MISSING), f"{ORIGIN}.label_id", at_most=_LONGEST_ID)
    revision = fields.get("revision", MISSING)
    if not isinstance(revision, int) or isinstance(revision, bool) or revision < 0:
        raise FieldError(f"{ORIGIN}.revision", "a whole number of 0 or more", revision)
    if (source := fields.get("source", MISSING)) not in _SOURCES:
        raise FieldError(f"{ORIGIN}.source", f"one of {', '.join(_SOURCES)}", source)
    name = fields.get("name", "")
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        raise FieldError(f"{ORIGIN}.name", f"a text of at most {_LONGEST_NAME} characters", name)
    if SCORE in fields:
        _check_score(fields[SCORE], f"{ORIGIN}.{SCORE}")
    if not isinstance(accepted := fields.get("accepted", MISSING), bool):
        raise FieldError(f"{ORIGIN}.accepted", "true or false", accepted)


def _check_score(value: object, field: str) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0.0 <= value <= 1.0:  # type: ignore[operator]  # a number by now
        raise FieldError(field, "a number of 0 to 1", value)


def _check_uuid(value: object) -> None:
    if isinstance(value, str):
        try:
            UUID(value)
        except ValueError:
            pass
        else:
            return
    raise FieldError(f"{ORIGIN}.label_set", "a UUID", value)
