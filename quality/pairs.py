"""Which boxes of two label sets touch at which moment, and how much they are alike."""

from dataclasses import dataclass

import numpy as np

from projection.arrays import Float64Array, Int64Array
from quality.overlap import box_ious
from quality.sampling import Samples

#: Moments looked at together: bounds memory at 200 x 200 boxes to a few megabytes.
_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Pairs:
    """All pairs of boxes with anything in common, sorted by moment.

    Attributes:
        ticks: (p,) index of the moment.
        references: (p,) column in the reference's samples.
        candidates: (p,) column in the candidate's samples.
        ious: (p,) 3D intersection over union, above 0.
        starts: (t + 1,) where each moment's pairs begin.
    """

    ticks: Int64Array
    references: Int64Array
    candidates: Int64Array
    ious: Float64Array
    starts: Int64Array


def touching(reference: Samples, candidate: Samples) -> Pairs:
    """Find the pairs: by spheres around the boxes first, then by exact volume."""
    ticks, left, right = _near(reference, candidate)
    ious = box_ious(
        reference.positions_m[ticks, left],
        reference.quats_xyzw[ticks, left],
        reference.sizes_m[ticks, left],
        candidate.positions_m[ticks, right],
        candidate.quats_xyzw[ticks, right],
        candidate.sizes_m[ticks, right],
    )
    kept = ious > 0.0
    ticks, left, right, ious = ticks[kept], left[kept], right[kept], ious[kept]
    starts = np.searchsorted(ticks, np.arange(reference.exists.shape[0] + 1))
    return Pairs(ticks, left, right, ious, starts)


def _near(reference: Samples, candidate: Samples) -> tuple[Int64Array, Int64Array, Int64Array]:
    reach_a = 0.5 * np.linalg.norm(reference.sizes_m, axis=2)
    reach_b = 0.5 * np.linalg.norm(candidate.sizes_m, axis=2)
    found: list[tuple[Int64Array, Int64Array, Int64Array]] = []
    for first in range(0, reference.exists.shape[0], _CHUNK):
        span = slice(first, first + _CHUNK)
        apart = reference.positions_m[span, :, None, :] - candidate.positions_m[span, None, :, :]
        reach = reach_a[span, :, None] + reach_b[span, None, :]
        near = np.einsum("tijk,tijk->tij", apart, apart) < reach * reach
        near &= reference.exists[span, :, None] & candidate.exists[span, None, :]
        tick, left, right = np.nonzero(near)
        found.append((tick + first, left, right))
    if not found:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    ticks, left, right = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return ticks, left, right
