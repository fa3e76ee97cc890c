"""Sweeps as the browser reads them: ``LAS1``, in the world frame.

``b"LAS1"``, uint32 n, uint32 flags, uint32 zero, n x 3 float32 position_m; with flag 1 n float32
intensity scaled to 0..1; with flag 2 n float32 seconds after the sweep's time. Little-endian.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MAGIC = b"LAS1"
HAS_INTENSITY = 1
HAS_TIME_OFFSETS = 2
_HEADER = struct.Struct("<4sIII")
_MOST = float(np.finfo(np.float32).max)
#: A few glaring points, such as road signs, would leave all others black.
_ROBUST_MAXIMUM_PERCENT = 99.0

Float64Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Points:
    """One sweep's points.

    Attributes:
        positions_m: (n, 3) float64.
        intensity: (n,) of any scale, or None.
        time_offsets_s: (n,) seconds after the sweep's time, or None.
    """

    positions_m: Float64Array
    intensity: Float64Array | None = None
    time_offsets_s: Float64Array | None = None

    def __len__(self) -> int:
        return len(self.positions_m)

    def take(self, rows: "slice | npt.NDArray[np.bool_]") -> "Points":
        """Return some of the points, copied: all others can be let go."""
        intensity, offsets = self.intensity, self.time_offsets_s
        return Points(
            self.positions_m[rows].copy(),
            None if intensity is None else intensity[rows].copy(),
            None if offsets is None else offsets[rows].copy(),
        )


def joined(parts: Sequence[Points]) -> Points:
    """Return the points of several parts of one sweep."""
    if not parts:
        return Points(np.zeros((0, 3)))
    intensities = [part.intensity for part in parts if part.intensity is not None]
    offsets = [part.time_offsets_s for part in parts if part.time_offsets_s is not None]
    return Points(
        np.concatenate([part.positions_m for part in parts]),
        np.concatenate(intensities) if len(intensities) == len(parts) else None,
        np.concatenate(offsets) if len(offsets) == len(parts) else None,
    )


def finite_points(points: Points) -> Points:
    """Return the points whose position is finite in float32; what else isn't becomes 0."""
    keep = (np.abs(points.positions_m) <= _MOST).all(axis=1)

    def column(values: Float64Array | None) -> Float64Array | None:
        if values is None:
            return None
        kept = values[keep]
        return np.where(np.abs(kept) <= _MOST, kept, 0.0)

    return Points(points.positions_m[keep], column(points.intensity), column(points.time_offsets_s))


def robust_maximum(intensity: Float64Array | None) -> float:
    """Return the intensity that most points stay below; 0 where there are none."""
    if intensity is None or not intensity.size:
        return 0.0
    return max(0.0, float(np.percentile(intensity, _ROBUST_MAXIMUM_PERCENT)))


def encode_sweep(points_world: Points, *, intensity_scale: float) -> bytes:
    """Return points as ``LAS1``.

    Args:
        points_world: finite, world frame.
        intensity_scale: the intensity that becomes 1; brighter ones become 1 too.
    """
    flags = 0
    columns = [points_world.positions_m.astype("<f4")]
    if points_world.intensity is not None:
        flags |= HAS_INTENSITY
        scaled = points_world.intensity / (intensity_scale if intensity_scale > 0 else 1.0)
        columns.append(np.clip(scaled, 0.0, 1.0).astype("<f4"))
    if points_world.time_offsets_s is not None:
        flags |= HAS_TIME_OFFSETS
        columns.append(points_world.time_offsets_s.astype("<f4"))
    header = _HEADER.pack(MAGIC, len(points_world), flags, 0)
    return b"".join([header, *(column.tobytes() for column in columns)])


def sweep_positions(
    content: bytes,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32] | None]:
    """Return the positions (n, 3) of a ``LAS1`` file, metres, world, as they are in it.

    And when each was seen, (n,) seconds after the sweep's time; None where the file does not say.

    Raises:
        ValueError: it is none, or cut off.
    """
    count, flags = _checked_header(content)
    values = np.frombuffer(content, "<f4", offset=_HEADER.size)
    offsets = values[len(values) - count :] if flags & HAS_TIME_OFFSETS else None
    return values[: 3 * count].reshape(count, 3), offsets


def decode_sweep(content: bytes) -> Points:
    """Return the points of a ``LAS1`` file.

    Raises:
        ValueError: it is none, or cut off.
    """
    count, flags = _checked_header(content)
    values = np.frombuffer(content, "<f4", offset=_HEADER.size).astype(np.float64)
    rest = values[3 * count :]
    intensity = rest[:count] if flags & HAS_INTENSITY else None
    offsets = rest[len(rest) - count :] if flags & HAS_TIME_OFFSETS else None
    return Points(values[: 3 * count].reshape(count, 3), intensity, offsets)


def _checked_header(content: bytes) -> tuple[int, int]:
    """Return the number of points and the flags of a ``LAS1`` file whose length fits them."""
    if len(content) < _HEADER.size:
        msg = f"sweep: expected a header of {_HEADER.size} bytes, found {len(content)} bytes"
        raise ValueError(msg)
    magic, count, flags, _ = _HEADER.unpack_from(content)
    columns = 3 + bool(flags & HAS_INTENSITY) + bool(flags & HAS_TIME_OFFSETS)
    if magic != MAGIC or len(content) != _HEADER.size + 4 * count * columns:
        msg = f"sweep: expected {count} points of {columns} columns in {MAGIC!r}, found otherwise"
        raise ValueError(msg)
    return count, flags
