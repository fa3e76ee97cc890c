"""Lorries and containers. Local frame: x forward, y left, z up, the ground at z = 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.mesh import Material, Mesh, box, join, loft, quad, tube
from simulation.models.cars import HEADLIGHT, PLATE, TAILLIGHT
from simulation.models.wheels import DARK, RIM, TYRE, rim_gaps

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def lorry(colour: ArrayLike, box_colour: ArrayLike, *, length_m: float = 8.2) -> Mesh:
    """Return a lorry: cab, a box body on a chassis, six wheels."""
    half = 1.22
    front = length_m / 2.0
    cab_rear = front - 1.75
    rear = -front
    floor, roof = 1.02, 3.35
    cab_profile = np.array(
        [
            (cab_rear, 0.55),
            (front - 0.05, 0.55),
            (front, 0.75),
            (front, 1.45),
            (front - 0.22, 2.45),
            (front - 0.45, 2.72),
            (cab_rear, 2.72),
        ]
    )
    cab = np.stack(
        [
            np.column_stack([cab_profile[:, 0], np.full(len(cab_profile), y), cab_profile[:, 1]])
            for y in (half - 0.06, -half + 0.06)
        ]
    )
    screen = [(front + 0.006, -1.02, 1.52), (front + 0.006, 1.02, 1.52)]
    screen += [(front - 0.206, 0.98, 2.40), (front - 0.206, -0.98, 2.40)]
    body_x = (rear, cab_rear - 0.12)
    parts = [
        loft(cab, Material.PAINT, colour, smooth=False),
        quad(screen, Material.GLASS, DARK),
        box(
            (body_x[1] - body_x[0], 2.0 * half, roof - floor),
            ((body_x[0] + body_x[1]) / 2.0, 0.0, (roof + floor) / 2.0),
            Material.CORRUGATED,
            box_colour,
        ),
        box((length_m - 0.8, 0.9, 0.28), (-0.2, 0.0, 0.86), Material.PLAIN, DARK),
        box((0.10, 2.3, 0.14), (rear + 0.08, 0.0, 0.52), Material.STRIPED, (0.7, 0.05, 0.03)),
        box((0.06, 1.7, 0.30), (front, 0.0, 0.98), Material.PLAIN, DARK),
        box((0.05, 0.52, 0.11), (front + 0.01, 0.0, 0.66), Material.PLAIN, PLATE),
        box((0.05, 0.52, 0.11), (rear + 0.03, 0.0, 0.72), Material.PLAIN, PLATE),
    ]
    for side in (-1.0, 1.0):
        pane = [(cab_rear + 0.55, 1.60), (front - 0.12, 1.60), (front - 0.30, 2.40)]
        pane += [(cab_rear + 0.55, 2.40)]
        corners = [(x, side * (half - 0.052), z) for x, z in pane]
        parts += [
            quad(corners if side < 0 else corners[::-1], Material.GLASS, DARK),
            box((0.06, 0.34, 0.2), (front - 0.01, side * 0.86, 0.74), Material.LAMP, HEADLIGHT),
            box((0.06, 0.28, 0.14), (rear + 0.02, side * 0.98, 0.92), Material.LAMP, TAILLIGHT),
            box(
                (0.12, 0.14, 0.46), (front - 0.15, side * (half + 0.07), 1.95), Material.PLAIN, DARK
            ),
            box(
                (2.1, 0.05, 0.4), (0.05 * length_m, side * (half - 0.12), 0.62), Material.METAL, RIM
            ),
        ]
        for x in (front - 1.05, rear + 1.35, rear + 2.35):
            inner, outer = side * (half - 0.32), side * (half - 0.03)
            parts += [
                tube(
                    (x, inner, 0.47), (x, outer, 0.47), (0.47, 0.47), Material.PLAIN, TYRE, sides=20
                ),
                tube(
                    (x, inner + side * 0.06, 0.47),
                    (x, outer + side * 0.01, 0.47),
                    (0.28, 0.28),
                    Material.METAL,
                    RIM,
                    sides=14,
                ),
                *rim_gaps(x, outer + side * 0.012, 0.47),
            ]
    return join(parts)


def container(size_m: ArrayLike, colour: ArrayLike) -> Mesh:
    """Return a shipping or rubbish container: a plain box, so its cuboid is its very shape."""
    size = np.asarray(size_m, dtype=np.float64)
    return box(size, (0.0, 0.0, size[2] / 2.0), Material.CORRUGATED, colour)
