"""How far people agree as rows of a table that people open elsewhere."""

from collections.abc import Iterator, Mapping
from typing import Any

#: Of what a row is: of a class, an attribute (over all classes, or of one), or a person.
COLUMNS = (
    *("of", "class", "attribute", "person", "things", "found", "class_share", "common"),
    *("iou", "centre_m", "heading_rad", "moments", "share", "pairs", "score"),
)
#: Things that the two call differently.
_DIFFERENTLY = "(called differently)"


def agreement_rows(report: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """Yield what ``selectors.agreement_report`` returns row by row, see ``COLUMNS``."""
    for row in _cells(report):
        yield tuple(row.get(column) for column in COLUMNS)


def _cells(report: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    for row in report["classes"]:
        yield {"of": "class", **row, "class": row["class_name"]}
    for row in report["attributes"]:
        about = {"of": "attribute", "attribute": row["name"]}
        yield {**about, "moments": row["compared"], "share": row["share"]}
        for one in row["classes"]:
            class_name = one["class_name"] or _DIFFERENTLY
            yield {
                **about,
                "class": class_name,
                "moments": one["compared"],
                "share": one["share"],
            }
    for row in report["people"]:
        yield {
            "of": "person",
            "person": row["user"].shown_name,
            "pairs": row["pairs"],
            "score": row["score"],
        }
