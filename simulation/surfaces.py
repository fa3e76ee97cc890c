"""What each material looks like at a place: the procedural textures, as numba kernels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulation.kernel import kernel
from simulation.mesh import Material
from simulation.sky import cell_noise, smooth_noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

Colour = tuple[float, float, float]

ROAD = int(Material.ROAD)
PAVEMENT = int(Material.PAVEMENT)
FACADE = int(Material.FACADE)
GRASS = int(Material.GRASS)
FOLIAGE = int(Material.FOLIAGE)
GLASS = int(Material.GLASS)
PAINT = int(Material.PAINT)
ROOF = int(Material.ROOF)
CORRUGATED = int(Material.CORRUGATED)
CAR_WINDOW = int(Material.CAR_WINDOW)
KERB = int(Material.KERB)
METAL = int(Material.METAL)
STRIPED = int(Material.STRIPED)

STRIPE_M = 0.5


@kernel
def _rest(value: float, period: float) -> float:
    """Return `value % period`; several times faster than the C library's."""
    return value - period * math.floor(value / period)


@kernel
def painted(s: float, d: float, lines: NDArray[np.float64], crossings: NDArray[np.float64]) -> bool:
    """Return whether there is paint at a place of the road: on a crossing its bars, else lines."""
    for k in range(crossings.shape[0]):
        if crossings[k, 0] - 1.2 <= s <= crossings[k, 1] + 1.2:
            if not crossings[k, 0] <= s <= crossings[k, 1]:
                return False
            if not crossings[k, 2] <= d <= crossings[k, 3]:
                return False
            return bool(_rest(d - crossings[k, 2], 2.0 * STRIPE_M) < STRIPE_M)
    for k in range(lines.shape[0]):
        if abs(d - lines[k, 0]) <= lines[k, 1] / 2.0:
            period = lines[k, 2] + lines[k, 3]
            return bool(period == 0.0 or _rest(s, period) < lines[k, 2])
    return False


@kernel
def _road(
    s: float,
    d: float,
    far_m: float,
    colour: Colour,
    lines: NDArray[np.float64],
    crossings: NDArray[np.float64],
) -> Colour:
    fine = max(0.0, 1.0 - far_m / 35.0)
    shade = 0.86 + 0.28 * smooth_noise(0.35 * s, 0.5 * d, 1.0)
    shade *= 1.0 + fine * 0.16 * (cell_noise(np.floor(s * 30.0), np.floor(d * 30.0), 2.0) - 0.5)
    # Wheels polish two tracks in each lane.
    track = math.cos((d + 1.7) * (2.0 * math.pi / 1.7))
    shade *= 1.0 - 0.05 * track * smooth_noise(0.08 * s, 0.0, 3.0)
    # A patch of newer asphalt here and there, and manhole covers.
    cell = np.floor(s / 17.0)
    patch = cell_noise(cell, np.floor(d / 3.4), 4.0)
    if patch > 0.8 and 3.0 < s - 17.0 * cell < 3.0 + 9.0 * patch and 0.4 < _rest(d, 3.4) < 2.7:
        shade *= 0.72
    mx = s - 17.0 * (cell + 0.15 + 0.7 * cell_noise(cell, 1.0, 5.0))
    my = d + 1.7 + 3.4 * np.floor(3.0 * cell_noise(cell, 2.0, 5.0) - 1.0)
    spot = mx * mx + my * my
    if spot < 0.12:
        shade *= 0.45 if spot < 0.09 or far_m > 25.0 else 0.25
    r, g, b = colour[0] * shade, colour[1] * shade, colour[2] * shade
    if painted(s, d, lines, crossings):
        wear = (
            smooth_noise(2.3 * s, 6.0 * d, 6.0) * 0.6 + smooth_noise(11.0 * s, 11.0 * d, 7.0) * 0.4
        )
        white = 0.72 * (1.0 - 0.55 * max(0.0, wear - 0.55) / 0.45)
        return white, white, white * 0.97
    return r, g, b


