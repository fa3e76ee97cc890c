"""Which fields of a label another one doesn't say as it does: what a copy of it has lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from projection.arrays import Float64Array, Int64Array
from projection.labels import Cuboid, Label
from projection.rigid import conjugate, multiply
from projection.tracks import Track

#: What every cuboid says, in one form or another; it is compared moment by moment.
_OF_CUBOIDS = frozenset(
    {
        *("id", "class", "geometry", "attributes", "static", "size_m", "interpolation"),
        *("from_ns", "to_ns", "keyframes"),
    }
)


@dataclass(frozen=True, slots=True)
class Resolution:
    """How far values may be apart and still be the same, by what a format keeps.

    Attributes:
        within_m: Of places and sizes.
        within_rad: Of turns.
    """

    within_m: float = 1e-6
    within_rad: float = 1e-6


def fields_lost(
    label: Label, copy: Label, span_ns: tuple[int, int], resolution: Resolution
) -> set[str]:
    """Return the names of what a label says and its copy doesn't, or says otherwise.

    Of boxes: ``id``, ``class``, ``geometry``; ``life`` (it is there at other times), ``position``,
    ``heading``, ``tilt`` (how its own vertical leans), ``size``, ``attributes`` at times at which
    both are there; ``keyframes`` (which moments were fixed, and how it goes between); and any
    other field by its name. Of all other labels, fields by their names.

    Args:
        label: What was there.
        copy: What became of it.
        span_ns: The clip's first and last moment, between which both are looked at.
        resolution: What counts as the same.
    """
    if not isinstance(label, Cuboid) or not isinstance(copy, Cuboid):
        return _different(label.spec, copy.spec, frozenset())
    found = _different(label.spec, copy.spec, _OF_CUBOIDS)
    found |= {name for name in ("id", "class") if label.spec[name] != copy.spec[name]}
    if _fixed(label) != _fixed(copy):
        found.add("keyframes")
    times = _moments(label, copy, span_ns)
    left, right = Track(label), Track(copy)
    here, there = left.at_many(times), right.at_many(times)
    if (here.exists != there.exists).any():
        found.add("life")
    both = here.exists & there.exists
    if both.any():
        apart = np.abs(here.positions_m - there.positions_m)[both].max()
        larger = np.abs(here.sizes_m - there.sizes_m)[both].max()
        heading, tilt = _turned(here.quats_xyzw[both], there.quats_xyzw[both])
        for name, far in (
            ("position", apart > resolution.within_m),
            ("size", larger > resolution.within_m),
            ("heading", heading > resolution.within_rad),
            ("tilt", tilt > resolution.within_rad),
        ):
            if far:
                found.add(name)
        if _say_otherwise(label, copy, times[both]):
            found.add("attributes")
    elif label.attributes or any(label.keyframe_attributes):
        found.add("attributes")
    return found


def _say_otherwise(label: Cuboid, copy: Cuboid, times_ns: Int64Array) -> bool:
    """Return whether attributes differ at one of some moments (n,)."""
    (starts, said), (other_starts, other_said) = _spans(label), _spans(copy)
    here = np.searchsorted(starts, times_ns, side="right")
    there = np.searchsorted(other_starts, times_ns, side="right")
    met = set(zip(here.tolist(), there.tolist(), strict=True))
    return any(said[i] != other_said[j] for i, j in met)


def _spans(label: Cuboid) -> tuple[list[int], list[dict[str, Any]]]:
    """Return the k times at which attributes change, and what they are in the k + 1 spans."""
    times: list[int] = []
    said = [dict(label.attributes)]
    for time_ns, changes in zip(label.times_ns.tolist(), label.keyframe_attributes, strict=True):
        if changes:
            times.append(time_ns)
            said.append({**said[-1], **changes})
    return times, said


def _different(
    left: Mapping[str, Any], right: Mapping[str, Any], leaving: frozenset[str]
) -> set[str]:
    return {
        name for name in left.keys() - leaving if left[name] != right.get(name) or name not in right
    }


def _fixed(label: Cuboid) -> tuple[Any, ...]:
    """Return what was fixed of a label: when, and how it goes on from there."""
    times: list[int] | None = None if label.static else label.times_ns.tolist()
    bent = label.interpolation if len(label.times_ns) > 2 else "linear"
    return label.static, times, bent


def _moments(label: Cuboid, copy: Cuboid, span_ns: tuple[int, int]) -> Int64Array:
    """Return (n,) times at which both are looked at: where anything begins, ends, and between."""
    first, last = span_ns
    edges = {first, last}
    for one in (label, copy):
        ends = [end for end in (one.from_ns, one.to_ns) if end is not None]
        edges.update(ends if one.static else [*ends, *one.times_ns.tolist()])
    near = sorted({edge + step for edge in edges for step in (-1, 0, 1)})
    middles = [(a + b) // 2 for a, b in pairwise(near)]
    found = [time_ns for time_ns in sorted({*near, *middles}) if first <= time_ns <= last]
    return np.array(found, dtype=np.int64)


def _turned(left: Float64Array, right: Float64Array) -> tuple[float, float]:
    """Return the largest errors of heading and of tilt of quaternions (n, 4), radians.

    The turn between two boxes is taken apart into one about the first one's own vertical, and
    what is left: swing and twist.
    """
    between = multiply(conjugate(left), right)
    x, y, z, w = np.moveaxis(between, -1, 0)
    twist = 2.0 * np.arctan2(np.abs(z), np.abs(w))
    swing = 2.0 * np.arctan2(np.hypot(x, y), np.hypot(z, w))
    return float(twist.max()), float(swing.max())
