"""Which label sets a query finds, at which revision, and what is in them."""

import hashlib
import math
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import orjson
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from labelapp.clips.calibration import calibration_hash_of
from labelapp.clips.models import Clip
from labelapp.datasets.models import HoldOut
from labelapp.datasets.versions.query import DatasetQuery, Span, Value
from labelapp.datasets.versions.splits import SplitClip
from labelapp.labels.models import Label, LabelSet
from labelapp.ontology.models import OntologyVersion
from labelapp.ontology.selectors import ontology_current
from labelapp.projects.models import Project
from labelapp.review.models import Correction
from labelapp.work.models import Task
from labelapp.work.stages import Stage

#: Label sets whose labels are read by one statement.
_AT_ONCE = 500
_EARTH_RADIUS_M = 6_371_008.8
_LABELS = """
SELECT DISTINCT ON (event.label_set_id, event.label_id)
       event.label_set_id, event.label_id, event.version, event.body::text
  FROM labels_labelevent event
  JOIN unnest(%s::uuid[], %s::bigint[]) AS wanted(label_set_id, revision)
    ON wanted.label_set_id = event.label_set_id AND event.revision <= wanted.revision
 ORDER BY event.label_set_id, event.label_id, event.version DESC
"""


@dataclass(slots=True)
class Found:
    """A label set that a query finds, and what is in it at its revision."""

    clip: Clip
    label_set: LabelSet
    revision: int
    ontology: OntologyVersion | None
    labels_hash: str = ""
    class_counts: Counter[str] = field(default_factory=Counter)
    #: Whether one of its labels has one of the values that the query names, by attribute.
    has_attributes: set[str] = field(default_factory=set)

    @property
    def calibration_hash(self) -> str:
        """Of all cameras of the clip."""
        return calibration_hash_of(self.clip)


def label_sets_found(query: DatasetQuery, projects: Sequence[Project]) -> list[Found]:
    """Return what a query finds, by the clips' names, ids, and layers."""
    found = list(_chosen(query, projects))
    _read_labels(found, query)
    return [one for one in found if one.clip.pk in _clips_that_have(query, found)]


def first_clip_with_labels(query: DatasetQuery, projects: Sequence[Project]) -> Clip | None:
    """Return the first clip that a query finds and that has labels in what is found of it."""
    # Most of a fresh project's label sets are empty: these needn't be read to know.
    there = Label.objects.filter(label_set=OuterRef("pk"), body__isnull=False)
    found = list(_chosen(query, projects, Exists(there)))
    for _, of_clip in groupby(found, key=lambda one: one.clip.pk):
        some = list(of_clip)
        _read_labels(some, query)
        if any(one.class_counts for one in some) and _clips_that_have(query, some):
            return some[0].clip
    return None


def split_clips(found: Sequence[Found], trip_attribute: str) -> dict[uuid.UUID, SplitClip]:
    """Return what splitting must know of each clip, by its id."""
    classes: dict[uuid.UUID, Counter[str]] = {}
    for one in found:
        classes.setdefault(one.clip.pk, Counter()).update(one.class_counts)
    clips = {one.clip.pk: one.clip for one in found}
    return {
        clip_id: SplitClip(
            clip.content_hash, *_origin(clip), _trip(clip, trip_attribute), classes[clip_id]
        )
        for clip_id, clip in clips.items()
    }


def clips_held_out(projects: Iterable[Project], clips: Iterable[Clip]) -> set[str]:
    """Return the content hashes of the clips that are held out in any of the projects."""
    rules = list(HoldOut.objects.filter(project__in=list(projects)))
    return {clip.content_hash for clip in clips if any(_is_held_out(clip, rule) for rule in rules)}


def _is_held_out(clip: Clip, rule: HoldOut) -> bool:
    what = rule.what
    if rule.kind == HoldOut.Kind.CLIP:
        return bool(str(clip.pk) == what["clip_id"])
    if rule.kind == HoldOut.Kind.TRIP:
        name = what["attribute"]
        return name in clip.attributes and _same(clip.attributes[name], what["value"])
    latitude_deg, longitude_deg = _origin(clip)
    if latitude_deg is None or longitude_deg is None:
        return False
    centre = what["latitude_deg"], what["longitude_deg"]
    return _distance_m(latitude_deg, longitude_deg, *centre) <= float(what["radius_m"])