@kernel
def _pavement(s: float, d: float, far_m: float, colour: Colour) -> Colour:
    size = 0.6
    i, j = np.floor(s / size), np.floor(d / size)
    shade = (
        0.9 + 0.16 * cell_noise(i, j, 21.0) + 0.10 * (smooth_noise(0.5 * s, 0.5 * d, 22.0) - 0.5)
    )
    joint = min(s - size * i, size * (i + 1) - s, d - size * j, size * (j + 1) - d)
    if joint < 0.014:
        shade *= 1.0 - 0.45 * max(0.0, 1.0 - far_m / 40.0)
    return colour[0] * shade, colour[1] * shade, colour[2] * shade


@kernel
def _kerb(s: float, far_m: float, colour: Colour) -> Colour:
    shade = 0.88 + 0.2 * cell_noise(np.floor(s), 0.0, 23.0)
    if s - np.floor(s) < 0.02:
        shade *= 1.0 - 0.5 * max(0.0, 1.0 - far_m / 40.0)
    return colour[0] * shade, colour[1] * shade, colour[2] * shade


@kernel
def facade(u: float, v: float, colour: Colour) -> tuple[float, float, float, float]:
    """Return (red, green, blue, gloss) of a wall at bay `u` and storey `v`; panes are glossy."""
    i, j = np.floor(u), np.floor(v)
    x, y = u - i, v - j
    seed = np.floor(colour[0] * 7919.0 + colour[1] * 104729.0)
    shade = (
        0.94
        + 0.08 * smooth_noise(3.0 * u, 4.0 * v, seed)
        + 0.05 * smooth_noise(0.7 * u, 0.5 * v, 31.0)
    )
    if y < 0.03 and j > 0:
        shade *= 0.72
    r, g, b = colour[0] * shade, colour[1] * shade, colour[2] * shade
    style = cell_noise(seed, 3.0, 32.0)
    left = 0.27 if style < 0.5 else 0.20
    low, high = (0.28, 0.82) if style < 0.7 else (0.16, 0.84)
    if left - 0.06 < x < 1.06 - left and low - 0.05 < y < low:
        return 0.42, 0.41, 0.40, 0.0
    if not (left < x < 1.0 - left and low < y < high):
        rim = left - 0.035 < x < 1.035 - left and low < y < high + 0.035
        return (0.6, 0.59, 0.57, 0.0) if rim else (r, g, b, 0.0)
    px, py = (x - left) / (1.0 - 2.0 * left), (y - low) / (high - low)
    if (
        px < 0.06
        or px > 0.94
        or py < 0.04
        or py > 0.96
        or abs(px - 0.5) < 0.03
        or abs(py - 0.68) < 0.02
    ):
        return 0.66, 0.65, 0.62, 0.0
    room = cell_noise(i, j, seed + 5.0)
    if room > 0.55 and (px < 0.25 or px > 0.75):
        return 0.32 * room, 0.29 * room, 0.25 * room, 0.35
    if room < 0.12 and py > 0.35:
        return 0.36, 0.34, 0.30, 0.2
    return 0.025, 0.03, 0.035, 1.0


@kernel
def car_window(u: float, v: float, colour: Colour) -> tuple[float, float, float, float]:
    """Return (red, green, blue, gloss) of a car's upper part: pillars and frames are painted."""
    painted_here = v > 0.92
    if u < 1.5:
        painted_here = painted_here or u < 0.10 or u > 0.97 or abs(u - 0.50) < 0.022
        if v < 0.06:
            return 0.02, 0.02, 0.02, 0.3
    else:
        painted_here = painted_here or u < 2.06 or u > 2.94
        if v < 0.05:
            return 0.02, 0.02, 0.02, 0.3
    if painted_here:
        return colour[0], colour[1], colour[2], 0.45
    return 0.012, 0.014, 0.016, 1.0


