"""Reading cuboid labels: boxes with keyframes."""

from typing import Any

import numpy as np

from projection.arrays import Float64Array
from projection.io.values import attributes, is_vector, time_ns
from projection.labels import Attributes, Cuboid
from projection.rigid import UNIT_TOLERANCE
from projection.spec import Fields, shown

_INTERPOLATIONS = ("linear", "spline")


def read_cuboid(fields: Fields, common: dict[str, Any]) -> Cuboid:
    """A cuboid from its checked fields and what all labels have."""
    static = _flag(fields, "static")
    interpolation = "linear"
    if fields.has("interpolation"):
        interpolation = fields.choice("interpolation", _INTERPOLATIONS)
    size = _size(fields) if fields.has("size_m") else None
    keyframes = _keyframes(fields, size, static=static)
    life = [time_ns(fields, name) if fields.has(name) else None for name in ("from_ns", "to_ns")]
    if life[0] is not None and life[1] is not None and life[0] > life[1]:
        raise fields.error("to_ns", f"a time not before from_ns ({life[0]})")
    return Cuboid(
        **common,
        static=static,
        interpolation=interpolation,
        from_ns=life[0],
        to_ns=life[1],
        **keyframes,
    )


def _flag(fields: Fields, field: str) -> bool:
    value = fields.values.get(field, False)
    if not isinstance(value, bool):
        raise fields.error(field, "true or false")
    return value


def _size(fields: Fields) -> tuple[float, ...]:
    value = fields.values["size_m"]
    if not is_vector(value, 3) or not all(entry > 0 for entry in value):
        raise fields.error("size_m", "three numbers above 0 (length, width, height)")
    return tuple(float(entry) for entry in value)


def _keyframes(fields: Fields, size: tuple[float, ...] | None, *, static: bool) -> dict[str, Any]:
    specs = fields.values.get("keyframes")
    if not isinstance(specs, list) or not specs:
        raise fields.error("keyframes", "a list of at least one keyframe")
    if static and len(specs) != 1:
        raise fields.error("keyframes", "one keyframe in a static label", f"{len(specs)} of them")
    times: list[int] = []
    places: list[Any] = []
    quats: list[Any] = []
    sizes: list[tuple[float, ...]] = []
    gaps: list[bool] = []
    changes: list[Attributes] = []
    for index, spec in enumerate(specs):
        frame = Fields(spec, fields.where, f"{fields.prefix}keyframes[{index}].")
        time = time_ns(frame, "time_ns")
        if times and time <= times[-1]:
            raise frame.error("time_ns", f"a time after the keyframe before ({times[-1]})")
        times.append(time)
        for field, length, rows in (("position_m", 3, places), ("quat_xyzw", 4, quats)):
            value = frame.values.get(field)
            if not is_vector(value, length):
                raise frame.error(field, f"{'three' if length == 3 else 'four'} finite numbers")
            rows.append(value)
        own = _size(frame) if frame.has("size_m") else size
        if own is None:
            raise frame.error("size_m", "a size here or in the label")
        sizes.append(own)
        gaps.append(_flag(frame, "gap_after"))
        changes.append(attributes(frame))
    return {
        "times_ns": np.array(times, dtype=np.int64),
        "positions_m": np.array(places, dtype=np.float64),
        "quats_xyzw": _unit(fields, np.array(quats, dtype=np.float64)),
        "sizes_m": np.array(sizes, dtype=np.float64),
        "gap_after": np.array(gaps, dtype=np.bool_),
        "keyframe_attributes": tuple(changes),
    }


def _unit(fields: Fields, quats: Float64Array) -> Float64Array:
    lengths = np.linalg.norm(quats, axis=1)
    wrong = np.flatnonzero(~(np.abs(lengths - 1.0) <= UNIT_TOLERANCE))
    if wrong.size:
        row = int(wrong[0])
        raise fields.error(
            f"keyframes[{row}].quat_xyzw", "a unit quaternion", shown(quats[row].tolist())
        )
    unit: Float64Array = quats / lengths[:, None]
    return unit
