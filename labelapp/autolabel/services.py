"""Proposals for a clip: a box for a click, a track for a box. Nothing is saved."""

import math
import uuid
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autolabel import (
    Anchor,
    Box,
    BoxFit,
    Found,
    HeadingHint,
    ProposedTrack,
    Refusal,
    RoughBox,
    SweepPoints,
    confidence_of,
    fit_click,
    lane_heading,
    track_steps,
    useful_sweeps,
)
from labelapp.accounts.models import User
from labelapp.autolabel.errors import NoSweepsError, invalid_field
from labelapp.autolabel.policies import require_propose
from labelapp.autolabel.sweep_cache import sweep_read, trajectory_read
from labelapp.clips.manifest import Manifest, manifest_read
from labelapp.clips.models import Clip
from labelapp.labels.errors import NoOntologyError
from labelapp.ontology.schema import LabelClass
from labelapp.ontology.selectors import ontology_current, ontology_parsed
from projection.arrays import Float64Array, Int64Array

#: For classes without a usual size.
_ANY_SIZE_M = (1.0, 1.0, 1.0)
#: A lidar that sees something so near to the place is the one to ask.
_NEAR_M = 4.0
#: How wrong a drag along an object is, one standard deviation.
USUAL_HINT_RAD = math.radians(12.0)


@dataclass(frozen=True, slots=True)
class FitRequest:
    """Which class was clicked on, when and where."""

    layer: str
    class_name: str
    time_ns: int
    point_m: Float64Array
    hint: HeadingHint | None
    rough: RoughBox | None


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """Which box of which class is to be followed from when."""

    layer: str
    class_name: str
    time_ns: int
    box: Box
    is_sure: bool
    others: Sequence[Anchor]


class _Lidar:
    """The sweeps of one lidar of a clip: their times, and how to get at them."""

    def __init__(self, clip: Clip, manifest: Manifest, name: str) -> None:
        self._prefix = clip.storage_prefix
        self._manifest = manifest
        rows = [i for i, sweep in enumerate(manifest.sweeps) if sweep.lidar == name]
        rows.sort(key=lambda i: manifest.sweeps[i].time_ns)
        self._rows = rows
        times = [manifest.sweeps[i].time_ns for i in rows]
        self.times_ns: Int64Array = np.array(times, dtype=np.int64)

    def sweep(self, place: int) -> SweepPoints:
        """Return a sweep by its place in ``times_ns``."""
        return sweep_read(self._prefix, self._manifest, self._rows[place])

    def points_near(self, time_ns: int, place_m: Float64Array) -> int:
        """Return how many points of the sweep nearest in time lie around a place."""
        nearest = self.sweep(int(np.argmin(np.abs(self.times_ns - time_ns))))
        off = np.abs(nearest.points_m[:, :2] - place_m[:2].astype(np.float32))
        return int(np.count_nonzero((off < _NEAR_M).all(axis=1)))


def box_proposed(*, user: User, clip: Clip, asked: FitRequest) -> dict[str, Any]:
    """Return the box that fits a click, as the API gives it.

    Raises:
        ForbiddenError: The user may not save people's labels.
        InvalidError: The class or the time are not of this clip.
        NoSweepsError: The clip has no sweeps.
    """
    require_propose(user, clip.project)
    label_class = _class_of(clip, asked.layer, asked.class_name)
    manifest = manifest_read(clip.storage_prefix)
    _check_time(manifest, asked.time_ns)
    lidar = _lidar_for(clip, manifest, asked.time_ns, asked.point_m)
    places = useful_sweeps(lidar.times_ns, asked.time_ns)
    found = fit_click(
        [lidar.sweep(place) for place in places],
        asked.point_m,
        np.array(label_class.size_m or _ANY_SIZE_M),
        hint=asked.hint,
        rough=asked.rough,
        lane_heading=lane_heading(trajectory_read(clip.storage_prefix), asked.point_m),
        fallback_z_m=manifest.ground_z_m,
    )
    return _fit_as_json(found)