@kernel
def _roof(u: float, v: float, far_m: float, colour: Colour) -> Colour:
    row = v / 0.33
    shade = 0.84 + 0.2 * cell_noise(np.floor(row), np.floor(u / 0.28), 41.0)
    shade *= 1.0 - 0.38 * max(0.0, 1.0 - far_m / 60.0) * (
        1.0 if row - np.floor(row) < 0.16 else 0.0
    )
    return colour[0] * shade, colour[1] * shade, colour[2] * shade


@kernel
def _grass(x: float, y: float, far_m: float, colour: Colour) -> Colour:
    shade = (
        0.7
        + 0.4 * smooth_noise(0.11 * x, 0.13 * y, 51.0)
        + 0.25 * smooth_noise(0.9 * x, 0.9 * y, 52.0)
    )
    fine = max(0.0, 1.0 - far_m / 25.0)
    shade *= 1.0 + fine * 0.5 * (cell_noise(np.floor(x * 18.0), np.floor(y * 18.0), 53.0) - 0.5)
    dry = smooth_noise(0.05 * x, 0.05 * y, 54.0)
    return colour[0] * shade * (0.9 + 0.5 * dry), colour[1] * shade, colour[2] * shade


@kernel
def _corrugated(u: float, v: float, far_m: float, colour: Colour) -> Colour:
    wave = math.sin(u * (2.0 * math.pi / 0.24)) * max(0.0, 1.0 - far_m / 45.0)
    shade = 0.92 + 0.16 * wave
    if v < 0.09 or u < 0.06:
        shade = 0.7
    shade *= 0.92 + 0.16 * smooth_noise(0.9 * u, 0.4 * v, 61.0)
    return colour[0] * shade, colour[1] * shade, colour[2] * shade


@kernel
def look(  # noqa: PLR0913, PLR0917, PLR0912, C901  one branch per material
    material: int,
    colour: Colour,
    u: float,
    v: float,
    x: float,
    y: float,
    z: float,
    far_m: float,
    lines: NDArray[np.float64],
    crossings: NDArray[np.float64],
) -> tuple[float, float, float, float]:
    """Return (red, green, blue, gloss) of a surface.

    Args:
        material: See `Material`.
        colour: Base colour.
        u: Texture coordinate, with `v`.
        v: See `u`.
        x: The place in the world, metres, with `y`, `z`.
        y: See `x`.
        z: See `x`.
        far_m: From the camera: fine detail fades with it.
        lines: See `Markings`.
        crossings: See `Markings`.
    """
    r, g, b = colour
    if material == ROAD:
        r, g, b = _road(u, v, far_m, colour, lines, crossings)
    elif material == PAVEMENT:
        r, g, b = _pavement(u, v, far_m, colour)
    elif material == KERB:
        r, g, b = _kerb(u, far_m, colour)
    elif material == FACADE:
        return facade(u, v, colour)
    elif material == CAR_WINDOW:
        return car_window(u, v, colour)
    elif material == GRASS:
        r, g, b = _grass(x, y, far_m, colour)
    elif material == FOLIAGE:
        fine = max(0.0, 1.0 - far_m / 45.0)
        shade = 0.72 + 0.42 * smooth_noise(2.3 * x + 1.7 * z, 2.3 * y - 1.9 * z, 71.0)
        leaf = smooth_noise(8.0 * x + 10.0 * z, 8.0 * y - 9.0 * z, 72.0) - 0.45
        leaf += 0.8 * (smooth_noise(19.0 * x - 23.0 * z, 19.0 * y + 25.0 * z, 73.0) - 0.5)
        shade *= 1.0 + 0.85 * fine * leaf
        r, g, b = r * shade, g * shade, b * shade
    elif material == ROOF:
        r, g, b = _roof(u, v, far_m, colour)
    elif material == CORRUGATED:
        r, g, b = _corrugated(u, v, far_m, colour)
    elif material == STRIPED:
        if _rest(u + v, 0.4) < 0.2:
            r, g, b = 0.75, 0.75, 0.75
    elif material == GLASS:
        return r, g, b, 1.0
    elif material == PAINT:
        return r, g, b, 0.45
    elif material == METAL:
        return r, g, b, 0.6
    return r, g, b, 0.0
