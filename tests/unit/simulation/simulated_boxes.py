"""What boxes on a plane look like, worked out without a ray tracer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from projection import Track, View


def pixel_centres(width: int, height: int) -> NDArray[np.float64]:
    """Return (height * width, 2) pixel centres, row by row."""
    u, v = np.meshgrid(np.arange(width, dtype=float), np.arange(height, dtype=float))
    return np.column_stack([u.ravel(), v.ravel()])


def ray_times(view: View, uv: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return (n,) the nanosecond at which each pixel was exposed."""
    camera = view.camera
    offsets = view.shutter.offset_ns(uv, camera.width, camera.height)
    return view.time_ns + np.round(offsets).astype(np.int64)


def box_entry(
    track: Track,
    origins: NDArray[np.float64],
    directions: NDArray[np.float64],
    times_ns: NDArray[np.int64],
    *,
    grown_m: float = 0.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where rays enter and leave a cuboid at their own times: (n,) m, infinity: a miss."""
    unique, index = np.unique(times_ns, return_inverse=True)
    states = track.at_many(unique)
    assert states.exists.all()
    x, y, z, w = states.quats_xyzw.T
    R = np.stack(
        [
            np.stack([1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)], -1),
            np.stack([2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)], -1),
            np.stack([2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)], -1),
        ],
        -2,
    )
    o = np.einsum("nji,nj->ni", R[index], origins - states.positions_m[index])
    d = np.einsum("nji,nj->ni", R[index], directions)
    half = states.sizes_m[index] / 2.0 + grown_m
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (-half - o) / d, (half - o) / d
    near, far = np.minimum(a, b).max(axis=1), np.maximum(a, b).min(axis=1)
    hit = (far >= near) & (far > 0.0)
    return np.where(hit, near, np.inf), np.where(hit, far, np.inf)
