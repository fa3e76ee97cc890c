"""Cuboid labels at the moments at which they are compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int32Array, Int64Array
from projection.labels import AttributeValue, Cuboid
from projection.tracks import Track


@dataclass(frozen=True, slots=True)
class Samples:
    """n boxes at t moments.

    Attributes:
        ids: (n)
        classes: (n)
        exists: (t, n) whether the box is there; the other arrays mean nothing where it isn't.
        positions_m: (t, n, 3) centres, world.
        quats_xyzw: (t, n, 4)
        sizes_m: (t, n, 3)
    """

    ids: tuple[str, ...]
    classes: tuple[str, ...]
    exists: BoolArray
    positions_m: Float64Array
    quats_xyzw: Float64Array
    sizes_m: Float64Array


def sample(labels: Sequence[Cuboid], times_ns: Int64Array) -> Samples:
    """Evaluate boxes at times (t,)."""
    shape = (times_ns.size, len(labels))
    exists = np.zeros(shape, dtype=np.bool_)
    positions = np.zeros((*shape, 3))
    quats = np.zeros((*shape, 4))
    quats[..., 3] = 1.0
    sizes = np.ones((*shape, 3))
    for column, label in enumerate(labels):
        states = Track(label).at_many(times_ns)
        there = states.exists
        exists[:, column] = there
        positions[there, column] = states.positions_m[there]
        quats[there, column] = states.quats_xyzw[there]
        sizes[there, column] = states.sizes_m[there]
    return Samples(
        tuple(label.id for label in labels),
        tuple(label.class_name for label in labels),
        exists,
        positions,
        quats,
        sizes,
    )


class ValueCodes:
    """Numbers for attribute values, so that arrays can be compared. 1, 1.0 and True differ."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, AttributeValue], int] = {}

    def code(self, value: AttributeValue) -> int:
        """The number of a value; integers and equal floats share one, booleans are apart."""
        kind = "bool" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
        return self._codes.setdefault((kind, value), len(self._codes))


def sample_attribute(
    labels: Sequence[Cuboid], name: str, times_ns: Int64Array, codes: ValueCodes
) -> Int32Array:
    """(t, n) codes of an attribute's values; -1 where a label has none."""
    out = np.full((times_ns.size, len(labels)), -1, dtype=np.int32)
    for column, label in enumerate(labels):
        if name in label.attributes:
            out[:, column] = codes.code(label.attributes[name])
        for time, changes in zip(label.times_ns.tolist(), label.keyframe_attributes, strict=True):
            if name in changes:
                first = int(np.searchsorted(times_ns, time, side="left"))
                out[first:, column] = codes.code(changes[name])
    return out


def attribute_names(labels: Sequence[Cuboid]) -> set[str]:
    """All attributes that any of the labels has at any time."""
    names: set[str] = set()
    for label in labels:
        names.update(label.attributes)
        for changes in label.keyframe_attributes:
            names.update(changes)
    return names
