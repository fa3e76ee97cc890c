"""What people did to a machine's label: pure rules, no database."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from projection.arrays import Float64Array
from projection.io import read_label
from projection.labels import Cuboid
from projection.tracks import Track

#: In the order in which they are told. ``proposed`` counts all, ``accepted`` those kept as is.
KINDS = (
    *("proposed", "accepted", "moved", "turned", "resized", "retracked"),
    *("reclassed", "attributes", "deleted", "added"),
)
#: What is less than this is no correction: rounding, and a hand that slipped back.
_MOVED_M = 0.02
_TURNED_RAD = np.deg2rad(0.5)
_RESIZED_M = 0.02
#: From here on the machine's keyframes are not its own any more.
_KEPT_KEYFRAMES = 0.5
_NOT_SHAPE = frozenset({"id", "class", "attributes", "origin", "score"})


def kinds_of_correction(before: Mapping[str, Any], after: Mapping[str, Any] | None) -> list[str]:
    """Return what was corrected about one label; ``["accepted"]`` where nothing was.

    A box is *moved*, *turned* or *resized* where it is so at any keyframe of either that both live
    at, by more than 2 cm or half a degree. It is *retracked* where its life or its gaps changed, it
    stands where it moved (or the other way), or fewer than half of the machine's keyframes are
    left. Other geometries are *moved* where their shape differs at all.

    Args:
        before: The machine's label, in ``labelapp-labels/1``.
        after: The label as it was submitted; None: it was deleted.
    """
    if after is None:
        return ["deleted"]
    kinds: list[str] = []
    old, new = read_label(before), read_label(after)
    if isinstance(old, Cuboid) and isinstance(new, Cuboid):
        kinds += _of_boxes(old, new)
    elif _shape(before) != _shape(after):
        kinds.append("moved")
    if before.get("class") != after.get("class"):
        kinds.append("reclassed")
    if _attributes(before) != _attributes(after):
        kinds.append("attributes")
    return kinds or ["accepted"]


def _of_boxes(old: Cuboid, new: Cuboid) -> list[str]:
    first, second = Track(old), Track(new)
    times = np.union1d(old.times_ns, new.times_ns)
    is_retracked = _is_retracked(first, second)
    a, b = first.at_many(times), second.at_many(times)
    both = a.exists & b.exists
    if not both.any():
        return ["retracked"]
    kinds = []
    if _largest(a.positions_m[both] - b.positions_m[both]) > _MOVED_M:
        kinds.append("moved")
    # The angle between two rotations, from the real part of their quotient.
    cosine = np.abs(np.sum(a.quats_xyzw[both] * b.quats_xyzw[both], axis=1))
    if float(2.0 * np.arccos(np.clip(cosine, 0.0, 1.0)).max()) > _TURNED_RAD:
        kinds.append("turned")
    if float(np.abs(a.sizes_m[both] - b.sizes_m[both]).max()) > _RESIZED_M:
        kinds.append("resized")
    if is_retracked:
        kinds.append("retracked")
    return kinds


def _is_retracked(first: Track, second: Track) -> bool:
    old, new = first.label, second.label
    if old.static != new.static or first.life_ns != second.life_ns:
        return True
    gaps = [
        [
            (int(label.times_ns[i]), int(label.times_ns[i + 1]))
            for i in np.flatnonzero(label.gap_after[:-1])
        ]
        for label in (old, new)
    ]
    if gaps[0] != gaps[1]:
        return True
    kept = int(np.isin(old.times_ns, new.times_ns).sum())
    return kept < _KEPT_KEYFRAMES * old.times_ns.size


def _largest(apart: Float64Array) -> float:
    return float(np.linalg.norm(apart, axis=1).max())


def _attributes(label: Mapping[str, Any]) -> Any:
    timed = [
        (key["time_ns"], key["attributes"])
        for key in label.get("keyframes", [])
        if key.get("attributes")
    ]
    return label.get("attributes") or {}, timed


def _shape(label: Mapping[str, Any]) -> Any:
    return {key: value for key, value in label.items() if key not in _NOT_SHAPE}