def _distance_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the way between two points on a sphere (haversine)."""
    a, b = math.radians(lat_a), math.radians(lat_b)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def _chosen(
    query: DatasetQuery, projects: Sequence[Project], only: Exists | None = None
) -> Iterator[Found]:
    ontologies = {project.pk: ontology_current(project) for project in projects}
    order = {source: place for place, source in enumerate(query.sources)}
    best: dict[tuple[uuid.UUID, str], LabelSet] = {}
    candidates = _candidates(query, projects)
    for label_set in candidates if only is None else candidates.filter(only):
        if not _clip_is_right(label_set.clip, query):
            continue
        key = label_set.clip_id, label_set.layer
        known = best.get(key)
        if known is None or order[label_set.source] < order[known.source]:
            best[key] = label_set
    for label_set in best.values():
        revision = label_set.revision
        if getattr(label_set, "stage", None) == Stage.ACCEPTED.value and query.stages:
            # What was accepted, whatever was done to it since.
            revision = getattr(label_set, "accepted_revision", None) or revision
        clip = label_set.clip
        yield Found(clip, label_set, revision, ontologies[clip.project_id])


def _candidates(query: DatasetQuery, projects: Sequence[Project]) -> QuerySet[LabelSet]:
    found = LabelSet.objects.filter(
        clip__project__in=projects, layer__in=query.layers, source__in=query.sources, name=""
    )
    if query.clips is not None:
        found = found.filter(clip__in=query.clips)
    if query.recorded_from_ns is not None:
        found = found.filter(clip__start_ns__gte=query.recorded_from_ns)
    if query.recorded_to_ns is not None:
        found = found.filter(clip__start_ns__lt=query.recorded_to_ns)
    if query.stages is not None:
        last = Task.objects.filter(label_set=OuterRef("pk")).order_by("-created_at", "-id")
        found = found.annotate(
            stage=Subquery(last.values("stage")[:1]),
            accepted_revision=Subquery(last.values("accepted_revision")[:1]),
        ).filter(Q(stage__in=query.stages))
    if query.min_score is not None:
        # What review found last; work that was never reviewed has no score and is not taken.
        reviewed = Correction.objects.filter(task__label_set=OuterRef("pk"))
        found = found.annotate(
            score=Subquery(reviewed.order_by("-created_at", "-id").values("score")[:1])
        ).filter(score__gte=query.min_score)
    return found.select_related("clip").order_by(
        F("clip__name").asc(), F("clip_id").asc(), F("layer").asc()
    )


def _clip_is_right(clip: Clip, query: DatasetQuery) -> bool:
    if query.place is not None:
        latitude_deg, longitude_deg = _origin(clip)
        if latitude_deg is None or longitude_deg is None:
            return False
        if not query.place.holds(latitude_deg, longitude_deg):
            return False
    for name, rule in query.clip_attributes:
        if name not in clip.attributes:
            return False
        value = clip.attributes[name]
        if not (rule.holds(value) if isinstance(rule, Span) else _is_one_of(value, rule)):
            return False
    return True


def _is_one_of(value: object, values: Iterable[Value]) -> bool:
    return any(_same(value, one) for one in values)


def _same(value: object, other: object) -> bool:
    """Return whether two JSON values are equal; true is not 1."""
    return isinstance(value, bool) == isinstance(other, bool) and value == other


def _origin(clip: Clip) -> tuple[float | None, float | None]:
    if not clip.origin:
        return None, None
    return float(clip.origin["latitude_deg"]), float(clip.origin["longitude_deg"])


def _trip(clip: Clip, attribute: str) -> str | None:
    value = clip.attributes.get(attribute)
    return None if value is None else orjson.dumps(value).decode()


def _read_labels(found: Sequence[Found], query: DatasetQuery) -> None:
    """Count and hash the labels of every label set, as they were at its revision."""
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        by_id = {one.label_set.pk: one for one in some}
        digests = {one.label_set.pk: hashlib.sha256() for one in some}
        revisions = [one.revision for one in some]
        with connection.cursor() as cursor:
            cursor.execute(_LABELS, [list(by_id), revisions])
            for label_set_id, label_id, version, text in cursor:
                if text is None:
                    continue  # deleted by then
                line = f"{label_id}\0{version}\0{text}\n"
                digests[label_set_id].update(line.encode())
                _count(by_id[label_set_id], orjson.loads(text), query)
        for label_set_id, digest in digests.items():
            by_id[label_set_id].labels_hash = digest.hexdigest()


def _count(one: Found, body: dict[str, Any], query: DatasetQuery) -> None:
    one.class_counts[body["class"]] += 1
    for name, values in query.attributes:
        said = [body.get("attributes", {})]
        said += [frame.get("attributes", {}) for frame in body.get("keyframes", [])]
        if any(name in where and _is_one_of(where[name], values) for where in said):
            one.has_attributes.add(name)


def _clips_that_have(query: DatasetQuery, found: Sequence[Found]) -> set[uuid.UUID]:
    """Return the clips with labels of the classes and attributes that the query asks for."""
    classes: dict[uuid.UUID, set[str]] = {}
    attributes: dict[uuid.UUID, set[str]] = {}
    for one in found:
        classes.setdefault(one.clip.pk, set()).update(one.class_counts)
        attributes.setdefault(one.clip.pk, set()).update(one.has_attributes)
    wanted = {name for name, _ in query.attributes}
    return {
        clip_id
        for clip_id, there in classes.items()
        if (query.classes is None or not there.isdisjoint(query.classes))
        and wanted <= attributes[clip_id]
    }
