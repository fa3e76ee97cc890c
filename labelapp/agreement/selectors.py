"""How far people agree, by class, attribute and person; groups; and the versions to decide on."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet, Sum

from labelapp.accounts.models import User
from labelapp.agreement.models import (
    AgreementGroup,
    AttributeAgreement,
    ClassAgreement,
    Pair,
    Seat,
)
from labelapp.common.errors import ForbiddenError
from labelapp.labels.selectors import labels_at
from labelapp.projects.models import Project, Role
from labelapp.projects.selectors import role_in
from labelapp.work.models import Task
from labelapp.work.stages import Stage, State

_SUMS = (
    *("things", "found_by_both", "same_class", "moments", "common_moments"),
    *("box_moments", "iou", "centre_m", "heading_rad"),
)


def agreement_report(project: Project) -> dict[str, Any]:
    """Return how far people agree in a project, over all compared groups, in six queries.

    Shares are None where nothing could be compared. ``found``: of the things that one of a pair
    has, those that both have; ``class_share``: of these, those called the same; ``common``: of the
    moments of both, those that match; ``iou``, ``centre_m``, ``heading_rad``: means over the
    moments at which boxes match.
    """
    groups = AgreementGroup.objects.filter(project=project)
    counts = groups.aggregate(groups=Count("id"), compared=Count("compared_at"), score=Avg("score"))
    decided = groups.filter(adjudication__stage=Stage.ACCEPTED.value).count()
    return {
        "groups": counts["groups"],
        "compared": counts["compared"],
        "decided": decided,
        "score": counts["score"],
        "classes": _classes(project),
        "attributes": _attributes(project),
        "people": _people(project),
    }


def _classes(project: Project) -> list[dict[str, Any]]:
    sums = {f"all_{name}": Sum(name) for name in _SUMS}
    # The type of a row doesn't know names that are made.
    rows: Iterable[Mapping[str, Any]] = (
        ClassAgreement.objects.filter(group__project=project)
        .values("class_name")
        .annotate(**sums)
        .order_by("class_name")
    )
    return [
        {
            "class_name": row["class_name"],
            "things": row["all_things"],
            "found": _share(row["all_found_by_both"], row["all_things"]),
            "class_share": _share(row["all_same_class"], row["all_found_by_both"]),
            "common": _share(row["all_common_moments"], row["all_moments"]),
            "iou": _share(row["all_iou"], row["all_box_moments"]),
            "centre_m": _share(row["all_centre_m"], row["all_box_moments"]),
            "heading_rad": _share(row["all_heading_rad"], row["all_box_moments"]),
        }
        for row in rows
    ]


def _attributes(project: Project) -> list[dict[str, Any]]:
    """Return attributes by name, each over all classes and by class."""
    rows = (
        AttributeAgreement.objects.filter(group__project=project)
        .values("name", "class_name")
        .annotate(all_compared=Sum("compared"), all_agree=Sum("agree"))
        .order_by("name", "class_name")
    )
    found = []
    for name, of_name in groupby(rows, key=itemgetter("name")):
        classes = list(of_name)
        found.append(
            {
                "name": name,
                **_attribute_sums(classes),
                "classes": [
                    {"class_name": row["class_name"], **_attribute_sums([row])} for row in classes
                ],
            }
        )
    return found


def _attribute_sums(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    compared = sum(row["all_compared"] for row in rows)
    return {
        "compared": compared,
        "share": _share(sum(row["all_agree"] for row in rows), compared),
    }


def _people(project: Project) -> list[dict[str, Any]]:
    """Everybody's mean score over the pairs that their versions are in, the lowest first."""
    pairs = Pair.objects.filter(group__project=project)
    sums: dict[Any, list[float]] = {}
    for side in ("first", "second"):
        rows = (
            pairs.values(user=F(f"{side}__task__labeller"))
            .annotate(pairs=Count("id"), total=Sum("score"))
            .order_by()
        )
        for row in rows:
            found = sums.setdefault(row["user"], [0.0, 0.0])
            found[0] += row["pairs"]
            found[1] += row["total"]
    people = User.objects.in_bulk([key for key in sums if key is not None])
    listed = [
        {"user": people[key], "pairs": int(count), "score": total / count}
        for key, (count, total) in sums.items()
        if key in people
    ]
    return sorted(listed, key=lambda row: (row["score"], row["user"].username))


def _share(part: float, of: float) -> float | None:
    return part / of if of else None


def groups_listed(project: Project) -> QuerySet[AgreementGroup]:
    """Return a project's groups, the newest first, with how many of their tasks are done."""
    return (
        AgreementGroup.objects.filter(project=project)
        .select_related("clip", "adjudication")
        .defer("clusters")
        .annotate(
            done_count=Count(
                "members",
                filter=Q(members__task__stage=Stage.ACCEPTED.value),
            ),
            open_count=Count("members", filter=~Q(members__task__state=State.CLOSED.value)),
        )
    )


def group_to_decide(user: User, task: Task) -> AgreementGroup | None:
    """Return the group that a task decides about, None where it decides about none.

    Raises:
        ForbiddenError: Labellers, and who labelled a version, don't see the others' versions.
    """
    group = AgreementGroup.objects.select_related("clip").filter(adjudication=task).first()
    if group is None:
        return None
    role = role_in(user, task.clip.project)
    is_own = Seat.objects.filter(group=group, user=user).exists()
    is_decided = task.stage == Stage.ACCEPTED
    if role in {None, Role.LABELLER} or (is_own and not is_decided):
        msg = "Who labelled a version doesn't see the others' before it is decided."
        raise ForbiddenError(msg)
    return group


def versions_of(group: AgreementGroup, *, with_names: bool) -> list[dict[str, Any]]:
    """Return the versions of a group with their labels as they were compared.

    Args:
        group: Which.
        with_names: Whether it is told who made them; decisions are about labels, not people.
    """
    members = group.members.select_related("task__label_set", "task__labeller").filter(
        task__stage=Stage.ACCEPTED.value
    )
    found = []
    for member in members.order_by("position"):
        task = member.task
        revision = task.accepted_revision or 0
        found.append(
            {
                "position": member.position,
                "person": task.labeller if with_names else None,
                "label_set_id": task.label_set_id,
                "revision": revision,
                "labels": [row["label"] for row in labels_at(task.label_set, revision)["labels"]],
            }
        )
    return found
