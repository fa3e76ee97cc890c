"""What a comparison says, as sentences that people learn from; the worst first."""

from collections.abc import Iterator
from typing import Any

from quality.comparing import Comparison, Placed
from quality.objects import ObjectRow

#: As the API's description names them.
KIND_CHOICES = [
    (kind, kind)
    for kind in (
        *("missed", "invented", "class", "front", "position", "heading", "size", "life"),
        "attributes",
    )
]
#: A box off by less than this is nothing to talk about.
_CENTRE_M = 0.2
_SIZE_M = 0.2
_HEADING_RAD = 0.1
#: A thing that is right to this share needs no sentence.
_FINE = 0.95


def findings(comparison: Comparison) -> list[dict[str, Any]]:
    """Return what is wrong with the candidate, one entry a fault.

    Each has ``kind`` (missed, invented, class, front, position, heading, size, life, attributes),
    ``reference_id`` and ``candidate_id`` (one may be None) and ``text``.
    """
    found = list(_of_objects(comparison))
    for part, what in (
        (comparison.polylines, "line"),
        (comparison.polygons, "surface"),
        (comparison.keypoints, "keypoints"),
        (comparison.points, "points"),
    ):
        if part is not None:
            found.extend(_of_placed(part, what))
    return found


def _of_objects(comparison: Comparison) -> Iterator[dict[str, Any]]:
    rows = () if comparison.objects is None else comparison.objects.rows
    for row in rows:
        if row.candidate_id is None:
            if row.reference_ticks:
                yield _finding(row, "missed", f"A {row.reference_class} is missing.")
        elif row.reference_id is None:
            if row.candidate_ticks:
                yield _finding(row, "invented", f"There is no such {row.candidate_class}.")
        elif row.score < _FINE:
            yield from _of_match(row)


def _of_match(row: ObjectRow) -> Iterator[dict[str, Any]]:
    if row.candidate_class != row.reference_class:
        yield _finding(
            row, "class", f"This is a {row.reference_class}, not a {row.candidate_class}."
        )
    if row.flipped_ticks:
        yield _finding(row, "front", "Its front is at the other end.")
    if row.centre_m is not None and row.centre_m > _CENTRE_M:
        yield _finding(row, "position", f"Its centre is off by {row.centre_m:.2f} m on average.")
    if row.heading_rad is not None and row.heading_rad > _HEADING_RAD:
        degrees = row.heading_rad * 57.29577951308232
        yield _finding(row, "heading", f"It is turned by {degrees:.0f}° too far.")
    if row.size_m is not None:
        for name, off_m in zip(("long", "wide", "high"), row.size_m, strict=True):
            if abs(off_m) > _SIZE_M:
                side = "too" if off_m > 0 else "not"
                end = "" if off_m > 0 else " enough"
                yield _finding(row, "size", f"It is {abs(off_m):.2f} m {side} {name}{end}.")
    lacking = row.reference_ticks - row.matched_ticks
    if lacking > 0.05 * row.reference_ticks:
        text = f"It fits at {row.matched_ticks} of {row.reference_ticks} moments only."
        yield _finding(row, "life", text)
    if row.attributes:
        yield _finding(row, "attributes", f"To be looked at again: {', '.join(row.attributes)}.")


def _finding(row: ObjectRow, kind: str, text: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "reference_id": row.reference_id,
        "candidate_id": row.candidate_id,
        "text": text,
    }


def _of_placed(part: Placed, what: str) -> Iterator[dict[str, Any]]:
    for label_id in part.missed:
        yield {
            "kind": "missed",
            "reference_id": label_id,
            "candidate_id": None,
            "text": f"This {what} is missing.",
        }
    for label_id in part.invented:
        yield {
            "kind": "invented",
            "reference_id": None,
            "candidate_id": label_id,
            "text": f"There is no such {what}.",
        }
    if part.wrong_class:
        yield {
            "kind": "class",
            "reference_id": None,
            "candidate_id": None,
            "text": f"{part.wrong_class} of the class {what} have another class.",
        }
