"""What bends rays in front of a lens, as a table that kernels read.

Directions are places on the faces of a cube, each with a grid of knots; between them the bend is a
cubic both ways. The grid is made finer until that is as good as exact.
"""

import math

import numpy as np

from projection.arrays import Float64Array
from projection.camera import Camera, RayWarp, bent_for_sure
from projection.kernels.compiled import compiled
from projection.kernels.pack import WARP, WARP_TABLE
from projection.status import Status

_CELLS = (32, 64, 128, 256)
#: rad by which the table may be off: where that is enough, and where it is too much.
_GOOD_RAD, _WORST_RAD = 1e-8, 3e-5
_SAMPLES = 64


def tabulated(warp: RayWarp) -> tuple[int, float, Float64Array]:
    """Cells each way of a face, by how much any ray is bent at most (rad), and the table.

    Where it isn't smooth, at the rim of what it knows say, directions are not seen.
    """
    for cells in _CELLS:
        knots = np.linspace(-1.0 - 2.0 / cells, 1.0 + 2.0 / cells, cells + 3)
        table = np.stack([_bends(warp, face, knots, knots) for face in range(6)])
        middles = knots[1:-2] + 1.0 / cells
        exact = np.stack([_bends(warp, face, middles, middles) for face in range(6)])
        error = np.abs(np.stack([_between(face) for face in table]) - exact).max(axis=3)
        if float(np.nanmax(error, initial=0.0)) <= _GOOD_RAD:
            break
    for face, i, j in np.argwhere(error > _WORST_RAD):
        table[face, i : i + 4, j : j + 4] = np.nan
    chords = np.sqrt((table**2).sum(axis=3))
    most = float(np.nanmax(chords, initial=0.0))
    # A chord is shorter than its angle; between knots it may be a little longer.
    return cells, 1.1 * math.pi / 2.0 * most + 1e-9, table.ravel()


def check(lens: Float64Array, camera: Camera) -> None:
    """Hold a lens's table against its warp, all over the picture.

    Raises:
        ValueError: It isn't smooth somewhere in the picture.
    """
    if camera.ray_warp is None:
        return
    u = np.linspace(-0.5, camera.width - 0.5, _SAMPLES)
    v = np.linspace(-0.5, camera.height - 0.5, _SAMPLES)
    rays, status = camera.unproject(np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2))
    rays = rays[status != Status.OUTSIDE_DOMAIN]
    exact, _ = bent_for_sure(camera.ray_warp, rays)
    exact = exact / np.linalg.norm(exact, axis=1, keepdims=True)
    found = np.empty_like(rays)
    bend_many(lens, rays, found)
    off = np.abs(found - exact).max(initial=0.0)
    if not off <= _WORST_RAD:
        message = (
            "ray_warp: expected directions that change smoothly in all of the picture, found "
            "neighbours that jump"
        )
        raise ValueError(message)


def _bends(warp: RayWarp, face: int, across: Float64Array, along: Float64Array) -> Float64Array:
    """(n, m, 3) by how much unit directions through places of a face change; NaN: not seen."""
    axis = face // 2
    a, b = np.meshgrid(across, along, indexing="ij")
    rays = np.empty((a.size, 3))
    rays[:, axis] = 1.0 - 2.0 * (face % 2)
    rays[:, (axis + 1) % 3], rays[:, (axis + 2) % 3] = a.ravel(), b.ravel()
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        bent, found = bent_for_sure(warp, rays)
        bent = bent / np.linalg.norm(bent, axis=1, keepdims=True)
    bent[~found] = np.nan
    return np.asarray((bent - rays).reshape(*a.shape, 3), dtype=np.float64)


def _between(face: Float64Array) -> Float64Array:
    """(n - 3, n - 3, 3) of knots (n, n, 3): the cubics in the middles of cells."""
    weights = np.array([-1.0, 9.0, 9.0, -1.0]) / 16.0
    windows = np.lib.stride_tricks.sliding_window_view(face, (4, 4), axis=(0, 1))
    return np.asarray(np.einsum("ijckl,k,l->ijc", windows, weights, weights))


@compiled
def _weights(place: float) -> tuple[float, float, float, float]:
    """Of the cubic through knots at -1, 0, 1 and 2, at a place between 0 and 1."""
    before, after = place + 1.0, place - 1.0
    beyond = place - 2.0
    return (
        -place * after * beyond / 6.0,
        before * after * beyond / 2.0,
        -before * place * beyond / 2.0,
        before * place * after / 6.0,
    )


@compiled
def bent(lens: Float64Array, x: float, y: float, z: float) -> tuple[float, float, float]:
    """A point of the camera frame where the lens seems to see it, as far off as it is.

    NaN where the warp has no such direction. Only for lenses behind a warp, see ``pack``.
    """
    size = math.sqrt(x * x + y * y + z * z)
    if not 0.0 < size < math.inf:
        return x, y, z
    ax, ay, az = abs(x), abs(y), abs(z)
    if ax >= ay and ax >= az:
        face, a, b = (0 if x > 0.0 else 1), y / ax, z / ax
    elif ay >= az:
        face, a, b = (2 if y > 0.0 else 3), z / ay, x / ay
    else:
        face, a, b = (4 if z > 0.0 else 5), x / az, y / az
    cells = int(lens[WARP])
    across, along = 0.5 * cells * (a + 1.0), 0.5 * cells * (b + 1.0)
    i, j = min(int(across), cells - 1), min(int(along), cells - 1)
    rows, columns = _weights(across - i), _weights(along - j)
    knots = cells + 3
    dx, dy, dz = x / size, y / size, z / size
    for k in range(4):
        at = WARP_TABLE + 3 * ((face * knots + i + k) * knots + j)
        for m in range(4):
            weight = rows[k] * columns[m]
            dx += weight * lens[at + 3 * m]
            dy += weight * lens[at + 3 * m + 1]
            dz += weight * lens[at + 3 * m + 2]
    stretch = size / math.sqrt(dx * dx + dy * dy + dz * dz)
    return stretch * dx, stretch * dy, stretch * dz


@compiled
def bend_many(lens: Float64Array, rays: Float64Array, out: Float64Array) -> None:
    """``bent`` of directions (n, 3), written to ``out``."""
    for row in range(rays.shape[0]):
        out[row, 0], out[row, 1], out[row, 2] = bent(lens, rays[row, 0], rays[row, 1], rays[row, 2])
