"""Freezing: what a query finds becomes a list that never changes."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from django.db import transaction

from labelapp.accounts.models import User
from labelapp.common.checking import FieldError
from labelapp.common.errors import InvalidError
from labelapp.datasets.errors import DatasetUnchangedError, NothingToExportError
from labelapp.datasets.models import Dataset, DatasetItem, DatasetVersion
from labelapp.datasets.versions.query import DatasetQuery
from labelapp.datasets.versions.selecting import (
    Found,
    clips_held_out,
    label_sets_found,
    split_clips,
)
from labelapp.datasets.versions.splits import SplitRule, salt_that_spreads, splits_of
from labelapp.labels.models import Source
from labelapp.projects.models import Project
from labelapp.projects.policies import require
from labelapp.projects.selectors import project_for
from labelapp.work.stages import Stage
from projection.spec import SpecError
from projection.target_spec import TargetSpecs

FORMAT = "labelapp-dataset/1"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants frozen, checked."""

    query: DatasetQuery
    split: SplitRule | None
    specs: TargetSpecs | None
    projects: tuple[Project, ...]

    @classmethod
    def of(
        cls, actor: User | None, project: Project, *, query: object, split: object, spec: object
    ) -> "Asked":
        """From the JSON forms of all three.

        Raises:
            InvalidError: with the field, what was expected and what was found.
            ForbiddenError: the actor may not export from one of the projects.
            NotFoundError: a project is none of the actor's.
        """
        try:
            parsed = DatasetQuery.from_dict(
                query, sources=tuple(Source.values), stages=tuple(stage.value for stage in Stage)
            )
            rule = None if split is None else SplitRule.from_dict(split)
        except FieldError as error:
            raise _invalid(error.field.split(".")[0].split("[")[0], str(error)) from error
        try:
            specs = None if spec is None else TargetSpecs.from_dict(spec, "spec")
        except SpecError as error:
            raise _invalid("spec", str(error)) from error
        return cls(parsed, rule, specs, _projects(actor, project, parsed))


def _projects(actor: User | None, project: Project, query: DatasetQuery) -> tuple[Project, ...]:
    if query.projects is None:
        found = [project]
    elif actor is None:
        found = list(Project.objects.filter(slug__in=query.projects))
        missing = sorted(set(query.projects) - {one.slug for one in found})
        if missing:
            raise _invalid("query", f"query.projects: there is no project '{missing[0]}'")
    else:
        found = [project_for(actor, slug) for slug in query.projects]
    if actor is not None:
        for one in found:
            require(actor, one, "export")
    return tuple(sorted(found, key=lambda one: one.slug))


def _invalid(field: str, sentence: str) -> InvalidError:
    msg = f"{sentence}."
    return InvalidError(msg, details={"fields": {field: [msg]}})


@dataclass(frozen=True, slots=True)
class Selection:
    """What a query finds now, in order, with groups and splits by clip."""

    found: list[Found]
    split: SplitRule | None
    placed: dict[uuid.UUID, tuple[str, str]]
    sums: dict[str, Any]


def selection_of(asked: Asked, *, last_split: SplitRule | None = None) -> Selection:
    """Return what would be frozen.

    Args:
        asked: what somebody wants.
        last_split: of the version before: as long as nothing else of it is changed, its salt stays.
    """
    found = label_sets_found(asked.query, asked.projects)
    clips = {one.clip.pk: one.clip for one in found}
    held = clips_held_out(asked.projects, clips.values())
    rule = asked.split
    if rule is None:
        kept = [one for one in found if one.clip.content_hash not in held]
        sums = _sums(kept, {}) | {"left_out": {"held_out": len(clips) - _clip_count(kept)}}
        return Selection(kept, None, {}, sums)
    splittable = split_clips(found, rule.trip_attribute)
    if rule.stratify is not None:
        if last_split is not None and replace(last_split, salt=rule.salt) == rule:
            rule = last_split
        else:
            salt = salt_that_spreads(list(splittable.values()), rule, held)
            rule = replace(rule, salt=salt)
    places = splits_of(list(splittable.values()), rule, held)
    placed = dict(zip(splittable, places, strict=True))
    sums = _sums(found, placed)
    sums["held_out"] = sum(clip.content_hash in held for clip in clips.values())
    if rule.by != "clip":
        # These have no place or trip: each is a group of its own.
        sums["alone"] = sum(group.startswith("clip ") for group, _ in places)
    return Selection(found, rule, placed, sums)


def _clip_count(found: Sequence[Found]) -> int:
    return len({one.clip.pk for one in found})


