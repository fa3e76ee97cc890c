"""What review changed: first submission against acceptance, scored."""

from collections import Counter
from typing import Any

from labelapp.clips.manifest import manifest_read
from labelapp.labels.selectors import VersionedLabel, labels_parsed_at
from labelapp.review.models import Correction
from labelapp.review.selectors import submitted_first
from labelapp.work.models import Task
from projection.io import read_label
from quality import compare


def correction_score(task: Task) -> Correction | None:
    """Compare what was first submitted with what was accepted, and keep the answer.

    Done again it finds the same and changes nothing. Returns None for a task that is not accepted,
    or was accepted without having been submitted.
    """
    submitted, accepted = submitted_first(task), task.accepted_revision
    if submitted is None or accepted is None:
        return None
    before = labels_parsed_at(task.label_set, submitted)
    after = labels_parsed_at(task.label_set, accepted)
    ticks = [t for t in manifest_read(task.clip.storage_prefix).ticks_ns if _is_in(task, t)]
    found = compare(
        [read_label(one.label) for one in after],
        [read_label(one.label) for one in before],
        ticks,
    )
    correction, _ = Correction.objects.get_or_create(
        task=task,
        accepted_revision=accepted,
        defaults={
            "labeller": task.labeller,
            "submitted_revision": submitted,
            "score": min(1.0, max(0.0, found.score)),
            "kinds": kinds_of(before, after),
            "comparison": found.to_dict(),
        },
    )
    return correction


def _is_in(task: Task, time_ns: int) -> bool:
    return task.from_ns is None or task.to_ns is None or task.from_ns <= time_ns < task.to_ns


#: What makes a correction one of attributes, or of class, alone.
_ATTRIBUTES = "attributes"
_CLASS = "class"


def kinds_of(before: list[VersionedLabel], after: list[VersionedLabel]) -> dict[str, int]:
    """Return how many labels were added, removed, moved, or got another class or attributes.

    A label counts once a kind; ``moved`` is everything about its geometry and its life.
    """
    old = {one.label_id: one.label for one in before}
    new = {one.label_id: one.label for one in after}
    counts = Counter(
        added=len(new.keys() - old.keys()),
        removed=len(old.keys() - new.keys()),
        moved=0,
        attributes=0,
        same=0,
    )
    counts[_CLASS] = 0
    for label_id in old.keys() & new.keys():
        kinds = _kinds_of_label(old[label_id], new[label_id])
        counts.update(kinds or ["same"])
    return dict(counts)


def _kinds_of_label(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    kinds = []
    if old.get(_CLASS) != new.get(_CLASS):
        kinds.append(_CLASS)
    if _attributes(old) != _attributes(new):
        kinds.append(_ATTRIBUTES)
    if _shape(old) != _shape(new):
        kinds.append("moved")
    return kinds


def _attributes(label: dict[str, Any]) -> Any:
    timed = [
        (key["time_ns"], key["attributes"])
        for key in label.get("keyframes", [])
        if key.get("attributes")
    ]
    return label.get("attributes") or {}, timed


def _shape(label: dict[str, Any]) -> Any:
    rest = {k: v for k, v in label.items() if k not in {_CLASS, _ATTRIBUTES, "keyframes", "id"}}
    keyframes = [
        {k: v for k, v in key.items() if k != _ATTRIBUTES} for key in label.get("keyframes", [])
    ]
    return rest, keyframes
