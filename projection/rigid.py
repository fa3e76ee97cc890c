"""Rigid transforms: a rotation and a shift, singly or in stacks."""

from typing import Any

import numpy as np
import numpy.typing as npt

from projection.arrays import Float64Array
from projection.spec import Fields, SpecError, listed, shown

#: A quaternion's length may be off by so much, and is normalised; beyond, it's an error.
UNIT_TOLERANCE = 1e-3


def unit_quaternions(quat_xyzw: npt.ArrayLike, field: str = "quat_xyzw") -> Float64Array:
    """Quaternions of length one.

    Args:
        quat_xyzw: (..., 4).
        field: What the caller calls them.

    Raises:
        SpecError: A quaternion isn't finite or its length is off by more than ``UNIT_TOLERANCE``.
    """
    try:
        quats = np.asarray(quat_xyzw, dtype=np.float64)
    except (TypeError, ValueError):
        raise SpecError(field, "four numbers", shown(quat_xyzw)) from None
    if quats.ndim == 0 or quats.shape[-1] != 4:
        raise SpecError(field, "four numbers", f"an array of shape {quats.shape}")
    with np.errstate(over="ignore"):
        lengths = np.linalg.norm(quats, axis=-1, keepdims=True)
    wrong = ~(np.abs(lengths - 1.0) <= UNIT_TOLERANCE)
    if wrong.any():
        first = quats.reshape(-1, 4)[int(np.argmax(wrong.ravel()))]
        raise SpecError(field, "a unit quaternion", shown(listed(first)))
    return np.asarray(quats / lengths, dtype=np.float64)


def multiply(left: Float64Array, right: Float64Array) -> Float64Array:
    """Hamilton product of quaternions (..., 4) xyzw: the rotation ``right``, then ``left``."""
    lx, ly, lz, lw = np.moveaxis(left, -1, 0)
    rx, ry, rz, rw = np.moveaxis(right, -1, 0)
    return np.stack(
        [
            lw * rx + lx * rw + ly * rz - lz * ry,
            lw * ry - lx * rz + ly * rw + lz * rx,
            lw * rz + lx * ry - ly * rx + lz * rw,
            lw * rw - lx * rx - ly * ry - lz * rz,
        ],
        axis=-1,
    )


def conjugate(quats: Float64Array) -> Float64Array:
    """The inverse rotations of unit quaternions (..., 4)."""
    flipped: Float64Array = quats * np.array([-1.0, -1.0, -1.0, 1.0])
    return flipped


def matrices(quats: Float64Array) -> Float64Array:
    """Rotation matrices (..., 3, 3) of unit quaternions (..., 4) xyzw."""
    x, y, z, w = np.moveaxis(quats, -1, 0)
    entries = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in entries], axis=-2)


def rotate(quats: Float64Array, vectors: Float64Array) -> Float64Array:
    """Vectors (..., 3) turned by unit quaternions (..., 4); shapes broadcast."""
    axis = quats[..., :3]
    twice = 2.0 * _cross(axis, vectors)
    return vectors + quats[..., 3:] * twice + _cross(axis, twice)


def _cross(left: Float64Array, right: Float64Array) -> Float64Array:
    """What ``np.cross`` gives, to the bit, in a fifth of its time where there are few vectors."""
    product = np.empty(np.broadcast_shapes(left.shape, right.shape))
    for axis, (second, third) in enumerate(((1, 2), (2, 0), (0, 1))):
        np.multiply(left[..., second], right[..., third], out=product[..., axis])
        product[..., axis] -= left[..., third] * right[..., second]
    return product


def slerp(start: Float64Array, end: Float64Array, fraction: Float64Array) -> Float64Array:
    """Spherical interpolation along the shorter arc.

    Args:
        start: (..., 4) unit quaternions.
        end: (..., 4) unit quaternions.
        fraction: (...,) 0 at the start, 1 at the end; beyond, the turn goes on at the same rate.
    """
    dot = np.sum(start * end, axis=-1)
    end = np.where(dot[..., None] < 0.0, -end, end)
    # atan2 of the chord keeps its digits for tiny and for half turns, where acos loses them.
    half = np.arctan2(np.linalg.norm(end - start, axis=-1), np.linalg.norm(end + start, axis=-1))
    angle = 2.0 * half
    sine = np.sin(angle)
    tiny = sine < 1e-12
    safe = np.where(tiny, 1.0, sine)
    from_start = np.where(tiny, 1.0 - fraction, np.sin((1.0 - fraction) * angle) / safe)
    from_end = np.where(tiny, fraction, np.sin(fraction * angle) / safe)
    mixed = from_start[..., None] * start + from_end[..., None] * end
    return np.asarray(mixed / np.linalg.norm(mixed, axis=-1, keepdims=True))


