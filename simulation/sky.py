"""Sun, sky and noise: small kernels the shader is made of. All colours are linear RGB."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulation.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUN_COLOUR = (2.75, 2.45, 2.05)
HAZE_PER_M = 0.0036


def sun_direction(azimuth_rad: float, elevation_rad: float) -> NDArray[np.float64]:
    """Return the (3,) unit direction towards the sun."""
    return np.array(
        [
            math.cos(elevation_rad) * math.cos(azimuth_rad),
            math.cos(elevation_rad) * math.sin(azimuth_rad),
            math.sin(elevation_rad),
        ]
    )


@kernel
def cell_noise(i: float, j: float, seed: float) -> float:
    """Return a number in [0, 1) that belongs to a cell of a grid; all arguments are whole.

    They are floats since numba compiles a function anew for every whole number written in a call.
    """
    h = (int(i) * 374761393 + int(j) * 668265263 + int(seed) * 974711) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    h = ((h ^ (h >> 16)) * 2246822519) & 0xFFFFFFFF
    return float((h ^ (h >> 15)) & 0xFFFFFF) / 16777216.0


@kernel
def smooth_noise(x: float, y: float, seed: float) -> float:
    """Return noise in [0, 1) that changes smoothly over a unit of x or y."""
    i, j = np.floor(x), np.floor(y)
    fx, fy = x - i, y - j
    fx = fx * fx * (3.0 - 2.0 * fx)
    fy = fy * fy * (3.0 - 2.0 * fy)
    a, b = cell_noise(i, j, seed), cell_noise(i + 1.0, j, seed)
    c, d = cell_noise(i, j + 1.0, seed), cell_noise(i + 1.0, j + 1.0, seed)
    return float((a * (1.0 - fx) + b * fx) * (1.0 - fy) + (c * (1.0 - fx) + d * fx) * fy)


@kernel
def sky(dx: float, dy: float, dz: float, sun: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the sky's colour in a unit direction: a gradient, thin clouds, a glow at the sun."""
    up = max(dz, 0.0)
    low = 1.0 - min(up, 1.0)
    blend = 1.0 - low * low * low
    r = 0.70 * (1.0 - blend) + 0.13 * blend
    g = 0.79 * (1.0 - blend) + 0.30 * blend
    b = 0.90 * (1.0 - blend) + 0.68 * blend
    if dz > 0.015:
        scale = 1.0 / (dz + 0.12)
        x, y = dx * scale, dy * scale
        cover = 0.55 * smooth_noise(1.1 * x, 1.9 * y, 11.0) + 0.28 * smooth_noise(
            2.7 * x, 4.1 * y, 12
        )
        cover += 0.17 * smooth_noise(6.1 * x, 8.3 * y, 13.0)
        cover = min(max((cover - 0.50) * 3.4, 0.0), 1.0) * min(1.0, dz * 7.0) * 0.8
        r, g, b = r + (1.02 - r) * cover, g + (1.02 - g) * cover, b + (1.04 - b) * cover
    facing = dx * sun[0] + dy * sun[1] + dz * sun[2]
    if facing > 0.0:
        halo = facing * facing * facing * facing
        halo = halo * halo * halo
        glow = 0.35 * halo * halo + 6.0 * max(0.0, (facing - 0.9994) / 0.0006)
        r, g, b = r + glow, g + 0.92 * glow, b + 0.78 * glow
    return r, g, b