def track_lines(*, user: User, clip: Clip, asked: TrackRequest) -> Iterator[dict[str, Any]]:
    """Return what following a box gives, as the API gives it: sightings, and at last the track.

    What is wrong with the request is said at once, what is found comes as it is asked for.

    Raises:
        ForbiddenError: The user may not save people's labels.
        InvalidError: The class or a time are not of this clip.
        NoSweepsError: The clip has no sweeps.
    """
    require_propose(user, clip.project)
    label_class = _class_of(clip, asked.layer, asked.class_name)
    manifest = manifest_read(clip.storage_prefix)
    _check_time(manifest, asked.time_ns)
    for other in asked.others:
        _check_time(manifest, other.time_ns, "others")
    lidar = _lidar_for(clip, manifest, asked.time_ns, asked.box.position_m)
    usual = None if label_class.size_m is None else np.array(label_class.size_m)
    return _lines(lidar, asked, usual)


def _lines(
    lidar: _Lidar, asked: TrackRequest, usual_size_m: Float64Array | None
) -> Iterator[dict[str, Any]]:
    steps = track_steps(
        asked.box,
        asked.time_ns,
        lidar.times_ns,
        lidar.sweep,
        is_sure=asked.is_sure,
        others=asked.others,
        usual_size_m=usual_size_m,
    )
    track = yield from _sightings(steps, lidar, asked.box)
    yield {
        "track": {
            "label": track.label(str(uuid.uuid4()), asked.class_name),
            "confidence": [round(float(value), 3) for value in track.confidences],
            "seen_sweeps": track.seen,
            "begins_because": track.ends[0],
            "ends_because": track.ends[1],
        }
    }


def _sightings(
    steps: Generator[Found, None, ProposedTrack], lidar: _Lidar, box: Box
) -> Generator[dict[str, Any], None, ProposedTrack]:
    while True:
        try:
            found = next(steps)
        except StopIteration as end:
            track: ProposedTrack = end.value
            return track
        x, y, heading = (float(value) for value in found.pose)
        yield {
            "seen": {
                "time_ns": str(int(lidar.times_ns[found.index])),
                "position_m": [x, y, found.ground_m + 0.5 * float(box.size_m[2])],
                "quat_xyzw": [0.0, 0.0, math.sin(0.5 * heading), math.cos(0.5 * heading)],
                "confidence": round(confidence_of(found), 3),
            }
        }


def _class_of(clip: Clip, layer_name: str, class_name: str) -> LabelClass:
    version = ontology_current(clip.project)
    if version is None:
        msg = f"Project '{clip.project.slug}' has no ontology: no class has a size."
        raise NoOntologyError(msg)
    layers = ontology_parsed(version).layers
    layer = layers.get(layer_name)
    if layer is None:
        raise invalid_field("layer", f"one of {', '.join(layers)}", layer_name)
    boxes = [name for name, one in layer.classes.items() if "cuboid" in one.geometries]
    if class_name not in boxes:
        expected = f"a class of boxes of layer '{layer_name}' ({', '.join(boxes) or 'it has none'})"
        raise invalid_field("class", expected, class_name)
    return layer.classes[class_name]


def _check_time(manifest: Manifest, time_ns: int, field: str = "time_ns") -> None:
    if not manifest.start_ns <= time_ns <= manifest.end_ns:
        expected = f"a time of the clip, {manifest.start_ns} to {manifest.end_ns}"
        raise invalid_field(field, expected, str(time_ns))


def _lidar_for(clip: Clip, manifest: Manifest, time_ns: int, place_m: Float64Array) -> _Lidar:
    """Return the lidar that sees most around a place at a time."""
    names = dict.fromkeys(sweep.lidar for sweep in manifest.sweeps)
    if not names:
        msg = "This clip has no sweeps; boxes are fitted to the points of sweeps."
        raise NoSweepsError(msg)
    lidars = [_Lidar(clip, manifest, name) for name in names]
    if len(lidars) == 1:
        return lidars[0]
    return max(lidars, key=lambda lidar: lidar.points_near(time_ns, place_m))


def _fit_as_json(found: BoxFit | Refusal) -> dict[str, Any]:
    if isinstance(found, Refusal):
        return {
            "box": None,
            "confidence": 0.0,
            "is_static": None,
            "reason": found.reason,
            "used_points": 0,
        }
    return {
        "box": {
            "position_m": [round(float(v), 4) for v in found.position_m],
            "quat_xyzw": [float(v) for v in found.quat_xyzw],
            "size_m": [round(float(v), 3) for v in found.size_m],
        },
        "confidence": round(found.confidence, 3),
        "is_static": found.is_static,
        "reason": None,
        "used_points": found.used_points,
    }