def _sums(found: Sequence[Found], placed: dict[uuid.UUID, tuple[str, str]]) -> dict[str, Any]:
    sums = _counts(found)
    names = sorted({split for _, split in placed.values()})
    sums["splits"] = {
        name: _counts([one for one in found if placed[one.clip.pk][1] == name]) for name in names
    }
    return sums


def _counts(found: Sequence[Found]) -> dict[str, Any]:
    classes: Counter[str] = Counter()
    layers: Counter[str] = Counter()
    clips = {}
    for one in found:
        classes.update(one.class_counts)
        layers[one.label_set.layer] += 1
        clips[one.clip.pk] = one.clip
    return {
        "clips": len(clips),
        "images": sum(clip.image_count for clip in clips.values()),
        "pictures": sum(clip.picture_count for clip in clips.values()),
        "duration_s": round(sum(clip.duration_s for clip in clips.values()), 3),
        "label_sets": dict(sorted(layers.items())),
        "labels": sum(classes.values()),
        "classes": dict(sorted(classes.items())),
    }


@transaction.atomic
def version_freeze(
    *, actor: User | None, dataset: Dataset, query: Any, split: Any, spec: Any, note: str = ""
) -> DatasetVersion:
    """Freeze what a query finds as the data set's next version.

    Args:
        actor: who asks; None for a command.
        dataset: of which data set.
        query: its JSON form.
        split: the split rule's JSON form, None: no splits.
        spec: target specs in their JSON form, None: all that is known of labels.
        note: why, for people.

    Raises:
        ForbiddenError: the actor's role may not.
        InvalidError: something asked for is wrong.
        NothingToExportError: the query finds nothing.
        DatasetUnchangedError: it would be the version before once more.
    """
    if actor is not None:
        require(actor, dataset.project, "export")
    asked = Asked.of(actor, dataset.project, query=query, split=split, spec=spec)
    # Whoever comes at the same time waits here, and gets the next number.
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    last = DatasetVersion.objects.filter(dataset=dataset).order_by("-number").first()
    last_split = SplitRule.from_dict(last.split) if last and last.split else None
    selection = selection_of(asked, last_split=last_split)
    if not selection.found:
        msg = "The query finds no label set: see its layers, sources and stages."
        raise NothingToExportError(msg, details={"fields": {"query": [msg]}})
    spec_json = None if asked.specs is None else asked.specs.to_dict()
    split_json = None if selection.split is None else selection.split.to_dict()
    items = _items(selection)
    content_hash = _content_hash(items, spec_json)
    if last is not None and last.content_hash == content_hash:
        msg = f"Nothing has changed since version {last.number} of '{dataset.name}'."
        raise DatasetUnchangedError(msg, details={"version": last.number})
    version = DatasetVersion.objects.create(
        dataset=dataset,
        number=1 if last is None else last.number + 1,
        query=query,
        spec=spec_json,
        split=split_json,
        content_hash=content_hash,
        sums=selection.sums,
        note=note,
        created_by=actor,
    )
    for item in items:
        item.version = version
    DatasetItem.objects.bulk_create(items, batch_size=1000)
    return version


def _items(selection: Selection) -> list[DatasetItem]:
    positions = {
        clip_id: place
        for place, clip_id in enumerate(dict.fromkeys(one.clip.pk for one in selection.found))
    }
    items = []
    for one in selection.found:
        group, split = selection.placed.get(one.clip.pk, ("", ""))
        items.append(
            DatasetItem(
                position=positions[one.clip.pk],
                clip=one.clip,
                label_set=one.label_set,
                revision=one.revision,
                ontology=one.ontology,
                calibration_hash=one.calibration_hash,
                labels_hash=one.labels_hash,
                class_counts=dict(sorted(one.class_counts.items())),
                group=group,
                split=split,
            )
        )
    return items


def _content_hash(items: Sequence[DatasetItem], spec: dict[str, Any] | None) -> str:
    """Return a SHA-256 (hexadecimal) of all that decides about a version's targets."""
    listed = [
        {
            "clip": item.clip.content_hash,
            "label_set": str(item.label_set_id),
            "layer": item.label_set.layer,
            "source": item.label_set.source,
            "revision": item.revision,
            "labels": item.labels_hash,
            "ontology": str(item.ontology_id),
            "calibration": item.calibration_hash,
            "split": item.split,
        }
        for item in items
    ]
    whole = {"format": FORMAT, "spec": spec, "items": listed}
    return hashlib.sha256(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)).hexdigest()
