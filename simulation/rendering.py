"""Pictures of a scene, with their instance numbers and ranges, one exposure of one camera at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from simulation.shading import radiance
from simulation.tracing import STACK_SIZE, Geometry, prepare, trace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from projection import Camera
    from simulation.motion import PoseTrack
    from simulation.scene import Scene

# Neighbours that differ by more than this, in 0..1 of the finished picture, are sampled again.
CONTRAST = 0.045
# Where in a pixel the four further rays go, in half pixels towards its neighbours.
SUBPIXELS = np.array([(-0.25, -0.75), (0.75, -0.25), (0.25, 0.75), (-0.75, 0.25)]) / 2.0


@dataclass(frozen=True, slots=True)
class Picture:
    """One exposure.

    Attributes:
        rgb: (height, width, 3) uint8.
        owners: (height, width) uint16: body k is k + 1, 0 is all else.
        range_m: (height, width) float32 along the ray, infinite for the sky, NaN outside the lens.
    """

    rgb: NDArray[np.uint8]
    owners: NDArray[np.uint16]
    range_m: NDArray[np.float32]


def _tone_table() -> NDArray[np.float64]:
    """Return the display value, 0..1, for radiance k / 1024: a soft shoulder, then sRGB."""
    x = np.arange(8192) / 1024.0 * 0.92
    mapped = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0)
    low = 12.92 * mapped
    high = 1.055 * np.maximum(mapped, 1e-9) ** (1.0 / 2.4) - 0.055
    return np.where(mapped <= 0.0031308, low, high)


TONE = _tone_table()


@njit(cache=True, nogil=True)
def _display(value: float, tone: NDArray[np.float64]) -> float:
    place = max(0.0, min(value * 1024.0, 8190.0))
    k = int(place)
    part = place - k
    return float(tone[k] * (1.0 - part) + tone[k + 1] * part)


@njit(cache=True, nogil=True)
def _render(  # noqa: PLR0913, PLR0917, PLR0914, C901, PLR0912  HOT
    geometry: Geometry,
    lines: NDArray[np.float64],
    crossings: NDArray[np.float64],
    sun: NDArray[np.float64],
    tone: NDArray[np.float64],
    rays: NDArray[np.float64],
    line_of: NDArray[np.int32],
    camera_rotations: NDArray[np.float64],
    camera_positions: NDArray[np.float64],
    mover_rotations: NDArray[np.float64],
    mover_positions: NDArray[np.float64],
    subpixels: NDArray[np.float64],
    out: NDArray[np.float32],
    owners: NDArray[np.uint16],
    range_m: NDArray[np.float32],
) -> None:
    """Fill `out` (height, width, 3), 0..1, `owners` and `range_m`.

    `rays` (height, width, 3) are NaN outside the lens; `line_of` (height, width) says which of the poses,
    (lines, 3, 3) and (lines, 3) of the camera and (lines, movers, ...) of the movers, a pixel has.
    """
    height, width = range_m.shape
    stack = np.empty(STACK_SIZE, dtype=np.int32)
    for y in range(height):
        for x in range(width):
            ray = rays[y, x]
            if np.isnan(ray[0]):
                out[y, x] = 0.0
                owners[y, x] = 0
                range_m[y, x] = np.nan
                continue
            k = line_of[y, x]
            R, p = camera_rotations[k], camera_positions[k]
            r, g, b, owner, t = radiance(
                geometry, lines, crossings, sun, mover_rotations[k], mover_positions[k],
                p[0], p[1], p[2],
                R[0, 0] * ray[0] + R[0, 1] * ray[1] + R[0, 2] * ray[2],
                R[1, 0] * ray[0] + R[1, 1] * ray[1] + R[1, 2] * ray[2],
                R[2, 0] * ray[0] + R[2, 1] * ray[1] + R[2, 2] * ray[2],
                stack,
            )  # fmt: skip
            out[y, x, 0] = _display(r, tone)
            out[y, x, 1] = _display(g, tone)
            out[y, x, 2] = _display(b, tone)
            owners[y, x] = owner
            range_m[y, x] = t
    if subpixels.shape[0] == 0:
        return
    first = out.copy()
    for y in range(height):
        for x in range(width):
            if np.isnan(rays[y, x, 0]):
                continue
            differs = False
            for ny, nx in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if 0 <= ny < height and 0 <= nx < width:
                    for c in range(3):
                        if abs(first[y, x, c] - first[ny, nx, c]) > CONTRAST:
                            differs = True
            if not differs:
                continue
            count = 1.0
            for i in range(subpixels.shape[0]):
                # Between this pixel's ray and its neighbours': good enough for colour.
                sx = 1 if subpixels[i, 0] > 0.0 else -1
                sy = 1 if subpixels[i, 1] > 0.0 else -1
                if not (0 <= y + sy < height and 0 <= x + sx < width):
                    continue
                ax, ay = abs(subpixels[i, 0]), abs(subpixels[i, 1])
                a, h, v = rays[y, x], rays[y, x + sx], rays[y + sy, x]
                rx = a[0] + ax * (h[0] - a[0]) + ay * (v[0] - a[0])
                ry = a[1] + ax * (h[1] - a[1]) + ay * (v[1] - a[1])
                rz = a[2] + ax * (h[2] - a[2]) + ay * (v[2] - a[2])
                length = np.sqrt(rx * rx + ry * ry + rz * rz)
                if not length > 0.5:
                    continue
                rx, ry, rz = rx / length, ry / length, rz / length
                k = line_of[y, x]
                R, p = camera_rotations[k], camera_positions[k]
                r, g, b, _, _ = radiance(
                    geometry, lines, crossings, sun, mover_rotations[k], mover_positions[k],
                    p[0], p[1], p[2],
                    R[0, 0] * rx + R[0, 1] * ry + R[0, 2] * rz,
                    R[1, 0] * rx + R[1, 1] * ry + R[1, 2] * rz,
                    R[2, 0] * rx + R[2, 1] * ry + R[2, 2] * rz,
                    stack,
                )  # fmt: skip
                out[y, x, 0] += _display(r, tone)
                out[y, x, 1] += _display(g, tone)
                out[y, x, 2] += _display(b, tone)
                count += 1.0
            for c in range(3):
                out[y, x, c] /= count


@njit(cache=True, nogil=True)
def cast_rays(
    geometry: Geometry,
    mover_rotations: NDArray[np.float64],
    mover_positions: NDArray[np.float64],
    line_of: NDArray[np.int32],
    origins: NDArray[np.float64],
    directions: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return (range (n,), triangle (n,)) of rays in the world; infinity and -1 where nothing is hit.

    Args:
        geometry: Of the scene.
        mover_rotations: (lines, k, 3, 3) world_from_mover.
        mover_positions: (lines, k, 3).
        line_of: (n,) which of the lines a ray belongs to.
        origins: (n, 3) metres.
        directions: (n, 3) unit.
    """
    count = len(origins)
    ranges = np.empty(count)
    triangles = np.empty(count, dtype=np.int64)
    stack = np.empty(STACK_SIZE, dtype=np.int32)
    for i in range(count):
        k = line_of[i]
        o, d = origins[i], directions[i]
        t, hit, _, _, _ = trace(
            geometry, mover_rotations[k], mover_positions[k],
            o[0], o[1], o[2], d[0], d[1], d[2], 1e9, False, stack,  # noqa: FBT003
        )  # fmt: skip
        ranges[i] = t if hit >= 0 else np.inf
        triangles[i] = hit
    return ranges, triangles


