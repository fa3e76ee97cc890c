"""Pedestrians and cyclists. Local frame: x forward, y left, z up, the ground at z = 0."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from simulation.mesh import Material, Mesh, ball, box, join, loft, rotation_y, tube

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

SKIN = (0.55, 0.33, 0.22)
SHOE = (0.05, 0.04, 0.04)
FRAME = (0.05, 0.12, 0.3)
RUBBER = (0.03, 0.03, 0.03)


def _torso(top: ArrayLike, hip_m: float, shoulder_m: float) -> Mesh:
    """Return an upper body: rounded rings from the hips to the neck."""
    heights = np.array([0.0, 0.25, 0.6, 0.85, 0.97, 1.0])
    widths = np.array([0.165, 0.155, 0.195, 0.215, 0.12, 0.06])
    depths = np.array([0.115, 0.105, 0.125, 0.11, 0.075, 0.05])
    angles = np.arange(12) * (2.0 * np.pi / 12)
    rings = np.stack(
        [
            np.column_stack(
                [
                    depth * np.cos(angles),
                    width * np.sin(angles),
                    np.full(12, hip_m + h * (shoulder_m - hip_m)),
                ]
            )
            for h, width, depth in zip(heights, widths, depths, strict=True)
        ]
    )
    return loft(rings, Material.PLAIN, top)


def _limb(
    points: list[tuple[float, float, float]], radii: list[float], colour: ArrayLike
) -> list[Mesh]:
    return [
        tube(a, b, (ra, rb), Material.PLAIN, colour, sides=8)
        for (a, b), (ra, rb) in zip(pairwise(points), pairwise(radii), strict=True)
    ]


def _head(z_m: float, hair: ArrayLike, x_m: float = 0.0) -> list[Mesh]:
    return [
        ball((0.10, 0.08, 0.125), (x_m + 0.01, 0.0, z_m), Material.PLAIN, SKIN),
        ball((0.108, 0.09, 0.10), (x_m - 0.018, 0.0, z_m + 0.045), Material.PLAIN, hair),
        tube(
            (x_m, 0.0, z_m - 0.2),
            (x_m, 0.0, z_m - 0.05),
            (0.055, 0.05),
            Material.PLAIN,
            SKIN,
            sides=8,
        ),
    ]


def pedestrian(
    top: ArrayLike,
    trousers: ArrayLike,
    hair: ArrayLike,
    *,
    height_m: float = 1.75,
    stride: float = 1.0,
) -> Mesh:
    """Return someone in mid-step; `stride` 0 stands, 1 walks, -1 has the other foot forward."""
    reach = 0.27 * stride
    parts = [_torso(top, 0.88, 1.47), *_head(1.63, hair)]
    for side, swing in ((1.0, reach), (-1.0, -reach)):
        knee = (0.55 * swing + 0.05 * abs(stride), side * 0.10, 0.50)
        ankle = (
            swing - (0.10 if swing < 0 else 0.0),
            side * 0.10,
            0.10 + (0.05 if swing < 0 else 0.0),
        )
        parts += _limb([(0.0, side * 0.09, 0.93), knee, ankle], [0.098, 0.07, 0.05], trousers)
        parts.append(
            box(
                (0.27, 0.10, 0.09),
                (ankle[0] + 0.06, ankle[1], ankle[2] - 0.055),
                Material.PLAIN,
                SHOE,
            )
        )
        elbow = (-0.5 * swing - 0.02, side * 0.25, 1.14)
        hand = (-0.95 * swing + 0.06, side * 0.25, 0.90)
        parts += _limb([(0.0, side * 0.205, 1.41), elbow, hand], [0.062, 0.05, 0.04], top)
        parts.append(ball((0.05, 0.04, 0.06), hand, Material.PLAIN, SKIN, rings=4, sides=8))
    person = join(parts)
    scale = height_m / 1.77
    return Mesh(
        person.corners * scale, person.normals, person.uvs, person.materials, person.colours
    )


def _bicycle_wheel(x_m: float) -> list[Mesh]:
    """Return a wheel: a thin tyre ring and six spokes."""
    around = np.arange(21) * (2.0 * np.pi / 20)
    across = np.arange(6) * (2.0 * np.pi / 6)
    rings = np.stack(
        [
            np.column_stack(
                [
                    x_m + (0.325 + 0.02 * np.cos(across)) * np.cos(a),
                    0.02 * np.sin(across),
                    0.345 + (0.325 + 0.02 * np.cos(across)) * np.sin(a),
                ]
            )
            for a in around
        ]
    )
    spokes = [
        tube(
            (x_m - 0.32 * np.cos(a), 0.0, 0.345 - 0.32 * np.sin(a)),
            (x_m + 0.32 * np.cos(a), 0.0, 0.345 + 0.32 * np.sin(a)),
            (0.006, 0.006),
            Material.METAL,
            (0.5, 0.5, 0.5),
            sides=4,
        )
        for a in np.arange(3) * np.pi / 3
    ]
    return [loft(rings, Material.PLAIN, RUBBER, caps=False), *spokes]


def cyclist(top: ArrayLike, trousers: ArrayLike, helmet: ArrayLike) -> Mesh:
    """Return a rider on a bicycle."""
    bars = [
        ((-0.52, 0.0, 0.345), (-0.10, 0.0, 0.30)),
        ((-0.10, 0.0, 0.30), (-0.24, 0.0, 0.92)),
        ((-0.10, 0.0, 0.30), (0.36, 0.0, 0.84)),
        ((-0.22, 0.0, 0.80), (0.35, 0.0, 0.90)),
        ((-0.52, 0.0, 0.345), (-0.22, 0.0, 0.80)),
        ((0.54, 0.0, 0.345), (0.34, 0.0, 1.02)),
        ((0.34, -0.27, 1.05), (0.34, 0.27, 1.05)),
    ]
    parts = [tube(a, b, (0.02, 0.02), Material.PAINT, FRAME, sides=6) for a, b in bars]
    parts += [*_bicycle_wheel(-0.52), *_bicycle_wheel(0.54)]
    parts.append(box((0.26, 0.15, 0.06), (-0.26, 0.0, 0.95), Material.PLAIN, RUBBER))
    parts.append(box((0.05, 0.10, 0.08), (-0.50, 0.0, 0.78), Material.LAMP, (0.6, 0.02, 0.02)))
    torso = _torso(top, 0.0, 0.58).moved(rotation_y(0.55), (-0.24, 0.0, 0.98))
    parts += [torso, *_head(1.66, helmet, x_m=0.14)]
    for side, foot in ((1.0, 0.14), (-1.0, 0.46)):
        knee = (0.20, side * 0.11, 0.72 if foot < 0.3 else 0.90)
        ankle = (-0.08 if foot < 0.3 else 0.02, side * 0.12, foot + 0.08)
        parts += _limb([(-0.22, side * 0.09, 0.98), knee, ankle], [0.095, 0.07, 0.05], trousers)
        parts.append(
            box((0.26, 0.09, 0.08), (ankle[0] + 0.05, ankle[1], foot + 0.03), Material.PLAIN, SHOE)
        )
        parts += _limb(
            [(0.05, side * 0.2, 1.44), (0.20, side * 0.26, 1.20), (0.36, side * 0.25, 1.08)],
            [0.06, 0.05, 0.04],
            top,
        )
    return join(parts)
