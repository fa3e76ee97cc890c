"""Pictures of a scene, with instance numbers and ranges: one exposure of a camera at a time."""

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
    from simulation.scene import Markings, Scene

# Neighbours that differ by more than this, in 0..1 of the finished picture, are sampled again.
CONTRAST = 0.06
# Where in a pixel the three further rays go, as parts of the way to its neighbours.
SUBPIXELS = np.array([(-0.33, -0.14), (0.25, -0.30), (0.12, 0.33)])


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


@njit(cache=True, nogil=True, error_model="numpy")
def _display(value: float, tone: NDArray[np.float64]) -> float:
    place = max(0.0, min(value * 1024.0, 8190.0))
    k = int(place)
    part = place - k
    return float(tone[k] * (1.0 - part) + tone[k + 1] * part)


@njit(cache=True, nogil=True, error_model="numpy")
def _first_pass(  # noqa: PLR0913, PLR0917  HOT
    geometry: Geometry,
    markings: Markings,
    sun: NDArray[np.float64],
    tone: NDArray[np.float64],
    rays: NDArray[np.float64],
    line_of: NDArray[np.int32],
    eyes: NDArray[np.float64],
    movers: NDArray[np.float64],
    out: NDArray[np.float32],
    owners_out: NDArray[np.uint16],
    range_m: NDArray[np.float32],
) -> None:
    """Fill `out` (height, width, 3), 0..1, `owners_out`, `range_m` by rays through pixel centres.

    `rays` (height, width, 3) are NaN outside the lens. `line_of` (height, width) says which line of
    `eyes` (lines, 12) and `movers` (lines, movers, 12) a pixel has; both are poses in the world as
    `trace` takes them.
    """
    boxes, links, triangles, normals, uvs, looks, owners, roots, radii = geometry
    lines, crossings = markings
    height, width = range_m.shape
    stack = np.empty(STACK_SIZE, dtype=np.int32)
    for y in range(height):
        for x in range(width):
            a, b, c = rays[y, x, 0], rays[y, x, 1], rays[y, x, 2]
            if np.isnan(a):
                out[y, x, 0] = out[y, x, 1] = out[y, x, 2] = 0.0
                owners_out[y, x] = 0
                range_m[y, x] = np.nan
                continue
            k = line_of[y, x]
            red, green, blue, owner, t = radiance(
                boxes, links, triangles, normals, uvs, looks, owners, roots, radii,
                lines, crossings, sun, movers, k,
                eyes[k, 9], eyes[k, 10], eyes[k, 11],
                eyes[k, 0] * a + eyes[k, 1] * b + eyes[k, 2] * c,
                eyes[k, 3] * a + eyes[k, 4] * b + eyes[k, 5] * c,
                eyes[k, 6] * a + eyes[k, 7] * b + eyes[k, 8] * c,
                stack,
            )  # fmt: skip
            out[y, x, 0] = _display(red, tone)
            out[y, x, 1] = _display(green, tone)
            out[y, x, 2] = _display(blue, tone)
            owners_out[y, x] = owner
            range_m[y, x] = t


