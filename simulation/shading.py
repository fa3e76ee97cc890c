"""The colour of what a ray meets: sun with shadow, light of the sky, gloss, haze."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from numba import njit

from simulation.mesh import Material
from simulation.sky import HAZE_PER_M, SUN_COLOUR, sky
from simulation.surfaces import look
from simulation.tracing import Geometry, trace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LAMP = int(Material.LAMP)
ROAD = int(Material.ROAD)
PAVEMENT = int(Material.PAVEMENT)
KERB = int(Material.KERB)
FOLIAGE = int(Material.FOLIAGE)
# Light cannot reach the ground under a car: a short ray upwards finds what is above it.
CONTACT_M = 0.8
SHADOW_M = 90.0
OFFSET_M = 2e-3


@njit(cache=True, nogil=True)
def radiance(  # noqa: PLR0913, PLR0917, PLR0914, PLR0915, C901, PLR0912  HOT: once a ray
    geometry: Geometry,
    lines: NDArray[np.float64],
    crossings: NDArray[np.float64],
    sun: NDArray[np.float64],
    rotations: NDArray[np.float64],
    positions: NDArray[np.float64],
    ox: float,
    oy: float,
    oz: float,
    dx: float,
    dy: float,
    dz: float,
    stack: NDArray[np.int32],
) -> tuple[float, float, float, int, float]:
    """Return (red, green, blue, owner, distance) along a ray; owner 0 and infinity for the sky.

    The arguments are those of `trace`, with the road's paint and the direction of the sun.
    """
    t, hit, bu, bv, mover = trace(
        geometry,
        rotations,
        positions,
        ox,
        oy,
        oz,
        dx,
        dy,
        dz,
        1e9,
        False,
        stack,  # noqa: FBT003
    )
    if hit < 0:
        r, g, b = sky(dx, dy, dz, sun)
        return r, g, b, 0, math.inf
    w = 1.0 - bu - bv
    n = geometry.normals[hit]
    nx = w * n[0] + bu * n[3] + bv * n[6]
    ny = w * n[1] + bu * n[4] + bv * n[7]
    nz = w * n[2] + bu * n[5] + bv * n[8]
    tri = geometry.triangles[hit]
    gx = tri[4] * tri[8] - tri[5] * tri[7]
    gy = tri[5] * tri[6] - tri[3] * tri[8]
    gz = tri[3] * tri[7] - tri[4] * tri[6]
    px, py, pz = ox + t * dx, oy + t * dy, oz + t * dz
    if mover >= 0:
        R = rotations[mover]
        nx, ny, nz = (
            R[0, 0] * nx + R[0, 1] * ny + R[0, 2] * nz,
            R[1, 0] * nx + R[1, 1] * ny + R[1, 2] * nz,
            R[2, 0] * nx + R[2, 1] * ny + R[2, 2] * nz,
        )
        gx, gy, gz = (
            R[0, 0] * gx + R[0, 1] * gy + R[0, 2] * gz,
            R[1, 0] * gx + R[1, 1] * gy + R[1, 2] * gz,
            R[2, 0] * gx + R[2, 1] * gy + R[2, 2] * gz,
        )
    length = math.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / length, ny / length, nz / length
    length = math.sqrt(gx * gx + gy * gy + gz * gz)
    gx, gy, gz = gx / length, gy / length, gz / length
    if gx * dx + gy * dy + gz * dz > 0.0:
        gx, gy, gz = -gx, -gy, -gz
    if nx * gx + ny * gy + nz * gz < 0.0:
        nx, ny, nz = -nx, -ny, -nz
    uv = geometry.uvs[hit]
    u = w * uv[0] + bu * uv[2] + bv * uv[4]
    v = w * uv[1] + bu * uv[3] + bv * uv[5]
    seen = geometry.looks[hit]
    material = int(seen[0])
    r, g, b, gloss = look(
        material, (seen[1], seen[2], seen[3]), u, v, px, py, pz, t, lines, crossings
    )
    if material == LAMP:
        r, g, b = 1.15 * r, 1.15 * g, 1.15 * b
    else:
        qx, qy, qz = px + OFFSET_M * gx, py + OFFSET_M * gy, pz + OFFSET_M * gz
        facing = nx * sun[0] + ny * sun[1] + nz * sun[2]
        lit = 0.0
        if facing > 0.0 and gx * sun[0] + gy * sun[1] + gz * sun[2] > 0.0:
            _, blocker, _, _, _ = trace(
                geometry, rotations, positions, qx, qy, qz,
                sun[0], sun[1], sun[2], SHADOW_M, True, stack,  # noqa: FBT003
            )  # fmt: skip
            if blocker < 0:
                lit = facing
        openness = 1.0
        if material in (ROAD, PAVEMENT, KERB):
            gap, above, _, _, _ = trace(
                geometry,
                rotations,
                positions,
                qx,
                qy,
                qz,
                0.0,
                0.0,
                1.0,
                CONTACT_M,
                True,
                stack,  # noqa: FBT003
            )
            if above >= 0:
                openness = 0.25 + 0.35 * gap / CONTACT_M
        up = 0.5 + 0.5 * nz
        ambient_r = (0.46 * up + 0.20 * (1.0 - up)) * openness
        ambient_g = (0.53 * up + 0.19 * (1.0 - up)) * openness
        ambient_b = (0.66 * up + 0.17 * (1.0 - up)) * openness
        if material == FOLIAGE:
            ambient_r, ambient_g, ambient_b = 1.1 * ambient_r, 1.2 * ambient_g, 0.9 * ambient_b
        r *= SUN_COLOUR[0] * lit + ambient_r
        g *= SUN_COLOUR[1] * lit + ambient_g
        b *= SUN_COLOUR[2] * lit + ambient_b
        if gloss > 0.0:
            along = dx * nx + dy * ny + dz * nz
            mx, my, mz = dx - 2.0 * along * nx, dy - 2.0 * along * ny, dz - 2.0 * along * nz
            fresnel = gloss * (0.06 + 0.94 * (1.0 - min(1.0, abs(along))) ** 5)
            if gloss >= 1.0:
                fresnel = 0.12 + 0.88 * fresnel
            if mz > 0.0:
                sr, sg, sb = sky(mx, my, mz, sun)
                dim = 0.45 + 0.55 * min(1.0, 4.0 * mz)
                sr, sg, sb = dim * sr, dim * sg, dim * sb
            else:
                sr, sg, sb = 0.15, 0.15, 0.145
            shine = 0.0
            if lit > 0.0:
                shine = max(0.0, mx * sun[0] + my * sun[1] + mz * sun[2]) ** 180 * 5.0 * gloss
            r = r * (1.0 - fresnel) + fresnel * sr + shine
            g = g * (1.0 - fresnel) + fresnel * sg + shine
            b = b * (1.0 - fresnel) + fresnel * sb + shine
    clear = math.exp(-HAZE_PER_M * t)
    sr, sg, sb = 0.70, 0.79, 0.90
    r = r * clear + sr * (1.0 - clear)
    g = g * clear + sg * (1.0 - clear)
    b = b * clear + sb * (1.0 - clear)
    return r, g, b, geometry.owners[hit], t
