"""How far matched boxes are apart: place, heading, size."""

from dataclasses import dataclass

import numpy as np

from projection.arrays import BoolArray, Float64Array
from projection.rigid import rotate
from quality.pairs import Pairs
from quality.sampling import Samples
from quality.tracking import Matched


@dataclass(frozen=True, slots=True)
class Deviations:
    """Per matched pair (k,).

    Attributes:
        centre_m: Distance of the centres.
        along_m: Of it, along the reference box's length, candidate minus reference.
        across_m: Along its width.
        up_m: Along its height.
        heading_rad: Angle between the long axes in the reference box's plane, -pi/2 to pi/2: a box
            that points the wrong way is said by ``flipped`` and else measured as if turned back.
        flipped: Its front is where the other's back is (more than a quarter turn apart).
        size_m: (k, 3) length, width, height, candidate minus reference.
        iou: 3D intersection over union.
    """

    centre_m: Float64Array
    along_m: Float64Array
    across_m: Float64Array
    up_m: Float64Array
    heading_rad: Float64Array
    flipped: BoolArray
    size_m: Float64Array
    iou: Float64Array


def deviations(
    pairs: Pairs, matched: Matched, reference: Samples, candidate: Samples
) -> Deviations:
    """Compare each matched pair."""
    rows = matched.pairs
    tick, left, right = pairs.ticks[rows], pairs.references[rows], pairs.candidates[rows]
    back = reference.quats_xyzw[tick, left] * np.array([-1.0, -1.0, -1.0, 1.0])
    shift = rotate(back, candidate.positions_m[tick, right] - reference.positions_m[tick, left])
    forward = np.broadcast_to(np.array([1.0, 0.0, 0.0]), shift.shape)
    ahead = rotate(back, rotate(candidate.quats_xyzw[tick, right], forward))
    turn = np.arctan2(ahead[:, 1], ahead[:, 0])
    flipped = np.abs(turn) > 0.5 * np.pi
    heading = np.where(flipped, turn - np.copysign(np.pi, turn), turn)
    return Deviations(
        centre_m=np.linalg.norm(shift, axis=1),
        along_m=shift[:, 0],
        across_m=shift[:, 1],
        up_m=shift[:, 2],
        heading_rad=heading,
        flipped=flipped,
        size_m=candidate.sizes_m[tick, right] - reference.sizes_m[tick, left],
        iou=pairs.ious[rows],
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution in four numbers; all None where there is nothing."""

    mean: float | None
    median: float | None
    p95: float | None
    worst: float | None


def spread(values: Float64Array) -> Spread:
    """Of absolute values (n,)."""
    if values.size == 0:
        return Spread(None, None, None, None)
    sizes = np.abs(values)
    median, high = np.quantile(sizes, [0.5, 0.95]).tolist()
    return Spread(float(sizes.mean()), median, high, float(sizes.max()))
