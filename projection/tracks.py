"""Cuboid labels in time: where a box is, how large, and whether it is there at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array, integer_times
from projection.io.label_set import read_label
from projection.labels import AttributeValue, Cuboid
from projection.rigid import RigidTransform, rotate, slerp

#: A box's corners as signs of half its size: x fastest, then y, then z.
CORNER_SIGNS = np.array(
    [[x, y, z] for z in (-1.0, 1.0) for y in (-1.0, 1.0) for x in (-1.0, 1.0)], dtype=np.float64
)


@dataclass(frozen=True, slots=True)
class CuboidState:
    """A box at one moment.

    Attributes:
        position_m: (3,) centre, world.
        quat_xyzw: (4,) world_from_box.
        size_m: (3,) length, width, height along the box's own x, y, z.
        attributes: As they are at this moment.
    """

    position_m: Float64Array
    quat_xyzw: Float64Array
    size_m: Float64Array
    attributes: Mapping[str, AttributeValue]

    @property
    def world_from_box(self) -> RigidTransform:
        """Pose of the box."""
        return RigidTransform.unchecked(self.position_m, self.quat_xyzw)

    def corners(self) -> Float64Array:
        """(8, 3) corners, world, in the order of ``CORNER_SIGNS``."""
        return corners(self.position_m, self.quat_xyzw, self.size_m)


@dataclass(frozen=True, slots=True)
class TrackStates:
    """A box at many moments; where ``exists`` is False, the other values mean nothing.

    Attributes:
        exists: (n,)
        positions_m: (n, 3)
        quats_xyzw: (n, 4)
        sizes_m: (n, 3)
    """

    exists: BoolArray
    positions_m: Float64Array
    quats_xyzw: Float64Array
    sizes_m: Float64Array


def corners(
    position_m: Float64Array, quat_xyzw: Float64Array, size_m: Float64Array
) -> Float64Array:
    """(..., 8, 3) corners of boxes (..., 3), (..., 4), (..., 3)."""
    half = 0.5 * size_m[..., None, :] * CORNER_SIGNS
    return rotate(quat_xyzw[..., None, :], half) + position_m[..., None, :]


class Track:
    """A cuboid label in time.

    Between keyframes the position goes straight (``linear``) or along a C1 cubic Hermite curve
    through all of them (``spline``: tangents of the parabola through three neighbours, one-sided at
    the ends and beside gaps); rotations go the shorter way round; sizes are linear; attributes hold
    until a keyframe says otherwise. Beyond the first and last keyframe it moves on at the velocity
    and turn rate between the two that are nearest, as far as ``from_ns`` and ``to_ns`` reach.

    Args:
        label: The label.
    """

    def __init__(self, label: Cuboid) -> None:
        self.label = label
        self.id = label.id
        self.class_name = label.class_name
        self._tangents = _tangents(label) if label.interpolation == "spline" else None

    @classmethod
    def from_dict(cls, spec: Any) -> "Track":
        """From the JSON form of a cuboid label."""
        label = read_label(spec)
        if not isinstance(label, Cuboid):
            message = f"geometry: expected cuboid, found {label.geometry}"
            raise TypeError(message)
        return cls(label)

    @property
    def life_ns(self) -> tuple[int | None, int | None]:
        """First and last moment of its life; None: as long as the clip."""
        label = self.label
        if label.static:
            return label.from_ns, label.to_ns
        first, last = int(label.times_ns[0]), int(label.times_ns[-1])
        return (
            first if label.from_ns is None else label.from_ns,
            last if label.to_ns is None else label.to_ns,
        )

    def exists(self, times_ns: Any) -> BoolArray:
        """(n,) whether it is there at times (n,): within its life, and not in a gap."""
        times = np.atleast_1d(integer_times(times_ns, "times_ns"))
        first, last = self.life_ns
        there = np.ones(times.shape, dtype=np.bool_)
        if first is not None:
            there &= times >= first
        if last is not None:
            there &= times <= last
        if self.label.static:  # it has one keyframe, and nothing follows that could be a gap
            return there
        keys = self.label.times_ns
        before = np.searchsorted(keys, times, side="right") - 1
        inside = before >= 0
        gone = np.zeros(times.shape, dtype=np.bool_)
        index = before[inside]
        gone[inside] = self.label.gap_after[index] & (times[inside] != keys[index])
        return there & ~gone

    def at(self, time_ns: int | str) -> CuboidState | None:
        """The box at one moment, None while it isn't there."""
        time = integer_times(time_ns, "time_ns")
        if not self.exists(time)[0]:
            return None
        positions, quats, sizes = self.poses(np.atleast_1d(time))
        return CuboidState(positions[0], quats[0], sizes[0], self.attributes_at(int(time)))

    def at_many(self, times_ns: Any) -> TrackStates:
        """The box at times (n,)."""
        times = np.atleast_1d(integer_times(times_ns, "times_ns"))
        return TrackStates(self.exists(times), *self.poses(times))

    @property
    def tangents(self) -> tuple[Float64Array, Float64Array] | None:
        """(k, 3) velocities at which its curve leaves and enters each segment; None: no curve."""
        return self._tangents

    def poses(self, times_ns: Int64Array) -> tuple[Float64Array, Float64Array, Float64Array]:
        """Positions (n, 3), quaternions (n, 4), sizes (n, 3), also where it doesn't exist."""
        label = self.label
        count = label.times_ns.size
        if count == 1:
            rows = np.zeros(times_ns.shape, dtype=np.int64)
            return label.positions_m[rows], label.quats_xyzw[rows], label.sizes_m[rows]
        before = np.searchsorted(label.times_ns, times_ns, side="right") - 1
        before = np.clip(before, 0, count - 2)
        after = before + 1
        span = (label.times_ns[after] - label.times_ns[before]).astype(np.float64)
        fraction = (times_ns - label.times_ns[before]).astype(np.float64) / span
        positions = self._positions(before, fraction, span)
        quats = slerp(label.quats_xyzw[before], label.quats_xyzw[after], fraction)
        held = np.clip(fraction, 0.0, 1.0)[:, None]
        sizes = label.sizes_m[before] * (1.0 - held) + label.sizes_m[after] * held
        return positions, quats, sizes

    def _positions(
        self, before: Int64Array, fraction: Float64Array, span_ns: Float64Array
    ) -> Float64Array:
        start, end = self.label.positions_m[before], self.label.positions_m[before + 1]
        f = fraction[:, None]
        straight = start + f * (end - start)
        if self._tangents is None:
            return straight
        inside = (f >= 0.0) & (f <= 1.0) & ~self.label.gap_after[before][:, None]
        span = (span_ns * 1e-9)[:, None]
        # Cubic Hermite as the straight line and what bends it: exact where the tangents are equal.
        out = self._tangents[0][before] * span - (end - start)
        back = self._tangents[1][before] * span - (end - start)
        bend = f * (1.0 - f) * ((1.0 - f) * out - f * back)
        return np.where(inside, straight + bend, straight)

    def attributes_at(self, time_ns: int) -> dict[str, AttributeValue]:
        """The attributes at one moment: the label's, changed by all keyframes up to then."""
        return dict(self.attributes_from(time_ns))

    def attributes_from(self, time_ns: int) -> Mapping[str, AttributeValue]:
        """The same, not to be changed: one object until an attribute does."""
        return self._attributes[int(np.searchsorted(self.label.times_ns, time_ns, side="right"))]

    def attributes_of(
        self, times_ns: Int64Array
    ) -> tuple[Sequence[Mapping[str, AttributeValue]], Int64Array]:
        """The same at many times (n,): all there are, and (n,) which of these are meant."""
        return self._attributes, self.label.times_ns.searchsorted(times_ns, side="right")

    @cached_property
    def _attributes(self) -> list[dict[str, AttributeValue]]:
        """The attributes before the first keyframe, and from each one on; often the same ones."""
        states = [dict(self.label.attributes)]
        for changes in self.label.keyframe_attributes:
            before = states[-1]
            says_more = any(
                key not in before or type(before[key]) is not type(value) or before[key] != value
                for key, value in changes.items()
            )
            states.append({**before, **changes} if says_more else before)
        return states


