"""What models saved people, in numbers."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum

from labelapp.labels.models import MACHINES, Effort, LabelSet
from labelapp.prelabels.kinds import KINDS
from labelapp.prelabels.models import Cost, CostCount, Start
from labelapp.projects.models import Project

#: A model: layer, source, name; source "" is work from nothing.
Key = tuple[str, str, str]


def prelabel_report(project: Project) -> dict[str, Any]:
    """Return what tasks began with and what it cost, by model and class, in six queries.

    Returns:
        ``models``: by layer, source and name, with ``kinds`` over all classes, ``classes``,
        ``cost`` and ``saved``; ``from_nothing``: by layer, the cost without a model;
        ``available``: label sets of machines by layer, source and name, and of how many clips;
        ``waiting``: tasks that will start from one but haven't begun.

        A cost is ``tasks``, ``labels``, ``actions``, ``active_s``, and the last two per label (None
        without labels). ``saved`` is what as many labels cost from nothing in the same layer, less
        what they did cost; None where nothing of that layer was labelled from nothing.
    """
    costs = _costs(project)
    counts = _counts(project)
    nothing = {key[0]: cost for key, cost in costs.items() if not key[1]}
    models = []
    for key in sorted(key for key in costs if key[1]):
        layer, source, name = key
        classes = [
            {"class_name": class_name, "kinds": _kinds(found)}
            for class_name, found in sorted(counts.get(key, {}).items())
        ]
        models.append(
            {
                "layer": layer,
                "source": source,
                "name": name,
                "kinds": _kinds(_summed(counts.get(key, {}).values())),
                "classes": classes,
                "cost": costs[key],
                "saved": _saved(costs[key], nothing.get(layer)),
            }
        )
    return {
        "models": models,
        "from_nothing": [{"layer": layer, "cost": cost} for layer, cost in sorted(nothing.items())],
        "available": _available(project),
        "waiting": _waiting(project),
    }


def _costs(project: Project) -> dict[Key, dict[str, Any]]:
    rows = (
        Cost.objects.filter(project=project)
        .values("layer", "source", "name")
        .annotate(tasks=Count("id"), labels=Sum("label_count"))
    )
    effort = _effort(project)
    found = {}
    for row in rows:
        key = (row["layer"], row["source"], row["name"])
        actions, active_ms = effort.get(key, (0, 0))
        labels = row["labels"] or 0
        found[key] = {
            "tasks": row["tasks"],
            "labels": labels,
            "actions": actions,
            "active_s": active_ms / 1000,
            "actions_per_label": actions / labels if labels else None,
            "active_s_per_label": active_ms / 1000 / labels if labels else None,
        }
    return found


def _effort(project: Project) -> dict[Key, tuple[int, int]]:
    """What the labellers themselves spent, not reviewers; a label set counts once."""
    of_visit = Cost.objects.filter(
        project=project, label_set=OuterRef("label_set"), labeller=OuterRef("author")
    ).order_by("created_at")
    rows = (
        Effort.objects.filter(label_set__clip__project=project)
        .annotate(
            cost_layer=Subquery(of_visit.values("layer")[:1]),
            cost_source=Subquery(of_visit.values("source")[:1]),
            cost_name=Subquery(of_visit.values("name")[:1]),
        )
        .filter(cost_layer__isnull=False)
        .values("cost_layer", "cost_source", "cost_name")
        .annotate(all_actions=Sum("actions"), all_active_ms=Sum("active_ms"))
        .order_by()
    )
    return {
        (row["cost_layer"], row["cost_source"], row["cost_name"]): (
            row["all_actions"],
            row["all_active_ms"],
        )
        for row in rows
    }


def _counts(project: Project) -> dict[Key, dict[str, dict[str, int]]]:
    rows = (
        CostCount.objects.filter(cost__project=project)
        .exclude(cost__source="")
        .values("cost__layer", "cost__source", "cost__name", "class_name", "kind")
        .annotate(total=Sum("count"))
        .order_by()
    )
    found: dict[Key, dict[str, dict[str, int]]] = {}
    for row in rows:
        key = (row["cost__layer"], row["cost__source"], row["cost__name"])
        kinds = found.setdefault(key, {}).setdefault(row["class_name"], {})
        kinds[row["kind"]] = row["total"]
    return found


def _summed(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for kind, count in part.items():
            total[kind] = total.get(kind, 0) + count
    return total


def _kinds(counts: dict[str, int]) -> dict[str, int]:
    return {kind: counts.get(kind, 0) for kind in KINDS}


def _saved(cost: dict[str, Any], nothing: dict[str, Any] | None) -> dict[str, float] | None:
    if nothing is None or nothing["actions_per_label"] is None:
        return None
    labels = cost["labels"]
    return {
        "actions": nothing["actions_per_label"] * labels - cost["actions"],
        "active_s": nothing["active_s_per_label"] * labels - cost["active_s"],
    }


def _available(project: Project) -> list[dict[str, Any]]:
    rows = (
        LabelSet.objects.filter(clip__project=project, source__in=[key for key, _ in MACHINES])
        .values("layer", "source", "name")
        .annotate(clips=Count("clip", distinct=True))
        .order_by("layer", "source", "name")
    )
    return [dict(row) for row in rows[:500]]


def _waiting(project: Project) -> list[dict[str, Any]]:
    there = LabelSet.objects.filter(
        clip=OuterRef("task__clip"),
        layer=OuterRef("task__layer"),
        source=OuterRef("source"),
        name=OuterRef("name"),
    )
    rows = (
        Start.objects.filter(task__project=project, copied_at__isnull=True)
        .exclude(task__state="closed")
        .annotate(has_labels=Exists(there))
        .values("task__layer", "source", "name")
        .annotate(tasks=Count("id"), without=Count("id", filter=Q(has_labels=False)))
        .order_by("task__layer", "source", "name")
    )
    return [
        {
            "layer": row["task__layer"],
            "source": row["source"],
            "name": row["name"],
            "tasks": row["tasks"],
            "without_labels": row["without"],
        }
        for row in rows
    ]