class Renderer:
    """A scene made ready to be looked at; used from any number of threads at once.

    Args:
        scene: What there is.
        sun: (3,) unit direction towards the sun.
        smooth: Sample pixels of high contrast again.
    """

    def __init__(self, scene: Scene, sun: NDArray[np.float64], *, smooth: bool = True) -> None:
        self.scene = scene
        self.geometry, self._movers = prepare(scene)
        self._sun = np.ascontiguousarray(sun, dtype=np.float64)
        self._subpixels = SUBPIXELS if smooth else np.zeros((0, 2))

    def movers_at(
        self, times_ns: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return world_from_mover at times: rotations (k, movers, 3, 3), positions (k, movers, 3)."""
        rotations = np.empty((len(times_ns), len(self._movers), 3, 3))
        positions = np.empty((len(times_ns), len(self._movers), 3))
        for place, index in enumerate(self._movers):
            rotations[:, place], positions[:, place] = self.scene.bodies[index].at(times_ns)
        return rotations, positions

    def render(self, eye: Eye, ego: PoseTrack, time_ns: int) -> Picture:
        """Return the picture that a camera takes when its first line is exposed at `time_ns`."""
        # Line times are whole nanoseconds here; half a nanosecond moves nothing by a pixel.
        times = time_ns + np.round(eye.line_offsets_ns).astype(np.int64)
        ego_rotations, ego_positions = ego.at(times)
        rotations = ego_rotations @ eye.mount_rotation
        positions = ego_positions + ego_rotations @ eye.mount_position
        mover_rotations, mover_positions = self.movers_at(times)
        height, width = eye.line_of.shape
        out = np.empty((height, width, 3), dtype=np.float32)
        owners = np.empty((height, width), dtype=np.uint16)
        range_m = np.empty((height, width), dtype=np.float32)
        _render(
            self.geometry,
            self.scene.markings.lines,
            self.scene.markings.crossings,
            self._sun,
            TONE,
            eye.rays,
            eye.line_of,
            rotations,
            positions,
            mover_rotations,
            mover_positions,
            self._subpixels,
            out,
            owners,
            range_m,
        )
        rgb = np.clip(out * 255.0 + 0.5, 0.0, 255.0).astype(np.uint8)
        return Picture(rgb, owners, range_m)


class Eye:
    """A camera made ready to be looked through: its ray at every pixel's centre, its lines in time.

    Attributes:
        rays: (height, width, 3) unit, camera frame; NaN outside the lens's domain.
        line_of: (height, width) int32: which line a pixel belongs to.
        line_offsets_ns: (lines,) after the image's time.
        mount_rotation: (3, 3) ego_from_camera.
        mount_position: (3,) ego_from_camera.
    """

    def __init__(self, camera: Camera) -> None:
        width, height = camera.width, camera.height
        u, v = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
        uv = np.column_stack([u.ravel(), v.ravel()])
        rays, status = camera.unproject(uv)
        rays = np.where((status == 0)[:, None], rays, np.nan)
        self.rays = np.ascontiguousarray(rays.reshape(height, width, 3))
        shutter = camera.shutter
        if shutter.is_rolling:
            lines = shutter.line(uv, width, height).round().astype(np.int32)
            count = shutter.line_count(width, height)
        else:
            lines, count = np.zeros(len(uv), dtype=np.int32), 1
        self.line_of = np.ascontiguousarray(lines.reshape(height, width))
        self.line_offsets_ns = np.arange(count) * (shutter.line_delay_ns if count > 1 else 0.0)
        if camera.ego_from_camera is None:
            raise ValueError(f"camera {camera.name}: expected ego_from_camera, found nothing")
        self.mount_rotation = np.asarray(camera.ego_from_camera.rotation, dtype=np.float64)
        self.mount_position = np.asarray(camera.ego_from_camera.position_m, dtype=np.float64)
