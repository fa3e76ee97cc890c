"""What stands along a street: houses, trees, lamps, signs, cones, hedges. The ground at z = 0."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from simulation.mesh import Material, Mesh, ball, box, grid, join, loft, quad, soup, tube

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

BARK = (0.16, 0.105, 0.07)
STEEL = (0.22, 0.24, 0.25)
STOREY_M = 3.0


def house(
    size_m: tuple[float, float],
    storeys: int,
    wall: ArrayLike,
    roof: ArrayLike,
    *,
    gable: bool = True,
) -> Mesh:
    """Return a house with its front facing -y, centred on x = 0 with the front wall at y = 0.

    Args:
        size_m: Width along x and depth along y.
        storeys: Three metres each, over half a metre of plinth.
        wall: (3,) linear RGB of the plaster or the brick.
        roof: (3,) linear RGB of the tiles.
        gable: A pitched roof with its ridge along x; else a flat one with a parapet.
    """
    width, depth = size_m
    plinth, height = 0.5, 0.5 + STOREY_M * storeys
    x, y = width / 2.0, depth
    parts = []
    for a, b in (((-x, 0), (x, 0)), ((x, 0), (x, y)), ((x, y), (-x, y)), ((-x, y), (-x, 0))):
        span = float(np.hypot(b[0] - a[0], b[1] - a[1]))
        wall_quad = [(*a, plinth), (*b, plinth), (*b, height), (*a, height)]
        # The shader lays whole window bays over the wall; u says how far along and v how high.
        bays = max(1, round(span / 2.6))
        uvs = ((0.0, 0.0), (bays, 0.0), (bays, storeys), (0.0, storeys))
        parts.append(quad(wall_quad, Material.FACADE, wall, uvs=uvs))
        base = [(*a, -2.5), (*b, -2.5), (*b, plinth), (*a, plinth)]
        parts.append(quad(base, Material.PLAIN, np.asarray(wall) * 0.45))
    door_x = -x + width * (0.5 / max(1, round(width / 2.6)))
    parts += [
        box((1.1, 0.12, 2.5), (door_x, 0.0, 1.25), Material.PLAIN, (0.10, 0.05, 0.03)),
        box((1.5, 0.5, 0.12), (door_x, -0.2, 2.75), Material.PLAIN, (0.3, 0.3, 0.3)),
        box((1.6, 0.9, 0.30), (door_x, -0.35, 0.1), Material.PLAIN, (0.35, 0.34, 0.33)),
    ]
    parts += (
        _gable(width, depth, height, wall, roof) if gable else _parapet(width, depth, height, wall)
    )
    return join(parts)


def _gable(
    width: float, depth: float, height: float, wall: ArrayLike, roof: ArrayLike
) -> list[Mesh]:
    x, over = width / 2.0, 0.35
    ridge = height + 0.42 * depth
    drop = over * 0.84
    front = [(-x - over, -over, height - drop), (x + over, -over, height - drop)]
    top = [(x + over, depth / 2.0, ridge), (-x - over, depth / 2.0, ridge)]
    back = [(x + over, depth + over, height - drop), (-x - over, depth + over, height - drop)]
    slope = float(np.hypot(depth / 2.0 + over, ridge - height + drop))
    uvs = ((0.0, 0.0), (width, 0.0), (width, slope), (0.0, slope))
    thick = 0.16
    parts = [
        quad([*front, *top], Material.ROOF, roof, uvs=uvs),
        quad([*back, top[1], top[0]], Material.ROOF, roof, uvs=uvs),
        box(
            (width + 2 * over, 0.14, thick),
            (0, -over, height - drop - 0.03),
            Material.PLAIN,
            (0.25, 0.25, 0.25),
        ),
        box(
            (0.7, 0.7, 1.5),
            (0.28 * width, 0.56 * depth, ridge - 0.2),
            Material.PLAIN,
            (0.28, 0.13, 0.09),
        ),
    ]
    for side in (-1.0, 1.0):
        triangle = [
            (side * x, 0.0, height),
            (side * x, depth, height),
            (side * x, depth / 2.0, ridge),
        ]
        parts.append(soup([triangle if side > 0 else triangle[::-1]], Material.PLAIN, wall))
    return parts


def _parapet(width: float, depth: float, height: float, wall: ArrayLike) -> list[Mesh]:
    stone = np.asarray(wall) * 0.7
    return [
        box(
            (width + 0.3, depth + 0.3, 0.35),
            (0.0, depth / 2.0, height + 0.1),
            Material.PLAIN,
            stone,
        ),
        box((2.4, 2.0, 1.6), (0.2 * width, 0.6 * depth, height + 1.0), Material.PLAIN, stone),
    ]


def tree(rng: np.random.Generator, height_m: float) -> Mesh:
    """Return a broad-leaved tree: a trunk, some boughs, crowns of leaves."""
    trunk = 0.42 * height_m
    thick = 0.022 * height_m
    parts = [
        tube((0, 0, -0.3), (0, 0, trunk), (1.35 * thick, thick), Material.PLAIN, BARK, sides=9),
        tube(
            (0, 0, trunk - 0.1),
            (0, 0, 0.75 * height_m),
            (thick, 0.4 * thick),
            Material.PLAIN,
            BARK,
            sides=7,
        ),
    ]
    hue = rng.uniform(0.0, 1.0)
    base = np.array([0.07 + 0.09 * hue, 0.17 + 0.03 * hue, 0.035])
    for index in range(7):
        angle = 2.0 * np.pi * (index / 6.0) + rng.uniform(-0.4, 0.4)
        out = 0.0 if index == 6 else rng.uniform(0.13, 0.19) * height_m
        z = (0.86 if index == 6 else rng.uniform(0.52, 0.74)) * height_m
        size = rng.uniform(0.15, 0.2) * height_m
        centre = np.array([out * np.cos(angle), out * np.sin(angle), z])
        parts.append(_crown(rng, size, centre, base * rng.uniform(0.8, 1.25)))
        if index < 6:
            parts.append(
                tube(
                    (0, 0, trunk - 0.3),
                    centre,
                    (0.6 * thick, 0.25 * thick),
                    Material.PLAIN,
                    BARK,
                    sides=5,
                )
            )
    return join(parts)


def far_tree(rng: np.random.Generator, height_m: float) -> Mesh:
    """Return a tree to be seen from afar: a trunk and three plain crowns."""
    colour = np.array([0.06, 0.14, 0.035]) * rng.uniform(0.75, 1.3)
    trunk = tube((0, 0, -0.5), (0, 0, 0.5 * height_m), (0.2, 0.15), Material.PLAIN, BARK, sides=5)
    parts = [trunk]
    for z, size, out in ((0.78, 0.24, 0.0), (0.55, 0.22, 0.14), (0.58, 0.2, -0.15)):
        angle = float(rng.uniform(0.0, 2.0 * np.pi))
        centre = np.array([out * np.cos(angle), out * np.sin(angle), z]) * height_m
        parts.append(_crown(rng, size * height_m, centre, colour, rings=4, sides=7))
    return join(parts)


def _crown(
    rng: np.random.Generator,
    size_m: float,
    centre: ArrayLike,
    colour: ArrayLike,
    *,
    rings: int = 8,
    sides: int = 12,
) -> Mesh:
    """Return a lumpy ball of leaves."""
    polar = np.linspace(-np.pi / 2.0, np.pi / 2.0, rings + 1)[:, None]
    around = np.linspace(0.0, 2.0 * np.pi, sides + 1)[None, :]
    radius = size_m * rng.uniform(0.82, 1.15, (rings + 1, sides + 1))
    radius[:, -1] = radius[:, 0]
    radius[0], radius[-1] = radius[0, 0], radius[-1, 0]
    x = radius * np.cos(polar) * np.cos(around)
    y = radius * np.cos(polar) * np.sin(around)
    points = np.stack([x, y, 0.85 * radius * np.sin(polar)], axis=-1)
    points[:, -1] = points[:, 0]
    return grid((points + np.asarray(centre)).transpose(1, 0, 2), Material.FOLIAGE, colour)


def street_lamp(reach_m: float = 2.2) -> Mesh:
    """Return a lamp post whose arm reaches along -y."""
    return join(
        [
            tube((0, 0, -0.2), (0, 0, 1.0), (0.11, 0.1), Material.PLAIN, STEEL, sides=10),
            tube((0, 0, 0.9), (0, 0, 7.2), (0.075, 0.05), Material.PLAIN, STEEL, sides=8),
            tube((0, 0, 7.15), (0, -reach_m, 7.6), (0.045, 0.04), Material.PLAIN, STEEL, sides=6),
            box((0.3, 0.75, 0.12), (0, -reach_m - 0.3, 7.6), Material.PLAIN, (0.3, 0.31, 0.32)),
        ]
    )


def crossing_sign() -> Mesh:
    """Return the square blue sign of a pedestrian crossing on its post, facing -x."""
    parts = [
        tube((0, 0, -0.2), (0, 0, 3.0), (0.035, 0.035), Material.METAL, (0.4, 0.4, 0.4), sides=8),
        box((0.03, 0.66, 0.66), (-0.05, 0, 2.75), Material.PLAIN, (0.01, 0.08, 0.45)),
    ]
    triangle = [(-0.068, 0.26, 2.52), (-0.068, -0.26, 2.52), (-0.068, 0.0, 3.0)]
    parts.append(soup([triangle], Material.PLAIN, (0.8, 0.8, 0.8)))
    parts.append(box((0.01, 0.1, 0.22), (-0.072, 0, 2.68), Material.PLAIN, (0.02, 0.02, 0.02)))
    return join(parts)


def round_sign() -> Mesh:
    """Return a round red-rimmed sign on its post, facing -x."""
    at = (-0.05, 0.0, 2.5)
    return join(
        [
            tube(
                (0, 0, -0.2), (0, 0, 2.85), (0.035, 0.035), Material.METAL, (0.4, 0.4, 0.4), sides=8
            ),
            tube((-0.03, 0, 2.5), at, (0.33, 0.33), Material.PLAIN, (0.55, 0.02, 0.02), sides=24),
            tube(at, (-0.06, 0, 2.5), (0.24, 0.24), Material.PLAIN, (0.8, 0.8, 0.8), sides=24),
            box((0.01, 0.09, 0.2), (-0.062, 0.09, 2.5), Material.PLAIN, (0.02, 0.02, 0.02)),
            box((0.01, 0.09, 0.2), (-0.062, -0.08, 2.5), Material.PLAIN, (0.02, 0.02, 0.02)),
        ]
    )


def traffic_cone() -> Mesh:
    """Return an orange cone with two white bands."""
    orange, white = (0.75, 0.13, 0.015), (0.8, 0.8, 0.8)
    cuts = [
        (0.05, orange),
        (0.26, white),
        (0.40, orange),
        (0.52, white),
        (0.62, orange),
        (0.75, orange),
    ]
    parts = [box((0.42, 0.42, 0.05), (0, 0, 0.025), Material.PLAIN, (0.03, 0.03, 0.03))]
    for (low, colour), (high, _) in pairwise(cuts):
        radii = (0.165 - 0.18 * low, 0.165 - 0.18 * high)
        parts.append(tube((0, 0, low), (0, 0, high), radii, Material.PLAIN, colour, sides=16))
    return join(parts)


def hedge(length_m: float, rng: np.random.Generator) -> Mesh:
    """Return a clipped hedge along x, a metre high."""
    colour = np.array([0.055, 0.13, 0.03]) * rng.uniform(0.8, 1.2)
    angles = np.arange(8) * (2.0 * np.pi / 8) + np.pi / 8
    ring = np.column_stack([0.34 * np.cos(angles), 0.62 * np.sin(angles) + 0.45])
    places = np.linspace(-length_m / 2.0, length_m / 2.0, max(2, int(length_m / 1.2)))
    rings = np.stack(
        [np.column_stack([np.full(8, x), ring * rng.uniform(0.93, 1.05, (8, 1))]) for x in places]
    )
    return loft(rings, Material.FOLIAGE, colour)


def bollard() -> Mesh:
    """Return a short steel post with a rounded head."""
    return join(
        [
            tube((0, 0, -0.1), (0, 0, 0.85), (0.06, 0.055), Material.PLAIN, STEEL, sides=10),
            ball((0.075, 0.075, 0.06), (0, 0, 0.87), Material.PLAIN, STEEL, rings=4, sides=10),
        ]
    )
