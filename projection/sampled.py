"""Boxes at single moments, joined to labels with a life in time.

This is what becomes of a track in formats that say where things are at some moments alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from projection.labels import AttributeValue
from projection.rigid import RigidTransform

_TWICE = "boxes of a track at a time at which it has one already: the first is taken"
_CLASSES = "tracks whose class changes: the most frequent one is taken"
_LASTING = "attributes that a track stops saying: they hold on"
#: Numbers that say the same: far below what any format keeps.
_POSITION_DIGITS, _QUATERNION_DIGITS = 9, 12


@dataclass(frozen=True, slots=True)
class Seen:
    """A box of a track at one moment.

    Attributes:
        track: Which track; unique in a recording.
        class_name: As the files call it.
        time_ns: When.
        world_from_box: Where its centre is, and how it is turned.
        size_m: Length, width, height.
        attributes: As they are then.
    """

    track: str
    class_name: str
    time_ns: int
    world_from_box: RigidTransform
    size_m: tuple[float, float, float]
    attributes: Mapping[str, AttributeValue]


@dataclass(frozen=True, slots=True)
class Sampling:
    """When a format says of things whether they are there.

    Attributes:
        times_ns: The moments, rising. A track that isn't there at one between two of its boxes has
            a gap.
        max_gap_ns: Boxes further apart have a gap between them; None: however far.
        within_m: How far a place or size may be off by rounding: a box that stays within stands.
    """

    times_ns: Sequence[int]
    max_gap_ns: int | None
    within_m: float

    def is_gap(self, before_ns: int, after_ns: int) -> bool:
        """Return whether a track that is at both isn't there between."""
        if self.max_gap_ns is not None and after_ns - before_ns > self.max_gap_ns:
            return True
        times = self.times_ns
        return bool(np.searchsorted(times, after_ns) - np.searchsorted(times, before_ns) > 1)


def usual_step_ns(times_ns: Sequence[int]) -> int | None:
    """Return the median time between moments; None: there are fewer than two."""
    if len(times_ns) < 2:
        return None
    return int(np.median(np.diff(np.array(times_ns, dtype=np.int64))))


def cuboids_of(
    seen: Iterable[Seen], sampling: Sampling, report: Counter[str]
) -> list[dict[str, Any]]:
    """Return labels, by the tracks' names.

    What stands still, doesn't change and has no gap becomes static; at the first and last moment of
    all, nothing says that it begins or ends there, so that its life is open.

    Args:
        seen: Boxes in any order.
        sampling: When the format says of things whether they are there.
        report: Told what was odd.
    """
    tracks: dict[str, list[Seen]] = {}
    for box in seen:
        tracks.setdefault(box.track, []).append(box)
    return [_label(name, tracks[name], sampling, report) for name in sorted(tracks)]


def _label(
    name: str, boxes: Sequence[Seen], sampling: Sampling, report: Counter[str]
) -> dict[str, Any]:
    by_time: dict[int, Seen] = {}
    for box in boxes:
        first = by_time.setdefault(box.time_ns, box)
        if first is not box and not _agree(first, box, sampling.within_m):
            report[_TWICE] += 1
    ordered = [by_time[time_ns] for time_ns in sorted(by_time)]
    classes = Counter(box.class_name for box in ordered)
    if len(classes) > 1:
        report[_CLASSES] += 1
    lasting, changes = _attributes(ordered, report)
    gaps = [sampling.is_gap(a.time_ns, b.time_ns) for a, b in pairwise(ordered)]
    label: dict[str, Any] = {
        "id": name,
        "class": classes.most_common(1)[0][0],
        "geometry": "cuboid",
        "attributes": lasting,
    }
    if not any(gaps) and not any(changes) and _stands(ordered, sampling):
        return label | _static(ordered, sampling)
    sizes = [list(box.size_m) for box in ordered]
    keyframes = []
    for index, box in enumerate(ordered):
        keyframe = _keyframe(box)
        if any(size != sizes[0] for size in sizes):
            keyframe["size_m"] = sizes[index]
        if changes[index]:
            keyframe["attributes"] = changes[index]
        if index < len(gaps) and gaps[index]:
            keyframe["gap_after"] = True
        keyframes.append(keyframe)
    return label | {
        "static": False,
        "size_m": sizes[0],
        "interpolation": "linear",
        "keyframes": keyframes,
    }


