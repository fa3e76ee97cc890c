"""Points as they are kept on disk while a cloud is made: 20 bytes each, near a float64 origin."""

from dataclasses import dataclass

import numpy as np

from projection.arrays import Float64Array, UInt8Array

#: ``position``: metres, less the cloud's origin. ``color``: red, green, blue, and 255 where a
#: camera saw the point. ``features``: intensity, time, height above ground (see ``height_codes``),
#: and one that is unused.
RECORD = np.dtype([("position", "<f4", 3), ("color", "u1", 4), ("features", "u1", 4)])

#: Height above ground in 256 steps of 5 cm, from 2.4 m below it to 10.35 m above.
HEIGHT_STEP_M = 0.05
HEIGHT_LOWEST_M = -2.4


@dataclass(frozen=True, slots=True)
class CloudPoints:
    """Points with what they are drawn by.

    Attributes:
        positions_m: (n, 3) float64, world.
        colors: (n, 4) uint8 red, green, blue, 255 where a camera saw it (else all 0).
        features: (n, 4) uint8 intensity 0..255, time within the clip 0..255, height code, 0.
    """

    positions_m: Float64Array
    colors: UInt8Array
    features: UInt8Array

    def __len__(self) -> int:
        return len(self.positions_m)


def height_codes(heights_m: Float64Array) -> UInt8Array:
    """(n,) uint8 of heights above ground, metres; beyond the ends the nearest code."""
    steps = np.rint((heights_m - HEIGHT_LOWEST_M) / HEIGHT_STEP_M)
    return np.clip(steps, 0, 255).astype(np.uint8)


def records_of(points: CloudPoints, origin_m: Float64Array) -> np.ndarray:
    """Points as records (n,), their positions counted from an origin (3,), world."""
    records = np.empty(len(points), dtype=RECORD)
    records["position"] = points.positions_m - origin_m
    records["color"] = points.colors
    records["features"] = points.features
    return records
