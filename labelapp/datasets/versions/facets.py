"""What a query of a project may ask for: the values that there are."""

from typing import Any

from django.db import connection
from django.db.models import Count

from labelapp.labels.models import LabelSet
from labelapp.projects.models import Project

#: Values of one attribute that are listed; of numbers, the least and the greatest always are.
_VALUES = 50
_ATTRIBUTES = """
SELECT key, jsonb_typeof(value), value #>> '{}', count(*)
  FROM clips_clip, jsonb_each(clips_clip.attributes)
 WHERE project_id = %s
 GROUP BY 1, 2, 3
 ORDER BY 1, 4 DESC, 3
"""
_EXTENT = """
SELECT count(*), min(start_ns), max(start_ns), count(origin),
       min((origin->>'latitude_deg')::float8), max((origin->>'latitude_deg')::float8),
       min((origin->>'longitude_deg')::float8), max((origin->>'longitude_deg')::float8)
  FROM clips_clip
 WHERE project_id = %s
"""


def facets_of(project: Project) -> dict[str, Any]:
    """Return clips' attributes, times and places, and label sets by layer and source."""
    with connection.cursor() as cursor:
        cursor.execute(_EXTENT, [project.pk])
        clips, first_ns, last_ns, placed, south, north, west, east = cursor.fetchone()
        cursor.execute(_ATTRIBUTES, [project.pk])
        attributes = _attributes(cursor.fetchall())
    label_sets = (
        LabelSet.objects.filter(clip__project=project, name="")
        .values("layer", "source")
        .annotate(count=Count("pk"))
        .order_by("layer", "source")
    )
    return {
        "clips": clips,
        "first_start_ns": None if first_ns is None else str(first_ns),
        "last_start_ns": None if last_ns is None else str(last_ns),
        "place": None
        if placed == 0
        else {"south": south, "west": west, "north": north, "east": east},
        "attributes": attributes,
        "label_sets": list(label_sets),
    }


def _attributes(rows: list[tuple[str, str, str | None, int]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, kind, text, count in rows:
        value = _value(kind, text)
        if value is None:
            continue
        one = found.setdefault(
            name, {"name": name, "min": None, "max": None, "values": [], "is_cut": False}
        )
        if isinstance(value, float):
            one["min"] = value if one["min"] is None else min(one["min"], value)
            one["max"] = value if one["max"] is None else max(one["max"], value)
        if len(one["values"]) < _VALUES:
            one["values"].append({"value": value, "clips": count})
        else:
            one["is_cut"] = True
    return list(found.values())


def _value(kind: str, text: str | None) -> str | float | bool | None:
    if text is None:
        return None
    if kind == "boolean":
        return text == "true"
    if kind == "number":
        return float(text)
    return text if kind == "string" else None