def _agree(left: Seen, right: Seen, within_m: float) -> bool:
    """Return whether two boxes of one moment say the same up to rounding."""
    places = left.world_from_box.position_m - right.world_from_box.position_m
    sizes = np.array(left.size_m) - np.array(right.size_m)
    return bool(max(np.abs(places).max(), np.abs(sizes).max()) <= 4 * within_m)


def _keyframe(box: Seen) -> dict[str, Any]:
    pose = box.world_from_box
    return {
        "time_ns": str(box.time_ns),
        "position_m": [round(float(v), _POSITION_DIGITS) + 0.0 for v in pose.position_m],
        "quat_xyzw": [round(float(v), _QUATERNION_DIGITS) + 0.0 for v in pose.quat_xyzw],
    }


def _attributes(
    boxes: Sequence[Seen], report: Counter[str]
) -> tuple[dict[str, AttributeValue], list[dict[str, AttributeValue]]]:
    """Return what holds for the whole life, and what changes at each box."""
    first = boxes[0].attributes
    lasting = {
        name: value
        for name, value in first.items()
        if all(name in b.attributes and _same(b.attributes[name], value) for b in boxes)
    }
    now: dict[str, AttributeValue] = {}
    changes = []
    for box in boxes:
        told = {n: v for n, v in box.attributes.items() if n not in lasting}
        changed = {n: v for n, v in told.items() if n not in now or not _same(now[n], v)}
        report[_LASTING] += len(now.keys() - told.keys())
        now |= changed
        changes.append(changed)
    if not report[_LASTING]:
        del report[_LASTING]
    if changes[0] and len(boxes) == 1:
        return lasting | changes[0], [{}]
    return lasting, changes


def _same(left: AttributeValue, right: AttributeValue) -> bool:
    """Return whether values are the same; true isn't 1."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _stands(boxes: Sequence[Seen], sampling: Sampling) -> bool:
    if len(boxes) == 1:
        return len(sampling.times_ns) == 1
    places = np.array([box.world_from_box.position_m for box in boxes])
    sizes = np.array([box.size_m for box in boxes])
    turns = np.array([box.world_from_box.quat_xyzw for box in boxes])
    # The end of a box of some metres goes as far as its middle.
    apart = 2.0 * np.arccos(np.clip(np.abs(turns @ turns[0]), 0.0, 1.0))
    reach = 0.5 * float(np.linalg.norm(sizes[0]))
    still = np.ptp(places, axis=0).max() <= 2 * sampling.within_m
    same_size = np.ptp(sizes, axis=0).max() <= 2 * sampling.within_m
    # arccos near 1 keeps half of the digits alone.
    return bool(still and same_size and apart.max() * reach <= 4 * sampling.within_m + 1e-6)


def _static(boxes: Sequence[Seen], sampling: Sampling) -> dict[str, Any]:
    # Of moments that say the same up to rounding, the middle one of them says it best.
    places = np.array([box.world_from_box.position_m for box in boxes])
    middle = np.median(places, axis=0)
    best = boxes[int(np.argmin(np.linalg.norm(places - middle, axis=1)))]
    life: dict[str, Any] = {}
    if boxes[0].time_ns > sampling.times_ns[0]:
        life["from_ns"] = str(boxes[0].time_ns)
    if boxes[-1].time_ns < sampling.times_ns[-1]:
        life["to_ns"] = str(boxes[-1].time_ns)
    return {
        "static": True,
        "size_m": list(best.size_m),
        "interpolation": "linear",
        **life,
        "keyframes": [_keyframe(best)],
    }
