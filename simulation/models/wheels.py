"""What the wheels of all vehicles share."""

from __future__ import annotations

import numpy as np

from simulation.mesh import Material, Mesh, quad

TYRE = (0.02, 0.02, 0.022)
DARK = (0.03, 0.03, 0.033)
RIM = (0.30, 0.31, 0.33)


def rim_gaps(x_m: float, y_m: float, radius_m: float) -> list[Mesh]:
    """Return the five dark gaps between the spokes of a wheel that stands on the ground.

    Args:
        x_m: Its axle.
        y_m: Its outer side; to the left where positive.
        radius_m: Of the wheel with its tyre.
    """
    gaps = []
    for start in np.arange(5) * (2.0 * np.pi / 5.0):
        angles = start + np.array([-0.46, 0.0, 0.46])
        rim = radius_m * np.array([0.58, 0.60, 0.58])
        points = np.array([0.19 * radius_m * np.exp(1j * start), *(rim * np.exp(1j * angles))])
        corners = np.column_stack([x_m + points.real, np.full(4, y_m), radius_m + points.imag])
        gaps.append(quad(corners if y_m < 0 else corners[::-1], Material.PLAIN, DARK))
    return gaps