class RigidTransform:
    """A rotation, then a shift: ``a_from_b`` takes points of frame b into frame a.

    Args:
        position_m: (3,) or a stack (..., 3), metres: the origin of b, seen in a.
        quat_xyzw: (4,) or a stack (..., 4), normalised if its length is within 1e-3 of one.

    Raises:
        SpecError: Wrong shapes, values that aren't finite, a quaternion that isn't a rotation.
    """

    __slots__ = ("_matrix", "position_m", "quat_xyzw")

    def __init__(self, position_m: npt.ArrayLike, quat_xyzw: npt.ArrayLike) -> None:
        try:
            position = np.array(position_m, dtype=np.float64)
        except (TypeError, ValueError):
            raise SpecError("position_m", "three numbers", shown(position_m)) from None
        if position.ndim == 0 or position.shape[-1] != 3:
            raise SpecError("position_m", "three numbers", f"an array of shape {position.shape}")
        if not np.isfinite(position).all():
            raise SpecError("position_m", "finite numbers", shown(position.tolist()))
        self._set(position, unit_quaternions(quat_xyzw))

    def _set(self, position: Float64Array, quats: Float64Array) -> None:
        self.position_m: Float64Array = position
        self.quat_xyzw: Float64Array = quats
        self._matrix: Float64Array | None = None
        position.flags.writeable = False
        quats.flags.writeable = False

    @classmethod
    def unchecked(
        cls, position_m: Float64Array, quat_xyzw: Float64Array, matrix: Float64Array | None = None
    ) -> "RigidTransform":
        """Without checks and copies, for values that are known to be right."""
        transform = cls.__new__(cls)
        transform._set(position_m, quat_xyzw)  # noqa: SLF001  its own class
        transform._matrix = matrix  # noqa: SLF001
        return transform

    @classmethod
    def identity(cls) -> "RigidTransform":
        """The transform that changes nothing."""
        return cls.unchecked(np.zeros(3), np.array([0.0, 0.0, 0.0, 1.0]))

    @classmethod
    def from_dict(cls, spec: Any, where: str = "transform") -> "RigidTransform":
        """From ``{"position_m": [x, y, z], "quat_xyzw": [x, y, z, w]}``."""
        return cls.from_fields(Fields(spec, where))

    @classmethod
    def from_fields(cls, fields: Fields) -> "RigidTransform":
        """From checked fields, so that errors name the place."""
        position = fields.numbers("position_m", (3,))
        quat = fields.numbers("quat_xyzw", (4,))
        try:
            return cls(position, quat)
        except SpecError as error:
            raise fields.error(error.field, error.expected, error.found) from None

    def to_dict(self) -> dict[str, list[float]]:
        """The JSON form of a single transform."""
        return {"position_m": listed(self.position_m), "quat_xyzw": listed(self.quat_xyzw)}

    @property
    def matrix(self) -> Float64Array:
        """(..., 3, 3) rotation matrix."""
        if self._matrix is None:
            self._matrix = matrices(self.quat_xyzw)
        return self._matrix

    @property
    def rotation(self) -> Float64Array:
        """(..., 3, 3) rotation matrix, the same as ``matrix``."""
        return self.matrix

    def inverse(self) -> "RigidTransform":
        """``b_from_a`` of ``a_from_b``."""
        quats = conjugate(self.quat_xyzw)
        return RigidTransform.unchecked(-rotate(quats, self.position_m), quats)

    def apply(self, points: npt.ArrayLike) -> Float64Array:
        """Points (..., 3) of frame b, in frame a. A stack applies element by element."""
        vectors = np.asarray(points, dtype=np.float64)
        if self.quat_xyzw.ndim == 1:
            return vectors @ self.matrix.T + self.position_m
        return rotate(self.quat_xyzw, vectors) + self.position_m

    def __matmul__(self, other: "RigidTransform") -> "RigidTransform":
        """``a_from_c = a_from_b @ b_from_c``."""
        quats = multiply(self.quat_xyzw, other.quat_xyzw)
        quats = quats / np.linalg.norm(quats, axis=-1, keepdims=True)
        return RigidTransform.unchecked(self.apply(other.position_m), quats)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RigidTransform):
            return NotImplemented
        return np.array_equal(self.position_m, other.position_m) and np.array_equal(
            self.quat_xyzw, other.quat_xyzw
        )

    def __hash__(self) -> int:
        return hash((self.position_m.tobytes(), self.quat_xyzw.tobytes()))

    def __len__(self) -> int:
        """How many transforms a stack holds."""
        if self.quat_xyzw.ndim == 1:
            message = "a single transform has no length"
            raise TypeError(message)
        return int(self.quat_xyzw.shape[0])

    def __getitem__(self, index: Any) -> "RigidTransform":
        """Some of a stack."""
        return RigidTransform.unchecked(self.position_m[index].copy(), self.quat_xyzw[index].copy())

    def __repr__(self) -> str:
        return f"RigidTransform({self.position_m.tolist()}, {self.quat_xyzw.tolist()})"
