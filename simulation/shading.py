"""The colour of what a ray meets: sun with shadow, light of the sky, gloss, haze."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulation.kernel import kernel
from simulation.mesh import Material
from simulation.sky import HAZE_PER_M, SUN_COLOUR, sky
from simulation.surfaces import look
from simulation.tracing import trace

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
# Nothing here is higher than the sun's ray climbs on this way.
SHADOW_M = 45.0
OFFSET_M = 2e-3


@kernel
def _turned(
    poses: NDArray[np.float64], line: int, mover: int, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """Return a mover's vector in the world's axes."""
    return (
        poses[line, mover, 0] * x + poses[line, mover, 1] * y + poses[line, mover, 2] * z,
        poses[line, mover, 3] * x + poses[line, mover, 4] * y + poses[line, mover, 5] * z,
        poses[line, mover, 6] * x + poses[line, mover, 7] * y + poses[line, mover, 8] * z,
    )


@kernel
def _glossy(  # noqa: PLR0913, PLR0917  a numeric kernel
    r: float,
    g: float,
    b: float,
    gloss: float,
    lit: float,
    dx: float,
    dy: float,
    dz: float,
    nx: float,
    ny: float,
    nz: float,
    sun: NDArray[np.float64],
) -> tuple[float, float, float]:
    """Return a colour under its mirror image of the sky and the sun; the ground's is one grey."""
    along = dx * nx + dy * ny + dz * nz
    mx, my, mz = dx - 2.0 * along * nx, dy - 2.0 * along * ny, dz - 2.0 * along * nz
    fresnel = gloss * (0.05 + 0.95 * (1.0 - min(1.0, abs(along))) ** 5)
    if gloss >= 1.0:
        fresnel = 0.10 + 0.90 * fresnel
    if mz > 0.0:
        sr, sg, sb = sky(mx, my, mz, sun)
        # Houses and trees stand before the sky near the horizon.
        dim = 0.28 + 0.72 * min(1.0, 2.2 * mz)
        sr, sg, sb = dim * sr, dim * sg, dim * sb
    else:
        sr, sg, sb = 0.15, 0.15, 0.145
    shine = 0.0
    if lit > 0.0:
        shine = max(0.0, mx * sun[0] + my * sun[1] + mz * sun[2]) ** 180 * 5.0 * gloss
    return (
        r * (1.0 - fresnel) + fresnel * sr + shine,
        g * (1.0 - fresnel) + fresnel * sg + shine,
        b * (1.0 - fresnel) + fresnel * sb + shine,
    )


@kernel
def radiance(  # noqa: PLR0913, PLR0917, PLR0915, C901, PLR0912  HOT: once a ray
    boxes: NDArray[np.float32],
    links: NDArray[np.int32],
    triangles: NDArray[np.float64],
    normals: NDArray[np.float32],
    uvs: NDArray[np.float32],
    looks: NDArray[np.float32],
    owners: NDArray[np.int32],
    roots: NDArray[np.int32],
    radii: NDArray[np.float64],
    lines: NDArray[np.float64],
    crossings: NDArray[np.float64],
    sun: NDArray[np.float64],
    poses: NDArray[np.float64],
    line: int,
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
        boxes, links, triangles, roots, radii, poses, line,
        ox, oy, oz, dx, dy, dz, 1e9, False, stack,  # noqa: FBT003
    )  # fmt: skip
    if hit < 0:
        r, g, b = sky(dx, dy, dz, sun)
        return r, g, b, 0, math.inf
    w = 1.0 - bu - bv
    nx = w * normals[hit, 0] + bu * normals[hit, 3] + bv * normals[hit, 6]
    ny = w * normals[hit, 1] + bu * normals[hit, 4] + bv * normals[hit, 7]
    nz = w * normals[hit, 2] + bu * normals[hit, 5] + bv * normals[hit, 8]
    ex, ey, ez = triangles[hit, 3], triangles[hit, 4], triangles[hit, 5]
    fx, fy, fz = triangles[hit, 6], triangles[hit, 7], triangles[hit, 8]
    gx, gy, gz = ey * fz - ez * fy, ez * fx - ex * fz, ex * fy - ey * fx
    px, py, pz = ox + t * dx, oy + t * dy, oz + t * dz
    if mover >= 0:
        nx, ny, nz = _turned(poses, line, mover, nx, ny, nz)
        gx, gy, gz = _turned(poses, line, mover, gx, gy, gz)
    length = math.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / length, ny / length, nz / length
    length = math.sqrt(gx * gx + gy * gy + gz * gz)
    gx, gy, gz = gx / length, gy / length, gz / length
    if gx * dx + gy * dy + gz * dz > 0.0:
        gx, gy, gz = -gx, -gy, -gz
    if nx * gx + ny * gy + nz * gz < 0.0:
        nx, ny, nz = -nx, -ny, -nz
    u = w * uvs[hit, 0] + bu * uvs[hit, 2] + bv * uvs[hit, 4]
    v = w * uvs[hit, 1] + bu * uvs[hit, 3] + bv * uvs[hit, 5]
    material = int(looks[hit, 0])
    r, g, b, gloss = look(
        material,
        (float(looks[hit, 1]), float(looks[hit, 2]), float(looks[hit, 3])),
        u, v, px, py, pz, t, lines, crossings,
    )  # fmt: skip
    if material == LAMP:
        r, g, b = 1.15 * r, 1.15 * g, 1.15 * b
    else:
        qx, qy, qz = px + OFFSET_M * gx, py + OFFSET_M * gy, pz + OFFSET_M * gz
        facing = nx * sun[0] + ny * sun[1] + nz * sun[2]
        lit = 0.0
        if facing > 0.0 and gx * sun[0] + gy * sun[1] + gz * sun[2] > 0.0:
            _, blocker, _, _, _ = trace(
                boxes, links, triangles, roots, radii, poses, line, qx, qy, qz,
                sun[0], sun[1], sun[2], SHADOW_M, True, stack,  # noqa: FBT003
            )  # fmt: skip
            if blocker < 0:
                lit = facing
        openness = 1.0
        if material in (ROAD, PAVEMENT, KERB):
            gap, above, _, _, _ = trace(
                boxes, links, triangles, roots, radii, poses, line,
                qx, qy, qz, 0.0, 0.0, 1.0, CONTACT_M, True, stack,  # noqa: FBT003
            )  # fmt: skip
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
            r, g, b = _glossy(r, g, b, gloss, lit, dx, dy, dz, nx, ny, nz, sun)
    clear = math.exp(-HAZE_PER_M * t)
    sr, sg, sb = 0.70, 0.79, 0.90
    r = r * clear + sr * (1.0 - clear)
    g = g * clear + sg * (1.0 - clear)
    b = b * clear + sb * (1.0 - clear)
    return r, g, b, owners[hit], t
