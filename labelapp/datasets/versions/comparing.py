"""What is different between two versions: clips and labels added, removed, changed."""

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import connection

from labelapp.datasets.models import DatasetItem, DatasetVersion

#: Clips that are named, of each kind; the counts are of all.
_NAMED = 500
_LABELS = """
SELECT DISTINCT ON (event.label_set_id, event.label_id)
       event.label_set_id, event.label_id, event.version, event.body->>'class'
  FROM labels_labelevent event
  JOIN unnest(%s::uuid[], %s::bigint[]) AS wanted(label_set_id, revision)
    ON wanted.label_set_id = event.label_set_id AND event.revision <= wanted.revision
 ORDER BY event.label_set_id, event.label_id, event.version DESC
"""
_Labels = dict[tuple[uuid.UUID, str], tuple[int, str]]


def versions_compare(before: DatasetVersion, after: DatasetVersion) -> dict[str, Any]:
    """Return what came, went and changed, by clip and by class.

    Args:
        before: a version.
        after: another, of the same data set or not.
    """
    old, new = _items(before), _items(after)
    old_clips, new_clips = _clips(old.values()), _clips(new.values())
    changed = [
        key
        for key in old.keys() & new.keys()
        if (old[key].revision, old[key].labels_hash) != (new[key].revision, new[key].labels_hash)
    ]
    labels = _label_changes(old, new, changed)
    both = sorted(old_clips.keys() & new_clips.keys(), key=lambda pk: (old_clips[pk].name, pk))
    splits_old, splits_new = _splits(old.values()), _splits(new.values())
    moved = [pk for pk in both if splits_old[pk] != splits_new[pk]]
    changed_clips = Counter(old[key].clip_id for key in changed)
    gone = sorted(old_clips.keys() - new_clips.keys(), key=lambda pk: old_clips[pk].name)
    came = sorted(new_clips.keys() - old_clips.keys(), key=lambda pk: new_clips[pk].name)
    return {
        "is_same": before.content_hash == after.content_hash,
        "is_same_spec": before.spec == after.spec,
        "clips": {
            "added": len(came),
            "removed": len(gone),
            "changed": len(changed_clips),
            "unchanged": len(both) - len(changed_clips),
            "moved": len(moved),
        },
        "classes": {
            name: {kind: counts[name] for kind, counts in labels.items()}
            for name in sorted(set().union(*labels.values()))
        },
        "added": [_named(new_clips[pk]) for pk in came[:_NAMED]],
        "removed": [_named(old_clips[pk]) for pk in gone[:_NAMED]],
        "changed": [_named(new_clips[pk]) for pk in both if pk in changed_clips][:_NAMED],
        "moved": [
            {**_named(new_clips[pk]), "before": splits_old[pk], "after": splits_new[pk]}
            for pk in moved[:_NAMED]
        ],
    }


def _items(version: DatasetVersion) -> dict[uuid.UUID, DatasetItem]:
    found = version.items.select_related("clip")
    return {item.label_set_id: item for item in found}


def _clips(items: Iterable[DatasetItem]) -> dict[uuid.UUID, Any]:
    return {item.clip_id: item.clip for item in items}


def _splits(items: Iterable[DatasetItem]) -> dict[uuid.UUID, str]:
    return {item.clip_id: item.split for item in items}


def _named(clip: Any) -> dict[str, Any]:
    return {"clip_id": str(clip.pk), "name": clip.name}


def _label_changes(
    old: dict[uuid.UUID, DatasetItem], new: dict[uuid.UUID, DatasetItem], changed: list[uuid.UUID]
) -> dict[str, Counter[str]]:
    """Return how many labels of each class were added, removed and changed."""
    added: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    edited: Counter[str] = Counter()
    for key in new.keys() - old.keys():
        added.update(new[key].class_counts)
    for key in old.keys() - new.keys():
        removed.update(old[key].class_counts)
    were = _labels([old[key] for key in changed])
    are = _labels([new[key] for key in changed])
    for label, (version, name) in are.items():
        if label not in were:
            added[name] += 1
        elif were[label][0] != version:
            edited[name] += 1
    for label, (_, name) in were.items():
        if label not in are:
            removed[name] += 1
    return {"added": added, "removed": removed, "changed": edited}


def _labels(items: list[DatasetItem]) -> _Labels:
    """Return version and class of every label of label sets at their revisions."""
    ids = [item.label_set_id for item in items]
    with connection.cursor() as cursor:
        cursor.execute(_LABELS, [ids, [item.revision for item in items]])
        return {
            (label_set_id, label_id): (version, name)
            for label_set_id, label_id, version, name in cursor
            if name is not None
        }