def _tangents(label: Cuboid) -> tuple[Float64Array, Float64Array]:
    """Velocities (k, 3) with which the curve leaves and enters each segment's ends.

    Row i of the first is the tangent at keyframe i for the segment after it, row i of the second
    the one at keyframe i + 1 for the same segment. Beside a gap the two sides of a keyframe differ.
    """
    count = label.times_ns.size
    leaving, entering = np.zeros((count, 3)), np.zeros((count, 3))
    ends = [*np.flatnonzero(label.gap_after[:-1]).tolist(), count - 1]
    first = 0
    for last in ends:
        if last > first:
            run = slice(first, last + 1)
            seconds = (label.times_ns[run] - label.times_ns[first]).astype(np.float64) * 1e-9
            tangents = _parabolic(seconds, label.positions_m[run])
            leaving[first:last] = tangents[:-1]
            entering[first:last] = tangents[1:]
        first = last + 1
    return leaving, entering


def _parabolic(seconds: Float64Array, positions_m: Float64Array) -> Float64Array:
    """(k, 3) slopes of the parabolas through three neighbours; at the ends, of the nearest one."""
    h = np.diff(seconds)[:, None]
    slopes = np.diff(positions_m, axis=0) / h
    if len(slopes) == 1:
        return np.concatenate([slopes, slopes])
    inner = (h[1:] * slopes[:-1] + h[:-1] * slopes[1:]) / (h[:-1] + h[1:])
    first = slopes[:1] + (slopes[:1] - slopes[1:2]) * h[:1] / (h[:1] + h[1:2])
    last = slopes[-1:] + (slopes[-1:] - slopes[-2:-1]) * h[-1:] / (h[-1:] + h[-2:-1])
    return np.concatenate([first, inner, last])