@njit(cache=True, nogil=True, error_model="numpy")
def _differs(first: NDArray[np.float32], y: int, x: int) -> bool:
    """Return whether a pixel stands out from one of its four neighbours."""
    height, width, _ = first.shape
    for c in range(3):
        value = first[y, x, c]
        if y > 0 and abs(value - first[y - 1, x, c]) > CONTRAST:
            return True
        if y < height - 1 and abs(value - first[y + 1, x, c]) > CONTRAST:
            return True
        if x > 0 and abs(value - first[y, x - 1, c]) > CONTRAST:
            return True
        if x < width - 1 and abs(value - first[y, x + 1, c]) > CONTRAST:
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _second_pass(  # noqa: PLR0913, PLR0917  HOT
    geometry: Geometry,
    markings: Markings,
    sun: NDArray[np.float64],
    tone: NDArray[np.float64],
    rays: NDArray[np.float64],
    line_of: NDArray[np.int32],
    eyes: NDArray[np.float64],
    movers: NDArray[np.float64],
    subpixels: NDArray[np.float64],
    first: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Smooth `out` by further rays through pixels where `first`, a copy of it, has contrast."""
    boxes, links, triangles, normals, uvs, looks, owners, roots, radii = geometry
    lines, crossings = markings
    height, width, _ = out.shape
    stack = np.empty(STACK_SIZE, dtype=np.int32)
    for y in range(height):
        for x in range(width):
            if np.isnan(rays[y, x, 0]) or not _differs(first, y, x):
                continue
            k = line_of[y, x]
            count = 1.0
            for i in range(subpixels.shape[0]):
                # Between this pixel's ray and its neighbours': good enough for colour.
                nx = x + (1 if subpixels[i, 0] > 0.0 else -1)
                ny = y + (1 if subpixels[i, 1] > 0.0 else -1)
                if not (0 <= ny < height and 0 <= nx < width):
                    continue
                p, q = abs(subpixels[i, 0]), abs(subpixels[i, 1])
                r = 1.0 - p - q
                a = r * rays[y, x, 0] + p * rays[y, nx, 0] + q * rays[ny, x, 0]
                b = r * rays[y, x, 1] + p * rays[y, nx, 1] + q * rays[ny, x, 1]
                c = r * rays[y, x, 2] + p * rays[y, nx, 2] + q * rays[ny, x, 2]
                length = np.sqrt(a * a + b * b + c * c)
                if not length > 0.5:
                    continue
                a, b, c = a / length, b / length, c / length
                red, green, blue, _, _ = radiance(
                    boxes, links, triangles, normals, uvs, looks, owners, roots, radii,
                    lines, crossings, sun, movers, k,
                    eyes[k, 9], eyes[k, 10], eyes[k, 11],
                    eyes[k, 0] * a + eyes[k, 1] * b + eyes[k, 2] * c,
                    eyes[k, 3] * a + eyes[k, 4] * b + eyes[k, 5] * c,
                    eyes[k, 6] * a + eyes[k, 7] * b + eyes[k, 8] * c,
                    stack,
                )  # fmt: skip
                out[y, x, 0] += _display(red, tone)
                out[y, x, 1] += _display(green, tone)
                out[y, x, 2] += _display(blue, tone)
                count += 1.0
            for channel in range(3):
                out[y, x, channel] /= count


@njit(cache=True, nogil=True, error_model="numpy")
def cast_rays(
    geometry: Geometry,
    movers: NDArray[np.float64],
    line_of: NDArray[np.int32],
    origins: NDArray[np.float64],
    directions: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return (range (n,), triangle (n,)) of rays in the world; infinity and -1 for no hit.

    Args:
        geometry: Of the scene.
        movers: (lines, k, 12) poses as `trace` takes them.
        line_of: (n,) which of the lines a ray belongs to.
        origins: (n, 3) metres.
        directions: (n, 3) unit.
    """
    boxes, links, triangles, _, _, _, _, roots, radii = geometry
    count = len(origins)
    ranges = np.empty(count)
    hits = np.empty(count, dtype=np.int64)
    stack = np.empty(STACK_SIZE, dtype=np.int32)
    for i in range(count):
        t, hit, _, _, _ = trace(
            boxes, links, triangles, roots, radii, movers, line_of[i],
            origins[i, 0], origins[i, 1], origins[i, 2],
            directions[i, 0], directions[i, 1], directions[i, 2],
            1e9, False, stack,  # noqa: FBT003
        )  # fmt: skip
        ranges[i] = t if hit >= 0 else np.inf
        hits[i] = hit
    return ranges, hits


def _packed(rotations: NDArray[np.float64], positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return poses (..., 12) as the kernels take them, from (..., 3, 3) and (..., 3)."""
    flat = rotations.reshape(*rotations.shape[:-2], 9)
    return np.ascontiguousarray(np.concatenate([flat, positions], axis=-1))


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
        self._smooth = smooth

    def movers_at(self, times_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the movers' poses at times, (k, movers, 12) as `trace` takes them."""
        poses = np.empty((len(times_ns), len(self._movers), 12))
        for place, index in enumerate(self._movers):
            poses[:, place] = _packed(*self.scene.bodies[index].at(times_ns))
        return poses

    def render(self, eye: Eye, ego: PoseTrack, time_ns: int) -> Picture:
        """Return the picture that a camera takes when its first line is exposed at `time_ns`."""
        # Line times are whole nanoseconds here; half a nanosecond moves nothing by a pixel.
        times = time_ns + np.round(eye.line_offsets_ns).astype(np.int64)
        rotations, positions = ego.at(times)
        eyes = _packed(rotations @ eye.mount_rotation, positions + rotations @ eye.mount_position)
        movers = self.movers_at(times)
        height, width = eye.line_of.shape
        out = np.empty((height, width, 3), dtype=np.float32)
        owners = np.empty((height, width), dtype=np.uint16)
        range_m = np.empty((height, width), dtype=np.float32)
        seen = (
            self.geometry, self.scene.markings, self._sun, TONE,
            eye.rays, eye.line_of, eyes, movers,
        )  # fmt: skip
        _first_pass(*seen, out, owners, range_m)
        if self._smooth:
            _second_pass(*seen, SUBPIXELS, out.copy(), out)
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
